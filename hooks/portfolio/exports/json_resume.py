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
    """The text of the file."""
    return json.dumps(resume(portfolio, profile)[0], ensure_ascii=False, indent=2) + "\n"


def resume(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """The whole record as JSON Resume has it, and what that cannot say.

    Dates are ISO 8601, as far as they are certain; a start without an end stands only where it is stated that
    something goes on, since this is what readers of the format take it for. The format has no talks: they are
    projects of the type ``talk``, with their occasions as highlights.
    """
    writer = _Writer(profile)
    data: Data = {
        "basics": _basics(portfolio, profile),
        "work": [writer.role(entry) for entry in portfolio.entries("roles") if isinstance(entry, Role)],
        "education": [
            writer.education(entry)
            for entry in portfolio.entries("education")
            if isinstance(entry, Education)
        ],
        "publications": [
            writer.publication(entry)
            for entry in portfolio.entries("publications")
            if isinstance(entry, Publication)
        ],
        "projects": [
            *(
                writer.software(entry)
                for entry in portfolio.entries("software")
                if isinstance(entry, Software)
            ),
            *(writer.talk(entry) for entry in portfolio.entries("talks") if isinstance(entry, Talk)),
        ],
        "meta": _given({"canonical": profile.absolute(EXPORT), "version": "v1.0.0"}),
    }
    kinds = (("roles", "work"), ("education", "education"), ("publications", "publications"))
    pairs = [one for kind, key in kinds for one in zip(portfolio.entries(kind), data[key], strict=True)]
    projects = (*portfolio.entries("software"), *portfolio.entries("talks"))
    pairs += zip(projects, data["projects"], strict=True)
    return data, [*writer.notes, *dropped_fields.dropped_field_losses(EXPORT, pairs, profile)]


def occasion(appearance: Appearance) -> str:
    """One occasion of a talk on a line: ``Event, Place, 4 May 2021``."""
    when = dates.format_date(appearance.date) if appearance.date is not None else ""
    return ", ".join(part for part in (appearance.event, appearance.location, when) if part)


class _Writer:
    """Collects notes while the entries are written."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.notes: list[ExportLoss] = []

    def role(self, entry: Role) -> Data:
        return _given(
            {
                "name": entry.company,
                "position": entry.position,
                "location": entry.location,
                "url": self.profile.absolute(entry.url),
                **self._span(entry),
                "summary": entry.summary,
                "highlights": list(entry.highlights),
            }
        )

    def education(self, entry: Education) -> Data:
        return _given(
            {
                "institution": entry.institution,
                "location": entry.location,
                "url": self.profile.absolute(entry.url),
                "area": entry.area,
                "studyType": entry.degree,
                **self._span(entry),
                "summary": entry.summary,
                "highlights": list(entry.highlights),
            }
        )

    def publication(self, entry: Publication) -> Data:
        return _given(
            {
                "name": entry.title,
                "publisher": entry.venue,
                "releaseDate": self._note(entry.id, iso_dates.entry_date(entry)),
                "url": dropped_fields.publication_url(entry, self.profile),
                "summary": entry.abstract,
            }
        )

    def software(self, entry: Software) -> Data:
        start, end, goes_on = iso_dates.software_dates(entry)
        return _given(
            {
                "name": entry.name,
                "description": entry.summary,
                **self._dates(entry.id, *iso_dates.drop_misleading_start(start, end, ongoing=goes_on)),
                "url": self.profile.absolute(entry.url),
                "roles": [entry.role] if entry.role else [],
                "type": "application",
            }
        )

    def talk(self, entry: Talk) -> Data:
        date = iso_dates.entry_date(entry)  # A talk is over when it is given.
        return _given(
            {
                "name": entry.title,
                "description": entry.summary,
                "highlights": [text for text in map(occasion, entry.appearances) if text],
                **self._dates(entry.id, date, date),
                "url": self.profile.absolute(entry.url or entry.slides or entry.video),
                "type": "talk",
            }
        )

    def _span(self, entry: Engagement) -> Data:
        goes_on = iso_dates.is_ongoing(entry)
        start, end = iso_dates.drop_misleading_start(
            iso_dates.start_date(entry), iso_dates.end_date(entry), ongoing=goes_on
        )
        if entry.ongoing and not start.iso:
            message = "that it goes on is left out: the format says so by a start alone."
            self.notes.append(ExportLoss(EXPORT, entry.id, message))
        return self._dates(entry.id, start, end)

    def _dates(self, id: str, start: IsoDate, end: IsoDate) -> Data:
        for loss in dict.fromkeys((start.loss, end.loss)):
            if loss:
                self.notes.append(ExportLoss(EXPORT, id, loss))
        return {"startDate": start.iso, "endDate": end.iso}

    def _note(self, id: str, date: IsoDate) -> str:
        if date.loss:
            self.notes.append(ExportLoss(EXPORT, id, date.loss))
        return date.iso


def _basics(portfolio: Portfolio, profile: Profile) -> Data:
    profiles = [
        _given({"network": one.name, "username": one.username, "url": one.url}) for one in profile.accounts
    ]
    label = iso_dates.current_position(portfolio)
    return _given({"name": profile.name, "label": label, "url": profile.url, "profiles": profiles})


def _given(data: Data) -> Data:
    """Without what is empty."""
    return {key: value for key, value in data.items() if value}
