"""Publications as CSL-JSON (schema 1.0): the export ``/publications.json``, and the items that pages cite.

`export_items` uses all that the format can express. `reference_items` changes what CSL styles do not handle:
not every style prints an uncertain date, a season or further authors, so these become words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from portfolio.citations.csl import STYLED_TITLE, CslItem
from portfolio.core.diagnostics import ExportLoss
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import RUN_STYLES, Run, mark_up, visible_runs
from portfolio.record import dates, models, order, people
from portfolio.record.dates import SEASONS, EdtfDate, Interval, Point, Precision, SingleDate
from portfolio.record.models import Publication, arxiv_url, classify_publication
from portfolio.record.people import Person, Profile
from portfolio.timeline.exported_fields import bibliography_entries, dropped_field_losses
from portfolio.timeline.views import Portfolio, is_inferred

EXPORT = "publications.json"

_TYPES = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "manual": "report",
    "mastersthesis": "thesis",
    "online": "webpage",
    "patent": "patent",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "software": "software",
    "techreport": "report",
    "thesis": "thesis",
}
# BibTeX's fields for what contains a work.
_CONTAINERS = ("journal", "journaltitle", "booktitle")
_VARIABLES = {
    "volume": "volume",
    "pages": "page",
    "edition": "edition",
    "isbn": "ISBN",
    "issn": "ISSN",
    "series": "collection-title",
    "address": "publisher-place",
    "location": "publisher-place",
    "chapter": "chapter-number",
    "version": "version",
    "note": "note",
    "keywords": "keyword",
    "language": "language",
    "shorttitle": "title-short",
    "pubstate": "status",
    "type": "genre",
}
_OTHER_ROLES = ("editor", "translator")
# Types with a number of their own; for all others BibTeX's number is that of an issue.
_NUMBERED_TYPES = {"report", "patent", "thesis"}
# The names of kinds of theses and reports; BibLaTeX uses keys for them.
_GENRES = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master’s thesis",
    "mathesis": "Master’s thesis",
    "techreport": "Technical report",
}
# The HTML of styled text in CSL-JSON.
_STYLES = {
    "italic": ("<i>", "</i>"),
    "bold": ("<b>", "</b>"),
    "subscript": ("<sub>", "</sub>"),
    "superscript": ("<sup>", "</sup>"),
    "small_caps": ('<span style="font-variant:small-caps;">', "</span>"),
    "keep_case": ('<span class="nocase">', "</span>"),
}


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the export."""
    return json.dumps(export_items(portfolio, profile)[0], ensure_ascii=False, indent=2) + "\n"


def export_items(portfolio: Portfolio, profile: Profile) -> tuple[list[CslItem], list[ExportLoss]]:
    """Convert the entries of `biblatex.bibliography`; also return what the format cannot express."""
    entries = bibliography_entries(portfolio, profile)
    items = [_item(work, profile) for _, work in entries]
    exported = [(entry, item) for (entry, _work), item in zip(entries, items, strict=True)]
    dropped = dropped_field_losses(EXPORT, exported, profile)
    for (_entry, work), item in zip(entries, items, strict=True):
        item["title"] = mark_up(work.title_runs, _STYLES, str)
        if people.has_unnamed_authors(work.author):
            # As Pandoc and Zotero write BibTeX's "and others".
            item["author"] = [*item.get("author", ()), {"literal": "others"}]
    losses = people.author_losses(EXPORT, [work for _, work in entries], names_others=True)
    return items, [*losses, *dropped]


def reference_items(publications: Iterable[Publication], profile: Profile) -> list[CslItem]:
    """Convert publications to items that any CSL style formats without loss, newest first."""
    by_id = {publication.id: publication for publication in publications}
    items = []
    for publication in order.sort_newest_first(by_id.values()):
        item = _item(publication, profile)
        items.append(item)
        title = visible_runs(publication.title_runs)
        if title != (Run(publication.title),):
            item[STYLED_TITLE] = [
                [run.text, [style for style in RUN_STYLES if getattr(run, style)]] for run in title
            ]
        if publication.date is not None:
            item["issued"] = _reference_date(publication.date)
        if item["type"] == "article-journal" and not item.keys() & {"volume", "page"}:
            # Styles print an article without a volume as a preprint.
            item["type"] = "article-magazine"
        fields = dict(publication.fields)
        roles = {"author": publication.author, **{role: fields.get(role, "") for role in _OTHER_ROLES}}
        for role, text in roles.items():
            if names := _reference_names(text, item.get(role, ())):
                item[role] = names
        genre = _GENRES.get(item.get("genre", publication.type), item.get("genre"))
        if genre:
            item["genre"] = genre
        if publication.arxiv and not item.keys() & {"container-title", "publisher"}:
            item["publisher"] = f"arXiv:{publication.arxiv}"
            if not item.keys() & {"URL", "DOI"}:
                item["URL"] = arxiv_url(publication.arxiv)
    return items


