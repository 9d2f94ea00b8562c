"""Footnotes that are never referred to, defined twice, or not defined at all: each is an error."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.core.diagnostics import closest_match, quote
from portfolio.markdown_ext.extensions import add_line_reader, add_tree_editor, list_texts
from portfolio.markdown_ext.render_errors import RenderError, Report

# After fences (25) have become placeholders.
_DEFINITIONS_PRIORITY = 24.4
# After references (20) and formulas (5.5) have become elements.
_REFERENCES_PRIORITY = 5.4
_DEFINITION = re.compile(r"[ ]{0,3}\[\^(?P<id>[^\]]*)\]:")
_REFERENCE = re.compile(r"\[\^(?P<id>[^\[\]\n]+)\]")


@dataclass(eq=False)
class FootnoteCheckExtension(Extension):
    """A Markdown extension that reports footnotes without a reference, and references without a footnote."""

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report
    defined: Counter[str] = field(default_factory=Counter, init=False)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        if "footnote" in md.inlinePatterns:
            add_line_reader(md, self._read_definitions, "footnote-definitions", _DEFINITIONS_PRIORITY)
            add_tree_editor(md, self._check, "footnotes-checked", _REFERENCES_PRIORITY)

    def _read_definitions(self, lines: list[str]) -> None:
        self.defined = Counter(match["id"] for line in lines if (match := _DEFINITION.match(line)))

    def _check(self, md: Markdown, root: Element) -> None:
        pattern: Any = md.inlinePatterns["footnote"]
        footnotes = pattern.footnotes
        unknown = [match for text in list_texts(root) for match in _REFERENCE.finditer(text)]
        similar = {match["id"]: closest_match(match["id"], footnotes.footnotes) for match in unknown}
        for id in footnotes.footnotes:
            # A misspelt reference is a fault of its own, and the only one.
            if id not in footnotes.footnote_order and id not in similar.values():
                message = f"nothing refers to the footnote {quote(f'[^{id}]')}."
                hint = f"Write [^{id}] in the text where it belongs, or remove it."
                self.report(RenderError("footnote.unused", f"[^{id}]:", message, hint))
            if self.defined[id] > 1:
                message, hint = f"{quote(f'[^{id}]')} is defined twice.", "Give each footnote its own name."
                self.report(RenderError("footnote.duplicate", f"[^{id}]:", message, hint))
        for match in unknown:
            message = f"there is no footnote {quote(match[0])}."
            if name := similar[match["id"]]:
                hint = f"Did you mean '[^{name}]'?"
            else:
                hint = f"Add a line such as '{match[0]}: Text.', or write \\[ for a bracket."
            self.report(RenderError("footnote.undefined", match[0], message, hint))
