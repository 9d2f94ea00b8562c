"""The site that stands: what the build before wrote is left where it is, if this one would write it again.

MkDocs empties the site's folder and writes each file anew; for a site of a thousand posts that is a third of
what an edit costs. Here the folder's content is moved aside while MkDocs empties it, and comes back right
before the first file is written: of it only files of which is known what is in them, since the file system
says that nobody touched them after they were written. All else is gone, as it is for MkDocs; and what this
build did not write or find written is removed before plugins look at the site that is done. A build that
dies halfway leaves files that are not as they were noted, which the next one does not trust.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

# A file that changed that shortly before it was copied may change again within a tick of the clock.
_COARSE_NS = 2_000_000_000
# By which content, and what the file system says of the file with it.
Entry = tuple[str, list[int]]


class Standing:
    """The files of one build. ``site`` is the folder of the output.

    ``aside`` is the path of a folder on the same disk, to which something is added for each ``site``: builds
    of the same pages into several folders may run at once.
    """

    def __init__(self, site: str, aside: Path) -> None:
        self.site = site
        self._aside = f"{aside}-{digest(site)}"
        self._stood: dict[str, Entry] = {}
        self._stands: dict[str, Entry] = {}

    def set_aside(self) -> None:
        """Move the folders that stand out of MkDocs' way. Right before it empties the site's."""
        # To be moved changes a folder's own facts, and a file's: those at the top are written anew.
        names = [name for name in _visible(self.site) if _is_folder(os.path.join(self.site, name))]
        # A build that failed since then has left the folder empty.
        if names:
            shutil.rmtree(self._aside, ignore_errors=True)
            _move(names, self.site, self._aside)

    def put_back(self, noted: Any, wanted: Collection[str]) -> None:
        """Bring back what is as it was noted by ``notes``. Right before MkDocs writes the first file.

        ``wanted`` are the paths below the site that will be written.
        """
        names = _visible(self._aside)
        if noted and names and not _visible(self.site):
            self._stood = {path: (one, facts) for path, (one, facts) in noted.items() if path in wanted}
            with suppress(OSError):
                _prune(
                    self._aside, "", lambda path, facts: path in self._stood and self._stood[path][1] == facts
                )
                _move(_visible(self._aside), self._aside, self.site)
        shutil.rmtree(self._aside, ignore_errors=True)

    def holds(self, path: str, content: str) -> bool:
        """Whether a file still has that content (`digest`, `source`) from the build before; else, it goes."""
        below = self._below(path)
        stood = self._stood.get(below)
        if stood is None:
            return False
        if content == stood[0] and _facts_of(path) == stood[1]:
            self._stands[below] = stood
            return True
        # To write into it would change the other names that somebody may have given to it.
        with suppress(OSError):
            os.unlink(path)
        return False

    def wrote(self, path: str, content: str) -> None:
        """Note that a file has just been written."""
        below, facts = self._below(path), _facts_of(path)
        self._stood.pop(below, None)
        self._stands.pop(below, None)
        if facts:
            self._stands[below] = content, facts

    def sweep(self) -> None:
        """Remove what was neither found nor written again. Before plugins look at what was built."""
        for below, (_, facts) in self._stood.items():
            path = os.path.join(self.site, below)
            if below not in self._stands and _facts_of(path) == facts:
                _remove(path, self.site)

    def notes(self) -> dict[str, Entry]:
        """What the next build needs to know (JSON)."""
        return {below: entry for below, entry in self._stands.items() if entry[0]}

    def _below(self, path: str) -> str:
        return path[len(self.site) + 1 :]


def digest(content: str | bytes) -> str:
    """The content of a file as it is given to be written."""
    # The letters keep a text apart from bytes: in some systems it is written with other ends of lines.
    kind, data = ("b", content) if isinstance(content, bytes) else ("s", content.encode())
    return kind + hashlib.blake2b(data, digest_size=16).hexdigest()


def page(output: str) -> str:
    """A page, as MkDocs encodes it."""
    return digest(output.encode("utf-8", errors="xmlcharrefreplace"))


def source(path: str, now_ns: int | None = None) -> str:
    """The content of a file that is copied, by what the file system says of it; empty if that cannot tell.

    ``now_ns`` is the time since the epoch.
    """
    # Of what a link leads to: that is what is copied.
    facts = _facts_of(path, os.stat)
    if not facts or max(facts[:2]) > (time.time_ns() if now_ns is None else now_ns) - _COARSE_NS:
        return ""
    return digest(f"{path}\0{facts}")


def _facts(one: os.stat_result) -> list[int]:
    return [one.st_mtime_ns, one.st_ctime_ns, one.st_size, one.st_ino, one.st_mode]


def _facts_of(path: str, look: Callable[[str], os.stat_result] = os.lstat) -> list[int]:
    try:
        return _facts(look(path))
    except OSError:
        return []


def _visible(folder: str) -> list[str]:
    """What MkDocs removes when it empties a folder."""
    try:
        return [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError:
        return []


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _move(names: Collection[str], folder: str, to: str) -> None:
    """What cannot be moved stays."""
    with suppress(OSError):
        os.makedirs(to, exist_ok=True)
        for name in names:
            os.rename(os.path.join(folder, name), os.path.join(to, name))


def _prune(folder: str, below: str, stays: Callable[[str, list[int]], bool]) -> bool:
    """Remove the files that do not stay, and the folders left empty; whether all of it is gone."""
    gone = True
    with os.scandir(folder) as entries:
        for entry in entries:
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                if _prune(entry.path, f"{path}{os.sep}", stays):
                    os.rmdir(entry.path)
                else:
                    gone = False
            elif stays(path, _facts(entry.stat(follow_symlinks=False))):
                gone = False
            else:
                os.unlink(entry.path)
    return gone


def _remove(path: str, until: str) -> None:
    """Remove a file, and the folders that are empty without it."""
    with suppress(OSError):
        os.unlink(path)
        folder = os.path.dirname(path)
        while folder != until:
            os.rmdir(folder)
            folder = os.path.dirname(folder)
