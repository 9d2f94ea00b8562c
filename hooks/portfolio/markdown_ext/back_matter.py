"""The back matter of a page: its footnotes and references, and the heading above the references."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.markdown_ext.extensions import HEADINGS, TreeExtension, has_class

_FOOTNOTES_CLASS = "footnote"
_REFERENCES_CLASS = "references"
# The tags that matter, as Markdown writes them.
_TAG = re.compile(
    rf'''<(?:(?P<heading>h[1-6])\b[^>]*|(?P<footnotes>div class="{_FOOTNOTES_CLASS}")|'''
    rf'''ol class="{_REFERENCES_CLASS}")>'''
)


class BackMatterExtension(TreeExtension):
    """A Markdown extension that puts the references under the page's own heading for them.

    It does so if the page ends with a heading that has the same text as the one that citations add.
    """

    name = "back_matter"
    # After citations (6.5), which add the references, and before the table of contents (5), which numbers
    # equal headings.
    priority = 6.4

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        if len(root) < 3 or not has_class(root[-1], _REFERENCES_CLASS):
            return
        *text, heading, references = root
        last = next((element for element in reversed(text) if not has_class(element, _FOOTNOTES_CLASS)), None)
        if last is not None and last.tag in HEADINGS and _folded_text(last) == _folded_text(heading):
            root.remove(heading)
            root.remove(references)
            root.insert(text.index(last) + 1, references)


def _folded_text(heading: Element) -> str:
    return " ".join("".join(heading.itertext()).split()).casefold()


def split_back_matter(html: str) -> tuple[str, str]:
    """Split the HTML of a page, as Markdown wrote it, before the footnotes and references at its end.

    Returns the text and the back matter. Footnotes and references with text after them are part of the text.
    """
    back: int | None = None
    # A heading that is part of the back matter if references follow.
    heading: re.Match[str] | None = None
    for tag in _TAG.finditer(html):
        if tag["heading"]:
            back = back if heading is None else None
            heading = tag
        elif tag["footnotes"]:
            back = tag.start() if back is None else back
            heading = None
        elif heading is not None:
            back = heading.start() if back is None else back
            heading = None
    if back is None or heading is not None:
        return html, ""
    return html[:back], html[back:]
