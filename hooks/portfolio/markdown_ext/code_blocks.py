"""Code blocks: focusable where they scroll, with annotations, and an error for a fence that is none.

Markdown has converted them to HTML when treeprocessors run and keeps that in its stash, next to the check
boxes of task lists, which get an accessible name here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from xml.etree import ElementTree

import lxml.html
from lxml.etree import ParserError
from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from portfolio.markdown_ext.render_errors import RenderError

# After superfences (25), which removes every fence that it understands.
_FENCES_PRIORITY = 24.5
# After everything has become an element and before the stash is put back; annotations after the boxes.
_BOXES_PRIORITY, _ANNOTATIONS_PRIORITY = 3, 2
# The narrowest column, a phone's, in characters: code that is no wider never scrolls.
_NARROWEST_COLUMN = 34
# Lines in the box of an output, whose height content.css limits to 24em, with 1em above and below.
_MOST_OUTPUT_LINES = 14
# The class of the outputs of a notebook's code.
OUTPUT_CLASS = "output"
# The attributes that Markdown gives the check box of a task.
_TASK_ATTRIBUTES = frozenset({"type", "disabled", "checked"})
_ANNOTATION = re.compile(r"\((\d{1,2})\)!?")
# All of Pygments' short class names for comments begin with this letter.
_COMMENT_CLASS = "c"
# With more indentation the line may be part of an indented code block.
_FENCE = re.compile(r"(?:[ ]{0,3}>)*[ ]{0,3}(?P<header>(?:`{3,}|~{3,})[ \t]*[^`\s][^`]*)")


class FenceHeaderExtension(Extension):
    """A Markdown extension that reports each fence that ``pymdownx.superfences`` does not understand.

    Markdown shows such a fence and its code as prose.
    """

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def __init__(self, report: Callable[[RenderError], None]) -> None:
        super().__init__()
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.preprocessors.register(_FenceHeaderCheck(self.report), "fences-left", _FENCES_PRIORITY)


class _FenceHeaderCheck(Preprocessor):
    def __init__(self, report: Callable[[RenderError], None]) -> None:
        super().__init__()
        self.report = report

    def run(self, lines: list[str]) -> list[str]:
        for line in lines:
            if match := _FENCE.fullmatch(line):
                message = (
                    "this fence is shown as prose: its options are not understood, or it is never closed."
                )
                hint = (
                    'Write the language, then quoted options such as title="…", linenums="1" or '
                    'hl_lines="2 3".'
                )
                self.report(RenderError("code.invalid-fence", match["header"].rstrip(), message, hint))
        return lines


class CodeBoxExtension(Extension):
    """A Markdown extension that makes highlighted code focusable where it may scroll.

    The check boxes of task lists get an accessible name.
    """

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_BoxTreeprocessor(md), "code-boxes", _BOXES_PRIORITY)


class _BoxTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:  # noqa: ARG002 - the blocks are not in the tree
        blocks = self.markdown.htmlStash.rawHtmlBlocks
        for index, block in enumerate(blocks):
            if not isinstance(block, str):
                continue
            if "highlight" in block:
                blocks[index] = make_focusable(block)
            elif "checkbox" in block:
                blocks[index] = label_task_checkbox(block)


def label_task_checkbox(block: str) -> str:
    """Add an accessible name to the check box of a task: in HTML the text after it is not its label.

    Other HTML is returned unchanged.
    """
    try:
        box = lxml.html.fragment_fromstring(block)
    except ParserError:
        return block
    is_task = (
        box.tag == "input"
        and box.get("type") == "checkbox"
        and _TASK_ATTRIBUTES.issuperset(box.attrib)
        and not box.tail
    )
    if not is_task:
        return block
    box.set("aria-label", "done" if "checked" in box.attrib else "to do")
    return str(lxml.html.tostring(box, encoding="unicode"))


def make_focusable(block: str) -> str:
    """Make code in Pygments' HTML focusable where it may scroll; return other HTML unchanged."""
    try:
        root = ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML from the author
        return block
    classes = root.get("class", "").split()
    if root.tag != "div" or "highlight" not in classes:
        return block
    filenames = (span.text for span in root.iter("span") if span.get("class") == "filename")
    name = next(filenames, None) or "Code"
    most_lines = _MOST_OUTPUT_LINES if OUTPUT_CLASS in classes else None
    changed = False
    for pre in root.iter("pre"):
        code = pre.find("code")
        if code is None or not _may_scroll("".join(code.itertext()).strip("\n").split("\n"), most_lines):
            continue
        code.set("tabindex", "0")
        code.set("role", "group")
        code.set("aria-label", name)
        changed = True
    return ElementTree.tostring(root, encoding="unicode", method="html") if changed else block


def _may_scroll(lines: list[str], most_lines: int | None) -> bool:
    return max(map(len, lines)) > _NARROWEST_COLUMN or (most_lines is not None and len(lines) > most_lines)


def remove_output(html: str) -> str:
    """Remove the outputs of a notebook's code from HTML: they do not count as text to read."""
    if OUTPUT_CLASS not in html:
        return html
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for box in root.find_class(OUTPUT_CLASS):
        box.drop_tree()
    return str(lxml.html.tostring(root, encoding="unicode"))


class CodeAnnotationExtension(Extension):
    """A Markdown extension for annotations: `(1)` in a comment links to item 1 of the list below the code."""

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_AnnotationTreeprocessor(md), "code-notes", _ANNOTATIONS_PRIORITY)


class _AnnotationTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:
        blocks = self.markdown.htmlStash.rawHtmlBlocks
        used: set[str] = set()
        for parent in root.iter():
            for before, notes in pairwise(list(parent)):
                placeholder = HTML_PLACEHOLDER_RE.fullmatch((before.text or "").strip())
                if notes.tag != "ol" or before.tag != "p" or len(before) or not placeholder:
                    continue
                index = int(placeholder[1])
                block = blocks[index]
                if isinstance(block, str):
                    blocks[index] = _link_annotations(block, notes, used)


def _link_annotations(block: str, notes: ElementTree.Element, used: set[str]) -> str:
    """Turn the marks of a block into links, and give the items that they refer to ids.

    Both stay unchanged if there is no mark. An id contains a part of the block's digest, since excerpts of
    several posts share a page; ``used`` are the prefixes of earlier blocks, to which this one is added.
    """
    try:
        root = ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML from the author
        return block
    items = {int(notes.get("start", "1")) + index: item for index, item in enumerate(notes)}
    prefix = f"code-{sha256(block.encode()).hexdigest()[:8]}"
    while prefix in used:
        prefix += "a"
    linked: set[int] = set()
    for span in list(root.iter("span")):
        if not span.get("class", "").startswith(_COMMENT_CLASS) or not span.text:
            continue
        marks = [mark for mark in _ANNOTATION.finditer(span.text) if int(mark[1]) in items]
        # From the end, so that the offsets of earlier marks stay valid.
        for mark in reversed(marks):
            link = ElementTree.Element("a", {"href": f"#{prefix}-{int(mark[1])}", "class": "code-note"})
            link.text = f"({mark[1]})"
            link.tail = span.text[mark.end() :]
            span.text = span.text[: mark.start()]
            span.insert(0, link)
            linked.add(int(mark[1]))
    if not linked:
        return block
    used.add(prefix)
    notes.set("class", "code-notes")
    for number in linked:
        items[number].set("id", f"{prefix}-{number}")
    return ElementTree.tostring(root, encoding="unicode", method="html")
