"""Dates for formats that only take ISO 8601: as much as is certain and stated, and what gets lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from portfolio.record import dates
from portfolio.record.dates import EdtfDate, Interval, Point, SingleDate
from portfolio.record.models import Engagement, Fact, Role, Software, Talk
from portfolio.record.order import entry_dates
from portfolio.timeline.views import Portfolio, date_texts, is_inferred

# Years, months and days are prefixes of an ISO date of these lengths.
_PREFIX_LENGTHS = (10, 7, 4)
# Formats take years from 1000 to 2999.
_FIRST_YEAR, _END_YEAR = "1", "3"


@dataclass(frozen=True)
class IsoDate:
    """``iso`` is a day, month or year (ISO 8601), or empty; ``loss`` says what the record knows beyond it."""

    iso: str = ""
    loss: str = ""


def certain_iso_date(when: EdtfDate | None) -> str:
    """Return the day, month or year that contains all possible meanings of a date, or an empty string.

    An approximate or uncertain date gives no certainty.
    """
    parts = _single_dates(when)
    if not parts or any(part is None or part.approximate or part.uncertain for part in parts):
        return ""
    known = [part for part in parts if part is not None]
    first = min(part.earliest for part in known).isoformat()
    last = max(part.latest for part in known).isoformat()
    return next((first[:length] for length in _PREFIX_LENGTHS if first[:length] == last[:length]), "")


def to_iso_date(name: str, when: EdtfDate | None, *, inferred: bool = False) -> IsoDate:
    """Convert a date of an entry; ``name`` is how the loss refers to it."""
    if when is None:
        return IsoDate()
    words = dates.format_date(when)
    if inferred:
        return IsoDate(loss=f"{name} '{words}' is inferred, not stated, and is left out.")
    iso = certain_iso_date(when)
    if not _FIRST_YEAR <= iso < _END_YEAR:
        return IsoDate(loss=f"{name} '{words}' is left out: the format needs a certain year.")
    if iso != dates.html_datetime(when):
        return IsoDate(iso, f"{name} '{words}' is written as {iso}.")
    return IsoDate(iso)


def start_date(entry: Engagement) -> IsoDate:
    """Convert the start of a role or an education."""
    return to_iso_date("start", entry.start, inferred=_is_side_inferred(entry, "start_date"))


def end_date(entry: Engagement) -> IsoDate:
    """Convert the end of a role or an education."""
    return to_iso_date("end", entry.end, inferred=_is_side_inferred(entry, "end_date"))


def entry_date(entry: Fact) -> IsoDate:
    """Convert the date of a publication, a talk or software, if there is only one."""
    days = entry_dates(entry)
    if not days:
        return IsoDate()
    if _is_partly_dated(entry) or (len(days) > 1 and not exact_entry_date(entry)):
        return IsoDate(loss=f"date '{date_texts(entry)[0]}' is left out: the format has room for one date.")
    return to_iso_date("date", days[0], inferred=is_inferred(entry, "date"))


def software_dates(entry: Software) -> tuple[IsoDate, IsoDate, bool]:
    """Return start and end of the work on software, and whether it is ongoing; a single date is both."""
    if not isinstance(entry.date, Interval):
        both = entry_date(entry)
        return both, both, False
    inferred = is_inferred(entry, "date")
    first, last = (
        to_iso_date(name, side, inferred=inferred)
        for name, side in (("start", entry.date.start), ("end", entry.date.end))
    )
    return first, last, entry.date.open_end and not inferred


def exact_entry_date(entry: Fact) -> str:
    """Return the date of a publication, a talk or software if ISO 8601 expresses it fully, else ``""``."""
    iso = date_texts(entry)[1]
    return "" if _is_partly_dated(entry) or iso < _FIRST_YEAR else iso


def exact_iso_date(when: EdtfDate | None) -> str:
    """Return a date as ISO 8601 if that expresses it fully, else ``""``."""
    iso = dates.html_datetime(when)
    return iso if iso >= _FIRST_YEAR else ""


def is_ongoing(entry: Engagement) -> bool:
    """Return whether the record states that a role or an education is ongoing."""
    return entry.ongoing and not _is_side_inferred(entry, "end_date")


def has_ended(entry: Engagement) -> bool:
    """Return whether the record states that a role or an education has an end."""
    return entry.end is not None and not _is_side_inferred(entry, "end_date")


def current_position(portfolio: Portfolio) -> str:
    """Return the first position that is stated and ongoing, or an empty string."""
    roles = (role for role in portfolio.entries_of(Role) if is_ongoing(role))
    return next((role.position for role in roles if not is_inferred(role, "position")), "")


def drop_misleading_start(start: IsoDate, end: IsoDate, *, ongoing: bool) -> tuple[IsoDate, IsoDate]:
    """Drop a start without an end, for formats in which that means "ongoing"."""
    if start.iso and not end.iso and not ongoing:
        loss = "its start is left out: without an end, the format would present it as ongoing."
        return IsoDate(loss=loss), end
    return start, end


def describe_dates(entry: Engagement) -> str:
    """Return the dates of a role or an education in words, marked if inferred; empty if none is known."""
    words = entry.format_dates()
    if words == dates.NOT_STATED:
        return ""
    return f"{words} (inferred)" if has_inferred_date(entry) else words


def has_inferred_date(entry: Engagement) -> bool:
    """Return whether a date of a role or an education is inferred."""
    names = ("date", "start_date", "end_date")
    return any(getattr(entry, name) is not None and is_inferred(entry, name) for name in names)


def _is_partly_dated(entry: Fact) -> bool:
    """Whether an undated talk has both dated and undated occasions."""
    if not isinstance(entry, Talk) or entry.date is not None:
        return False
    dated = [appearance.date is not None for appearance in entry.appearances]
    return any(dated) and not all(dated)


def _is_side_inferred(entry: Engagement, name: str) -> bool:
    return is_inferred(entry, name if entry.date is None else "date")


def _single_dates(when: EdtfDate | None) -> list[SingleDate | None]:
    """The single dates that a date consists of; None for a side that is open or unknown."""
    if isinstance(when, Interval):
        return [*_point_dates(when.start), *_point_dates(when.end)]
    return _point_dates(when) if when is not None else []


def _point_dates(point: Point | None) -> list[SingleDate | None]:
    if point is None or isinstance(point, SingleDate):
        return [point]
    return list(chain.from_iterable(point.choices))
