"""Fingerprints of what a build depends on: Python values, the code that runs, and folders of files.

The digest of a value is equal for equal values in every build, and different for different ones. It covers
what configurations, records and templates consist of: plain values, containers, dataclasses, functions with
their closures, and other objects by their attributes. A class may define ``__fingerprint__``, which returns
the values that identify an object. Any other value raises `NotFingerprintable`.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import itertools
import marshal
import os
import sys
import sysconfig
import time
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

from mkdocs_incremental.skip_build import DIGEST_BYTES, describe, digest

# A file may change again within the resolution of the file system's clock, with the same time.
CLOCK_RESOLUTION_NS = 2_000_000_000
_PLAIN = (
    bool,
    int,
    float,
    complex,
    type(None),
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
)
# Those of them that are no longer than a digest, and whose text names their type.
_SHORT = frozenset((bool, int, float, type(None), datetime.date))
_CONTAINERS = (list, tuple, dict)
# The last format of marshal in which equal values have equal bytes, whether or not they share parts.
_MARSHAL_VERSION = 2
_PACKAGE_METADATA = (".dist-info", ".egg-info")
Adapter = Callable[[Any], object]


class NotFingerprintable(Exception):  # noqa: N818 - not an error: what depends on such a value is not cached
    """Raised for a value that cannot be fingerprinted; the message names its type."""


class Digester:
    """Digests of the values of one build. Each object is inspected once.

    ``adapters`` return, by class, the values that identify an object. Objects must not change while a
    digester is used, except those passed to `digest_all`.
    """

    def __init__(self, adapters: Mapping[type, Adapter] | None = None) -> None:
        self._adapters = dict(adapters or {})
        # With a reference to the object, so that its id is not reused.
        self._digests: dict[int, tuple[object, bytes]] = {}
        self._active: dict[int, int] = {}

    def digest(self, value: object) -> bytes:
        """Return the digest of a value. Raises NotFingerprintable."""
        kind = type(value)
        if kind is str:
            return hash_parts(b"s", value.encode("utf-8", "surrogatepass"))  # type: ignore[attr-defined]
        if kind in (bytes, bytearray):
            return hash_parts(b"b", bytes(value))  # type: ignore[call-overload]
        if isinstance(value, _PLAIN) and not isinstance(value, Enum):
            return hash_parts(b"p", f"{kind.__qualname__} {value!r}".encode())
        cached = self._digests.get(id(value))
        if cached is not None:
            return cached[1]
        if kind in _CONTAINERS:
            data = _marshal(value)
            if data:
                digest = hash_parts(b"m", data)
                self._digests[id(value)] = value, digest
                return digest
        if id(value) in self._active:
            # A reference to an object that contains it: known by the distance.
            return hash_parts(b"cycle", str(len(self._active) - self._active[id(value)]).encode())
        self._active[id(value)] = len(self._active)
        try:
            digest = hash_parts(kind.__qualname__.encode(), *self._parts(value))
        finally:
            del self._active[id(value)]
        self._digests[id(value)] = value, digest
        return digest

    def digest_all(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the digests of values by name, as hexadecimal text. Raises NotFingerprintable.

        The values may change afterwards, but not what they contain.
        """
        digests = {}
        for name, value in values.items():
            digests[name] = self.digest(value).hex()
            self._digests.pop(id(value), None)
        return digests

    def _part(self, value: object) -> bytes:
        """Return what a container's digest has of an item: its digest, or short values themselves."""
        if type(value) is str:
            return b"s" + value.encode("utf-8", "surrogatepass")
        if type(value) in _SHORT:
            return f"p{value!r}".encode()
        return b"d" + self.digest(value)

    def _parts(self, value: Any) -> Iterator[bytes]:
        for kind in type(value).__mro__:
            if kind in self._adapters:
                yield self.digest(self._adapters[kind](value))
                return
        if hasattr(type(value), "__fingerprint__"):
            yield self.digest(value.__fingerprint__())
        elif isinstance(value, Enum):
            yield value.name.encode()
        elif isinstance(value, Mapping):
            for item in value.items():
                yield from map(self._part, item)
        elif isinstance(value, list | tuple):
            yield from map(self._part, value)
        elif isinstance(value, set | frozenset):
            yield from sorted(map(self._part, value))
        elif isinstance(value, PurePath | str):
            yield str(value).encode("utf-8", "surrogatepass")
        elif isinstance(value, bytes | bytearray):
            yield bytes(value)
        else:
            yield from self._object_parts(value)

    def _object_parts(self, value: Any) -> Iterator[bytes]:
        if isinstance(value, type):
            yield f"{value.__module__}.{value.__qualname__}".encode()
        elif isinstance(value, types.FunctionType):
            yield from self._function_parts(value)
        elif isinstance(value, functools.partial):
            yield from map(self.digest, (value.func, value.args, value.keywords))
        elif isinstance(value, types.MethodType):
            yield from map(self.digest, (value.__func__, value.__self__))
        elif isinstance(value, types.BuiltinFunctionType):
            yield value.__qualname__.encode()
            if not isinstance(value.__self__, types.ModuleType | type(None)):
                yield self.digest(value.__self__)
        elif hasattr(value, "__wrapped__"):
            yield self.digest(value.__wrapped__)
        elif hasattr(value, "pattern") and hasattr(value, "flags"):
            yield from map(self.digest, (value.pattern, value.flags))
        elif isinstance(value, types.ModuleType):
            yield value.__name__.encode()
        elif hasattr(value, "__dict__"):
            for item in vars(value).items():
                yield from map(self._part, item)
            # A class does not list the slots of its bases.
            for kind in type(value).__mro__:
                for name in vars(kind).get("__slots__", ()):
                    if name != "__dict__":
                        yield self._part(getattr(value, name, None))
        else:
            raise NotFingerprintable(type(value).__qualname__)

    def _function_parts(self, value: types.FunctionType) -> Iterator[bytes]:
        # `digest_code` covers its code; this identifies the function and its data. The columns of its first
        # instructions distinguish lambdas in one line.
        positions = [*itertools.islice(value.__code__.co_positions(), 4)]
        yield f"{value.__module__}.{value.__qualname__}:{positions}".encode()
        for cell in value.__closure__ or ():
            yield self.digest(cell.cell_contents)
        yield from map(self.digest, (value.__defaults__, value.__kwdefaults__))


