"""The record prepared for templates: sorted, grouped, cross-linked and with dates in words.

A cross-link is visible from both of its ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from portfolio.core import i18n
from portfolio.core.i18n import N_
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import Run, Runs, parse_markdown, visible_runs
from portfolio.core.text import distinct_slugs
from portfolio.record import dates, models, order
from portfolio.record.kinds import POSTS, PROJECTS, Entry, Kind, Layout, kind_name
from portfolio.record.record import Record

E = TypeVar("E", bound=models.Fact | models.Post)

_FIELD_WORDS = {
    "after": N_("its place in the order"),
    "before": N_("its place in the order"),
    "evidence": N_("the work linked with it"),
    "related": N_("the entries linked with it"),
    "abstract": N_("the abstract"),
    "amount": N_("the amount"),
    "appearances": N_("the occasions"),
    "area": N_("the field of study"),
    "author": N_("the authors"),
    "awarder": N_("the awarder"),
    "company": N_("the employer"),
    "date": N_("the date"),
    "degree": N_("the degree"),
    "end_date": N_("the end"),
    "entity": N_("the organisation"),
    "fluency": N_("the fluency"),
    "funder": N_("the funder"),
    "highlights": N_("the highlights"),
    "institution": N_("the institution"),
    "inventors": N_("the inventors"),
    "issuer": N_("the issuer"),
    "keywords": N_("the keywords"),
    "level": N_("the level"),
    "location": N_("the location"),
    "name": N_("the name"),
    "number": N_("the number"),
    "office": N_("the office"),
    "organization": N_("the organisation"),
    "position": N_("the position"),
    "role": N_("the role"),
    "start_date": N_("the start"),
    "status": N_("the status"),
    "summary": N_("the summary"),
    "tags": N_("the tags"),
    "title": N_("the title"),
    "url": N_("the link"),
    "venue": N_("the venue"),
}
# A list with more entries than this has counts, and links to its parts.
SHORT_LIST = 30
# The timeline only summarizes a kind that has more entries than this and a page of its own.
_MAX_LISTED = 10
# How many of its newest entries a summary lists.
_SUMMARY = 3
# The fields with links and with the order; see `_FIELD_WORDS`.
_LINK_FIELDS = frozenset(("after", "before", "evidence", "related"))
# The number of hues in overrides/assets/stylesheets/timeline.css.
HUES = 8
# An entry displays this many linked entries at once.
_MAX_RELATED = 3
# How many of the newest entries count as selected if none is marked.
_NEWEST = 3
# The label of an entry's own URL, if its title links to the page of its story.
_WEBSITE = N_("Website")
# Fewer projects fit on a screen or two, and fewer tags are no choice.
_FEWEST_FILTERED, _FEWEST_TAGS = 4, 2


class PostPage(NamedTuple):
    """The page of a post: its URL, its title, and its author if that is not the owner of the site."""

    url: str
    title: str
    byline: str = ""


@dataclass(frozen=True)
class SiteUrls:
    """The URLs of pages, relative to the root of the site.

    ``timeline`` is None if the site has no such page. ``posts`` has the pages of published posts by id: other
    posts, such as drafts, are never linked. ``blog`` is the title of the blog. ``pages`` has the pages that
    list one kind of entries, by kind; entries of other kinds are on the timeline. ``stories`` has the pages
    with the stories of projects, by id. ``archive`` has the lists of the posts of a year, by year.
    """

    timeline: str | None = "timeline/"
    posts: Mapping[str, PostPage] = field(default_factory=dict)
    blog: str = "Posts"
    pages: Mapping[str, str] = field(default_factory=dict)
    stories: Mapping[str, str] = field(default_factory=dict)
    archive: Mapping[int, str] = field(default_factory=dict)


class Reference(NamedTuple):
    """A link to an entry on this site.

    ``link`` is the entry's own URL, if it has one. ``venue`` is where a publication appeared, or the author
    of a post, and ``organisation`` the employer or school. ``inferred`` means that the link is inferred, not
    stated.
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
    organisation: str = ""
    lang: str = ""


