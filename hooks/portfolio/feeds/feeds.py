"""Feeds and their entries: what both formats say, and the ids by which readers know an entry again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from portfolio.core.text import strip_invalid_xml

T = TypeVar("T", bound="Entry | Feed")
_URI = re.compile(r"(?:https?|tag|urn):\S+")


@dataclass(frozen=True)
class Entry:
    """A post in a feed. Addresses are absolute, ``content`` is HTML, all other texts are plain.

    ``published`` and ``updated`` have a time zone.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    content: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """A feed. ``url`` is its own address, ``home`` that of the page whose posts it has."""

    id: str
    url: str
    home: str
    title: str
    description: str
    author: str
    author_url: str
    language: str
    stylesheet: str
    entries: tuple[Entry, ...]
    built: datetime

    @property
    def updated(self) -> datetime:
        """When the newest of its entries changed; the time of the build where it has none."""
        return max((entry.updated for entry in self.entries), default=self.built)


def id_of(base: str, *names: str) -> str:
    """The id of an entry or a feed (RFC 4287, section 4.2.6), which stays while ``base`` and ``names`` do.

    It is a UUID made from names (RFC 9562, version 5): no address, which changes with a title, and no
    ``tag:``, which would need a day on which the owner had the domain. A name that is a URI itself is the id:
    a post that moved here from another site keeps what readers know it by.
    """
    if len(names) == 1 and _URI.fullmatch(names[0]):
        return names[0]
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join([base, *names])).urn


def entry(post: Entry) -> Entry:
    """An entry as it may be written: without what XML cannot hold, and changed no earlier than published."""
    published = _aware(post.published)
    return replace(_printable(post), published=published, updated=max(_aware(post.updated), published))


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries in the order of a feed; those of one moment by their ids, so that the order never varies."""
    by_id = sorted(entries, key=lambda one: one.id)
    return tuple(sorted(by_id, key=lambda one: one.published, reverse=True))


def when(moment: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return moment.isoformat(timespec="seconds")


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _printable(part: T) -> T:
    changed: dict[str, Any] = {}
    for name in (field.name for field in fields(part)):
        value = getattr(part, name)
        if isinstance(value, str):
            changed[name] = strip_invalid_xml(value)
        elif isinstance(value, tuple):
            changed[name] = tuple(
                strip_invalid_xml(item) if isinstance(item, str) else item for item in value
            )
    return replace(part, **changed)


def feed(given: Feed) -> Feed:
    """A feed as it may be written."""
    return replace(_printable(given), entries=newest_first(entry(one) for one in given.entries))
