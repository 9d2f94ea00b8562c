"""The timeline chart: lanes of bars and points along an axis of years, in two layouts.

Positions along time are percentages of the drawing, so that it scales with its container; positions across
time are px within the lane. ``wide`` runs from left to right and has labels. ``upright`` is narrow, runs from
the bottom to the top, and is next to the list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portfolio.record.kinds import Entry
from portfolio.record.models import Engagement
from portfolio.record.order import entry_dates
from portfolio.timeline import chart_layout as layout
from portfolio.timeline.views import Portfolio, Section

_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class Drawing:
    """A layout: its lanes, its years as (percentage, label), and the percentage for the titles of lanes."""

    name: str
    gutter: float
    lanes: tuple[layout.Lane, ...]
    years: tuple[tuple[float, str], ...]

    @property
    def size(self) -> float:
        """The px of all lanes across time."""
        return sum(lane.size for lane in self.lanes)


@dataclass(frozen=True)
class Chart:
    """Both layouts of the chart, and the symbols that its key has to explain (see `Mark.symbols`)."""

    wide: Drawing
    upright: Drawing
    symbols: tuple[str, ...]


class TimelineRenderer:
    """Draws the charts of successive records, and redraws only the lanes that have changed."""

    def __init__(self) -> None:
        # By kind: the section and the day, and the items computed from them.
        self._items: dict[str, tuple[Section, date, list[layout.Item]]] = {}
        # By layout and kind: the items and the axis, and the lane drawn from them.
        self._lanes: dict[tuple[str, str], tuple[list[layout.Item], tuple[object, ...], layout.Lane]] = {}

    def draw(self, portfolio: Portfolio, today: date) -> Chart | None:
        """Draw a record as of a day; None if no entry has a position in time."""
        engaged = layout.engagement_spans(portfolio.record, today)
        sections = [
            (section, self._section_items(portfolio, section, engaged, today))
            for section in portfolio.timeline
        ]
        spans = [item.span for *_, items in sections for item in items if item.span]
        if not spans:
            return None
        has_undated = any(item.span is None for *_, items in sections for item in items)
        axes = [
            _Axis(dimensions, spans, today, has_undated=has_undated)
            for dimensions in (layout.WIDE, layout.UPRIGHT)
        ]
        wide, upright = (
            Drawing(
                axis.dimensions.name,
                axis.dimensions.gutter,
                tuple(self._lane(axis, *section) for section in sections),
                axis.years(),
            )
            for axis in axes
        )
        used = {symbol for lane in wide.lanes for mark in lane.marks for symbol in mark.symbols}
        return Chart(wide, upright, tuple(symbol for symbol in layout.SYMBOLS if symbol in used))

    def _section_items(
        self, portfolio: Portfolio, section: Section, engaged: dict[str, layout.Span], today: date
    ) -> list[layout.Item]:
        """The entries of a section with their positions in time."""
        cached = self._items.get(section.kind)
        if cached is not None and cached[0] is section and cached[1] == today:
            return cached[2]
        entries = zip(portfolio.entries(section.kind), section.entries, strict=True)
        items = [layout.Item(entry, view, _entry_span(entry, engaged, today)) for entry, view in entries]
        # The span of an engagement depends on entries of other sections as well.
        if not any(isinstance(item.entry, Engagement) for item in items):
            self._items[section.kind] = section, today, items
        return items

    def _lane(self, axis: _Axis, section: Section, items: list[layout.Item]) -> layout.Lane:
        key = axis.dimensions.name, section.kind
        inputs = section.title, axis.first, axis.last, axis.start
        cached = self._lanes.get(key)
        if cached is not None and cached[0] is items and cached[1] == inputs:
            return cached[2]
        lane = layout.lay_out_lane(
            section.kind,
            section.title,
            items,
            axis.dimensions,
            axis.position,
            has_labels=section.layout == "engagements",
        )
        self._lanes[key] = items, inputs, lane
        return lane


def _entry_span(entry: Entry, engaged: dict[str, layout.Span], today: date) -> layout.Span | None:
    if isinstance(entry, Engagement):
        return engaged.get(entry.id)
    spans = sorted((layout.date_span(when, today) for when in entry_dates(entry)), key=lambda span: span.last)
    if not spans:
        return None
    # A talk with several occasions is drawn once, at the latest of them, with ticks for the rest.
    earlier = {(span.first, span.last) for span in spans if span.last != spans[-1].last}
    return replace(spans[-1], evidence=tuple(sorted(earlier)))


class _Axis:
    """The axis of time that all lanes of a layout share."""

    def __init__(
        self, dimensions: layout.Dimensions, spans: Sequence[layout.Span], today: date, *, has_undated: bool
    ) -> None:
        times = [time for span in spans for time in (span.first, span.last)]
        times += [time for span in spans for work in span.evidence for time in work]
        self.dimensions = dimensions
        self.first = math.floor(min(times))
        self.last = max(math.ceil(layout.decimal_year(today)), math.ceil(max(times)), self.first + 1)
        self.start = dimensions.gutter + (layout.UNDATED_COLUMN if has_undated else 0.0)

    def position(self, time: float) -> float:
        """The percentage of a time, clamped to the axis."""
        share = (time - self.first) / (self.last - self.first)
        return round(self.start + min(max(share, 0.0), 1.0) * (100 - self.start), 3)

    def years(self) -> tuple[tuple[float, str], ...]:
        """The percentages and labels of as many years as fit."""
        length = self.last - self.first
        steps = (step for step in _YEAR_STEPS if length / step <= self.dimensions.max_years)
        step = next(steps, _YEAR_STEPS[-1])
        first = -(-self.first // step) * step
        return tuple((self.position(year), str(year)) for year in range(first, self.last + 1, step))
