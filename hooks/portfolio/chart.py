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

from portfolio import lanes, placement
from portfolio.evidence import dates_of
from portfolio.lanes import UPRIGHT, WIDE, Item, Lane, Measures
from portfolio.loading import Entry
from portfolio.models import Engagement
from portfolio.placement import Span
from portfolio.views import Portfolio

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


def draw(portfolio: Portfolio, now: date) -> Chart | None:
    """Draw a record as it stands on a day; None if it has no entries with a place in time."""
    engaged = placement.of_engagements(portfolio.record, now)
    kinds: list[tuple[str, str, list[Item]]] = []
    for section in portfolio.sections:
        entries = zip(portfolio.entries(section.kind), section.entries, strict=True)
        items = [Item(entry, view, _span(entry, engaged, now)) for entry, view in entries]
        kinds.append((section.kind, section.title, items))
    spans = [item.span for *_, items in kinds for item in items if item.span]
    if not spans:
        return None
    has_undated = any(item.span is None for *_, items in kinds for item in items)
    wide = _Layout(WIDE, spans, now, has_undated=has_undated).draw(kinds)
    upright = _Layout(UPRIGHT, spans, now, has_undated=has_undated).draw(kinds)
    used = {sign for lane in wide.lanes for mark in lane.marks for sign in mark.signs}
    return Chart(wide, upright, tuple(sign for sign in lanes.SIGNS if sign in used))


def _span(entry: Entry, engaged: dict[str, Span], now: date) -> Span | None:
    if isinstance(entry, Engagement):
        return engaged.get(entry.id)
    given = sorted((placement.of_date(when, now) for when in dates_of(entry)), key=lambda span: span.last)
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

    def draw(self, kinds: list[tuple[str, str, list[Item]]]) -> Drawing:
        drawn = tuple(
            lanes.lane(kind, title, items, self.measures, self._place) for kind, title, items in kinds
        )
        return Drawing(self.measures.name, self.measures.gutter, drawn, self._years())

    def _place(self, time: float) -> float:
        share = (time - self.first) / (self.last - self.first)
        return round(self.start + min(max(share, 0.0), 1.0) * (100 - self.start), 3)

    def _years(self) -> tuple[tuple[float, str], ...]:
        length = self.last - self.first
        step = next((step for step in _STEPS if length / step <= self.measures.most_years), _STEPS[-1])
        first = -(-self.first // step) * step
        return tuple((self._place(year), str(year)) for year in range(first, self.last + 1, step))
