"""Displayed formulas in the midst of a paragraph, as GitHub, Jupyter and Obsidian take them.

``pymdownx.arithmatex`` takes one that has empty lines around it, and would let others through as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX, AtomicString

from portfolio.markdown_ext.render_errors import RenderError

# Two dollar signs and no more: three of them are a price.
_TWO = r"(?<![\\$])\$\$(?!\$)"
DOLLARS = re.compile(rf"{_TWO}(?=\s*[^\s$])(?P<tex>(?:\\.|[^\\${STX}{ETX}]|\$(?!\$))+?)\$\$(?!\$)", re.DOTALL)
# In words, \[ is a bracket and \begin tells of TeX: these stand on lines of their own.
_BRACKETS = r"(?m:^[ \t]*)\\\[[ \t]*\n(?P<tex>(?:\\[^\]]|[^\\])+?)\n[ \t]*\\\](?=(?m:[ \t]*$))"
_ENVIRONMENT = (
    r"(?m:^[ \t]*)(?P<tex>\\begin\{(?P<name>[a-z]+\*?)\}(?:\\.|[^\\])+?\\end\{(?P=name)\})"
    r"(?=(?m:[ \t]*$))"
)
# Code (190) comes before them. Arithmatex' formulas in words (189.9) would take one of two dollar signs; an
# environment may be part of such a formula. Escapes (180) would take \[.
_PRIORITY, _STRAY_PRIORITY, _AFTER_WORDS = 189.95, 189.94, 189.8
# Before arithmatex (79.9), which would take them for one.
_BEFORE_BLOCKS = 79.95
_STRAY = (
    "'$$' begins or ends no formula here. No empty line, code or third '$' may stand in one; write \\$\\$ "
    "for two dollar signs."
)


def register(md: Markdown, report: Callable[[RenderError], None]) -> None:
    """Let displayed formulas in paragraphs be marked as arithmatex marks those in words, between ``\\[``
    and ``\\]``; ``report`` is called with each ``$$`` that is left over."""
    md.parser.blockprocessors.register(_Several(md.parser), "display-several", _BEFORE_BLOCKS)
    md.inlinePatterns.register(Taken(DOLLARS.pattern, md), "display-dollars", _PRIORITY)
    md.inlinePatterns.register(_Stray(_TWO, md, report), "display-stray", _STRAY_PRIORITY)
    md.inlinePatterns.register(Taken(_BRACKETS, md), "display-brackets", _AFTER_WORDS)
    md.inlinePatterns.register(Taken(_ENVIRONMENT, md), "display-environments", _AFTER_WORDS)


def is_one(paragraph: str) -> bool:
    """Whether a paragraph is a displayed formula and nothing else."""
    return bool(DOLLARS.fullmatch(paragraph.strip()))


class _Several(BlockProcessor):
    """Lets a paragraph that begins with one displayed formula and ends with another be one."""

    def test(self, parent: ElementTree.Element, block: str) -> bool:  # noqa: ARG002 - as the base class has it
        first = DOLLARS.match(block.strip())
        return first is not None and first.end() < len(block.strip()) and block.strip().endswith("$$")

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        ElementTree.SubElement(parent, "p").text = blocks.pop(0).strip()


class Taken(InlineProcessor):
    """Takes the group ``tex`` of a pattern for a formula, between the signs by which arithmatex marks it."""

    def __init__(self, pattern: str, md: Markdown, opening: str = r"\[", closing: str = r"\]") -> None:
        super().__init__(pattern, md)
        self.opening, self.closing = opening, closing

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - as above
    ) -> tuple[ElementTree.Element, int, int]:
        box = ElementTree.Element("span", {"class": "arithmatex"})
        box.text = AtomicString(f"{self.opening}{m['tex']}{self.closing}")
        return box, m.start(0), m.end(0)


class _Stray(InlineProcessor):
    """Tells of signs without a counterpart, and leaves them as they stand."""

    def __init__(self, pattern: str, md: Markdown, report: Callable[[RenderError], None]) -> None:
        super().__init__(pattern, md)
        self.report = report

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self, m: re.Match[str], data: str
    ) -> tuple[None, None, None]:
        # With the words around them, they can be found in the page; what is code has left a mark here.
        after = data[m.start() :].partition(STX)[0].rstrip()
        before = "" if after != m[0] else data[: m.start()].rpartition(ETX)[2].lstrip()
        line = before.count("\n")
        self.report(
            RenderError("formula", before + after, _STRAY, line, len(before) - (before.rfind("\n") + 1))
        )
        return None, None, None
