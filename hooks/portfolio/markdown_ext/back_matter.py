"""The end of a page: its footnotes and references, and the heading that references stand under."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# After citations (6.5), which bring the references, and before the contents (5), which number equal headings.
_TREE = 6.4
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_FOOTNOTES = "footnote"
_REFERENCES = "references"


class BackMatterExtension(Extension):
    """A Markdown extension: references stand under the heading for them that a page ends with, if it does."""

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_OwnHeading(md), "back_matter", _TREE)


class _OwnHeading(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        if len(root) < 3 or _REFERENCES not in root[-1].get("class", "").split():
            return
        *text, heading, references = root
        own = next((one for one in reversed(text) if _FOOTNOTES not in one.get("class", "").split()), None)
        if own is None or own.tag not in _HEADINGS or _words(own) != _words(heading):
            return
        root.remove(heading)
        root.remove(references)
        root.insert(text.index(own) + 1, references)


def _words(heading: ElementTree.Element) -> str:
    return " ".join("".join(heading.itertext()).split()).casefold()


@dataclass(frozen=True)
class Parts:
    """The HTML of a page in two parts: its text, and what stands behind it.

    ``references`` is the id of the heading of the references; empty if there are none.
    """

    text: str
    back: str = ""
    references: str = ""


def divide(html: str) -> Parts:
    """Part a page's text from the footnotes and references that end it.

    ``html`` is what Markdown made of the page. What stands in the middle of a page is text.
    """
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    if reader.back is None or reader.heading is not None:
        return Parts(html)
    return Parts(html[: reader.back], html[reader.back :], reader.references)


class _Reader(HTMLParser):
    """Notes where the back matter begins: ``back``, an offset.

    ``heading`` is one of which it is not known yet whether it belongs to the back matter: its offset and id.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = list(accumulate((len(line) + 1 for line in html.split("\n")), initial=0))
        self.back: int | None = None
        self.heading: tuple[int, str] | None = None
        self.references = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        names = given.get("class", "").split()
        line, column = self.getpos()
        here = self._lines[line - 1] + column
        if tag in _HEADINGS:
            if self.heading is not None:
                self.back = None
            self.heading = (here, given.get("id", ""))
        elif tag == "ol" and _REFERENCES in names and self.heading is not None:
            start, self.references = self.heading
            self.back = start if self.back is None else self.back
            self.heading = None
        elif tag == "div" and _FOOTNOTES in names:
            self.back = here if self.back is None else self.back
            self.heading = None
