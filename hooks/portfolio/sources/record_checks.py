"""What must hold between the entries of a record: names, references, dates and order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote
from portfolio.record import order
from portfolio.record.dates import EdtfDate, Interval, Point, is_certainly_before
from portfolio.record.models import (
    PRESENT,
    Education,
    Engagement,
    Fact,
    Model,
    Post,
    Publication,
    Role,
    Software,
    Talk,
)
from portfolio.record.record import Entry, Origin, Record
from portfolio.sources.mkdocs_yml import MARKDOWN

_KINDS: dict[type, str] = {
    Role: "a role",
    Education: "an education",
    Publication: "a publication",
    Talk: "a talk",
    Software: "a software",
    Post: "a post",
}
_NOT_A_FACT = {"id", "basis", "source", "type", "fields"}
_LINKS = ("url", "slides", "video", "pdf", "code")
_ELSEWHERE = ("https://", "http://", "mailto:")


def check(record: Record, docs: Path) -> list[Diagnostic]:
    """Every contradiction in a record, sorted by place. ``docs`` is where links to the site lead."""
    return sorted(
        [
            *_doubles(record),
            *_bases(record),
            *_ends(record),
            *_references(record),
            *_order(record),
            *_outside(record),
            *_links(record, docs),
        ]
    )


def _placed(record: Record) -> Iterator[tuple[Entry, Origin]]:
    """Every entry, with where it stands."""
    return zip(record, record.origins, strict=True)


def _doubles(record: Record) -> Iterator[Diagnostic]:
    first: dict[str, Origin] = {}
    for entry, origin in _placed(record):
        if first.setdefault(entry.id, origin) is not origin:
            message = f"the id {quote(entry.id)} is taken by {first[entry.id]}. Every id stands once."
            yield origin.diagnose(("id",), message)


def _bases(record: Record) -> Iterator[Diagnostic]:
    for entry, origin in _placed(record):
        if not isinstance(entry, Fact) or isinstance(entry.basis, str):
            continue
        fields = sorted(type(entry).model_fields.keys() - _NOT_A_FACT)
        for name in entry.basis:
            if name not in fields:
                message = f"there is no such field. {did_you_mean(name, fields)} Fields: {', '.join(fields)}."
                yield origin.diagnose(("basis", name), message)


def _ends(record: Record) -> Iterator[Diagnostic]:
    for entry, origin in _placed(record):
        if not isinstance(entry, Engagement):
            continue
        start, end = entry.start_date, entry.end_date
        if entry.date is not None and (start is not None or end is not None):
            yield origin.diagnose(
                ("date",), "stands beside start_date or end_date; keep the one or the other."
            )
        elif start is not None and end is not None and end != PRESENT and is_certainly_before(end, start):
            yield origin.diagnose(("end_date",), f"{end.text} is before start_date {start.text}.")


def _references(record: Record) -> Iterator[Diagnostic]:
    entries: dict[str, Entry] = {}
    for entry in record:
        entries.setdefault(entry.id, entry)
    for entry, origin in _placed(record):
        if isinstance(entry, Engagement):
            for field in ("after", "before"):
                yield from _named(origin, entries, entry, field, (Role, Education))
            yield from _named(origin, entries, entry, "evidence", (Publication, Talk, Software, Post))
        elif isinstance(entry, Post):
            yield from _named(origin, entries, entry, "about", (Role, Education, Publication, Talk, Software))
            yield from _named(origin, entries, entry, "related", (Post,))


def _named(
    origin: Origin, entries: dict[str, Entry], entry: Entry, field: str, kinds: tuple[type[Entry], ...]
) -> Iterator[Diagnostic]:
    """Problems of a list of ids: each must exist, be of one of the kinds, and stand once."""
    seen: set[str] = set()
    for index, id in enumerate(getattr(entry, field) or ()):
        if id not in entries:
            fitting = [known for known, other in entries.items() if isinstance(other, kinds)]
            message = f"there is no {quote(id)}. {did_you_mean(id, fitting)}"
        elif id == entry.id:
            message = f"{quote(id)} names itself."
        elif not isinstance(entries[id], kinds):
            accepted = join_words((_KINDS[kind] for kind in kinds), "or")
            message = f"{quote(id)} is {_KINDS[type(entries[id])]}; this takes {accepted}."
        elif id in seen:
            message = f"{quote(id)} stands twice."
        else:
            seen.add(id)
            continue
        yield origin.diagnose((field, index), message)


def _order(record: Record) -> Iterator[Diagnostic]:
    stated = record.order
    origins: dict[str, Origin] = {}
    for entry, origin in _placed(record):
        origins.setdefault(entry.id, origin)
    for circle in stated.cycles:
        edge = next(edge for edge in stated.edges if [edge.newer, edge.older] == circle[:2])
        yield origins[edge.stated_by].diagnose(
            (edge.field, edge.index), f"the order is a circle: {' after '.join([*circle, circle[0]])}."
        )
    # The latest start that is sure, for each engagement from the oldest, with the one whose date gives it.
    lower: dict[str, tuple[Point, str]] = {}
    for id in stated.oldest_first:
        entry = stated.entries[id]
        bounds = []
        for edge in stated.by_newer.get(id, ()):
            if edge.older not in lower:
                continue
            bound, whose = lower[edge.older]
            wrong = next((what for what in _limits(entry) if is_certainly_before(what[1], bound)), None)
            if wrong is None:
                bounds.append(lower[edge.older])
                continue
            yield origins[edge.stated_by].diagnose(
                (edge.field, edge.index),
                f"{id} cannot be after {whose}: "
                f"{id} {wrong[0]} {wrong[1].text}, {whose} started {bound.text}.",
            )
        if entry.start is not None and entry.start.floor is not None:
            bounds.append((entry.start, id))
        if bounds:
            lower[id] = max(bounds, key=lambda bound: bound[0].floor or bound[0].earliest)


def _limits(entry: Engagement) -> Iterator[tuple[str, Point]]:
    """The dates before which whatever an engagement was taken up after must have begun."""
    if entry.start is not None:
        yield "started", entry.start
    if entry.end is not None:
        yield "ended", entry.end


def _outside(record: Record) -> Iterator[Diagnostic]:
    witnesses = order.index_evidence(record)
    for entry, origin in _placed(record):
        if not isinstance(entry, Engagement):
            continue
        for index, id in enumerate(entry.evidence):
            given = order.entry_dates(witnesses[id]) if id in witnesses else []
            reasons = [_why_outside(when, entry) for when in given]
            if given and all(reasons):
                yield origin.diagnose(("evidence", index), f"{id} ({given[0].text}) is {reasons[0]}.")


def _why_outside(when: EdtfDate, entry: Engagement) -> str | None:
    """How a date lies outside of what is known of an engagement, or None if it may lie within."""
    first, last = (when.start, when.end) if isinstance(when, Interval) else (when, when)
    if last is not None and entry.start is not None and is_certainly_before(last, entry.start):
        return f"before {entry.id} started ({entry.start.text})"
    if first is not None and entry.end is not None and is_certainly_before(entry.end, first):
        return f"after {entry.id} ended ({entry.end.text})"
    return None


def _links(record: Record, docs: Path) -> Iterator[Diagnostic]:
    """Links to files and pages of this site that are not there."""
    for entry, origin in _placed(record):
        if not isinstance(entry, Fact):
            continue
        inner = entry.appearances if isinstance(entry, Talk) else ()
        holders: list[tuple[positions.KeyPath, Model]] = [((), entry)]
        holders += [(("appearances", index), appearance) for index, appearance in enumerate(inner)]
        for at, holder in holders:
            for name in _LINKS:
                url = getattr(holder, name, None)
                if url and not url.startswith(_ELSEWHERE) and (why := _why_broken(url, docs)):
                    yield origin.diagnose((*at, name), why)


def _why_broken(url: str, docs: Path) -> str | None:
    """Why a path of this site leads nowhere: it must name a file of the docs folder, or a page's address."""
    address = unquote(url.partition("#")[0])
    page = address.rstrip("/")
    if ".." in address.split("/"):
        return f"{quote(url)} leads out of the site. Write the path from its home page."
    if address.endswith(MARKDOWN):
        folder = page.rpartition(".")[0].removesuffix("index")
        return (
            f"{quote(url)} is a page's source. Write the address that the page has: '{folder.strip('/')}/'."
        )
    sources = [f"{page}{end}" for end in MARKDOWN] + [f"{page}/index{end}" for end in MARKDOWN]
    found = sources if address.endswith("/") else [address]
    if any((docs / name).is_file() for name in found):
        return None
    return (
        f"there is no {quote(url)} in {docs.name}. Write the path of a file there, the address of a page "
        "such as 'talks/', or https://… for another site."
    )
