"""Converts entries to the keys of a format, as their kinds declare, and finds the fields that it leaves out.

A mapping (see `record.kinds.Export`) has names of fields, and how a value is written follows from them: URLs
become absolute, texts with inline Markdown get the notation of the format, BibTeX's names become people, and
appearances one line each. Besides, there are the names

- ``start``, ``end`` and ``date``: the dates as far as they are certain and stated, in ISO 8601
- ``when``: the dates in the words of the site
- ``title``: the title, whatever the kind calls it
- ``facts``: what the kind names as facts, without the location
- ``links``: the links that the kind names, each with its label
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolio.core.diagnostics import NO_ROOM, ExportLoss
from portfolio.core.runs import Run, Runs, parse_markdown, plain_text
from portfolio.record import dates, models, order, people
from portfolio.record.kinds import PROJECTS, Entry, Kind, kind_name
from portfolio.record.models import Appearance, Fact, Publication, arxiv_url, doi_url
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates
from portfolio.timeline.iso_dates import IsoDate
from portfolio.timeline.views import Portfolio, marked_date

Data = dict[str, Any]

_STYLED_FIELDS = {"summary", "highlights"}
_NAME_FIELDS = models.NAME_FIELDS | {"inventors"}
# Fields of which each value is an item of a list; the values of all others are one item.
_ITEM_FIELDS = {"highlights", "appearances"}
_DATE_NAMES = {"start", "end", "date", "when"}
# Fields about the record itself, and fields with losses of their own: dates, inferences, further authors.
_IGNORED = set(
    "id basis source lang selected authors fields date start_date end_date year month day crossref key "
    "archiveprefix eprinttype appearances related project image_alt".split()
)
# Fields that exports may write as a URL.
_NUMBER_URLS = {"doi": doi_url, "eprint": arxiv_url, "arxiv": arxiv_url}


def write_plain_text(runs: Runs) -> str:
    """Return styled text as plain text, with the URLs of its links."""
    return plain_text(runs, with_urls=True)


def format_group(keywords: Iterable[str], facts: Iterable[str]) -> str:
    """Format what is known of a group besides its name: ``Python, SQL (expert)``."""
    words, level = ", ".join(keywords), ", ".join(facts)
    return f"{words} ({level})" if words and level else words or level


def list_names(names: str) -> list[str]:
    """Return the names in a text of BibTeX, in reading order."""
    return [person.name for person in people.parse_authors(names)]


@dataclass
class EntryConverter:
    """Converts the entries of an export, and collects what that leaves out.

    ``write_text`` and ``write_names`` write styled text and BibTeX's names. ``writes_dates`` is false for a
    format that gets its dates from elsewhere.
    """

    export: str
    profile: Profile
    write_text: Callable[[Runs], Any] = write_plain_text
    write_names: Callable[[str], Any] = list_names
    writes_dates: bool = True
    losses: list[ExportLoss] = field(default_factory=list)
    _converted: list[tuple[Entry, Data]] = field(default_factory=list)

    def convert(
        self, kind: Kind, entry: Fact, mapping: Mapping[str, tuple[str, ...]], lists: Collection[str] = ()
    ) -> Data:
        """Return the keys of a mapping that have a value for an entry.

        The keys ``lists`` have lists. In these, several values of a field such as tags are one item, a list.
        What is removed from the result is a loss.
        """
        dates_by_name = self._dates(entry, {name for names in mapping.values() for name in names})
        data: Data = {}
        for key, names in mapping.items():
            values = [
                (name, value)
                for name in names
                if (value := dates_by_name.get(name) or self._value(kind, entry, name))
            ]
            if key in lists:
                data[key] = [
                    item for name, value in values for item in (value if name in _ITEM_FIELDS else [value])
                ]
            elif values:
                data[key] = values[0][1]
        data = drop_empty(data)
        self._converted.append((entry, data))
        return data

    def add(self, entry: Fact, data: Data, *converted_dates: IsoDate) -> None:
        """Add an entry that is converted without a mapping."""
        self._converted.append((entry, data))
        self.losses += iso_dates.date_losses(self.export, entry.id, *converted_dates)

    def all_losses(self, otherwise: Collection[str] = ()) -> list[ExportLoss]:
        """Return what is left out. ``otherwise`` are fields that the export has in another form."""
        dropped = dropped_field_losses(self.export, self._converted, self.profile, otherwise=otherwise)
        return [*self.losses, *dropped]

    def _dates(self, entry: Fact, names: Collection[str]) -> dict[str, str]:
        """The dates that a mapping names; their losses are added."""
        used = _DATE_NAMES.intersection(names)
        converted = {}
        if used & {"start", "end"}:
            converted = dict(zip(("start", "end"), iso_dates.convert_start_and_end(entry), strict=True))
        if "date" in used:
            converted["date"] = iso_dates.entry_date(entry)
        self.losses += iso_dates.date_losses(self.export, entry.id, *converted.values())
        words = marked_date(entry)
        if words and not used and self.writes_dates:
            self.losses.append(ExportLoss(self.export, f"{kind_name(entry)}.date", NO_ROOM))
        return {"when": words, **{name: converted[name].iso for name in converted}}

    def _value(self, kind: Kind, entry: Fact, name: str) -> Any:
        if name in _DATE_NAMES:
            return None
        if name == "facts":
            facts = (getattr(entry, fact) for fact in kind.facts if fact != "location")
            return [str(fact) for fact in facts if fact]
        if name == "links":
            links = (
                (label, self.profile.absolute(getattr(entry, link))) for link, label in kind.links.items()
            )
            return [self.write_text((Run(label, url=url),)) for label, url in links if url]
        value = getattr(entry, kind.title_field if name == "title" else name, None)
        if not value:
            return None
        if name == "appearances":
            # A single date is that of the entry.
            is_date = len(value) == 1 and not (value[0].event or value[0].location)
            return [] if is_date else [text for text in map(_format_occasion, value) if text]
        if _is_url(name):
            return self.profile.absolute(value)
        if name in _STYLED_FIELDS:
            texts = (value,) if isinstance(value, str) else value
            written = [self.write_text(self.profile.absolute_links(parse_markdown(text))) for text in texts]
            return written[0] if isinstance(value, str) else written
        if name in _NAME_FIELDS:
            return self.write_names(value)
        return list(value) if isinstance(value, tuple) else value


def list_entries(portfolio: Portfolio) -> list[tuple[Kind, list[Fact]]]:
    """Return the kinds that have entries, without posts: each with its entries, newest first."""
    kinds = (
        (kind, [entry for entry in portfolio.entries(kind.name) if isinstance(entry, Fact)])
        for kind in portfolio.record.kinds
    )
    return [(kind, entries) for kind, entries in kinds if entries]


def list_entries_on_page(portfolio: Portfolio, kind: str) -> list[Fact]:
    """Return the entries of a page that lists a kind; that of projects has some software as well."""
    if kind == PROJECTS:
        return [*order.sort_newest_first(portfolio.record.all_projects.values())]
    is_kind = any(kind == known.name for known in portfolio.record.kinds)
    entries = portfolio.entries(kind) if is_kind else []
    return [entry for entry in entries if isinstance(entry, Fact)]


def drop_empty(data: Data) -> Data:
    """Drop the keys whose values are empty, at all levels."""
    return {key: filled for key, value in data.items() if (filled := _drop_empty_within(value))}


def _drop_empty_within(value: Any) -> Any:
    if isinstance(value, dict):
        return drop_empty(value)
    return [_drop_empty_within(item) for item in value] if isinstance(value, list) else value


def bibliography_entries(portfolio: Portfolio, profile: Profile) -> list[tuple[Fact, Publication]]:
    """Return the entries of a bibliography, newest first: each with the publication that describes it.

    Besides publications these are the entries of kinds that declare how BibTeX has them.
    """
    kinds = [kind for kind in portfolio.record.kinds if kind.bibliography or kind.model is Publication]
    entries = (entry for kind in kinds for entry in portfolio.record[kind.name] if isinstance(entry, Fact))
    return [
        (entry, entry if isinstance(entry, Publication) else _as_publication(portfolio, entry, profile))
        for entry in order.sort_newest_first(entries)
    ]


def _as_publication(portfolio: Portfolio, entry: Fact, profile: Profile) -> Publication:
    mapping = portfolio.record.kind_of(entry).bibliography
    assert mapping is not None
    fields = {}
    for key, names in mapping.fields.items():
        text = next((str(text) for name in names if (text := getattr(entry, name))), "")
        if _STYLED_FIELDS.intersection(names):
            text = write_plain_text(profile.absolute_links(parse_markdown(text)))
        if text:
            fields[key] = text
    return Publication(
        id=models.citation_key_from(entry.id),
        type=mapping.type,
        title=fields["title"],
        author=fields.get("author", ""),
        date=getattr(entry, "date", None),
        url=fields.get("url"),
        abstract=fields.get("abstract"),
        basis=entry.basis,
        fields=tuple(fields.items()),
    )


def publication_url(entry: Publication, profile: Profile) -> str:
    """Return the URL of a publication: its own, else that of its DOI or its arXiv number."""
    return profile.absolute(entry.url) or doi_url(entry.doi) or arxiv_url(entry.arxiv)


def dropped_field_losses(
    export: str, exported: Iterable[tuple[Entry, Any]], profile: Profile, *, otherwise: Collection[str] = ()
) -> list[ExportLoss]:
    """Return a loss for each field of entries that is missing from their exported data.

    ``exported`` has the entries with their data in the export, before serialisation. ``otherwise`` are fields
    that the export contains in another form.
    """
    dropped: set[str] = set()
    for entry, data in exported:
        present = set(_texts(data))
        names = {name for name, forms in _fields(entry, profile) if not forms & present}
        dropped |= {f"{kind_name(entry)}.{name}" for name in names.difference(_IGNORED, otherwise)}
    return [ExportLoss(export, name, NO_ROOM) for name in sorted(dropped)]


def _fields(entry: Entry, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    """The texts of an entry: each with the name of its field, in all forms that an export may use."""
    titles: dict[str, str] = {}
    if isinstance(entry, Publication):
        # Under their BibTeX names.
        values: dict[str, Any] = dict(entry.fields)
        for title, subtitle in models.SUBTITLES.items():
            if values.get(subtitle):
                titles |= dict.fromkeys((title, subtitle), models.full_title(values, title))
        number = {"eprint", "arxiv"} & values.keys()
        values |= {"doi": entry.doi, **dict.fromkeys(number, entry.arxiv or values.get("eprint"))}
    else:
        values = {name: getattr(entry, name) for name in type(entry).model_fields}
    for name, value in values.items():
        if name not in _IGNORED:
            for text in value if isinstance(value, tuple) else [value]:
                for part, forms in _forms(name, text, profile) if text else ():
                    # A title may be exported together with its subtitle.
                    yield part, forms | {titles.get(name, "")} - {""}
    for appearance in getattr(entry, "appearances", ()):
        if appearance.url:
            yield "appearances.url", {appearance.url, profile.absolute(appearance.url)}


def _forms(name: str, text: Any, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    if name in _NAME_FIELDS:
        yield from ((name, {person.name, person.family}) for person in people.parse_authors(text))
    elif not _is_url(name):
        to_url = _NUMBER_URLS.get(name, str)
        forms = {text, to_url(text)}
        if name in _STYLED_FIELDS:
            forms.add(write_plain_text(profile.absolute_links(parse_markdown(text))))
        yield name, forms
    # If the site has no URL (as in a check), a path of this site cannot be exported.
    elif url := profile.absolute(text):
        yield name, {text, url}


def _is_url(name: str) -> bool:
    return name in models.URL_FIELDS or name.endswith("_url")


def _texts(data: Any) -> Iterator[str]:
    """All texts in a JSON value, and those of styled text."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, tuple):
        yield write_plain_text(data)
        yield from (run.url for run in data if run.url)
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
    elif isinstance(data, dict):
        yield from _texts(list(data.values()))


def _format_occasion(appearance: Appearance) -> str:
    """Format an occasion of a talk as one line: ``Event, Place, 4 May 2021``."""
    when = dates.format_date(appearance.date) if appearance.date is not None else ""
    return ", ".join(part for part in (appearance.event, appearance.location, when) if part)
