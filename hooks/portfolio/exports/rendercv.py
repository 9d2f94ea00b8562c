"""The input of RenderCV (2.3 to 2.8): ``/cv.yaml``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from portfolio.core.diagnostics import ExportLoss
from portfolio.core.runs import Run, Runs, group_links, parse_markdown
from portfolio.exports.json_resume import drop_empty, format_occasion
from portfolio.record import dates, people
from portfolio.record.models import Education, Engagement, Publication, Role, Software, Talk
from portfolio.record.people import Profile
from portfolio.timeline import dropped_fields, iso_dates
from portfolio.timeline.views import Portfolio, date_texts, is_inferred

EXPORT = "cv.yaml"
Data = dict[str, Any]

# Fields that RenderCV does not parse for markup.
_VERBATIM_FIELDS = {"url", "doi", "details"}


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the file."""
    data = build_cv(portfolio, profile)[0]
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def build_cv(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """Return the record as RenderCV's input, and what that cannot express.

    ``start_date`` and ``end_date`` are only written if both are exact: RenderCV takes a missing end for the
    present, and an end without a start for a single day. Other dates are free text, in the words of the site.
    """
    losses = [*people.author_losses(EXPORT, portfolio.record.publications, names_others=True)]
    converters: dict[str, tuple[str, Callable[..., Data]]] = {
        "roles": ("Experience", _role),
        "education": ("Education", _education),
        "publications": ("Publications", _publication),
        "talks": ("Talks", _talk),
        "software": ("Software", _software),
    }
    # RenderCV would reject a file whose photo is not beside it, such as a downloaded one.
    losses += people.detail_losses(EXPORT, profile, "other_names", "pronunciation", "pronouns", "picture")
    summary = profile.details.summary
    sections: Data = {"Summary": [_Markdown(summary)] if summary else []}
    for kind, (title, convert) in converters.items():
        entries = portfolio.entries(kind)
        sections[title] = [convert(entry, profile) for entry in entries]
        exported = zip(entries, sections[title], strict=True)
        losses += dropped_fields.dropped_field_losses(EXPORT, exported, profile)
    sections["Profiles"] = [
        {"label": account.name, "details": account.url} for account in profile.accounts if not account.network
    ]
    cv = {
        "name": profile.name,
        "headline": profile.details.headline or iso_dates.current_position(portfolio),
        "location": profile.place,
        "email": profile.email_for("exports"),
        "phone": profile.phone_for("exports"),
        "website": profile.url,
        "social_networks": [
            {"network": account.network, "username": account.username}
            for account in profile.accounts
            if account.network
        ],
        "sections": _write_markup({title: items for title, items in sections.items() if items}, profile),
    }
    return {"cv": {key: value for key, value in cv.items() if value}}, losses


def _write_markup(value: Any, profile: Profile, key: str = "") -> Any:
    """Write the styles in a section. Escape asterisks, the only markup that RenderCV has an escape for."""
    if isinstance(value, dict):
        return {name: _write_markup(item, profile, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_write_markup(item, profile, key) for item in value]
    if isinstance(value, _Markdown):
        return _styled_text(profile.absolute_links(parse_markdown(value)))
    return value.replace("*", r"\*") if isinstance(value, str) and key not in _VERBATIM_FIELDS else value


class _Markdown(str):
    """A text with inline Markdown."""

    __slots__ = ()


def _styled_text(runs: Runs) -> str:
    pieces = []
    for url, group in group_links(runs):
        text = "".join(map(_styled_run, group))
        pieces.append(f"[{text}]({url})" if url else text)
    return "".join(pieces)


def _styled_run(run: Run) -> str:
    text = f"`{run.text}`" if run.code else run.text.replace("*", r"\*")
    mark = "**" * run.bold + "*" * run.italic
    return f"{mark}{text}{mark}"


def _role(entry: Role, profile: Profile) -> Data:
    return {"company": entry.company, "position": entry.position, **_engagement(entry, profile)}


def _education(entry: Education, profile: Profile) -> Data:
    data = {"institution": entry.institution, "area": entry.area, "degree": entry.degree}
    return drop_empty({**data, **_engagement(entry, profile)})


def _engagement(entry: Engagement, profile: Profile) -> Data:
    return drop_empty(
        {
            **_dates(entry),
            "location": entry.location,
            # RenderCV's own designs do not display it.
            "url": profile.absolute(entry.url),
            "summary": entry.summary and _Markdown(entry.summary),
            "highlights": [_Markdown(text) for text in entry.highlights],
        }
    )


def _dates(entry: Engagement) -> Data:
    start = iso_dates.exact_iso_date(entry.start)
    end = "present" if entry.ongoing else iso_dates.exact_iso_date(entry.end)
    names = ("date", "start_date", "end_date")
    inferred = any(getattr(entry, name) is not None and is_inferred(entry, name) for name in names)
    if inferred or not (start and end) or _starts_after_end(start, end):
        words = entry.format_dates()
        return {"date": "" if words == dates.NOT_STATED else f"{words} (inferred)" if inferred else words}
    if entry.start is entry.end:
        return {"date": _scalar(start)}
    return {"start_date": _scalar(start), "end_date": _scalar(end)}


def _starts_after_end(start: str, end: str) -> bool:
    """Whether the start is after the end for RenderCV, which takes a year for its first of January."""
    first_day = "-01-01"
    return end != "present" and (start + first_day[len(start) - 4 :]) > (end + first_day[len(end) - 4 :])


def _publication(entry: Publication, profile: Profile) -> Data:
    url = dropped_fields.publication_url(entry, profile)
    # RenderCV ignores the URL if there is a DOI, and accepts only http and https.
    doi = entry.doi if entry.doi and entry.doi.startswith("10.") else None
    return {
        "title": entry.title,
        # RenderCV prints authors as they are, and needs the field even if there are none.
        "authors": [
            *(person.name for person in people.parse_authors(entry.author)),
            *(["et al."] if people.has_unnamed_authors(entry.author) else []),
        ],
        **drop_empty(
            {
                "doi": doi,
                "url": url if url.startswith("http") and not doi else None,
                "journal": entry.venue,
                "date": _date(entry),
                "summary": entry.abstract,
            }
        ),
    }


def _talk(entry: Talk, profile: Profile) -> Data:
    return drop_empty(
        {
            "name": entry.title,
            "date": _date(entry),
            "url": profile.absolute(entry.url or entry.slides or entry.video),
            "summary": entry.summary and _Markdown(entry.summary),
            "highlights": [text for text in map(format_occasion, entry.appearances) if text],
        }
    )


def _software(entry: Software, profile: Profile) -> Data:
    return drop_empty(
        {
            "name": entry.name,
            "date": _date(entry),
            "url": profile.absolute(entry.url),
            "summary": entry.summary and _Markdown(entry.summary),
            "highlights": [entry.role] if entry.role else [],
        }
    )


def _date(entry: Publication | Talk | Software) -> str | int:
    """An exact date for RenderCV to format, else words; empty if the occasions of a talk have the dates."""
    if iso := iso_dates.exact_entry_date(entry):
        return _scalar(iso)
    return "" if isinstance(entry, Talk) and entry.date is None else date_texts(entry)[0]


def _scalar(iso: str) -> str | int:
    """RenderCV expects a year as a number, and all else as text."""
    return int(iso) if len(iso) == len("2019") else iso


class _Dumper(yaml.SafeDumper):
    """YAML without aliases, which few readers of a CV expect."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is the base class's
        return True
