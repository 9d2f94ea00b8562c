"""Code that scrolls can be reached from the keyboard; boxes of tasks have a name."""

from __future__ import annotations

from xml.etree import ElementTree

import lxml.html
from lxml.etree import ParserError
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# Characters of the narrowest column, a phone's: code that is no wider never scrolls.
_NARROWEST = 34
# Lines in the box of an output, whose height content.css limits: 24em, with 1em above and below.
_LOWEST = 14
# The class of what a notebook's code printed or showed.
OUTPUT = "output"
# All that Markdown says of the box of a task.
_TASK = frozenset({"type", "disabled", "checked"})
# Before raw blocks are put back; after everything has become an element.
_PRIORITY = 3


class CodeBoxExtension(Extension):
    """A Markdown extension that gives blocks of highlighted code a name and a stop for the keyboard."""

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_CodeTreeprocessor(md), "code-boxes", _PRIORITY)


class _CodeTreeprocessor(Treeprocessor):
    """Blocks of code wait, as text, in Markdown's store of what is not to be changed."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:  # noqa: ARG002 - the blocks are not in the tree
        blocks = self.markdown.htmlStash.rawHtmlBlocks
        for index, block in enumerate(blocks):
            if not isinstance(block, str):
                continue
            if "highlight" in block:
                blocks[index] = reachable(block)
            elif "checkbox" in block:
                blocks[index] = named(block)


def named(block: str) -> str:
    """The box of a task, with a name: what stands after it is no label, as far as HTML knows.

    HTML that is not just such a box is not changed.
    """
    try:
        box = lxml.html.fragment_fromstring(block)
    except ParserError:
        return block
    given = box.attrib
    if box.tag != "input" or given.get("type") != "checkbox" or not _TASK.issuperset(given) or box.tail:
        return block
    box.set("aria-label", "done" if "checked" in given else "to do")
    return str(lxml.html.tostring(box, encoding="unicode"))


def reachable(block: str) -> str:
    """A block of Pygments' HTML in which code that may scroll can be reached; no other block is changed."""
    try:
        root = ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML that somebody wrote by hand
        return block
    classes = root.get("class", "").split()
    if root.tag != "div" or "highlight" not in classes:
        return block
    name = next((one.text for one in root.iter("span") if one.get("class") == "filename"), None) or "Code"
    most = _LOWEST if OUTPUT in classes else None
    changed = False
    for pre in root.iter("pre"):
        code = pre.find("code")
        if code is None or not _may_scroll("".join(code.itertext()).strip("\n").split("\n"), most):
            continue
        code.set("tabindex", "0")
        code.set("role", "group")
        code.set("aria-label", name)
        changed = True
    return ElementTree.tostring(root, encoding="unicode", method="html") if changed else block


def _may_scroll(lines: list[str], most: int | None) -> bool:
    return max(map(len, lines)) > _NARROWEST or (most is not None and len(lines) > most)


def without_output(html: str) -> str:
    """HTML without what a notebook's code printed and showed, which is looked at and not read."""
    if OUTPUT not in html:
        return html
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for box in root.find_class(OUTPUT):
        box.drop_tree()
    return str(lxml.html.tostring(root, encoding="unicode"))
