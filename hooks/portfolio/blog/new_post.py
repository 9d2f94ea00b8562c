"""A new post: its name, its front matter, and a place to begin."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.text import is_reserved, slugify_title
from portfolio.record.models import id_from

# What Markdown on this site reads otherwise than as text; of some signs only where there are two.
_PAIRED = frozenset("`*_$^~=+")
_MARKUP = _PAIRED | frozenset("\\{}[]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=\S)")


class NoPostError(ValueError):
    """Why a post cannot be begun, in one sentence."""


@dataclass(frozen=True)
class Wish:
    """What the author says of a post before it is written."""

    title: str
    series: str = ""
    categories: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewPost:
    """A draft: its slug, the name of its file below the folder of posts, and its text."""

    slug: str
    name: str
    text: str


def begin(
    wish: Wish, day: date, *, authors: Sequence[str] = (), known: Collection[str], separator: str
) -> NewPost:
    """A draft of a day.

    ``authors`` are ids from ``.authors.yml``; ``known`` has every id of the record that a post can be about;
    ``separator`` ends the excerpt. Raises `NoPostError` where the title gives no slug, or nobody knows an id.
    """
    title = " ".join(wish.title.split())
    if not title:
        raise NoPostError('a post needs a title: make post TITLE="What I found".')
    words = slugify_title(title)
    if not words or not id_from(words):
        raise NoPostError(
            f"the title {quote(title)} has no letter and no digit, which its address is made of."
        )
    if is_reserved(words):
        raise NoPostError(
            f"the address {quote(words)} is that of the page above it. Give the post another title."
        )
    for id in wish.about:
        if id not in known:
            raise NoPostError(f"there is no {quote(id)} in the record. {did_you_mean(id, known)}".rstrip())
    front = {
        "date": day,
        "draft": True,
        "slug": words,
        "authors": list(authors),
        "categories": [" ".join(name.split()) for name in wish.categories],
        "tags": [],
        "series": " ".join(wish.series.split()) or None,
        "about": list(wish.about),
    }
    # What every post has, and of the rest what was asked for.
    always = {"date", "draft", "slug", "categories", "tags"}
    lines = [_line(key, value) for key, value in front.items() if value or key in always]
    head = "\n".join(["---", *lines, "description:", "---"])
    return NewPost(words, f"{words}.md", f"{head}\n\n# {_heading(title)}\n\n{_BEGINNING}\n\n{separator}\n\n")


_BEGINNING = "What it is about, in a sentence or two: this much stands in the lists."


def _line(key: str, value: object) -> str:
    listed = value if isinstance(value, list) else [value]
    text = str(
        yaml.safe_dump(listed, allow_unicode=True, default_flow_style=True, width=float("inf"))
    ).strip()
    return f"{key}: {text if listed is value else text[1:-1]}"


def _heading(title: str) -> str:
    """A title as a heading that reads as the title does: no sign of it begins emphasis, code, HTML or a list
    of attributes. Quotation marks and dashes become typographic ones, as everywhere."""
    alone = {sign for sign in _PAIRED if title.count(sign) == 1}
    text = _ENTITY.sub("&amp;", title)
    text = "".join(f"\\{sign}" if sign in _MARKUP and sign not in alone else sign for sign in text)
    text = _TAG.sub("&lt;", text)
    # A hash at its end would be lost.
    return f"{text[:-1]}\\#" if text.endswith("#") else text
