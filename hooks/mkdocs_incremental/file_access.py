"""What a build reads, as Python tells it by its audit events (PEP 578): files, folders, other programs.

A hook for these events stays until the process ends; it notes only while somebody looks.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR
_FOLDERS = frozenset({"os.listdir", "os.scandir"})
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "urllib.Request"})


@dataclass
class Observed:
    """What was read: paths of files and folders as they were given, made absolute; and names of programs."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)
    network: bool = False
    is_on: bool = True

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of an event. May not raise: the program that opens a file is another's."""
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, str | os.PathLike) and not _writes(mode, flags):
                self.files.add(os.path.abspath(os.fspath(path)))  # noqa: PTH100 - as it was written
        elif event in _FOLDERS:
            self.folders.add(os.path.abspath(_text(arguments[0])))  # noqa: PTH100 - as above
        elif event in _PROGRAMS:
            self.programs.add(Path(_text(arguments[0])).name)
        elif event in _NETWORK:
            self.network = True


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return bool({"w", "a", "x", "+"} & set(mode))
    return isinstance(flags, int) and bool(flags & _WRITING)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return _text(value[0])
    if isinstance(value, bytes):
        return os.fsdecode(value)
    return str(value) if isinstance(value, str | os.PathLike) else "."


@dataclass
class _Observer:
    current: Observed | None = None
    is_installed: bool = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.current is not None and self.current.is_on:
            self.current.note(event, arguments)


_observer = _Observer()


def begin() -> Observed:
    """Begin to take notes, in place of any that were taken before."""
    if not _observer.is_installed:
        _observer.is_installed = True
        sys.addaudithook(_observer.hear)
    _observer.current = Observed()
    return _observer.current


def end() -> None:
    """Take no more notes."""
    _observer.current = None
