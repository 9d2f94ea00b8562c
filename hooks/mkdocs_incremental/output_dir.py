"""The output folder: files of the previous build stay where this build would write the same.

MkDocs empties the folder and writes every file again, which for a thousand posts is a third of the time of an
edit. Here, its content is moved aside while MkDocs empties the folder, and moved back before the first file
is written. Only files that are unchanged since they were written, by the file system's metadata, come back.
What this build neither writes nor confirms is removed before ``on_post_build``, or after it in the folders
that hooks fill there. A build that dies leaves files whose metadata was not recorded, which the next build
does not trust.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file

from mkdocs_incremental import api, mkdocs_internals
from mkdocs_incremental.fingerprint import CLOCK_RESOLUTION_NS
from mkdocs_incremental.skip_build import digest
from mkdocs_incremental.store import Store

# Overwriting a file is seven times slower than writing to the null device. MkDocs creates the folder of each
# file, and outside POSIX the null device has no folder.
_CAN_DISCARD = os.name == "posix"
_DISCARD_FILE = "discard"
# The digest of a file's content, and the metadata of the file with it.
Entry = tuple[str, list[int]]


class PreservedOutput:
    """The files of one build in the folder ``site``.

    ``aside`` is a path on the same disk, to which a suffix is added for each ``site``: several builds of the
    same pages into different folders may run at once.
    """

    def __init__(self, site: str, aside: Path) -> None:
        self.site = site
        self._aside = f"{aside}-{digest(site.encode())}"
        self._previous: dict[str, Entry] = {}
        self._current: dict[str, Entry] = {}
        # The folders that hooks fill after MkDocs has written all files.
        self._late: tuple[str, ...] = ()

    def move_aside(self) -> None:
        """Move the folders in the site away. Right before MkDocs empties it."""
        # A move changes the metadata of a file at the top, but not of files in a folder that is moved.
        names = [name for name in _list_visible(self.site) if _is_folder(os.path.join(self.site, name))]
        # After a failed build the folder is empty.
        if names:
            shutil.rmtree(self._aside, ignore_errors=True)
            _move(names, self.site, self._aside)

    def move_back(self, entries: Any, expected: Collection[str], folders: Sequence[str] = ()) -> None:
        """Move back the files that match ``entries``, right before MkDocs writes the first file.

        ``entries`` are those of the previous build, see `entries`. ``expected`` are the paths, relative to
        the site, of the files that this build will write, and ``folders`` those that hooks will fill.
        """
        self._late = tuple(os.path.join(folder, "") for folder in folders)
        names = _list_visible(self._aside)
        if entries and names and not _list_visible(self.site):
            self._previous = {
                path: (content, metadata)
                for path, (content, metadata) in entries.items()
                if path in expected or path.startswith(self._late)
            }

            def matches(path: str, metadata: list[int]) -> bool:
                return path in self._previous and self._previous[path][1] == metadata

            with suppress(OSError):
                _prune(self._aside, "", matches)
                _move(_list_visible(self._aside), self._aside, self.site)
        shutil.rmtree(self._aside, ignore_errors=True)

    def confirm(self, path: str, content: str) -> bool:
        """Whether a file still has a content (`digest`, `digest_source`) from the previous build.

        If not, it is removed.
        """
        name = self._relative(path)
        previous = self._previous.get(name)
        if previous is None:
            return False
        if content == previous[0] and _read_metadata(path) == previous[1]:
            self._current[name] = previous
            return True
        # Overwriting it would also change files that are hard links to it.
        with suppress(OSError):
            os.unlink(path)
        return False

    def record(self, path: str, content: str) -> None:
        """Record a file that was just written."""
        name, metadata = self._relative(path), _read_metadata(path)
        self._previous.pop(name, None)
        self._current.pop(name, None)
        if metadata:
            self._current[name] = content, metadata

    def remove_stale(self, *, is_late: bool = False) -> None:
        """Remove files of the previous build that were neither confirmed nor written.

        ``is_late``: those in folders that hooks fill, when they have done so.
        """
        for name, (_, metadata) in self._previous.items():
            path = os.path.join(self.site, name)
            is_stale = name not in self._current and name.startswith(self._late) == is_late
            if is_stale and _read_metadata(path) == metadata:
                _remove(path, self.site)

    def entries(self) -> dict[str, Entry]:
        """Return what `move_back` of the next build needs (JSON)."""
        return {name: entry for name, entry in self._current.items() if entry[0]}

    def _relative(self, path: str) -> str:
        return path[len(self.site) + 1 :]


@dataclass
class OutputWriter:
    """Intercepts MkDocs' writes, so that unchanged output files are not rewritten.

    ``cache`` is a folder for output of MkDocs that is discarded.
    """

    output: PreservedOutput
    store: Store
    cache: Path
    # Files whose path was replaced, with the right one.
    _redirected: list[tuple[File, str]] = field(default_factory=list)
    _handlers: list[Callable[..., Any]] = field(default_factory=list)
    # Paths of files that would have been copied, and were not read.
    unread: set[str] = field(default_factory=set)

    def attach(self, config: MkDocsConfig, files: Files) -> None:
        """Move unchanged files back, and replace how MkDocs writes files. After all plugins' ``on_env``."""
        included = [file for file in files if file.inclusion.is_included()]  # type: ignore[no-untyped-call]
        start = len(self.output.site) + 1
        expected = {file.abs_dest_path[start:] for file in included}
        self.output.move_back(self.store.get(self._key), expected, api.declared_output(config.extra))
        for file in included:
            # Subclasses may be copied differently.
            if type(file) is File and not file.is_documentation_page():
                mkdocs_internals.replace_copy(file, partial(self._wrap_copy, file))
        self._handlers = mkdocs_internals.event_handlers(config, "post_page")
        self._handlers.append(self.on_post_page)

    def _wrap_copy(self, file: File, copy: Callable[[bool], None]) -> Callable[[bool], None]:
        def copy_file(dirty: bool = False) -> None:
            path = file.abs_dest_path
            # A generated file has no source.
            source = file.abs_src_path
            content = digest(file.content_bytes) if source is None else digest_source(source)
            if not self.output.confirm(path, content):
                copy(dirty)
                self.output.record(path, content)
            elif source is not None:
                self.unread.add(source)

        return copy_file

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002 - an event
        """Write a page if it has changed, and let MkDocs write elsewhere. After all plugins' handlers."""
        if self._redirected and self._redirected[-1][0] is page.file:
            return output
        self._restore_output()
        if not output.strip():
            return output
        self.write(page.file.abs_dest_path, _encode_page(output))
        self._redirect_output(page.file)
        return "written"

    def write(self, path: str, data: bytes) -> None:
        """Write a file of a hook if it has changed."""
        content = digest(data)
        if not self.output.confirm(path, content):
            write_file(data, path)
            self.output.record(path, content)

    def is_up_to_date(self, page: Page, content: str) -> bool:
        """Whether a page's file has that content already, and no plugin has to see it. Skips it then."""
        self._restore_output()
        if self._handlers != [self.on_post_page] or not self.output.confirm(page.file.abs_dest_path, content):
            return False
        self._redirect_output(page.file)
        return True

    def finish(self) -> None:
        """Remove stale files when all are written, before plugins' ``on_post_build``."""
        self._restore_output()
        with suppress(OSError):
            (self.cache / _DISCARD_FILE).unlink()
        self.output.remove_stale()

    def save(self) -> None:
        """Store the entries for the next build. After all plugins' ``on_post_build``."""
        self.output.remove_stale(is_late=True)
        self.store.put(self._key, self.output.entries())

    def _redirect_output(self, file: File) -> None:
        self._redirected.append((file, file.abs_dest_path))
        file.abs_dest_path = os.devnull if _CAN_DISCARD else os.fspath(self.cache / _DISCARD_FILE)

    def _restore_output(self) -> None:
        while self._redirected:
            file, path = self._redirected.pop()
            file.abs_dest_path = path

    @property
    def _key(self) -> str:
        return f"site {self.output.site}"


