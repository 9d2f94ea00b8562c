"""Code with long lines can be reached, and so scrolled, from the keyboard; boxes of tasks have a name."""

from __future__ import annotations

from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# Characters of the narrowest column, a phone's: code that is no wider never scrolls.
_NARROWEST = 34
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
            if isinstance(block, str) and block.startswith("<div") and "highlight" in block[:200]:
                blocks[index] = reachable(block)
            elif isinstance(block, str) and block.startswith('<input type="checkbox"'):
                blocks[index] = _check_box(is_checked="checked" in block.replace("checkbox", ""))


def _check_box(*, is_checked: bool) -> str:
    """The box of a task, with a name: what stands after it is no label, as far as HTML knows."""
    box = ElementTree.Element("input", {"type": "checkbox", "disabled": ""})
    box.set("aria-label", "done" if is_checked else "to do")
    if is_checked:
        box.set("checked", "")
    return ElementTree.tostring(box, encoding="unicode", method="html")


def reachable(block: str) -> str:
    """A block of Pygments' HTML in which code that may scroll can be reached; no other block is changed."""
    try:
        root = ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML that somebody wrote by hand
        return block
    name = next((one.text for one in root.iter("span") if one.get("class") == "filename"), None) or "Code"
    changed = False
    for pre in root.iter("pre"):
        code = pre.find("code")
        if code is None or max(map(len, "".join(code.itertext()).split("\n"))) <= _NARROWEST:
            continue
        code.set("tabindex", "0")
        code.set("role", "group")
        code.set("aria-label", name)
        changed = True
    return ElementTree.tostring(root, encoding="unicode", method="html") if changed else block
