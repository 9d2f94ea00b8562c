"""Parts of pages on another page, such as the first paragraphs of posts in a list.

Their URLs are relative to that page, and their ids are unique there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urljoin

from markdown.extensions.toc import unique

_START_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'=<>/]+)=(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)
# Attributes whose value is a list of ids, separated by spaces.
_ID_LIST_ATTRIBUTES = ("for", "headers", "list", "aria-")
# A reference to an element of the same text: a whole URL, or a part of a style.
_REFERENCE = re.compile(r"(?:^|(?<=url\())#(?P<id>[^\s()]+)")
# Markdown writes the URLs of email addresses as character references.
_RELATIVE_URL = re.compile(r"(?!/|&#|[a-zA-Z][a-zA-Z0-9+.-]*:)(?P<path>[^?#]*)(?P<rest>.*)", re.DOTALL)
_SRCSET_URL = re.compile(r"(?P<before>^\s*|,\s+)(?P<url>\S+)")


def rebase_urls(html: str, source: str, relate: Callable[[str], str]) -> str:
    """Return a part of the page at the URL ``source``, relative to the site's, for another page.

    ``relate`` makes a URL that is relative to the site's relative to that page.
    """

    def rebase(url: str) -> str:
        parts = _RELATIVE_URL.fullmatch(url)
        if parts is None:
            return url
        return relate(urljoin(f"/{source}", parts["path"]).removeprefix("/")) + parts["rest"]

    def edit(attribute: re.Match[str]) -> str:
        name, quote, value = attribute["name"], attribute["quote"], attribute["value"]
        if name.lower() in ("href", "src"):
            value = rebase(value)
        elif name.lower() == "srcset":
            value = _SRCSET_URL.sub(lambda match: match["before"] + rebase(match["url"]), value)
        return f"{name}={quote}{value}{quote}"

    return _edit_attributes(html, edit)


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

    return _edit_attributes(text, rename) if new else text


def _edit_attributes(html: str, edit: Callable[[re.Match[str]], str]) -> str:
    return _START_TAG.sub(lambda tag: _ATTRIBUTE.sub(edit, tag[0]), html)


def _rename_in_attribute(attribute: re.Match[str], new: dict[str, str]) -> str:
    name, quote, value = attribute["name"].lower(), attribute["quote"], attribute["value"]
    if name == "id":
        value = new.get(value, value)
    elif name.startswith(_ID_LIST_ATTRIBUTES):
        value = " ".join(new.get(id, id) for id in value.split(" "))
    else:
        value = _REFERENCE.sub(lambda match: f"#{new.get(match['id'], match['id'])}", value)
    return f"{attribute['name']}={quote}{value}{quote}"
