"""What ``after`` and ``before`` say: which engagement came later than which."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, TypeVar

from portfolio.record.models import Engagement

if TYPE_CHECKING:  # A record holds an Order.
    from portfolio.record.record import Record

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Edge:
    """One statement of order, and where it is made: in ``stated_by``'s list ``field`` at ``index``."""

    newer: str
    older: str
    stated_by: str
    field: str
    index: int


class Order:
    """What engagements say of their order, worked out once.

    ``known`` has the engagements by id, in the order of the file; of an id that stands twice, the first.
    """

    def __init__(self, entries: Iterable[Engagement]) -> None:
        self.known: dict[str, Engagement] = {}
        for entry in entries:
            self.known.setdefault(entry.id, entry)

    @cached_property
    def edges(self) -> list[Edge]:
        """Every statement of order between two different engagements that exist."""
        stated = [edge for entry in self.known.values() for edge in _stated(entry)]
        return [e for e in stated if e.newer != e.older and e.newer in self.known and e.older in self.known]

    @cached_property
    def sound(self) -> list[Edge]:
        """The edges that are part of no circle."""
        return self._split[0]

    @cached_property
    def circles(self) -> list[list[str]]:
        """The members of circles; see ``without_cycles``."""
        return self._split[1]

    @cached_property
    def oldest_first(self) -> list[str]:
        """The engagements that sound edges name, each after those it is newer than."""
        return _oldest_first(self.sound)

    @cached_property
    def by_newer(self) -> dict[str, list[Edge]]:
        """The sound edges by what they say is newer."""
        return _grouped((edge.newer, edge) for edge in self.sound)

    @cached_property
    def by_older(self) -> dict[str, list[Edge]]:
        """The sound edges by what they say is older."""
        return _grouped((edge.older, edge) for edge in self.sound)

    @cached_property
    def _split(self) -> tuple[list[Edge], list[list[str]]]:
        return without_cycles(self.edges)


def engagements(record: Record) -> dict[str, Engagement]:
    """Roles and education by id, in the order of the file; of an id that stands twice, the first."""
    return record.order.known


def edges(record: Record) -> list[Edge]:
    """Every statement of order between two different engagements that exist."""
    return record.order.edges


def without_cycles(given: list[Edge]) -> tuple[list[Edge], list[list[str]]]:
    """Split off circles: the edges that are part of none, and the members of a shortest one for each knot.

    A knot is a set of engagements each of which is stated to be newer than every other one, directly or by
    way of others. In a circle, each member is stated to be newer than the next, the last than the first.
    """
    older = {id: [edge.older for edge in some] for id, some in _grouped((e.newer, e) for e in given).items()}
    newer = {id: [edge.newer for edge in some] for id, some in _grouped((e.older, e) for e in given).items()}
    knots = [knot for knot in _knots(older, newer) if len(knot) > 1]
    knot_of = {id: number for number, knot in enumerate(knots) for id in knot}
    kept = [e for e in given if e.newer not in knot_of or knot_of[e.newer] != knot_of.get(e.older)]
    places = {id: place for place, id in enumerate(older)}
    circles = [_circle(min(knot, key=places.__getitem__), older, frozenset(knot)) for knot in knots]
    return kept, sorted(circles, key=lambda circle: places[circle[0]])


def all_older(given: list[Edge]) -> dict[str, set[str]]:
    """For each engagement that edges name, all that it is newer than, directly or by way of others."""
    direct = _grouped((edge.newer, edge.older) for edge in given)
    found: dict[str, set[str]] = {}
    place: dict[str, int] = {}
    for id in _oldest_first(given):
        place[id] = len(place)
        older: set[str] = set()
        # The newest first: it often has the others in what it is newer than.
        for other in sorted(direct.get(id, ()), key=place.__getitem__, reverse=True):
            if other not in older:
                older |= found[other]
                older.add(other)
        found[id] = older
    return found


def _stated(entry: Engagement) -> Iterator[Edge]:
    for index, other in enumerate(entry.after):
        yield Edge(entry.id, other, entry.id, "after", index)
    for index, other in enumerate(entry.before):
        yield Edge(other, entry.id, entry.id, "before", index)


def _oldest_first(given: Iterable[Edge]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in given:
        sorter.add(edge.newer, edge.older)
    return list(sorter.static_order())


def _knots(older: Mapping[str, Sequence[str]], newer: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The strongly connected components (Kosaraju's algorithm)."""
    seen: set[str] = set()
    left = [id for start in older for id in _reached(start, older, seen)]
    seen = set()
    return [found for start in reversed(left) if (found := _reached(start, newer, seen))]


def _reached(start: str, neighbours: Mapping[str, Sequence[str]], seen: set[str]) -> list[str]:
    """What can be reached and was not seen before, each after all that is reached from it."""
    if start in seen:
        return []
    seen.add(start)
    found: list[str] = []
    way = [(start, iter(neighbours.get(start, ())))]
    while way:
        id, others = way[-1]
        other = next((other for other in others if other not in seen), None)
        if other is None:
            way.pop()
            found.append(id)
        else:
            seen.add(other)
            way.append((other, iter(neighbours.get(other, ()))))
    return found


def _circle(start: str, older: Mapping[str, Sequence[str]], knot: Collection[str]) -> list[str]:
    """A shortest circle through a member of a knot."""
    reached_from: dict[str, str] = {}
    queue = deque([start])
    while start not in reached_from:
        id = queue.popleft()
        for other in older[id]:
            if other in knot and other not in reached_from:
                reached_from[other] = id
                queue.append(other)
    circle = [reached_from[start]]
    while circle[-1] != start:
        circle.append(reached_from[circle[-1]])
    return circle[::-1]


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
