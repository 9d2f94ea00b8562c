"""When the entries of the record were: spans of time, as exact as the record is, and no more.

Times are decimal years (2019.5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from portfolio.record import order
from portfolio.record.dates import EdtfDate, Interval, Point, SingleDate
from portfolio.record.kinds import Entry
from portfolio.record.models import Engagement
from portfolio.record.record import Record

# How long an end fades, in years, if its extent is unknown.
FADE = 0.9
# The drawn length, in years, of an entry of which only the order is known, with a neighbour on one side.
_UNKNOWN_LENGTH = 1.5
# A little more than a month, in years.
_MONTH = 40 / 365

# How a position on the axis is known; "within" means that the span contains a single time.
Ground = Literal["dates", "within", "evidence", "order"]


@dataclass(frozen=True)
class Span:
    """A stretch of time, which fades in up to ``solid_from`` and out after ``solid_to``.

    ``evidence`` has the first and last time of each piece of linked work.
    """

    first: float
    solid_from: float
    solid_to: float
    last: float
    ground: Ground = "dates"
    evidence: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        assert self.first <= self.solid_from <= self.solid_to <= self.last, self

    @property
    def is_point(self) -> bool:
        """Whether the time is known to a month or better."""
        return self.last - self.first < _MONTH

    @property
    def fades_in(self) -> bool:
        """Whether the start is not known to a month or better."""
        return self.solid_from - self.first >= _MONTH

    @property
    def fades_out(self) -> bool:
        """Whether the end is not known to a month or better."""
        return self.last - self.solid_to >= _MONTH


def decimal_year(day: date) -> float:
    """Return a day as a decimal year."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def date_span(when: EdtfDate, today: date) -> Span:
    """Return the span of a date: all times that it may mean, or the whole of an interval."""
    if isinstance(when, Interval):
        return _interval_span(when.start, when.end, decimal_year(today) if when.open_end else None)
    first, last = _extent(when)
    if isinstance(when, SingleDate) and (when.approximate or when.uncertain):
        return Span(first, (first + last) / 2, (first + last) / 2, last, "within")
    return Span(first, first, last, last, "within")


def entry_span(entry: Entry, engaged: dict[str, Span], today: date) -> Span | None:
    """Return the span of an entry; of a role or education, that in ``engaged`` (see `engagement_spans`)."""
    if isinstance(entry, Engagement):
        return engaged.get(entry.id)
    spans = sorted((date_span(when, today) for when in order.entry_dates(entry)), key=lambda span: span.last)
    if not spans:
        return None
    # A talk with several occasions is drawn once, at the latest of them, with ticks for the rest.
    earlier = {(span.first, span.last) for span in spans if span.last != spans[-1].last}
    return replace(spans[-1], evidence=tuple(sorted(earlier)))


def engagement_spans(record: Record, today: date) -> dict[str, Span]:
    """Return the spans of roles and education by id: from dates, else from evidence, else from the order.

    Entries without any position in time are left out.
    """
    now = decimal_year(today)
    spans: dict[str, Span] = {}
    engagements = order.sort_engagements(record)
    for entry in engagements:
        evidence_spans = [date_span(when, today) for when in order.evidence_dates(entry, record)]
        ticks = tuple(dict.fromkeys((span.first, span.last) for span in evidence_spans))
        if entry.start or entry.end:
            spans[entry.id] = _interval_span(entry.start, entry.end, now if entry.ongoing else None, ticks)
        elif ticks and not entry.ongoing:
            first, last = min(first for first, _ in ticks), max(last for _, last in ticks)
            spans[entry.id] = Span(first - FADE, first, last, last + FADE, "evidence", ticks)
        elif ticks:
            first = min([now, *(first for first, _ in ticks)])
            spans[entry.id] = Span(first - FADE, first, now, now, "dates", ticks)
    for entry in engagements:
        if entry.ongoing and entry.id not in spans:
            # An ongoing role without a start date fades in from the latest dated entry.
            ends = [span.solid_to for span in spans.values() if span.solid_to < now - FADE]
            spans[entry.id] = Span(max(ends, default=now - 3 * FADE), now, now, now)
    older = record.order.all_older
    for entry in engagements:
        if entry.id not in spans and (span := _span_by_order(entry, spans, older, now)):
            spans[entry.id] = span
    return spans


def _span_by_order(
    entry: Engagement, spans: dict[str, Span], older: dict[str, set[str]], now: float
) -> Span | None:
    """A span between the older and the newer entries, if any of them has a span."""
    # The entry may have begun at the end of an older one, or at its start if that is ongoing.
    below = [
        span.solid_from if span.solid_to >= now else span.solid_to
        for span in (spans[id] for id in older.get(entry.id, ()) if id in spans)
    ]
    above = [spans[id].solid_from for id, all_older in older.items() if entry.id in all_older and id in spans]
    if not below and not above:
        return None
    first = max(below) if below else min(above) - _UNKNOWN_LENGTH
    last = min(above) if above else min(first + _UNKNOWN_LENGTH, now)
    if last - first < FADE:
        middle = (first + last) / 2
        first, last = middle - FADE / 2, middle + FADE / 2
    return Span(first, first, last, last, "order")


def _interval_span(
    start: Point | None, end: Point | None, now: float | None, ticks: tuple[tuple[float, float], ...] = ()
) -> Span:
    """The span from a start to an end, of which one may be unknown; ``now`` if it is ongoing."""
    begin = _extent(start) if start else None
    stop = _extent(end) if end else (now, now) if now is not None else None
    if begin is None:
        assert stop is not None, "a span has at least one side"
        solid = min([stop[0], *(first for first, _ in ticks)])
        begin = (solid - FADE, solid)
    if stop is None:
        solid = max([begin[1], *(last for _, last in ticks)])
        stop = (solid, solid + FADE)
    first, last = begin[0], max(stop[1], begin[0])
    solid_from, solid_to = min(begin[1], last), max(stop[0], first)
    if solid_from > solid_to:  # Both ends are within the same uncertainty.
        solid_from = solid_to = (solid_from + solid_to) / 2
    return Span(first, solid_from, solid_to, last, "dates", ticks)


def _extent(point: Point) -> tuple[float, float]:
    """The first and last time that a date may mean; an open or uncertain side extends it by one FADE."""
    low, high = point.floor or point.earliest, point.ceiling or point.latest
    first, last = decimal_year(low), decimal_year(high) + 1 / 365.25
    if point.floor is None:
        first -= FADE
    if point.ceiling is None:
        last += FADE
    if low == date.min:
        first = last - FADE
    if high == date.max:
        last = first + FADE
    return min(first, last), max(first, last)