def digest_page(output: str) -> str:
    """Return the digest of a page's file."""
    return digest(_encode_page(output))


def _encode_page(output: str) -> bytes:
    """Encode a page as MkDocs does."""
    return output.encode("utf-8", errors="xmlcharrefreplace")


def digest_source(path: str, now_ns: int | None = None) -> str:
    """Return a digest of the metadata of a file that is copied; empty if it changed too recently.

    ``now_ns`` is the time since the epoch.
    """
    # Of the target of a symbolic link, since that is copied.
    metadata = _read_metadata(path, os.stat)
    if (
        not metadata
        or max(metadata[:2]) > (time.time_ns() if now_ns is None else now_ns) - CLOCK_RESOLUTION_NS
    ):
        return ""
    return digest(f"{path}\0{metadata}".encode())


def _metadata(status: os.stat_result) -> list[int]:
    return [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode]


def _read_metadata(path: str, get_status: Callable[[str], os.stat_result] = os.lstat) -> list[int]:
    try:
        return _metadata(get_status(path))
    except OSError:
        return []


def _list_visible(folder: str) -> list[str]:
    """Return the names that MkDocs removes when it empties a folder."""
    try:
        return [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError:
        return []


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _move(names: Collection[str], source: str, target: str) -> None:
    """Move files or folders. What cannot be moved stays."""
    with suppress(OSError):
        os.makedirs(target, exist_ok=True)
        for name in names:
            os.rename(os.path.join(source, name), os.path.join(target, name))


def _prune(folder: str, prefix: str, matches: Callable[[str, list[int]], bool]) -> bool:
    """Remove the files that do not match, and folders left empty. Return whether everything was removed."""
    is_empty = True
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if _prune(entry.path, f"{path}{os.sep}", matches):
                    os.rmdir(entry.path)
                else:
                    is_empty = False
            elif matches(path, _metadata(entry.stat(follow_symlinks=False))):
                is_empty = False
            else:
                os.unlink(entry.path)
    return is_empty


def _remove(path: str, root: str) -> None:
    """Remove a file, and the folders below ``root`` that are empty without it."""
    with suppress(OSError):
        os.unlink(path)
        folder = os.path.dirname(path)
        while folder != root:
            os.rmdir(folder)
            folder = os.path.dirname(folder)
