"""A cache of costly results in a folder, keyed by the hash of everything that a result depends on.

An entry can be missing, but never wrong: its name is the hash of its inputs, it starts with the hash of its
content, and it is written to a temporary file and renamed. So builds may be killed, and may run at the same
time. If the folder cannot be written, nothing is cached and the build continues.

Several processes can compute results at the same time: each result has a lock while it is computed.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from portfolio.core import i18n

if sys.platform != "win32":
    import fcntl

T = TypeVar("T")

_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32
_SUFFIX = ".entry"
_TEMPORARY_SUFFIX = ".part"
_LOCK_SUFFIX = ".lock"
_TEMPORARY_SUFFIXES = (_TEMPORARY_SUFFIX, _LOCK_SUFFIX)
# A process that computes a result for longer hangs.
_LONGEST_JOB_SECONDS = 120
_POLL_SECONDS = 0.002
# A temporary file of this age belongs to a build that was killed.
_ABANDONED_SECONDS = 3600
# The folder of the package, and how its modules import one another.
_FOLDER = Path(__file__).parents[1]
_IMPORT = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(portfolio(?:\.\w+)*)(?:[ \t]+import[ \t]+(\([^)]*\)|[^\n]*))?",
    re.MULTILINE,
)


class Cache:
    """The interface of a cache. This one stores nothing."""

    def compute(self, key: str, function: Callable[[], bytes]) -> bytes:
        """Return the content under a key. If there is none, call the function and store its result."""
        return self.compute_all({key: function})[key]

    def compute_all(self, functions: Mapping[str, Callable[[], bytes]]) -> dict[str, bytes]:
        """Return the content under each key; see `compute`."""
        found = {key: content for key in functions if (content := self.get(key)) is not None}
        missing = {
            key: functools.partial(self._find_or_compute, key, function)
            for key, function in functions.items()
            if key not in found
        }
        return found | self.run(missing)

    def _find_or_compute(self, key: str, function: Callable[[], bytes]) -> bytes:
        if (content := self.get(key)) is None:
            content = function()
            self.put(key, content)
        return content

    def run(self, jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
        """Run jobs, by any name, which compute what is not in this cache. Return their results.

        No job runs in two processes at the same time. Those that another process runs are run last: by then,
        what they compute is in the cache.
        """
        return {name: job() for name, job in jobs.items()}

    def get(self, key: str) -> bytes | None:  # noqa: ARG002 - part of the interface
        """Return the content stored under a key, or None."""
        return None

    def put(self, key: str, content: bytes) -> None:
        """Store content under a key."""

    def trim(self) -> None:
        """Remove what has not been used for longest, if the cache is large."""


class FileCache(Cache):
    """A cache in a folder. `trim` removes the least recently used entries above ``limit`` bytes."""

    def __init__(self, folder: Path, limit: int = 64_000_000) -> None:
        self.folder = folder
        self.limit = limit

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if _DIGEST(content).digest() != digest:
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def run(self, jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
        results: dict[str, T] = {}
        for seconds in (0, _LONGEST_JOB_SECONDS):
            for name, job in jobs.items():
                if name not in results:
                    with self._lock(name, seconds) as is_locked:
                        if is_locked or seconds:
                            results[name] = job()
        return results

    @contextmanager
    def _lock(self, name: str, seconds: float) -> Iterator[bool]:
        """Whether this process has the lock of a job, for which it waits for some seconds.

        The system releases the lock of a process that dies.
        """
        path = self.folder / (name + _LOCK_SUFFIX)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = path.open("wb")
        except OSError:
            yield True
            return
        with file:
            deadline = time.monotonic() + seconds
            while not (is_locked := _lock_file(file.fileno())) and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
            try:
                yield is_locked
            finally:
                if is_locked:
                    with suppress(OSError):
                        path.unlink()

    def put(self, key: str, content: bytes) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(_TEMPORARY_SUFFIX, dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_DIGEST(content).digest() + content)
                Path(name).replace(self._path(key))
            except OSError:
                Path(name).unlink()
                raise

    def trim(self, now: float | None = None) -> None:
        """Remove entries above the limit and temporary files of killed builds; leave all other files.

        ``now`` is in seconds since the epoch, as file times are.
        """
        now = time.time() if now is None else now
        entries: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    stat = path.stat()
                    if path.suffix == _SUFFIX:
                        entries.append((stat.st_mtime, stat.st_size, path))
                    elif path.suffix in _TEMPORARY_SUFFIXES and now - stat.st_mtime > _ABANDONED_SECONDS:
                        path.unlink()
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self.limit:
                break
            with suppress(OSError):
                path.unlink()
            total -= size

    def _path(self, key: str) -> Path:
        return self.folder / (key + _SUFFIX)


def _lock_file(descriptor: int) -> bool:
    """Lock an open file until it is closed. Return whether no other process has locked it."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # The file system has no locks.
    return True


def cache_key(*inputs: str | bytes) -> str:
    """Hash the inputs of a result, in order, to a key of 64 hexadecimal digits."""
    digest = _DIGEST()
    for value in inputs:
        part = value.encode("utf-8") if isinstance(value, str) else value
        # The length distinguishes ("ab", "c") from ("a", "bc").
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def code_fingerprint(
    *, modules: tuple[str, ...] = (), files: tuple[Path, ...] = (), packages: tuple[str, ...] = ()
) -> str:
    """Fingerprint the code that computes a value, for the key under which the value is cached.

    It covers the sources of ``modules`` (dotted names) and of all modules of this package that they import,
    directly or not; the language of the site and its messages, if those modules translate; the content of
    ``files``, such as templates; and the installed versions of ``packages`` (names of distributions).
    The code is read once per process. Raises PackageNotFoundError.
    """
    code, translates = _read_code(modules, files, packages)
    return cache_key(code, i18n.fingerprint()) if translates else code


@functools.cache
def _read_code(
    modules: tuple[str, ...], files: tuple[Path, ...], packages: tuple[str, ...]
) -> tuple[str, bool]:
    """Return the fingerprint of code, and whether it translates."""
    sources = imported_sources(modules)
    key = cache_key(
        *(part for name in sorted(sources) for part in (name, sources[name])),
        *(part for path in files for part in (path.name, path.read_bytes())),
        *(f"{name} {metadata.version(name)}" for name in packages),
    )
    return key, i18n.__name__ in sources


def imported_sources(modules: tuple[str, ...]) -> dict[str, bytes]:
    """Return the sources of modules and of all that they import from this package, by dotted name."""
    sources: dict[str, bytes] = {}
    pending = list(modules)
    while pending:
        name = pending.pop()
        path = _FOLDER.joinpath(*name.split(".")[1:])
        path = path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")
        if name in sources or not path.is_file():
            continue
        sources[name] = path.read_bytes()
        for parent, names in _IMPORT.findall(sources[name].decode("utf-8")):
            pending += [parent, *(f"{parent}.{child}" for child in re.findall(r"\w+", names))]
    return sources
