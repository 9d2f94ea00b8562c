"""Converts dates for formats that accept only ISO 8601: to what is certain and stated, with the losses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from portfolio.core.diagnostics import ExportLoss
from portfolio.record import dates
from portfolio.record.dates import DateSet, EdtfDate, Interval, SingleDate
from portfolio.record.models import Fact, Period, Role, Talk
from portfolio.record.order import entry_dates
from portfolio.timeline.views import Portfolio, date_texts, is_inferred

# Years, months and days are prefixes of an ISO date of these lengths.
_PREFIX_LENGTHS = (10, 7, 4)
# Formats take years from 1000 to 2999.
_FIRST_YEAR, _END_YEAR = "1", "3"


class IsoDate(NamedTuple):
    """``iso`` is a day, month or year (ISO 8601), or empty; ``loss`` describes what ``iso`` leaves out."""

    iso: str = ""
    loss: str = ""


def certain_iso_date(when: EdtfDate | None) -> str:
    """Return the day, month or year that contains all possible meanings of a date, or an empty string.

    An approximate or uncertain date gives no certainty.
    """
    known: list[SingleDate] = []
    for part in _single_dates(when):
        if part is None or part.approximate or part.uncertain:
            return ""
        known.append(part)
    first = min(part.earliest for part in known).isoformat()
    last = max(part.latest for part in known).isoformat()
    return next((first[:length] for length in _PREFIX_LENGTHS if first[:length] == last[:length]), "")


def to_iso_date(name: str, when: EdtfDate | None, *, inferred: bool = False) -> IsoDate:
    """Convert a date of an entry; ``name`` is how the loss refers to it.

    Losses do not quote dates, so that a list of losses has one line for all entries with the same loss.
    """
    if when is None:
        return IsoDate()
    if inferred:
        return IsoDate(loss=f"the {name} is inferred, not stated, and is left out.")
    iso = certain_iso_date(when)
    if not _FIRST_YEAR <= iso < _END_YEAR:
        return IsoDate(loss=f"the {name} is left out: the format needs a certain year.")
    if iso != dates.html_datetime(when):
        return IsoDate(iso, f"only the certain part of the {name} is written.")
    return IsoDate(iso)


def date_losses(export: str, id: str, *converted: IsoDate) -> list[ExportLoss]:
    """Return the losses of the dates of an entry, without repetition."""
    return [ExportLoss(export, id, loss) for loss in dict.fromkeys(date.loss for date in converted) if loss]


def convert_start_and_end(entry: Fact) -> tuple[IsoDate, IsoDate]:
    """Convert the start and the end of an entry; a single date is both.

    A start without an end means "ongoing" in many formats, so it is dropped unless that is stated.
    """
    sides = entry if isinstance(entry, Period) else getattr(entry, "date", None)
    if not isinstance(sides, Period | Interval):
        both = entry_date(entry)
        return both, both
    start, end = (
        to_iso_date(name, side, inferred=_is_side_inferred(entry, f"{name}_date"))
        for name, side in (("start", sides.start), ("end", sides.end))
    )
    if start.iso and not end.iso and not is_ongoing(entry):
        start = IsoDate(loss="the start is left out: without an end, the format would present it as ongoing.")
    return start, end


def entry_date(entry: Fact) -> IsoDate:
    """Convert the date of an entry, if there is only one."""
    days = entry_dates(entry)
    if not days:
        return IsoDate()
    if _is_partly_dated(entry) or (len(days) > 1 and not exact_entry_date(entry)):
        return IsoDate(loss="the date is left out: the format has room for one date.")
    return to_iso_date("date", days[0], inferred=has_inferred_date(entry))


def exact_entry_date(entry: Fact) -> str:
    """Return the date of an entry if ISO 8601 expresses it fully, else ``""``."""
    iso = date_texts(entry)[1]
    return "" if _is_partly_dated(entry) or iso < _FIRST_YEAR else iso


def exact_iso_date(when: EdtfDate | None) -> str:
    """Return a date as ISO 8601 if that expresses it fully, else ``""``."""
    iso = dates.html_datetime(when)
    return iso if iso >= _FIRST_YEAR else ""


def has_inferred_date(entry: Fact) -> bool:
    """Return whether a date that an entry has is inferred."""
    names = ("date", "start_date", "end_date")
    return any(getattr(entry, name, None) is not None and is_inferred(entry, name) for name in names)


def has_open_end(entry: Fact) -> bool:
    """Return whether an entry is ongoing, stated or inferred."""
    when = entry if isinstance(entry, Period) else getattr(entry, "date", None)
    return when.ongoing if isinstance(when, Period) else isinstance(when, Interval) and when.open_end


def is_ongoing(entry: Fact) -> bool:
    """Return whether the record states that an entry is ongoing."""
    return has_open_end(entry) and not _is_side_inferred(entry, "end_date")


def has_ended(entry: Period, today: date) -> bool:
    """Return whether the record states that an entry ended before a day."""
    is_over = entry.end is not None and (entry.end.ceiling or entry.end.latest) < today
    return is_over and not _is_side_inferred(entry, "end_date")


def current_position(portfolio: Portfolio) -> str:
    """Return the first position that is stated and ongoing, or an empty string."""
    roles = (role for role in portfolio.entries_of(Role) if is_ongoing(role))
    return next((role.position for role in roles if not is_inferred(role, "position")), "")


def _is_partly_dated(entry: Fact) -> bool:
    """Whether an undated talk has both dated and undated occasions."""
    if not isinstance(entry, Talk) or entry.date is not None:
        return False
    return len({appearance.date is None for appearance in entry.appearances}) == 2


def _is_side_inferred(entry: Fact, name: str) -> bool:
    return is_inferred(entry, name if getattr(entry, "date", None) is None else "date")


def _single_dates(when: EdtfDate | None) -> Iterator[SingleDate | None]:
    """Yield the single dates that a date consists of; None for a side that is open or unknown."""
    if isinstance(when, Interval):
        yield from _single_dates(when.start)
        yield from _single_dates(when.end)
    elif isinstance(when, DateSet):
        for choice in when.choices:
            yield from choice
    else:
        yield when
