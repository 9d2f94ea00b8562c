"""Links whose address cannot be taken apart, which MkDocs would end with: only their words are shown.

The check tells of each. A build ends with that; a server goes on, for the author to mend it.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# Right after links are elements (20), before anything reads where they lead.
_PRIORITY = 19.9


def is_sound(address: str) -> bool:
    """Whether an address can be taken apart (RFC 3986)."""
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


class UnsoundExtension(Extension):
    """A Markdown extension that leaves the words of such links and pictures."""

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_UnsoundTreeprocessor(md), "unsound-addresses", _PRIORITY)


class _UnsoundTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if is_sound(element.get("href", "")) and is_sound(element.get("src", "")):
                continue
            if element.tag == "img":
                element.text = element.get("alt")
            element.tag = "span"
            element.attrib.clear()
