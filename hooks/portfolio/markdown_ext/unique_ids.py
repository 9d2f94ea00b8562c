"""Ids of several texts on one page, such as the excerpts in a list of posts: duplicates are renamed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from markdown.extensions.toc import unique

from portfolio.core.positions import Lines

_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'=<>/]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
# Attributes whose value is a list of ids, separated by spaces.
_ID_LIST_ATTRIBUTES = ("for", "headers", "list", "aria-")
# A reference to an element of the same text: a whole URL, or a part of a style.
_REFERENCE = re.compile(r"(?:^|(?<=url\())#(?P<id>[^\s()]+)")


def make_ids_unique(texts: Iterable[str], page_ids: Iterable[str] = ()) -> list[str]:
    """Return HTML texts for one page in which no id occurs twice; ``page_ids`` are ids of the page itself.

    An id that is in use gets a number, as Markdown numbers equal headings, and references to it in the same
    text follow. Everything else stays the same, character for character.
    """
    used = set(page_ids)
    return [_rename_ids(text, used) for text in texts]


def collect_ids(html: str) -> set[str]:
    """Return the ids in HTML, as they are written there."""
    return set(_StartTags(html).ids)


def _rename_ids(text: str, used: set[str]) -> str:
    """Rename the ids of a text that are in use, and add its ids to those in use."""
    tags = _StartTags(text)
    # A new name must not be another id of this text either.
    known = used | set(tags.ids)
    new = {id: unique(id, known) for id in tags.ids if id in used}
    used |= {new.get(id, id) for id in tags.ids}
    for offset, tag in reversed(tags.tags) if new else ():
        changed = _ATTRIBUTE.sub(lambda attribute: _rename_in_attribute(attribute, new), tag)
        text = f"{text[:offset]}{changed}{text[offset + len(tag) :]}"
    return text


def _rename_in_attribute(attribute: re.Match[str], new: dict[str, str]) -> str:
    name, quote, value = attribute["name"].lower(), attribute["quote"], attribute["value"]
    if name == "id":
        value = new.get(value, value)
    elif name.startswith(_ID_LIST_ATTRIBUTES):
        value = " ".join(new.get(id, id) for id in value.split(" "))
    else:
        value = _REFERENCE.sub(lambda match: f"#{new.get(match['id'], match['id'])}", value)
    return f"{attribute['name']}={quote}{value}{quote}"


class _StartTags(HTMLParser):
    """Collects the start tags of a text, each with its offset, and their ids."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self._lines = Lines(text)
        self.feed(text)
        self.close()

    def handle_starttag(self, _tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        self.tags.append((self._lines.index(*self.getpos()), text))
        self.ids += [match["value"] for match in _ATTRIBUTE.finditer(text) if match["name"].lower() == "id"]
