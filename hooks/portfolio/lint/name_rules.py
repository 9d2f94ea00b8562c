"""Misspelled names: categories, tags and series of posts, and tags of projects."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from portfolio.blog.urls import BlogSettings
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.positions import KeyPath
from portfolio.core.text import find_similar, normalize_name
from portfolio.record.kinds import Entry
from portfolio.record.models import Post
from portfolio.record.record import Origin, Record

# Where each name is written.
_Places = dict[str, list[tuple[Origin, KeyPath]]]


def check_names(
    record: Record, blog: BlogSettings | None, distinct_names: Collection[str]
) -> Iterator[Diagnostic]:
    """Yield a warning for each name that is probably a misspelled one.

    Names that differ in case, spaces or hyphens are reported wherever the rarer one is written. A name that
    differs in one letter is reported if it is used once. Names that ``mkdocs.yml`` allows are meant, as are
    ``distinct_names``.
    """
    origins = [*zip(record, record.origins, strict=True)]
    if blog is not None:
        posts = [(post, origin) for post, origin in origins if isinstance(post, Post)]
        posts.sort(key=lambda pair: (pair[0].date or date.max, pair[0].path))
        allowed = {"categories": blog.allowed_categories, "tags": blog.allowed_tags, "series": ()}
        for key, meant in allowed.items():
            yield from _find_misspelled(
                _collect_names(posts, key), {*meant, *distinct_names}, "post.similar-name"
            )
    projects = [(entry, origin) for entry, origin in origins if entry.id in record.all_projects]
    yield from _find_misspelled(_collect_names(projects, "tags"), distinct_names, "record.similar-name")


def _find_misspelled(places: _Places, meant: Collection[str], code: str) -> Iterator[Diagnostic]:
    counts = {name: len(uses) for name, uses in places.items() if name not in meant}
    for name, usual_name in find_similar(counts):
        is_same = normalize_name(name) == normalize_name(usual_name)
        difference = "only in case, spaces or hyphens" if is_same else "in one letter"
        # With one use each, either may be the misspelt one.
        first = places[usual_name][0][0]
        place = first if first.at else first.document.path
        where = f" ({place})" if len(places[usual_name]) == 1 else ""
        message = f"{quote(name)} differs from {quote(usual_name)}{where} {difference}."
        hint = (
            f"Write {quote(usual_name)}. If both are meant, add {quote(name)} to "
            "extra.portfolio.distinct_names in mkdocs.yml."
        )
        for origin, at in places[name]:
            diagnostic = origin.diagnose(at, message, hint, code=code)
            yield replace(diagnostic, severity="warning")


def _collect_names(entries: Collection[tuple[Entry, Origin]], key: str) -> _Places:
    """Return where each category, tag or series is written, in the order of the entries."""
    places: _Places = {}
    for entry, origin in entries:
        names = getattr(entry, key)
        if isinstance(names, str):
            places.setdefault(names, []).append((origin, (key,)))
        for index, name in enumerate(names if isinstance(names, tuple) else ()):
            places.setdefault(name, []).append((origin, (key, index)))
    return places
