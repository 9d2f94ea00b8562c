"""Notes on lines of code: `(1)` in a comment leads to the first item of the list that follows the code."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import pairwise
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

# After blocks of code have become HTML, before they are put back.
_PRIORITY = 2
_MARK = re.compile(r"\((\d{1,2})\)!?")
# Pygments' short names of comments all begin with this letter.
_COMMENT = "c"


class CodeNotesExtension(Extension):
    """A Markdown extension that joins numbers in comments with the list right below the code."""

    reusable = True

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_NotesTreeprocessor(md), "code-notes", _PRIORITY)


class _NotesTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:
        blocks = self.markdown.htmlStash.rawHtmlBlocks
        taken: set[str] = set()
        for parent in root.iter():
            for before, notes in pairwise(list(parent)):
                found = HTML_PLACEHOLDER_RE.fullmatch((before.text or "").strip())
                if notes.tag != "ol" or before.tag != "p" or len(before) or not found:
                    continue
                index = int(found[1])
                block = blocks[index]
                if isinstance(block, str):
                    blocks[index] = _joined(block, notes, taken)


def _joined(block: str, notes: ElementTree.Element, taken: set[str]) -> str:
    """The block with its marks as links, and the items they name with ids; both as they were without a mark.

    An id holds a part of the block's digest: excerpts of several posts stand on one page.
    """
    try:
        root = ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML that somebody wrote by hand
        return block
    items = {int(notes.get("start", "1")) + place: item for place, item in enumerate(notes)}
    prefix = f"code-{sha256(block.encode()).hexdigest()[:8]}"
    while prefix in taken:
        prefix += "a"
    linked: set[int] = set()
    for span in [one for one in root.iter("span") if one.get("class", "").startswith(_COMMENT) and one.text]:
        for mark in reversed([one for one in _MARK.finditer(span.text or "") if int(one[1]) in items]):
            link = ElementTree.Element("a", {"href": f"#{prefix}-{int(mark[1])}", "class": "code-note"})
            link.text = f"({mark[1]})"
            link.tail = (span.text or "")[mark.end() :]
            span.text = (span.text or "")[: mark.start()]
            span.insert(0, link)
            linked.add(int(mark[1]))
    if not linked:
        return block
    taken.add(prefix)
    notes.set("class", "code-notes")
    for number in linked:
        items[number].set("id", f"{prefix}-{number}")
    return ElementTree.tostring(root, encoding="unicode", method="html")
