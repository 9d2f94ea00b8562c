"""Tells of changed files, as the file system tells of them."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

# What is in these is made from the rest, or is nobody's text.
_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
# What editors write beside the file that is open: Vim, Emacs, Kate, JetBrains, GNOME, vi's test for a folder.
_SUFFIXES = ("~", ".swp", ".swo", ".swx", ".swpx", ".tmp", ".part", ".crswap", ".kate-swp", ".pyc")
_INFIXES = ("___jb_", ".goutputstream-", ".sb-")
_PROBE = "4913"
# Where it is told that a file is closed after these.
_TELLS_OF_ENDS = sys.platform == "linux"
_BEGUN = frozenset({"created", "modified"})
_LOOKED_AT = frozenset({"opened", "closed_no_write"})
# Names that begin with a dot and are content all the same.
_HIDDEN = frozenset({".authors.yml", ".meta.yml", ".pages", ".nojekyll", ".well-known"})


def is_ignored(path: str, root: str) -> bool:
    """Whether nobody writes this path below ``root`` by hand."""
    parts = Path(os.path.relpath(path, root)).parts
    name = parts[-1] if parts else ""
    return (
        any(
            part in _FOLDERS or (part.startswith(".") and part not in _HIDDEN)
            for part in parts
            if part != os.curdir
        )
        or name.endswith(_SUFFIXES)
        or name == _PROBE
        or name.startswith((".#", "#"))
        or any(infix in name for infix in _INFIXES)
    )


class Changes:
    """The paths that changed and nobody has fetched yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._open: set[str] = set()
        self._last = 0.0
        self._is_closed = False

    def add(self, *paths: str, is_open: bool = False) -> None:
        """These have changed. Of a file that is open to be written there is more to come."""
        with self._changed:
            self._paths.update(paths)
            self._open = self._open | {*paths} if is_open else self._open - {*paths}
            self._last = self._clock()
            self._changed.notify_all()

    def close(self) -> None:
        """Have no one wait any longer."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def fetch(self, settle: float, timeout: float | None = None, longest: float = 0.1) -> frozenset[str]:
        """The paths that changed since the last time, when nothing has changed for ``settle`` seconds.

        Those who write on and on are waited for no longer than ``longest``; where nothing changes at all
        for ``timeout`` seconds, or this is closed, there are none.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._paths or self._is_closed, timeout):
                return frozenset()
            end = self._clock() + longest
            while not self._is_closed:
                left = (end if self._open else min(self._last + settle, end)) - self._clock()
                if left <= 0:
                    break
                self._changed.wait(left)
            paths, self._paths = frozenset(self._paths), set()
            self._open.clear()
            return paths


class _Handler(FileSystemEventHandler):
    def __init__(self, root: str, only: str | None, changes: Changes) -> None:
        self._root, self._only, self._changes = root, only, changes

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _LOOKED_AT or (event.is_directory and event.event_type == "modified"):
            return
        named = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        paths = [path for path in named if self._is_meant(path)]
        if event.is_directory:
            # What came with a folder, or went with it, may be told of by its name alone.
            paths += [
                str(path) for folder in paths for path in Path(folder).rglob("*") if self._is_meant(str(path))
            ]
        if paths:
            self._changes.add(
                *paths, is_open=_TELLS_OF_ENDS and not event.is_directory and event.event_type in _BEGUN
            )

    def _is_meant(self, path: str) -> bool:
        if self._only is not None:
            return path == self._only
        return not is_ignored(path, self._root)


class Watcher:
    """Adds the files that change to ``changes``."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._observer = Observer()
        self._watched: set[str] = set()

    @property
    def paths(self) -> list[str]:
        return list(self._watched)

    def watch(self, path: str) -> None:
        """Watch a folder, or a file by its folder: to save it may put another in its place.

        What is watched already, or is not there, is left as it is.
        """
        path = os.path.abspath(path)  # noqa: PTH100 - links stay as they are written, as with MkDocs
        if path in self._watched or not os.path.exists(path):  # noqa: PTH110 - as above
            return
        self._watched.add(path)
        is_folder = os.path.isdir(path)  # noqa: PTH112 - as above
        folder = path if is_folder else os.path.dirname(path)  # noqa: PTH120 - as above
        handler = _Handler(folder, None if is_folder else path, self._changes)
        self._observer.schedule(handler, folder, recursive=is_folder)

    def start(self) -> None:
        self._observer.start()

    def stop(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
