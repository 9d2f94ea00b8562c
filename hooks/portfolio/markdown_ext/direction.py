"""The direction of lists, quotations and tables: that of their first letter (``dir=auto``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import ETX, STX

from portfolio.core import i18n
from portfolio.markdown_ext.extensions import TreeExtension, has_class

_CONTAINERS = frozenset({"ul", "ol", "dl", "blockquote", "table"})
# Unicode's bidirectional classes of letters, UAX #9.
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
# Python-Markdown's names, in Latin letters, of what it has converted already, such as the box of a task.
_PLACEHOLDER = re.compile(f"{STX}[^{ETX}]*{ETX}")


@dataclass(eq=False)
class DirectionExtension(TreeExtension):
    """A Markdown extension that sets ``dir`` where the direction of the text changes.

    ``get_language`` returns the language of the page that is being converted.
    """

    name = "direction"
    # After everything has become an element.
    priority = 2

    get_language: Callable[[Markdown], str]

    def edit_tree(self, md: Markdown, root: Element) -> None:
        direction = i18n.direction_of(self.get_language(md))
        # All letters of ASCII are written from left to right.
        if direction != "ltr" or not all(map(str.isascii, root.itertext())):
            _set_directions(root, direction)


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
        for character in _PLACEHOLDER.sub("", text):
            if direction := _DIRECTIONS.get(unicodedata.bidirectional(character)):
                return direction
    return None
