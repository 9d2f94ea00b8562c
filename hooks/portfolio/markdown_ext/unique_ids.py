"""Ids of several texts on one page, such as the excerpts in a list of posts: duplicates are renamed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown.extensions.toc import unique

_START_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'=<>/]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
# Attributes whose value is a list of ids, separated by spaces.
_ID_LIST_ATTRIBUTES = ("for", "headers", "list", "aria-")
# A reference to an element of the same text: a whole URL, or a part of a style.
_REFERENCE = re.compile(r"(?:^|(?<=url\())#(?P<id>[^\s()]+)")


def make_ids_unique(texts: Iterable[str], page_ids: Iterable[str] = ()) -> list[str]:
    """Return HTML texts for one page without duplicate ids; ``page_ids`` are ids of the page itself.

    An id that is in use gets a number, as Markdown numbers equal headings, and references to it in the same
    text follow. Everything else stays the same, character for character.
    """
    used = set(page_ids)
    return [_rename_ids(text, used) for text in texts]


def collect_ids(html: str) -> set[str]:
    """Return the ids in HTML, as they are written there."""
    return set(_find_ids(html))


def _find_ids(html: str) -> list[str]:
    attributes = (match for tag in _START_TAG.findall(html) for match in _ATTRIBUTE.finditer(tag))
    return [match["value"] for match in attributes if match["name"].lower() == "id"]


def _rename_ids(text: str, used: set[str]) -> str:
    """Rename the ids of a text that are in use, and add its ids to those in use."""
    ids = _find_ids(text)
    # A new name must not be another id of this text either.
    known = used | set(ids)
    new = {id: unique(id, known) for id in ids if id in used}
    used |= {new.get(id, id) for id in ids}

    def rename(attribute: re.Match[str]) -> str:
        return _rename_in_attribute(attribute, new)

    return _START_TAG.sub(lambda tag: _ATTRIBUTE.sub(rename, tag[0]), text) if new else text


def _rename_in_attribute(attribute: re.Match[str], new: dict[str, str]) -> str:
    name, quote, value = attribute["name"].lower(), attribute["quote"], attribute["value"]
    if name == "id":
        value = new.get(value, value)
    elif name.startswith(_ID_LIST_ATTRIBUTES):
        value = " ".join(new.get(id, id) for id in value.split(" "))
    else:
        value = _REFERENCE.sub(lambda match: f"#{new.get(match['id'], match['id'])}", value)
    return f"{attribute['name']}={quote}{value}{quote}"
