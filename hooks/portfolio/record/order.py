"""The order in which a record is told: newest first, as far as that is known."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from typing import TypeVar

from portfolio.record import evidence
from portfolio.record.dates import Interval
from portfolio.record.models import Engagement
from portfolio.record.precedence import Order
from portfolio.record.record import Entry, Record

E = TypeVar("E", bound=Entry)

# Sorts after every date: what has no date of its own and no neighbour with one.
_UNKNOWN = 0


def newest_first(entries: Iterable[E]) -> list[E]:
    """Publications, talks, software or posts: what goes on first, then by their last date.

    Undated ones stand at the end, as written.
    """

    def key(entry: E) -> tuple[bool, int]:
        return max(
            (
                (isinstance(when, Interval) and when.open_end, evidence.last_day(when).toordinal())
                for when in evidence.dates_of(entry)
            ),
            default=(False, _UNKNOWN),
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
    stated = record.order
    days = _days(record, stated)
    ordered: list[Engagement] = []
    for ongoing in (True, False):
        group = [id for id, entry in stated.known.items() if entry.ongoing is ongoing]
        ordered += [stated.known[id] for id in _sorted(group, stated, days)]
    return [entry for entry in ordered if isinstance(entry, kind)]


def _days(record: Record, stated: Order) -> dict[str, int]:
    """A day for each engagement, by which it is placed; those it is newer than have no later one."""
    witnesses = evidence.by_id(record)
    known = stated.known
    days = {id: day for id, entry in known.items() if (day := _own_day(entry, witnesses)) is not None}
    own = set(days)
    for id in stated.oldest_first:
        below = [days[edge.older] for edge in stated.by_newer.get(id, ()) if edge.older in days]
        if below:
            days[id] = max(days.get(id, _UNKNOWN), *below)
    for id in reversed(stated.oldest_first):
        above = [days[edge.newer] for edge in stated.by_older.get(id, ()) if edge.newer in days]
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


def _sorted(group: list[str], stated: Order, days: dict[str, int]) -> list[str]:
    """Kahn's algorithm, newest first; of the entries that may stand next, the one with the latest day."""
    places = {id: place for place, id in enumerate(group)}
    older = _older_within(places.keys(), stated)
    newer = dict.fromkeys(group, 0)
    for others in older.values():
        for other in others:
            newer[other] += 1
    free = [(-days[id], places[id], id) for id in group if not newer[id]]
    heapq.heapify(free)
    ordered = []
    while free:
        _, _, id = heapq.heappop(free)
        ordered.append(id)
        for other in older.get(id, ()):
            newer[other] -= 1
            if not newer[other]:
                heapq.heappush(free, (-days[other], places[other], other))
    return ordered


def _older_within(group: Collection[str], stated: Order) -> dict[str, set[str]]:
    """What each of a group is newer than within the group: directly, or by way of what is not in it."""
    older: dict[str, set[str]] = {}
    for id in stated.oldest_first:
        direct = {edge.older for edge in stated.by_newer.get(id, ())}
        within = {other for other in direct if other in group}
        older[id] = within.union(*(older[other] for other in direct - within))
    return {id: others for id, others in older.items() if id in group}
