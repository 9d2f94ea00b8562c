"""What the lists of the blog show: the archive, links between the lists, and a summary of each post."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

# The archive is one page with all posts, unless mkdocs.yml sets one of these options of Material's blog.
ARCHIVE_OPTIONS: Final = ("archive_url_format", "archive_url_date_format", "archive_date_format")
ARCHIVE_URL: Final = "archive"
# The template of the page of a tag.
TAG_TEMPLATE: Final = "tag.html"

# A paragraph of text, which Markdown writes without a class.
_PARAGRAPH: Final = re.compile(r"^<p(?: dir=\"\w+\")?>(.+?)</p>", re.DOTALL | re.MULTILINE)
_FOOTNOTE_REFERENCE: Final = re.compile(r"<sup id=\"fnref.*?</sup>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")


class ArchivedPost(NamedTuple):
    """A post in the archive. ``is_unpublished``: only ``mkdocs serve`` shows it."""

    title: str
    url: str
    day: date
    is_unpublished: bool = False
    lang: str = ""


@dataclass(frozen=True)
class CountedLink:
    """A link to a list, such as that of a category or a tag, and the number of its entries.

    ``id`` is that of the link itself, if other pages lead to it.
    """

    title: str
    url: str
    count: int
    id: str = ""


class BlogLists(NamedTuple):
    """The lists of the blog besides its index: each URL is relative to the site's, and empty without one."""

    archive: str = ""
    tags: str = ""
    categories: tuple[CountedLink, ...] = ()


def first_paragraph(content: str) -> str:
    """Return the first paragraph of text in the HTML of a post, without references to footnotes."""
    for match in _PARAGRAPH.finditer(content):
        content = _FOOTNOTE_REFERENCE.sub("", match[1])
        if _TAG.sub("", content).strip():
            return content
    return ""
