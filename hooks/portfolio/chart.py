"""The picture of a career: lanes of bars and points along an axis of years, in two layouts.

Positions along time are percentages of the drawing, so that it is as wide or as high as its place allows;
across time they are px. ``wide`` runs from left to right and has labels; ``upright`` runs from the bottom to
the top, narrow, and stands beside the list.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portfolio import placement, text_width
from portfolio.evidence import dates_of
from portfolio.loading import Entry
from portfolio.models import Education, Engagement, Role
from portfolio.placement import Span
from portfolio.views import EntryView, Portfolio

# The narrowest and lowest that the layouts are shown at, in px: room is measured for these.
_WIDE_LENGTH = 640
_UPRIGHT_LENGTH = 420
_LABEL_SIZE = 13
_LABELLED_ROWS = 14
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
# The share of the drawing, in per cent, that is kept for what has no place in time.
_UNDATED = 9.0
# More rows of points than this are laid over one another: they are a cloud then anyway.
_POINT_ROWS = 8


Item = tuple[Entry, EntryView, Span | None]


@dataclass(frozen=True)
class Mark:
    """One entry in the picture. ``at`` is px across time; the rest are percentages along it.

    ``ground`` is ``dates``, ``evidence``, ``order`` or ``none`` (in the column of undated entries).
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
    evidence: tuple[float, ...] = ()
    label: str = ""
    sublabel: str = ""
    label_at_end: bool = False

    @property
    def length(self) -> float:
        return self.last - self.first

    def share(self, position: float) -> float:
        """A position as a share (0 to 1) of the mark's own length, for the stops of its gradient."""
        return (position - self.first) / self.length if self.length else 0.0


@dataclass(frozen=True)
class Lane:
    """The marks of one kind; ``at`` and ``size`` are px across time."""

    kind: str
    title: str
    at: float
    size: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Drawing:
    """One layout: its lanes, its years as (percentage, label), its size across time in px."""

    name: str
    lanes: tuple[Lane, ...]
    years: tuple[tuple[float, str], ...]
    size: float
    gutter: float
    has_undated: bool


@dataclass(frozen=True)
class Measures:
    """What differs between the layouts, in px; ``gutter`` is the share for the lanes' titles, in per cent."""

    name: str
    length: int
    gutter: float
    margin: int
    gap: int
    labelled_row: int
    bar_row: int
    point_row: int
    spacing: int
    most_years: int


_WIDE = Measures("wide", _WIDE_LENGTH, 15.0, 34, 16, 32, 6, 9, 9, 12)
_UPRIGHT = Measures("upright", _UPRIGHT_LENGTH, 0.0, 33, 4, 0, 6, 6, 7, 20)


@dataclass(frozen=True)
class Chart:
    """Both layouts of one picture."""

    wide: Drawing
    upright: Drawing


def draw(portfolio: Portfolio, now: date) -> Chart | None:
    """Draw a record as it stands on a day; None if it has no entries with a place in time."""
    engaged = placement.of_engagements(portfolio.record, now)
    lanes: list[tuple[str, str, list[Item]]] = []
    for section in portfolio.sections:
        entries = zip(portfolio.entries(section.kind), section.entries, strict=True)
        lanes.append(
            (section.kind, section.title, [(entry, view, _span(entry, engaged)) for entry, view in entries])
        )
    spans = [span for *_, items in lanes for _, _, span in items if span]
    if not spans:
        return None
    return Chart(_Layout(_WIDE, spans, now).draw(lanes), _Layout(_UPRIGHT, spans, now).draw(lanes))


def _span(entry: Entry, engaged: dict[str, Span]) -> Span | None:
    if isinstance(entry, Engagement):
        return engaged.get(entry.id)
    given = sorted((placement.of_date(when) for when in dates_of(entry)), key=lambda span: span.last)
    if not given:
        return None
    # A talk given many times stands once, at the latest of them, with a tick for each of the others.
    others = {(span.first + span.last) / 2 for span in given if span.last != given[-1].last}
    return replace(given[-1], evidence=tuple(sorted(others)))


