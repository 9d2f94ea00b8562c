"""Links and images whose URL cannot be parsed, with which MkDocs would end: only their text is shown.

The lint reports each. A build fails because of that; a server goes on, so that the author can fix it.
"""

from __future__ import annotations

from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.core.text import is_valid_url

# Right after links have become elements (20), before anything reads their targets.
_PRIORITY = 19.9


class InvalidUrlExtension(Extension):
    """A Markdown extension that replaces links and images with an invalid URL by their text."""

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_InvalidUrlTreeprocessor(md), "invalid-urls", _PRIORITY)


class _InvalidUrlTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if is_valid_url(element.get("href", "")) and is_valid_url(element.get("src", "")):
                continue
            if element.tag == "img":
                element.text = element.get("alt")
            element.tag = "span"
            element.attrib.clear()
