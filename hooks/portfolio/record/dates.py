"""Uncertain dates: a subset of EDTF (ISO 8601-2:2019, annex A), and their wording.

Level 0: ``2019``, ``2019-05``, ``2019-05-17``, ``2012/2015``. Level 1: ``2019~`` (approximate), ``2019?``
(uncertain), ``2019%`` (both), ``201X``, ``2019-XX``, ``2019-21`` (spring; 22 summer, 23 autumn, 24 winter),
``/2015`` (start unknown), ``2015/`` (end unknown), ``2020/..`` (ongoing), ``../2015``.
Level 2: ``[2019,2020]`` and ``[2019..2021]`` (one of these), ``{2018,2019}`` (all of these).

Times of day, years outside 0001 to 9999 and qualified parts (``2019-~05``) have no use in a career and are
rejected with a reason. The wording never claims more precision than the date has.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from portfolio.core import i18n
from portfolio.core.i18n import N_, ngettext
from portfolio.core.i18n import gettext as _

_SINGLE_DATE_EXAMPLES = "2019, 2019-05, 2019-05-17, 2019~ (about), 2019? (uncertain), 201X"
POINT_EXAMPLES = f"{_SINGLE_DATE_EXAMPLES} or [2019,2020] (one of these)"
EXAMPLES = (
    f"{_SINGLE_DATE_EXAMPLES}, 2012/2015, /2015, 2020/.., [2019,2020] (one of these) "
    "or {2018,2019} (each of these)"
)
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_SEASONS_OF_YEARS = {
    21: N_("spring %(year)s"),
    22: N_("summer %(year)s"),
    23: N_("autumn %(year)s"),
    24: N_("winter %(year)s"),
}
# How people write months. Not calendar.month_name, which depends on the locale of the build.
_MONTHS = "January February March April May June July August September October November December".split()
# December 2019 to 2020 can be one month or more than a year, so a shorter duration is not written.
_MIN_YEARS = 2


class DateError(ValueError):
    """The text is not a date of the subset; the message says why.

    ``suggestion`` is the date as EDTF if it is clear what the text means, else empty.
    """

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


class Precision(IntEnum):
    """The precision of a date, from coarse to fine."""

    CENTURY = 1
    DECADE = 2
    YEAR = 3
    SEASON = 4
    MONTH = 5
    DAY = 6


# How far "about" extends to either side, in days: one unit of the precision.
_UNIT_DAYS = dict(zip(Precision, (36525, 3653, 366, 92, 31, 1), strict=True))
_ISO_LENGTH = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


@dataclass(frozen=True)
class SingleDate:
    """A date of some precision: a day from ``earliest`` to ``latest``, both included."""

    text: str
    precision: Precision
    earliest: date
    latest: date
    approximate: bool = False
    uncertain: bool = False

    @property
    def floor(self) -> date | None:
        """The first day that is possible; None if it is uncertain and thus proves nothing."""
        slack = self.approximate * _UNIT_DAYS[self.precision]
        return None if self.uncertain else _shift(self.earliest, -slack)

    @property
    def ceiling(self) -> date | None:
        """The last day that is possible; None if it is uncertain and thus proves nothing."""
        slack = self.approximate * _UNIT_DAYS[self.precision]
        return None if self.uncertain else _shift(self.latest, slack)

    @property
    def exact(self) -> bool:
        """Whether it is a plain year, season, month or day, without a qualification."""
        return not (self.approximate or self.uncertain) and self.precision >= Precision.YEAR


@dataclass(frozen=True)
class DateSet:
    """One of several dates (``[]``), or ``each`` of them (``{}``).

    A choice is a first and a last date, which are the same object for a single date. None replaces the
    missing side of ``[..2015]`` and ``[2015..]``.
    """

    text: str
    choices: tuple[tuple[SingleDate | None, SingleDate | None], ...]
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
        return min(filter(None, floors)) if all(floors) else None

    @property
    def ceiling(self) -> date | None:
        ceilings = [last.ceiling if last else None for _, last in self.choices]
        return max(filter(None, ceilings)) if all(ceilings) else None


Point = SingleDate | DateSet


@dataclass(frozen=True)
class Interval:
    """An interval. A side that is None is unknown, or open (``..``) if its flag says so; the other is not."""

    text: str
    start: Point | None
    end: Point | None
    open_start: bool = False
    open_end: bool = False

    @property
    def earliest(self) -> date:
        """The first day that it can mean; without a known start, that of its end."""
        return self._points[0].earliest

    @property
    def latest(self) -> date:
        """The last day that it can mean; without a known end, that of its start."""
        return self._points[-1].latest

    @property
    def _points(self) -> list[Point]:
        return [point for point in (self.start, self.end) if point]


EdtfDate = Point | Interval

_SINGLE_DATE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?(?P<mark>[~?%])?", re.ASCII
)
_YEAR_LAST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}[./-]\d{4}|[^\W\d]{3,}\.? \d{4}")
_MONTH = "1[0-2]|0?[1-9]"
# A year and a month, and possibly a day, with slashes or points between them, or a day without any.
_OTHER_MARKS = re.compile(
    rf"(?P<year>\d{{4}})[./](?P<month>{_MONTH})(?:[./](?P<day>\d\d?))?|(\d{{4}})({_MONTH})(\d\d)", re.ASCII
)
_WITH_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ]+\d\d?:\d\d(:\d\d([.,]\d+)?)?( ?[ap]\.?m\.?)?( ?(Z|UTC|[+-]\d\d:?(\d\d)?))?",
    re.IGNORECASE | re.ASCII,
)
# What people write instead of a date, what is wrong with it, and how to write it.
_INVALID_FORMS = (
    (re.compile(""), "it is empty"),
    (_WITH_TIME, "a time of day is too precise"),
    (_OTHER_MARKS, "hyphens separate year, month and day"),
    (re.compile(r"\d{4}-\d(-\d{1,2})?|\d{4}-\d\d-\d"), "months and days have two digits"),
    (_YEAR_LAST, "the year comes first, and months are numbers"),
    (re.compile(r"\d{4}\s*[-–—]\s*\d{4}|\d{4} to \d{4}"), "an interval is written with a slash"),
    (re.compile(r"\d{3}0s"), "a decade is written with an X"),
    (re.compile(".*", re.DOTALL), "it does not have the form of a date"),
)
# "17 May 2019", "May 2019" and "summer 2019"; "May 17, 2019"; "about 2019".
_NAMED_MONTH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]{3,})\.?,?\s+(\d{4})", re.IGNORECASE | re.ASCII
)
_MONTH_FIRST = re.compile(r"([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE | re.ASCII)
_ABOUT = re.compile(r"(?:c\.|ca\.?|circa|about|around|approx\.?|approximately|~)\s*(\S.*)", re.IGNORECASE)
_LONGEST_DATE = 100
# What people write for the end of what is ongoing.
PRESENT_WORDS = (
    *"present current currently now ongoing today".split(),
    *("to date", "to present", "till now", "until now"),
)
_SINCE = re.compile(
    rf"since\s+(?P<since>\d{{4}}(?:-\d\d)?)|(\d{{4}}(?:-\d\d)?)\s*(?:[-–—]|to)\s*(?:{'|'.join(PRESENT_WORDS)})",
    re.IGNORECASE | re.ASCII,
)


def is_certainly_before(first: Point, second: Point) -> bool:
    """Whether the first date is before the second, whatever days they turn out to be."""
    return first.ceiling is not None and second.floor is not None and first.ceiling < second.floor


def parse_date(text: str) -> EdtfDate:
    """Parse an EDTF string of the subset. Raises DateError with the reason."""
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        return DateSet(text, tuple(map(_parse_choice, text[1:-1].split(","))), each=True)
    if "/" not in text or _is_slashed_point(text):
        return parse_point(text)
    first, _, last = text.partition("/")
    first, last = first.strip(), last.strip()
    if last.casefold() in PRESENT_WORDS:
        raise DateError("an ongoing interval ends in '..'", f"{first}/..")
    if "/" in last:
        raise DateError("an interval has two sides, not more")
    if first in {"", ".."} and last in {"", ".."}:
        raise DateError("an interval needs a date on one side at least")
    start = None if first in {"", ".."} else parse_point(first)
    end = None if last in {"", ".."} else parse_point(last)
    if start and end and is_certainly_before(end, start):
        raise DateError(f"the interval ends ({last}) before it starts ({first})")
    return Interval(text, start, end, open_start=first == "..", open_end=last == "..")


def parse_point(text: str) -> Point:
    """Parse a date or a choice of dates, but not an interval. Raises DateError with the reason."""
    text = text.strip()
    if text.startswith("{"):
        raise DateError(
            "a set in braces is several dates, and this field takes one; write a choice as [2019,2020]"
        )
    if "/" in text and not _is_slashed_point(text):
        raise DateError("an interval is written in 'date', or as start_date and end_date")
    if text.startswith("[") and text.endswith("]"):
        return DateSet(text, tuple(map(_parse_choice, text[1:-1].split(","))))
    return _parse_single_date(text)


def _is_slashed_point(text: str) -> bool:
    """Whether the slashes in a text are between the parts of one date."""
    return bool(_YEAR_LAST.fullmatch(text) or _OTHER_MARKS.fullmatch(text))


def _parse_choice(text: str) -> tuple[SingleDate | None, SingleDate | None]:
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        single = _parse_single_date(first)
        return single, single
    if not first and not last:
        raise DateError("'..' needs a date on one side at least")
    low = _parse_single_date(first) if first else None
    high = _parse_single_date(last) if last else None
    if low and high and is_certainly_before(high, low):
        raise DateError(f"the range ends ({last}) before it starts ({first})")
    return low, high


def _parse_single_date(text: str) -> SingleDate:
    match = _SINGLE_DATE.fullmatch(text)
    if match is None:
        forms = ((pattern.fullmatch(text), reason) for pattern, reason in _INVALID_FORMS)
        raise DateError(next(form.expand(reason) for form, reason in forms if form), _suggest_date(text))
    year, month, day, mark = match.group("year", "month", "day", "mark")
    if "X" in year:
        if month:
            raise DateError("a year with an X has no month")
        first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
        precision = Precision.DECADE if year.count("X") == 1 else Precision.CENTURY
        earliest, latest = date(max(first, 1), 1, 1), date(last, 12, 31)
    else:
        precision, earliest, latest = _bounds(int(year), month, day)
    return SingleDate(
        text, precision, earliest, latest, approximate=mark in ("~", "%"), uncertain=mark in ("?", "%")
    )


def _suggest_date(text: str) -> str:
    """Return as EDTF what a text certainly means, or an empty text."""
    suggestion = ""
    if len(text) > _LONGEST_DATE:
        return suggestion
    if match := _ABOUT.fullmatch(text):
        rest = match[1] if _SINGLE_DATE.fullmatch(match[1]) else _suggest_date(match[1])
        suggestion = f"{rest}~" if rest[-1:].isdigit() else ""
    elif match := _OTHER_MARKS.fullmatch(re.sub("(?<=\\d)-(?=\\d)", "/", text)):
        suggestion = "-".join(part.zfill(2) for part in match.groups() if part)
    elif match := _WITH_TIME.fullmatch(text):
        suggestion = match[1]
    elif match := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text, re.ASCII):
        suggestion = f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}"
    elif re.fullmatch(r"\d{3}x|\d\dxx", text, re.ASCII):
        suggestion = text.upper()
    elif match := _SINCE.fullmatch(text):
        suggestion = f"{match[1] or match[2]}/.."
    elif match := re.fullmatch(r"(\d{1,2})[./-](\d{4})", text, re.ASCII):
        suggestion = f"{match[2]}-{match[1]:0>2}"
    elif match := re.fullmatch(r"(\d{4})\s*(?:[-–—]|to)\s*(\d{4})", text, re.ASCII):
        suggestion = f"{match[1]}/{match[2]}"
    elif match := re.fullmatch(r"(\d{3})0s", text, re.ASCII):
        suggestion = f"{match[1]}X"
    elif match := _NAMED_MONTH.fullmatch(_MONTH_FIRST.sub(r"\2 \1 \3", text)):
        day, word, year = match.groups()
        if number := _month_or_season(word):
            suggestion = f"{year}-{number:02}" + (f"-{day:0>2}" if day else "")
    try:
        return parse_date(suggestion).text if suggestion else ""
    except DateError:
        return ""


def _month_or_season(word: str) -> int | None:
    """Return the number of a month or a season in EDTF from its English name; a month needs three letters."""
    name = {"fall": "autumn", "sept": "september"}.get(word.lower(), word.lower())
    for number, season in SEASONS.items():
        if name == season:
            return number
    for number, month in enumerate(_MONTHS, 1):
        if name in (month.lower(), month[:3].lower()):
            return number
    return None


def _bounds(year: int, month: str | None, day: str | None) -> tuple[Precision, date, date]:
    """Return the precision and the first and last day of a year, season, month or day."""
    if year < 1:
        raise DateError("there is no year 0000")
    if month is None or month == "XX":
        if day not in (None, "XX"):
            raise DateError(f"a day ({day}) needs its month")
        return Precision.YEAR, date(year, 1, 1), date(year, 12, 31)
    number = int(month)
    if number in SEASONS:
        if day:
            raise DateError("a season has no day")
        # The months of a season depend on the hemisphere, which the record does not state.
        return Precision.SEASON, date(year, 1, 1), date(year, 12, 31)
    if not 1 <= number <= 12:
        raise DateError(f"there is no month {month}")
    length = monthrange(year, number)[1]
    if day is None or day == "XX":
        return Precision.MONTH, date(year, number, 1), date(year, number, length)
    if not 1 <= int(day) <= length:
        raise DateError(f"there is no day {day} in a month with {length} days")
    exact = date(year, number, int(day))
    return Precision.DAY, exact, exact


def _shift(day: date, days: int) -> date:
    """Move a date by days, limited to the range of `datetime.date`."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def format_date(when: EdtfDate) -> str:
    """Format as ``October 2024``, ``about 2019``, ``2019 or 2020``, ``2012 to 2015``, ``since 2020``.

    The words are in the language of the site, as those of the other functions.
    """
    if isinstance(when, Interval):
        return format_span(when.start, when.end, ongoing=when.open_end)
    if isinstance(when, DateSet):
        choices = (_format_choice(*choice, each=when.each) for choice in when.choices)
        return i18n.format_list(choices, "standard" if when.each else "or")
    return _format_single_date(when)


