"""Inline patterns are tried only at texts that they can match, with the same result in half of the time."""

from __future__ import annotations

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.markdown_ext.markdown_internals import skip_patterns

# The treeprocessors that apply patterns, with the priorities that Python-Markdown gives them.
_PRIORITIES = {"inline": 20, "smarty": 6}


class InlinePatternExtension(Extension):
    """A Markdown extension that replaces the treeprocessors of inline patterns by faster ones."""

    stateless = True  # see mkdocs_incremental.converted_pages

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        for name, priority in _PRIORITIES.items():
            if name in md.treeprocessors:
                skip_patterns(md, name, priority)
