"""Tables: each in a box of its own, which scrolls where the column is too narrow for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor

from portfolio.markdown_ext.render_errors import RenderError

# Late, when everything has become an element: with the table of contents (5) or after it makes no difference.
_PRIORITY = 4
# As Markdown's own.
_TABLES = 75


class TableExtension(Extension):
    """A Markdown extension that puts tables into boxes.

    Material's script does so too, for tables without a class, but its boxes cannot be reached from the
    keyboard, and without script a wide table would widen the page. ``report`` is called with each row
    that has more cells than the head of its table, which Markdown leaves out.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(self, report: Callable[[RenderError], None] | None = None) -> None:
        super().__init__()
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        if self.report is not None and "table" in md.parser.blockprocessors:
            given = md.parser.blockprocessors["table"]
            rows = _Rows(md.parser, given.config, self.report)  # type: ignore[attr-defined]
            md.parser.blockprocessors.register(rows, "table", _TABLES)
        md.treeprocessors.register(TableTreeprocessor(md), "tables-in-boxes", _PRIORITY)


class _Rows(TableProcessor):
    def __init__(
        self, parser: BlockParser, config: dict[str, Any], report: Callable[[RenderError], None]
    ) -> None:
        super().__init__(parser, config)
        self.report = report

    def _build_row(self, row: str, parent: ElementTree.Element, align: Sequence[str | None]) -> None:
        # Types are known only of what has no underscore.
        found = len(self._split_row(row))  # type: ignore[attr-defined]
        if found > len(align):
            message = (
                f"this row has {found} cells and the head has {len(align)}; the rest would be left out. For "
                "a '|' that parts no cells write \\| and, in a formula, \\vert."
            )
            self.report(RenderError("table", row, message))
        super()._build_row(row, parent, align)  # type: ignore[misc]


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
