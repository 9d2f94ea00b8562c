"""What must hold between the entries of a record: names, references, dates and order."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio import evidence, graph
from portfolio.dates import EdtfDate, Interval, Point, surely_before
from portfolio.loading import Entry, Record
from portfolio.models import PRESENT, Education, Engagement, Fact, Post, Publication, Role, Software, Talk
from portfolio.problem import Problem, did_you_mean, listed

_KINDS: dict[type, str] = {
    Role: "a role",
    Education: "an education",
    Publication: "a publication",
    Talk: "a talk",
    Software: "a software",
    Post: "a post",
}
_NOT_A_FACT = {"id", "basis", "source", "type", "fields"}


def check(record: Record) -> list[Problem]:
    """Every contradiction in a record, sorted by place."""
    return sorted(
        [
            *_doubles(record),
            *_bases(record),
            *_ends(record),
            *_references(record),
            *_order(record),
            *_outside(record),
        ]
    )


def _doubles(record: Record) -> Iterator[Problem]:
    for id, origin in record.doubles:
        yield origin.problem(
            ("id",), f"the id '{id}' is taken by {record.origins[id]}. Every id stands once."
        )


def _bases(record: Record) -> Iterator[Problem]:
    for entry in record:
        if not isinstance(entry, Fact) or isinstance(entry.basis, str):
            continue
        fields = sorted(type(entry).model_fields.keys() - _NOT_A_FACT)
        for name in entry.basis:
            if name not in fields:
                message = f"there is no such field.{did_you_mean(name, fields)} Fields: {', '.join(fields)}."
                yield record.origins[entry.id].problem(("basis", name), message)


def _ends(record: Record) -> Iterator[Problem]:
    for entry in graph.engagements(record).values():
        origin = record.origins[entry.id]
        start, end = entry.start_date, entry.end_date
        if entry.date is not None and (start is not None or end is not None):
            yield origin.problem(
                ("date",), "stands beside start_date or end_date; keep the one or the other."
            )
        elif start is not None and end is not None and end != PRESENT and surely_before(end, start):
            yield origin.problem(("end_date",), f"{end.text} is before start_date {start.text}.")


def _references(record: Record) -> Iterator[Problem]:
    entries: dict[str, Entry] = {}
    for entry in record:
        entries.setdefault(entry.id, entry)
    for entry in record:
        if isinstance(entry, Engagement):
            for field in ("after", "before"):
                yield from _named(record, entries, entry, field, (Role, Education))
            yield from _named(record, entries, entry, "evidence", (Publication, Talk, Software, Post))
        elif isinstance(entry, Post):
            yield from _named(record, entries, entry, "about", (Role, Education, Publication, Talk, Software))


def _named(
    record: Record, entries: dict[str, Entry], entry: Entry, field: str, kinds: tuple[type[Entry], ...]
) -> Iterator[Problem]:
    """Problems of a list of ids: each must exist, be of one of the kinds, and stand once."""
    fitting = [id for id, other in entries.items() if isinstance(other, kinds)]
    named: tuple[str, ...] = getattr(entry, field)
    for index, id in enumerate(named):
        if id not in entries:
            message = f"there is no '{id}'.{did_you_mean(id, fitting)}"
        elif id == entry.id:
            message = f"'{id}' names itself."
        elif not isinstance(entries[id], kinds):
            accepted = listed((_KINDS[kind] for kind in kinds), "or")
            message = f"'{id}' is {_KINDS[type(entries[id])]}; this takes {accepted}."
        elif id in named[:index]:
            message = f"'{id}' stands twice."
        else:
            continue
        yield record.origins[entry.id].problem((field, index), message)


def _order(record: Record) -> Iterator[Problem]:
    known = graph.engagements(record)
    edges, cycles = graph.without_cycles(graph.edges(record))
    for cycle in cycles:
        loop = " after ".join([*cycle, cycle[0]])
        members = set(cycle)
        edge = next(e for e in graph.edges(record) if e.newer in members and e.older in members)
        yield record.origins[edge.stated_by].problem(
            (edge.field, edge.index), f"the order is a circle: {loop}."
        )
    # The latest start that is sure, for each engagement from the oldest, with the one whose date gives it.
    lower: dict[str, tuple[Point, str]] = {}
    for id in graph.newest_last(edges):
        entry = known[id]
        limit = entry.start or entry.end
        for edge in (e for e in edges if e.newer == id and e.older in lower):
            bound, whose = lower[edge.older]
            if limit is not None and surely_before(limit, bound):
                what = "started" if entry.start else "ended"
                yield record.origins[edge.stated_by].problem(
                    (edge.field, edge.index),
                    f"{id} cannot be after {whose}: {id} {what} {limit.text}, {whose} started {bound.text}.",
                )
        bounds = [lower[edge.older] for edge in edges if edge.newer == id and edge.older in lower]
        if entry.start is not None and entry.start.floor is not None:
            bounds.append((entry.start, id))
        if bounds:
            lower[id] = max(bounds, key=lambda bound: bound[0].floor or bound[0].earliest)


def _outside(record: Record) -> Iterator[Problem]:
    witnesses = evidence.by_id(record)
    for entry in graph.engagements(record).values():
        for index, id in enumerate(entry.evidence):
            given = evidence.dates_of(witnesses[id]) if id in witnesses else []
            reasons = [_why_outside(when, entry) for when in given]
            if given and all(reasons):
                yield record.origins[entry.id].problem(
                    ("evidence", index), f"{id} ({given[0].text}) is {reasons[0]}."
                )


def _why_outside(when: EdtfDate, entry: Engagement) -> str | None:
    """How a date lies outside of what is known of an engagement, or None if it may lie within."""
    first, last = (when.start, when.end) if isinstance(when, Interval) else (when, when)
    if last is not None and entry.start is not None and surely_before(last, entry.start):
        return f"before {entry.id} started ({entry.start.text})"
    if first is not None and entry.end is not None and surely_before(entry.end, first):
        return f"after {entry.id} ended ({entry.end.text})"
    return None
