"""Dates in honest words: never more exact than what is known. The same words are seen and read aloud."""

from __future__ import annotations

from portfolio.dates import SEASONS, EdtfDate, Interval, Moment, OneOf, Point, Precision
from portfolio.models import Engagement
from portfolio.problem import listed

NOT_STATED = "date not stated"
# Not calendar.month_name, which follows the locale of whoever builds.
_MONTHS = "January February March April May June July August September October November December".split()
_ISO_LENGTH = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


def of_date(when: EdtfDate) -> str:
    """``October 2024``, ``about 2019``, ``2019 or 2020``, ``2012 to 2015``, ``since 2020``."""
    if isinstance(when, Interval):
        return _of_span(when.start, when.end, ongoing=when.open_end)
    return of_point(when)


def of_engagement(entry: Engagement) -> str:
    """When a role or an education was: ``2012 to 2015``, ``since about 2019``, ``now; start not stated``."""
    if entry.date is not None:
        return of_date(entry.date)
    return _of_span(entry.start, entry.end, ongoing=entry.ongoing)


def of_point(point: Point) -> str:
    """One date in words."""
    if isinstance(point, OneOf):
        return listed([_of_choice(first, last) for first, last in point.choices], "or")
    return _of_moment(point)


def duration(entry: Engagement) -> str | None:
    """How long it lasted, if both ends are sure: ``2 years, 3 months`` or ``about 3 years``."""
    start, end = entry.start, entry.end
    if (
        not (isinstance(start, Moment) and isinstance(end, Moment) and start.exact and end.exact)
        or start is end
    ):
        return None
    months = (end.earliest.year - start.earliest.year) * 12 + end.earliest.month - start.earliest.month
    if min(start.precision, end.precision) < Precision.MONTH:
        years = end.earliest.year - start.earliest.year
        return f"about {_counted(years, 'year')}" if years else None
    # Both months are counted, as one does who has worked in both of them.
    years, months = divmod(months + 1, 12)
    return ", ".join(
        _counted(number, unit) for number, unit in ((years, "year"), (months, "month")) if number
    )


def machine_readable(when: EdtfDate | None) -> str:
    """The value of HTML's ``datetime`` for a date that is known without a doubt, else an empty string."""
    if not isinstance(when, Moment) or not when.exact or when.precision is Precision.SEASON:
        return ""
    return when.earliest.isoformat()[: _ISO_LENGTH[when.precision]]


def _of_span(start: Point | None, end: Point | None, *, ongoing: bool) -> str:
    if ongoing:
        return f"since {of_point(start)}" if start else "now; start not stated"
    if start and end:
        first, last = of_point(start), of_point(end)
        return first if first == last else f"{first} to {last}"
    if start:
        return f"from {of_point(start)}; end not stated"
    if end:
        return f"until {of_point(end)}; start not stated"
    return NOT_STATED


def _of_choice(first: Moment | None, last: Moment | None) -> str:
    if first and last:
        return _of_moment(first) if first is last else f"between {_of_moment(first)} and {_of_moment(last)}"
    if last:
        return f"{_of_moment(last)} or before"
    assert first is not None, "a choice has a date on one side"
    return f"{_of_moment(first)} or later"


def _of_moment(moment: Moment) -> str:
    if moment.uncertain:
        return f"perhaps {'about ' if moment.approximate else ''}{_plain(moment)}"
    return f"about {_plain(moment)}" if moment.approximate else _plain(moment)


def _plain(moment: Moment) -> str:
    day = moment.earliest
    match moment.precision:
        case Precision.CENTURY:
            return f"between {moment.earliest.year} and {moment.latest.year}"
        case Precision.DECADE:
            return f"the {day.year}s"
        case Precision.SEASON:
            return f"{SEASONS[int(moment.text[5:7])]} {day.year}"
        case Precision.MONTH:
            return f"{_MONTHS[day.month - 1]} {day.year}"
        case Precision.DAY:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        case _:
            return str(day.year)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
