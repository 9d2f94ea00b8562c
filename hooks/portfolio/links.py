"""Who is linked with whom: every link is known from both of its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from portfolio import order, words
from portfolio.evidence import dates_of
from portfolio.loading import Entry, Record
from portfolio.models import Education, Engagement, Fact, Post, Publication, Role, Software, Talk

# The kinds of entries, in the order in which a timeline shows them.
KINDS = ("roles", "education", "publications", "talks", "software", "posts")
_KIND_OF = {
    Role: "roles",
    Education: "education",
    Publication: "publications",
    Talk: "talks",
    Software: "software",
    Post: "posts",
}


@dataclass(frozen=True)
class Addresses:
    """Where things stand on the site, relative to its root: the timeline's page and each post that is shown.

    ``posts`` has the address and the title of each by its id; a post that is not in it (a draft) is nowhere
    linked. ``blog`` is what the site calls its blog.
    """

    timeline: str = "timeline/"
    posts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    blog: str = "Posts"


@dataclass(frozen=True)
class Reference:
    """A link to an entry: its title, where it stands and when it was."""

    id: str
    kind: str
    title: str
    url: str
    when: str
    datetime: str
    venue: str = ""


class Links:
    """References between the entries of a record, by id."""

    def __init__(self, record: Record, addresses: Addresses) -> None:
        self.addresses = addresses
        shown = [entry for entry in record if self._is_shown(entry)]
        self._entries: dict[str, Entry] = {entry.id: entry for entry in reversed(shown)}
        engaged = [entry.id for entry in order.engagements(record)]
        dated = [entry.id for entry in order.newest_first(shown) if not isinstance(entry, Engagement)]
        # The ids in the order in which a timeline tells them.
        self._told = sorted([*engaged, *dated], key=lambda id: KINDS.index(kind_of(self._entries[id])))
        self._linked: dict[str, set[str]] = {id: set() for id in self._entries}
        for entry in shown:
            for other in _named_by(entry):
                if other in self._entries:
                    self._linked[entry.id].add(other)
                    self._linked[other].add(entry.id)

    def reference(self, id: str) -> Reference:
        """The link to an entry. Raises KeyError for an id that is not shown."""
        entry = self._entries[id]
        when, datetime = _when(entry)
        if isinstance(entry, Post):
            url, title = self.addresses.posts[id]
        else:
            url, title = f"{self.addresses.timeline}#{quote(id)}", title_of(entry)
        venue = entry.venue or "" if isinstance(entry, Publication) else ""
        return Reference(id, kind_of(entry), title, url, when, datetime, venue)

    def of(self, id: str) -> list[Reference]:
        """Links to all that an entry is linked with: by kind, then newest first."""
        return [self.reference(other) for other in self._told if other in self._linked[id]]

    def _is_shown(self, entry: Entry) -> bool:
        return not isinstance(entry, Post) or entry.id in self.addresses.posts


def kind_of(entry: Entry) -> str:
    """``roles``, ``education``, ``publications``, ``talks``, ``software`` or ``posts``."""
    return _KIND_OF[type(entry)]


def title_of(entry: Fact) -> str:
    """What an entry is called. The title of a post is its page's (see Addresses)."""
    match entry:
        case Role():
            return entry.position
        case Education():
            return f"{entry.degree}, {entry.area}" if entry.degree else entry.area
        case Software():
            return entry.name
        case Publication() | Talk():
            return entry.title
        case _:
            raise TypeError(type(entry))


def _named_by(entry: Fact | Post) -> tuple[str, ...]:
    if isinstance(entry, Engagement):
        return entry.evidence
    return entry.about if isinstance(entry, Post) else ()


def _when(entry: Entry) -> tuple[str, str]:
    """The date of an entry in words and for machines; both empty where none is known."""
    if isinstance(entry, Engagement):
        text = words.of_engagement(entry)
        return "" if text == words.NOT_STATED else text, words.machine_readable(entry.date)
    found = dates_of(entry)
    if not found:
        return "", ""
    distinct = {when.text: when for when in found}
    datetime = words.machine_readable(found[0]) if len(distinct) == 1 else ""
    return "; ".join(words.of_date(when) for when in distinct.values()), datetime
