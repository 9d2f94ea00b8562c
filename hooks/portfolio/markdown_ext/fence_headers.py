"""Fences of code that Markdown does not take for such, and so shows as prose."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from portfolio.markdown_ext.render_errors import RenderError

# After superfences (25), which takes all away that it understands.
_PRIORITY = 24.5
# With more space before it, it may stand in code that is told by its indentation.
_HEADER = re.compile(r"(?:[ ]{0,3}>)*[ ]{0,3}(?P<header>(?:`{3,}|~{3,})[ \t]*[^`\s][^`]*)")
_MESSAGE = (
    "what stands behind the fence is not understood, or the fence is never closed, so this is no code. Write "
    'the language and then options as in title="…", linenums="1" or hl_lines="2 3", in quotation marks.'
)


class FenceHeaderExtension(Extension):
    """A Markdown extension that calls ``report`` with each fence that is none to ``pymdownx.superfences``."""

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(self, report: Callable[[RenderError], None]) -> None:
        super().__init__()
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.preprocessors.register(_Left(md, self.report), "fences-left", _PRIORITY)


class _Left(Preprocessor):
    def __init__(self, md: Markdown, report: Callable[[RenderError], None]) -> None:
        super().__init__(md)
        self.report = report

    def run(self, lines: list[str]) -> list[str]:
        for line in lines:
            if match := _HEADER.fullmatch(line):
                self.report(RenderError("code", match["header"].rstrip(), _MESSAGE))
        return lines
