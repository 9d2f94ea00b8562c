"""The excerpts of posts, taken from the conversion of their pages: Material converts a post for each list.

An excerpt is kept with a mark before each address that leads to a file of the site, and is shown in a list by
putting in the marks' place how the file is reached from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from mkdocs.utils import get_relative_url

from mkdocs_incremental import mkdocs_internals, stateless_extensions
from mkdocs_incremental.mkdocs_internals import Conversion, Targets

# A letter for private use, which no text has; the slash makes it the first folder of a path, so that whoever
# asks for the folder of a picture has the mark too.
_MARK = "\ue000"
_MARKED = re.compile(f"{_MARK}/([A-Za-z0-9._~/%+@:-]*)")
# What the mark becomes in the hands of whoever writes it as a part of an address.
_QUOTED = "%EE%80%80"
# In these addresses there is nothing that Markdown or HTML writes in another way.
_PLAIN = re.compile(r"[A-Za-z0-9._~/%+@:?#=-]*")
# Ids with numbers that go on.
_NUMBERED = "__tabbed_"


@dataclass(frozen=True)
class Marked:
    """All of a post as its excerpts show it, with marks, and its contents as Markdown gives them."""

    html: str
    tokens: list[Any]

    def at(self, url: str) -> str:
        """The HTML for a list at an address below the site's."""
        return _MARKED.sub(lambda found: get_relative_url(found[1], url), self.html)


class _CannotTell(Exception):  # noqa: N818 - no error: the ordinary way is open
    """An excerpt that cannot be kept in this way."""


def take(conversion: Conversion) -> Marked | None:
    """The excerpt of a post, or None where Material has to make it."""
    page = conversion.page
    if (
        _MARK in page.markdown
        or not page.markdown.strip()
        # The excerpt of a post without a title begins with one, which its page has not.
        or not conversion.made.title
        or stateless_extensions.met_footnotes(conversion.markdown)
    ):
        return None
    try:
        made = mkdocs_internals.excerpt(conversion, _Marking(conversion))
    except _CannotTell:
        return None
    if made is None or _NUMBERED in made[0] or _QUOTED in made[0]:
        return None
    html, tokens = made
    return Marked(html, tokens) if html.count(_MARK) == len(_MARKED.findall(html)) else None


class _Marking:
    """Marks the addresses of one post's links and pictures."""

    def __init__(self, conversion: Conversion) -> None:
        self.post = conversion.page.file.url
        self.targets = Targets(conversion.page.file, conversion.files, conversion.config)
        self.is_first = True

    def __call__(self, element: ElementTree.Element) -> None:
        key = "href" if element.tag == "a" else "src"
        url = element.get(key)
        if url is None:
            raise _CannotTell
        target = self.targets.target_of(url)
        if target is not None:
            self._set(element, key, *target)
        elif element.tag == "a" and url.startswith("#"):
            # The first of these is the post's title, which leads to the post.
            self._set(element, key, self.post, "" if self.is_first else url)
            self.is_first = False

    def _set(self, element: ElementTree.Element, key: str, url: str, rest: str) -> None:
        if not _PLAIN.fullmatch(url) or not _PLAIN.fullmatch(rest) or {"?", "#"} & set(url):
            raise _CannotTell
        element.set(key, f"{_MARK}/{url}{rest}")
