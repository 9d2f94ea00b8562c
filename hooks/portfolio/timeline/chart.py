"""The picture of a career: lanes of bars and points along an axis of years, in two layouts.

Positions along time are percentages of the drawing, so that it is as wide or as high as its place allows;
across time they are px within the lane. ``wide`` runs from left to right and has labels; ``upright`` runs
from the bottom to the top, narrow, and stands beside the list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portfolio.record.models import Engagement
from portfolio.record.order import entry_dates
from portfolio.record.record import Entry
from portfolio.timeline import lanes
from portfolio.timeline import spans as placement
from portfolio.timeline.lanes import UPRIGHT, WIDE, Item, Lane, Measures
from portfolio.timeline.spans import Span
from portfolio.timeline.views import Portfolio, Section

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Drawing:
    """One layout: its lanes, its years as (percentage, label), and the percentage for the lanes' titles."""

    name: str
    gutter: float
    lanes: tuple[Lane, ...]
    years: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Chart:
    """Both layouts of one picture, and what a reader must know to read it (see ``lanes.Mark.signs``)."""

    wide: Drawing
    upright: Drawing
    signs: tuple[str, ...]


class TimelineRenderer:
    """Draws a record again and again, and each lane anew only if it is not what it was."""

    def __init__(self) -> None:
        # By the kind: the section and the day, and what was made of them.
        self._items: dict[str, tuple[Section, date, list[Item]]] = {}
        # By the layout and the kind.
        self._lanes: dict[tuple[str, str], tuple[list[Item], tuple[object, ...], Lane]] = {}

    def draw(self, portfolio: Portfolio, now: date) -> Chart | None:
        """Draw a record as it stands on a day; None if it has no entries with a place in time."""
        engaged = placement.of_engagements(portfolio.record, now)
        kinds = [
            (section.kind, section.title, self._placed(portfolio, section, engaged, now))
            for section in portfolio.sections
        ]
        spans = [item.span for *_, items in kinds for item in items if item.span]
        if not spans:
            return None
        has_undated = any(item.span is None for *_, items in kinds for item in items)
        layouts = [_Layout(measures, spans, now, has_undated=has_undated) for measures in (WIDE, UPRIGHT)]
        wide, upright = (layout.draw([self._lane(layout, *one) for one in kinds]) for layout in layouts)
        used = {sign for lane in wide.lanes for mark in lane.marks for sign in mark.signs}
        return Chart(wide, upright, tuple(sign for sign in lanes.SIGNS if sign in used))

    def _placed(
        self, portfolio: Portfolio, section: Section, engaged: dict[str, Span], now: date
    ) -> list[Item]:
        """The entries of a section with their places in time."""
        before = self._items.get(section.kind)
        if before is not None and before[0] is section and before[1] == now:
            return before[2]
        entries = zip(portfolio.entries(section.kind), section.entries, strict=True)
        items = [Item(entry, view, _span(entry, engaged, now)) for entry, view in entries]
        # The place of an engagement follows from others, too.
        if not any(isinstance(item.entry, Engagement) for item in items):
            self._items[section.kind] = section, now, items
        return items

    def _lane(self, layout: _Layout, kind: str, title: str, items: list[Item]) -> Lane:
        told = title, layout.first, layout.last, layout.start
        before = self._lanes.get((layout.measures.name, kind))
        if before is not None and before[0] is items and before[1] == told:
            return before[2]
        made = lanes.lane(kind, title, items, layout.measures, layout.place)
        self._lanes[layout.measures.name, kind] = items, told, made
        return made


def _span(entry: Entry, engaged: dict[str, Span], now: date) -> Span | None:
    if isinstance(entry, Engagement):
        return engaged.get(entry.id)
    given = sorted((placement.of_date(when, now) for when in entry_dates(entry)), key=lambda span: span.last)
    if not given:
        return None
    # A talk given many times stands once, at the latest of them, with a tick for each of the others.
    others = {(span.first, span.last) for span in given if span.last != given[-1].last}
    return replace(given[-1], evidence=tuple(sorted(others)))


class _Layout:
    """Puts a record into one layout: an axis that all lanes share."""

    def __init__(self, measures: Measures, spans: Sequence[Span], now: date, *, has_undated: bool) -> None:
        times = [time for span in spans for time in (span.first, span.last)]
        times += [time for span in spans for work in span.evidence for time in work]
        self.measures = measures
        self.first = math.floor(min(times))
        self.last = max(math.ceil(placement.year(now)), math.ceil(max(times)), self.first + 1)
        self.start = measures.gutter + (lanes.UNDATED if has_undated else 0.0)

    def draw(self, drawn: list[Lane]) -> Drawing:
        return Drawing(self.measures.name, self.measures.gutter, tuple(drawn), self._years())

    def place(self, time: float) -> float:
        share = (time - self.first) / (self.last - self.first)
        return round(self.start + min(max(share, 0.0), 1.0) * (100 - self.start), 3)

    def _years(self) -> tuple[tuple[float, str], ...]:
        length = self.last - self.first
        step = next((step for step in _STEPS if length / step <= self.measures.most_years), _STEPS[-1])
        first = -(-self.first // step) * step
        return tuple((self.place(year), str(year)) for year in range(first, self.last + 1, step))
