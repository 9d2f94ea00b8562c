"""The front matter of a file of another site, and the title that its text begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import find_title
from portfolio.core.positions import Document, load_yaml

# As Jekyll reads it; it may be empty, or the end of the file.
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?\n?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_TITLE = re.compile(r"\s*#(?!#)[^\n]*\n?|\s*[^\s#>][^\n]*\n=+[ \t]*(?:\n|\Z)")


@dataclass(frozen=True)
class DividedText:
    """The front matter of a file in YAML, and its text, which begins on ``line``, from 1.

    ``has_front_matter`` is true also if the front matter is empty or invalid.
    """

    document: Document
    body: str
    line: int = 1
    has_front_matter: bool = False
    problems: list[Diagnostic] = field(default_factory=list)


def divide_text(display: str, text: str) -> DividedText:
    """Divide the text of a file at the end of its front matter; ``display`` names it in diagnostics."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return DividedText(Document(display), text)
    document, problems = load_yaml(display, match["yaml"], first_line=2)
    line = text.count("\n", 0, match.end()) + 1
    return DividedText(document, text[match.end() :], line, has_front_matter=True, problems=problems)


def divide_title(body: str, line: int) -> tuple[str, str, int]:
    """Return the title that Markdown begins with, the Markdown below it, and the line on which that begins.

    Without a heading of level 1 at its start, the title is empty.
    """
    title, match = find_title(body), _TITLE.match(body)
    if title is None or match is None:
        return title or "", body, line
    return title, body[match.end() :], line + match[0].count("\n")
