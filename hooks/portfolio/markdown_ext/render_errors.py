"""Errors of converting a page, such as those of formulas, diagrams and included files, and their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import MarkdownSource

# For each kind or code, patterns for a PASSAGE and what is around it: the first that matches counts.
_PATTERNS = {
    "formula": (r"(?:\$|\\\(|\\\[|(?=\\(?:begin|eqref)\b))PASSAGE(?:\$|\\\)|\\\]|(?<=\}))",),
    # GitHub's notations, which are code for a scan of the source.
    "formula in code": (r"\$`PASSAGE`\$", r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*math[^\n]*\nPASSAGE"),
    # Its source includes the delimiter and the words around it.
    "formula.stray-delimiter": ("PASSAGE",),
    "citation": (r"(?<!\\)\[PASSAGE\]",),
    "image": (
        # A link to the same file has brackets too, but no exclamation mark.
        r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?PASSAGE(?=[\s)>#])",
        r"^[ ]{0,3}\[[^\]\n]+\]:\s*<?PASSAGE(?=[\s>#]|$)",
    ),
    "diagram": (r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*mermaid[^\n]*\nPASSAGE(?=[\s>]*[`~]{3})",),
    "table": (r"^[ \t>]*PASSAGE$",),
    "code": (r"^[ \t>]*PASSAGE$",),
    "footnote": ("PASSAGE",),
    "html": ("PASSAGE",),
    "html.inline-style": (r"\bstyle\s*=\s*[\"']?PASSAGE", "PASSAGE"),
    "attributes": (r"\{:?[ ]*PASSAGE\}",),
    "page": ("PASSAGE",),
}
# Codes whose passages may be elements with another language, such as <script>.
_CODES_OF_ELEMENTS = frozenset({"html.inline-style", "html.inline-script"})
# In characters; of a longer passage only the beginning is searched for.
_LONGEST_PASSAGE = 2000
# Kinds whose passages are code or can contain it.
_KINDS_WITH_CODE = frozenset({"diagram", "table", "code", "page"})


class RenderError(NamedTuple):
    """Something that cannot be rendered, and why.

    ``code`` is that of the `Diagnostic`; ``message`` and ``hint`` are its texts. ``source`` is the text as
    Markdown passes it on, without delimiters and indentation; ``offset`` is that of the error in it. ``line``
    is the line of the converted text, from 1, if it is known; then the source need not be searched for.
    ``occurrence`` is the number of the same passages before it, if it is known.
    """

    code: str
    source: str
    message: str
    hint: str = ""
    offset: int = 0
    line: int = 0
    occurrence: int | None = None

    @property
    def kind(self) -> str:
        """What cannot be rendered: a formula, diagram, citation, image, table, code, footnote or include."""
        return self.code.partition(".")[0]


# Called with each error.
Report = Callable[[RenderError], None]


def to_diagnostics(errors: Iterable[RenderError], page: str, path: str) -> Iterator[Diagnostic]:
    """Convert the errors of a page to diagnostics, with their lines and columns in its text.

    Markdown does not say where a passage came from, so it is searched for: the second error with the same
    source belongs to the second passage with that text. An error that is not in the page, because its passage
    was included from another file, is placed at 1:1.
    """
    markdown = MarkdownSource(page)
    seen: Counter[tuple[str, str]] = Counter()
    starts_of: dict[tuple[str, str], list[int]] = {}
    for error in errors:
        if error.line:
            line = error.line + page.count("\n", 0, markdown.text_start)
            column = max(page.split("\n")[line - 1].find(error.source), 0) + 1
            yield Diagnostic(path, line, column, error.kind, error.message, error.hint, code=error.code)
            continue
        if (error.code, error.source) not in starts_of:
            starts_of[error.code, error.source] = _find_starts(error, markdown)
        starts = starts_of[error.code, error.source]
        index = seen[error.kind, error.source] if error.occurrence is None else error.occurrence
        seen[error.kind, error.source] += 1
        line, column = _locate(error, page, starts[min(index, len(starts) - 1)]) if starts else (1, 1)
        yield Diagnostic(path, line, column, error.kind, error.message, error.hint, code=error.code)


def _find_starts(error: RenderError, markdown: MarkdownSource) -> list[int]:
    """Return the offsets of all passages of a page that an error can be about."""
    patterns = _PATTERNS.get(error.code) or _PATTERNS[error.kind]
    text = markdown.source if error.kind in _KINDS_WITH_CODE else markdown.prose
    if error.code in _CODES_OF_ELEMENTS:
        text = markdown.markup
    starts = _find_passages(error, patterns, text)
    if not starts and error.kind == "formula":
        starts = _find_passages(error, _PATTERNS["formula in code"], markdown.source)
    return starts


def _find_passages(error: RenderError, patterns: Iterable[str], text: str) -> list[int]:
    if len(error.source) > _LONGEST_PASSAGE:
        # A pattern of this length would take minutes in a text that repeats it.
        at = text.find(error.source[:_LONGEST_PASSAGE])
        return [at] if at >= 0 else []
    lines = [rf"[ \t>]*{re.escape(line.strip())}[ \t]*" for line in error.source.split("\n")]
    passage = "(?P<passage>" + r"\n".join(lines) + ")"
    for pattern in patterns:
        matches = re.finditer(pattern.replace("PASSAGE", passage), text, re.MULTILINE)
        if starts := [match.start("passage") for match in matches]:
            return starts
    return []


def _locate(error: RenderError, page: str, start: int) -> tuple[int, int]:
    """Return the line and column of an error whose passage starts at this offset of the page."""
    *lines_before, before = error.source[: error.offset].split("\n")
    text = error.source.split("\n")[len(lines_before)]
    line = page.count("\n", 0, start) + len(lines_before)
    page_lines = page.split("\n")
    first = 0 if lines_before else start - (page.rfind("\n", 0, start) + 1)
    # A list or a quotation indents the passage, so the text is searched for in the line.
    column = page_lines[line].find(text.strip(), first) if line < len(page_lines) else -1
    indent = len(text) - len(text.lstrip())
    return line + 1, max(column, 0) + max(len(before) - indent, 0) + 1
