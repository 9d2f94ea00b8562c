"""JSON Resume (jsonresume.org, schema 1.x): ``/resume.json``."""

from __future__ import annotations

import json

from portfolio.core.diagnostics import ExportLoss
from portfolio.record.kinds import Export
from portfolio.record.people import Place, Profile, detail_losses
from portfolio.timeline import iso_dates
from portfolio.timeline.exported_fields import (
    Data,
    EntryConverter,
    drop_empty,
    list_entries,
    write_plain_text,
)
from portfolio.timeline.views import Portfolio

EXPORT = "resume.json"
# The keys of entries that have lists.
_LISTS = {"highlights", "keywords", "roles"}
# Entries of kinds that declare no mapping are projects, with the title of their kind as their type.
_PROJECT = "name=title description=summary highlights=facts+highlights startDate=start endDate=end url"


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the file."""
    return json.dumps(build_resume(portfolio, profile)[0], ensure_ascii=False, indent=2) + "\n"


def build_resume(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """Return the whole record as JSON Resume, and what that cannot express.

    Dates are ISO 8601, as far as they are certain. A start without an end is only written for what is
    stated to be ongoing, since readers of the format interpret it so.
    """
    converter = EntryConverter(EXPORT, profile)
    lists: dict[str, list[Data]] = {}
    for kind, entries in list_entries(portfolio):
        export = kind.json_resume or Export(_PROJECT, "projects", kind.title)
        for entry in entries:
            data = converter.convert(kind, entry, export.fields, _LISTS)
            if iso_dates.has_open_end(entry) and "startDate" in export.fields and "startDate" not in data:
                message = "that it is ongoing is left out: the format expresses it by a start without an end."
                converter.losses.append(ExportLoss(EXPORT, entry.id, message))
            lists.setdefault(export.place, []).append(_finish(data, export))
    losses = detail_losses(EXPORT, profile, "other_names", "pronunciation", "pronouns", "picture_alt")
    return {
        "basics": drop_empty(_basics(portfolio, profile)),
        **lists,
        "meta": drop_empty({"canonical": profile.absolute(EXPORT), "version": "v1.0.0"}),
    }, [*losses, *converter.all_losses()]


def _basics(portfolio: Portfolio, profile: Profile) -> Data:
    details = profile.details
    summary = profile.absolute_links(profile.summary)
    place = details.location
    return {
        "name": profile.name,
        "label": details.headline or iso_dates.current_position(portfolio),
        "image": profile.picture_url,
        "email": profile.email_for("exports"),
        "phone": profile.phone_for("exports"),
        "url": profile.url,
        "summary": write_plain_text(summary),
        "location": {"city": place.city, "countryCode": place.country_code, "region": place.region}
        if isinstance(place, Place)
        else {"address": place},
        "profiles": [
            {"network": account.name, "username": account.username, "url": account.url}
            for account in profile.accounts
        ],
    }


def _finish(data: Data, export: Export) -> Data:
    """Flatten the lists of an entry, and add its type."""
    for key in _LISTS & data.keys():
        data[key] = [text for item in data[key] for text in (item if isinstance(item, list) else [item])]
    return {**data, "type": export.type} if export.type else data
