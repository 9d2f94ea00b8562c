"""Reading the MathML that math-core writes."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree


def parse(mathml: str) -> ElementTree.Element:
    """Return the element that a string of MathML holds.

    It is MathML as it stands in HTML: without a namespace, and with HTML's named characters, such as
    ``&ApplyFunction;``, which XML does not know. All elements must be closed.
    """
    reader = _Reader()
    reader.feed(mathml)
    reader.close()
    return reader.builder.close()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = ElementTree.TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)
