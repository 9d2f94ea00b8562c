"""Who is linked with whom: every link is known from both of its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from portfolio.record import dates, order
from portfolio.record.models import Education, Engagement, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.order import entry_dates
from portfolio.record.record import Entry, Record

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
class PostPage:
    """The page of a post: its address, its title, and whose it is if not the site's owner's."""

    url: str
    title: str
    byline: str = ""


@dataclass(frozen=True)
class SiteUrls:
    """Where things stand on the site, relative to its root.

    ``timeline`` is None where the site has no such page. ``posts`` has the page of each shown post, by the
    id: one that is not in it (a draft) is nowhere linked. ``blog`` is what the blog is called. ``pages`` has
    the pages that list one kind, by the kind: its entries stand there, all others on the timeline.
    """

    timeline: str | None = "timeline/"
    posts: Mapping[str, PostPage] = field(default_factory=dict)
    blog: str = "Posts"
    pages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """A link to an entry: its title, where it stands and when it was.

    ``link`` is the thing itself, where it has an address. ``venue`` is where a publication came out, or whose
    a post is. ``inferred`` is about the link: it is nobody's statement.
    """

    id: str
    kind: str
    title: str
    url: str
    when: str
    datetime: str
    venue: str = ""
    link: str = ""
    inferred: bool = False


class Links:
    """References between the entries of a record, by id. The record has no posts but those that are shown."""

    def __init__(self, record: Record, addresses: SiteUrls) -> None:
        self.addresses = addresses
        self._entries: dict[str, Entry] = {}
        for entry in record:
            self._entries.setdefault(entry.id, entry)
        engaged = [entry.id for entry in order.sort_engagements(record)]
        others = [entry for entry in self._entries.values() if not isinstance(entry, Engagement)]
        told = [*engaged, *(entry.id for entry in order.sort_newest_first(others))]
        # Where each id stands in the order in which a timeline tells them.
        in_order = sorted(told, key=lambda id: KINDS.index(kind_of(self._entries[id])))
        self._places = {id: place for place, id in enumerate(in_order)}
        # For each id those it is linked with, and whether the link is inferred.
        self._linked: dict[str, dict[str, bool]] = {id: {} for id in self._entries}
        for entry in self._entries.values():
            for other in _named_by(entry):
                if other in self._entries:
                    inferred = isinstance(entry, Engagement) and is_inferred(entry, "evidence")
                    # What one side states is stated, whatever the other infers.
                    both = self._linked[entry.id].get(other, True) and inferred
                    self._linked[entry.id][other] = self._linked[other][entry.id] = both

    def reference(self, id: str) -> Reference:
        """The link to an entry. Raises KeyError for an id that is not shown."""
        entry = self._entries[id]
        when, datetime = when_of(entry)
        if isinstance(entry, Post):
            page = self.addresses.posts[id]
            return Reference(id, "posts", page.title, page.url, when, datetime, page.byline)
        place = self.addresses.pages.get(kind_of(entry)) or self.addresses.timeline
        url = "" if place is None else f"{place}#{quote(id)}"
        venue = entry.venue or "" if isinstance(entry, Publication) else ""
        link = getattr(entry, "url", None) or ""
        return Reference(id, kind_of(entry), title_of(entry), url, when, datetime, venue, link)

    def of(self, id: str) -> list[Reference]:
        """Links to all that an entry is linked with and that has an address: by kind, then newest first."""
        linked = self._linked[id]
        found = (
            replace(self.reference(other), inferred=linked[other])
            for other in sorted(linked, key=self._places.__getitem__)
        )
        return [reference for reference in found if reference.url]


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


def is_inferred(entry: Fact, name: str) -> bool:
    """Whether a field of an entry is inferred rather than stated."""
    return bool({"*", name} & set(entry.inferred))


def when_of(entry: Entry) -> tuple[str, str]:
    """The date of an entry in words and for machines; both empty where none is known.

    Machines are told only dates that are sure, and stated.
    """
    if isinstance(entry, Engagement):
        text = entry.format_dates()
        found = [entry.date] if entry.date is not None else []
        told = [] if text == dates.NOT_STATED else [text]
    else:
        found = entry_dates(entry)
        told = list(dict.fromkeys(dates.format_date(when) for when in found))
    if not told:
        return "", ""
    if isinstance(entry, Fact) and is_inferred(entry, "date"):
        return f"{'; '.join(told)} (inferred)", ""
    sure = {dates.html_datetime(when) for when in found}
    return "; ".join(told), sure.pop() if len(sure) == 1 else ""
