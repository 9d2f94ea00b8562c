"""JSON Resume (jsonresume.org, schema 1.x): ``/resume.json``."""

from __future__ import annotations

import json
from typing import Any

from portfolio.core.diagnostics import ExportLoss
from portfolio.record import dates
from portfolio.record.models import Appearance, Education, Engagement, Publication, Role, Software, Talk
from portfolio.record.people import Profile
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
    writer = _Writer(profile)
    data: Data = {
        "basics": _basics(portfolio, profile),
        "work": [writer.role(entry) for entry in portfolio.entries_of(Role)],
        "education": [writer.education(entry) for entry in portfolio.entries_of(Education)],
        "publications": [writer.publication(entry) for entry in portfolio.entries_of(Publication)],
        "projects": [
            *(writer.software(entry) for entry in portfolio.entries_of(Software)),
            *(writer.talk(entry) for entry in portfolio.entries_of(Talk)),
        ],
        "meta": drop_empty({"canonical": profile.absolute(EXPORT), "version": "v1.0.0"}),
    }
    kinds: dict[str, tuple[str, ...]] = {
        "work": ("roles",),
        "education": ("education",),
        "publications": ("publications",),
    }
    kinds["projects"] = ("software", "talks")
    exported = [
        pair
        for key, names in kinds.items()
        for pair in zip(
            (entry for kind in names for entry in portfolio.entries(kind)), data[key], strict=True
        )
    ]
    return data, [*writer.losses, *dropped_fields.dropped_field_losses(EXPORT, exported, profile)]


def format_occasion(appearance: Appearance) -> str:
    """Format an occasion of a talk as one line: ``Event, Place, 4 May 2021``."""
    when = dates.format_date(appearance.date) if appearance.date is not None else ""
    return ", ".join(part for part in (appearance.event, appearance.location, when) if part)


def drop_empty(data: Data) -> Data:
    """Drop the keys whose values are empty."""
    return {key: value for key, value in data.items() if value}


class _Writer:
    """Converts entries, and collects the losses."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.losses: list[ExportLoss] = []

    def role(self, entry: Role) -> Data:
        return drop_empty(
            {
                "name": entry.company,
                "position": entry.position,
                "location": entry.location,
                "url": self.profile.absolute(entry.url),
                **self._engagement(entry),
            }
        )

    def education(self, entry: Education) -> Data:
        return drop_empty(
            {
                "institution": entry.institution,
                "location": entry.location,
                "url": self.profile.absolute(entry.url),
                "area": entry.area,
                "studyType": entry.degree,
                **self._engagement(entry),
            }
        )

    def publication(self, entry: Publication) -> Data:
        date = iso_dates.entry_date(entry)
        self._add_losses(entry.id, date)
        return drop_empty(
            {
                "name": entry.title,
                "publisher": entry.venue,
                "releaseDate": date.iso,
                "url": dropped_fields.publication_url(entry, self.profile),
                "summary": entry.abstract,
            }
        )

    def software(self, entry: Software) -> Data:
        start, end, ongoing = iso_dates.software_dates(entry)
        return drop_empty(
            {
                "name": entry.name,
                "description": entry.summary,
                **self._dates(entry.id, *iso_dates.drop_misleading_start(start, end, ongoing=ongoing)),
                "url": self.profile.absolute(entry.url),
                "roles": [entry.role] if entry.role else [],
                "type": "application",
            }
        )

    def talk(self, entry: Talk) -> Data:
        date = iso_dates.entry_date(entry)  # The start and the end, since a talk is never ongoing.
        return drop_empty(
            {
                "name": entry.title,
                "description": entry.summary,
                "highlights": [text for text in map(format_occasion, entry.appearances) if text],
                **self._dates(entry.id, date, date),
                "url": self.profile.absolute(entry.url or entry.slides or entry.video),
                "type": "talk",
            }
        )

    def _engagement(self, entry: Engagement) -> Data:
        ongoing = iso_dates.is_ongoing(entry)
        start, end = iso_dates.drop_misleading_start(
            iso_dates.start_date(entry), iso_dates.end_date(entry), ongoing=ongoing
        )
        if entry.ongoing and not start.iso:
            message = "that it is ongoing is left out: the format expresses it by a start without an end."
            self.losses.append(ExportLoss(EXPORT, entry.id, message))
        return {
            **self._dates(entry.id, start, end),
            "summary": entry.summary,
            "highlights": list(entry.highlights),
        }

    def _dates(self, id: str, start: IsoDate, end: IsoDate) -> Data:
        self._add_losses(id, start, end)
        return {"startDate": start.iso, "endDate": end.iso}

    def _add_losses(self, id: str, *dates: IsoDate) -> None:
        losses = dict.fromkeys(date.loss for date in dates if date.loss)
        self.losses += [ExportLoss(EXPORT, id, loss) for loss in losses]


def _basics(portfolio: Portfolio, profile: Profile) -> Data:
    profiles = [
        drop_empty({"network": account.name, "username": account.username, "url": account.url})
        for account in profile.accounts
    ]
    label = iso_dates.current_position(portfolio)
    return drop_empty({"name": profile.name, "label": label, "url": profile.url, "profiles": profiles})
