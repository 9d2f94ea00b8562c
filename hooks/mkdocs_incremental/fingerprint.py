"""The digest of a value: equal for equal values in every build, and never equal by accident.

Values are what configurations, records and templates are made of: plain values, containers, dataclasses,
functions with what they enclose, and other objects by their attributes. An object may have a method
``__fingerprint__`` that returns the values by which it is known. What cannot be looked into is `Opaque`.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import marshal
import types
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

_SIZE = 16
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
_CONTAINERS = (list, tuple, dict)
# The last format of Python's in which the same value gives the same bytes, however many hold a part of it.
_MARSHAL = 2
Special = Callable[[Any], object]


class Opaque(Exception):  # noqa: N818 - no error: what depends on such a value is made anew
    """A value of which nobody can tell whether it is what it was; the message names its type."""


class Digester:
    """Digests of the values of one build, each object looked into once.

    ``special`` says of certain classes by what their objects are known. No object may be changed while this
    is used, but those that are forgotten with `forget`.
    """

    def __init__(self, special: Mapping[type, Special] | None = None) -> None:
        self._special = dict(special or {})
        # With the object, so that no other takes its place in memory.
        self._known: dict[int, tuple[object, bytes]] = {}
        self._open: dict[int, int] = {}

    def of(self, value: object) -> bytes:
        """The digest of a value. Raises Opaque."""
        kind = type(value)
        if kind is str:
            return _hash(b"s", value.encode("utf-8", "surrogatepass"))  # type: ignore[attr-defined]
        if kind in (bytes, bytearray):
            return _hash(b"b", bytes(value))  # type: ignore[call-overload]
        if isinstance(value, _PLAIN) and not isinstance(value, Enum):
            return _hash(b"p", f"{kind.__qualname__} {value!r}".encode())
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        if kind in _CONTAINERS:
            plain = _marshalled(value)
            if plain:
                made = _hash(b"m", plain)
                self._known[id(value)] = value, made
                return made
        if id(value) in self._open:
            return _hash(b"circle", str(len(self._open) - self._open[id(value)]).encode())
        self._open[id(value)] = len(self._open)
        try:
            made = _hash(kind.__qualname__.encode(), *self._parts(value))
        finally:
            del self._open[id(value)]
        self._known[id(value)] = value, made
        return made

    def forget(self, value: object) -> None:
        """Look again at an object that may have changed."""
        self._known.pop(id(value), None)

    def _parts(self, value: Any) -> Iterator[bytes]:
        for kind in type(value).__mro__:
            if kind in self._special:
                yield self.of(self._special[kind](value))
                return
        if hasattr(type(value), "__fingerprint__"):
            yield self.of(value.__fingerprint__())
        elif isinstance(value, Enum):
            yield value.name.encode()
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield self.of(key)
                yield self.of(item)
        elif isinstance(value, list | tuple):
            yield from map(self.of, value)
        elif isinstance(value, set | frozenset):
            yield from sorted(map(self.of, value))
        elif isinstance(value, PurePath | str):
            yield str(value).encode("utf-8", "surrogatepass")
        else:
            yield from self._object(value)

    def _object(self, value: Any) -> Iterator[bytes]:
        if isinstance(value, type):
            yield f"{value.__module__}.{value.__qualname__}".encode()
        elif isinstance(value, types.FunctionType):
            yield from self._function(value)
        elif isinstance(value, functools.partial):
            yield from map(self.of, (value.func, value.args, value.keywords))
        elif isinstance(value, types.MethodType):
            yield from map(self.of, (value.__func__, value.__self__))
        elif isinstance(value, types.BuiltinFunctionType):
            yield value.__qualname__.encode()
            if not isinstance(value.__self__, types.ModuleType | type(None)):
                yield self.of(value.__self__)
        elif hasattr(value, "__wrapped__"):
            yield self.of(value.__wrapped__)
        elif hasattr(value, "pattern") and hasattr(value, "flags"):
            yield from map(self.of, (value.pattern, value.flags))
        elif isinstance(value, types.ModuleType):
            yield value.__name__.encode()
        elif hasattr(value, "__dict__"):
            yield self.of(dict(vars(value)))
            for name in getattr(type(value), "__slots__", ()):
                yield self.of(getattr(value, name, None))
        else:
            raise Opaque(type(value).__qualname__)

    def _function(self, value: types.FunctionType) -> Iterator[bytes]:
        # What it does is told by the files of the program; this tells which one it is, and of what.
        yield f"{value.__module__}.{value.__qualname__}:{value.__code__.co_firstlineno}".encode()
        for cell in value.__closure__ or ():
            yield self.of(cell.cell_contents)
        yield from map(self.of, (value.__defaults__, value.__kwdefaults__))


def _marshalled(value: Any) -> bytes:
    """A container of nothing but plain values, in one go; empty for another."""
    try:
        return marshal.dumps(value, _MARSHAL)
    except ValueError:
        return b""


def _hash(*parts: bytes) -> bytes:
    made = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        # The lengths keep ("ab", "c") and ("a", "bc") apart.
        made.update(len(part).to_bytes(4, "big") + part)
    return made.digest()
