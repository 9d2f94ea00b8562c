"""Worker processes: each builds the site once, then answers requests from the objects of that build.

A worker runs the command of the user, ``mkdocs serve``, in a new process up to the point where it would
serve, so it uses hooks and packages as they are now. It is started ahead of time, imports what it will need,
and waits.

Both ends of the connection are here. The server starts a worker and writes one line of JSON to its standard
input (see `WorkerPool._start`). The worker connects and sends its number. The server sends whether to build
at low priority, the worker sends a `BuildResult`, and then answers `REQUESTS`. The end of the connection ends
the worker.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

from mkdocs.exceptions import Abort
from mkdocs.structure.nav import Navigation

from mkdocs_live.build_messages import BuildMessage, capture_output
from mkdocs_live.session import Session

# MkDocs has hooks/ on its path only while it loads a hook, so a worker has to put this package on its own.
_START = (
    "import sys; sys.path.insert(0, {folder!r}); from mkdocs_live import workers; del sys.path[0]; "
    "workers.main()"
)
_INSTALLED_PACKAGES = ("site-packages", "dist-packages")
# For os.setpriority.
_NICENESS = 10

# Requests of the server to a worker, by name. Their arguments and results have to be picklable.
REQUESTS: dict[str, Callable[..., Any]] = {
    "destinations": lambda session: session.destinations,
    "fetch": Session.fetch,
    "apply_changes": Session.apply_changes,
}


class WorkerLostError(Exception):
    """The worker does not answer any more; another one may have replaced it."""


@dataclass(frozen=True)
class BuildResult:
    """The result of a build; ``folder`` has the site, and is empty if the build failed.

    ``watched`` are files and folders to watch, ``notes`` what hooks logged as INFO, and ``destinations``
    the paths of all files relative to the site.
    """

    folder: str
    messages: tuple[BuildMessage, ...]
    watched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    destinations: frozenset[str] = frozenset()


@dataclass
class ProcessState:
    """State that the hook shares with this package; there is one object in each process.

    ``serves`` is true under ``mkdocs serve``. In a worker, the hook calls ``on_built`` after the build, with
    the folder of the site and the paths to watch. The rest are the parts of a `Session`.
    """

    serves: bool = False
    on_built: Callable[[str, tuple[str, ...]], NoReturn] | None = None
    nav: Navigation | None = None
    post_meta_keys: dict[str, frozenset[str]] = field(default_factory=dict)
    session: Session | None = None


state: ProcessState = ProcessState()


class Worker:
    """A worker process, as seen by the server. It answers one request at a time.

    Hold ``lock`` for several requests in a row.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.lock = threading.RLock()
        self.connection: Connection | None = None
        self._process = process
        # What to send when the worker connects: whether to build at low priority. None while it waits.
        self._low_priority: bool | None = None

    def request(self, name: str, *arguments: Any) -> Any:
        """Return the answer to one of `REQUESTS`. Raises WorkerLostError."""
        with self.lock:
            if self.connection is None:
                raise WorkerLostError
            try:
                self.connection.send((name, *arguments))
                return self.connection.recv()
            except (EOFError, OSError) as error:
                raise WorkerLostError from error

    def build(self, *, low_priority: bool) -> None:
        """Start the build, as soon as the worker has connected."""
        self._low_priority = low_priority
        if self.connection is not None:
            with suppress(OSError):
                self.connection.send(low_priority)

    def connect(self, connection: Connection) -> None:
        """Take over the connection of the worker."""
        self.connection = connection
        if self._low_priority is not None:
            self.build(low_priority=self._low_priority)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class WorkerPool:
    """Keeps a worker ready, and lets it build; ``on_result`` is called with the result in another thread.

    ``arguments`` are those of the command, ``root`` is the folder of the project.
    """

    def __init__(
        self, arguments: list[str], root: Path, on_result: Callable[[Worker, BuildResult], None]
    ) -> None:
        self._arguments, self._root, self._on_result = arguments, root, on_result
        self._folder = tempfile.mkdtemp(prefix="mkdocs_live_")
        self._key = secrets.token_bytes(16)
        self._listener = Listener(backlog=8, authkey=self._key)
        self._lock = threading.Lock()
        self._last_number = 0
        self._connecting: dict[int, Worker] = {}
        self._ready: Worker | None = None
        self._building: Worker | None = None
        self._is_closed = False

    def open(self) -> None:
        """Accept connections of workers."""
        threading.Thread(target=self._accept, name="workers", daemon=True).start()

    def build(self, *, low_priority: bool) -> None:
        """Build the site, instead of any build that is running."""
        self.abort()
        with self._lock:
            if self._is_closed:
                return
            worker = self._building = self._ready or self._start()
            self._ready = None
            worker.build(low_priority=low_priority)

    def abort(self) -> None:
        """Kill the worker that is building, and start another one for the next build."""
        with self._lock:
            worker, self._building = self._building, None
        if worker is not None:
            worker.kill()
            self._prepare_next()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            workers = [worker for worker in (self._building, self._ready) if worker is not None]
            self._building = self._ready = None
        for worker in workers:
            worker.kill()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def delete_site(folder: Path) -> None:
        """Delete the folder of a site that is no longer served, in another thread."""
        arguments = {"ignore_errors": True}
        threading.Thread(target=shutil.rmtree, args=(folder,), kwargs=arguments, daemon=True).start()

    def _prepare_next(self) -> None:
        with self._lock:
            if not self._is_closed and self._ready is None and self._building is None:
                self._ready = self._start()

    def _start(self) -> Worker:
        self._last_number += 1
        command = [sys.executable, "-c", _START.format(folder=str(Path(__file__).parents[1]))]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - this Python
        worker = self._connecting[self._last_number] = Worker(process)
        options = {
            "address": self._listener.address,
            "key": self._key.hex(),
            "number": self._last_number,
            "arguments": self._arguments,
            "root": str(self._root),
            "folder": self._folder,
            "modules": _imported_packages(),
        }
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(options).encode() + b"\n")
            process.stdin.close()
        return worker

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
                number = connection.recv()
            except AuthenticationError:
                continue
            except (OSError, EOFError):
                if self._is_closed:
                    return
                continue
            with self._lock:
                worker = self._connecting.pop(number, None)
                if worker is None:
                    connection.close()
                    continue
                worker.connect(connection)
            threading.Thread(target=self._wait_for_result, args=(worker, connection), daemon=True).start()

    def _wait_for_result(self, worker: Worker, connection: Connection) -> None:
        try:
            result: BuildResult = connection.recv()
        except (EOFError, OSError):
            result = BuildResult("", ())
        with self._lock:
            if self._building is not worker:
                return
            self._building = None
        self._on_result(worker, result)
        self._prepare_next()


