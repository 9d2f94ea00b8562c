"""Where each entry lies on the axis of time, and how surely. Times are years as decimal numbers (2019.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from portfolio.record import order
from portfolio.record.dates import EdtfDate, Interval, Point, SingleDate
from portfolio.record.models import Engagement
from portfolio.record.record import Record

# How long an end fades, in years, where nothing says how far it reaches.
FADE = 0.9
# How long an entry is drawn, in years, of which only the order is known, with a neighbour on one side.
_UNKNOWN_LENGTH = 1.5
# What is known to a month or better is drawn as a point.
_SHARP = 40 / 365


class Ground(Enum):
    """What a place on the axis rests on. ``WITHIN`` is one time that is only known to lie in the span."""

    DATES = "dates"
    WITHIN = "within"
    EVIDENCE = "evidence"
    ORDER = "order"


@dataclass(frozen=True)
class Span:
    """A stretch of time, which fades in up to ``solid_from`` and out after ``solid_to``.

    ``evidence`` is when the work on record was done, each from a first to a last time.
    """

    first: float
    solid_from: float
    solid_to: float
    last: float
    ground: Ground = Ground.DATES
    evidence: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        assert self.first <= self.solid_from <= self.solid_to <= self.last, self

    @property
    def is_point(self) -> bool:
        """Whether it is known to a month or better."""
        return self.last - self.first < _SHARP


def year(day: date) -> float:
    """A day as a decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def of_date(when: EdtfDate, now: date) -> Span:
    """The span of a date: all of the time in which it may lie, or the whole of an interval."""
    if isinstance(when, Interval):
        return _between(when.start, when.end, year(now) if when.open_end else None)
    first, last = _reach(when)
    if isinstance(when, SingleDate) and (when.approximate or when.uncertain):
        first, last = (first - FADE, last + FADE) if when.uncertain else (first, last)
        return Span(first, (first + last) / 2, (first + last) / 2, last, Ground.WITHIN)
    return Span(first, first, last, last, Ground.WITHIN)


def of_engagements(record: Record, now: date) -> dict[str, Span]:
    """The span of each role and education that has any place in time: by dates, else evidence, else order."""
    witnesses = order.index_evidence(record)
    spans: dict[str, Span] = {}
    ordered = order.sort_engagements(record)
    for entry in ordered:
        known = [of_date(when, now) for when in order.evidence_dates(entry, witnesses)]
        seen = tuple(dict.fromkeys((span.first, span.last) for span in known))
        if entry.start or entry.end:
            spans[entry.id] = _between(entry.start, entry.end, year(now) if entry.ongoing else None, seen)
        elif seen and not entry.ongoing:
            first, last = min(first for first, _ in seen), max(last for _, last in seen)
            spans[entry.id] = Span(first - FADE, first, last, last + FADE, Ground.EVIDENCE, seen)
        elif seen:
            first = min([year(now), *(first for first, _ in seen)])
            spans[entry.id] = Span(first - FADE, first, year(now), year(now), Ground.DATES, seen)
    for entry in ordered:
        if entry.ongoing and entry.id not in spans:
            spans[entry.id] = _going_on(spans, year(now))
    older = record.order.all_older
    for entry in ordered:
        if entry.id not in spans and (span := _by_order(entry, spans, older, year(now))):
            spans[entry.id] = span
    return spans


def _going_on(spans: dict[str, Span], now: float) -> Span:
    """What goes on, and began nobody says when: it fades in from the last time known of anything else."""
    before = [span.solid_to for span in spans.values() if span.solid_to < now - FADE]
    return Span(max(before, default=now - 3 * FADE), now, now, now)


def _by_order(
    entry: Engagement, spans: dict[str, Span], older: dict[str, set[str]], now: float
) -> Span | None:
    """A place between the entries that are older and newer, if any of them has one."""
    below = [_over(spans[id], now) for id in older.get(entry.id, ()) if id in spans]
    above = [spans[id].solid_from for id, others in older.items() if entry.id in others and id in spans]
    if not below and not above:
        return None
    first = max(below) if below else min(above) - _UNKNOWN_LENGTH
    last = min(above) if above else min(first + _UNKNOWN_LENGTH, now)
    if last - first < FADE:
        middle = (first + last) / 2
        first, last = middle - FADE / 2, middle + FADE / 2
    return Span(first, first, last, last, Ground.ORDER)


def _over(span: Span, now: float) -> float:
    """When another entry may have been taken up after this one: its end, or its start if it goes on."""
    return span.solid_from if span.solid_to >= now else span.solid_to


def _between(
    start: Point | None, end: Point | None, now: float | None, seen: tuple[tuple[float, float], ...] = ()
) -> Span:
    """The span from a start to an end, of which one may be unknown; ``now`` where it goes on."""
    begin = _reach(start) if start else None
    stop = _reach(end) if end else (now, now) if now is not None else None
    if begin is None:
        assert stop is not None, "a span has one side at least"
        solid = min([stop[0], *(first for first, _ in seen)])
        begin = (solid - FADE, solid)
    if stop is None:
        solid = max([begin[1], *(last for _, last in seen)])
        stop = (solid, solid + FADE)
    first, last = begin[0], max(stop[1], begin[0])
    solid_from, solid_to = min(begin[1], last), max(stop[0], first)
    if solid_from > solid_to:  # Both ends lie in the same stretch of uncertainty.
        solid_from = solid_to = (solid_from + solid_to) / 2
    return Span(first, solid_from, solid_to, last, Ground.DATES, seen)


def _reach(point: Point) -> tuple[float, float]:
    """The first and last time that a date may mean, with what "about" adds; an open side counts one FADE."""
    low, high = point.floor or point.earliest, point.ceiling or point.latest
    first, last = year(low), year(high) + 1 / 365.25
    if low == date.min:
        first = last - FADE
    if high == date.max:
        last = first + FADE
    return min(first, last), max(first, last)
