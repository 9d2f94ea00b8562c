"""The timeline chart: lanes of bars, points and counts along one axis of years, in three sizes.

Positions along time are percentages, so that a drawing fills the width of the page; those across time are px.
On a site in a script from right to left, time runs from right to left as well, which is how charts in these
languages have it: the whole drawing is mirrored.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Literal, NamedTuple
from urllib.parse import quote

from portfolio.core.i18n import direction, format_date
from portfolio.core.i18n import gettext as _
from portfolio.record.kinds import POSTS
from portfolio.timeline.spans import Ground, Span, decimal_year, engagement_spans, entry_span
from portfolio.timeline.views import EntryView, Portfolio, Section

# What the key of the chart can explain, in its order.
SYMBOLS = ("dates", "fade", "within", "evidence", "order", "counts")
# The least width and height, in px, of what can be clicked (WCAG 2.5.8).
TARGET = 24
# With more rows of marks, a lane has counts instead, and the small drawing has no labels.
_MAX_ROWS, _MAX_SMALL_ROWS = 3, 8
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
# The years of a period that is counted.
_PERIODS = (1, 2, 3, 4, *_YEAR_STEPS[2:])
# In years; a day is a little longer than one.
_MONTH, _DAY = 1 / 12, 0.003
_LABEL_SIZE = 13
# The least height, in px, of a column.
_MIN_COLUMN = 3
# The count of the highest possible column, at least: few entries have low columns.
_LEAST_HIGHEST = 3
# Widths of characters as shares of the font size. The system's sans is unknown, so they are generous.
_WIDE_CHARACTER, _NARROW_CHARACTER = 1.02, 0.58
# The least distance, in px, between what is in the same row.
_SPACE = 8

# An x and a width, in per cent.
Box = tuple[float, float]
# "hollow" is a single time within a span.
Shape = Literal["bar", "hollow", "point"]


class Size(NamedTuple):
    """The measures of a drawing in px.

    ``length`` is the shortest axis that the page displays it with. A row has ``label``, the height of a label
    or 0 if there are none, above a ``bar``, and a ``gap`` below. ``column`` is the highest column of a count.
    """

    length: int
    label: int
    bar: int
    gap: int
    column: int
    max_years: int

    @property
    def row(self) -> int:
        """The height of a row."""
        return self.label + self.bar + self.gap


WIDE = Size(550, label=17, bar=9, gap=8, column=28, max_years=11)
SMALL = Size(270, label=15, bar=8, gap=6, column=22, max_years=4)
STRIP = Size(270, label=0, bar=6, gap=3, column=14, max_years=6)
# Marks without labels have rows of the height of a target.
_POINTS = WIDE._replace(label=0, gap=TARGET - WIDE.bar)


class Mark(NamedTuple):
    """An entry in the chart; ``y`` is the top of its bar.

    ``stops`` are positions in the bar, from 0 to 1, with the opacity at each, if it fades. ``ticks`` is
    linked work, and ``reach`` what can be clicked.
    """

    id: str
    name: str
    shape: Shape
    ground: Ground
    hue: int
    box: Box
    reach: Box
    stops: tuple[tuple[float, float], ...] = ()
    ticks: tuple[Box, ...] = ()
    y: float = 0

    @property
    def symbols(self) -> set[str]:
        """The symbols of the mark that the key has to explain."""
        if self.shape == "point":
            return set()
        ticks = {"evidence"} if self.ticks and self.ground != "within" else set()
        return {self.ground} | ticks | ({"fade"} if self.stops and self.ground == "dates" else set())


class Label(NamedTuple):
    """A text above a bar, from ``x`` on, or up to ``x`` if it ends where the bar ends.

    ``whole`` is the text before it was cut to the room on the shortest axis.
    """

    text: str
    more: str
    x: float
    y: float
    is_at_end: bool
    whole: str


class Count(NamedTuple):
    """How many entries there are in a period: a column that leads to them.

    ``height`` is that of the column; ``certain`` is the part of it for entries that certainly are in the
    period.
    """

    url: str
    name: str
    number: int
    box: Box
    height: float
    certain: float


class Lane(NamedTuple):
    """The entries of one kind: marks with their labels, or counts. In a small drawing, those of several."""

    kind: str
    title: str
    height: float
    size: Size
    marks: tuple[Mark, ...] = ()
    labels: tuple[Label, ...] = ()
    counts: tuple[Count, ...] = ()


class Drawing(NamedTuple):
    """Lanes with a common axis; ``years`` are percentages with their labels."""

    lanes: tuple[Lane, ...]
    years: tuple[tuple[float, str], ...]
    is_mirrored: bool

    @property
    def height(self) -> float:
        return sum(lane.height for lane in self.lanes)


class Chart(NamedTuple):
    """The chart in three sizes, and the symbols that its key has to explain (see `Mark.symbols`).

    ``small`` and ``strip`` have the employers and schools, and how much else there was; ``strip`` has no
    labels. ``years`` are the first and the last.
    """

    wide: Drawing
    small: Drawing
    strip: Drawing
    symbols: tuple[str, ...]
    years: tuple[int, int]


class _Item(NamedTuple):
    """An entry that has a position in time."""

    view: EntryView
    span: Span
    hue: int = 0


@dataclass
class _Row:
    """Marks that share a row and a label, and the px along time that they need."""

    marks: list[Mark]
    first: float
    last: float
    label: Label | None = None


class TimelineRenderer:
    """Draws the charts of successive records; a lane that looks the same is the same object."""

    def __init__(self) -> None:
        # By kind: a section and a day, and the items computed from them.
        self._items: dict[str, tuple[Section, date, list[_Item]]] = {}
        self._lanes: dict[tuple[Size, str], Lane] = {}

    def __fingerprint__(self) -> tuple[object, ...]:
        """Return nothing: what was drawn before does not change a chart; see ``mkdocs_incremental``."""
        return ()

    def draw(self, portfolio: Portfolio, today: date) -> Chart | None:
        """Draw a record as of a day; None if no entry has a position in time."""
        spans = engagement_spans(portfolio.record, today)
        sections = [
            (section, self._list_items(portfolio, section, spans, today)) for section in portfolio.timeline
        ]
        used = [item.span for _section, items in sections for item in items]
        if not used:
            return None
        axis = Axis.around(used, today, is_mirrored=direction() == "rtl")
        archive = portfolio.links.urls.archive
        wide = tuple(
            self._reuse(WIDE, _draw_section(section, items, axis, archive))
            for section, items in sections
            if items
        )
        engaged: list[_Item] = []
        work: list[_Item] = []
        for section, items in sections:
            (engaged if section.layout == "engagements" else work).extend(items)
        small, strip = (
            tuple(self._reuse(size, lane) for lane in _draw_overview(engaged, work, axis, size))
            for size in (SMALL, STRIP)
        )
        if small[0].height > _MAX_SMALL_ROWS * SMALL.row:
            small = strip
        symbols = {symbol for lane in wide for mark in lane.marks for symbol in mark.symbols}
        if any(lane.counts for lane in wide):
            symbols.add("counts")
        return Chart(
            Drawing(wide, axis.years(WIDE.max_years), axis.is_mirrored),
            Drawing(small, axis.years(SMALL.max_years), axis.is_mirrored),
            Drawing(strip, axis.years(STRIP.max_years), axis.is_mirrored),
            tuple(symbol for symbol in SYMBOLS if symbol in symbols),
            (axis.first, axis.last - 1),
        )

    def _list_items(
        self, portfolio: Portfolio, section: Section, engaged: dict[str, Span], today: date
    ) -> list[_Item]:
        """Return the entries of a section that have a position in time, in the order of the section."""
        cached = self._items.get(section.kind)
        if cached is not None and cached[0] is section and cached[1] == today:
            return cached[2]
        items = []
        for entry, view in zip(portfolio.entries(section.kind), section.entries, strict=True):
            span = entry_span(entry, engaged, today)
            if span is not None:
                items.append(_Item(view, span, portfolio.hue_of(view)))
        # Only the section of posts is reused, of which there may be thousands; see `Portfolio`.
        self._items[section.kind] = section, today, items
        return items

    def _reuse(self, size: Size, lane: Lane) -> Lane:
        """Return the lane that was drawn before if it is equal: what is rendered of it is cached for it."""
        previous = self._lanes.get((size, lane.kind))
        if lane != previous:
            self._lanes[size, lane.kind] = previous = lane
        return previous


@dataclass(frozen=True)
class Axis:
    """The years from ``first`` to ``last``. A period of ``period`` years is wide enough to be clicked."""

    first: int
    last: int
    period: float
    is_mirrored: bool

    @classmethod
    def around(cls, spans: Iterable[Span], today: date, *, is_mirrored: bool) -> Axis:
        """Return an axis with all spans and a day, which has no part of a period."""
        ends = [end for span in spans for end in ((span.first, span.last), *span.evidence)]
        first = math.floor(min(first for first, _last in ends))
        last = max(math.ceil(decimal_year(today)), math.ceil(max(end for _, end in ends)), first + 1)
        if TARGET * (last - first) / _MONTH <= WIDE.length:
            return cls(first, last, _MONTH, is_mirrored)
        for step in _PERIODS:
            length = -(-(last - first) // step) * step
            if TARGET * length <= WIDE.length * step:
                break
        return cls(last - length, last, step, is_mirrored)

    def share(self, time: float) -> float:
        """Return a time as a percentage of the axis, limited to it."""
        return min(max((time - self.first) / (self.last - self.first), 0), 1) * 100

    def period_at(self, time: float) -> int:
        """Return the number of the period that a time is in, from 0; the nearest one if it is in none."""
        count = round((self.last - self.first) / self.period)
        return min(max(int((time - self.first) / self.period + 1e-9), 0), count - 1)

    def place(self, share: float) -> float:
        """Return the x of a percentage of the axis."""
        return round(100 - share if self.is_mirrored else share, 3)

    def box(self, first: float, last: float) -> Box:
        """Return the x and the width of what is between two percentages of the axis."""
        return self.place(last if self.is_mirrored else first), round(last - first, 3)

    def ends(self, box: Box) -> tuple[float, float]:
        """Return the percentages of the axis between which a box is."""
        x, width = box
        first = 100 - x - width if self.is_mirrored else x
        return first, first + width

    def years(self, max_count: int) -> tuple[tuple[float, str], ...]:
        """Return the x and the label of as many years as fit, without the end of the axis."""
        length = self.last - self.first
        step = next((step for step in _YEAR_STEPS if length <= step * max_count), _YEAR_STEPS[-1])
        first = -(-self.first // step) * step
        return tuple((self.place(self.share(year)), str(year)) for year in range(first, self.last, step))


def _draw_section(section: Section, items: list[_Item], axis: Axis, archive: Mapping[int, str]) -> Lane:
    """Draw the entries of a kind: with labels, as points, or as counts if they are many."""
    if section.layout == "engagements":
        rows = [
            _row([_mark(item, axis, WIDE)], axis, WIDE, item.view.organisation, item.view.title)
            for item in items
        ]
        return _stack(rows, section.kind, section.title, WIDE)
    if not section.is_summarized and len(items) <= _MAX_ROWS * WIDE.length / TARGET:
        # The oldest first, so that marks fill the first row before the next one.
        by_time = sorted(items, key=lambda item: (item.span.first, item.span.last))
        rows = [_row([_mark(item, axis, _POINTS)], axis, _POINTS) for item in by_time]
        lane = _stack(rows, section.kind, section.title, _POINTS)
        if lane.height <= _MAX_ROWS * _POINTS.row:
            return lane
    counts = tuple(_count(section, items, axis, WIDE, archive))
    return Lane(section.kind, section.title, WIDE.column + WIDE.label + WIDE.gap, WIDE, counts=counts)


def _draw_overview(engaged: list[_Item], work: list[_Item], axis: Axis, size: Size) -> Iterator[Lane]:
    """Yield a lane with one row per employer or school, and one with the counts of all other entries."""
    by_organisation: dict[str, list[_Item]] = {}
    for item in engaged:
        by_organisation.setdefault(item.view.organisation, []).append(item)
    rows = [
        _row([_mark(item, axis, size) for item in items], axis, size, name if size.label else "")
        for name, items in by_organisation.items()
    ]
    if rows:
        yield _stack(rows, "engagements", "", size)
    if work:
        yield Lane("work", "", size.column + size.gap, size, counts=tuple(_count(None, work, axis, size, {})))


def _mark(item: _Item, axis: Axis, size: Size) -> Mark:
    span, view = item.span, item.view
    first, last = axis.share(span.first), axis.share(span.last)
    shape: Shape = "bar"
    if span.ground == "within":
        is_exact = span.solid_from == span.first
        shape = "point" if span.is_point else "hollow" if is_exact else "bar"
    least = (2 * size.bar if shape == "hollow" else size.bar) / size.length * 100
    if last - first < least and shape != "point":
        first = max(0.0, min(first, 100 - least))
        last = first + least
    stops: list[tuple[float, float]] = []
    solid = [(axis.share(time) - first) / (last - first) for time in (span.solid_from, span.solid_to)]
    if shape == "bar" and (span.fades_in or span.fades_out):
        stops = [(0.0, 0.0)] * span.fades_in
        stops += [(round(min(max(share, 0.0), 1.0), 4), 1.0) for share in solid]
        stops += [(1.0, 0.0)] * span.fades_out
    if axis.is_mirrored:
        stops = [(round(1 - offset, 4), opacity) for offset, opacity in reversed(stops)]
    target = max(last - first, TARGET / size.length * 100)
    start = min(max((first + last - target) / 2, 0.0), 100 - target)
    names = (view.organisation, view.title, view.when.words or view.evidence_words)
    return Mark(
        view.id,
        _(", ").join(filter(None, names)),
        shape,
        span.ground,
        item.hue,
        axis.box(first, last),
        axis.box(start, start + target),
        tuple(stops),
        tuple(axis.box(axis.share(start), axis.share(end)) for start, end in span.evidence),
    )


def _row(marks: list[Mark], axis: Axis, size: Size, text: str = "", more: str = "") -> _Row:
    """Return marks with their label.

    The label begins where the marks do, or else ends where they do. It is cut if neither has the room.
    """
    px = size.length / 100
    bars = [axis.ends(mark.box) for mark in marks]
    ends = [*bars, *(axis.ends(box) for mark in marks for box in (mark.reach, *mark.ticks))]
    first, last = px * min(start for start, _end in ends), px * max(end for _start, end in ends)
    if not text:
        return _Row(marks, first, last)
    begin, end = min(start for start, _end in bars), max(end for _start, end in bars)
    after, before = size.length - px * begin, px * end
    is_at_end = text_width(f"{text}  {more}") > after and before > after
    room = before if is_at_end else after
    whole, text = text, shorten(text, room)
    rest = room - text_width(f"{text}  ")
    more = shorten(more, rest) if rest > 4 * _LABEL_SIZE else ""
    width = text_width(f"{text}  {more}" if more else text)
    label = Label(text, more, axis.place(end if is_at_end else begin), 0, is_at_end, whole)
    left = px * end - width if is_at_end else px * begin
    return _Row(marks, min(first, left), max(last, left + width), label)


def _stack(rows: list[_Row], kind: str, title: str, size: Size) -> Lane:
    """Place each row of marks in the first row of the lane in which it touches nothing."""
    lines: list[list[_Row]] = []
    marks, labels = [], []
    for row in rows:
        number = next(
            (number for number, line in enumerate(lines) if not any(_touches(row, other) for other in line)),
            len(lines),
        )
        if number == len(lines):
            lines.append([])
        lines[number].append(row)
        top = number * size.row + (0 if size.label else size.gap / 2)
        marks += [mark._replace(y=top + size.label) for mark in row.marks]
        if row.label is not None:
            labels.append(row.label._replace(y=top + size.label - 5))
    return Lane(kind, title, len(lines) * size.row, size, tuple(marks), tuple(labels))


def _touches(row: _Row, other: _Row) -> bool:
    space = _SPACE if row.label is not None else 0
    return row.first < other.last + space and other.first < row.last + space


def _count(
    section: Section | None, items: Sequence[_Item], axis: Axis, size: Size, archive: Mapping[int, str]
) -> Iterator[Count]:
    """Yield the counts of the periods that have entries; those of a section have names and lead to it.

    An entry counts in each period in which it was, or may have been.
    """
    totals, certain = Counter[int](), Counter[int]()
    newest: dict[int, EntryView] = {}
    for item in items:
        span = item.span
        # A time ends with the beginning of the next day, and decimal years ignore leap days.
        first, last = axis.period_at(span.first), axis.period_at(max(span.first, span.last - _DAY))
        periods = range(first, last + 1)
        totals.update(periods)
        if span.ground == "dates":
            began = axis.period_at(max(span.first, span.solid_from - _DAY))
            certain.update(range(began, axis.period_at(span.solid_to) + 1))
        elif len(periods) == 1:
            certain.update(periods)
        for period in periods:
            newest.setdefault(period, item.view)
    px = size.column / max(_LEAST_HIGHEST, *totals.values())
    for period, total in sorted(totals.items()):
        start = axis.first + period * axis.period
        yield Count(
            _count_url(section, newest[period], start, axis.period, archive) if section else "",
            _count_name(section, start, axis.period, total, total - certain[period]) if section else "",
            total,
            axis.box(axis.share(start), axis.share(start + axis.period)),
            round(max(total * px, _MIN_COLUMN), 1),
            round(max(certain[period] * px, _MIN_COLUMN * (certain[period] > 0)), 1),
        )


def _count_url(
    section: Section, newest: EntryView, start: float, period: float, archive: Mapping[int, str]
) -> str:
    """Return the URL of the entries of a period: the archive of posts, or the newest entry in its list."""
    if section.kind == POSTS.name:
        years = range(math.ceil(start + period - 1e-9) - 1, math.floor(start + 1e-9) - 1, -1)
        return next((archive[year] for year in years if year in archive), section.page)
    return f"{section.page if section.is_summarized else ''}#{quote(newest.id)}"


def _count_name(section: Section, start: float, period: float, total: int, uncertain: int) -> str:
    if period < 1:
        year, month = divmod(round(start * 12), 12)
        when = format_date(date(year, month + 1, 1), "month")
    else:
        when = f"{start:.0f}" if period == 1 else f"{start:.0f}–{start + period - 1:.0f}"
    if uncertain:
        return _(
            "%(kind)s, %(period)s: %(count)s, of which %(uncertain)s perhaps at another time",
            kind=section.title,
            period=when,
            count=total,
            uncertain=uncertain,
        )
    return _("%(kind)s, %(period)s: %(count)s", kind=section.title, period=when, count=total)


def text_width(text: str) -> float:
    """Return the approximate width of a text in px, in the size of labels."""
    return sum(map(_character_width, text)) * _LABEL_SIZE


def shorten(text: str, room: float) -> str:
    """Cut a text with an ellipsis to fit the room in px; combining marks stay with their base."""
    if text_width(text) <= room:
        return text
    widths = accumulate(map(_character_width, text), initial=_WIDE_CHARACTER)
    fitting = sum(width * _LABEL_SIZE <= room for width in widths) - 1
    return text[: max(fitting, 0)].rstrip(" ,;:-–—") + "…"


def _character_width(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return _WIDE_CHARACTER if unicodedata.east_asian_width(character) in {"W", "F"} else _NARROW_CHARACTER
