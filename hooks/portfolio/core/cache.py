"""Caches of costly results, in a folder or in one file, by the hash of everything that a result depends on.

An entry can be missing, but never wrong: its name is the hash of its inputs, it starts with the hash of its
content, and it is written to a temporary file and renamed. So builds may be killed, and may run at the same
time. If the folder cannot be written, nothing is cached and the build continues.

Several processes can compute results at the same time: each result has a lock while it is computed.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

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
        cached = {key: content for key in functions if (content := self.get(key)) is not None}
        missing = {
            key: functools.partial(self._find_or_compute, key, function)
            for key, function in functions.items()
            if key not in cached
        }
        return cached | self.run(missing)

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
            _replace(self._path(key), _DIGEST(content).digest() + content)

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


class CacheFile:
    """A cache of many small values in one file, for what every build needs: it is read and written at once.

    Values are pickled, so they are only read by the version of Python that wrote them. ``code`` is from
    `code_fingerprint`, of all code that computes values, and of their classes. Nothing is stored without a
    ``path``.
    """

    def __init__(self, path: Path | None = None, code: str = "") -> None:
        self.path = path
        self._code = f"{sys.version} {code}".encode()
        self._used: dict[str, Any] = {}
        self._has_new = False

    def get(self, inputs: tuple[str, ...]) -> Any:
        """Return the value for some inputs, or None. Callers must not change it."""
        key = cache_key(*inputs)
        value = self._used.get(key)
        if value is None and (value := self._stored.get(key)) is not None:
            self._used[key] = value
        return value

    def compute(self, inputs: tuple[str, ...], function: Callable[[], T]) -> T:
        """Return the value for some inputs. If there is none, call the function and store its result."""
        value: T | None = self.get(inputs)
        if value is None:
            value = function()
            self.put(inputs, value)
        return value

    def put(self, inputs: tuple[str, ...], value: Any) -> None:
        """Add the value for some inputs, which are all that it depends on besides code."""
        self._used[cache_key(*inputs)] = value
        self._has_new = True

    def save(self) -> None:
        """Write the values that this object has returned or added, and forget all others."""
        if self.path is None or (not self._has_new and len(self._used) == len(self._stored)):
            return
        content = pickle.dumps(self._used, pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):
            _replace(self.path, _DIGEST(self._code + content).digest() + content)
            self._has_new = False
            self._stored = dict(self._used)

    @cached_property
    def _stored(self) -> dict[str, Any]:
        try:
            stored = self.path.read_bytes() if self.path is not None else b""
        except OSError:
            stored = b""
        digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if _DIGEST(self._code + content).digest() != digest:
            return {}
        # The digest shows that the same code has written it.
        values: dict[str, Any] = pickle.loads(content)  # noqa: S301
        return values


def _replace(path: Path, content: bytes) -> None:
    """Write a file at once: no process reads a part of it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(_TEMPORARY_SUFFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink()
        raise


def cache_key(*inputs: str | bytes) -> str:
    """Hash the inputs of a result, in order, to a key of 64 hexadecimal digits."""
    digest = _DIGEST()
    for value in inputs:
        part = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
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
    digests = digest_imports(modules)
    key = cache_key(
        *(part for name in sorted(digests) for part in (name, digests[name])),
        *(part for path in files for part in (path.name, path.read_bytes())),
        *(f"{name} {_read_version(name)}" for name in packages),
    )
    return key, i18n.__name__ in digests


def _read_version(package: str) -> str:
    """Return the installed version of a package. Raises PackageNotFoundError."""
    return _list_versions().get(_normalize_name(package)) or metadata.version(package)


@functools.cache
def _list_versions() -> dict[str, str]:
    """Return the versions of packages by normalized name, as their metadata folders are called.

    `metadata.version` needs a millisecond for each.
    """
    versions: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):
            for entry in os.scandir(folder or "."):
                if entry.name.endswith(".dist-info"):
                    package, _, version = entry.name.removesuffix(".dist-info").partition("-")
                    versions.setdefault(_normalize_name(package), version)
    return versions


def _normalize_name(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def digest_imports(modules: tuple[str, ...]) -> dict[str, bytes]:
    """Return the digests of modules and of all that they import from this package, by dotted name."""
    digests: dict[str, bytes] = {}
    pending = list(modules)
    while pending:
        name = pending.pop()
        if name not in digests and (module := _read_module(name)) is not None:
            digests[name], imports = module
            pending += imports
    return digests


@functools.cache
def _read_module(name: str) -> tuple[bytes, list[str]] | None:
    """Return the digest of a module's source, and all that it may import from this package.

    None if there is no such module: an imported name may be that of a function.
    """
    # Path needs several times as long, and most of the hundreds of names are no modules.
    path = os.path.join(_FOLDER, *name.split(".")[1:])  # noqa: PTH118
    path = f"{path}/__init__.py" if os.path.isdir(path) else f"{path}.py"  # noqa: PTH112
    if not os.path.isfile(path):  # noqa: PTH113
        return None
    source = Path(path).read_bytes()
    imports: list[str] = []
    for parent, names in _IMPORT.findall(source.decode("utf-8")):
        imports += [parent, *(f"{parent}.{child}" for child in re.findall(r"\w+", names))]
    return _DIGEST(source).digest(), imports
