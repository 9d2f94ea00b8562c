"""``config.extra`` with a note of what a page takes from it, and the list of all pages likewise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mkdocs_incremental.fingerprint import Digester, Opaque

# What a page took: a name, and the key in the mapping of that name, or None for all of it.
Read = tuple[str, str | None]


class Reads:
    """What the page that is being made takes; None between two pages."""

    def __init__(self) -> None:
        self.noted: set[Read] | None = None
        # A page that shows what nobody can watch is made in every build.
        self.lost = False

    def begin(self) -> None:
        self.noted, self.lost = set(), False

    def end(self) -> set[Read]:
        noted, self.noted = self.noted or set(), None
        return noted

    def note(self, name: str, key: str | None) -> None:
        if self.noted is not None:
            self.noted.add((name, key))

    def lose(self) -> None:
        self.lost = True


class Part(dict[str, Any]):
    """A mapping in ``config.extra``, of which each page takes a little."""

    def __init__(self, values: dict[str, Any], name: str, reads: Reads) -> None:
        super().__init__(values)
        self._name = name
        self._reads = reads

    def __getitem__(self, key: str) -> Any:
        self._reads.note(self._name, key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._reads.note(self._name, str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._reads.note(self._name, key)
        return super().get(key, default)

    def _all(self) -> None:
        self._reads.note(self._name, None)

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def __len__(self) -> int:
        self._all()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._all()
        return super().__eq__(other)

    __hash__ = None

    def keys(self) -> Any:
        self._all()
        return super().keys()

    def values(self) -> Any:
        self._all()
        return super().values()

    def items(self) -> Any:
        self._all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._all()
        return dict(super().items())


class TrackedObject:
    """An object in ``config.extra`` whose class has ``tracks_attributes``: each page reads a few of them.

    Attributes that are dictionaries are tracked by key. The names that are noted are ``name.attribute``.
    """

    def __init__(self, target: Any, name: str, reads: Reads) -> None:
        # Not by assignment, which sets attributes of the target.
        vars(self).update(_target=target, _name=name, _reads=reads)
        for attribute, value in vars(target).items():
            if _is_mapping(value):
                setattr(target, attribute, Part(value, f"{name}.{attribute}", reads))

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._target, attribute)
        if not isinstance(value, Part):
            self._reads.note(f"{self._name}.{attribute}", None)
        return value

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(self._target, attribute, value)


def _is_mapping(value: object) -> bool:
    return type(value) is dict and all(type(key) is str for key in value)


def _tracked(value: Any, name: str, reads: Reads) -> Any:
    if _is_mapping(value):
        return Part(value, name, reads)
    return TrackedObject(value, name, reads) if hasattr(type(value), "tracks_attributes") else value


class Extra(dict[str, Any]):
    """``config.extra`` while pages are made."""

    def __init__(self, values: dict[str, Any], reads: Reads) -> None:
        super().__init__({name: _tracked(value, name, reads) for name, value in values.items()})
        self._reads = reads

    def _taken(self, name: str) -> None:
        if not isinstance(super().get(name), Part | TrackedObject):
            self._reads.note(name, None)

    def __getitem__(self, name: str) -> Any:
        self._taken(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._taken(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self._reads.note(str(name), None)
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self._reads.lose()
        return super().__iter__()

    def keys(self) -> Any:
        self._reads.lose()
        return super().keys()

    def values(self) -> Any:
        self._reads.lose()
        return super().values()

    def items(self) -> Any:
        self._reads.lose()
        return super().items()

    def state(self, read: Read, known: Digester) -> bytes:
        """The digest of what such a page would take now. Raises Opaque."""
        name, key = read
        owner, _, attribute = name.partition(".")
        if super().__contains__(name):
            value = super().__getitem__(name)
        elif isinstance(tracked := super().get(owner), TrackedObject) and hasattr(tracked, attribute):
            value = getattr(tracked, attribute)
        else:
            return b"missing"
        if key is None:
            return known.of(dict(dict.items(value)) if isinstance(value, Part) else value)
        if not isinstance(value, Part):
            raise Opaque(name)
        return known.of(dict.get(value, key)) if dict.__contains__(value, key) else b"missing"


class Pages(list[Any]):
    """The files of all pages, for templates; who goes through them shows more than is known of a page."""

    def __init__(self, files: Any, lose: Callable[[], None]) -> None:
        super().__init__(files)
        self._lose = lose

    def __iter__(self) -> Iterator[Any]:
        self._lose()
        return super().__iter__()

    def __getitem__(self, place: Any) -> Any:
        self._lose()
        return super().__getitem__(place)
