"""Where each entry lies on the axis of time, and how surely. Times are years as decimal numbers (2019.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from portfolio import evidence, graph, order
from portfolio.dates import EdtfDate, Interval, Point
from portfolio.loading import Record
from portfolio.models import Engagement

# How long an end fades, in years, where nothing says how far it reaches.
FADE = 0.9
# How long an entry is drawn, in years, of which only the order is known, with a neighbour on one side.
_UNKNOWN_LENGTH = 1.5
# What is known to a month or better is drawn as a point.
_SHARP = 40 / 365


class Ground(Enum):
    """What a place on the axis rests on."""

    DATES = "dates"
    EVIDENCE = "evidence"
    ORDER = "order"


@dataclass(frozen=True)
class Span:
    """A stretch of time, which fades in up to ``solid_from`` and out after ``solid_to``."""

    first: float
    solid_from: float
    solid_to: float
    last: float
    ground: Ground = Ground.DATES
    evidence: tuple[float, ...] = ()

    @property
    def is_point(self) -> bool:
        """Whether it is known to a month or better."""
        return self.last - self.first < _SHARP


def year(day: date) -> float:
    """A day as a decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def of_date(when: EdtfDate) -> Span:
    """The span of a date: as wide as it is not known, and fading to both sides of that."""
    if isinstance(when, Interval):
        return _between(when.start, when.end, None)
    first, last = _reach(when)
    middle = (first + last) / 2
    return Span(first, middle, middle, last)


def of_engagements(record: Record, now: date) -> dict[str, Span]:
    """The span of each role and education that has any place in time: by dates, else evidence, else order."""
    witnesses = evidence.by_id(record)
    spans: dict[str, Span] = {}
    ordered = order.engagements(record)
    for entry in ordered:
        seen = tuple(
            (year(evidence.first_day(when)) + year(evidence.last_day(when))) / 2
            for when in evidence.of(entry, witnesses)
        )
        if entry.start or entry.end or entry.ongoing:
            spans[entry.id] = _between(entry.start, entry.end, year(now) if entry.ongoing else None, seen)
        elif seen:
            spans[entry.id] = Span(
                min(seen) - FADE, min(seen), max(seen), max(seen) + FADE, Ground.EVIDENCE, seen
            )
    edges, _ = graph.without_cycles(graph.edges(record))
    older = graph.all_older(edges)
    for entry in ordered:
        if entry.id not in spans and (span := _by_order(entry, spans, older)):
            spans[entry.id] = span
    return spans


def _by_order(entry: Engagement, spans: dict[str, Span], older: dict[str, set[str]]) -> Span | None:
    """A place between the entries that are older and newer, if any of them has one."""
    below = [spans[id].solid_to for id in older.get(entry.id, ()) if id in spans]
    above = [spans[id].solid_from for id, others in older.items() if entry.id in others and id in spans]
    if not below and not above:
        return None
    first = max(below) if below else min(above) - _UNKNOWN_LENGTH
    last = min(above) if above else first + _UNKNOWN_LENGTH
    if last - first < FADE:
        middle = (first + last) / 2
        first, last = middle - FADE / 2, middle + FADE / 2
    return Span(first, first, last, last, Ground.ORDER)


def _between(start: Point | None, end: Point | None, now: float | None, seen: tuple[float, ...] = ()) -> Span:
    """The span from a start to an end, of which one may be unknown; ``now`` where it goes on."""
    begin = _reach(start) if start else None
    stop = (now, now) if now is not None else _reach(end) if end else None
    if begin is None:
        assert stop is not None, "a span has one side at least"
        solid = min((*seen, stop[0]))
        begin = (solid - FADE, solid)
    if stop is None:
        solid = max((*seen, begin[1]))
        stop = (solid, solid + FADE)
    if begin[1] > stop[0]:  # Both lie in the same stretch of uncertainty.
        middle = (begin[1] + stop[0]) / 2
        return Span(begin[0], middle, middle, max(stop[1], middle), Ground.DATES, seen)
    return Span(begin[0], begin[1], stop[0], stop[1], Ground.DATES, seen)


def _reach(point: Point) -> tuple[float, float]:
    """The first and last time that a date may mean, with what "about" adds; an open side counts one FADE."""
    low = point.floor or point.earliest
    high = point.ceiling or point.latest
    first, last = year(low), year(high) + 1 / 365.25
    if low == date.min:
        first = last - FADE
    if high == date.max:
        last = first + FADE
    return first, last