class Neighbour(NamedTuple):
    """An entry that an undated entry comes ``after`` or ``before`` (the ``word``)."""

    word: str
    entry: Reference
    inferred: bool


class When(NamedTuple):
    """A date in words, its ISO 8601 form if it is exact, its duration, and neighbours if it is undated."""

    words: str
    datetime: str = ""
    duration: str | None = None
    neighbours: tuple[Neighbour, ...] = ()


class Occasion(NamedTuple):
    """One appearance of a talk."""

    event: str
    when: When
    location: str
    url: str


@dataclass(frozen=True)
class Tag:
    """A tag of projects. If the page of projects filters by it, ``slug`` is part of the URL that selects it.

    ``count`` is the number of projects that have it.
    """

    name: str
    slug: str = ""
    count: int = 0


@dataclass(frozen=True)
class EntryView:
    """An entry for templates. Texts are plain or styled text, and empty if nothing is known.

    ``url`` is its own, and ``page`` that of its story on this site. ``facts`` are those that its kind names,
    such as the place of a role or the venue of a publication. ``image`` is the path of a picture below the
    documents folder.

    How its facts are known: ``source``; ``inferred`` has the fields that are inferred, in words, and
    ``inferred_facts`` those among them that are neither links nor the order. ``missing`` has the parts of the
    date that are not on record: ``date``, or ``start`` and ``end``. ``evidence_years`` has the first and last
    year of the work that an entry without dates is linked with.
    """

    id: str
    kind: str
    title: str
    when: When
    url: str = ""
    page: str = ""
    organisation: str = ""
    facts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    image: str = ""
    image_alt: str = ""
    summary: Runs = ()
    highlights: tuple[Runs, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    dated_as_a_whole: bool = True
    links: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, tuple[Reference, ...]], ...] = ()
    source: str = ""
    inferred: tuple[str, ...] = ()
    inferred_facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    evidence_years: tuple[int, int] | None = None
    title_runs: Runs = ()
    lang: str = ""

    @cached_property
    def occasions_differ(self) -> bool:
        """Whether the occasions of a talk have different dates."""
        return len({occasion.when.words for occasion in self.occasions}) > 1

    @cached_property
    def evidence_words(self) -> str:
        """What is known instead of a date, such as "work on record 2016–2019"; empty if that is nothing."""
        if self.when.words or self.evidence_years is None:
            return ""
        first, last = self.evidence_years
        if first == last:
            return _("work on record %(year)s", year=first)
        return _("work on record %(first)s–%(last)s", first=first, last=last)

    @cached_property
    def inferred_links(self) -> tuple[Reference, ...]:
        """The linked entries of which the link is inferred, not stated."""
        return tuple(
            reference for _kind, linked in self.related for reference in linked if reference.inferred
        )

    @property
    def has_many_related(self) -> bool:
        """Whether its linked entries are too many to be displayed at once."""
        return sum(len(linked) for _kind, linked in self.related) > _MAX_RELATED

    @property
    def has_provenance(self) -> bool:
        """Whether there is more to say about how its facts are known, or not."""
        return bool(
            self.source or self.inferred or self.inferred_links or self.missing or self.when.neighbours
        )


class Group(NamedTuple):
    """Consecutive entries with the same employer or school, or of the same year.

    ``is_year``: the heading is a year, or 'Present'. No other group of the section has the same. ``hue`` is
    that of the employer or school; see `Portfolio.hues`. ``url`` leads to the entries on the page of their
    kind, if the timeline leaves them to it.
    """

    heading: str
    entries: tuple[EntryView, ...]
    is_year: bool = False
    hue: int = 0
    url: str = ""


@dataclass(frozen=True)
class Section:
    """All entries of one kind. ``page`` is the URL of the page that lists them; empty if there is none."""

    kind: str
    title: str
    groups: tuple[Group, ...]
    page: str = ""
    layout: Layout = "entries"
    on_timeline: bool = True

    @cached_property
    def entries(self) -> tuple[EntryView, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)

    @property
    def is_long(self) -> bool:
        """Whether the list has so many entries that it needs counts and links to its parts."""
        return len(self.entries) > SHORT_LIST

    @property
    def is_summarized(self) -> bool:
        """Whether the timeline leaves the entries to the page of their kind."""
        return is_summarized(self.kind, self.layout, len(self.entries), has_page=bool(self.page))

    @property
    def newest(self) -> tuple[EntryView, ...]:
        """The entries that a summary lists."""
        return self.entries[:_SUMMARY]


