"""``extra.portfolio.feeds`` of ``mkdocs.yml``: where the feeds stand and what is in them."""

from __future__ import annotations

import re
import string
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from portfolio.core.diagnostics import quote
from portfolio.record.models import Line, Model

_OFF = {"false", "off", "no"}


def _address(value: str, word: str = "") -> str:
    if value.casefold() in _OFF:
        return ""
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
    except ValueError:
        fields = ["?"]
    if fields != [word] * bool(word) or not _is_path(value):
        example = f"feeds/{{{word}}}.atom.xml" if word else "feeds/all.atom.xml"
        braces = f" with {{{word}}} in it, once," if word else ""
        raise PydanticCustomError(
            "not_an_address",
            "{value} is no address of a feed. Write a path of this site{braces} such as {example}, or 'off'",
            {"value": quote(value), "braces": braces, "example": example},
        )
    return value


def _is_path(value: str) -> bool:
    parts = value.split("/")
    return all(part.strip(". ") for part in parts) and not re.search(r"[\s?#\\:]", value)


def _of_category(value: str) -> str:
    return _address(value, "category")


def _of_tag(value: str) -> str:
    return _address(value, "tag")


def _entries(value: object) -> object:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,5}", value):
        return int(value)
    if value == "all":
        return 0
    raise PydanticCustomError(
        "not_entries",
        "{value} is no number of posts. Write a number from 1, or 'all'",
        {"value": quote(value)},
    )


class Feeds(Model):
    """Where feeds stand, as paths of the site; 'off' where there shall be none."""

    all: Annotated[str, AfterValidator(_address)] = Field(
        "feeds/all.atom.xml", description="Atom, all posts."
    )
    category: Annotated[str, AfterValidator(_of_category)] = Field(
        "feeds/{category}.atom.xml", description="Atom, the posts of each category."
    )
    tag: Annotated[str, AfterValidator(_of_tag)] = Field(
        "feeds/tag/{tag}.atom.xml", description="Atom, the posts of each tag."
    )
    json_feed: Annotated[str, AfterValidator(_address)] = Field(
        "feed.json", description="JSON Feed, all posts."
    )
    entries: Annotated[int, BeforeValidator(_entries)] = Field(
        20, description="How many posts a feed has, the newest; or 'all'."
    )
    id_base: Line | None = Field(
        None,
        description="What the ids of entries are made from besides those of the posts; the author's name, if "
        "not given. Before that changes, write it here as it was, or readers show every post as new.",
    )
