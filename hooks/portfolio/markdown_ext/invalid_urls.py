"""Links and images whose URL cannot be parsed, which would end a build of MkDocs: only their text is shown.

The lint reports each of them, so a build fails. A server continues, and the author can fix the URL.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.core.text import is_valid_url
from portfolio.markdown_ext.extensions import TreeExtension


class InvalidUrlExtension(TreeExtension):
    """A Markdown extension that replaces links and images with an invalid URL by their text."""

    name = "invalid-urls"
    # Right after links have become elements (20), before anything reads their targets.
    priority = 19.9

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        for element in root.iter():
            urls = filter(None, (element.get("href"), element.get("src")))
            if all(map(is_valid_url, urls)):
                continue
            if element.tag == "img":
                element.text = element.get("alt")
            element.tag = "span"
            element.attrib.clear()
