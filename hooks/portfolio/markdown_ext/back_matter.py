"""The back matter of a page: its footnotes and references, and the heading above the references."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# After citations (6.5), which add the references, and before the table of contents (5), which numbers equal
# headings.
_PRIORITY = 6.4
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_FOOTNOTES_CLASS = "footnote"
_REFERENCES_CLASS = "references"


class BackMatterExtension(Extension):
    """A Markdown extension that puts the references under the page's own heading for them.

    It does so if the page ends with a heading that has the same text as the one that citations add.
    """

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_OwnHeadingTreeprocessor(md), "back_matter", _PRIORITY)


class _OwnHeadingTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        if len(root) < 3 or not _has_class(root[-1], _REFERENCES_CLASS):
            return
        *text, heading, references = root
        last = next(
            (element for element in reversed(text) if not _has_class(element, _FOOTNOTES_CLASS)), None
        )
        if last is None or last.tag not in _HEADINGS or _folded_text(last) != _folded_text(heading):
            return
        root.remove(heading)
        root.remove(references)
        root.insert(text.index(last) + 1, references)


def _has_class(element: ElementTree.Element, name: str) -> bool:
    return name in element.get("class", "").split()


def _folded_text(heading: ElementTree.Element) -> str:
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
        self._line_starts = list(accumulate((len(line) + 1 for line in html.split("\n")), initial=0))
        self.back: int | None = None
        self.heading: tuple[int, str] | None = None
        self.references = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        line, column = self.getpos()
        offset = self._line_starts[line - 1] + column
        if tag in _HEADINGS:
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
