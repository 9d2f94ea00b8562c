"""Runs the preview: reacts to changed files, starts builds after a pause, and holds the current site."""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import threading
import time
import webbrowser
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.exceptions import Abort

from mkdocs_live import workers
from mkdocs_live.build_messages import BuildMessage, remove_repeated
from mkdocs_live.fork_server import ForkServer, can_fork
from mkdocs_live.server import EventHub, PageMovedError, Server, SiteNotReadyError
from mkdocs_live.session import ChangeResult, FetchedFile
from mkdocs_live.watcher import ChangeQueue, Watcher
from mkdocs_live.workers import (
    BuildProgress,
    BuildResult,
    Worker,
    WorkerBusyError,
    WorkerLostError,
    WorkerPool,
    is_running,
)

log = logging.getLogger("mkdocs.hooks.live")

# Seconds without a change: until a saved file counts as complete, and until the site is built.
_SETTLE_SECONDS, _PAUSE_SECONDS = 0.008, 0.3
# The pause before a build grows with the duration of the last one, up to a limit.
_PAUSE_PER_BUILD, _LONGEST_PAUSE_SECONDS = 1 / 8, 2.0
# How long a request waits for the first build.
_FIRST_BUILD_SECONDS = 20.0
# How long a request waits for a worker that converts or renders another page.
_PATIENCE_SECONDS = 1.0
# A build that takes longer than this, and longer than that many builds like the last one, may hang.
_SLOW_BUILD_SECONDS, _SLOW_BUILD_FACTOR = 60.0, 3.0
# How many ports to try, beginning with the one of the command.
_PORTS_TRIED = 20
# Says where the server of a project listens, while it runs.
RUNNING_FILE = ".cache/serve.json"
_MOST_PATHS_LOGGED = 3


@dataclass(frozen=True)
class _Snapshot:
    """What is served between two changes.

    A request that began before a change uses the old snapshot to its end, so it cannot put an outdated page
    into the new one.
    """

    worker: Worker
    folder: Path
    # Nothing has changed since the build, so its folder has every file.
    is_unchanged: bool = True
    # Pages that the worker has rendered, and files that it failed to read, by path.
    files: dict[str, FetchedFile] = field(default_factory=dict)
    # The same from before the last change; shown while the worker is busy.
    outdated_files: dict[str, FetchedFile] = field(default_factory=dict)
    # Pages that the worker has prepared for the next change.
    prepared: set[str] = field(default_factory=set)


