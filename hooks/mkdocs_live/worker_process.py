"""The process that builds the site anew, and then holds what it built: it takes changes in and gives pages.

It runs the command that was given, ``mkdocs serve``, up to where that would begin to serve: so it builds what
a server that has just been started would build, with hooks and packages as they are now. It is started ahead
of time, imports what it will need, and waits to be told to begin.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

from mkdocs_live.problem_locations import placed
from mkdocs_live.problems import ERROR, Problem, trial
from mkdocs_live.session import Session
from mkdocs_live.state import state

# What is asked of who builds while nobody waits for it.
_NICE = 10


@dataclass(frozen=True)
class Built:
    """What became of a build; ``folder`` has the site, if that could be built, ``watched`` what to watch.

    ``notes`` is what hooks told that is no problem.
    """

    folder: str
    problems: tuple[Problem, ...]
    watched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def main() -> NoReturn:
    """Be a worker: what it needs to know comes as one line of JSON from its standard input."""
    # An interrupt is for the command that started this one, and lets its workers go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    given = json.loads(sys.stdin.readline())
    connection = Client(given["address"], authkey=bytes.fromhex(given["key"]))
    connection.send(given["number"])
    tempfile.tempdir = given["folder"]
    prepared = _thread(lambda: _prepare(given["modules"]), is_polite=True)
    made: SimpleQueue[tuple[Built, Session | None]] = SimpleQueue()
    code = 1
    try:
        with suppress(EOFError, BrokenPipeError, ConnectionResetError):
            is_polite = connection.recv()
            prepared.join()
            root = Path(given["root"])
            _thread(lambda: _build(made, given["arguments"], root), is_polite=is_polite)
            built, session = made.get()
            connection.send(built)
            if session is not None:
                _answer(connection, session)
        code = 0
    finally:
        # Without a word to plugins: what they made is below the folder, which others remove.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _thread(work: Callable[[], None], *, is_polite: bool) -> threading.Thread:
    """Do some work in a thread; where it is polite and that can be, with a low priority.

    On Linux, a thread has one of its own; and who has lowered it cannot raise it again.
    """

    def run() -> None:
        if is_polite and sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _prepare(modules: list[str]) -> None:
    """Import what will be needed."""
    for name in modules:
        with suppress(ImportError):
            importlib.import_module(name)


def _build(made: SimpleQueue[tuple[Built, Session | None]], arguments: list[str], root: Path) -> None:
    """Build, and tell of it."""
    # Here, since to import it is to import all of MkDocs.
    from mkdocs.__main__ import cli

    def hold(folder: str, watched: tuple[str, ...]) -> NoReturn:
        if any(level >= ERROR for level, _ in tried.logged):
            raise SystemExit("The build has told of errors.")
        assert state.session is not None
        problems = placed(tried.problems, root, Path(state.session.config.docs_dir))
        state.session.warm()
        made.put((Built(folder, problems, watched, tuple(tried.notes)), state.session))
        # What follows in MkDocs is to serve, and to remove what was built.
        while True:
            threading.Event().wait()

    state.hold = hold
    with trial(root) as tried:
        cli(arguments, prog_name="mkdocs", standalone_mode=False)
    docs = Path(state.session.config.docs_dir) if state.session is not None else root / "docs"
    made.put((Built("", placed(tried.problems, root, docs)), None))


def _answer(connection: Connection, session: Session) -> NoReturn:
    """Do what is asked, until nobody is there any longer (EOFError)."""
    # What is here already is not looked at again and again.
    gc.collect()
    gc.freeze()
    while True:
        request, *given = connection.recv()
        connection.send(answer(session, request, *given))


def answer(session: Session, request: str, *given: Any) -> Any:
    """The answer of a session to one of its requests."""
    if request == "destinations":
        return session.destinations
    if request == "fetch":
        return session.fetch(*given)
    assert request == "change"
    return session.change(*given)
