"""Where a post names its categories and tags."""

from __future__ import annotations

from portfolio.core.diagnostics import Diagnostic
from portfolio.feeds.plan import Subject
from portfolio.sources import posts

# The keys under which front matter has the names of a subject.
KEYS: dict[Subject, str] = {"category": "categories", "tag": "tags"}


def problem(path: str, text: str, subject: Subject, name: str, message: str) -> Diagnostic:
    """What is wrong with a category or tag of a post, at its place in the front matter of the post's text."""
    document, _ = posts.load_front_matter(path, text)
    front = document.data if isinstance(document.data, dict) else {}
    key = KEYS[subject]
    listed = front.get(key)
    items = listed if isinstance(listed, list) else []
    return document.diagnose((key, items.index(name)) if name in items else (key,), message)
