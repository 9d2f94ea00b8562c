"""What the record needs to know of the posts: their front matter, read without building the site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from portfolio.core import yaml_positions
from portfolio.core.diagnostics import Diagnostic, quoted
from portfolio.core.placeholder import Placeholder
from portfolio.core.validation import validate
from portfolio.core.yaml_positions import Document
from portfolio.notebooks import convert
from portfolio.record.fields import id_from
from portfolio.record.models import Post
from portfolio.sources import front_matter
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, display_path, read_text

# What the record keeps of the front matter as it stands there.
_TAKEN = (
    "title", "slug", "draft", "pin", "authors", "categories", "tags", "series", "part", "related", "links",
    "image",
)  # fmt: skip
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
# A time that YAML would take for one, had it seconds.
_MINUTES = re.compile(r"(\d{4}-\d\d?-\d\d?[Tt ]+\d\d?:\d\d)([ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?")


def load(folder: Path, root: Path, separator: str) -> tuple[list[tuple[Document, Post]], list[Diagnostic]]:
    """Read every post below a folder, sorted by path. Paths in problems are relative to ``root``.

    The excerpt of a notebook ends at the ``separator``.
    """
    posts: list[tuple[Document, Post]] = []
    problems: list[Diagnostic] = []
    for path in sorted(_sources(folder)):
        text = read_text(path, root)
        if isinstance(text, Diagnostic):
            problems.append(text)
            continue
        document, post, found = _read(display_path(path, root), text, path.relative_to(folder), separator)
        problems += found
        if post is not None:
            posts.append((document, post))
    return posts, problems


def _read(
    name: str, text: str, inside: Path, separator: str
) -> tuple[Document, Post | None, list[Diagnostic]]:
    """Read one post, which may be a notebook."""
    if inside.suffix != NOTEBOOK:
        return read(name, text, inside)
    page = convert.convert_notebook(name, text, inside.stem, separator)
    if isinstance(page, list):
        return Document(name), None, page
    document, post, found = read(name, page.markdown, inside)
    page.relocate(document)
    return document, post, [*page.diagnostics, *map(page.map_to_notebook, found)]


def read(name: str, text: str, inside: Path) -> tuple[Document, Post | None, list[Diagnostic]]:
    """Read one post. ``inside`` is its path below the folder of posts, from which its id comes."""
    document, problems = front_matter.load(name, text)
    front = document.data
    if problems or not isinstance(front, dict):
        return (
            document,
            None,
            problems or [Diagnostic(name, 2, 1, "", "the front matter is no mapping of keys.")],
        )
    days, problems = _days(document, front)
    written, found = front_matter.read(document)
    problems += found
    id = front.get("id") or id_from(inside.parent.name or "index" if inside.stem == "index" else inside.stem)
    if not id:
        message = "the name of the file gives no id. Give the file another name, or write one here."
        problems.append(document.problem(("id",), message))
    created, updated = days
    document.data = {
        **{name: getattr(written, name) for name in _TAKEN},
        "id": id or Placeholder(name),
        "date": _day_of(created),
        "time": created if isinstance(created, datetime) else None,
        "updated": _day_of(updated),
        "path": name,
        "about": front.get("about"),
    }
    post, found = validate(Post, document, ())
    return document, post, sorted({*problems, *found})


def _days(
    document: Document, front: dict[str, Any]
) -> tuple[tuple[date | None, date | None], list[Diagnostic]]:
    """The days of publication and of the last change, which may be times.

    They stand in ``date: 2026-01-31`` and ``updated: 2026-02-01``, or in ``date: {created: …, updated: …}``.
    The blog takes what YAML takes for a day or a time, and nothing else; so for other days of the mapping.
    """
    created: yaml_positions.Path = ("date",)
    updated: yaml_positions.Path = ("updated",)
    given = front.get("date")
    days: dict[yaml_positions.Path, object] = {created: given}
    if isinstance(given, dict):
        created = ("date", "created")
        days = {created: None, **{("date", key): value for key, value in given.items()}}
    problems = []
    if front.get("updated") is not None:
        if ("date", "updated") in days:
            problems.append(
                document.problem(updated, "stands beside date.updated; keep the one or the other.")
            )
        days[updated] = front["updated"]
    elif ("date", "updated") in days:
        updated = ("date", "updated")
    read = {path: _day(document, path, value) for path, value in days.items()}
    for path in (path for path, day in read.items() if day is None):
        value = days[path]
        found = "is missing" if value is None else f"{quoted(value)} is not the day of a post"
        minutes = _MINUTES.fullmatch(value) if isinstance(value, str) else None
        form = (
            f"A time has seconds: {minutes[1]}:00{minutes[2] or ''}"
            if minutes
            else "Write it as in 2026-01-31, without quotation marks"
        )
        problems.append(document.problem(path, f"{found}. {form}."))
    first, last = _day_of(read[created]), _day_of(read.get(updated))
    if first is not None and last is not None and last < first:
        problems.append(document.problem(updated, f"{last} is before the post came out ({first})."))
    return (read[created], read.get(updated)), problems


def _day(document: Document, path: yaml_positions.Path, value: object) -> date | None:
    if not isinstance(value, str) or document.tags.get(path) != _TIMESTAMP:
        return None
    try:
        time = yaml.load(value, yaml_positions.Loader)  # noqa: S506 - a safe loader
        if isinstance(time, datetime):
            # Within a day of either end of the calendar it would have no day in some time zones.
            moment = time.astimezone(UTC) if time.tzinfo is not None else time
            _ = moment - timedelta(days=1), moment + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return time if isinstance(time, date) else None


def _day_of(time: date | None) -> date | None:
    return time.date() if isinstance(time, datetime) else time


def _sources(folder: Path) -> Iterator[Path]:
    """Posts as the blog finds them, through links too; names that begin with a dot are hidden."""
    # What each folder and those above it really are: a link to one of them would lead round in a circle.
    above = {str(folder): {os.path.realpath(folder)}}
    for at, folders, files in os.walk(folder, followlinks=True):
        real = {name: os.path.realpath(Path(at, name)) for name in folders if not name.startswith(".")}
        folders[:] = [name for name in real if real[name] not in above[at]]
        above |= {str(Path(at, name)): {*above[at], real[name]} for name in folders}
        yield from (
            Path(at, name)
            for name in files
            if name.endswith((*MARKDOWN, NOTEBOOK)) and not name.startswith(".")
        )