def _date_variable(when: EdtfDate, *, inferred: bool) -> CslItem:
    """Convert a date to ``date-parts``, with ``circa`` if it is approximate, else to ``literal`` words."""
    points = [when.start, when.end] if isinstance(when, Interval) else [when]
    parts = [_date_parts(point) for point in points]
    if inferred or not all(parts):
        words = dates.format_date(when)
        return {"literal": f"{words} (inferred)" if inferred else words}
    single = [point for point in points if isinstance(point, SingleDate)]
    data: CslItem = {"date-parts": parts}
    if any(point.approximate for point in single):
        data["circa"] = True
    if len(single) == 1 and single[0].precision is Precision.SEASON:
        data["season"] = int(single[0].text[5:7]) - min(SEASONS) + 1
    return data


def _date_parts(point: Point | None) -> list[int]:
    """Return the known parts of a date, year first; empty for what ``date-parts`` cannot express."""
    if not isinstance(point, SingleDate) or point.uncertain or point.precision < Precision.YEAR:
        return []
    count = {Precision.DAY: 3, Precision.MONTH: 2}.get(point.precision, 1)
    return list(point.earliest.timetuple()[:count])


def _reference_date(when: EdtfDate) -> CslItem:
    """Convert a date to ``date-parts`` if it is exact, else to words: not how it is known."""
    iso = dates.html_datetime(when)
    if not iso:
        return {"literal": dates.format_date(when)}
    return {"date-parts": [[int(part) for part in iso.split("-")]]}


def _item(entry: Publication, profile: Profile) -> CslItem:
    fields = dict(entry.fields)
    # CSL's "article" is a preprint.
    kind = "article" if classify_publication(entry) == "preprints" else _TYPES.get(entry.type, "document")
    container = next((models.full_title(fields, name) for name in _CONTAINERS if fields.get(name)), None)
    inferred = is_inferred(entry, "date")
    data = {
        "id": entry.id,
        "type": kind,
        "title": entry.title,
        "author": [_name(person) for person in people.parse_authors(entry.author)],
        "issued": _date_variable(entry.date, inferred=inferred) if entry.date is not None else None,
        "container-title": container,
        "publisher": entry.venue
        if entry.venue != container
        else models.first_text(fields, models.PUBLISHER_FIELDS),
        "DOI": entry.doi,
        "URL": profile.absolute(entry.url),
        "archive": "arXiv" if entry.arxiv else None,
        "archive_location": entry.arxiv,
        "abstract": entry.abstract,
        **{
            role: [_name(person) for person in people.parse_authors(fields.get(role, ""))]
            for role in _OTHER_ROLES
        },
        **{variable: fields[field] for field, variable in _VARIABLES.items() if fields.get(field)},
        "number" if kind in _NUMBERED_TYPES else "issue": fields.get("number"),
    }
    return {key: value for key, value in data.items() if value}


def _name(person: Person) -> dict[str, str]:
    if not person.given:
        return {"literal": person.name}
    parts = {
        "family": person.family,
        "given": person.given,
        "non-dropping-particle": person.particle,
        "suffix": person.suffix,
    }
    return {key: value for key, value in parts.items() if value}


def _reference_names(text: str, names: Iterable[CslItem]) -> list[CslItem]:
    result = [_reference_name(*pair) for pair in zip(names, people.parse_authors(text), strict=True)]
    # Styles have no word for further authors, so "others" becomes one of the names.
    return [*result, {"literal": _("others")}] if people.has_unnamed_authors(text) else result


def _reference_name(name: CslItem, person: Person) -> CslItem:
    """Write a name in a script without capitals as a whole: it has no initials, and an order of its own."""
    whole = f"{person.given}{person.family}"
    if not person.given or whole.upper() != whole.lower():
        return name
    return {"literal": person.name}
