"""Tables: each in a box that scrolls where the column is too narrow, and no row longer than the header."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.core.i18n import gettext
from portfolio.markdown_ext import markdown_internals
from portfolio.markdown_ext.extensions import TreeExtension, make_focusable, wrap
from portfolio.markdown_ext.render_errors import RenderError, Report

# The priority of Markdown's own table processor.
_TABLE_PROCESSOR_PRIORITY = 75


@dataclass(eq=False)
class TableExtension(TreeExtension):
    """A Markdown extension that wraps tables in boxes.

    Material's script does so too, for tables without a class, but its boxes cannot be focused with the
    keyboard, and without scripts a wide table would widen the page. ``report`` is called with each row
    that has more cells than the header: Markdown drops the rest.
    """

    name = "tables-in-boxes"
    # Late, when everything is an element. The order relative to the table of contents (5) does not matter.
    priority = 4

    report: Report | None = None

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        super().extendMarkdown(md)
        if self.report is not None and "table" in md.parser.blockprocessors:
            markdown_internals.check_table_rows(md, _TABLE_PROCESSOR_PRIORITY, self._check_row)

    def _check_row(self, row: str, cells: int, columns: int) -> None:
        if self.report is not None and cells > columns:
            message = f"this row has {cells} cells and the header has {columns}; the rest would be dropped."
            hint = "Write \\| for a '|' that does not separate cells, or \\vert in a formula."
            self.report(RenderError("table.extra-cells", row, message, hint))

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        for parent in list(root.iter()):
            for index, table in enumerate(parent):
                if table.tag == "table":
                    table.set("class", " ".join(["table-body", *table.get("class", "").split()]))
                    box = parent[index] = wrap(table, Element("div", {"class": "table"}))
                    make_focusable(box, gettext("Table"))
