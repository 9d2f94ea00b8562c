"""Tables: each in a box of its own, which scrolls where the column is too narrow for it."""

from __future__ import annotations

from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# Late, when everything has become an element: with the table of contents (5) or after it makes no difference.
_PRIORITY = 4


class TableExtension(Extension):
    """A Markdown extension that puts tables into boxes.

    Material's script does so too, for tables without a class, but its boxes cannot be reached from the
    keyboard, and without script a wide table would widen the page.
    """

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(TableTreeprocessor(md), "tables-in-boxes", _PRIORITY)


class TableTreeprocessor(Treeprocessor):
    """Wraps every table of the tree."""

    def run(self, root: ElementTree.Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(parent):
                if child.tag == "table":
                    parent[index] = _box(child)


def _box(table: ElementTree.Element) -> ElementTree.Element:
    box = ElementTree.Element(
        "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Table"}
    )
    box.tail, table.tail = table.tail, None
    table.set("class", " ".join(["table-body", *table.get("class", "").split()]))
    box.append(table)
    return box
