"""The lanes of a picture: marks in rows, in which neither they nor their labels touch one another."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, replace

from portfolio.record.models import Education, Engagement, Role
from portfolio.record.record import Entry
from portfolio.timeline import text_width
from portfolio.timeline.spans import Ground, Span
from portfolio.timeline.views import EntryView

# The shares of a drawing, in per cent, for what has no place in time.
UNDATED = 9.0
# What a picture can hold that has to be explained, in the order in which it is.
SIGNS = ("dates", "fade", "within", "evidence", "order", "none")
_LABEL_SIZE = 13
# More labelled rows than this are an unreadable list; the marks stay, and have their names.
_LABELLED_ROWS = 14
# More rows of points than this are laid over one another: they are a cloud then anyway.
_POINT_ROWS = 8
# Bars this short, in per cent, would not be seen.
_SHORTEST = 0.5


@dataclass(frozen=True)
class Measures:
    """What differs between layouts, in px; ``length`` is the least along time that the layout is shown at.

    ``gutter`` is the share for the lanes' titles, in per cent. A row without height has no labels.
    """

    name: str
    length: int
    gutter: float
    labelled_row: int
    bar_row: int
    point_row: int
    padding: int
    most_years: int


WIDE = Measures("wide", 640, 15.0, labelled_row=20, bar_row=6, point_row=8, padding=9, most_years=12)
UPRIGHT = Measures("upright", 420, 0.0, labelled_row=0, bar_row=6, point_row=5, padding=5, most_years=20)


@dataclass(frozen=True)
class Item:
    """An entry, its view, and its place in time if it has any."""

    entry: Entry
    view: EntryView
    span: Span | None


@dataclass(frozen=True)
class Mark:
    """One entry in the picture. ``at`` is px across time, in the lane; the rest are percentages along it.

    ``ground`` is ``dates``, ``within``, ``evidence``, ``order`` or ``none`` (in the column of undated ones).
    ``label_side`` is ``after``, ``before`` or ``above`` the mark.
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
    def signs(self) -> set[str]:
        """What of it has to be explained to a reader."""
        if self.shape == "point":
            return {"none"} if self.ground == "none" else set()
        fades = self.ground == "dates" and (self.first < self.solid_from or self.solid_to < self.last)
        ticks = {"evidence"} if self.evidence and self.ground != "within" else set()
        return {self.ground} | ticks | ({"fade"} if fades else set())

    def share(self, position: float) -> float:
        """A position as a share (0 to 1) of the mark's own length, for the stops of its gradient."""
        return (position - self.first) / self.length if self.length else 0.0


@dataclass(frozen=True)
class Lane:
    """The marks of one kind; ``size`` is px across time."""

    kind: str
    title: str
    size: float
    marks: tuple[Mark, ...]


def lane(
    kind: str, title: str, items: list[Item], measures: Measures, place: Callable[[float], float]
) -> Lane:
    """Lay out the entries of one kind. ``place`` gives the percentage of a time."""
    engaged = kind in ("roles", "education")
    marks = _marks(items, measures, place)
    labelled = [_labelled(mark, item, measures, place) for mark, item in zip(marks, items, strict=True)]
    rows = _rows(labelled, measures)
    labels = engaged and measures.labelled_row > 0 and max(rows, default=0) < _LABELLED_ROWS
    if labels:
        marks = labelled
    else:
        rows = _rows(marks, measures)
    if not engaged:
        rows = [row % _POINT_ROWS for row in rows]
    pitch = measures.labelled_row if labels else measures.bar_row if engaged else measures.point_row
    above = {row for row, mark in zip(rows, marks, strict=True) if mark.label_side == "above"}
    at = [measures.padding + row * pitch + 15 * len([a for a in above if a <= row]) for row in rows]
    placed = tuple(replace(mark, at=px) for mark, px in zip(marks, at, strict=True))
    if measures.gutter:
        title = text_width.shortened(title, _LABEL_SIZE, measures.gutter / 100 * measures.length)
    return Lane(kind, title, max(at, default=measures.padding) + measures.padding, placed)


def _marks(items: list[Item], measures: Measures, place: Callable[[float], float]) -> list[Mark]:
    marks = []
    undated = 0
    for item in items:
        whose = _whose(item.entry)
        name = ": ".join(part for part in (whose, item.view.title, item.view.when.words) if part)
        if item.span is None:
            x = _undated_place(undated, measures)
            undated += 1
            marks.append(Mark(item.entry.id, name, "point", "none", 0, x, x, x, x))
        else:
            marks.append(_mark(item, name, item.span, place))
    return marks


