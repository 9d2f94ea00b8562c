"""Where a post names its categories and tags."""

from __future__ import annotations

from portfolio.yaml_marks import Mark
from syndication.plan import Subject
from writing import front_matter

_KEYS: dict[Subject, str] = {"all": "", "category": "categories", "tag": "tags"}


def mark(text: str, subject: Subject, name: str) -> Mark:
    """The line and column, from 1, at which a post's front matter has a category or tag."""
    document, _ = front_matter.load("", text)
    front = document.data if isinstance(document.data, dict) else {}
    key = _KEYS[subject]
    listed = front.get(key)
    items = listed if isinstance(listed, list) else []
    found = document.problem((key, items.index(name)) if name in items else (key,), "")
    return found.line, found.column
