"""Dates that are known only so well: a subset of EDTF (ISO 8601-2:2019, annex A).

Level 0: ``2019``, ``2019-05``, ``2019-05-17``, ``2012/2015``. Level 1: ``2019~`` (about), ``2019?``
(uncertain), ``2019%`` (both), ``201X``, ``2019-XX``, ``2019-21`` (spring; 22 summer, 23 autumn, 24 winter),
``/2015`` (start unknown), ``2015/`` (end unknown), ``2020/..`` (goes on), ``../2015``.
Level 2: ``[2019,2020]`` and ``[2019..2021]`` (one of these), ``{2018,2019}`` (each of these).

Times of day, years outside 0001 to 9999 and qualified parts (``2019-~05``) have no use in a career and are
refused with a reason.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

_MOMENTS = "2019, 2019-05, 2019-05-17, 2019~ (about), 2019? (uncertain), 201X"
POINT_EXAMPLES = f"{_MOMENTS} or [2019,2020] (one of these)"
EXAMPLES = (
    f"{_MOMENTS}, 2012/2015, /2015, 2020/.., [2019,2020] (one of these) or {{2018,2019}} (each of these)"
)
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}


class DateError(ValueError):
    """The text is not a date of the subset; the message says why."""


class Precision(IntEnum):
    """How much of a date is given, from coarse to fine."""

    CENTURY = 1
    DECADE = 2
    YEAR = 3
    SEASON = 4
    MONTH = 5
    DAY = 6


# How far "about" reaches to either side, in days: one unit of what is given.
_UNIT_DAYS = {
    Precision.CENTURY: 36525,
    Precision.DECADE: 3653,
    Precision.YEAR: 366,
    Precision.SEASON: 92,
    Precision.MONTH: 31,
    Precision.DAY: 1,
}


@dataclass(frozen=True)
class Moment:
    """One date, known to some precision: it lies on a day from ``earliest`` to ``latest``, both included."""

    text: str
    precision: Precision
    earliest: date
    latest: date
    approximate: bool = False
    uncertain: bool = False

    @property
    def floor(self) -> date | None:
        """The day before which it surely was not; None if it proves nothing."""
        return None if self.uncertain else _shift(self.earliest, -self._slack)

    @property
    def ceiling(self) -> date | None:
        """The day after which it surely was not; None if it proves nothing."""
        return None if self.uncertain else _shift(self.latest, self._slack)

    @property
    def exact(self) -> bool:
        """Whether it is a plain year, season, month or day, with no qualification."""
        return not (self.approximate or self.uncertain) and self.precision >= Precision.YEAR

    @property
    def _slack(self) -> int:
        return _UNIT_DAYS[self.precision] if self.approximate else 0


@dataclass(frozen=True)
class DateSet:
    """One of several dates (``[]``), or ``each`` of them (``{}``).

    A choice is a first and last Moment, the same one for a single date. None stands for the missing side of
    ``[..2015]`` and ``[2015..]``.
    """

    text: str
    choices: tuple[tuple[Moment | None, Moment | None], ...]
    each: bool = False

    @property
    def earliest(self) -> date:
        return min(first.earliest if first else date.min for first, _ in self.choices)

    @property
    def latest(self) -> date:
        return max(last.latest if last else date.max for _, last in self.choices)

    @property
    def floor(self) -> date | None:
        floors = [first.floor if first else None for first, _ in self.choices]
        return min((floor for floor in floors if floor), default=None) if all(floors) else None

    @property
    def ceiling(self) -> date | None:
        ceilings = [last.ceiling if last else None for _, last in self.choices]
        return max((ceiling for ceiling in ceilings if ceiling), default=None) if all(ceilings) else None

    @property
    def exact(self) -> bool:
        return False


Point = Moment | DateSet


@dataclass(frozen=True)
class Interval:
    """A stretch of time. A side that is None is unknown, or open (``..``) if its flag says so."""

    text: str
    start: Point | None
    end: Point | None
    open_start: bool = False
    open_end: bool = False


EdtfDate = Point | Interval

_MOMENT = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?(?P<mark>[~?%])?", re.ASCII
)
_YEAR_LAST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}[./-]\d{4}|[^\W\d]{3,}\.? \d{4}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.*", re.ASCII)


def surely_before(one: Point, other: Point) -> bool:
    """Whether the first date is before the second, however their uncertainty falls out."""
    return one.ceiling is not None and other.floor is not None and one.ceiling < other.floor


def parse(text: str) -> EdtfDate:
    """Read an EDTF string of the subset above. Raises DateError with the reason."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        return _set(text)
    if "/" not in text or _YEAR_LAST.fullmatch(text):
        return parse_point(text)
    first, _, last = text.partition("/")
    first, last = first.strip(), last.strip()
    if "/" in last:
        raise DateError("an interval has two sides, not more")
    if first in {"", ".."} and last in {"", ".."}:
        raise DateError("an interval needs a date on one side at least")
    start = None if first in {"", ".."} else parse_point(first)
    end = None if last in {"", ".."} else parse_point(last)
    if start and end and surely_before(end, start):
        raise DateError(f"the interval ends ({last}) before it starts ({first})")
    return Interval(text, start, end, open_start=first == "..", open_end=last == "..")


