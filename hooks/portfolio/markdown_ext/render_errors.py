"""Errors of rendering formulas, diagrams, citations, images, tables and code, and their places in a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portfolio.core.diagnostics import Diagnostic

_FENCE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,}).*?^[ \t>]*(?P=fence)[`~]*[ \t]*$", re.DOTALL | re.MULTILINE
)
_CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)


@dataclass(frozen=True)
class RenderError:
    """Something that cannot be rendered, and why.

    ``code`` is that of the `Diagnostic`; ``message`` and ``hint`` are its texts. ``source`` is the text as
    Markdown passes it on, without delimiters and indentation; ``line`` and ``column`` locate the error in it,
    counted from 0.
    """

    code: str
    source: str
    message: str
    hint: str = ""
    line: int = 0
    column: int = 0

    @property
    def kind(self) -> str:
        """What cannot be rendered: a formula, diagram, citation, image, table or code."""
        return self.code.partition(".")[0]


def to_diagnostics(errors: Iterable[RenderError], page: str, path: str) -> Iterator[Diagnostic]:
    """Convert the errors of a page to diagnostics, with their lines and columns in its text.

    Markdown does not say where a passage came from, so it is searched for: the second error with the same
    source belongs to the second passage with that text. An error that is not in the page, because its passage
    was included from another file, is placed at 1:1.
    """
    without_code = _CODE_SPAN.sub(_blank_out, _FENCE.sub(_blank_out, page))
    seen: Counter[tuple[str, str]] = Counter()
    for error in errors:
        starts = _find_starts(error, page, without_code)
        index = seen[error.kind, error.source]
        seen[error.kind, error.source] += 1
        line, column = _locate(error, page, starts[min(index, len(starts) - 1)]) if starts else (1, 1)
        yield Diagnostic(path, line, column, error.kind, error.message, error.hint, code=error.code)


def column_after(text: str) -> tuple[int, int]:
    """Return the line and column, counted from 0, of what follows a text."""
    return text.count("\n"), len(text) - (text.rfind("\n") + 1)


def _find_starts(error: RenderError, page: str, without_code: str) -> list[int]:
    """Return the offsets of all passages that an error can be about."""
    text = page if error.kind in _KINDS_WITH_CODE else without_code
    for build_pattern in _PATTERNS[error.kind]:
        matches = build_pattern(error.source).finditer(text)
        if starts := [match.start("passage") for match in matches]:
            return starts
    return []


def _locate(error: RenderError, page: str, start: int) -> tuple[int, int]:
    line = page.count("\n", 0, start) + error.line
    source_lines = error.source.split("\n")
    text = source_lines[error.line] if error.line < len(source_lines) else ""
    page_lines = page.split("\n")
    before = start - (page.rfind("\n", 0, start) + 1) if error.line == 0 else 0
    # A list or a quotation indents the passage, so the text is searched for in the line.
    offset = page_lines[line].find(text.strip(), before) if line < len(page_lines) else -1
    indent = len(text) - len(text.lstrip())
    return line + 1, max(offset, 0) + max(error.column - indent, 0) + 1


def _blank_out(passage: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", passage[0])


def _lines(source: str) -> str:
    return r"\n".join(rf"[ \t>]*{re.escape(line.strip())}[ \t]*" for line in source.split("\n"))


def _formula(source: str) -> re.Pattern[str]:
    if "$$" in source:
        # Delimiters without a formula, with the words around them.
        return re.compile(rf"(?P<passage>{_lines(source)})")
    opening = r"(?:\$|\\\(|\\\[|(?=\\(?:begin|eqref)\b))"
    closing = r"(?:\$|\\\)|\\\]|(?<=\}))"
    return re.compile(rf"{opening}(?P<passage>{_lines(source)}){closing}")


def _citation(source: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\)\[(?P<passage>{_lines(source)})\]")


def _diagram(source: str) -> re.Pattern[str]:
    opening = r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*mermaid[^\n]*\n"
    return re.compile(rf"{opening}(?P<passage>{_lines(source)})", re.MULTILINE)


def _image(source: str) -> re.Pattern[str]:
    # A link to the same file has brackets too, but no exclamation mark.
    alternative = r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
    return re.compile(rf"{alternative}\(\s*<?(?P<passage>{re.escape(source)})(?=[\s)>#])")


def _link_definition(source: str) -> re.Pattern[str]:
    return re.compile(
        rf"^[ ]{{0,3}}\[[^\]\n]+\]:\s*<?(?P<passage>{re.escape(source)})(?=[\s>#]|$)", re.MULTILINE
    )


def _line(source: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*(?P<passage>{re.escape(source)})[ \t]*$", re.MULTILINE)


# The patterns for each kind: the first that matches counts.
_PATTERNS = {
    "formula": (_formula,),
    "citation": (_citation,),
    "image": (_image, _link_definition),
    "diagram": (_diagram,),
    "table": (_line,),
    "code": (_line,),
}
# Kinds whose passages are code or can contain it.
_KINDS_WITH_CODE = frozenset({"diagram", "table", "code"})