class _Layout:
    """Puts entries into one layout."""

    def __init__(self, measures: Measures, spans: Sequence[Span], now: date) -> None:
        self.measures = measures
        self.first = math.floor(min(span.first for span in spans))
        self.last = max(math.ceil(placement.year(now)), math.ceil(max(span.last for span in spans)))
        self.start = 0.0

    def draw(self, lanes: list[tuple[str, str, list[Item]]]) -> Drawing:
        has_undated = any(span is None for *_, items in lanes for _, _, span in items)
        self.start = self.measures.gutter + (_UNDATED if has_undated else 0.0)
        at: float = self.measures.margin
        drawn: list[Lane] = []
        for kind, title, items in lanes:
            lane = self._lane(kind, title, items, at)
            drawn.append(lane)
            at += lane.size + self.measures.gap
        return Drawing(self.measures.name, tuple(drawn), self._years(), at, self.measures.gutter, has_undated)

    def _lane(self, kind: str, title: str, items: list[Item], at: float) -> Lane:
        engaged = kind in ("roles", "education")
        labels = engaged and self.measures.labelled_row > 0
        marks = self._marks(items, labels=labels)
        rows = self._rows(marks)
        if labels and max(rows, default=0) >= _LABELLED_ROWS:
            labels = False
            marks = self._marks(items, labels=False)
            rows = self._rows(marks)
        if not engaged:
            rows = [row % _POINT_ROWS for row in rows]
        pitch = self.measures.point_row
        if engaged:
            pitch = self.measures.labelled_row if labels else self.measures.bar_row
        # A label stands above its bar, and so does the room for it.
        head = at + (14 if any(mark.label for mark in marks) else 0)
        placed = tuple(replace(mark, at=head + row * pitch) for mark, row in zip(marks, rows, strict=True))
        room = self.measures.gutter / 100 * self.measures.length
        title = text_width.shortened(title, _LABEL_SIZE, room) if room else title
        return Lane(
            kind, title, at, head - at + max(rows, default=0) * pitch + self.measures.point_row, placed
        )

    def _marks(self, items: list[Item], *, labels: bool) -> list[Mark]:
        undated = itertools.count()
        return [
            self._mark(item, labels=labels, undated=next(undated) if item[2] is None else 0) for item in items
        ]

    def _mark(self, item: Item, *, labels: bool, undated: int) -> Mark:
        entry, view, span = item
        label, sublabel = (_label(entry), view.title) if labels else ("", "")
        name = ": ".join(part for part in (_label(entry), view.title, view.when.words) if part)
        if span is None:
            place = self._undated_place(undated)
            return Mark(entry.id, name, "point", "none", 0, place, place, place, place)
        mark = Mark(
            entry.id,
            name,
            shape="point" if span.is_point and not isinstance(entry, Engagement) else "bar",
            ground=span.ground.value,
            at=0,
            first=self._place(span.first),
            solid_from=self._place(span.solid_from),
            solid_to=self._place(span.solid_to),
            last=self._place(span.last),
            evidence=tuple(self._place(time) for time in span.evidence),
        )
        return self._labelled(mark, label, sublabel) if labels else mark

    def _undated_place(self, index: int) -> float:
        """The place of the nth undated entry of a lane: side by side as far as the column goes."""
        step = self.measures.spacing / self.measures.length * 100 * 1.2
        return round(self.measures.gutter + (index % int((_UNDATED - 2) / step) + 0.5) * step, 3)

    def _labelled(self, mark: Mark, label: str, sublabel: str) -> Mark:
        """Give a mark its label, which begins with the bar or, where there is no room, ends with it."""
        room_after = (100 - mark.first) / 100 * _WIDE_LENGTH
        room_before = (mark.last - self.start) / 100 * _WIDE_LENGTH
        wanted = text_width.width(f"{label} {sublabel}", _LABEL_SIZE)
        at_end = room_after < wanted and room_before > room_after
        room = room_before if at_end else room_after
        label = text_width.shortened(label, _LABEL_SIZE, room)
        rest = room - text_width.width(f"{label}  ", _LABEL_SIZE)
        sublabel = text_width.shortened(sublabel, _LABEL_SIZE, rest) if rest > 4 * _LABEL_SIZE else ""
        return replace(mark, label=label, sublabel=sublabel, label_at_end=at_end)

    def _rows(self, marks: list[Mark]) -> list[int]:
        """The row of each mark: the first in which neither it nor its label touches another."""
        rows: list[list[tuple[float, float]]] = []
        chosen = []
        for mark in marks:
            first, last = self._extent(mark)
            row = next(
                (
                    n
                    for n, taken in enumerate(rows)
                    if all(last < start or first > end for start, end in taken)
                ),
                len(rows),
            )
            if row == len(rows):
                rows.append([])
            rows[row].append((first, last))
            chosen.append(row)
        return chosen

    def _extent(self, mark: Mark) -> tuple[float, float]:
        """The px along time that a mark and its label take, with some air."""
        scale = self.measures.length / 100
        first, last = min((mark.first, *mark.evidence)) * scale, max((mark.last, *mark.evidence)) * scale
        if mark.label:
            room = text_width.width(f"{mark.label}  {mark.sublabel}", _LABEL_SIZE)
            first, last = (
                (min(first, last - room), last) if mark.label_at_end else (first, max(last, first + room))
            )
            return first - 8, last + 8
        return first - self.measures.spacing / 2, last + self.measures.spacing / 2

    def _place(self, time: float) -> float:
        share = (time - self.first) / (self.last - self.first)
        return round(self.start + min(max(share, 0.0), 1.0) * (100 - self.start), 3)

    def _years(self) -> tuple[tuple[float, str], ...]:
        length = self.last - self.first
        step = next((step for step in _STEPS if length / step <= self.measures.most_years), _STEPS[-1])
        first = -(-self.first // step) * step
        return tuple((self._place(year), str(year)) for year in range(first, self.last + 1, step))


def _label(entry: Entry) -> str:
    """Whose the work was: the employer or the school."""
    if isinstance(entry, Role):
        return entry.company
    return entry.institution if isinstance(entry, Education) else ""
