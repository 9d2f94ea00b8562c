"""Runs the preview: reacts to changed files, starts builds after a pause, and holds the current site."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs_live.build_messages import BuildMessage
from mkdocs_live.server import EventHub, Server, SiteNotReadyError
from mkdocs_live.session import ChangeResult, FetchedFile
from mkdocs_live.watcher import ChangeQueue, Watcher
from mkdocs_live.workers import BuildResult, Worker, WorkerLostError, WorkerPool

log = logging.getLogger("mkdocs.hooks.live")

# Seconds without a change: until a saved file counts as complete, and until the site is built.
_SETTLE_SECONDS, _PAUSE_SECONDS = 0.008, 0.3
# The pause before a build grows with the duration of the last one, up to a limit.
_PAUSE_PER_BUILD, _LONGEST_PAUSE_SECONDS = 1 / 8, 2.0
# How long a request waits for the first build.
_FIRST_BUILD_SECONDS = 60.0
_MOST_PATHS_LOGGED = 3


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
        self._folder: Path | None = None
        self._built_paths: frozenset[str] = frozenset()
        self._worker: Worker | None = None
        # Nothing has changed since the build, so its folder has every file.
        self._is_unchanged = True
        # Counts changes; what is cached for an earlier epoch is out of date.
        self._epoch = 0
        self._pages: dict[str, tuple[int, bytes]] = {}
        self._destinations: tuple[int, frozenset[str]] = (-1, frozenset())
        # Messages of the build, of changes since (by path), and of rendering (by path).
        self._build_messages: tuple[BuildMessage, ...] = ()
        self._change_messages: dict[str, tuple[BuildMessage, ...]] = {}
        self._render_messages: dict[str, tuple[BuildMessage, ...]] = {}

    def read(self, path: str) -> bytes | None:
        """Return a file by its path relative to the site, or None. Raises SiteNotReadyError."""
        if not self._is_ready.wait(self._first_build_seconds):
            raise SiteNotReadyError
        while True:
            with self._lock:
                epoch, folder, worker = self._epoch, self._folder, self._worker
                is_unchanged = self._is_unchanged
            if folder is None or worker is None:
                return None
            with suppress(WorkerLostError):
                is_known, content = (False, None) if is_unchanged else self._fetch(path, epoch, worker)
                if is_known:
                    return content
            with suppress(OSError):
                return (folder / path).read_bytes()
            # The file is missing, or a new build has replaced the folder.
            if folder == self._folder:
                return None

    def apply_changes(self, paths: frozenset[str]) -> ChangeResult:
        """Apply changed files to the objects of the build."""
        worker = self._worker
        result = ChangeResult(is_complete=False)
        if worker is None:
            return result
        with suppress(WorkerLostError), worker.lock:
            # From here on no request gets a page from before the change.
            with self._lock:
                self._epoch += 1
                self._is_unchanged = False
                self._drop_rendered()
            result = worker.request("apply_changes", paths)
        with self._lock:
            self._change_messages |= result.messages
        self.publish_messages()
        return result

    def replace(self, worker: Worker, result: BuildResult) -> Path | None:
        """Serve a new build; return the folder of the last build, which is no longer used."""
        with self._lock:
            last_worker, self._worker = self._worker, worker
            last_folder, self._folder = self._folder, Path(result.folder)
            self._built_paths = result.destinations
            self._epoch += 1
            self._is_unchanged = True
            self._build_messages, self._change_messages = result.messages, {}
            self._drop_rendered()
        self._is_ready.set()
        if last_worker is not None:
            last_worker.kill()
        return last_folder

    def report_failure(self, messages: tuple[BuildMessage, ...]) -> None:
        """Take over the messages of a build that failed; the last good build is served on."""
        with self._lock:
            self._build_messages, self._change_messages = messages, {}
        self._is_ready.set()

    def publish_messages(self) -> None:
        """Send all current messages to browsers, and log the new ones."""
        with self._lock:
            current = [
                message
                for message in self._build_messages
                if not any(_is_about(message, path) for path in self._change_messages)
            ]
            for messages in (*self._change_messages.values(), *self._render_messages.values()):
                current += messages
            for message in self._hub.set_messages(tuple(dict.fromkeys(current))):
                log.log(message.level, "%s", message)

    def close(self) -> None:
        """Kill the worker, and let waiting requests go."""
        self._is_ready.set()
        if self._worker is not None:
            self._worker.kill()

    def _drop_rendered(self) -> None:
        self._pages.clear()
        self._render_messages.clear()

    def _fetch(self, path: str, epoch: int, worker: Worker) -> tuple[bool, bytes | None]:
        """Ask the worker for a file: whether it decides about this path, and the content."""
        cached = self._pages.get(path)
        if cached is not None and cached[0] == epoch:
            return True, cached[1]
        fetched: FetchedFile = worker.request("fetch", path)
        if fetched.content is not None:
            if fetched.is_page:
                self._pages[path] = epoch, fetched.content
            return True, fetched.content
        if fetched.messages:
            with self._lock:
                if epoch == self._epoch:
                    self._render_messages[path] = fetched.messages
            self.publish_messages()
            return False, None
        if self._destinations[0] != epoch:
            self._destinations = epoch, worker.request("destinations")
        # A file of the build that has been removed since.
        return path in self._built_paths and path not in self._destinations[1], None


def _is_about(message: BuildMessage, path: str) -> bool:
    return message.path == path or path in message.message


@dataclass(frozen=True)
class Site:
    """What to serve, and where.

    ``url`` is the URL of the site, ``root`` the folder of the project, ``arguments`` those of the command.
    """

    host: str
    port: int
    url: str
    root: Path
    arguments: list[str]

    @property
    def mount(self) -> str:
        """The path of the site, with slashes at both ends."""
        return f"/{urlsplit(self.url).path.strip('/')}/".replace("//", "/")


class Preview:
    """Replaces MkDocs' own server."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._hub = EventHub()
        self._current = CurrentSite(self._hub)
        self._changes = ChangeQueue()
        self._watcher = Watcher(self._changes)
        self._workers = WorkerPool(site.arguments, site.root, self._on_result)
        self._server: Server | None = None
        # Guards the counters: changes so far, and changes when the last build began.
        self._lock = threading.Lock()
        self._change_count = self._built_count = 0
        self._build_began = 0.0
        # When to start the next build (time.monotonic); the first one starts at once.
        self._build_at: float | None = 0.0
        # A change cannot be shown without a build, which then has full priority.
        self._is_build_urgent = True
        self._pause = _PAUSE_SECONDS
        # Notes of the last build; unchanged ones are not logged again.
        self._notes: tuple[str, ...] = ()

    def watch(self, path: str) -> None:
        """Watch a file or folder for changes."""
        self._watcher.watch(path)

    def serve(self, *, open_in_browser: bool = False) -> None:
        """Serve until an interrupt, SIGTERM or `shutdown`."""
        site = self._site
        # SIGTERM has to delete temporary files, too.
        signal.signal(signal.SIGTERM, lambda *_: self._changes.close())
        self._server = Server(site.host, site.port, self._current, self._hub, site.mount)
        self._workers.open()
        threading.Thread(target=self._server.serve_forever, name="server", daemon=True).start()
        self._watcher.start()
        log.info("Serving on %s", site.url)
        if open_in_browser:
            webbrowser.open(site.url)
        while not self._changes.is_closed:
            self._run_once()

    def shutdown(self) -> None:
        self._changes.close()
        self._watcher.stop()
        self._hub.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._current.close()
        self._workers.close()

    def _run_once(self) -> None:
        """Wait for a change or for the next build, and handle it."""
        build_at = self._build_at
        timeout = None if build_at is None else max(build_at - time.monotonic(), 0)
        paths = self._changes.fetch(_SETTLE_SECONDS, timeout)
        if self._changes.is_closed:
            return
        if paths:
            self._handle_changes(paths)
        elif build_at is not None and build_at <= time.monotonic():
            self._build_at = None
            self._build_began, self._built_count = time.monotonic(), self._change_count
            self._workers.build(low_priority=not self._is_build_urgent)

    def _handle_changes(self, paths: frozenset[str]) -> None:
        """Show what can be shown at once, and schedule a build."""
        began = time.monotonic()
        with self._lock:
            self._change_count += 1
        self._workers.abort()
        # Code is loaded by a new worker only.
        content = frozenset(path for path in paths if not path.endswith(".py"))
        result = self._current.apply_changes(content) if content else ChangeResult()
        if result.files:
            self._hub.announce_files([self._site.mount + path for path in result.files])
        if result.pages:
            self._hub.announce_pages()
        is_shown = result.is_complete and content == paths
        milliseconds = (time.monotonic() - began) * 1000
        outcome = f"shown in {milliseconds:.0f} ms" if is_shown else "building the site"
        log.info("%s: %s", self._describe(paths), outcome)
        self._is_build_urgent |= not is_shown
        self._build_at = time.monotonic() + (0 if self._is_build_urgent else self._pause)

    def _describe(self, paths: frozenset[str]) -> str:
        names = sorted(os.path.relpath(path, self._site.root) for path in paths)
        more = len(names) - _MOST_PATHS_LOGGED
        return ", ".join(names[:_MOST_PATHS_LOGGED]) + (f" and {more} more" if more > 0 else "")

    def _on_result(self, worker: Worker, result: BuildResult) -> None:
        """Serve a finished build, or report that it failed."""
        with self._lock:
            # Files have changed during the build: discard it, the next one is scheduled.
            if self._change_count != self._built_count:
                worker.kill()
                if result.folder:
                    self._workers.delete_site(Path(result.folder))
                return
            self._is_build_urgent = False
            if result.folder:
                self._serve_build(worker, result)
            else:
                self._current.report_failure(result.messages)
                worker.kill()
                log.error("The build failed. The preview shows the last good build.")
        self._current.publish_messages()
        self._hub.announce_pages()

    def _serve_build(self, worker: Worker, result: BuildResult) -> None:
        last_folder = self._current.replace(worker, result)
        seconds = time.monotonic() - self._build_began
        self._pause = min(max(_PAUSE_SECONDS, seconds * _PAUSE_PER_BUILD), _LONGEST_PAUSE_SECONDS)
        log.info("Built in %.1f s", seconds)
        for note in result.notes:
            if note not in self._notes:
                log.info("%s", note)
        self._notes = result.notes
        for path in result.watched:
            self._watcher.watch(path)
        if last_folder is not None:
            self._workers.delete_site(last_folder)
