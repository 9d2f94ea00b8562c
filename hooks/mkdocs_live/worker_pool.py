"""The processes that build, as the one sees them that serves."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from mkdocs_live.worker_process import Built

# What a process needs to find this package, which MkDocs has on its path only while it loads hooks.
_START = (
    "import sys; sys.path.insert(0, {folder!r}); from mkdocs_live import worker_process; "
    "del sys.path[0]; worker_process.main()"
)
_INSTALLED = ("site-packages", "dist-packages")


class Gone(Exception):  # noqa: N818 - no error: another worker may be there
    """A worker that no longer answers."""


class Process:
    """A process that builds when it is told, and then holds what it built.

    It does one thing at a time; who wants several done in a row holds ``lock``.
    """

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.lock = threading.RLock()
        self.child = child
        self.connection: Connection | None = None
        # Whether it is to build, and whether politely.
        self.is_told = self.is_polite = False

    def ask(self, *request: Any) -> Any:
        """The answer to a request; see `worker.answer`. Raises Gone."""
        with self.lock:
            if self.connection is None:
                raise Gone
            try:
                self.connection.send(request)
                return self.connection.recv()
            except (EOFError, OSError) as error:
                raise Gone from error

    def end(self) -> None:
        self.child.kill()
        self.child.wait()


@dataclass(frozen=True)
class Project:
    """What processes are to build: the arguments of the command, and the project's folder."""

    arguments: list[str]
    root: Path


class Workers:
    """Keeps a process ready, has it build, and calls ``tell``, in a thread of its own, when it has."""

    def __init__(self, project: Project, tell: Callable[[Process, Built], None]) -> None:
        self._project, self._tell = project, tell
        self._folder = tempfile.mkdtemp(prefix="mkdocs_live_")
        self._key = secrets.token_bytes(16)
        self._listener = Listener(backlog=8, authkey=self._key)
        self._lock = threading.Lock()
        self._number = 0
        self._known: dict[int, Process] = {}
        self._ready: Process | None = None
        self._building: Process | None = None
        self._is_closed = False

    def open(self) -> None:
        """Hear processes."""
        threading.Thread(target=self._accept, name="workers", daemon=True).start()

    def build(self, *, is_polite: bool) -> None:
        """Have the site built as it is now, and not as it was; politely where nobody waits for that."""
        self.abort()
        with self._lock:
            if self._is_closed:
                return
            process = self._building = self._ready or self._start()
            self._ready = None
            process.is_told, process.is_polite = True, is_polite
            self._begin(process)

    def abort(self) -> None:
        """End what is building; the next one is soon to come."""
        with self._lock:
            process, self._building = self._building, None
        if process is not None:
            process.end()
            self._prepare()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            processes = [one for one in (self._building, self._ready) if one is not None]
            self._building = self._ready = None
        for process in processes:
            process.end()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def drop(folder: Path) -> None:
        """Remove a folder, while nobody waits for it."""
        arguments = {"ignore_errors": True}
        threading.Thread(target=shutil.rmtree, args=(folder,), kwargs=arguments, daemon=True).start()

    def _prepare(self) -> None:
        """Have a process ready, but not while another one builds."""
        with self._lock:
            if not self._is_closed and self._ready is None and self._building is None:
                self._ready = self._start()

    def _start(self) -> Process:
        """A process that imports what this one has, and waits."""
        self._number += 1
        command = [sys.executable, "-c", _START.format(folder=str(Path(__file__).parents[1]))]
        child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - it is this Python
        self._known[self._number] = process = Process(child)
        given = {
            "address": self._listener.address,
            "key": self._key.hex(),
            "number": self._number,
            "arguments": self._project.arguments,
            "root": str(self._project.root),
            "folder": self._folder,
            "modules": _installed(),
        }
        assert child.stdin is not None
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(given).encode() + b"\n")
            child.stdin.close()
        return process

    @staticmethod
    def _begin(process: Process) -> None:
        """Tell a process to build; one that has not called yet is told when it does."""
        if process.connection is not None:
            with suppress(OSError):
                process.connection.send(process.is_polite)

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
                process = self._known.pop(number)
                process.connection = connection
                if process.is_told:
                    self._begin(process)
            threading.Thread(target=self._hear, args=(process, connection), daemon=True).start()

    def _hear(self, process: Process, connection: Connection) -> None:
        """Wait for what becomes of a process's build."""
        try:
            built: Built = connection.recv()
        except (EOFError, OSError):
            built = Built("", ())
        with self._lock:
            if self._building is not process:
                return
            self._building = None
        self._tell(process, built)
        self._prepare()


def _installed() -> list[str]:
    """The modules that this process has imported from packages: another one will need them, too."""
    return sorted(
        name
        for name, module in list(sys.modules.items())
        if any(part in (getattr(module, "__file__", None) or "") for part in _INSTALLED)
        and "__main__" not in name
    )