@dataclass(frozen=True)
class Selection:
    """Selected entries of one kind. ``title`` is that of the kind, which has ``count`` entries."""

    kind: str
    heading: str
    entries: tuple[Reference, ...]
    title: str
    count: int


class CrossLinks:
    """The links between the entries of a record, whose posts must all be published."""

    def __init__(self, record: Record, urls: SiteUrls) -> None:
        self.urls = urls
        self._record = record
        self._entries: dict[str, Entry] = {}
        for entry in record:
            self._entries.setdefault(entry.id, entry)
        engagements = [entry.id for entry in order.sort_engagements(record)]
        rest = [entry for entry in self._entries.values() if not isinstance(entry, models.Engagement)]
        newest_first = [*engagements, *(entry.id for entry in order.sort_newest_first(rest))]
        places = {kind.name: place for place, kind in enumerate(record.kinds)}
        by_kind = sorted(newest_first, key=lambda id: places[kind_name(self._entries[id])])
        # The position of each entry on the timeline.
        self._positions = {id: position for position, id in enumerate(by_kind)}
        # The linked entries of each entry, and whether the link is inferred.
        self._linked: dict[str, dict[str, bool]] = {id: {} for id in self._entries}
        for entry in self._entries.values():
            for name in _link_fields(entry):
                for target in getattr(entry, name) or ():
                    if target in self._entries and target != entry.id:
                        inferred = isinstance(entry, models.Fact) and is_inferred(entry, name)
                        # A link is stated if either end states it.
                        inferred = self._linked[entry.id].get(target, True) and inferred
                        self._linked[entry.id][target] = self._linked[target][entry.id] = inferred

    def reference(self, id: str) -> Reference:
        """Return a link to an entry. Raises KeyError for an id that is not on the site."""
        entry = self._entries[id]
        when, datetime = date_texts(entry)
        if isinstance(entry, models.Post):
            page = self.urls.posts[id]
            lang = entry.lang or ""
            return Reference(id, "posts", page.title, page.url, when, datetime, page.byline, lang=lang)
        kind = self._record.kind_of(entry)
        pages = self.urls.pages
        page_url = pages.get(kind.name) or (self.urls.timeline if kind.on_timeline else None)
        if id in self._record.all_projects:
            page_url = pages.get(kind.name) or pages.get(PROJECTS) or page_url
        url = "" if page_url is None else f"{page_url}#{quote(id)}"
        story = self.urls.stories.get(id)
        venue = entry.venue or "" if isinstance(entry, models.Publication) else ""
        link = "" if story else getattr(entry, "url", None) or ""
        return Reference(
            id,
            kind.name,
            kind.title_of(entry),
            story or url,
            when,
            datetime,
            venue,
            link,
            organisation=kind.organisation_of(entry),
            lang=entry.lang or "",
        )

    def references_from(self, id: str) -> list[Reference]:
        """Return links to the linked entries that have a URL on the site: by kind, then newest first."""
        linked = self._linked[id]
        references = (
            self.reference(target)._replace(inferred=linked[target])
            for target in sorted(linked, key=self._positions.__getitem__)
        )
        return [reference for reference in references if reference.url]