def format_span(start: Point | None, end: Point | None, *, ongoing: bool) -> str:
    """Format a start and an end: ``since about 2019``, ``until 2015``.

    Without either the text is empty.
    """
    if ongoing:
        return _("since %(date)s", date=format_date(start)) if start else _("to the present")
    if start and end:
        first, last = format_date(start), format_date(end)
        return first if first == last else _("%(first)s to %(last)s", first=first, last=last)
    if start:
        return _("from %(date)s", date=format_date(start))
    return _("until %(date)s", date=format_date(end)) if end else ""


def format_duration(start: Point | None, end: Point | None) -> str | None:
    """Format as ``2 years, 3 months``, or ``about 3 years`` between years; None if an end is not exact.

    The first and the last day (or month) count in full. Also None for less than a month, and for less than
    two years if only years are known.
    """
    if not isinstance(start, SingleDate) or not isinstance(end, SingleDate) or start is end:
        return None
    if not (start.exact and end.exact):
        return None
    if min(start.precision, end.precision) < Precision.MONTH:
        years = end.earliest.year - start.earliest.year
        if years < _MIN_YEARS:
            return None
        return ngettext("about %(num)s year", "about %(num)s years", years)
    years, months = divmod(_whole_months(start.earliest, end.latest), 12)
    of_years = ngettext("%(num)s year", "%(num)s years", years)
    of_months = ngettext("%(num)s month", "%(num)s months", months)
    if years > 0 and months > 0:
        return _("%(years)s, %(months)s", years=of_years, months=of_months)
    return of_years if years > 0 else of_months if months > 0 else None


