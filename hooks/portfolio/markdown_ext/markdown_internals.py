"""Private and undocumented parts of libraries that the Markdown extensions need; no public way exists.

`PARTS` names each part and the versions it was tested with. A test resolves every part, so that an upgrade
which moves one fails with its name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.tables import TableProcessor

# Distribution, versions, module and attribute.
PARTS = (
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._build_row"),
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._split_row"),
    ("mermaid-render", "0.14", "mermaid_render.renderer", "THEMES"),
    ("quickjs-ng", "0.17", "quickjs", "Function._threadpool"),
)


@functools.cache
def import_mermaid_render() -> Any:
    """Import the renderer of Mermaid diagrams when it is first used: the import takes 0.1 s.

    quickjs, on which it depends, starts a thread when it is imported. Nothing here uses that thread, and a
    process with more than one thread must not fork, as incremental builds do; so the thread is ended.
    """
    import mermaid_render
    import mermaid_render.renderer
    import quickjs

    quickjs.Function._threadpool.shutdown()
    return mermaid_render


def mermaid_palette(theme: str) -> Mapping[str, str]:
    """Return the colours of a theme of mermaid-render by role."""
    colours: Mapping[str, str] = import_mermaid_render().renderer.THEMES[theme]
    return colours


def check_table_rows(md: Markdown, priority: int, check: Callable[[str, int, int], None]) -> None:
    """Let the table processor call ``check`` with each row and its numbers of cells and of columns."""
    processor: Any = md.parser.blockprocessors["table"]
    checking = _CheckingTableProcessor(md.parser, processor.config)
    checking.check = check
    md.parser.blockprocessors.register(checking, "table", priority)


class _CheckingTableProcessor(TableProcessor):
    check: Callable[[str, int, int], None]

    def _build_row(self, row: str, parent: ElementTree.Element, align: Sequence[str | None]) -> None:
        # The type stubs leave out names with an underscore.
        self.check(row, len(self._split_row(row)), len(align))  # type: ignore[attr-defined]
        super()._build_row(row, parent, align)  # type: ignore[misc]