class FileDigests:
    """Digests of files, which are read again only if their metadata has changed.

    ``known`` are entries by path (`skip_build.describe`), such as those in the manifest of the last build.
    """

    def __init__(self, known: Mapping[str, list[Any] | None] | None = None) -> None:
        self._entries = dict(known or {})

    def describe(self, path: str) -> list[Any] | None:
        """Return what identifies a file or folder, see `skip_build.describe`."""
        entry = describe(path, self._entries.get(path))
        # A file may change again within the resolution of the clock.
        if entry is not None and max(entry[:2]) < time.time_ns() - CLOCK_RESOLUTION_NS:
            self._entries[path] = entry
        return entry

    def digest_files(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the digests of those of the paths that are files and can be read."""
        entries = ((path, self.describe(path)) for path in sorted(paths))
        return {path: entry[4] for path, entry in entries if entry is not None and entry[4]}


def digest_code(hook_folders: Iterable[str], project: str, files: FileDigests) -> dict[str, str]:
    """Return digests of Python, all packages, all other loaded modules, and all files in the hooks' folders.

    Packages count by the names of their metadata folders, which contain the versions. Files beside hooks
    include templates and fonts that libraries read. Of a folder that contains the whole ``project``, only
    Python files count: the rest is what the site is built from.
    """
    installed = package_folders()
    packages = [
        sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(_PACKAGE_METADATA))
        for folder in sorted(installed)
    ]
    paths = {*_loaded_modules(installed)}
    for folder in set(map(os.path.realpath, hook_folders)):
        only_python = is_below(os.path.realpath(project), folder)
        paths.update(path for path in _files_below([folder]) if path.endswith(".py") or not only_python)
    return {
        "the version of Python": digest(f"{sys.version} {sys.platform}".encode()),
        "an installed package": digest(repr(packages).encode()),
        **files.digest_files(paths),
    }


def digest_folders(folders: Iterable[str], files: FileDigests) -> dict[str, str]:
    """Return digests of all files in some folders, such as templates, except folders of packages."""
    installed = tuple(f"{path}{os.sep}" for path in package_folders())
    own = {path for folder in folders if not (path := os.path.realpath(folder)).startswith(installed)}
    return files.digest_files(_files_below(own))


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or in it; both absolute."""
    return path == folder or path.startswith(f"{folder.rstrip(os.sep)}{os.sep}")


def package_folders() -> set[str]:
    """Return the folders of installed packages."""
    return {os.path.realpath(path) for path in sys.path if path.endswith("-packages")}


def _loaded_modules(installed: Iterable[str]) -> Iterator[str]:
    """The files of loaded modules that belong neither to Python nor to a package."""
    folders = (*installed, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
    excluded = tuple(f"{name}{os.sep}" for path in folders for name in (path, os.path.realpath(path)))
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        # The real path of each module would take longer than all digests.
        if name and name.endswith(".py") and not name.startswith(excluded):
            path = os.path.realpath(name)
            if not path.startswith(excluded):
                yield path


def _files_below(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        for parent, subfolders, names in os.walk(folder, followlinks=True):
            subfolders[:] = [name for name in subfolders if not name.startswith((".", "__pycache__"))]
            yield from (os.path.join(parent, name) for name in names)  # noqa: PTH118 - thousands of files


def _marshal(value: Any) -> bytes:
    """Serialize a container of plain values in one call; empty for any other container."""
    try:
        return marshal.dumps(value, _MARSHAL_VERSION)
    except ValueError:
        return b""


def hash_parts(*parts: bytes) -> bytes:
    """Return a digest that depends on each part, not only on their concatenation."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        # The lengths distinguish ("ab", "c") from ("a", "bc").
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()
