"""RenderCV's input (2.3 to 2.8): ``/cv.yaml``."""

from __future__ import annotations

from typing import Any

import yaml

from portfolio.core.diagnostics import ExportLoss
from portfolio.exports.json_resume import occasion
from portfolio.record import people
from portfolio.record.models import Education, Engagement, Publication, Role, Software, Talk
from portfolio.record.people import Profile
from portfolio.timeline import dropped_fields, iso_dates
from portfolio.timeline.views import Portfolio, date_texts

EXPORT = "cv.yaml"
Data = dict[str, Any]

_SECTIONS = {
    "roles": "Experience",
    "education": "Education",
    "publications": "Publications",
    "talks": "Talks",
    "software": "Software",
}
# Addresses, in which RenderCV looks for no marks.
_AS_WRITTEN = {"url", "doi", "details"}


def render(portfolio: Portfolio, profile: Profile) -> str:
    """The text of the file."""
    data = cv(portfolio, profile)[0]
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def cv(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """The record as RenderCV has it, and what that cannot say.

    ``start_date`` and ``end_date`` stand only where both are sure: RenderCV takes a missing end for the
    present, and an end without a start for one day. Any other date is free text, in the words of the site.
    """
    notes: list[ExportLoss] = []
    sections: Data = {
        "Experience": [
            {"company": entry.company, "position": entry.position, **_engagement(entry, profile)}
            for entry in portfolio.entries("roles")
            if isinstance(entry, Role)
        ],
        "Education": [
            _given({"institution": entry.institution, "area": entry.area, "degree": entry.degree})
            | _engagement(entry, profile)
            for entry in portfolio.entries("education")
            if isinstance(entry, Education)
        ],
        "Publications": [
            _publication(entry, profile, notes)
            for entry in portfolio.entries("publications")
            if isinstance(entry, Publication)
        ],
        "Talks": [_talk(entry, profile) for entry in portfolio.entries("talks") if isinstance(entry, Talk)],
        "Software": [
            _software(entry, profile)
            for entry in portfolio.entries("software")
            if isinstance(entry, Software)
        ],
        "Profiles": [{"label": one.name, "details": one.url} for one in profile.accounts if not one.network],
    }
    for kind, title in _SECTIONS.items():
        pairs = zip(portfolio.entries(kind), sections[title], strict=True)
        notes += dropped_fields.dropped_field_losses(EXPORT, pairs, profile)
    networks = [{"network": one.network, "username": one.username} for one in profile.accounts if one.network]
    whole = {
        "name": profile.name,
        "headline": iso_dates.current_position(portfolio),
        "website": profile.url,
        "social_networks": networks,
        "sections": _literal(_given(sections)),
    }
    return {"cv": _given(whole)}, notes


def _literal(told: Any, key: str = "") -> Any:
    """Texts of sections for RenderCV, to which asterisks are marks: it has an escape for these alone."""
    if isinstance(told, dict):
        return {name: _literal(value, name) for name, value in told.items()}
    if isinstance(told, list):
        return [_literal(value, key) for value in told]
    return told.replace("*", r"\*") if isinstance(told, str) and key not in _AS_WRITTEN else told


def _engagement(entry: Engagement, profile: Profile) -> Data:
    return _given(
        {
            **_span(entry),
            "location": entry.location,
            # RenderCV's own designs do not show it.
            "url": profile.absolute(entry.url),
            "summary": entry.summary,
            "highlights": list(entry.highlights),
        }
    )


def _span(entry: Engagement) -> Data:
    start, end = (
        iso_dates.exact_iso_date(entry.start),
        "present" if entry.ongoing else iso_dates.exact_iso_date(entry.end),
    )
    if iso_dates.has_inferred_date(entry) or not (start and end) or _starts_late(start, end):
        return {"date": iso_dates.describe_dates(entry)}
    if entry.start is entry.end:
        return {"date": _scalar(start)}
    return {"start_date": _scalar(start), "end_date": _scalar(end)}


def _starts_late(start: str, end: str) -> bool:
    """Whether RenderCV, which takes a year for its first of January, would find the end before the start."""
    first_day = "-01-01"
    return end != "present" and (start + first_day[len(start) - 4 :]) > (end + first_day[len(end) - 4 :])


def _publication(entry: Publication, profile: Profile, notes: list[ExportLoss]) -> Data:
    url = dropped_fields.publication_url(entry, profile)
    # RenderCV drops the address where there is a DOI, and takes no other than http addresses.
    doi = entry.doi if entry.doi and entry.doi.startswith("10.") else None
    if entry.authors == "partial":
        notes.append(ExportLoss(EXPORT, entry.id, people.MAY_BE_INCOMPLETE))
    return {
        "title": entry.title,
        "authors": [person.name for person in people.parse_authors(entry.author)]
        # What stands there is printed as it is.
        + (["et al."] if people.has_unnamed_authors(entry.author) else []),
        **_given(
            {
                "doi": doi,
                "url": url if url.startswith("http") and not doi else None,
                "journal": entry.venue,
                "date": _when(entry),
                "summary": entry.abstract,
            }
        ),
    }


def _talk(entry: Talk, profile: Profile) -> Data:
    return _given(
        {
            "name": entry.title,
            "date": _when(entry),
            "url": profile.absolute(entry.url or entry.slides or entry.video),
            "summary": entry.summary,
            "highlights": [text for text in map(occasion, entry.appearances) if text],
        }
    )


def _software(entry: Software, profile: Profile) -> Data:
    return _given(
        {
            "name": entry.name,
            "date": _when(entry),
            "url": profile.absolute(entry.url),
            "summary": entry.summary,
            "highlights": [entry.role] if entry.role else [],
        }
    )


def _when(entry: Publication | Talk | Software) -> str | int:
    """The date as RenderCV formats it where it is sure, else in words.

    Where the occasions of a talk have dates of their own, these will do.
    """
    said, iso = date_texts(entry)[0], iso_dates.exact_entry_date(entry)
    if iso or not isinstance(entry, Talk) or entry.date is not None:
        return _scalar(iso) if iso else said
    return ""


def _scalar(iso: str) -> str | int:
    """A year is a number to RenderCV; all else is text."""
    return int(iso) if len(iso) == len("2019") else iso


def _given(data: Data) -> Data:
    """Without what is empty."""
    return {key: value for key, value in data.items() if value}


class _Dumper(yaml.SafeDumper):
    """YAML without aliases, which few readers of a CV expect."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is the base class's
        return True