class Portfolio:
    """Everything that pages derive from one record, computed once."""

    def __init__(
        self, record: Record, urls: SiteUrls | None = None, previous: Portfolio | None = None
    ) -> None:
        """Derive views from a record. Unchanged views of a ``previous`` portfolio are reused."""
        urls = urls or SiteUrls()
        # Unpublished posts must not influence the site: they have no links and no effect on dates and order.
        published = tuple(post for post in record.posts if post.id in urls.posts)
        self.record = record = record.with_entries(posts=published)
        self.links = CrossLinks(record, urls)
        # The titles of sections.
        self._titles = {kind.name: kind.heading for kind in record.kinds} | {POSTS.name: self.blog}
        self._posts = {post.path: post for post in published}
        self._edges = record.order.acyclic_edges
        # The section of posts with its inputs.
        self._post_section: tuple[tuple[object, ...], Section] | None
        self._post_section = previous._post_section if previous is not None else None

    def __fingerprint__(self) -> tuple[object, ...]:
        """Return the inputs, from which all else follows; see ``mkdocs_incremental``."""
        return self.record, self.links.urls

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The kinds that have entries, in the order of the timeline."""
        sections = (
            self._posts_section() if kind is POSTS else self._section(kind) for kind in self.record.kinds
        )
        return tuple(section for section in sections if section.groups)

    @cached_property
    def timeline(self) -> tuple[Section, ...]:
        """The sections that the timeline shows."""
        return tuple(section for section in self.sections if section.on_timeline)

    @cached_property
    def hues(self) -> dict[str, int]:
        """The hue of each employer, then of each school, from 1, in the order of the earliest engagements.

        So a new employer does not change the hues of the others.
        """
        engagements = [*reversed(self.entries("roles")), *reversed(self.entries("education"))]
        names = dict.fromkeys(self.record.kind_of(entry).organisation_of(entry) for entry in engagements)
        return {name: number % HUES + 1 for number, name in enumerate(names)}

    def hue_of(self, view: EntryView) -> int:
        """Return the hue of an entry: of its employer or school, or of the newest that it is linked with."""
        linked = (reference.organisation for _kind, references in view.related for reference in references)
        return self.hues.get(view.organisation or next(filter(None, linked), ""), 0)

    @property
    def is_long(self) -> bool:
        """Whether the timeline has so many entries that it needs counts."""
        return sum(len(section.entries) for section in self.timeline) > SHORT_LIST

    def section(self, kind: str) -> Section | None:
        """Return the section of a kind; None if it has no entries."""
        return next((section for section in self.sections if section.kind == kind), None)

    def _section(self, kind: Kind) -> Section:
        find_heading = partial(_heading, kind) if kind.name in self._dated_kinds else lambda _: ("", False)
        page = self.links.urls.pages.get(kind.name, "")
        groups = []
        for (heading, is_year), entries in groupby(self.entries(kind.name), key=find_heading):
            views = tuple(map(self._view, entries))
            url = f"{page}#{quote(views[0].id)}" if page else ""
            if kind is POSTS:
                url = self.links.urls.archive.get(int(heading), page) if is_year else page
            groups.append(Group(heading, views, is_year, self.hues.get(heading, 0), url))
        return Section(kind.name, self._titles[kind.name], tuple(groups), page, kind.layout, kind.on_timeline)

    @cached_property
    def _dated_kinds(self) -> frozenset[str]:
        """The kinds whose entries have dates: off the timeline, those of which at least one has a date."""
        return frozenset(
            kind.name
            for kind in self.record.kinds
            if has_dates(kind.model)
            and (kind.on_timeline or any(date_texts(entry)[0] for entry in self.record[kind.name]))
        )

    def _posts_section(self) -> Section:
        """The section of posts, of which there may be thousands: reused if its inputs have not changed."""
        posts = tuple(self._posts.values())
        linked = [self.links.references_from(post.id) for post in posts]
        inputs = posts, linked, self.links.urls, self._titles
        if self._post_section is None or self._post_section[0] != inputs:
            self._post_section = inputs, self._section(POSTS)
        return self._post_section[1]

    @property
    def blog(self) -> str:
        """The title of the blog."""
        return self.links.urls.blog

    @cached_property
    def newest_posts(self) -> list[Reference]:
        """All published posts, newest first."""
        return [self.links.reference(post.id) for post in order.sort_newest_first(self.record.posts)]

    def selected(self, kind: str) -> list[Reference]:
        """Return the entries of a kind that are marked ``selected``, or else the newest.

        Projects include the software that the page of projects shows.
        """
        of_kind = self.entries(kind) if kind != PROJECTS else self._projects
        marked = [entry for entry in of_kind if not isinstance(entry, models.Post) and entry.selected]
        return [self.links.reference(entry.id) for entry in marked or of_kind[:_NEWEST]]

    @property
    def _projects(self) -> list[models.BaseProject]:
        return order.sort_newest_first(self.record.all_projects.values())

    @cached_property
    def current_engagements(self) -> list[Reference]:
        """The roles and education that are stated to be ongoing, with the employer or school as ``venue``."""
        names = {"*", "position", "company", "institution", "area"}
        return [
            self._engagement_reference(entry)
            for entry in self.entries_of(models.Engagement)
            if entry.ongoing
            and not {*names, "date" if entry.date else "end_date"}.intersection(entry.inferred)
        ]

    @cached_property
    def introduction(self) -> list[tuple[str, Reference]]:
        """What introduces the owner, each with a word: what is current, or else a graduate's education."""
        if current := self.current_engagements:
            return [(_("Now"), entry) for entry in current]
        newest = [] if self.record.roles else self.entries_of(models.Education)[:1]
        stated = [entry for entry in newest if not {"*", "area", "institution"} & set(entry.inferred)]
        return [(_("Education"), self._engagement_reference(entry)) for entry in stated]

    def _engagement_reference(self, entry: models.Engagement) -> Reference:
        venue = self.record.kind_of(entry).organisation_of(entry)
        return self.links.reference(entry.id)._replace(venue=venue)

    @cached_property
    def selections(self) -> list[Selection]:
        """The work that is marked ``selected``; of publications, else the newest.

        Selected roles, education and skills are for short CVs.
        """
        marked = {entry.id for entry in self.record if isinstance(entry, models.Fact) and entry.selected}
        selections: list[Selection] = []
        # Software that is also a project is listed once.
        listed: set[str] = set()
        for kind in self.record.kinds:
            if kind is POSTS or kind.layout in ("engagements", "groups"):
                continue
            entries = tuple(entry for entry in self.selected(kind.name) if entry.id not in listed)
            is_listed = kind.model is models.Publication or any(entry.id in marked for entry in entries)
            if entries and is_listed:
                count = len(self._projects if kind.name == PROJECTS else self.record[kind.name])
                title = self._titles[kind.name]
                selections.append(Selection(kind.name, kind.selection_heading, entries, title, count))
                listed |= {entry.id for entry in entries}
        return selections

    @cached_property
    def projects(self) -> tuple[EntryView, ...]:
        """What the page of projects shows, newest first."""
        return tuple(map(self._view, self._projects))

    @cached_property
    def stories(self) -> dict[str, EntryView]:
        """The projects that have a page with their story, by its URL, newest first."""
        return {view.page: view for view in self.projects if view.page}

    def story_neighbours(self, url: str) -> tuple[EntryView | None, EntryView | None]:
        """Return the older and the newer project next to the one whose story is at a URL."""
        newest_first = [None, *self.stories.values(), None]
        at = newest_first.index(self.stories[url])
        return newest_first[at + 1], newest_first[at - 1]

    @cached_property
    def project_tags(self) -> dict[str, Tag]:
        """The tags by which the page of projects filters, by name; see `list_tags`."""
        return list_tags(self.record)

    def entries(self, kind: str) -> list[Entry]:
        """Return the entries of a kind in the order of the timeline, newest first."""
        if kind in ("roles", "education"):
            return [
                *order.sort_engagements(self.record, models.Role if kind == "roles" else models.Education)
            ]
        return order.sort_newest_first(self.record[kind])

    def entries_of(self, model: type[E]) -> list[E]:
        """Return the entries of a model, such as `Role`, in the order of the timeline."""
        kinds = [kind.name for kind in self.record.kinds if issubclass(kind.model, model)]
        return [entry for kind in kinds for entry in self.entries(kind) if isinstance(entry, model)]

    def post_at(self, path: str) -> models.Post | None:
        """Return the post with a source path, if it is published."""
        return self._posts.get(path)

    def about(self, path: str) -> tuple[tuple[str, tuple[Reference, ...]], ...]:
        """Return the entries linked with the post of a source path, by the titles of their kinds."""
        post = self.post_at(path)
        return self._related(post) if post else ()

    def _view(self, entry: Entry) -> EntryView:
        related = self._related(entry)
        if isinstance(entry, models.Post):
            post = self.links.reference(entry.id)
            return EntryView(
                entry.id,
                post.kind,
                post.title,
                When(post.when, post.datetime),
                post.url,
                facts=(post.venue,) if post.venue else (),
                related=related,
                title_runs=(Run(post.title),),
                lang=post.lang,
            )
        kind = self.record.kind_of(entry)
        title = kind.title_of(entry)
        appearances = entry.appearances if isinstance(entry, models.Talk) else ()
        url, story = getattr(entry, "url", None) or "", self.links.urls.stories.get(entry.id, "")
        links = [(_(label), link) for name, label in kind.links.items() if (link := getattr(entry, name))]
        tags: tuple[str, ...] = getattr(entry, "tags", ())
        return EntryView(
            entry.id,
            kind.name,
            title,
            self._when(entry),
            url=url,
            organisation=kind.organisation_of(entry),
            facts=tuple(str(fact) for name in kind.facts if (fact := getattr(entry, name))),
            page=story,
            keywords=getattr(entry, "keywords", ()),
            tags=tuple(self.project_tags.get(tag) or Tag(tag) for tag in dict.fromkeys(tags)),
            image=getattr(entry, "image", None) or "",
            image_alt=getattr(entry, "image_alt", None) or "",
            summary=parse_markdown(getattr(entry, "summary", None) or ""),
            highlights=tuple(map(parse_markdown, getattr(entry, "highlights", ()))),
            occasions=tuple(map(_occasion, appearances)),
            dated_as_a_whole=not appearances or getattr(entry, "date", None) is not None,
            links=_visible_links(links, url, is_title_link=not story),
            related=related,
            source=entry.source or "",
            inferred=_describe_fields(entry.inferred),
            inferred_facts=_describe_fields(name for name in entry.inferred if name not in _LINK_FIELDS),
            missing=self._missing_dates(entry),
            evidence_years=order.evidence_years(entry, self.record)
            if isinstance(entry, models.Engagement)
            else None,
            lang=entry.lang or "",
            title_runs=visible_runs(entry.title_runs)
            if isinstance(entry, models.Publication)
            else (Run(title),),
        )

    def _when(self, entry: models.Fact) -> When:
        words, datetime = date_texts(entry)
        when = When(words, datetime)
        if not isinstance(entry, models.Period):
            return when
        if not isinstance(entry, models.Engagement):
            return when._replace(duration=entry.format_duration())
        neighbours = () if words else tuple(self._neighbours(entry))
        return when._replace(duration=entry.format_duration(), neighbours=neighbours)

    def _missing_dates(self, entry: models.Fact) -> tuple[str, ...]:
        """Return the parts of an entry's date that are not on record: ``date``, ``start`` or ``end``."""
        if kind_name(entry) not in self._dated_kinds:
            return ()
        if isinstance(entry, models.Period) and (entry.start or entry.end or entry.ongoing):
            ends = {"start": entry.has_unknown_start, "end": entry.has_unknown_end}
            return tuple(name for name, is_unknown in ends.items() if is_unknown)
        return () if date_texts(entry)[0] else ("date",)

    def _neighbours(self, entry: models.Engagement) -> Iterable[Neighbour]:
        engagements = self.record.order.entries
        for word, own_end, far_end in (("after", "newer", "older"), ("before", "older", "newer")):
            for edge in self._edges:
                if getattr(edge, own_end) == entry.id:
                    inferred = is_inferred(engagements[edge.stated_by], edge.field)
                    yield Neighbour(word, self.links.reference(getattr(edge, far_end)), inferred)

    def _related(self, entry: Entry) -> tuple[tuple[str, tuple[Reference, ...]], ...]:
        grouped = groupby(self.links.references_from(entry.id), key=lambda reference: reference.kind)
        return tuple((self._titles[kind], tuple(references)) for kind, references in grouped)


