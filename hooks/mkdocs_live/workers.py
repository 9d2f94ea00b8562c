"""Worker processes: each builds the site once, then answers requests from the objects of that build.

A worker runs the command of the user, ``mkdocs serve``, up to the point where it would serve. A `ForkServer`
forks it with everything imported. Without one, or after code has changed, it is a new process that uses the
code as it is then; it is started ahead of time, imports MkDocs, and waits.

The server and a worker exchange pickled objects through the worker's standard input and output. The server
sends a folder for temporary files and the arguments of `_build`, and the worker answers with a `BuildResult`.
After a good build each request is the name of a method of `Session` with its arguments, and the answer is its
result. A worker ends when the server closes its input.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import IO, Any, NoReturn

from mkdocs.exceptions import Abort

from mkdocs_live import mkdocs_internals
from mkdocs_live.build_messages import BuildMessage, CapturedOutput, silence_console
from mkdocs_live.fork_server import ForkedProcess, ForkServer
from mkdocs_live.process_state import state
from mkdocs_live.session import Session

log = logging.getLogger("mkdocs.hooks.live")

# MkDocs has hooks/ on its path only while it loads a hook, so a worker has to put this package on its own.
_START = (
    "import sys; sys.path.insert(0, {folder!r}); from mkdocs_live import workers; del sys.path[0]; "
    "workers.main()"
)
# For os.setpriority.
_NICENESS = 10
# The first line that a worker sends. What Python printed before it, such as while importing, is no answer.
_FIRST_LINE = b"mkdocs_live\n"
# The worker may run newer code than the server. Incomplete and damaged answers raise these, too.
_UNPICKLING_ERRORS = (
    AttributeError,
    EOFError,
    ImportError,
    IndexError,
    OSError,
    ValueError,
    pickle.UnpicklingError,
)
# A worker that takes longer to answer is killed.
_REQUEST_SECONDS = 30.0
# How often a worker sends what its build is doing.
_PROGRESS_SECONDS = 2.0


class WorkerLostError(Exception):
    """The worker does not answer any more; another one may have replaced it."""


class WorkerBusyError(Exception):
    """The worker is still answering another request."""


@dataclass(frozen=True)
class BuildResult:
    """The result of a build; ``folder`` has the site, and is empty if the build failed.

    ``watched`` are files and folders to watch, and ``notes`` what hooks logged as INFO. ``is_lost`` is true
    if the worker ended before it had a result.
    """

    folder: str
    messages: tuple[BuildMessage, ...]
    watched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_lost: bool = False


@dataclass(frozen=True)
class BuildProgress:
    """What a running build has found: ``place`` is the line of the project's code where it is."""

    place: BuildMessage
    check_messages: tuple[BuildMessage, ...]


# The result of a build, and its objects if it did not fail.
_Finished = tuple[BuildResult, Session | None]


class Worker:
    """A worker process, as seen by the server. It answers one request at a time.

    Hold ``lock`` for several requests in a row. All methods but `kill` raise WorkerLostError. ``progress`` is
    what its build has last reported.
    """

    def __init__(self, process: subprocess.Popen[bytes] | ForkedProcess) -> None:
        self.lock = threading.RLock()
        self.progress = BuildProgress(BuildMessage("", 0, 0, ""), ())
        # For its temporary files, with the site; empty before it builds.
        self.folder = ""
        self._has_started = False
        self._process = process

    def request(self, method: str, *arguments: object, patience: float = -1) -> Any:
        """Call a method of the worker's `Session`, and return its result.

        Raises WorkerBusyError if another request takes longer than ``patience`` seconds; -1 means no limit.
        """
        if not self.lock.acquire(timeout=patience):
            raise WorkerBusyError
        try:
            timer = threading.Timer(_REQUEST_SECONDS, self._give_up, (method, *arguments))
            timer.start()
            try:
                self.send((method, arguments))
                return self.receive()
            finally:
                timer.cancel()
        finally:
            self.lock.release()

    def send(self, value: object) -> None:
        """Send an object to the worker."""
        assert self._process.stdin is not None
        try:
            _send(self._process.stdin, value)
        except (OSError, ValueError) as error:
            raise WorkerLostError from error

    def receive(self) -> Any:
        """Wait for an object that the worker sends, and return it."""
        assert self._process.stdout is not None
        try:
            while not self._has_started:
                line = self._process.stdout.readline()
                if not line:
                    raise EOFError
                self._has_started = line.endswith(_FIRST_LINE)
            return pickle.load(self._process.stdout)  # noqa: S301 - from a process of ours
        except _UNPICKLING_ERRORS as error:
            raise WorkerLostError from error

    def kill(self) -> None:
        """End the process, and each request that waits for it."""
        self._process.kill()
        # Closes the pipes. Data that the worker has not read is lost.
        with suppress(BrokenPipeError), self._process:
            pass

    def _give_up(self, method: str, *arguments: object) -> None:
        values = chain.from_iterable(value if isinstance(value, list) else [value] for value in arguments)
        subject = ", ".join(map(str, values)) or method
        log.error("No answer after %.0f s for %s. A hook or template may hang.", _REQUEST_SECONDS, subject)
        self.kill()


