"""Entries of a store on their way into it: a nameless file that one process writes and another may read.

What a build makes does not wait in memory, and what a helper makes reaches the builder. Of an entry that was
cut short, by a full disk or a kill, nothing is seen.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# The lengths of key and content, in bytes, before both.
_HEAD = struct.Struct(">IQ")


class Spool:
    """A file of entries in a folder, gone with its last process. Raises OSError if there can be none."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - as long as the build
        # Where the content of an entry stands, and how long it is.
        self._places: dict[str, tuple[int, int]] = {}
        self._read = 0
        self._written = 0
        self._is_full = False

    def put(self, key: str, content: bytes) -> None:
        """Add an entry, or put it in the place of one. Raises OSError where the disk is full."""
        name = key.encode("utf-8", "surrogatepass")
        entry = _HEAD.pack(len(name), len(content)) + name + content
        if self._is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        # Until it is whole: what follows a part of an entry could not be found.
        self._is_full = True
        if self._file.write(entry) != len(entry):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._is_full = False
        self._written += len(entry)
        self._places[key] = self._written - len(content), len(content)
        self._read = self._written

    def get(self, key: str) -> bytes | None:
        """The content of an entry that is known here: put here, or found by `look`."""
        place = self._places.get(key)
        return None if place is None else self._part(*place)

    def look(self) -> None:
        """Find what another process has put since the last look."""
        end = os.fstat(self._file.fileno()).st_size
        while (start := self._read + _HEAD.size) <= end:
            name, content = _HEAD.unpack(self._part(self._read, _HEAD.size))
            if start + name + content > end:
                return
            key = self._part(start, name).decode("utf-8", "surrogatepass")
            self._places[key] = start + name, content
            self._read = start + name + content

    def items(self) -> Iterator[tuple[str, bytes]]:
        """All entries that are known here."""
        for key, place in self._places.items():
            yield key, self._part(*place)

    def keys(self) -> set[str]:
        """The keys of all entries that are known here."""
        return set(self._places)

    def _part(self, start: int, length: int) -> bytes:
        if sys.platform == "win32":
            self._file.seek(start)
            part: bytes = self._file.read(length)
            self._file.seek(0, os.SEEK_END)
            return part
        else:  # noqa: RET505 - the checker of types has to see which system each is for
            # This leaves the place alone at which another process writes.
            return os.pread(self._file.fileno(), length, start)

    def close(self) -> None:
        self._file.close()
        self._places.clear()
