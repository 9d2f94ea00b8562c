"""The direction of lists, quotations and tables: right to left if their text starts so (``dir=auto``)."""

from __future__ import annotations

import unicodedata
from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.markdown_ext.extensions import TreeExtension, has_class

_CONTAINERS = frozenset({"ul", "ol", "dl", "blockquote", "table"})
# Unicode's bidirectional classes of letters, UAX #9.
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


class DirectionExtension(TreeExtension):
    """A Markdown extension that sets ``dir`` where the direction of the text changes."""

    name = "direction"
    # After everything has become an element.
    priority = 2

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        _set_directions(root, "ltr")


def _set_directions(parent: Element, inherited: str) -> None:
    for element in parent:
        direction = inherited
        # A table is in a box that scrolls.
        if element.tag in _CONTAINERS or has_class(element, "table"):
            direction = _find_direction(element) or inherited
            if direction != inherited and "dir" not in element.attrib:
                element.set("dir", direction)
        _set_directions(element, direction)


def _find_direction(element: Element) -> str | None:
    """Return the direction of the first letter of an element; None without letters."""
    for text in element.itertext():
        for character in text:
            if direction := _DIRECTIONS.get(unicodedata.bidirectional(character)):
                return direction
    return None