def is_summarized(kind: str, layout: Layout, count: int, *, has_page: bool) -> bool:
    """Return whether the timeline leaves the entries of a kind to their pages.

    It always lists roles and education, and never posts.
    """
    return kind == POSTS.name or (has_page and count > _MAX_LISTED and layout != "engagements")


def list_tags(record: Record) -> dict[str, Tag]:
    """Return the tags by which the page of projects filters, by name, the most used first.

    These are the tags that several projects have. There is no filter if the projects are few, or have a
    single such tag.
    """
    projects = record.all_projects.values()
    counts = Counter(tag for project in projects for tag in dict.fromkeys(project.tags))
    shared = {name: count for name, count in counts.items() if count > 1}
    if len(projects) < _FEWEST_FILTERED or len(shared) < _FEWEST_TAGS:
        return {}
    slugs = distinct_slugs(shared)
    names = sorted(shared, key=lambda name: (-shared[name], i18n.sort_key(name)))
    return {name: Tag(name, slugs[name], shared[name]) for name in names}


def _visible_links(
    links: list[tuple[str, str]], url: str, *, is_title_link: bool
) -> tuple[tuple[str, str], ...]:
    """Return the links below the title of an entry, with its own URL unless the title links to that."""
    if is_title_link:
        return tuple((label, link) for label, link in links if link != url)
    is_labelled = not url or any(link == url for _, link in links)
    return tuple(links) if is_labelled else ((_(_WEBSITE), url), *links)


