"""The draft of a new post: its file name, its front matter and its first lines."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import yaml

from portfolio.core.diagnostics import did_you_mean, join_words, quote
from portfolio.core.text import is_reserved, slugify_title
from portfolio.record.models import id_from

# Characters that the site's Markdown does not read as text; those in `_PAIRED` only if there are two of them.
_PAIRED = frozenset("`*_$^~=+")
_MARKUP = _PAIRED | frozenset("\\{}[]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=\S)")
_FIRST_PARAGRAPH = "What it is about, in a sentence or two: lists of posts show this much."
# Every draft has these keys; the others only if they have a value.
_REQUIRED_KEYS = {"date", "draft", "slug", "categories", "tags"}


class PostRequestError(ValueError):
    """Why a draft cannot be created, in one line."""


def draft_post(
    title: str,
    day: date,
    *,
    series: str = "",
    categories: Collection[str] = (),
    about: Collection[str] = (),
    authors: Collection[str] = (),
    known: Collection[str] = (),
    known_categories: Collection[str] = (),
    separator: str,
) -> tuple[str, str]:
    """Return the slug and the text of a draft, with a date and, optionally, more front matter.

    ``about`` are ids of the record, of which ``known`` are those that a post can be about; ``authors`` are
    ids from ``.authors.yml``; ``separator`` ends the excerpt. Without ``known_categories``, any is accepted.
    Raises `PostRequestError` if the title gives no slug, or a category or an id is unknown.
    """
    title = " ".join(title.split())
    if not title:
        raise PostRequestError('a post needs a title: make post TITLE="What I found".')
    slug = slugify_title(title)
    if not slug or not id_from(slug):
        raise PostRequestError(f"the title {quote(title)} has no letter or digit to make a URL from.")
    if is_reserved(slug):
        raise PostRequestError(
            f"the URL {quote(slug)} is that of the folder's own page. Give the post another title."
        )
    categories = [" ".join(name.split()) for name in categories]
    for name in categories if known_categories else ():
        if name not in known_categories:
            hint = (
                did_you_mean(name, known_categories) or f"There are {join_words(sorted(known_categories))}."
            )
            raise PostRequestError(
                f"there is no category {quote(name)}. {hint} "
                "To start one, leave out CATEGORY, and write it in the post."
            )
    for id in about:
        if id not in known:
            raise PostRequestError(
                f"there is no {quote(id)} in the record. {did_you_mean(id, known)}".rstrip()
            )
    front_matter = {
        "date": day,
        "draft": True,
        "slug": slug,
        "authors": list(authors),
        "categories": categories,
        "tags": [],
        "series": " ".join(series.split()) or None,
        "about": list(about),
    }
    written = {key: value for key, value in front_matter.items() if value or key in _REQUIRED_KEYS}
    # Without a default style, lists are on one line.
    block = yaml.safe_dump(
        written, allow_unicode=True, default_flow_style=None, sort_keys=False, width=float("inf")
    )
    body = f"# {escape_title(title)}\n\n{_FIRST_PARAGRAPH}\n\n{separator}\n\n"
    return slug, f"---\n{block}description:\n---\n\n{body}"


def escape_title(title: str) -> str:
    """Escape a title so that the rendered heading reads the same: no emphasis, code, HTML or attribute list.

    Quotation marks and dashes become typographic, as everywhere.
    """
    unpaired = {character for character in _PAIRED if title.count(character) == 1}
    text = _ENTITY.sub("&amp;", title)
    text = "".join(
        f"\\{character}" if character in _MARKUP and character not in unpaired else character
        for character in text
    )
    text = _TAG.sub("&lt;", text)
    # Markdown drops a '#' at the end of a heading.
    return f"{text[:-1]}\\#" if text.endswith("#") else text
