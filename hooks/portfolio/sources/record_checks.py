"""Check a record for contradictions: duplicate ids, unknown references, impossible dates, broken links."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote
from portfolio.core.files import is_file
from portfolio.record import models, order
from portfolio.record.dates import EdtfDate, Interval, Point, is_certainly_before
from portfolio.record.kinds import POSTS, Entry, Kind, kind_name
from portfolio.record.record import Origin, Record
from portfolio.sources.mkdocs_yml import MARKDOWN

# Fields of a model for which a basis makes no sense.
_WITHOUT_BASIS = {"id", "basis", "source", "selected", "type", "fields"}
_ENGAGEMENTS = frozenset({"roles", "education"})
_POSTS = frozenset({POSTS.name})
_EXTERNAL = ("https://", "http://", "mailto:")


def check_record(
    record: Record, docs: Path, incomplete: Collection[type[Entry]] = frozenset()
) -> list[Diagnostic]:
    """Return every contradiction in a record, sorted.

    ``docs`` is the folder of the site's documents. Of the kinds in ``incomplete``, entries may be missing
    because a file cannot be read, so that references to them are not reported.
    """
    return sorted(
        [
            *_check_ids(record),
            *_check_bases(record),
            *_check_periods(record),
            *_check_references(record, incomplete),
            *_check_order(record),
            *_check_evidence(record),
            *_check_links(record, docs),
        ]
    )


E = TypeVar("E", bound=models.Fact)


def _entries(record: Record, kind: type[E]) -> Iterator[tuple[E, Origin]]:
    for entry, origin in zip(record, record.origins, strict=True):
        if isinstance(entry, kind):
            yield entry, origin


def _check_ids(record: Record) -> Iterator[Diagnostic]:
    first: dict[str, Origin] = {}
    for entry, origin in zip(record, record.origins, strict=True):
        if first.setdefault(entry.id, origin) is not origin:
            message = f"the id {quote(entry.id)} is already used in {first[entry.id]}."
            hint = "Give every entry an id of its own."
            yield origin.diagnose(("id",), message, hint, code="record.duplicate-id")


def _check_bases(record: Record) -> Iterator[Diagnostic]:
    for entry, origin in _entries(record, models.Fact):
        if isinstance(entry.basis, str):
            continue
        fields = sorted(type(entry).model_fields.keys() - _WITHOUT_BASIS)
        for name in entry.basis:
            if name not in fields:
                yield origin.diagnose(
                    ("basis", name),
                    "there is no such field.",
                    f"{did_you_mean(name, fields)} Fields: {', '.join(fields)}.",
                    code="record.unknown-field",
                )


def _check_periods(record: Record) -> Iterator[Diagnostic]:
    for entry, origin in _entries(record, models.Period):
        start, end = entry.start_date, entry.end_date
        if entry.date is not None and (start is not None or end is not None):
            message = "a date cannot be combined with start_date or end_date."
            yield origin.diagnose(("date",), message, "Remove one of them.", code="record.conflicting-dates")
        elif (
            start is not None
            and end is not None
            and end != models.PRESENT
            and is_certainly_before(end, start)
        ):
            message = f"{end.text} is before start_date {start.text}."
            yield origin.diagnose(("end_date",), message, code="record.end-before-start")


def _check_references(record: Record, incomplete: Collection[type[Entry]]) -> Iterator[Diagnostic]:
    """Report an id in a list that does not exist, has the wrong kind, or occurs twice."""
    entries: dict[str, Entry] = {}
    for entry in record:
        entries.setdefault(entry.id, entry)
    for entry, origin in zip(record, record.origins, strict=True):
        for field, accepted in _accepted_kinds(record, entry).items():
            seen: set[str] = set()
            for index, id in enumerate(getattr(entry, field, None) or ()):
                hint = ""
                if id not in entries and any(kind.model in incomplete for kind in accepted):
                    continue
                names = {kind.name for kind in accepted}
                if id not in entries:
                    candidates = (known for known, target in entries.items() if kind_name(target) in names)
                    message, hint = f"there is no {quote(id)}.", did_you_mean(id, candidates)
                    code = "record.unknown-reference"
                elif id == entry.id:
                    message, code = f"{quote(id)} refers to itself.", "record.self-reference"
                elif kind_name(entries[id]) not in names:
                    noun = record.kind_of(entries[id]).noun
                    message = f"{quote(id)} is {noun}; expected {_describe_kinds(record, accepted)}."
                    code = "record.wrong-reference"
                elif id in seen:
                    message, code = f"{quote(id)} is listed twice.", "record.duplicate-reference"
                else:
                    seen.add(id)
                    continue
                yield origin.diagnose((field, index), message, hint, code=code)


def _accepted_kinds(record: Record, entry: Entry) -> dict[str, list[Kind]]:
    """Return the kinds that the ids in each field of an entry may refer to."""
    everything = {kind.name for kind in record.kinds}
    names = {
        "after": _ENGAGEMENTS,
        "before": _ENGAGEMENTS,
        "evidence": everything - _ENGAGEMENTS,
        "about": everything - _POSTS,
        "related": _POSTS if isinstance(entry, models.Post) else everything,
    }
    return {
        field: [kind for kind in record.kinds if kind.name in accepted]
        for field, accepted in names.items()
        if getattr(entry, field, None)
    }


def _describe_kinds(record: Record, kinds: list[Kind]) -> str:
    """Name a few kinds, or else those that are not among them."""
    if len(kinds) <= len(_ENGAGEMENTS):
        return join_words((kind.noun for kind in kinds), "or")
    others = join_words((kind.noun for kind in record.kinds if kind not in kinds), "or")
    return f"an entry that is not {others}"


def _check_order(record: Record) -> Iterator[Diagnostic]:
    stated = record.order
    origins: dict[str, Origin] = {}
    for engagement, origin in _entries(record, models.Engagement):
        origins.setdefault(engagement.id, origin)
    for cycle in stated.cycles:
        edge = next(edge for edge in stated.edges if [edge.newer, edge.older] == cycle[:2])
        message = f"the order is a cycle: {' after '.join([*cycle, cycle[0]])}."
        yield origins[edge.stated_by].diagnose((edge.field, edge.index), message, code="record.order-cycle")
    # By engagement: the latest date before which it certainly did not start, and whose start that is.
    lower: dict[str, tuple[Point, str]] = {}
    for id in stated.oldest_first:
        entry = stated.entries[id]
        bounds = []
        for edge in stated.by_newer.get(id, ()):
            if edge.older not in lower:
                continue
            bound, bound_id = lower[edge.older]
            for verb, limit in (("started", entry.start), ("ended", entry.end)):
                if limit is not None and is_certainly_before(limit, bound):
                    message = f"{id} cannot be after {bound_id}: "
                    message += f"{id} {verb} {limit.text}, {bound_id} started {bound.text}."
                    at = (edge.field, edge.index)
                    yield origins[edge.stated_by].diagnose(at, message, code="record.contradictory-order")
                    break
            else:
                bounds.append(lower[edge.older])
        if entry.start is not None and entry.start.floor is not None:
            bounds.append((entry.start, id))
        if bounds:
            lower[id] = max(bounds, key=lambda bound: bound[0].floor or bound[0].earliest)


def _check_evidence(record: Record) -> Iterator[Diagnostic]:
    """Report evidence all of whose dates lie outside of the engagement."""
    for entry, origin in _entries(record, models.Engagement):
        for index, id in enumerate(entry.evidence):
            dates = order.entry_dates(record.evidence[id]) if id in record.evidence else []
            reasons = [_why_outside(when, entry) for when in dates]
            if dates and all(reasons):
                message = f"{id} ({dates[0].text}) is {reasons[0]}."
                yield origin.diagnose(("evidence", index), message, code="record.evidence-outside")


def _why_outside(when: EdtfDate, entry: models.Engagement) -> str | None:
    """Return why a date certainly lies outside of an engagement, or None if it may lie within."""
    first, last = (when.start, when.end) if isinstance(when, Interval) else (when, when)
    if last is not None and entry.start is not None and is_certainly_before(last, entry.start):
        return f"before {entry.id} started ({entry.start.text})"
    if first is not None and entry.end is not None and is_certainly_before(entry.end, first):
        return f"after {entry.id} ended ({entry.end.text})"
    return None


def _check_links(record: Record, docs: Path) -> Iterator[Diagnostic]:
    """Report links to files and pages of this site that do not exist."""
    for entry, origin in _entries(record, models.Fact):
        appearances = entry.appearances if isinstance(entry, models.Talk) else ()
        parts: list[tuple[positions.KeyPath, models.Model]] = [((), entry)]
        parts += [(("appearances", index), appearance) for index, appearance in enumerate(appearances)]
        for path, part in parts:
            # `SiteChecker` checks images.
            for name in (name for name in models.URL_FIELDS if name != "image"):
                if problem := check_link(getattr(part, name, None), docs):
                    yield origin.diagnose((*path, name), *problem, code="record.broken-link")
        for text_path, runs in models.styled_texts(entry):
            for url in dict.fromkeys(run.url for run in runs if run.url):
                if problem := check_link(url, docs):
                    yield origin.diagnose(text_path, *problem, code="record.broken-link")


def check_link(url: str | None, docs: Path) -> tuple[str, str] | None:
    """Check a link that is relative to the home page: return a message and a hint, or None if it is valid.

    It must be the path of a file in the documents, or the URL of a page.
    """
    if not url or url.startswith(_EXTERNAL):
        return None
    path = unquote(url.partition("#")[0])
    page = path.rstrip("/")
    if ".." in path.split("/"):
        return f"{quote(url)} leads out of the site.", "Write the path from the home page."
    if path.endswith(MARKDOWN):
        page_url = page.rpartition(".")[0].removesuffix("index").strip("/")
        return f"{quote(url)} is the source of a page.", f"Write the URL of the page: '{page_url}/'."
    sources = [f"{page}{suffix}" for suffix in MARKDOWN] + [f"{page}/index{suffix}" for suffix in MARKDOWN]
    if any(is_file(docs / name) for name in (sources if path.endswith("/") else [path])):
        return None
    hint = (
        "Write the path of a file there, the URL of a page such as 'talks/', or https://… for another site."
    )
    return f"there is no {quote(url)} in {docs.name}.", hint