def parse_point(text: str) -> Point:
    """Read one date or one of a set, but no interval and no several. Raises DateError with the reason."""
    text = text.strip()
    if text.startswith("{"):
        raise DateError("a set in braces is several dates, and this takes one; one of several is [2019,2020]")
    if "/" in text and not _YEAR_LAST.fullmatch(text):
        raise DateError("an interval cannot stand here; put it in 'date'")
    return _set(text) if text.startswith("[") and text.endswith("]") else _moment(text)


def _set(text: str) -> DateSet:
    return DateSet(text, tuple(_choice(part) for part in text[1:-1].split(",")), each=text.startswith("{"))


def _choice(text: str) -> tuple[Moment | None, Moment | None]:
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        moment = _moment(first)
        return moment, moment
    if not first and not last:
        raise DateError("'..' needs a date on one side at least")
    low, high = (_moment(first) if first else None), (_moment(last) if last else None)
    if low and high and surely_before(high, low):
        raise DateError(f"the range ends ({last}) before it starts ({first})")
    return low, high


def _moment(text: str) -> Moment:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise DateError(_reason(text))
    year, month, day, mark = match.group("year", "month", "day", "mark")
    if "X" in year:
        if month:
            raise DateError("a year with an X stands alone")
        first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
        precision = Precision.DECADE if year.count("X") == 1 else Precision.CENTURY
        earliest, latest = date(max(first, 1), 1, 1), date(last, 12, 31)
    else:
        precision, earliest, latest = _days(int(year), month, day)
    return Moment(
        text, precision, earliest, latest, approximate=mark in ("~", "%"), uncertain=mark in ("?", "%")
    )


def _days(year: int, month: str | None, day: str | None) -> tuple[Precision, date, date]:
    """The precision and the first and last day of a year, season, month or day."""
    if year < 1:
        raise DateError("year 0000 is before the calendar that this record keeps")
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise DateError(f"a day ({day}) needs its month")
        return Precision.YEAR, date(year, 1, 1), date(year, 12, 31)
    number = int(month)
    if number in SEASONS:
        if day:
            raise DateError("a season has no day")
        # Which months a season has depends on the hemisphere, which the record does not know.
        return Precision.SEASON, date(year, 1, 1), date(year, 12, 31)
    if not 1 <= number <= 12:
        raise DateError(f"month {month}")
    length = monthrange(year, number)[1]
    if day is None or day == "XX":
        return Precision.MONTH, date(year, number, 1), date(year, number, length)
    if not 1 <= int(day) <= length:
        raise DateError(f"day {day} of a month with {length} days")
    exact = date(year, number, int(day))
    return Precision.DAY, exact, exact


def _reason(text: str) -> str:
    """Say why a text has not the form of a date."""
    if time := _TIME.fullmatch(text):
        return f"a time of day says too much; write {time[1]}"
    if not text:
        return "it is empty"
    if re.fullmatch(r"\d{4}-\d(-\d{1,2})?|\d{4}-\d\d-\d", text):
        return "months and days have two digits"
    if _YEAR_LAST.fullmatch(text):
        return "the year comes first, and months are numbers"
    if re.fullmatch(r"\d{4}\s*[-–—]\s*\d{4}|\d{4} to \d{4}", text):
        return "an interval is written with a slash"
    return "it has not the form of one"


def _shift(day: date, days: int) -> date:
    """Move a date by days, stopping at the ends of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
