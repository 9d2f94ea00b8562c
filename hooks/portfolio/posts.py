"""What the record needs to know of the posts: their front matter, read without building the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from portfolio import yaml_marks
from portfolio.models import Post
from portfolio.problem import Problem
from portfolio.validation import validate
from portfolio.yaml_marks import Document

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)


def load(folder: Path, root: Path) -> tuple[list[tuple[Document, Post]], list[Problem]]:
    """Read every post below a folder, sorted by path. Paths in problems are relative to ``root``."""
    posts: list[tuple[Document, Post]] = []
    problems: list[Problem] = []
    for path in sorted(_sources(folder)):
        shown = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            problems.append(Problem(shown, 1, 1, "", f"this is not UTF-8 text (byte {error.start})."))
            continue
        document, post, found = read(shown, text, path.relative_to(folder))
        problems += found
        if post is not None:
            posts.append((document, post))
    return posts, problems


def read(shown: str, text: str, inside: Path) -> tuple[Document, Post | None, list[Problem]]:
    """Read one post. ``inside`` is its path below the folder of posts, from which its id comes."""
    match = _FRONT_MATTER.match(text.replace("\r\n", "\n"))
    if match is None:
        message = "a post begins with its front matter: '---', 'date: 2026-01-31' and so on, '---'."
        return Document(shown), None, [Problem(shown, 1, 1, "", message)]
    document, problems = yaml_marks.load(shown, match["yaml"], first_line=2)
    front = document.data
    if problems or not isinstance(front, dict):
        return (
            document,
            None,
            problems or [Problem(shown, 2, 1, "", "the front matter is no mapping of keys.")],
        )
    published, problem = _published(document, front)
    name = inside.parent.name if inside.stem == "index" else inside.stem
    document.data = {
        "id": front.get("id") or re.sub(r"\s+", "-", name),
        "date": published,
        "path": shown,
        "draft": front.get("draft") or False,
        "about": front.get("about"),
    }
    post, found = validate(Post, document, ())
    return document, post, [problem, *found] if problem else found


def _sources(folder: Path) -> Iterator[Path]:
    """Posts as the blog finds them; names that begin with a dot are hidden."""
    for path in folder.rglob("*.md"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _published(document: Document, front: dict[str, object]) -> tuple[date, Problem | None]:
    """The day of publication, from ``date: 2026-01-31`` or ``date: {created: 2026-01-31}``."""
    value = front.get("date")
    created = value.get("created") if isinstance(value, dict) else value
    try:
        return date.fromisoformat(str(created).strip()[:10]), None
    except ValueError:
        found = "is missing" if created is None else f"'{created}' is not the day of a post"
        return date.max, document.problem(("date",), f"{found}. Write it as in 2026-01-31.")
