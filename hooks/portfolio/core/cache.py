"""Keeps what is costly to make in a folder, under the hash of all that it is made from.

An entry is never wrong, only missing: its name is the hash of its ingredients, its first bytes are the hash
of the rest, and it is written whole beside its place and moved there. So builds may be killed and may run
at the same time. A folder that cannot be written keeps nothing, and the build goes on.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import tempfile
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Protocol

_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32
_SUFFIX = ".entry"
_UNFINISHED = ".part"
# A file that is still being written after an hour belongs to a build that was killed.
_ABANDONED_SECONDS = 3600
# The package this module is part of: its name, its folder, and how its modules import one another.
_NAMESPACE = __name__.partition(".")[0]
_FOLDER = Path(__file__).parents[1]
_IMPORT = re.compile(
    rf"^[ \t]*(?:from|import)[ \t]+({_NAMESPACE}(?:\.\w+)*)(?:[ \t]+import[ \t]+(\([^)]*\)|[^\n]*))?",
    re.MULTILINE,
)


class Cache(Protocol):
    """What a renderer needs of a cache."""

    def get(self, key: str) -> bytes | None:
        """The bytes that were put under a key, or None."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key."""
        ...


class NoCache:
    """Keeps nothing."""

    def get(self, key: str) -> bytes | None:  # noqa: ARG002 - it has none
        return None

    def put(self, key: str, content: bytes) -> None:
        pass


class FileCache:
    """A folder of entries, at most ``limit`` bytes after `trim`; those unused for longest go first."""

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

    def put(self, key: str, content: bytes) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(_UNFINISHED, dir=self.folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_DIGEST(content).digest() + content)
                Path(name).replace(self._path(key))
            except OSError:
                Path(name).unlink()
                raise

    def trim(self, now: float | None = None) -> None:
        """Remove what killed builds left behind, and the entries above the limit, and nothing else.

        ``now`` is in seconds since the epoch, as the times of files are.
        """
        now = time.time() if now is None else now
        kept: list[tuple[float, int, Path]] = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    facts = path.stat()
                    if path.suffix == _SUFFIX:
                        kept.append((facts.st_mtime, facts.st_size, path))
                    elif path.suffix == _UNFINISHED and now - facts.st_mtime > _ABANDONED_SECONDS:
                        path.unlink()
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self.limit:
                break
            with suppress(OSError):
                path.unlink()
            total -= size

    def _path(self, key: str) -> Path:
        return self.folder / (key + _SUFFIX)


def cache_key(*ingredients: str | bytes) -> str:
    """The key of what is made from these ingredients, in this order: 64 hexadecimal digits."""
    digest = _DIGEST()
    for ingredient in ingredients:
        part = ingredient.encode("utf-8") if isinstance(ingredient, str) else ingredient
        # The lengths keep ("ab", "c") and ("a", "bc") apart.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@functools.cache
def code_fingerprint(
    *, modules: tuple[str, ...] = (), files: tuple[Path, ...] = (), packages: tuple[str, ...] = ()
) -> str:
    """Fingerprint the code that computes a value, for the key under which the value is cached.

    It covers the sources of ``modules`` (dotted names) and of all modules of this package that they import,
    directly or not; the content of ``files``, such as templates; and the installed versions of ``packages``
    (names of distributions). It is computed once per process. Raises PackageNotFoundError.
    """
    sources = imported_sources(modules)
    return cache_key(
        *(part for name in sorted(sources) for part in (name, sources[name])),
        *(part for path in files for part in (path.name, path.read_bytes())),
        *(f"{name} {metadata.version(name)}" for name in packages),
    )


def imported_sources(modules: tuple[str, ...]) -> dict[str, bytes]:
    """Return the sources of modules and of all that they import from this package, by dotted name."""
    sources: dict[str, bytes] = {}
    pending = list(modules)
    while pending:
        name = pending.pop()
        path = _source_path(name)
        if name in sources or path is None:
            continue
        sources[name] = path.read_bytes()
        for parent, names in _IMPORT.findall(sources[name].decode("utf-8")):
            pending += [parent, *(f"{parent}.{child}" for child in re.findall(r"\w+", names))]
    return sources


def _source_path(module: str) -> Path | None:
    """The file of a module of this package; None for a name that is not a module."""
    path = _FOLDER.joinpath(*module.split(".")[1:])
    candidates = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)
