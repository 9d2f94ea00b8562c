"""Sorts entries newest first, by their dates, their evidence and the order that they state."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from datetime import date
from graphlib import TopologicalSorter
from typing import TypeVar

from portfolio.record.dates import DateSet, EdtfDate, Interval, Point, Precision, SingleDate
from portfolio.record.kinds import Entry
from portfolio.record.models import Engagement, Period, Post, Talk
from portfolio.record.record import Record, StatedOrder

E = TypeVar("E", bound=Entry)

# Sorts after every date.
_UNKNOWN = 0


def entry_dates(entry: Entry) -> list[EdtfDate]:
    """Return the dates of an entry, such as those of a talk's appearances; none for roles and education."""
    match entry:
        case Post():
            day = entry.date
            return [SingleDate(day.isoformat(), Precision.DAY, day, day)] if day is not None else []
        case Engagement():
            return []
        case Talk(date=None):
            return [appearance.date for appearance in entry.appearances if appearance.date is not None]
        case Period(date=None) if entry.start or entry.end:
            text = f"{entry.start.text if entry.start else ''}/{entry.end.text if entry.end else ''}"
            return [Interval(text, entry.start, entry.end, open_end=entry.ongoing)]
        case _:
            when: EdtfDate | None = getattr(entry, "date", None)
            return [when] if when is not None else []


def evidence_dates(engagement: Engagement, record: Record) -> list[EdtfDate]:
    """Return the dates of an engagement's evidence, oldest first."""
    evidence = [record.evidence[id] for id in engagement.evidence if id in record.evidence]
    return sorted((when for entry in evidence for when in entry_dates(entry)), key=lambda when: when.earliest)


def evidence_years(engagement: Engagement, record: Record) -> tuple[int, int] | None:
    """Return the first and last year of an engagement's evidence, of which only certain years count."""
    evidence = [record.evidence[id] for id in engagement.evidence if id in record.evidence]
    stated = [entry for entry in evidence if not {"*", "date"}.intersection(getattr(entry, "inferred", ()))]
    years = [year for entry in stated for when in entry_dates(entry) for year in _certain_years(when)]
    return (min(years), max(years)) if years else None


def _certain_years(when: EdtfDate) -> list[int]:
    """Return the years in which a date certainly was."""
    points: list[EdtfDate | None] = [when]
    if isinstance(when, Interval):
        points = [when.start, when.end]
    elif isinstance(when, DateSet) and when.each:
        points = [point for choice in when.choices for point in choice]
    return [point.earliest.year for point in points if isinstance(point, SingleDate) and point.exact]


def last_point(when: EdtfDate) -> Point | None:
    """Return a date, or the end of an interval; None if that is open or unknown."""
    return when.end if isinstance(when, Interval) else when


def newest_last(when: EdtfDate) -> tuple[bool, int, bool, date]:
    """Return a sort key for dates: by year, exact ones last within it; ongoing intervals last of all."""
    last = last_point(when)
    is_exact = isinstance(last, SingleDate) and last.exact
    is_ongoing = isinstance(when, Interval) and when.open_end
    return is_ongoing, when.latest.year, is_exact, when.latest


def sort_newest_first(entries: Iterable[E]) -> list[E]:
    """Sort all but engagements: ongoing first, then by last date; undated last, as written.

    Of a year, exact dates are before others, so that a list by years has one group for each.
    """

    def key(entry: E) -> tuple[bool, int, bool, date]:
        return max(map(newest_last, entry_dates(entry)), default=(False, 0, False, date.min))

    return sorted(entries, key=key, reverse=True)


def sort_engagements(record: Record, kind: type[Engagement] = Engagement) -> list[Engagement]:
    """Sort roles and education (or those of a kind): ongoing first, then by what is known, then as written.

    An entry is placed by its end, else its start, else its newest evidence, and by ``after`` and ``before``.
    Among the ongoing entries, and among the rest, none is above an entry that is stated to be newer. An entry
    without dates is directly above the newest entry that it is newer than, or below the oldest that it is
    older than. An entry about which nothing is known stays next to the entry that it is written after.
    """
    order = record.order
    days = _sort_days(record)
    result: list[Engagement] = []
    for ongoing in (True, False):
        group = [id for id, entry in order.entries.items() if entry.ongoing is ongoing]
        result += [order.entries[id] for id in _sort_group(group, order, days)]
    return [entry for entry in result if isinstance(entry, kind)]


def _sort_days(record: Record) -> dict[str, int]:
    """Return a day by which each engagement is placed, not before that of any entry that it is newer than."""
    order = record.order
    days = {id: day for id, entry in order.entries.items() if (day := _own_day(entry, record)) is not None}
    has_own_day = set(days)
    for id in order.oldest_first:
        below = [days[edge.older] for edge in order.by_newer.get(id, ()) if edge.older in days]
        if below:
            days[id] = max(days.get(id, _UNKNOWN), *below)
    for id in reversed(order.oldest_first):
        above = [days[edge.newer] for edge in order.by_older.get(id, ()) if edge.newer in days]
        if above and id not in has_own_day:
            days.setdefault(id, min(above))
    previous = next((days[id] for id in order.entries if id in days), _UNKNOWN)
    for id in order.entries:
        previous = days.setdefault(id, previous)
    return days


def _own_day(entry: Engagement, record: Record) -> int | None:
    """Return the day of an engagement's own dates, or else of its evidence."""
    if not entry.ongoing and entry.end is not None:
        return entry.end.latest.toordinal()
    if entry.start is not None:
        return entry.start.earliest.toordinal()
    return max((when.latest.toordinal() for when in evidence_dates(entry, record)), default=None)


def _sort_group(group: list[str], order: StatedOrder, days: dict[str, int]) -> list[str]:
    """Sort topologically, newest first; of the entries that may be next, the latest day wins."""
    place = {id: number for number, id in enumerate(group)}
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(group, ()))
    for newer, ids in _older_within(place.keys(), order).items():
        for id in ids:
            sorter.add(id, newer)
    sorter.prepare()
    ready: list[tuple[int, int, str]] = []
    result: list[str] = []
    while sorter.is_active():
        for id in sorter.get_ready():
            heapq.heappush(ready, (-days[id], place[id], id))
        result.append(heapq.heappop(ready)[-1])
        sorter.done(result[-1])
    return result


def _older_within(group: Collection[str], order: StatedOrder) -> dict[str, set[str]]:
    """Return what each entry is newer than within its group, directly or through entries outside."""
    older: dict[str, set[str]] = {}
    for id in order.oldest_first:
        direct = {edge.older for edge in order.by_newer.get(id, ())}
        within = {other for other in direct if other in group}
        older[id] = within.union(*(older[other] for other in direct - within))
    return {id: ids for id, ids in older.items() if id in group}
