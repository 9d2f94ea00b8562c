"""The record: all entries with their origins, and the order that roles and education state."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import TypeVar, cast

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document, KeyPath
from portfolio.record.kinds import KINDS, POSTS, Entry, Kind, kind_name, story_id
from portfolio.record.models import BaseProject, Education, Engagement, Post, Publication, Role, Software

T = TypeVar("T")
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Origin:
    """Where an entry is written."""

    document: Document
    at: KeyPath

    def diagnose(self, path: KeyPath, message: str, hint: str = "", *, code: str) -> Diagnostic:
        """Create a diagnostic for a field of the entry."""
        return self.document.diagnose((*self.at, *path), message, hint, code=code)

    def __str__(self) -> str:
        line, _ = self.document.position_of(self.at)
        return f"{self.document.path}:{line}"


class Record:
    """Everything that the data states: the entries of each kind, in the order of the files. It never changes.

    ``kinds`` are those of `kinds.KINDS`, the owner's own sections, and posts, in the order of the timeline.
    ``origins`` has the origin of each entry, in the order of iteration.
    """

    def __init__(
        self, *, sections: tuple[Kind, ...] = (), origins: tuple[Origin, ...] = (), **entries: Iterable[Entry]
    ) -> None:
        """Create a record of ``entries`` by the name of their kind, or the id of their section."""
        self.sections, self.origins = sections, origins
        self.kinds = (*KINDS, *sections, POSTS)
        self._kinds = {kind.name: kind for kind in self.kinds}
        self._entries: dict[str, tuple[Entry, ...]] = {
            kind.name: tuple(entries.get(kind.name, ())) for kind in self.kinds
        }
        assert entries.keys() <= self._entries.keys()

    def __getitem__(self, kind: str) -> tuple[Entry, ...]:
        """Return the entries of a kind. Raises KeyError for an unknown kind."""
        return self._entries[kind]

    def __iter__(self) -> Iterator[Entry]:
        """Iterate over all entries, in the order of their kinds and files."""
        return chain.from_iterable(self._entries.values())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Record) and self._entries == other._entries and self.sections == other.sections
        )

    __hash__ = None  # type: ignore[assignment]

    def __fingerprint__(self) -> tuple[object, ...]:
        """Return what identifies a record; see ``mkdocs_incremental``."""
        sections = [(kind.name, kind.title, kind.on_timeline) for kind in self.sections]
        return tuple(self), sections

    def kind_of(self, entry: Entry) -> Kind:
        """Return the kind of an entry."""
        return self._kinds[kind_name(entry)]

    def with_entries(self, **entries: Iterable[Entry]) -> Record:
        """Return a record with other entries of some kinds, and without origins."""
        return Record(sections=self.sections, origins=(), **{**self._entries, **entries})

    def entries_of(self, model: type[E]) -> tuple[E, ...]:
        """Return the entries of a model, such as `Role`, in the order of the files."""
        return tuple(entry for entry in self if isinstance(entry, model))

    @property
    def roles(self) -> tuple[Role, ...]:
        return cast("tuple[Role, ...]", self["roles"])

    @property
    def education(self) -> tuple[Education, ...]:
        return cast("tuple[Education, ...]", self["education"])

    @property
    def publications(self) -> tuple[Publication, ...]:
        return cast("tuple[Publication, ...]", self["publications"])

    @property
    def posts(self) -> tuple[Post, ...]:
        return cast("tuple[Post, ...]", self["posts"])

    @cached_property
    def all_projects(self) -> dict[str, BaseProject]:
        """What the page of projects shows, by id: projects, and software with ``project: true``."""
        projects = self.entries_of(BaseProject)
        return {entry.id: entry for entry in projects if not isinstance(entry, Software) or entry.project}

    def find_story(self, path: str) -> BaseProject | None:
        """Return the project whose story is the page at a path below the documents folder, or None."""
        return self.all_projects.get(story_id(path))

    @cached_property
    def evidence(self) -> dict[str, Entry]:
        """Everything that can be evidence, by id; for a duplicate id, the first."""
        return {entry.id: entry for entry in reversed([*self]) if not isinstance(entry, Engagement)}

    @cached_property
    def order(self) -> StatedOrder:
        """The order that its roles and education state."""
        return StatedOrder((*self.roles, *self.education))


@dataclass(frozen=True, slots=True)
class Edge:
    """A statement of order, written by ``stated_by`` in its list ``field`` at ``index``."""

    newer: str
    older: str
    stated_by: str
    field: str
    index: int


class StatedOrder:
    """The graph of the ``after`` and ``before`` lists of roles and education.

    ``entries`` has them by id, in the order of the file; for a duplicate id, the first. ``edges`` has every
    statement of order between two different entries that exist. ``acyclic_edges`` has those that are part of
    no cycle, and ``by_newer`` and ``by_older`` have them by one of their entries. ``oldest_first`` has the
    entries that acyclic edges name, each after those that it is newer than. ``cycles`` has a shortest cycle
    of each strongly connected component, each entry stated to be newer than the next, and the last to be
    newer than the first.
    """

    def __init__(self, entries: Iterable[Engagement]) -> None:
        self.entries: dict[str, Engagement] = {}
        for entry in entries:
            self.entries.setdefault(entry.id, entry)
        self.edges = [
            edge
            for entry in self.entries.values()
            for edge in _stated_edges(entry)
            if edge.newer != edge.older and edge.newer in self.entries and edge.older in self.entries
        ]
        self.acyclic_edges, self.cycles = _find_cycles(self.edges)
        self.by_newer = _group((edge.newer, edge) for edge in self.acyclic_edges)
        self.by_older = _group((edge.older, edge) for edge in self.acyclic_edges)
        older = {id: [edge.older for edge in edges] for id, edges in self.by_newer.items()}
        self.oldest_first = list(TopologicalSorter(older).static_order())

    @cached_property
    def all_older(self) -> dict[str, set[str]]:
        """All entries that each entry is newer than, directly or through others."""
        result: dict[str, set[str]] = {}
        for id in self.oldest_first:
            direct = {edge.older for edge in self.by_newer.get(id, ())}
            result[id] = direct.union(*(result[older] for older in direct))
        return result


def _stated_edges(entry: Engagement) -> Iterator[Edge]:
    for index, other in enumerate(entry.after):
        yield Edge(entry.id, other, entry.id, "after", index)
    for index, other in enumerate(entry.before):
        yield Edge(other, entry.id, entry.id, "before", index)


def _find_cycles(edges: list[Edge]) -> tuple[list[Edge], list[list[str]]]:
    """Return the edges that are part of no cycle, and the cycles.

    `graphlib` finds a single cycle, which can be the longest. This finds a shortest cycle for each
    independent mistake.
    """
    older = _group((edge.newer, edge.older) for edge in edges)
    with suppress(CycleError):
        TopologicalSorter(older).prepare()
        return edges, []
    reached = {id: _search(id, older) for id in older}
    acyclic = [edge for edge in edges if edge.newer not in reached.get(edge.older, ())]
    cycles: list[list[str]] = []
    covered: set[str] = set()
    for id in older:
        if id in reached[id] and id not in covered:
            # The strongly connected component of the entry.
            covered |= {member for member in reached[id] if id in reached.get(member, ())}
            cycle = [reached[id][id]]
            while cycle[-1] != id:
                cycle.append(reached[id][cycle[-1]])
            cycles.append(cycle[::-1])
    return acyclic, cycles


def _search(start: str, older: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Search breadth first; return what can be reached, each with the entry before it on a shortest path."""
    reached_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        id = queue.popleft()
        for neighbour in older.get(id, ()):
            if neighbour not in reached_from:
                reached_from[neighbour] = id
                queue.append(neighbour)
    return reached_from


def _group(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
