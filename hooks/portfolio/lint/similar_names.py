"""Names that are probably meant to be the same: categories, tags and series of posts, tags of projects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.positions import KeyPath
from portfolio.core.text import find_similar, normalize_name
from portfolio.record import order
from portfolio.record.kinds import Entry
from portfolio.record.record import Origin, Record


def check_project_tags(record: Record, distinct_names: Collection[str]) -> Iterator[Diagnostic]:
    """Find similar tags of projects; see `find_similar_names`."""
    origins = {entry.id: origin for entry, origin in zip(record, record.origins, strict=True)}
    newest_first = order.sort_newest_first(record.all_projects.values())
    projects = [(project, origins[project.id]) for project in reversed(newest_first)]
    yield from find_similar_names(projects, "tags", distinct_names, code="record.similar-tag")


def find_similar_names(
    entries: Sequence[tuple[Entry, Origin]], key: str, meant: Collection[str], *, code: str
) -> Iterator[Diagnostic]:
    """Find names in the field ``key`` of entries, the oldest first, that are probably meant to be the same.

    Names that differ in case, spaces or hyphens are reported wherever the rarer one is written. A name that
    differs in one letter is reported if a single entry has it. The names ``meant`` are correct.
    """
    places: dict[str, list[tuple[Origin, KeyPath]]] = {}
    for entry, origin in entries:
        names = getattr(entry, key)
        if isinstance(names, str):
            places.setdefault(names, []).append((origin, (key,)))
        for index, name in enumerate(names if isinstance(names, tuple) else ()):
            places.setdefault(name, []).append((origin, (key, index)))
    counts = {name: len(uses) for name, uses in places.items() if name not in meant}
    for name, usual_name in find_similar(counts):
        is_same = normalize_name(name) == normalize_name(usual_name)
        difference = "only in case, spaces or hyphens" if is_same else "in one letter"
        # With one use each, either may be the misspelt one.
        place = f" ({places[usual_name][0][0].document.path})" if len(places[usual_name]) == 1 else ""
        message = f"{quote(name)} differs from {quote(usual_name)}{place} {difference}."
        hint = (
            f"Write {quote(usual_name)}. If both are meant, add {quote(name)} to "
            "extra.portfolio.distinct_names in mkdocs.yml."
        )
        for origin, at in places[name]:
            yield replace(origin.diagnose(at, message, hint, code=code), severity="warning")
