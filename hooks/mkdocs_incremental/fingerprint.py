"""Fingerprints of what a build depends on: Python values, the code that runs, and folders of files.

The digest of a value is equal for equal values in every build, and different for different ones. It covers
what configurations, records and templates consist of: plain values, containers, dataclasses, functions with
their closures, and other objects by their attributes, except cached properties. A class may define
``__fingerprint__``, which returns the values that identify an object. Any other value raises
`NotFingerprintable`.
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
# Values that `marshal` serializes as they are.
_ATOMS = frozenset({str, bytes, int, float, complex, bool, type(None)})
# The last format of marshal in which equal values have equal bytes, whether or not they share parts.
_MARSHAL_VERSION = 2
# Containers with more items are replaced by their digests, which are computed once.
_MAX_INLINE = 16
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
        # Returns the value that identifies an object, by the class of the object.
        self._adapters: dict[type, Adapter] = {}
        self._inherited_adapters = dict(adapters or {})
        # With a reference to the object, so that its id is not reused.
        self._digests: dict[int, tuple[object, bytes]] = {}
        self._active: dict[int, int] = {}

    def digest(self, value: object) -> bytes:
        """Return the digest of a value. Raises NotFingerprintable."""
        if type(value) in _ATOMS:
            return _digest_plain(value)
        identity = id(value)
        cached = self._digests.get(identity)
        if cached is None:
            cached = self._digests[identity] = value, _digest_plain(self._expand(value, identity))
        return cached[1]

    def digest_all(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the digests of values by name, as hexadecimal text. Raises NotFingerprintable.

        The values may change afterwards, but not what they contain.
        """
        digests = {}
        for name, value in values.items():
            digests[name] = self.digest(value).hex()
            self._digests.pop(id(value), None)
        return digests

    def _reduce(self, value: Any) -> Any:
        """Return a value that `marshal` serializes, for a value in another."""
        kind = type(value)
        if kind in (list, tuple, dict) and len(value) <= _MAX_INLINE:
            if kind is not dict and _ATOMS.issuperset(map(type, value)):
                return value
            return self._expand(value, id(value))
        # An ellipsis cannot be confused with data, because it has no digest.
        return ..., self.digest(value)

    def _expand(self, value: object, identity: int) -> Any:
        """Return a value that `marshal` serializes, in which only the parts may be replaced by digests."""
        depth = len(self._active)
        if identity in self._active:
            # A reference to an object that contains it: known by the distance.
            return ..., "cycle", depth - self._active[identity]
        self._active[identity] = depth
        try:
            return self._serialize(value)
        finally:
            del self._active[identity]

    def _serialize(self, value: Any) -> Any:
        kind = type(value)
        if kind in _ATOMS:
            return value
        if kind is list or kind is tuple:
            return kind([item if type(item) in _ATOMS else self._reduce(item) for item in value])
        if kind is dict and _ATOMS.issuperset(map(type, value)):
            return {key: item if type(item) in _ATOMS else self._reduce(item) for key, item in value.items()}
        adapter = self._adapters.get(kind)
        if adapter is None:
            adapter = self._adapters[kind] = self._find_adapter(kind)
        return ..., kind.__qualname__, self._serialize(adapter(value))

    def _find_adapter(self, kind: type) -> Adapter:
        for base in kind.__mro__:
            if base in self._inherited_adapters:
                return self._inherited_adapters[base]
        if hasattr(kind, "__fingerprint__"):
            return lambda value: value.__fingerprint__()
        if issubclass(kind, set | frozenset):
            return lambda value: sorted(map(self.digest, value))
        for base, adapter in _ADAPTERS.items():
            if issubclass(kind, base):
                return adapter
        if hasattr(kind, "pattern") and hasattr(kind, "flags"):
            return lambda value: [value.pattern, value.flags]
        # Their values follow from the others, and may not be computed yet.
        cached = {
            name
            for base in kind.__mro__
            for name, value in vars(base).items()
            if isinstance(value, functools.cached_property)
        }
        return functools.partial(_describe_object, cached=cached)


