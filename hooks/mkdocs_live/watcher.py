"""Watches files and folders, and collects the paths that change until the coordinator fetches them."""

from __future__ import annotations

import errno
import logging
import math
import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

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
# The settings of Linux that limit what a user can watch, by the error that a limit causes.
_LINUX_LIMITS = {
    errno.ENOSPC: "fs.inotify.max_user_watches=524288",
    errno.EMFILE: "fs.inotify.max_user_instances=512",
}
_READ_EVENTS = frozenset({"opened", "closed_no_write"})
# A signal that arrives right before a wait does not end it; its handler runs when the wait is over.
_SIGNAL_SECONDS = 0.5


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
            deadline = time.monotonic() + (math.inf if timeout is None else timeout)
            while not (self._paths or self.is_closed):
                left = min(deadline - time.monotonic(), _SIGNAL_SECONDS)
                if left <= 0:
                    return frozenset()
                self._condition.wait(left)
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
    """Adds changed paths below ``root``, or ``root`` itself, to the queue.

    If ``root`` is what a link leads to, the paths are those below the ``link``.
    """

    def __init__(self, root: str, changes: ChangeQueue, link: str = "") -> None:
        self._root, self._changes, self._link = root, changes, link

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
        if self._link:
            paths = [os.path.normpath(Path(self._link, os.path.relpath(path, self._root))) for path in paths]
        if paths:
            is_open = _HAS_CLOSE_EVENTS and not event.is_directory and event.event_type in _WRITE_EVENTS
            self._changes.add(*paths, is_open=is_open)


class Watcher:
    """Adds the paths of changed files to a `ChangeQueue`."""

    def __init__(self, changes: ChangeQueue) -> None:
        self._changes = changes
        self._watched: set[Path] = set()
        # Links with what they lead to.
        self._followed: set[tuple[Path, Path]] = set()
        # Started before anything is watched, so that what cannot be watched is known for each folder.
        self._observer: BaseObserver = Observer()
        self._observer.start()
        # For what the system cannot watch.
        self._poller: BaseObserver | None = None

    def watch(self, name: str) -> None:
        """Watch a folder, or a file; do nothing if it is missing or watched already.

        A file is watched through its folder, because editors replace a file to save it. What links in a
        folder lead to is watched, too.
        """
        path = Path(os.path.abspath(name))  # noqa: PTH100 - does not resolve links, like MkDocs
        if path in self._watched or not path.exists():
            return
        self._watched.add(path)
        self._schedule(path)
        self.follow_links([str(path), *_find_links(path)])

    def follow_links(self, paths: Iterable[str]) -> None:
        """Watch what those of the paths that are symbolic links lead to, unless that contains the link."""
        for link in map(Path, paths):
            if not link.is_symlink() or not link.exists():
                continue
            target = link.resolve()
            if (link, target) in self._followed or target in (parent.resolve() for parent in link.parents):
                continue
            self._followed.add((link, target))
            self._schedule(target, link)
            self.follow_links(_find_links(link))

    def stop(self) -> None:
        for observer in (self._observer, self._poller):
            if observer is not None:
                observer.stop()
                observer.join()

    def _schedule(self, path: Path, link: Path | None = None) -> None:
        is_folder = path.is_dir()
        folder = str(path if is_folder else path.parent)
        handler = _Handler(str(path), self._changes, str(link or ""))
        try:
            self._observer.schedule(handler, folder, recursive=is_folder)
        except OSError as error:
            limit = _LINUX_LIMITS.get(error.errno or 0)
            if limit is None:
                log.warning("Changes of %s will not be noticed: %s", path, error)
                return
            if self._poller is None:
                log.warning(
                    "The system cannot watch all folders: some are compared once a second instead. "
                    "To raise the limit, run: sudo sysctl %s",
                    limit,
                )
                self._poller = PollingObserver()
                self._poller.start()
            self._poller.schedule(handler, folder, recursive=is_folder)


def _find_links(path: Path) -> Iterator[str]:
    """Yield the symbolic links below a folder."""
    for parent, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _IGNORED_FOLDERS]
        yield from filter(os.path.islink, (f"{parent}{os.sep}{name}" for name in (*folders, *files)))
