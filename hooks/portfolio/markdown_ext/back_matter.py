"""The back matter of a page: its footnotes and references, and the heading above the references."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.core.positions import Lines
from portfolio.markdown_ext.extensions import HEADINGS, TreeExtension, has_class

_FOOTNOTES_CLASS = "footnote"
_REFERENCES_CLASS = "references"


class BackMatterExtension(TreeExtension):
    """A Markdown extension that puts the references under the page's own heading for them.

    It does so if the page ends with a heading that has the same text as the one that citations add.
    """

    name = "back_matter"
    # After citations (6.5), which add the references, and before the table of contents (5), which numbers
    # equal headings.
    priority = 6.4

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        if len(root) < 3 or not has_class(root[-1], _REFERENCES_CLASS):
            return
        *text, heading, references = root
        last = next((element for element in reversed(text) if not has_class(element, _FOOTNOTES_CLASS)), None)
        if last is not None and last.tag in HEADINGS and _folded_text(last) == _folded_text(heading):
            root.remove(heading)
            root.remove(references)
            root.insert(text.index(last) + 1, references)


def _folded_text(heading: Element) -> str:
    return " ".join("".join(heading.itertext()).split()).casefold()


@dataclass(frozen=True)
class PageParts:
    """The HTML of a page in two parts: its text and its back matter.

    ``references`` is the id of the heading of the references, or empty if there are none.
    """

    text: str
    back: str = ""
    references: str = ""


def split_back_matter(html: str) -> PageParts:
    """Split the HTML of a page, as Markdown wrote it, before the footnotes and references at its end.

    Footnotes and references with text after them are part of the text.
    """
    parser = _BackMatterParser(html)
    parser.feed(html)
    parser.close()
    if parser.back is None or parser.heading is not None:
        return PageParts(html)
    return PageParts(html[: parser.back], html[parser.back :], parser.references)


class _BackMatterParser(HTMLParser):
    """Finds the offset at which the back matter begins: ``back``.

    ``heading`` is the offset and id of a heading that may be part of the back matter, if one is pending.
    """

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = Lines(html)
        self.back: int | None = None
        self.heading: tuple[int, str] | None = None
        self.references = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        offset = self._lines.index(*self.getpos())
        if tag in HEADINGS:
            if self.heading is not None:
                self.back = None
            self.heading = (offset, attributes.get("id", ""))
        elif tag == "ol" and _REFERENCES_CLASS in classes and self.heading is not None:
            start, self.references = self.heading
            self.back = start if self.back is None else self.back
            self.heading = None
        elif tag == "div" and _FOOTNOTES_CLASS in classes:
            self.back = offset if self.back is None else self.back
            self.heading = None
