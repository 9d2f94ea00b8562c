"""Dates in honest words: never more exact than what is known. The same words are seen and read aloud."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from portfolio.core.diagnostics import join_words
from portfolio.record.dates import SEASONS, DateSet, EdtfDate, Interval, Moment, Point, Precision
from portfolio.record.models import Engagement

NOT_STATED = "date not stated"
# Not calendar.month_name, which follows the locale of whoever builds.
_MONTHS = "January February March April May June July August September October November December".split()
# Between a month and a year that is one more may be a month or two years.
_LEAST_YEARS = 2
_ISO_LENGTH = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


def of_date(when: EdtfDate) -> str:
    """``October 2024``, ``about 2019``, ``2019 or 2020``, ``2012 to 2015``, ``since 2020``."""
    if isinstance(when, Interval):
        return _of_span(when.start, when.end, ongoing=when.open_end, open_start=when.open_start)
    return of_point(when)


def of_engagement(entry: Engagement) -> str:
    """When a role or an education was: ``since about 2019``, ``to the present; start not stated``."""
    if entry.date is not None:
        return of_date(entry.date)
    return _of_span(entry.start, entry.end, ongoing=entry.ongoing)


def of_point(point: Point) -> str:
    """One date in words."""
    if isinstance(point, DateSet):
        link = "and" if point.each else "or"
        return join_words([_of_choice(first, last, link) for first, last in point.choices], link)
    return _of_moment(point)


def duration(entry: Engagement) -> str | None:
    """How long it lasted, if both ends are sure: ``2 years, 3 months``; between years ``about 3 years``.

    The first and the last day, or month, are counted, as one does who has worked on both of them. What may
    be less than a month, or than two years where only years are known, is not told.
    """
    start, end = entry.start, entry.end
    if (
        not (isinstance(start, Moment) and isinstance(end, Moment) and start.exact and end.exact)
        or start is end
    ):
        return None
    if min(start.precision, end.precision) < Precision.MONTH:
        years = end.earliest.year - start.earliest.year
        return f"about {_counted(years, 'year')}" if years >= _LEAST_YEARS else None
    years, months = divmod(_whole_months(start.earliest, end.latest), 12)
    counted = [_counted(number, unit) for number, unit in ((years, "year"), (months, "month")) if number > 0]
    return ", ".join(counted) or None


def machine_readable(when: EdtfDate | None) -> str:
    """The value of HTML's ``datetime`` for a date that is known without a doubt, else an empty string."""
    if not isinstance(when, Moment) or not when.exact or when.precision is Precision.SEASON:
        return ""
    return when.earliest.isoformat()[: _ISO_LENGTH[when.precision]]


def _whole_months(first: date, last: date) -> int:
    """The months from one day to another, both included, that are complete."""
    after = date.fromordinal(min(last.toordinal() + 1, date.max.toordinal()))
    return (after.year - first.year) * 12 + after.month - first.month - (after.day < first.day)


def _of_span(start: Point | None, end: Point | None, *, ongoing: bool, open_start: bool = False) -> str:
    if ongoing:
        return f"since {of_point(start)}" if start else "to the present; start not stated"
    if start and end:
        first, last = of_point(start), of_point(end)
        return first if first == last else f"{first} to {last}"
    if start:
        return f"from {of_point(start)}; end not stated"
    if end:
        return f"until {of_point(end)}" + ("" if open_start else "; start not stated")
    return NOT_STATED


def _of_choice(first: Moment | None, last: Moment | None, link: str) -> str:
    if first and last:
        if first is last:
            return _of_moment(first)
        range_ = "between {} and {}" if link == "or" else "all from {} to {}"
        return range_.format(_of_moment(first), _of_moment(last))
    if last:
        return f"{_of_moment(last)} {link} before"
    assert first is not None, "a choice has a date on one side"
    return f"{_of_moment(first)} {link} later"


def _of_moment(moment: Moment) -> str:
    if moment.uncertain:
        return f"perhaps {'about ' if moment.approximate else ''}{_plain(moment)}"
    return f"about {_plain(moment)}" if moment.approximate else _plain(moment)


# Many entries have the same days, and each is asked for its own time and again.
@lru_cache(4096)
def _plain(moment: Moment) -> str:
    day = moment.earliest
    match moment.precision:
        case Precision.CENTURY | Precision.DECADE:
            return _of_years(day.year, moment.latest.year)
        case Precision.SEASON:
            return f"{SEASONS[int(moment.text[5:7])]} {day.year}"
        case Precision.MONTH:
            return f"{_MONTHS[day.month - 1]} {day.year}"
        case Precision.DAY:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        case _:
            return str(day.year)


def _of_years(first: int, last: int) -> str:
    """Ten or a hundred years. Where their name could mean either, it is said which."""
    if first == 1:
        return f"the years 1 to {last}"
    return f"the {first}s" if first % 100 else f"the {first}s ({first} to {last})"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
