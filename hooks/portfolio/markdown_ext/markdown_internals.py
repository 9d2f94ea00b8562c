"""Private and undocumented parts of libraries that the Markdown extensions need; no public way exists.

`PARTS` names each part and the versions it was tested with. A test resolves every part, so that an upgrade
which moves one fails with its name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.tables import TableProcessor
from pymdownx.superfences import SuperFencesBlockPreprocessor, SuperFencesRawBlockPreprocessor

# Distribution, versions, module and attribute.
PARTS = (
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._build_row"),
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._split"),
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._split_row"),
    ("mermaid-render", "0.14", "mermaid_render.renderer", "THEMES"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.eval_fence"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.rebuild_block"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.search_nested"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesRawBlockPreprocessor"),
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


_CODE_SPAN = re.compile(r"(?<!`)(?P<marks>`+)(?!`).+?(?<!`)(?P=marks)(?!`)")


class _CheckingTableProcessor(TableProcessor):
    check: Callable[[str, int, int], None]

    def _build_row(self, row: str, parent: ElementTree.Element, align: Sequence[str | None]) -> None:
        # The type stubs leave out names with an underscore.
        self.check(row, len(self._split_row(row)), len(align))  # type: ignore[attr-defined]
        super()._build_row(row, parent, align)  # type: ignore[misc]

    def _split(self, row: str) -> list[str]:
        cells: list[str] = super()._split(row)  # type: ignore[misc]
        # As on GitHub, an escaped pipe is a pipe in code, too (GFM 0.29, section 4.10).
        return [_CODE_SPAN.sub(lambda code: code[0].replace("\\|", "|"), cell) for cell in cells]


def relax_fences(md: Markdown) -> None:
    """Let ``pymdownx.superfences`` accept code that is indented less than its fence."""
    for original, relaxed, name, priority in (
        (_Fences, _RelaxedFences, "fenced_code_block", 25),
        (_RawFences, _RelaxedRawFences, "fenced_raw_block", 31.05),
    ):
        replaced: Any = next((old for old in md.preprocessors if type(old) is original), None)
        if replaced is not None:
            processor: Any = relaxed(md)
            processor.config, processor.extension = replaced.config, replaced.extension
            md.preprocessors.register(processor, name, priority)
            for fence in processor.extension.superfences:
                if fence["formatter"] == replaced.highlight:
                    fence["formatter"] = processor.highlight


# The classes have no type annotations.
_Fences: Any = SuperFencesBlockPreprocessor
_RawFences: Any = SuperFencesRawBlockPreprocessor


class _RelaxedFences(_Fences):  # type: ignore[misc]
    # The lines of the text, and for the fence that starts at a line, whether it is closed.
    lines: list[str]
    is_closed: tuple[int, bool]

    def search_nested(self, lines: list[str]) -> list[str]:
        self.lines, self.is_closed = lines, (-1, False)
        result: list[str] = super().search_nested(lines)
        return result

    def eval_fence(self, ws: str, content: str, start: int, end: int) -> None:
        if len(ws) < self.ws_virtual_len and content.strip() and self._is_closed(start, end):
            self.empty_lines = 0
            self.code.append(ws + content)
        else:
            super().eval_fence(ws, content, start, end)

    def _is_closed(self, start: int, end: int) -> bool:
        """Whether the next fence after a line closes the fence at ``start``, with the same indentation."""
        if self.is_closed[0] != start:
            fences = (line for line in self.lines[end:] if line.lstrip().startswith(self.fence[:3]))
            line = next(fences, "").expandtabs(self.tab_len).rstrip()
            self.is_closed = start, line == " " * self.ws_virtual_len + self.fence
        return self.is_closed[1]

    def rebuild_block(self, lines: list[str]) -> str:
        if self.quote_level:
            block: str = super().rebuild_block(lines)
            return block
        widths = (len(line) - len(line.lstrip()) for line in lines if line.strip())
        removed = min([self.ws_virtual_len, *widths])
        return "\n".join(line[removed:] for line in lines)


class _RelaxedRawFences(_RelaxedFences, _RawFences):  # type: ignore[misc]
    pass
