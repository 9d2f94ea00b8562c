"""JSON Resume (jsonresume.org, schema 1.x): ``/resume.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from portfolio.core.diagnostics import ExportLoss
from portfolio.core.runs import parse_markdown, plain_text
from portfolio.record import dates
from portfolio.record.models import Appearance, Education, Engagement, Publication, Role, Software, Talk
from portfolio.record.people import Place, Profile, detail_losses
from portfolio.timeline import dropped_fields, iso_dates
from portfolio.timeline.iso_dates import IsoDate
from portfolio.timeline.views import Portfolio

EXPORT = "resume.json"
Data = dict[str, Any]


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the file."""
    return json.dumps(build_resume(portfolio, profile)[0], ensure_ascii=False, indent=2) + "\n"


def build_resume(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """Return the whole record as JSON Resume, and what that cannot express.

    Dates are ISO 8601, as far as they are certain. A start without an end is only written for what is
    stated to be ongoing, since readers of the format interpret it so. The format has no talks: they are
    projects of the type ``talk``, with their occasions as highlights.
    """
    losses: list[ExportLoss] = []
    converters: dict[str, Callable[..., Data]] = {
        "roles": _role,
        "education": _education,
        "publications": _publication,
        "software": _software,
        "talks": _talk,
    }
    items = {
        kind: [drop_empty(convert(entry, profile, losses)) for entry in portfolio.entries(kind)]
        for kind, convert in converters.items()
    }
    for kind in items:
        exported = zip(portfolio.entries(kind), items[kind], strict=True)
        losses += dropped_fields.dropped_field_losses(EXPORT, exported, profile)
    losses += detail_losses(EXPORT, profile, "other_names", "pronunciation", "pronouns", "picture_alt")
    basics = {
        "name": profile.name,
        "label": profile.details.headline or iso_dates.current_position(portfolio),
        "image": profile.picture_url,
        "email": profile.email_for("exports"),
        "phone": profile.phone_for("exports"),
        "url": profile.url,
        "summary": to_plain_text(profile.details.summary, profile),
        "location": _location(profile),
        "profiles": [
            {"network": account.name, "username": account.username, "url": account.url}
            for account in profile.accounts
        ],
    }
    return {
        "basics": drop_empty(basics),
        "work": items["roles"],
        "education": items["education"],
        "publications": items["publications"],
        "projects": items["software"] + items["talks"],
        "meta": drop_empty({"canonical": profile.absolute(EXPORT), "version": "v1.0.0"}),
    }, losses


def to_plain_text(text: str | None, profile: Profile) -> str:
    """Return a text with inline Markdown as plain text, with the URLs of its links."""
    return plain_text(profile.absolute_links(parse_markdown(text or "")), with_urls=True)


def format_occasion(appearance: Appearance) -> str:
    """Format an occasion of a talk as one line: ``Event, Place, 4 May 2021``."""
    when = dates.format_date(appearance.date) if appearance.date is not None else ""
    return ", ".join(part for part in (appearance.event, appearance.location, when) if part)


def drop_empty(data: Data) -> Data:
    """Drop the keys whose values are empty, at all levels."""
    return {key: filled for key, value in data.items() if (filled := _drop_empty_within(value))}


def _drop_empty_within(value: Any) -> Any:
    if isinstance(value, dict):
        return drop_empty(value)
    return [_drop_empty_within(item) for item in value] if isinstance(value, list) else value


def _location(profile: Profile) -> Data:
    place = profile.details.location
    if isinstance(place, Place):
        return {"city": place.city, "countryCode": place.country_code, "region": place.region}
    return {"address": place}


def _role(entry: Role, profile: Profile, losses: list[ExportLoss]) -> Data:
    return {
        "name": entry.company,
        "position": entry.position,
        "location": entry.location,
        "url": profile.absolute(entry.url),
        **_engagement(entry, profile, losses),
    }


def _education(entry: Education, profile: Profile, losses: list[ExportLoss]) -> Data:
    return {
        "institution": entry.institution,
        "location": entry.location,
        "url": profile.absolute(entry.url),
        "area": entry.area,
        "studyType": entry.degree,
        **_engagement(entry, profile, losses),
    }


def _engagement(entry: Engagement, profile: Profile, losses: list[ExportLoss]) -> Data:
    start, end = iso_dates.convert_start_and_end(entry)
    if entry.ongoing and not start.iso:
        message = "that it is ongoing is left out: the format expresses it by a start without an end."
        losses.append(ExportLoss(EXPORT, entry.id, message))
    return {
        **_dates(entry.id, start, end, losses),
        "summary": to_plain_text(entry.summary, profile),
        "highlights": [to_plain_text(text, profile) for text in entry.highlights],
    }


def _publication(entry: Publication, profile: Profile, losses: list[ExportLoss]) -> Data:
    date = iso_dates.entry_date(entry)
    losses += iso_dates.date_losses(EXPORT, entry.id, date)
    return {
        "name": entry.title,
        "publisher": entry.venue,
        "releaseDate": date.iso,
        "url": dropped_fields.publication_url(entry, profile),
        "summary": entry.abstract,
    }


def _software(entry: Software, profile: Profile, losses: list[ExportLoss]) -> Data:
    return {
        "name": entry.name,
        "description": to_plain_text(entry.summary, profile),
        **_dates(entry.id, *iso_dates.convert_start_and_end(entry), losses),
        "url": profile.absolute(entry.url),
        "roles": [entry.role] if entry.role else [],
        "type": "application",
    }


def _talk(entry: Talk, profile: Profile, losses: list[ExportLoss]) -> Data:
    date = iso_dates.entry_date(entry)  # The start and the end, since a talk is never ongoing.
    return {
        "name": entry.title,
        "description": to_plain_text(entry.summary, profile),
        "highlights": [text for text in map(format_occasion, entry.appearances) if text],
        **_dates(entry.id, date, date, losses),
        "url": profile.absolute(entry.url or entry.slides or entry.video),
        "type": "talk",
    }


def _dates(id: str, start: IsoDate, end: IsoDate, losses: list[ExportLoss]) -> Data:
    losses += iso_dates.date_losses(EXPORT, id, start, end)
    return {"startDate": start.iso, "endDate": end.iso}
