"""The geometry of the chart: spans of time, marks in rows, and labels that do not collide.

Times are decimal years (2019.5).
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, count
from typing import Literal

from portfolio.record import order
from portfolio.record.dates import EdtfDate, Interval, Point, SingleDate
from portfolio.record.kinds import Entry
from portfolio.record.models import Engagement
from portfolio.record.record import Record
from portfolio.timeline.views import EntryView

# How long an end fades, in years, if its extent is unknown.
FADE = 0.9
# The drawn length, in years, of an entry of which only the order is known, with a neighbour on one side.
_UNKNOWN_LENGTH = 1.5
# Dates known to a month or better are drawn as points.
_POINT_LENGTH = 40 / 365
# The width of the column for undated entries, in per cent.
UNDATED_COLUMN = 9.0
# What the key of the chart can explain, in its order.
SYMBOLS = ("dates", "fade", "within", "evidence", "order", "none")
_LABEL_SIZE = 13
# With more rows, labels are hard to read and are left out; each mark still has its name.
_MAX_LABELLED_ROWS = 14
# Marks in further rows overlap those in the first rows, so that a lane does not become too high.
_MAX_ROWS = 40
# Clickable areas of this height or less, in px, are of no use.
_MIN_REACH = 6
# Shorter bars, in per cent, would be invisible.
_MIN_BAR = 0.5
# Widths of characters as shares of the font size. The system's sans is unknown, so they are generous.
_WIDE_CHARACTER = 1.02
_NARROW_CHARACTER = 0.56


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
        return self.last - self.first < _POINT_LENGTH


@dataclass(frozen=True)
class Dimensions:
    """The measures of a layout in px; ``length`` is the shortest axis that the layout is displayed with.

    ``gutter`` is the share for the titles of lanes, in per cent. A layout whose ``labelled_row`` is 0 has no
    labels. Rows without labels are between ``max_row`` and ``min_row`` high, so that those of a lane fit into
    ``depth``, if they can. Bars are at most ``bar`` thick, and points have at most the radius ``point``.
    """

    name: str
    length: int
    gutter: float
    labelled_row: int
    max_row: float
    min_row: float
    depth: int
    bar: float
    point: float
    padding: int
    max_years: int


WIDE = Dimensions(
    "wide",
    640,
    15.0,
    labelled_row=20,
    max_row=8,
    min_row=3,
    depth=72,
    bar=3,
    point=3.2,
    padding=11,
    max_years=12,
)
UPRIGHT = Dimensions(
    "upright",
    420,
    0.0,
    labelled_row=0,
    max_row=5,
    min_row=2,
    depth=24,
    bar=2.5,
    point=2.4,
    padding=5,
    max_years=20,
)


@dataclass(frozen=True)
class Item:
    """An entry, its view, and its span if it has a position in time."""

    entry: Entry
    view: EntryView
    span: Span | None


@dataclass(frozen=True)
class Mark:
    """An entry in the chart. ``at`` is px across time, within the lane; all others are percentages.

    ``ground`` is ``dates``, ``within``, ``evidence``, ``order`` or ``none`` (in the column of undated
    entries). ``label_side`` is ``after``, ``before`` or ``above`` the mark.
    """

    id: str
    name: str
    shape: str
    ground: str
    at: float
    first: float
    solid_from: float
    solid_to: float
    last: float
    evidence: tuple[tuple[float, float], ...] = ()
    label: str = ""
    sublabel: str = ""
    label_side: str = ""

    @property
    def length(self) -> float:
        return self.last - self.first

    @property
    def fades(self) -> bool:
        """Whether an end of the mark fades."""
        return self.first < self.solid_from or self.solid_to < self.last

    @property
    def symbols(self) -> set[str]:
        """The symbols of the mark that the key has to explain."""
        if self.shape == "point":
            return {"none"} if self.ground == "none" else set()
        ticks = {"evidence"} if self.evidence and self.ground != "within" else set()
        return {self.ground} | ticks | ({"fade"} if self.fades and self.ground == "dates" else set())

    def share(self, position: float) -> float:
        """Return a position as a share (0 to 1) of the mark's length, for the stops of its gradient."""
        return (position - self.first) / self.length if self.length else 0.0


@dataclass(frozen=True)
class Lane:
    """The marks of one kind. All measures are px across time.

    ``bar`` is the thickness of bars, ``point`` the radius of points, and ``reach`` the height of the area
    around a mark that can be clicked; 0 if there is no room for it.
    """

    kind: str
    title: str
    size: float
    bar: float
    point: float
    reach: float
    marks: tuple[Mark, ...]


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


def lay_out_lane(
    kind: str,
    title: str,
    items: list[Item],
    dimensions: Dimensions,
    position: Callable[[float], float],
    *,
    has_labels: bool,
) -> Lane:
    """Lay out the entries of one kind. ``position`` returns the percentage of a time.

    ``has_labels``: the marks have labels, if the layout and the number of rows allow it.
    """
    marks = _marks(items, dimensions, position)
    labelled = [
        _with_label(mark, item, dimensions, position)
        for mark, item in zip(marks, items, strict=True)
        if has_labels and dimensions.labelled_row
    ]
    rows = _assign_rows(labelled, dimensions)
    if rows and max(rows) < _MAX_LABELLED_ROWS:
        marks, row_height = labelled, float(dimensions.labelled_row)
    else:
        rows = [row % _MAX_ROWS for row in _assign_rows(marks, dimensions)]
        fitting = dimensions.depth / (max(rows, default=0) + 1)
        row_height = min(max(fitting, dimensions.min_row), dimensions.max_row)
    above = {row for row, mark in zip(rows, marks, strict=True) if mark.label_side == "above"}
    at = [
        round(dimensions.padding + row * row_height + 15 * sum(label_row <= row for label_row in above), 2)
        for row in rows
    ]
    placed = tuple(replace(mark, at=px) for mark, px in zip(marks, at, strict=True))
    if dimensions.gutter:
        title = _shorten_label(title, dimensions.gutter / 100 * dimensions.length)
    return Lane(
        kind,
        title,
        max(at, default=dimensions.padding) + dimensions.padding,
        bar=round(min(dimensions.bar, 0.6 * row_height), 2),
        point=round(min(dimensions.point, 0.45 * row_height), 2),
        # Marks in the next row must not be covered.
        reach=2 * dimensions.max_row if not any(rows) else row_height if row_height >= _MIN_REACH else 0,
        marks=placed,
    )