def _mark(item: Item, name: str, span: Span, place: Callable[[float], float]) -> Mark:
    shape = "point" if span.ground is Ground.WITHIN and span.is_point else "bar"
    first, last = place(span.first), place(span.last)
    if shape == "bar" and last - first < _SHORTEST:
        first, last = max(0.0, last - _SHORTEST), last
    return Mark(
        item.entry.id,
        name,
        shape,
        ground=span.ground.value,
        at=0,
        first=first,
        solid_from=min(max(place(span.solid_from), first), last),
        solid_to=min(max(place(span.solid_to), first), last),
        last=last,
        evidence=tuple((place(start), place(end)) for start, end in span.evidence),
    )


def _undated_place(index: int, measures: Measures) -> float:
    """The place of the nth undated entry of a lane: side by side as far as the column goes."""
    step = 11 / measures.length * 100
    return round(measures.gutter + (index % int((UNDATED - 1) / step) + 0.5) * step, 3)


def _whose(entry: Entry) -> str:
    """Whose the work was: the employer or the school."""
    if isinstance(entry, Role):
        return entry.company
    return entry.institution if isinstance(entry, Education) else ""


def _labelled(mark: Mark, item: Item, measures: Measures, place: Callable[[float], float]) -> Mark:
    """Give a mark its label: after it if there is room, else before it, else above it."""
    if not isinstance(item.entry, Engagement) or mark.ground == "none":
        return mark
    scale = measures.length / 100
    rooms = {
        "after": (100 - mark.last) * scale - 8,
        "before": (mark.first - place(-math.inf)) * scale - 8,
        "above": (100 - mark.first) * scale,
    }
    label, sublabel = _whose(item.entry), item.view.title
    wanted = text_width.width(f"{label}  {sublabel}", _LABEL_SIZE)
    side = next((side for side in ("after", "before") if rooms[side] >= wanted), None)
    if side is None:
        side = max(rooms, key=lambda one: rooms[one])
    label = text_width.shortened(label, _LABEL_SIZE, rooms[side])
    rest = rooms[side] - text_width.width(f"{label}  ", _LABEL_SIZE)
    sublabel = text_width.shortened(sublabel, _LABEL_SIZE, rest) if rest > 4 * _LABEL_SIZE else ""
    return replace(mark, label=label, sublabel=sublabel, label_side=side)


def _rows(marks: list[Mark], measures: Measures) -> list[int]:
    """The row of each mark: the first in which neither it nor its label touches another."""
    rows: list[list[tuple[float, float]]] = []
    chosen = []
    for mark in marks:
        first, last = _extent(mark, measures)
        row = _free_row(rows, first, last)
        if row == len(rows):
            rows.append([])
        insort(rows[row], (first, last))
        chosen.append(row)
    return chosen


def _free_row(rows: list[list[tuple[float, float]]], first: float, last: float) -> int:
    """The first row with nothing between these ends; what is taken is in order, and no two of it touch."""
    for row, taken in enumerate(rows):
        low, high = taken[-1]
        # Most marks come in the order of time, so that the last one tells.
        if first > high:
            return row
        if last < low:
            place = bisect_left(taken, first, key=lambda one: one[1])
            if last < taken[place][0]:
                return row
    return len(rows)


def _extent(mark: Mark, measures: Measures) -> tuple[float, float]:
    """The px along time that a mark, its ticks and its label take, with some air."""
    scale = measures.length / 100
    ends = [mark.first, mark.last, *(end for work in mark.evidence for end in work)]
    first, last = min(ends) * scale, max(ends) * scale
    if mark.label:
        room = text_width.width(f"{mark.label}  {mark.sublabel}", _LABEL_SIZE) + 8
        match mark.label_side:
            case "after":
                last = max(last, mark.last * scale + room)
            case "before":
                first = min(first, mark.first * scale - room)
            case _:
                last = max(last, mark.first * scale + room)
        return first - 6, last + 6
    # Points may overlap by the half: they stay on their line, and each can still be seen.
    air = 1.5 if mark.shape == "point" and mark.ground != "none" else 3
    return first - air, last + air