def _create_folder() -> str:
    """Create a temporary folder with the id of this process in its name; remove those of killed servers."""
    for folder in Path(tempfile.gettempdir()).glob("mkdocs_live_*_*"):
        process = folder.name.split("_")[2]
        if process.isdecimal() and not is_running(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"mkdocs_live_{os.getpid()}_")


def is_running(process: int) -> bool:
    """Whether there is a process with this id. Outside POSIX it cannot be known, and the result is true."""
    if os.name == "posix":
        try:
            # Signal 0 only asks; outside POSIX it would end the process.
            os.kill(process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True
    return True


def start_process(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process for a worker."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe)  # noqa: S603 - this Python


class WorkerPool:
    """Lets workers build; ``on_result`` gets the result in another thread.

    It is also called after each progress of a build. ``arguments`` are those of the command, ``root`` is the
    folder of the project. Without a fork server, a worker is prepared ahead of time.
    """

    def __init__(
        self,
        arguments: list[str],
        root: Path,
        on_result: Callable[[Worker, BuildResult | BuildProgress], None],
        fork_server: ForkServer | None = None,
    ) -> None:
        self._arguments, self._root, self._on_result = arguments, root, on_result
        self._folder = _create_folder()
        # Guards everything below.
        self._lock = threading.Lock()
        self._fork_server = fork_server
        self._forks = fork_server is not None
        self._ready: Worker | None = None
        self._building: Worker | None = None
        self._builds = 0
        self._is_closed = False

    def build(self, *, low_priority: bool) -> Worker | None:
        """Build the site, instead of any build that is running.

        Returns the worker, or None if the pool is closed.
        """
        self.abort()
        with self._lock:
            if self._is_closed:
                return None
            worker = self._building = self._ready or self._start()
            self._ready = None
            self._builds += 1
            worker.folder = os.path.join(self._folder, str(self._builds))  # noqa: PTH118 - is sent as a text
            # If it is lost, `_wait_for_result` reports that.
            with suppress(WorkerLostError):
                worker.send((worker.folder, self._arguments, self._root, low_priority))
            return worker

    def abort(self) -> None:
        """Kill the worker that is building, and start another one for the next build."""
        with self._lock:
            worker, self._building = self._building, None
        if worker is not None:
            self.discard(worker)
            self._prepare_next()

    def reload_code(self) -> None:
        """Let the next builds run the code as it is then, which the fork server has not loaded."""
        with self._lock:
            self._forks = False

    def close(self) -> None:
        """Kill all workers that have not built the site, and delete all temporary files."""
        with self._lock:
            self._is_closed = True
            workers = [worker for worker in (self._building, self._ready) if worker is not None]
            self._building = self._ready = None
        for worker in workers:
            worker.kill()
        if self._fork_server is not None:
            self._fork_server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def discard(worker: Worker) -> None:
        """Kill a worker, and delete its temporary files, with its site, in another thread."""
        worker.kill()
        if worker.folder:
            ignore_errors = True
            threading.Thread(target=shutil.rmtree, args=(worker.folder, ignore_errors), daemon=True).start()

    def _prepare_next(self) -> None:
        with self._lock:
            if self._forks or self._is_closed:
                return
            if self._ready is None and self._building is None:
                self._ready = self._start()

    def _start(self) -> Worker:
        process = None
        if self._forks and self._fork_server is not None:
            with suppress(OSError):
                process = self._fork_server.start()
        command = [sys.executable, "-c", _START.format(folder=str(Path(__file__).parents[1]))]
        worker = Worker(process or start_process(command))
        threading.Thread(target=self._wait_for_result, args=(worker,), daemon=True).start()
        return worker

    def _wait_for_result(self, worker: Worker) -> None:
        try:
            while isinstance(result := worker.receive(), BuildProgress):
                worker.progress = result
                self._on_result(worker, result)
        except WorkerLostError:
            worker.kill()
            message = "The process that builds the site has ended. Its output in the terminal may say why."
            failure = BuildMessage("", 0, 0, message, level=logging.ERROR)
            result = BuildResult("", (failure,), is_lost=True)
        with self._lock:
            if self._ready is worker:
                self._ready = None
            if self._building is not worker:
                return
            self._building = None
        self._on_result(worker, result)
        self._prepare_next()


def _send(stream: IO[bytes], value: object) -> None:
    pickle.dump(value, stream)
    stream.flush()


def main() -> NoReturn:
    """Run a worker process."""
    # Ctrl+C is for the server, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A forked worker gets its own console and plugins.
    silence_console()
    mkdocs_internals.forget_plugins()
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What hooks and their programs print goes to the terminal, and they cannot read requests.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform != "win32":
        # Programs do not inherit the pipes, but forked processes do: the server would wait until they end.
        for pipe in (requests, answers):
            os.register_at_fork(after_in_child=partial(os.dup2, null, pipe.fileno(), inheritable=False))
    _exit_after(partial(_work, requests, answers))


def _exit_after(function: Callable[[], None]) -> NoReturn:
    """Call a function and end the process, also if the server closes its pipes."""
    code = 1
    try:
        with suppress(EOFError, BrokenPipeError):
            function()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        # No clean-up by plugins: the server deletes the folder with their temporary files.
        sys.stderr.flush()
        os._exit(code)


def _work(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Build the site, and answer requests."""
    answers.write(_FIRST_LINE)
    answers.flush()
    tempfile.tempdir, arguments, root, low_priority = pickle.load(requests)  # noqa: S301 - from the server
    # Not by the server, which must survive a full disk.
    Path(tempfile.tempdir).mkdir(parents=True, exist_ok=True)

    def answer(finished: _Finished) -> None:
        result, session = finished
        _send(answers, result)
        # The objects of the build stay: the garbage collector need not look at them again.
        gc.collect()
        gc.freeze()
        while session is not None:
            method, parameters = pickle.load(requests)  # noqa: S301 - as above
            _send(answers, getattr(session, method)(*parameters))

    if sys.platform == "linux" and not low_priority:
        # Without threads, a build can fork processes to use more cores.
        signal.signal(signal.SIGALRM, lambda _, frame: _send(answers, _describe_progress(frame, root)))
        signal.setitimer(signal.ITIMER_REAL, _PROGRESS_SECONDS, _PROGRESS_SECONDS)
        _build(_AnswerAtOnce(answer), arguments, root)
        return
    results: SimpleQueue[_Finished] = SimpleQueue()
    build = threading.Thread(target=_build, args=(results, arguments, root, low_priority), daemon=True)
    build.start()
    finished: _Finished | None = None
    while finished is None:
        try:
            finished = results.get(timeout=_PROGRESS_SECONDS)
        except Empty:
            frame = sys._current_frames().get(build.ident or 0)
            _send(answers, _describe_progress(frame, root))
    answer(finished)


@dataclass
class _AnswerAtOnce:
    """Takes the result of a build in the main thread: it never returns to the build."""

    answer: Callable[[_Finished], None]

    def put(self, finished: _Finished) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _exit_after(partial(self.answer, finished))


def _describe_progress(frame: FrameType | None, root: Path) -> BuildProgress:
    place = BuildMessage.from_stack(traceback.extract_stack(frame), root)
    return BuildProgress(place, state.captured.check_messages() if state.captured is not None else ())


def _build(
    results: SimpleQueue[_Finished] | _AnswerAtOnce,
    arguments: list[str],
    root: Path,
    low_priority: bool = False,
) -> None:
    """Build the site, and put the result into the queue.

    Does not return after a successful build. Linux has a priority for each thread, and does not let a process
    raise it again: so a build with low priority has a thread of its own.
    """
    # A module of the command line, which the server does not need to import twice.
    from mkdocs.__main__ import cli

    if low_priority and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)

    def on_built(folder: str, watched: tuple[str, ...]) -> NoReturn:
        if captured.has_errors:
            raise Abort("The build logged errors.")
        session = state.session
        assert session is not None
        result = BuildResult(folder, captured.messages(session.docs), watched, tuple(captured.notes))
        session.finish()
        results.put((result, session))
        # If this returned, MkDocs would serve, and then delete the site.
        while True:
            threading.Event().wait()

    state.on_built = on_built
    failure = BuildResult("", ())
    try:
        with CapturedOutput(root) as captured:
            state.captured = captured
            cli(arguments, prog_name="mkdocs", standalone_mode=False)
        docs = state.session.docs if state.session is not None else root / "docs"
        failure = BuildResult("", captured.messages(docs))
    finally:
        # Whatever happens, the server must not wait forever.
        results.put((failure, None))