def _describe_object(value: Any, cached: set[str]) -> object:
    """Return the attributes of an object, without those that ``cached`` names."""
    attributes = getattr(value, "__dict__", None)
    if attributes is None:
        raise NotFingerprintable(type(value).__qualname__)
    if "__wrapped__" in attributes:
        return [value.__wrapped__]
    if cached:
        attributes = {name: item for name, item in attributes.items() if name not in cached}
    # A class does not list the slots of its bases.
    slots = [name for kind in type(value).__mro__ for name in vars(kind).get("__slots__", ())]
    return [dict(attributes), *(getattr(value, name, None) for name in slots if name != "__dict__")]


def _describe_function(value: types.FunctionType) -> object:
    # `digest_code` covers its code; this identifies the function and its data. The columns of its first
    # instructions distinguish lambdas in one line.
    positions = [*itertools.islice(value.__code__.co_positions(), 4)]
    cells = [cell.cell_contents for cell in value.__closure__ or ()]
    return [value.__module__, value.__qualname__, positions, cells, value.__defaults__, value.__kwdefaults__]


def _describe_builtin(value: types.BuiltinFunctionType) -> object:
    owner = value.__self__
    return [value.__qualname__, None if isinstance(owner, types.ModuleType) else owner]


# What identifies the objects of a class and its subclasses; the first that fits.
_ADAPTERS: dict[type, Adapter] = {
    Enum: lambda value: value.name,
    Mapping: lambda value: [[key, item] for key, item in value.items()],
    list: list,
    tuple: list,
    PurePath: str,
    str: str,
    bytes: bytes,
    bytearray: bytes,
    int: repr,
    float: repr,
    datetime.date: repr,
    datetime.time: repr,
    datetime.timedelta: repr,
    datetime.tzinfo: repr,
    type: lambda value: f"{value.__module__}.{value.__qualname__}",
    types.FunctionType: _describe_function,
    functools.partial: lambda value: [value.func, value.args, value.keywords],
    types.MethodType: lambda value: [value.__func__, value.__self__],
    types.BuiltinFunctionType: _describe_builtin,
    types.ModuleType: lambda value: value.__name__,
}


def _digest_plain(value: Any) -> bytes:
    return hashlib.blake2b(marshal.dumps(value, _MARSHAL_VERSION), digest_size=DIGEST_BYTES).digest()


class FileDigests:
    """Digests of files, which are read again only if their metadata has changed.

    ``known`` are entries by path (`skip_build.describe`), such as those in the manifest of the last build.
    """

    def __init__(self, known: Mapping[str, list[Any] | None] | None = None) -> None:
        self._entries = dict(known or {})
        # The paths of all files and folders that were described.
        self.paths: set[str] = set()

    def describe(self, path: str) -> list[Any] | None:
        """Return what identifies a file or folder, see `skip_build.describe`."""
        self.paths.add(path)
        entry = describe(path, self._entries.get(path))
        # A file may change again within the resolution of the clock.
        if entry is not None and max(entry[:2]) < time.time_ns() - CLOCK_RESOLUTION_NS:
            self._entries[path] = entry
        return entry

    def digest_files(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the digests of those of the paths that are files and can be read."""
        entries = ((path, self.describe(path)) for path in sorted(paths))
        return {path: entry[4] for path, entry in entries if entry is not None and entry[4]}

    def walk(self, folders: Iterable[str]) -> Iterator[str]:
        """Yield the paths of all visible files in some folders."""
        for folder in folders:
            for parent, subfolders, names in os.walk(folder, followlinks=True):
                self.describe(parent)
                subfolders[:] = [name for name in subfolders if not name.startswith((".", "__pycache__"))]
                yield from (os.path.join(parent, name) for name in names)  # noqa: PTH118 - thousands of files


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
        paths.update(path for path in files.walk([folder]) if path.endswith(".py") or not only_python)
    return {
        "the version of Python": digest(f"{sys.version} {sys.platform}".encode()),
        "an installed package": digest(repr(packages).encode()),
        **files.digest_files(paths),
    }


def digest_folders(folders: Iterable[str], files: FileDigests) -> dict[str, str]:
    """Return digests of all files in some folders, such as templates, except folders of packages."""
    installed = tuple(f"{path}{os.sep}" for path in package_folders())
    own = {path for folder in folders if not (path := os.path.realpath(folder)).startswith(installed)}
    return files.digest_files(files.walk(own))


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
