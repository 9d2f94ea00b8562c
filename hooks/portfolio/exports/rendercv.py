"""The input of RenderCV (2.3 to 2.8): ``/cv.yaml``."""

from __future__ import annotations

from itertools import count
from typing import Any

import yaml

from portfolio.core.diagnostics import ExportLoss
from portfolio.core.runs import Run, Runs, group_links
from portfolio.record import people
from portfolio.record.dates import Interval
from portfolio.record.kinds import Export, Kind
from portfolio.record.models import Fact, Period
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates
from portfolio.timeline.exported_fields import Data, EntryConverter, format_group, list_entries, list_names
from portfolio.timeline.views import Portfolio, marked_date

EXPORT = "cv.yaml"

# Entries of kinds that declare no mapping, and of groups.
_NORMAL_ENTRY = Export("name=title location url summary highlights=facts+appearances+highlights+tags+links")
_GROUP = Export("label=title keywords facts")
# Texts that RenderCV does not parse for markup.
_VERBATIM_FIELDS = {"url", "doi"}
_INFERRED = " (inferred)"


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the file."""
    data = build_cv(portfolio, profile)[0]
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def build_cv(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """Return the record as RenderCV's input, and what that cannot express.

    ``start_date`` and ``end_date`` are only written if both are exact: RenderCV takes a missing end for the
    present, and an end without a start for a single day. Other dates are free text, in the words of the site.
    Facts and links that the format has no key for are highlights.
    """
    converter = EntryConverter(EXPORT, profile, tuple, _list_authors, writes_dates=False)
    details = profile.details
    summary = profile.absolute_links(profile.summary)
    sections: Data = {"Summary": [summary]} if summary else {}
    for kind, entries in list_entries(portfolio):
        heading = kind.rendercv.place if kind.rendercv and kind.rendercv.place else kind.title
        converted = [_convert(converter, kind, entry) for entry in entries]
        sections[_unused_heading(heading, sections)] = _unify(converted)
    sections = _write_markup(sections)
    if others := [account for account in profile.accounts if not account.network]:
        profiles = [{"label": account.name, "details": account.url} for account in others]
        sections[_unused_heading("Profiles", sections)] = profiles
    cv = {
        "name": profile.name,
        "headline": details.headline or iso_dates.current_position(portfolio),
        "location": profile.place,
        "email": profile.email_for("exports"),
        "phone": profile.phone_for("exports"),
        "website": profile.url,
        "social_networks": [
            {"network": account.network, "username": account.username}
            for account in profile.accounts
            if account.network
        ],
        "sections": sections,
    }
    losses = [
        *people.author_losses(EXPORT, portfolio.record.publications, names_others=True),
        # RenderCV would reject a file whose photo is not beside it, such as a downloaded one.
        *people.detail_losses(EXPORT, profile, "other_names", "pronunciation", "pronouns", "picture"),
        *converter.all_losses(),
    ]
    return {"cv": {key: value for key, value in cv.items() if value}}, losses


def _unused_heading(heading: str, sections: Data) -> str:
    """Return a heading, with a number if another section has it."""
    numbered = (f"{heading} ({number})" for number in count(2))
    return heading if heading not in sections else next(name for name in numbered if name not in sections)


def _convert(converter: EntryConverter, kind: Kind, entry: Fact) -> Data:
    if kind.layout == "groups":
        data = converter.convert(kind, entry, _GROUP.fields)
        details = format_group(data.get("keywords", ()), data.get("facts", ()))
        return {"label": data["label"], "details": details}
    mapping = (kind.rendercv or _NORMAL_ENTRY).fields
    data = converter.convert(kind, entry, mapping, {"highlights"})
    # RenderCV accepts no other URLs, and ignores one if there is a DOI.
    if not data.get("doi", "10.").startswith("10."):
        del data["doi"]
    if "doi" in data or not data.get("url", "").startswith("http"):
        data.pop("url", None)
    # A publication needs authors even if there are none.
    authors = {"authors": data.get("authors", [])} if "authors" in mapping else {}
    return {**data, **authors, **_dates(entry)}


def _unify(entries: list[Data]) -> list[Data]:
    """Return the entries of a section as one of RenderCV's types: bullets if some have only a name."""
    if all(entry.keys() == {"name"} for entry in entries):
        return [{"bullet": entry["name"]} for entry in entries]
    if not all(entry.get("details", True) for entry in entries):
        return [{"bullet": ": ".join(filter(None, entry.values()))} for entry in entries]
    return entries


def _write_markup(value: Any, key: str = "") -> Any:
    """Write the styles in a section, and lists within lists as one text.

    Asterisks are escaped: they are the only markup that RenderCV has an escape for.
    """
    if isinstance(value, dict):
        return {name: _write_markup(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [_write_markup(item, key) for item in value]
        return [", ".join(item) if isinstance(item, list) and key == "highlights" else item for item in items]
    if isinstance(value, tuple):
        return _styled_text(value)
    return value.replace("*", r"\*") if isinstance(value, str) and key not in _VERBATIM_FIELDS else value


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


def _list_authors(names: str) -> list[str]:
    """Return authors as RenderCV prints them."""
    return [*list_names(names), *(["et al."] if people.has_unnamed_authors(names) else [])]


def _dates(entry: Fact) -> Data:
    """The dates of an entry: exact ones for RenderCV to format, else words."""
    when = getattr(entry, "date", None)
    words = marked_date(entry)
    if isinstance(entry, Period) and when is None:
        start, end, ongoing = entry.start, entry.end, entry.ongoing
    elif isinstance(when, Interval):
        start, end, ongoing = when.start, when.end, when.open_end
    else:
        # Without a date of its own, the occasions of a talk have the dates.
        date = _scalar(iso_dates.exact_entry_date(entry)) or (when and words)
        return {"date": date} if date else {}
    first, last = iso_dates.exact_iso_date(start), "present" if ongoing else iso_dates.exact_iso_date(end)
    if iso_dates.has_inferred_date(entry):
        return {"date": f"{words.removesuffix(_INFERRED)}{_INFERRED}"}
    if not (first and last) or _starts_after_end(first, last):
        return {"date": words} if words else {}
    return {"start_date": _scalar(first), "end_date": _scalar(last)}


def _starts_after_end(start: str, end: str) -> bool:
    """Whether the start is after the end for RenderCV, which takes a year for its first of January."""
    first_day = "-01-01"
    return end != "present" and (start + first_day[len(start) - 4 :]) > (end + first_day[len(end) - 4 :])


def _scalar(iso: str) -> str | int:
    """RenderCV expects a year as a number, and all else as text."""
    return int(iso) if len(iso) == len("2019") else iso


class _Dumper(yaml.SafeDumper):
    """YAML without aliases, which few readers of a CV expect."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the name is the base class's
        return True
