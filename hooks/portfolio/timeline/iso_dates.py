"""Dates for formats that have only ISO 8601: as much as is certain and stated, and what got lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from portfolio.record import dates
from portfolio.record.dates import EdtfDate, Interval, Point, SingleDate
from portfolio.record.models import Engagement, Fact, Role, Software, Talk
from portfolio.record.order import entry_dates
from portfolio.timeline.cross_links import is_inferred, when_of
from portfolio.timeline.views import Portfolio

# Years, months and days are prefixes of an ISO date of these lengths.
_PREFIXES = (10, 7, 4)
# Years of four digits that the formats take.
_FIRST, _AFTER_LAST = "1", "3"


@dataclass(frozen=True)
class Told:
    """``iso`` is a day, month or year (ISO 8601), or empty; ``loss`` says what the record knows beyond it."""

    iso: str = ""
    loss: str = ""


def certain(when: EdtfDate | None) -> str:
    """The day, month or year in which all lies that a date can mean: true however its doubt falls out.

    An empty string where not even the year is certain; an approximate or doubtful date gives no certainty.
    """
    moments = _moments(when)
    if not moments or any(moment is None or moment.approximate or moment.uncertain for moment in moments):
        return ""
    known = [moment for moment in moments if moment is not None]
    first = min(moment.earliest for moment in known).isoformat()
    last = max(moment.latest for moment in known).isoformat()
    return next((first[:length] for length in _PREFIXES if first[:length] == last[:length]), "")


def tell(name: str, when: EdtfDate | None, *, inferred: bool = False) -> Told:
    """One date of an entry, called ``name``, for a format that takes nothing but an ISO date."""
    if when is None:
        return Told()
    said = dates.format_date(when)
    if inferred:
        return Told(loss=f"{name} '{said}' is inferred, not stated, and is left out.")
    iso = certain(when)
    if not _FIRST <= iso < _AFTER_LAST:
        return Told(loss=f"{name} '{said}' is left out: no year is certain that the format can say.")
    if iso != dates.html_datetime(when):
        return Told(iso, f"{name} '{said}' is written as {iso}.")
    return Told(iso)


def start(entry: Engagement) -> Told:
    """When a role or an education began."""
    return tell("start", entry.start, inferred=_inferred(entry, "start_date"))


def end(entry: Engagement) -> Told:
    """When a role or an education ended."""
    return tell("end", entry.end, inferred=_inferred(entry, "end_date"))


def whole(entry: Fact) -> Told:
    """When a publication, a talk or a piece of software was, if it was at one time."""
    found = entry_dates(entry)
    if not found:
        return Told()
    if _one_of_several(entry) or (len(found) > 1 and not sure(entry)):
        return Told(loss=f"date '{when_of(entry)[0]}' is left out: the format has room for one.")
    return tell("date", found[0], inferred=is_inferred(entry, "date"))


def sides(entry: Software) -> tuple[Told, Told, bool]:
    """When the work on a piece of software began and ended, and whether it goes on; one date is both."""
    if not isinstance(entry.date, Interval):
        both = whole(entry)
        return both, both, False
    inferred = is_inferred(entry, "date")
    first, last = (
        tell(name, side, inferred=inferred)
        for name, side in (("start", entry.date.start), ("end", entry.date.end))
    )
    return first, last, entry.date.open_end and not inferred


def sure(entry: Fact) -> str:
    """The ISO date of a publication, a talk or a piece of software, if that says all of it; else empty."""
    iso = when_of(entry)[1]
    return "" if _one_of_several(entry) or iso < _FIRST else iso


def goes_on(entry: Engagement) -> bool:
    """Whether it is stated that a role or an education goes on."""
    return entry.ongoing and not _inferred(entry, "end_date")


def is_over(entry: Engagement) -> bool:
    """Whether it is stated that a role or an education has an end."""
    return entry.end is not None and not _inferred(entry, "end_date")


def position(portfolio: Portfolio) -> str:
    """What the owner does now: the first position that is stated to go on, or an empty string."""
    roles = (entry for entry in portfolio.entries("roles") if isinstance(entry, Role))
    return next((one.position for one in roles if goes_on(one) and not is_inferred(one, "position")), "")


def span(start: Told, end: Told, *, goes_on: bool) -> tuple[Told, Told]:
    """Start and end for a format in which a start without an end says that something goes on."""
    if start.iso and not end.iso and not goes_on:
        return Told(loss="its start is left out: without an end, the format would say that it goes on."), end
    return start, end


def exact(when: EdtfDate | None) -> str:
    """The ISO date of one that is known without a doubt and of which an ISO date says all; else empty."""
    iso = dates.html_datetime(when)
    return iso if iso >= _FIRST else ""


def in_words(entry: Engagement) -> str:
    """When a role or an education was, in words that say what is inferred; empty if nothing is known."""
    said = entry.format_dates()
    if said == dates.NOT_STATED:
        return ""
    inferred = any_inferred(entry)
    return f"{said} (inferred)" if inferred else said


def any_inferred(entry: Engagement) -> bool:
    """Whether a date of a role or an education is inferred."""
    given = [name for name in ("date", "start_date", "end_date") if getattr(entry, name) is not None]
    return any(is_inferred(entry, name) for name in given)


def _one_of_several(entry: Fact) -> bool:
    """Whether what is dated are only some of the occasions of a talk."""
    if not isinstance(entry, Talk) or entry.date is not None:
        return False
    dated = [one.date is not None for one in entry.appearances]
    return any(dated) and not all(dated)


def _inferred(entry: Engagement, name: str) -> bool:
    return is_inferred(entry, name if entry.date is None else "date")


def _moments(when: EdtfDate | None) -> list[SingleDate | None]:
    """The moments a date is made of; None for a side that is open or not known."""
    if isinstance(when, Interval):
        return [*_of_point(when.start), *_of_point(when.end)]
    return _of_point(when) if when is not None else []


def _of_point(point: Point | None) -> list[SingleDate | None]:
    if point is None or isinstance(point, SingleDate):
        return [point]
    return list(chain.from_iterable(point.choices))
