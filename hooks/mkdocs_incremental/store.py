"""A cache file for the entries of builds: SQLite, each entry with the digest of its key and content.

A read returns a correct value or none: a damaged, foreign or locked file counts as empty. A build collects
its new entries in a temporary table, which SQLite stores in a file of its own, and moves them in one
transaction at its end, so that a killed build leaves the entries of the build before. A forked process does
not use the file, because SQLite does not allow that. Worker processes send their entries to the builder.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

# Entries of other versions of this package are ignored.
_VERSION = 2
_LOCK_TIMEOUT_SECONDS = 2
_SECONDS_PER_DAY = 86_400


class Store:
    """The entries in a file. ``limit`` is in bytes; entries unused for more than ``days`` are deleted."""

    def __init__(self, path: Path, limit: int = 400_000_000, days: int = 60) -> None:
        self.path = path
        self.limit = limit
        self.days = days
        # The keys of new entries of worker processes; unlike those put here, they can be read at once.
        self._from_workers: set[str] = set()
        # In a worker process: what takes new entries.
        self._send: Callable[[str, bytes], None] | None = None
        self._process = os.getpid()
        # The day on which each entry was last used before, by key; 0 if it is not known.
        self._used: dict[str, int] = {}
        self._connection: sqlite3.Connection | None = None
        self._is_open = False

    def get(self, key: str) -> Any:
        """Return the value (JSON) under a key, or None."""
        if key in self._from_workers:
            row = self._select("SELECT content FROM new_entries WHERE key = ?", key)
            return _decode(key, row[0]) if row is not None else None
        return self.get_previous(key)

    def is_new(self, key: str) -> bool:
        """Whether a worker has put a value under a key in this build."""
        return key in self._from_workers

    def get_previous(self, key: str) -> Any:
        """Return the value under a key that an earlier build has put, or None."""
        row = self._select("SELECT content, day FROM entries_2 WHERE key = ?", key)
        if row is None:
            return None
        content, day = row
        value = _decode(key, content)
        if value is not None:
            self._used[key] = day
        return value

    def _select(self, query: str, key: str) -> Any:
        connection = self._connect()
        if connection is None:
            return None
        try:
            return connection.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            self._handle(error)
            return None

    def touch(self, key: str) -> None:
        """Mark an entry as used without reading it."""
        self._used[key] = 0

    def put(self, key: str, value: Any) -> None:
        """Add a value, which builds after this one can read."""
        content = _encode(key, value)
        if self._send is not None:
            self._send(key, content)
        else:
            self._add(key, content)

    def add_from_worker(self, key: str, content: bytes) -> None:
        """Add an entry of a worker, which can be read at once."""
        self._add(key, content)
        self._from_workers.add(key)

    def _add(self, key: str, content: bytes) -> None:
        connection = self._connect()
        if connection is not None:
            # Where the disk is full, the entry is not cached.
            with suppress(sqlite3.OperationalError):
                connection.execute("INSERT OR REPLACE INTO new_entries VALUES (?, ?)", (key, content))

    def redirect_to(self, send: Callable[[str, bytes], None]) -> None:
        """In a forked process: send new entries."""
        self._send = send

    def commit(self, now: float | None = None) -> None:
        """Write new entries, delete old ones and close the file. Errors are ignored: nothing is cached then.

        ``now`` is in seconds since the epoch.
        """
        day = int((time.time() if now is None else now) / _SECONDS_PER_DAY)
        self._connect()
        connection, self._connection, self._is_open = self._connection, None, False
        if connection is not None:
            try:
                with closing(connection):
                    self._write(connection, day)
            except sqlite3.Error as error:
                self._handle(error)
        self.rollback()

    def rollback(self) -> None:
        """Discard new entries and close the file."""
        self._from_workers.clear()
        self._used.clear()
        connection, self._connection, self._is_open = self._connection, None, False
        if connection is not None:
            connection.close()

    def _write(self, connection: sqlite3.Connection, day: int) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            rows = "SELECT key, LENGTH(content), ?, content FROM new_entries"
            connection.execute(f"INSERT OR REPLACE INTO entries_2 {rows}", (day,))
            used = [(day, key) for key, previous_day in self._used.items() if previous_day < day]
            connection.executemany("UPDATE entries_2 SET day = ? WHERE key = ?", used)
            connection.execute("DELETE FROM entries_2 WHERE day < ?", (day - self.days,))
            total = connection.execute("SELECT TOTAL(size) FROM entries_2").fetchone()[0]
            if total > self.limit:
                self._shrink(connection, total)

    def _shrink(self, connection: sqlite3.Connection, total: float) -> None:
        """Delete the least recently used entries until the file is half full, so that this is rare."""
        current = self._used.keys() | {key for (key,) in connection.execute("SELECT key FROM new_entries")}
        rows = connection.execute("SELECT key, size FROM entries_2 ORDER BY day").fetchall()
        for key, size in sorted(rows, key=lambda row: row[0] in current):
            if total <= self.limit / 2:
                break
            connection.execute("DELETE FROM entries_2 WHERE key = ?", (key,))
            total -= size

    def _connect(self) -> sqlite3.Connection | None:
        if os.getpid() != self._process:
            return None
        if not self._is_open:
            self._is_open = True
            try:
                self._connection = self._open()
            except sqlite3.DatabaseError:
                # Damaged, or not an SQLite file: start with an empty one.
                self._remove()
                with suppress(sqlite3.DatabaseError):
                    self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection | None:
        """Open the file; None where it is locked, cannot be written, or the disk is full.

        Raises DatabaseError for a file that is not SQLite's.
        """
        connection = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_LOCK_TIMEOUT_SECONDS, isolation_level=None)
            connection.execute("PRAGMA synchronous = NORMAL")
            # The content is last, because SQLite reads all columns before the one that it needs.
            columns = "key TEXT PRIMARY KEY, size INTEGER, day INTEGER, content BLOB"
            connection.execute(f"CREATE TABLE IF NOT EXISTS entries_2 ({columns}) WITHOUT ROWID")
            connection.execute("SELECT key, size, day, content FROM entries_2 LIMIT 1").fetchone()
            connection.execute("CREATE TEMPORARY TABLE new_entries (key TEXT PRIMARY KEY, content BLOB)")
        except (OSError, sqlite3.DatabaseError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, OSError | sqlite3.OperationalError):
                return None
            raise
        return connection

    def _handle(self, error: sqlite3.Error) -> None:
        """Stop caching in this build after an error, and remove a file that turned out to be damaged."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if not isinstance(error, sqlite3.OperationalError):
            self._remove()

    def _remove(self) -> None:
        # With SQLite's files beside it, which are useless alone.
        for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-journal", "-wal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _encode(key: str, value: Any) -> bytes:
    packed = zlib.compress(json.dumps(value, separators=(",", ":")).encode("utf-8", "surrogatepass"), 1)
    return _digest(key, packed) + packed


def _decode(key: str, content: object) -> Any:
    if not isinstance(content, bytes) or _digest(key, content[16:]) != content[:16]:
        return None
    return json.loads(zlib.decompress(content[16:]))


def _digest(key: str, packed: bytes) -> bytes:
    return hashlib.blake2b(f"{_VERSION} {key}\n".encode() + packed, digest_size=16).digest()