def has_dates(model: type[Entry]) -> bool:
    """Return whether entries of a model can have dates."""
    return "date" in model.model_fields


def is_inferred(entry: models.Fact, name: str) -> bool:
    """Return whether a field of an entry is inferred rather than stated."""
    return bool({"*", name} & set(entry.inferred))


def date_texts(entry: Entry) -> tuple[str, str]:
    """Return the date of an entry in words and as ISO 8601; both empty if no date is known.

    The words do not say that a date is inferred; see `marked_date`. The ISO date is empty unless the date is
    exact and stated.
    """
    if isinstance(entry, models.Period):
        text = entry.format_dates()
        days = [entry.date] if entry.date is not None else []
        texts = [text] if text else []
    else:
        days = order.entry_dates(entry)
        texts = list(dict.fromkeys(dates.format_date(when) for when in days))
    iso_dates = {dates.html_datetime(when) for when in days}
    is_stated = not (isinstance(entry, models.Fact) and is_inferred(entry, "date"))
    return _("; ").join(texts), iso_dates.pop() if len(iso_dates) == 1 and is_stated else ""


def marked_date(entry: models.Fact) -> str:
    """Return the date of an entry in words, which say if it is inferred; for exports."""
    words, _iso = date_texts(entry)
    return _("%(date)s (inferred)", date=words) if words and is_inferred(entry, "date") else words


