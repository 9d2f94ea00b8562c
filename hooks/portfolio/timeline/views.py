"""The record as a template shows it: sorted, grouped, linked, in words; what is left are loops and ifs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from portfolio.record import dates, order
from portfolio.record.dates import EdtfDate, SingleDate, last_day
from portfolio.record.models import (
    Appearance,
    Education,
    Engagement,
    Fact,
    Post,
    Publication,
    Role,
    Software,
    Talk,
    arxiv_url,
    doi_url,
)
from portfolio.record.order import entry_dates
from portfolio.record.record import Entry, Record
from portfolio.timeline.cross_links import (
    KINDS,
    Links,
    Reference,
    SiteUrls,
    is_inferred,
    kind_of,
    title_of,
    when_of,
)

TITLES = {
    "roles": "Roles",
    "education": "Education",
    "publications": "Publications",
    "talks": "Talks",
    "software": "Software",
}
_FIELD_WORDS = {
    "after": "its place in the order",
    "before": "its place in the order",
    "evidence": "the work linked with it",
    "start_date": "the start",
    "end_date": "the end",
}
# Fewer selected publications than this are not filled up with others.
_NEWEST_PUBLICATIONS = 3


@dataclass(frozen=True)
class Place:
    """A place in the order: ``after`` or ``before`` another entry."""

    word: str
    of: Reference
    inferred: bool


@dataclass(frozen=True)
class When:
    """A date as shown: words; ``datetime`` where it is sure; how long it was; neighbours if it is undated."""

    words: str
    datetime: str = ""
    duration: str | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Occasion:
    """One appearance of a talk."""

    event: str
    when: When
    location: str
    url: str


@dataclass(frozen=True)
class EntryView:
    """One entry of the timeline. Texts are plain; empty where nothing is known."""

    id: str
    kind: str
    title: str
    when: When
    url: str = ""
    location: str = ""
    venue: str = ""
    part: str = ""
    summary: str = ""
    highlights: tuple[str, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    dated_as_a_whole: bool = True
    links: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, tuple[Reference, ...]], ...] = ()
    source: str = ""
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Entries that stand together: of one employer or school in a row, or of one year."""

    heading: str
    entries: tuple[EntryView, ...]


