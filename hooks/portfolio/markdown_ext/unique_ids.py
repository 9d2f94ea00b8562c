"""Texts that stand on one page: each keeps its ids, but for those that another one before it has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from markdown.extensions.toc import unique

_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'=<>/]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
# Attributes that name other elements, with spaces between them.
_NAMING = ("for", "headers", "list", "aria-")
# What refers to an element of the same text: a whole address, or a part of a style.
_REFERENCE = re.compile(r"(?:^|(?<=url\())#(?P<id>[^\s()]+)")


def apart(texts: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The HTML of texts that shall stand on one page, with no id twice; ``taken`` are ids of the page itself.

    An id that is taken gets a number, as Markdown numbers equal headings, and what refers to it inside the
    text follows. All else stays as it is, sign for sign.
    """
    ids = set(taken)
    return [_renamed(text, ids) for text in texts]


def ids_of(html: str) -> set[str]:
    """The ids in HTML, as they are written there."""
    return set(_Tags(html).ids)


def _renamed(text: str, taken: set[str]) -> str:
    tags = _Tags(text)
    # What this text has itself stays free of new names, too.
    known = taken | set(tags.ids)
    new = {id: unique(id, known) for id in tags.ids if id in taken}
    taken |= {new.get(id, id) for id in tags.ids}
    for at, tag in reversed(tags.places) if new else ():
        changed = _ATTRIBUTE.sub(lambda found: _attribute(found, new), tag)
        text = f"{text[:at]}{changed}{text[at + len(tag) :]}"
    return text


def _attribute(found: re.Match[str], new: dict[str, str]) -> str:
    name, quote, value = found["name"].lower(), found["quote"], found["value"]
    if name == "id":
        value = new.get(value, value)
    elif name.startswith(_NAMING):
        value = " ".join(new.get(word, word) for word in value.split(" "))
    else:
        value = _REFERENCE.sub(lambda one: f"#{new.get(one['id'], one['id'])}", value)
    return f"{found['name']}={quote}{value}{quote}"


class _Tags(HTMLParser):
    """The start tags of a text, each with its offset, and the ids in them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.places: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self._starts = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
        self.feed(text)
        self.close()

    def handle_starttag(self, _tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        whole = self.get_starttag_text() or ""
        self.places.append((self._starts[line - 1] + column, whole))
        self.ids += [one["value"] for one in _ATTRIBUTE.finditer(whole) if one["name"].lower() == "id"]
