"""CSL-JSON (citationstyles.org, schema 1.0): ``/publications.json``."""

from __future__ import annotations

import json
from typing import Any

from portfolio.core.diagnostics import ExportLoss
from portfolio.record import dates, people
from portfolio.record.dates import SEASONS, EdtfDate, Interval, Point, Precision, SingleDate
from portfolio.record.models import Publication, classify_publication
from portfolio.record.people import Profile
from portfolio.timeline import dropped_fields
from portfolio.timeline.views import Portfolio, is_inferred

EXPORT = "publications.json"
Data = dict[str, Any]

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
# In BibTeX, who published a work, and what contains it.
_PUBLISHERS = ("publisher", "organization", "institution", "school")
_CONTAINERS = ("journal", "journaltitle", "booktitle")
_PLAIN = {
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
    "annote": "annote",
    "keywords": "keyword",
    "language": "language",
    "shorttitle": "title-short",
    "pubstate": "status",
    "type": "genre",
}
_OTHER_NAMES = ("editor", "translator")
# What has a number of its own rather than being in an issue that has one.
_NUMBERED = {"report", "patent", "thesis"}


def render(portfolio: Portfolio, profile: Profile) -> str:
    """The text of the file."""
    return json.dumps(items(portfolio, profile)[0], ensure_ascii=False, indent=2) + "\n"


def items(portfolio: Portfolio, profile: Profile) -> tuple[list[Data], list[ExportLoss]]:
    """All publications, newest first, and what the format cannot say."""
    entries = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    made = [_item(entry, profile) for entry in entries]
    unsaid_fields = dropped_fields.dropped_field_losses(EXPORT, zip(entries, made, strict=True), profile)
    return made, [*people.author_losses(EXPORT, entries), *unsaid_fields]


def date(when: EdtfDate, *, inferred: bool) -> Data:
    """A date variable: ``date-parts``, with ``circa`` for what is about; else words, as ``literal``."""
    points = [when.start, when.end] if isinstance(when, Interval) else [when]
    parts = [_parts(point) for point in points]
    said = dates.format_date(when)
    if inferred or not all(parts):
        return {"literal": f"{said} (inferred)" if inferred else said}
    moments = [point for point in points if isinstance(point, SingleDate)]
    data: Data = {"date-parts": parts}
    if any(moment.approximate for moment in moments):
        data["circa"] = True
    if len(moments) == 1 and moments[0].precision is Precision.SEASON:
        data["season"] = int(moments[0].text[5:7]) - min(SEASONS) + 1
    return data


def _item(entry: Publication, profile: Profile) -> Data:
    fields = dict(entry.fields)
    # CSL's "article" is a preprint.
    kind = "article" if classify_publication(entry) == "preprints" else _TYPES.get(entry.type, "document")
    container = next((fields[name] for name in _CONTAINERS if fields.get(name)), None)
    data = {
        "id": entry.id,
        "type": kind,
        "title": entry.title,
        "author": [_name(person) for person in people.parse_authors(entry.author)],
        "issued": date(entry.date, inferred=is_inferred(entry, "date")) if entry.date is not None else None,
        "container-title": container,
        "publisher": entry.venue
        if entry.venue != container
        else next((fields[name] for name in _PUBLISHERS if fields.get(name)), None),
        "DOI": entry.doi,
        "URL": profile.absolute(entry.url),
        "archive": "arXiv" if entry.arxiv else None,
        "archive_location": entry.arxiv,
        "abstract": entry.abstract,
        **{name: [_name(one) for one in people.parse_authors(fields.get(name, ""))] for name in _OTHER_NAMES},
        **{name: fields[field] for field, name in _PLAIN.items() if fields.get(field)},
        "number" if kind in _NUMBERED else "issue": fields.get("number"),
    }
    return {key: value for key, value in data.items() if value}


def _name(person: people.Person) -> dict[str, str]:
    if not person.given:
        return {"literal": person.name}
    named = {
        "family": person.family,
        "given": person.given,
        "non-dropping-particle": person.particle,
        "suffix": person.suffix,
    }
    return {key: value for key, value in named.items() if value}


def _parts(point: Point | None) -> list[int]:
    """Year, month and day as far as they are given; empty for what date-parts cannot say."""
    if not isinstance(point, SingleDate) or point.uncertain or point.precision < Precision.YEAR:
        return []
    day = point.earliest
    count = {Precision.DAY: 3, Precision.MONTH: 2}.get(point.precision, 1)
    return [day.year, day.month, day.day][:count]
