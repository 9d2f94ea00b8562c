"""What ``after`` and ``before`` say: which engagement came later than which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from portfolio.loading import Record
from portfolio.models import Engagement


@dataclass(frozen=True)
class Edge:
    """One statement of order, and where it is made: in ``stated_by``'s list ``field`` at ``index``."""

    newer: str
    older: str
    stated_by: str
    field: str
    index: int


def engagements(record: Record) -> dict[str, Engagement]:
    """Roles and education by id, in the order of the file; of an id that stands twice, the first."""
    found: dict[str, Engagement] = {}
    for entry in (*record.roles, *record.education):
        found.setdefault(entry.id, entry)
    return found


def edges(record: Record) -> list[Edge]:
    """Every statement of order between two different engagements that exist."""
    known = engagements(record)
    stated = [edge for entry in known.values() for edge in _stated(entry) if edge.newer != edge.older]
    return [edge for edge in stated if edge.newer in known and edge.older in known]


def without_cycles(given: list[Edge]) -> tuple[list[Edge], list[list[str]]]:
    """Split off cycles: the edges that remain once each cycle is opened, and the members of each cycle."""
    kept = list(given)
    cycles: list[list[str]] = []
    while True:
        try:
            newest_last(kept)
        except CycleError as error:
            # graphlib repeats the first member at the end; each one precedes the next.
            cycle: list[str] = error.args[1]
            cycles.append(cycle[:-1])
            pairs = set(zip(cycle[1:], cycle, strict=False))
            opened = next(edge for edge in reversed(kept) if (edge.newer, edge.older) in pairs)
            kept = [edge for edge in kept if (edge.newer, edge.older) != (opened.newer, opened.older)]
        else:
            return kept, cycles


def newest_last(given: list[Edge]) -> list[str]:
    """The engagements that edges name, each after those it is newer than. Raises graphlib.CycleError."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in given:
        sorter.add(edge.newer, edge.older)
    return list(sorter.static_order())


def all_older(given: list[Edge]) -> dict[str, set[str]]:
    """For each engagement that edges name, all that it is newer than, directly or by way of others."""
    older: dict[str, set[str]] = {}
    for id in newest_last(given):
        direct = {edge.older for edge in given if edge.newer == id}
        older[id] = direct.union(*(older[other] for other in direct))
    return older


def _stated(entry: Engagement) -> Iterator[Edge]:
    for index, other in enumerate(entry.after):
        yield Edge(entry.id, other, entry.id, "after", index)
    for index, other in enumerate(entry.before):
        yield Edge(other, entry.id, entry.id, "before", index)
