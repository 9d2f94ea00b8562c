"""Emoji by their names on GitHub: ``:rocket:`` becomes the character."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.core.text import EMOJI_NAMES, replace_emoji_names
from portfolio.markdown_ext.extensions import add_inline_marker

# After code (190), formulas, links (160) and raw HTML (90), which contain no emoji; that of pymdownx.emoji.
_PRIORITY = 75


class EmojiExtension(Extension):
    """A Markdown extension for the names of emoji. What is no name of one stays as it is."""

    stateless = True  # see mkdocs_incremental.converted_pages

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        def replace(names: re.Match[str]) -> str | None:
            return replace_emoji_names(names[0])

        add_inline_marker(md, EMOJI_NAMES, replace, "emoji-names", _PRIORITY)
