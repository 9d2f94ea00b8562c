"""The order in which a record is told: newest first, as far as that is known."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import TypeVar

from portfolio import evidence, graph
from portfolio.loading import Entry, Record
from portfolio.models import Engagement

E = TypeVar("E", bound=Entry)

# Sorts after every date: what has no date of its own and no neighbour with one.
_UNKNOWN = 0


def newest_first(entries: Iterable[E]) -> list[E]:
    """Publications, talks, software or posts by their last date; undated ones at the end, as written."""

    def key(entry: E) -> int:
        return max(
            (evidence.last_day(when).toordinal() for when in evidence.dates_of(entry)), default=_UNKNOWN
        )

    return sorted(entries, key=key, reverse=True)


def engagements(record: Record, kind: type[Engagement] = Engagement) -> list[Engagement]:
    """Roles and education (or one of them): what goes on first, then by what is known, then as written.

    Known are the end, else the start, else the newest evidence, and what ``after`` and ``before`` say. Among
    what goes on, and among the rest, no entry stands above one that is stated to be newer. An entry of which
    only the order is known stands right above the newest of those that it is newer than, or below the oldest
    of those that it is older than. One of which nothing is known keeps the place beside the entry it is
    written after.
    """
    known = graph.engagements(record)
    edges, _ = graph.without_cycles(graph.edges(record))
    days = _days(record, known, edges)
    ordered: list[Engagement] = []
    all_older = graph.all_older(edges)
    for ongoing in (True, False):
        group = [id for id, entry in known.items() if entry.ongoing is ongoing]
        ordered += [known[id] for id in _sorted(group, all_older, days)]
    return [entry for entry in ordered if isinstance(entry, kind)]


def _days(record: Record, known: dict[str, Engagement], edges: list[graph.Edge]) -> dict[str, int]:
    """A day for each engagement, by which it is placed; those it is newer than have no later one."""
    witnesses = evidence.by_id(record)
    days = {id: day for id, entry in known.items() if (day := _own_day(entry, witnesses)) is not None}
    own = set(days)
    oldest_first = graph.newest_last(edges)
    for id in oldest_first:
        below = [days[edge.older] for edge in edges if edge.newer == id and edge.older in days]
        if below:
            days[id] = max(days.get(id, _UNKNOWN), *below)
    for id in reversed(oldest_first):
        above = [days[edge.newer] for edge in edges if edge.older == id and edge.newer in days]
        if above and id not in own:
            days.setdefault(id, min(above))
    beside = next((days[id] for id in known if id in days), _UNKNOWN)
    for id in known:
        beside = days.setdefault(id, beside)
    return days


def _own_day(entry: Engagement, witnesses: dict[str, Entry]) -> int | None:
    """The day that an engagement's own dates, or else its evidence, give it."""
    if not entry.ongoing and entry.end is not None:
        return entry.end.latest.toordinal()
    if entry.start is not None:
        return entry.start.earliest.toordinal()
    found = evidence.of(entry, witnesses)
    return max(evidence.last_day(when).toordinal() for when in found) if found else None


def _sorted(group: list[str], all_older: dict[str, set[str]], days: dict[str, int]) -> list[str]:
    """Kahn's algorithm, newest first; of the entries that may stand next, the one with the latest day."""
    members = {id: place for place, id in enumerate(group)}
    older = {id: all_older.get(id, set()) & members.keys() for id in group}
    newer = {id: {other for other in group if id in older[other]} for id in group}
    free = [(-days[id], members[id], id) for id in group if not newer[id]]
    heapq.heapify(free)
    ordered = []
    while free:
        _, _, id = heapq.heappop(free)
        ordered.append(id)
        for other in older[id]:
            newer[other].discard(id)
            if not newer[other]:
                heapq.heappush(free, (-days[other], members[other], other))
    return ordered