@dataclass(frozen=True)
class Section:
    """All entries of one kind.

    ``page`` is the address of the page that they have to themselves; empty if the timeline is their place.
    """

    kind: str
    title: str
    groups: tuple[Group, ...]
    page: str = ""

    @property
    def entries(self) -> tuple[EntryView, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


class Portfolio:
    """What templates draw from: everything derived from one record, once."""

    def __init__(
        self, record: Record, addresses: SiteUrls | None = None, before: Portfolio | None = None
    ) -> None:
        """``before`` is one that has been drawn from: of what has not changed since, its views are taken."""
        addresses = addresses or SiteUrls()
        # A post that is not shown gives nothing away: no link, no place in time, no place in the order.
        shown = tuple(post for post in record.posts if post.id in addresses.posts)
        self.record = record = replace(record, posts=shown)
        self.links = Links(record, addresses)
        self._titles = {**TITLES, "posts": self.blog}
        self._posts = {post.path: post for post in shown}
        self._edges = record.order.acyclic_edges
        # With what it follows from.
        self._section_of_posts: tuple[tuple[object, ...], Section] | None
        self._section_of_posts = before._section_of_posts if before is not None else None

    def __fingerprint__(self) -> tuple[object, ...]:
        """All that is shown follows from these; see ``hooks/incremental``."""
        return tuple(self.record), self.links.addresses

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The kinds that have entries, in the order of a timeline."""
        found = (self._posts_section() if kind == "posts" else self._section(kind) for kind in KINDS)
        return tuple(section for section in found if section.groups)

    def _section(self, kind: str) -> Section:
        page = self.links.addresses.pages.get(kind, "")
        return Section(kind, self._titles[kind], tuple(self._groups(kind)), page)

    def _posts_section(self) -> Section:
        """The posts, of which there may be thousands: as they were, where all they follow from is."""
        posts = tuple(self._posts.values())
        linked = [self.links.of(post.id) for post in posts]
        told = posts, linked, self.links.addresses, self._titles
        if self._section_of_posts is None or self._section_of_posts[0] != told:
            self._section_of_posts = told, self._section("posts")
        return self._section_of_posts[1]

    @property
    def blog(self) -> str:
        """What the site calls its blog."""
        return self.links.addresses.blog

    @cached_property
    def newest_posts(self) -> list[Reference]:
        """All posts that are shown, newest first."""
        return [self.links.reference(post.id) for post in order.sort_newest_first(self.record.posts)]

    @cached_property
    def selected_publications(self) -> list[Reference]:
        """The publications marked ``selected``; the newest ones if none is."""
        publications = order.sort_newest_first(self.record.publications)
        selected = [one for one in publications if one.selected] or publications[:_NEWEST_PUBLICATIONS]
        return [self.links.reference(one.id) for one in selected]

    def entries(self, kind: str) -> list[Entry]:
        """The entries of a kind in the order in which they are told, newest first."""
        if kind == "roles":
            return list(order.sort_engagements(self.record, Role))
        if kind == "education":
            return list(order.sort_engagements(self.record, Education))
        return list(order.sort_newest_first(getattr(self.record, kind)))

    def post_at(self, path: str) -> Post | None:
        """The post of a source path, if it is shown."""
        return self._posts.get(path)

    def about(self, path: str) -> tuple[tuple[str, tuple[Reference, ...]], ...]:
        """What the post of a source path is linked with, by the titles of the kinds."""
        post = self.post_at(path)
        return self._related(post) if post else ()

    def _groups(self, kind: str) -> Iterable[Group]:
        for heading, entries in groupby(self.entries(kind), key=_heading):
            yield Group(heading, tuple(self._view(entry) for entry in entries))

    def _view(self, entry: Entry) -> EntryView:
        if isinstance(entry, Post):
            post = self.links.reference(entry.id)
            when = When(post.when, post.datetime)
            return EntryView(
                entry.id,
                post.kind,
                post.title,
                when,
                post.url,
                venue=post.venue,
                related=self._related(entry),
            )
        view = EntryView(
            entry.id,
            kind_of(entry),
            title_of(entry),
            self._when(entry),
            related=self._related(entry),
            source=entry.source or "",
            inferred=_inferred(entry),
        )
        match entry:
            case Engagement():
                return replace(
                    view,
                    url=entry.url or "",
                    location=entry.location or "",
                    summary=entry.summary or "",
                    highlights=entry.highlights,
                )
            case Publication():
                return replace(
                    view, url=entry.url or "", venue=entry.venue or "", links=_publication_links(entry)
                )
            case Talk():
                return replace(
                    view,
                    url=entry.url or "",
                    summary=entry.summary or "",
                    links=_given(("Slides", entry.slides), ("Video", entry.video)),
                    occasions=tuple(_occasion(appearance) for appearance in entry.appearances),
                    dated_as_a_whole=entry.date is not None or not entry.appearances,
                )
            case Software():
                return replace(view, url=entry.url or "", part=entry.role or "", summary=entry.summary or "")
            case _:
                raise TypeError(type(entry))

    def _when(self, entry: Fact) -> When:
        told, datetime = when_of(entry)
        if not isinstance(entry, Engagement):
            return When(told or dates.NOT_STATED, datetime)
        places = () if told else tuple(self._places(entry))
        return When(told or dates.NOT_STATED, datetime, entry.format_duration(), places)

    def _places(self, entry: Engagement) -> Iterable[Place]:
        known = self.record.order.entries
        for word, one, other in (("after", "newer", "older"), ("before", "older", "newer")):
            for edge in self._edges:
                if getattr(edge, one) == entry.id:
                    inferred = is_inferred(known[edge.stated_by], edge.field)
                    yield Place(word, self.links.reference(getattr(edge, other)), inferred)

    def _related(self, entry: Entry) -> tuple[tuple[str, tuple[Reference, ...]], ...]:
        grouped = groupby(self.links.of(entry.id), key=lambda reference: reference.kind)
        return tuple((self._titles[kind], tuple(references)) for kind, references in grouped)


def _sure(when: EdtfDate | None) -> When:
    return (
        When(dates.format_date(when), dates.html_datetime(when))
        if when is not None
        else When(dates.NOT_STATED)
    )


def _heading(entry: Entry) -> str:
    """What groups entries: the employer or school, or the year of the last date."""
    if isinstance(entry, Role):
        return entry.company
    if isinstance(entry, Education):
        return entry.institution
    found = entry_dates(entry)
    if not found:
        return dates.NOT_STATED.capitalize()
    newest = max(found, key=last_day)
    if isinstance(newest, SingleDate) and newest.exact:
        return str(newest.latest.year)
    return dates.format_date(newest)


def _inferred(entry: Fact) -> tuple[str, ...]:
    """What of an entry is inferred, in words, each once."""
    if "*" in entry.inferred:
        return ("all of this",)
    return tuple(
        dict.fromkeys(_FIELD_WORDS.get(name, f"the {name.replace('_', ' ')}") for name in entry.inferred)
    )


def _occasion(appearance: Appearance) -> Occasion:
    return Occasion(
        appearance.event or "", _sure(appearance.date), appearance.location or "", appearance.url or ""
    )


def _publication_links(publication: Publication) -> tuple[tuple[str, str], ...]:
    links = _given(
        ("arXiv", arxiv_url(publication.arxiv) if publication.arxiv else None),
        ("DOI", doi_url(publication.doi) if publication.doi else None),
        ("PDF", publication.pdf),
        ("Code", publication.code),
        ("Slides", publication.slides),
        ("Video", publication.video),
    )
    return tuple((label, url) for label, url in links if url != publication.url)


def _given(*links: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The links that there are, as label and address."""
    return tuple((label, url) for label, url in links if url)