class CurrentSite:
    """The site that is served: the last good build, and all changes applied since.

    Its messages go to browsers and to the terminal. Every method may be called from any thread.
    """

    def __init__(self, hub: EventHub, first_build_seconds: float = _FIRST_BUILD_SECONDS) -> None:
        self._hub = hub
        self._first_build_seconds = first_build_seconds
        # Set after the first build, also if it failed.
        self._is_ready = threading.Event()
        # Guards everything below.
        self._lock = threading.RLock()
        self._snapshot: _Snapshot | None = None
        # Messages of the build, and of changes since (by path).
        self._build_messages: tuple[BuildMessage, ...] = ()
        self._change_messages: dict[str, tuple[BuildMessage, ...]] = {}
        # The messages of the site's own check since the build, which replace those of the check in the build.
        self._check_messages: tuple[BuildMessage, ...] | None = None
        # That the current build may hang.
        self._notice: tuple[BuildMessage, ...] = ()
        # The paths of pages that changes have moved, and where to.
        self._moved: dict[str, str] = {}
        # A browser got an outdated file, because the worker was busy.
        self._is_outdated = False

    def read(self, path: str) -> bytes | None:
        """Return a file by its path relative to the site, or None.

        Raises SiteNotReadyError, and PageMovedError if the path is that of a page before a change moved it.
        """
        if not self._is_ready.wait(self._first_build_seconds):
            raise SiteNotReadyError
        while (snapshot := self._snapshot) is not None:
            with suppress(WorkerLostError):
                if snapshot.is_unchanged:
                    fetched = FetchedFile()
                    self._prepare(path, snapshot)
                else:
                    fetched = self._fetch(path, snapshot)
                if fetched.content is not None:
                    return fetched.content
                if fetched.is_removed:
                    break
            with suppress(OSError):
                return (snapshot.folder / path).read_bytes()
            # The file is missing, or a new build has replaced the folder.
            if snapshot is self._snapshot:
                break
        if path in self._moved:
            raise PageMovedError(self._moved[path])
        return None

    def apply_changes(self, paths: frozenset[str]) -> ChangeResult:
        """Apply changed files to the objects of the build."""
        snapshot = self._snapshot
        result = ChangeResult(is_complete=False)
        if snapshot is None:
            return result
        with suppress(WorkerLostError), snapshot.worker.lock:
            # From here on no request gets a page from before the change.
            outdated = snapshot.outdated_files | snapshot.files
            self._snapshot = _Snapshot(
                snapshot.worker, snapshot.folder, is_unchanged=False, outdated_files=outdated
            )
            result = snapshot.worker.request("apply_changes", sorted(paths))
        with self._lock:
            self._change_messages |= result.messages
            self._check_messages = result.check_messages if result.is_checked else self._check_messages
            for old, new in result.moved.items():
                self._moved[old] = new
                self._moved.pop(new, None)
        self.publish_messages()
        self._update_outdated()
        return result

    def check(self) -> None:
        """Check the whole site as it is now, and publish the messages, if the site has a check."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        with suppress(WorkerLostError):
            result: ChangeResult = snapshot.worker.request("check")
            with self._lock:
                current = self._snapshot
                if current is not None and snapshot.worker is current.worker and result.is_checked:
                    self._check_messages = result.check_messages
            self.publish_messages()
        self._update_outdated()

    def replace(self, worker: Worker, result: BuildResult) -> Worker | None:
        """Serve a new build; return the worker of the last build, which is no longer used."""
        with self._lock:
            last, self._snapshot = self._snapshot, _Snapshot(worker, Path(result.folder))
            self._set_build_messages(result.messages)
        self._is_ready.set()
        return last.worker if last is not None else None

    def report_failure(self, messages: tuple[BuildMessage, ...]) -> None:
        """Replace the messages with those of a build that failed; the last good build is still served."""
        with self._lock:
            self._set_build_messages(messages)
        self._is_ready.set()

    def _set_build_messages(self, messages: tuple[BuildMessage, ...]) -> None:
        self._build_messages, self._change_messages, self._check_messages = messages, {}, None
        self._notice = ()

    def set_check_messages(self, messages: tuple[BuildMessage, ...]) -> None:
        """Replace the messages of the site's own check."""
        with self._lock:
            self._check_messages = messages
        self.publish_messages()

    def set_notice(self, *notice: BuildMessage) -> None:
        """Replace the message that the current build may hang."""
        with self._lock:
            if self._notice == notice:
                return
            self._notice = notice
        self.publish_messages()

    def publish_messages(self) -> None:
        """Send all current messages to browsers, and log the new ones."""
        with self._lock:
            current = [*self._notice, *(self._check_messages or ())]
            current += [
                message
                for message in self._build_messages
                if not (message.is_from_check and self._check_messages is not None)
                and not any(message.path == path or path in message.message for path in self._change_messages)
            ]
            for messages in self._change_messages.values():
                current += messages
            for fetched in self._snapshot.files.values() if self._snapshot is not None else ():
                current += fetched.messages
            for message in self._hub.set_messages(remove_repeated(current)):
                log.log(message.level, "%s", message)

    def close(self) -> None:
        """Kill the worker, and end waiting requests."""
        self._is_ready.set()
        if self._snapshot is not None:
            self._snapshot.worker.kill()

    def _update_outdated(self) -> None:
        """Let browsers load the page again if they got an outdated one."""
        if self._is_outdated:
            self._is_outdated = False
            self._hub.send("pages")

    def _prepare(self, path: str, snapshot: _Snapshot) -> None:
        """Let the worker prepare a page for the next change, in another thread."""
        if not path.endswith(".html") or path in snapshot.prepared:
            return
        snapshot.prepared.add(path)

        def prepare() -> None:
            with suppress(WorkerLostError):
                snapshot.worker.request("prepare", path)

        threading.Thread(target=prepare, daemon=True).start()

    def _fetch(self, path: str, snapshot: _Snapshot) -> FetchedFile:
        """Return a file as the worker has it, or as it had it before the last change if the worker is busy.

        Raises WorkerLostError.
        """
        fetched: FetchedFile | None = snapshot.files.get(path)
        if fetched is None:
            try:
                fetched = snapshot.worker.request("fetch", path, patience=_PATIENCE_SECONDS)
            except WorkerBusyError:
                self._is_outdated = True
                return snapshot.outdated_files.get(path) or FetchedFile()
            # Other files may be large, and are quick to read.
            if path.endswith(".html") or fetched.messages:
                with self._lock:
                    snapshot.files[path] = fetched
            if fetched.messages:
                self.publish_messages()
            self._update_outdated()
        return fetched


