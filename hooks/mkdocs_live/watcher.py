"""Watches files and folders, and collects the paths that change until the coordinator fetches them."""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

log = logging.getLogger("mkdocs.hooks.live")

# Generated or installed files.
_IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
# Files of Vim, Emacs, Kate, JetBrains and GNOME, the file with which vi tests a folder, and bytecode.
_TEMPORARY_FILE = re.compile(
    r"#.*|4913|.*(~|\.sw[opx]|\.swpx|\.tmp|\.part|\.crswap|\.kate-swp|\.pyc|(___jb_|\.goutputstream-|\.sb-).*)",
    re.DOTALL,
)
# Hidden files that are content.
_HIDDEN_CONTENT = frozenset({".authors.yml", ".meta.yml", ".pages", ".nojekyll", ".well-known"})
# On Linux, an event says when a file that was created or modified has been closed.
_HAS_CLOSE_EVENTS = sys.platform == "linux"
_WRITE_EVENTS = frozenset({"created", "modified"})
_READ_EVENTS = frozenset({"opened", "closed_no_write"})


def is_watched(path: str, root: str) -> bool:
    """Whether a path is ``root``, or below it and not hidden, generated or a temporary file of an editor."""
    # A path outside begins with "..", which counts as hidden.
    parts = Path(os.path.relpath(path, root)).parts
    return not parts or not (
        any(
            part in _IGNORED_FOLDERS or (part.startswith(".") and part not in _HIDDEN_CONTENT)
            for part in parts
        )
        or _TEMPORARY_FILE.fullmatch(parts[-1])
    )


class ChangeQueue:
    """The paths that changed since the last `fetch`. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._paths: set[str] = set()
        self._open: set[str] = set()
        self._last_change = 0.0
        self.is_closed = False

    def add(self, *paths: str, is_open: bool = False) -> None:
        """Add changed paths. ``is_open`` means that they are still being written."""
        with self._condition:
            self._paths.update(paths)
            self._open = self._open | {*paths} if is_open else self._open - {*paths}
            self._last_change = time.monotonic()
            self._condition.notify_all()

    def close(self) -> None:
        """End all waiting calls of `fetch`."""
        with self._condition:
            self.is_closed = True
            self._condition.notify_all()

    def fetch(self, settle: float, timeout: float | None = None, longest: float = 0.1) -> frozenset[str]:
        """Return and forget the changed paths, as soon as nothing has changed for ``settle`` seconds.

        Waits ``timeout`` seconds for a first change, and from then on at most ``longest`` seconds. Returns an
        empty set at the timeout, or when the queue is closed.
        """
        with self._condition:
            if not self._condition.wait_for(lambda: self._paths or self.is_closed, timeout):
                return frozenset()
            end = time.monotonic() + longest
            while not self.is_closed:
                left = (end if self._open else min(self._last_change + settle, end)) - time.monotonic()
                if left <= 0:
                    break
                self._condition.wait(left)
            paths, self._paths = frozenset(self._paths), set()
            self._open.clear()
            return paths


class _Handler(FileSystemEventHandler):
    def __init__(self, root: str, changes: ChangeQueue) -> None:
        self._root, self._changes = root, changes

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _READ_EVENTS or (event.is_directory and event.event_type == "modified"):
            return
        names = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        paths = [path for path in names if is_watched(path, self._root)]
        if event.is_directory:
            # A folder that was moved here has no events for the files in it. `Path.rglob` fails if one is
            # removed meanwhile, which would end the observer.
            inner = [
                str(Path(parent, name))
                for folder in paths
                for parent, subfolders, files in os.walk(folder)
                for name in (*subfolders, *files)
            ]
            paths += [path for path in inner if is_watched(path, self._root)]
        if paths:
            is_open = _HAS_CLOSE_EVENTS and not event.is_directory and event.event_type in _WRITE_EVENTS
            self._changes.add(*paths, is_open=is_open)


class Watcher:
    """Adds the paths of changed files to a `ChangeQueue`."""

    def __init__(self, changes: ChangeQueue) -> None:
        self._changes = changes
        self._observer = Observer()
        self._watched: set[Path] = set()

    def watch(self, name: str) -> None:
        """Watch a folder, or a file; do nothing if it is missing or watched already.

        A file is watched through its folder, because editors replace a file to save it.
        """
        path = Path(os.path.abspath(name))  # noqa: PTH100 - does not resolve links, like MkDocs
        if path in self._watched or not path.exists():
            return
        self._watched.add(path)
        is_folder = path.is_dir()
        folder = path if is_folder else path.parent
        try:
            self._observer.schedule(_Handler(str(path), self._changes), str(folder), recursive=is_folder)
        except OSError as error:
            # For example, Linux limits the number of watched folders.
            log.warning("Changes of %s will not be noticed: %s", path, error)

    def start(self) -> None:
        self._observer.start()

    def stop(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