def _marks(items: list[Item], dimensions: Dimensions, position: Callable[[float], float]) -> list[Mark]:
    marks = []
    undated = count()
    for item in items:
        parts = (item.view.organisation, item.view.title, item.view.when.words)
        name = ": ".join(part for part in parts if part)
        if (span := item.span) is None:
            x = _undated_position(next(undated), dimensions)
            marks.append(Mark(item.entry.id, name, "point", "none", 0, x, x, x, x))
            continue
        shape = "point" if span.ground == "within" and span.is_point else "bar"
        first, last = position(span.first), position(span.last)
        if shape == "bar" and last - first < _MIN_BAR:
            first = max(0.0, last - _MIN_BAR)
        solid_from, solid_to = (
            min(max(position(time), first), last) for time in (span.solid_from, span.solid_to)
        )
        evidence = tuple((position(start), position(end)) for start, end in span.evidence)
        marks.append(
            Mark(item.entry.id, name, shape, span.ground, 0, first, solid_from, solid_to, last, evidence)
        )
    return marks


def _undated_position(index: int, dimensions: Dimensions) -> float:
    """The position of the nth undated entry of a lane: side by side as far as the column reaches."""
    step = 11 / dimensions.length * 100
    return round(dimensions.gutter + (index % int((UNDATED_COLUMN - 1) / step) + 0.5) * step, 3)


def _with_label(mark: Mark, item: Item, dimensions: Dimensions, position: Callable[[float], float]) -> Mark:
    """Add a label to a mark: after it if there is room, else before it, else above it."""
    if mark.ground == "none":
        return mark
    scale = dimensions.length / 100
    room = {
        "after": (100 - mark.last) * scale - 8,
        "before": (mark.first - position(-math.inf)) * scale - 8,
        "above": (100 - mark.first) * scale,
    }
    label, sublabel = item.view.organisation, item.view.title
    needed = _label_width(f"{label}  {sublabel}")
    side = next(
        (side for side in ("after", "before") if room[side] >= needed), max(room, key=room.__getitem__)
    )
    label = _shorten_label(label, room[side])
    rest = room[side] - _label_width(f"{label}  ")
    sublabel = _shorten_label(sublabel, rest) if rest > 4 * _LABEL_SIZE else ""
    return replace(mark, label=label, sublabel=sublabel, label_side=side)


def _assign_rows(marks: list[Mark], dimensions: Dimensions) -> list[int]:
    """The row of each mark: the first in which neither the mark nor its label touches another."""
    rows: list[list[tuple[float, float]]] = []
    assigned = []
    for mark in marks:
        extent = _mark_extent(mark, dimensions)
        row = _first_free_row(rows, *extent)
        if row == len(rows):
            rows.append([])
        insort(rows[row], extent)
        assigned.append(row)
    return assigned


def _first_free_row(rows: list[list[tuple[float, float]]], first: float, last: float) -> int:
    """The first row with nothing between two ends. The extents of a row are sorted and do not overlap."""
    for row, occupied in enumerate(rows):
        low, high = occupied[-1]
        # Most marks come in the order of time, so that comparing with the last extent is enough.
        if first > high:
            return row
        if last < low:
            index = bisect_left(occupied, first, key=lambda extent: extent[1])
            if last < occupied[index][0]:
                return row
    return len(rows)


def _mark_extent(mark: Mark, dimensions: Dimensions) -> tuple[float, float]:
    """The px along time that a mark, its ticks and its label occupy, with a margin."""
    scale = dimensions.length / 100
    ends = [mark.first, mark.last, *(end for work in mark.evidence for end in work)]
    first, last = min(ends) * scale, max(ends) * scale
    if mark.label:
        width = _label_width(f"{mark.label}  {mark.sublabel}") + 8
        match mark.label_side:
            case "after":
                last = max(last, mark.last * scale + width)
            case "before":
                first = min(first, mark.first * scale - width)
            case _:
                last = max(last, mark.first * scale + width)
        return first - 6, last + 6
    if mark.ground != "within":
        return first - 3, last + 3
    # Points may overlap by half, and spans may touch: more stay in one row, and each remains visible.
    margin = 1.5 if mark.shape == "point" else -0.5
    return first - margin, last + margin


def _label_width(text: str) -> float:
    """The approximate width of a label in px."""
    return sum(map(_character_width, text)) * _LABEL_SIZE


def _shorten_label(text: str, room: float) -> str:
    """A label, cut with an ellipsis to fit the room in px; combining marks stay with their base."""
    if _label_width(text) <= room:
        return text
    widths = accumulate(map(_character_width, text), initial=_WIDE_CHARACTER)
    fitting = sum(width * _LABEL_SIZE <= room for width in widths) - 1
    return text[: max(fitting, 0)].rstrip(" ,;:-–—") + "…"


def _character_width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return _WIDE_CHARACTER if unicodedata.east_asian_width(character) in {"W", "F"} else _NARROW_CHARACTER