def html_datetime(when: EdtfDate | None) -> str:
    """Return the value of HTML's ``datetime`` attribute for an exact date, else an empty string."""
    if not isinstance(when, SingleDate) or not when.exact or when.precision is Precision.SEASON:
        return ""
    return when.earliest.isoformat()[: _ISO_LENGTH[when.precision]]


def _whole_months(first: date, last: date) -> int:
    """Count the complete months from one day to another, both included."""
    after = date.fromordinal(min(last.toordinal() + 1, date.max.toordinal()))
    return (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)


def _format_choice(first: SingleDate | None, last: SingleDate | None, *, each: bool) -> str:
    if first and last:
        if first is last:
            return _format_single_date(first)
        ends = {"first": _format_single_date(first), "last": _format_single_date(last)}
        if each:
            return _("all from %(first)s to %(last)s", **ends)
        return _("between %(first)s and %(last)s", **ends)
    if last:
        date = _format_single_date(last)
        return _("%(date)s and before", date=date) if each else _("%(date)s or before", date=date)
    assert first is not None, "a choice has a date on one side"
    date = _format_single_date(first)
    return _("%(date)s and later", date=date) if each else _("%(date)s or later", date=date)


def _format_single_date(single: SingleDate) -> str:
    words = _format_precisely(single)
    if single.uncertain and single.approximate:
        return _("perhaps about %(date)s", date=words)
    if single.uncertain:
        return _("perhaps %(date)s", date=words)
    return _("about %(date)s", date=words) if single.approximate else words


def _format_precisely(single: SingleDate) -> str:
    day, last_year = single.earliest, single.latest.year
    match single.precision:
        case Precision.CENTURY | Precision.DECADE if day.year == 1:
            return _("the years 1 to %(last)s", last=last_year)
        case Precision.CENTURY | Precision.DECADE if day.year % 100:
            return _("the %(year)ss", year=day.year)
        case Precision.CENTURY | Precision.DECADE:
            # "The 2000s" can mean a decade or a century.
            return _("the %(year)ss (%(year)s to %(last)s)", year=day.year, last=last_year)
        case Precision.YEAR:
            return i18n.format_date(day, "year")
        case Precision.SEASON:
            return _(_SEASONS_OF_YEARS[int(single.text[5:7])], year=day.year)
        case Precision.MONTH:
            return i18n.format_date(day, "month")
        case Precision.DAY:
            return i18n.format_date(day)