def _imported_packages() -> list[str]:
    """Return the modules that this process has imported from packages; a worker will need them, too."""
    return sorted(
        name
        for name, module in list(sys.modules.items())
        if any(part in (getattr(module, "__file__", None) or "") for part in _INSTALLED_PACKAGES)
        and "__main__" not in name
    )


def main() -> NoReturn:
    """Run a worker process; its options come as one line of JSON from standard input."""
    # Ctrl+C is for the server, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = json.loads(sys.stdin.readline())
    connection = Client(options["address"], authkey=bytes.fromhex(options["key"]))
    connection.send(options["number"])
    tempfile.tempdir = options["folder"]
    imports = _start_thread(lambda: _import_modules(options["modules"]), low_priority=True)
    results: SimpleQueue[tuple[BuildResult, Session | None]] = SimpleQueue()
    code = 1
    try:
        with suppress(EOFError, BrokenPipeError, ConnectionResetError):
            low_priority = connection.recv()
            imports.join()
            root = Path(options["root"])
            _start_thread(lambda: _build(results, options["arguments"], root), low_priority=low_priority)
            result, session = results.get()
            connection.send(result)
            if session is not None:
                _answer_requests(connection, session)
        code = 0
    finally:
        # No clean-up by plugins: the server deletes the folder with their temporary files.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _start_thread(work: Callable[[], None], *, low_priority: bool) -> threading.Thread:
    """Start a thread, on Linux with a low priority if asked for.

    Linux has a priority for each thread, and a process cannot raise it again: so the main thread never lowers
    its own.
    """

    def run() -> None:
        if low_priority and sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _import_modules(names: list[str]) -> None:
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)


def _build(
    results: SimpleQueue[tuple[BuildResult, Session | None]], arguments: list[str], root: Path
) -> None:
    """Build the site, and put the result into the queue. Does not return after a successful build."""
    # Imported late: this imports all of MkDocs, and a worker has to connect first.
    from mkdocs.__main__ import cli

    def on_built(folder: str, watched: tuple[str, ...]) -> NoReturn:
        if captured.has_errors:
            raise Abort("The build logged errors.")
        session = state.session
        assert session is not None
        messages = captured.messages(session.docs)
        session.warm_up()
        notes = tuple(captured.notes)
        results.put((BuildResult(folder, messages, watched, notes, session.destinations), session))
        # If this returned, MkDocs would serve, and then delete the site.
        while True:
            threading.Event().wait()

    state.on_built = on_built
    exits: list[BuildMessage] = []
    try:
        with capture_output(root) as captured:
            cli(arguments, prog_name="mkdocs", standalone_mode=False)
    except SystemExit as error:
        text = f"A plugin or hook ended the build: {type(error).__name__}: {error}"
        exits.append(BuildMessage.from_text(text, logging.ERROR))
    finally:
        docs = state.session.docs if state.session is not None else root / "docs"
        results.put((BuildResult("", (*captured.messages(docs), *exits)), None))


def _answer_requests(connection: Connection, session: Session) -> NoReturn:
    """Answer requests until the server closes the connection (EOFError)."""
    # The objects of the build stay: the garbage collector need not look at them again.
    gc.collect()
    gc.freeze()
    while True:
        name, *arguments = connection.recv()
        connection.send(REQUESTS[name](session, *arguments))