class Preview:
    """Replaces MkDocs' own server.

    ``url`` is the URL of the site, ``root`` the folder of the project, ``arguments`` those of the command,
    and ``watched`` are the files and folders to watch. If the port is in use, it takes the next free one.
    If ``forks`` is true, workers are forked from this process. Raises Abort if it cannot serve.
    """

    def __init__(
        self,
        host: str,
        port: int,
        url: str,
        root: Path,
        arguments: list[str],
        watched: Iterable[str],
        *,
        forks: bool = False,
    ) -> None:
        # Before anything below starts a thread.
        fork_server = ForkServer(workers.main) if forks and can_fork() else None
        self._root = root
        # The path of the site, with slashes at both ends.
        self._mount = f"/{urlsplit(url).path.strip('/')}/".replace("//", "/")
        self._hub = EventHub()
        self._current = CurrentSite(self._hub)
        self._server = self._listen(host, port)
        self._url = url
        if self._server.port != port:
            self._url = url.replace(f":{port}", f":{self._server.port}", 1)
            # Of two such options, the last counts.
            arguments = [*arguments, "--dev-addr", f"{host}:{self._server.port}"]
        self._changes = ChangeQueue()
        self._watcher = Watcher(self._changes)
        for path in watched:
            self._watcher.watch(path)
        self._workers = WorkerPool(arguments, root, self._on_result, fork_server)
        # Guards the worker of the current build. It is None if files have changed since the build began.
        self._lock = threading.Lock()
        self._builder: Worker | None = None
        self._build_began = 0.0
        self._has_restarted_build = False
        # When to start the next build (time.monotonic); the first one starts at once.
        self._build_at: float | None = 0.0
        # When to say that the build may hang, and how long the last one took.
        self._notice_at: float | None = None
        self._last_build_seconds = 0.0
        # A change cannot be shown without a build, which then has full priority.
        self._is_build_urgent = True
        self._pause = _PAUSE_SECONDS
        # Notes of the last build; unchanged ones are not logged again.
        self._notes: tuple[str, ...] = ()

    def serve(self, *, open_in_browser: bool = False) -> None:
        """Serve until an interrupt, SIGTERM or SIGHUP."""
        # They have to delete temporary files, too. SIGHUP comes when the terminal closes; nohup ignores it.
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: self._changes.close())
        self._server.start()
        self._write_running_file()
        log.info("Serving on %s", self._url)
        if open_in_browser:
            webbrowser.open(self._url)
        while not self._changes.is_closed:
            self._run_once()

    def _listen(self, host: str, port: int) -> Server:
        for candidate in range(port, port + _PORTS_TRIED):
            try:
                server = Server(host, candidate, self._current.read, self._hub, self._mount)
            except (OSError, OverflowError) as error:
                if getattr(error, "errno", None) == errno.EADDRINUSE:
                    continue
                raise Abort(f"Cannot serve on {host}:{candidate}: {error}.") from error
            if candidate != port:
                log.warning("Port %s is in use; the site is on port %s instead.", port, candidate)
            return server
        last = port + _PORTS_TRIED - 1
        raise Abort(f"The ports {port} to {last} are in use. Choose another one with --dev-addr.")

    def shutdown(self) -> None:
        """Stop the server and all workers, and delete temporary files."""
        self._changes.close()
        self._watcher.stop()
        # Ends requests that wait for the first build or for the worker.
        self._current.close()
        self._server.close()
        self._workers.close()
        with suppress(OSError):
            if self._read_running_process() == os.getpid():
                (self._root / RUNNING_FILE).unlink()

    def _write_running_file(self) -> None:
        """Write where the site is, unless another preview of the project is running."""
        process, path = self._read_running_process(), self._root / RUNNING_FILE
        if process is None or not is_running(process):
            text = json.dumps({"pid": os.getpid(), "port": self._server.port})
            part = path.with_name(f"{path.name}.{os.getpid()}")
            with suppress(OSError):
                path.parent.mkdir(exist_ok=True)
                part.write_text(text, encoding="utf-8")
                part.replace(path)

    def _read_running_process(self) -> int | None:
        """Return the id of the process that wrote the file; None without a valid file."""
        try:
            return int(json.loads((self._root / RUNNING_FILE).read_text(encoding="utf-8"))["pid"])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _run_once(self) -> None:
        """Wait for a change or for the next build, and handle it."""
        at = min((at for at in (self._build_at, self._notice_at) if at is not None), default=None)
        paths = self._changes.fetch(_SETTLE_SECONDS, None if at is None else max(at - time.monotonic(), 0))
        if self._changes.is_closed:
            return
        if paths:
            self._handle_changes(paths)
        elif self._build_at is not None and self._build_at == at:
            self._build_at, self._build_began = None, time.monotonic()
            slow = max(_SLOW_BUILD_SECONDS, self._last_build_seconds * _SLOW_BUILD_FACTOR)
            self._has_restarted_build, self._notice_at = False, self._build_began + slow
            with self._lock:
                self._builder = self._workers.build(low_priority=not self._is_build_urgent)
            self._current.check()
        else:
            self._report_slow_build()

    def _report_slow_build(self) -> None:
        """Say that the build may hang, unless it has ended."""
        with self._lock:
            worker, at, self._notice_at = self._builder, self._notice_at, None
            if worker is None or at is None:
                return
            seconds = time.monotonic() - self._build_began
            message = f"The build has been running for {seconds:.0f} s."
            hint = "A hook, a plugin or a page may take forever. The preview shows the last good build."
            self._current.set_notice(replace(worker.progress.place, message=message, hint=hint))

    def _handle_changes(self, paths: frozenset[str]) -> None:
        """Show what can be shown at once, and schedule a build."""
        began = time.monotonic()
        self._watcher.follow_links(paths)
        with self._lock:
            self._builder, self._notice_at = None, None
        self._workers.abort()
        self._current.set_notice()
        # Code is loaded by a new worker only.
        content = frozenset(path for path in paths if not path.endswith(".py"))
        if content != paths:
            self._workers.reload_code()
        result = self._current.apply_changes(content) if content else ChangeResult()
        if result.files:
            self._hub.send("files", [self._mount + path for path in result.files])
        if result.pages:
            self._hub.send("pages")
        is_shown = result.is_complete and content == paths
        milliseconds = (time.monotonic() - began) * 1000
        outcome = f"shown in {milliseconds:.0f} ms" if is_shown else "building the site"
        log.info("%s: %s", self._describe(paths), outcome)
        self._is_build_urgent |= not is_shown
        self._build_at = time.monotonic() + (0 if self._is_build_urgent else self._pause)

    def _describe(self, paths: frozenset[str]) -> str:
        names = sorted(os.path.relpath(path, self._root) for path in paths)
        more = len(names) - _MOST_PATHS_LOGGED
        return ", ".join(names[:_MOST_PATHS_LOGGED]) + (f" and {more} more" if more > 0 else "")

    def _on_result(self, worker: Worker, result: BuildResult | BuildProgress) -> None:
        """Serve a finished build, or report that it failed; show what the check of a running build found."""
        with self._lock:
            if isinstance(result, BuildProgress):
                if worker is self._builder and result.check_messages:
                    self._current.set_check_messages(result.check_messages)
                return
            # Files have changed during the build: discard it. Another build is scheduled or running.
            if worker is not self._builder:
                self._workers.discard(worker)
                return
            if result.is_lost and not self._has_restarted_build:
                # The system may have ended the process; if the build ends it, it will do so again.
                self._has_restarted_build = True
                self._builder = self._workers.build(low_priority=not self._is_build_urgent)
                return
            self._is_build_urgent, self._notice_at = False, None
            if result.folder:
                self._serve_build(worker, result)
            else:
                self._current.report_failure(result.messages)
                self._workers.discard(worker)
                log.error("The build failed. The preview shows the last good build.")
        self._current.publish_messages()
        self._hub.send("pages")

    def _serve_build(self, worker: Worker, result: BuildResult) -> None:
        last_worker = self._current.replace(worker, result)
        if last_worker is not None:
            self._workers.discard(last_worker)
        seconds = self._last_build_seconds = time.monotonic() - self._build_began
        self._pause = min(max(_PAUSE_SECONDS, seconds * _PAUSE_PER_BUILD), _LONGEST_PAUSE_SECONDS)
        log.info("Built in %.1f s", seconds)
        for note in result.notes:
            if note not in self._notes:
                log.info("%s", note)
        self._notes = result.notes
        for path in result.watched:
            self._watcher.watch(path)
