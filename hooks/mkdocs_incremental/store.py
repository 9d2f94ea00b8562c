"""What builds keep for those after them: one SQLite file of entries, each with the digest of what it holds.

An entry is never wrong, only missing: a torn, foreign or locked file is no file. All of a build is written at
once, at its end, and waits beside it until then; a build that is killed leaves what the one before it left.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from mkdocs_incremental.spool import Spool

# What another version of this module wrote is foreign.
_VERSION = 1
_TABLE = "entries_1"
_SECONDS = 2
_DAY = 86_400


class Store:
    """The entries in a file. ``limit`` is in bytes, ``days`` is how long an unused entry is kept."""

    def __init__(self, path: Path, limit: int = 400_000_000, days: int = 60) -> None:
        self.path = path
        self.limit = limit
        self.days = days
        self._new: Spool | None = None
        # What helpers make; unlike what is put here, it is there at once.
        self._others: list[Spool] = []
        self._used: set[str] = set()
        self._kept: sqlite3.Connection | None = None
        self._is_open = False
        # Of the process from which this one was forked: neither used nor closed here.
        self._theirs: sqlite3.Connection | None = None

    def get(self, key: str) -> Any:
        """The value (JSON) that was put under a key; None if there is none."""
        for spool in self._others:
            content = spool.get(key)
            if content is not None:
                return _read(key, content)
        connection = self._connection()
        if connection is None:
            return None
        try:
            row = connection.execute(f"SELECT content FROM {_TABLE} WHERE key = ?", (key,)).fetchone()  # noqa: S608
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if row is None:
            return None
        value = _read(key, row[0])
        if value is not None:
            self._used.add(key)
        return value

    def use(self, key: str) -> None:
        """Let what was put under a key grow no older, without reading it."""
        self._used.add(key)

    def put(self, key: str, value: Any) -> None:
        """Keep a value, from the end of this build on."""
        if self._new is None:
            self._new = self.spool()
        if self._new is not None:
            with suppress(OSError):
                self._new.put(key, _written(key, value))

    def spool(self) -> Spool | None:
        """A file of entries that are to come into this; None where none can be written."""
        try:
            return Spool(self.path.parent)
        except OSError:
            return None

    def put_into(self, spool: Spool) -> None:
        """From here on, in a forked process: put what is new there, and leave the file alone."""
        self._theirs, self._kept, self._is_open = self._kept, None, True
        self._new = spool

    def await_entries(self, spool: Spool) -> None:
        """Entries come by there, when they are looked for."""
        self._others.append(spool)

    def look(self) -> None:
        """Look for entries that have come."""
        for spool in self._others:
            spool.look()

    def close(self, now: float | None = None) -> None:
        """Write what is new, drop what is old or too much, and let go of the file; errors keep nothing.

        ``now`` is in seconds since the epoch.
        """
        day = int((time.time() if now is None else now) / _DAY)
        self._connection()
        connection, self._kept, self._is_open = self._kept, None, False
        if connection is not None:
            try:
                with closing(connection):
                    self._write(connection, day)
            except sqlite3.Error as error:
                self._give_up(error)
        self.leave()

    def leave(self) -> None:
        """Let go of what is new, and of the file as it is."""
        for spool in self._coming():
            spool.close()
        self._new, self._others = None, []
        self._used.clear()
        connection, self._kept, self._is_open = self._kept, None, False
        if connection is not None:
            connection.close()

    def _coming(self) -> list[Spool]:
        """What is to be written; what was put here last, as it was made with all that is known now."""
        return [*self._others, *([] if self._new is None else [self._new])]

    def _write(self, connection: sqlite3.Connection, day: int) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for spool in self._coming():
                rows = ((key, content, len(content), day) for key, content in spool.items())
                connection.executemany(f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?)", rows)  # noqa: S608
            used = [(day, key, day) for key in self._used]
            connection.executemany(f"UPDATE {_TABLE} SET day = ? WHERE key = ? AND day < ?", used)  # noqa: S608
            connection.execute(f"DELETE FROM {_TABLE} WHERE day < ?", (day - self.days,))  # noqa: S608
            total = connection.execute(f"SELECT TOTAL(size) FROM {_TABLE}").fetchone()[0]  # noqa: S608
            if total > self.limit:
                self._shrink(connection, total)

    def _shrink(self, connection: sqlite3.Connection, total: float) -> None:
        """Drop those unused for longest until half the room is free, so that this is seldom done."""
        mine = self._used.union(*(spool.keys() for spool in self._coming()))
        rows = connection.execute(f"SELECT key, size FROM {_TABLE} ORDER BY day").fetchall()  # noqa: S608
        for key, size in sorted(rows, key=lambda row: row[0] in mine):
            if total <= self.limit / 2:
                break
            connection.execute(f"DELETE FROM {_TABLE} WHERE key = ?", (key,))  # noqa: S608
            total -= size

    def _connection(self) -> sqlite3.Connection | None:
        if not self._is_open:
            self._is_open = True
            try:
                self._kept = self._opened()
            except sqlite3.DatabaseError:
                # Torn, or no file of SQLite's: it is begun anew.
                self._remove()
                with suppress(sqlite3.DatabaseError):
                    self._kept = self._opened()
        return self._kept

    def _opened(self) -> sqlite3.Connection | None:
        """The file, or None where it is locked, cannot be written, or its disk is full.

        Raises DatabaseError for a file that is none of SQLite's.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_SECONDS, isolation_level=None)
        except (OSError, sqlite3.OperationalError):
            return None
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            columns = "key TEXT PRIMARY KEY, content BLOB, size INTEGER, day INTEGER"
            connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} ({columns}) WITHOUT ROWID")
            connection.execute(f"SELECT key, content, size, day FROM {_TABLE} LIMIT 1").fetchone()  # noqa: S608
        except sqlite3.OperationalError:
            connection.close()
            return None
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    def _give_up(self, error: sqlite3.Error) -> None:
        """Keep nothing more in this build; a file that turned out to be torn is removed."""
        connection, self._kept = self._kept, None
        if connection is not None:
            connection.close()
        if not isinstance(error, sqlite3.OperationalError):
            self._remove()

    def _remove(self) -> None:
        # With what SQLite has beside it, which is of no use alone.
        for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-journal", "-wal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _written(key: str, value: Any) -> bytes:
    packed = zlib.compress(json.dumps(value, separators=(",", ":")).encode("utf-8", "surrogatepass"), 1)
    return _digest(key, packed) + packed


def _read(key: str, content: object) -> Any:
    if not isinstance(content, bytes) or _digest(key, content[16:]) != content[:16]:
        return None
    return json.loads(zlib.decompress(content[16:]))


def _digest(key: str, packed: bytes) -> bytes:
    return hashlib.blake2b(f"{_VERSION} {key}\n".encode() + packed, digest_size=16).digest()
