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
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any, NoReturn

from live.problems import ERROR, Problem, trial
from live.session import Session
from live.state import state


@dataclass(frozen=True)
class Built:
    """What became of a build; ``folder`` has the site, if that could be built."""

    folder: str
    problems: tuple[Problem, ...]


def main() -> NoReturn:
    """Be a worker: what it needs to know comes as one line of JSON from its standard input."""
    # An interrupt is for the command that started this one, and lets its workers go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    given = json.loads(sys.stdin.readline())
    connection = Client(given["address"], authkey=bytes.fromhex(given["key"]))
    connection.send(given["number"])
    for name in given["modules"]:
        with suppress(ImportError):
            importlib.import_module(name)
    tempfile.tempdir = given["folder"]
    code = 1
    try:
        with suppress(EOFError, BrokenPipeError, ConnectionResetError):
            connection.recv()
            _build(connection, given["arguments"], Path(given["root"]))
        code = 0
    finally:
        # Without a word to plugins: what they made is below the folder, which others remove.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _build(connection: Connection, arguments: list[str], root: Path) -> None:
    # Here, since to import it is to import all of MkDocs.
    from mkdocs.__main__ import cli

    def hold(folder: str) -> NoReturn:
        if any(level >= ERROR for level, _ in tried.logged):
            raise SystemExit("The build has told of errors.")
        problems = tried.problems
        assert state.session is not None
        state.session.warm()
        connection.send(Built(folder, problems))
        _answer(connection, state.session)

    state.hold = hold
    with trial(root) as tried:
        cli(arguments, prog_name="mkdocs", standalone_mode=False)
    if isinstance(tried.error, EOFError | BrokenPipeError):
        return
    connection.send(Built("", tried.problems))


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
    if request == "warm":
        return session.warm()
    assert request == "change"
    return session.change(*given)