def _link_fields(entry: Entry) -> tuple[str, ...]:
    """The fields of an entry with ids of linked entries; related posts of a post are not among them."""
    if isinstance(entry, models.Post):
        return ("about",)
    return tuple(name for name in ("evidence", "related") if name in type(entry).model_fields)


def _heading(kind: Kind, entry: Entry) -> tuple[str, bool]:
    """Return the heading of an entry's group, and whether it is a year or 'Present'.

    The heading is the employer or school, or the year in which the entry ended: in words if it is not exact.
    """
    if kind.layout == "engagements":
        return kind.organisation_of(entry), False
    days = order.entry_dates(entry) if has_dates(kind.model) else []
    newest = max(days, key=order.newest_last, default=None)
    if newest is None:
        return "", False
    if isinstance(newest, dates.Interval) and newest.open_end:
        return _("Present"), True
    last = order.last_point(newest)
    if isinstance(last, dates.SingleDate) and last.exact:
        return str(last.latest.year), True
    return dates.format_date(last or newest), False


def _describe_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Return fields of an entry in words, without repetition."""
    fields = [*names]
    if "*" in fields:
        return (_("all of this"),)
    # Others, such as the fields of BibTeX, have no words of their own.
    return tuple(dict.fromkeys(_(_FIELD_WORDS[name]) if name in _FIELD_WORDS else name for name in fields))


def _occasion(appearance: models.Appearance) -> Occasion:
    when = When("")
    if appearance.date is not None:
        when = When(dates.format_date(appearance.date), dates.html_datetime(appearance.date))
    return Occasion(appearance.event or "", when, appearance.location or "", appearance.url or "")
