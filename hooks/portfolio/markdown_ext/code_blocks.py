"""Code blocks: text as written, focusable where they scroll, annotations, and errors for invalid fences.

Before treeprocessors run, Markdown converts code to HTML and puts it into its stash, with the check boxes of
task lists, which get an accessible name here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import HTML_PLACEHOLDER, HTML_PLACEHOLDER_RE, AtomicString, code_escape

from portfolio.core.i18n import gettext, pgettext
from portfolio.markdown_ext.extensions import (
    Remember,
    TreeExtension,
    add_line_reader,
    add_tree_editor,
    compute_each_time,
    has_class,
    make_focusable,
)
from portfolio.markdown_ext.markdown_internals import replace_fences
from portfolio.markdown_ext.render_errors import RenderError, Report

# After superfences (25), which removes every fence that it understands.
_FENCES_PRIORITY = 24.5
# After files are included (32) and fences are stashed (31.05), before tabs become spaces (30).
_BEFORE_NORMALIZATION = 30.5
# Before highlighting (30) replaces the code by HTML.
_BEFORE_HIGHLIGHTING = 31
# After lists (65), tables and definitions (25), which contain their own fences; before quotations (20).
_AFTER_LISTS = 22
# A fence or other HTML that is stashed already, with its line.
_STASHED_LINE = re.compile(rf"^([ ]{{0,3}}{HTML_PLACEHOLDER % '[0-9]+'}[ ]*)$", re.MULTILINE)
_TAB = 4
# The narrowest column, a phone's, in characters: code that is no wider never scrolls.
_NARROWEST_COLUMN = 34
# Lines in the box of an output, whose height content.css limits to 24em, with 1em above and below.
_MOST_OUTPUT_LINES = 14
# The class of the outputs of a notebook's code.
OUTPUT_CLASS = "output"
# A check box as pymdownx.tasklist writes it.
_TASK = re.compile(r'(<input type="checkbox"(?: disabled)?(?P<done> checked)?)/?>\s*')
_ANNOTATION = re.compile(r"\((\d{1,2})\)!?")
# All of Pygments' short class names for comments begin with this letter.
_COMMENT_CLASS = "c"
# With more indentation the line may be part of an indented code block.
_FENCE = re.compile(r"(?:[ ]{0,3}>)*[ ]{0,3}(?P<header>(?:`{3,}|~{3,})[ \t]*[^`\s][^`]*)")


@dataclass(eq=False)
class FenceHeaderExtension(Extension):
    """A Markdown extension that reports each fence that ``pymdownx.superfences`` does not understand.

    Markdown shows such a fence and its code as prose.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        add_line_reader(md, self._check_lines, "fences-left", _FENCES_PRIORITY)

    def _check_lines(self, lines: list[str]) -> None:
        message = "this fence is shown as prose: its options are not understood, or it is never closed."
        hint = "Close it with the same marks. After the language, write quoted options such as "
        hint += 'title="…", linenums="1" or hl_lines="2 3".'
        for match in filter(None, map(_FENCE.fullmatch, lines)):
            self.report(RenderError("code.invalid-fence", match["header"].rstrip(), message, hint))


@dataclass(eq=False)
class CodeTextExtension(Extension):
    """A Markdown extension that leaves the text of code as it is written.

    Tabs stay in indented code; fences keep them by an option of ``pymdownx.superfences``. As in CommonMark,
    the code of a fence can be indented less than the fence, and a fence ends a paragraph. ``remember`` stores
    highlighted code.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    remember: Remember = compute_each_time

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        lines: list[str] = []

        def read(source: list[str]) -> None:
            lines[:] = source if any("\t" in line for line in source) else []

        def restore(_: Markdown, root: Element) -> None:
            if lines:
                _restore_tabs([code for pre in root.iter("pre") for code in pre.iterfind("code")], lines)

        add_line_reader(md, read, "tabs-read", _BEFORE_NORMALIZATION)
        add_tree_editor(md, restore, "tabs-restore", _BEFORE_HIGHLIGHTING)
        replace_fences(md, self.remember)
        md.parser.blockprocessors.register(_FenceProcessor(md.parser), "fence", _AFTER_LISTS)


class _FenceProcessor(BlockProcessor):
    """Separates a fence from the text right before and after it, which is no part of the same paragraph."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the base class passes it
        return "\n" in block and _STASHED_LINE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:  # noqa: ARG002 - the base class passes it
        parts = _STASHED_LINE.split(blocks.pop(0))
        blocks[:0] = [part.strip("\n") for part in parts if part.strip("\n")]


def _restore_tabs(codes: list[Element], lines: list[str]) -> None:
    """Restore the tabs of code blocks, which Markdown has replaced by spaces.

    ``lines`` are those of the source.
    """
    written = [(line, _strip_indentation(line.expandtabs(_TAB))) for line in lines]
    written = [(line, text) for line, text in written if text]
    places: dict[str, list[int]] = {}
    for index, (_, text) in enumerate(written):
        places.setdefault(text, []).append(index)
    for code in codes:
        spaced = unescape(code.text or "").split("\n")
        texts = list(filter(None, map(_strip_indentation, spaced)))
        for start in places.get(texts[0], []) if texts else []:
            passage = written[start : start + len(texts)]
            if [text for _, text in passage] == texts:
                originals = iter(passage)
                restored = [
                    _restore_line(line, next(originals)[0]) if _strip_indentation(line) else line
                    for line in spaced
                ]
                code.text = AtomicString(code_escape("\n".join(restored)))
                break


def _strip_indentation(line: str) -> str:
    """Remove spaces at both ends, and the marks of quotations at the start."""
    return line.lstrip(" >").rstrip()


def _restore_line(spaced: str, written: str) -> str:
    """Return a line as it is written, without the columns that Markdown has removed from its start."""
    removed = len(written.expandtabs(_TAB).rstrip()) - len(spaced.rstrip())
    column = index = 0
    while column < removed:
        column += _TAB - column % _TAB if written[index] == "\t" else 1
        index += 1
    return " " * (column - removed) + written[index:]


class CodeBlockExtension(TreeExtension):
    """A Markdown extension for highlighted code and the check boxes of task lists.

    Code that may scroll becomes focusable, check boxes get an accessible name, and annotations become links:
    `(1)` in a comment refers to item 1 of the list below the code.
    """

    name = "code-blocks"
    # After everything has become an element and before the stash is put back.
    priority = 3

    def edit_tree(self, md: Markdown, root: Element) -> None:
        blocks = md.htmlStash.rawHtmlBlocks
        for index, block in enumerate(blocks):
            if isinstance(block, str):
                blocks[index] = make_code_focusable(label_task_checkbox(block))
        used: set[str] = set()
        for parent in root.iter():
            for before, notes in pairwise(parent):
                placeholder = HTML_PLACEHOLDER_RE.fullmatch((before.text or "").strip())
                if notes.tag == "ol" and before.tag == "p" and not len(before) and placeholder:
                    index = int(placeholder[1])
                    block = blocks[index]
                    if isinstance(block, str):
                        blocks[index] = _link_annotations(block, notes, used)


def label_task_checkbox(block: str) -> str:
    """Add an accessible name to the check box of a task: in HTML the text after it is not its label.

    Other HTML is returned unchanged.
    """
    match = _TASK.fullmatch(block)
    if match is None:
        return block
    label = pgettext("task", "done") if match["done"] else pgettext("task", "to do")
    return f'{match[1]} aria-label="{label}">'


def make_code_focusable(block: str) -> str:
    """Make code in Pygments' HTML focusable where it may scroll; return other HTML unchanged."""
    root = _parse(block) if "highlight" in block else None
    if root is None or root.tag != "div" or not has_class(root, "highlight"):
        return block
    filenames = (span.text for span in root.iter("span") if span.get("class") == "filename")
    name = next(filenames, None) or gettext("Code")
    changed = False
    for code in root.iterfind(".//pre/code"):
        lines = "".join(code.itertext()).strip("\n").split("\n")
        is_tall = has_class(root, OUTPUT_CLASS) and len(lines) > _MOST_OUTPUT_LINES
        if is_tall or max(len(line.expandtabs(_TAB)) for line in lines) > _NARROWEST_COLUMN:
            make_focusable(code, name)
            changed = True
    return ElementTree.tostring(root, encoding="unicode", method="html") if changed else block


def _parse(block: str) -> Element | None:
    try:
        return ElementTree.fromstring(block)
    except ElementTree.ParseError:  # HTML from the author
        return None


def remove_output(html: str) -> str:
    """Remove the outputs of a notebook's code from HTML: they do not count as text to read."""
    if OUTPUT_CLASS not in html:
        return html
    import lxml.html

    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for box in root.find_class(OUTPUT_CLASS):
        box.drop_tree()
    return str(lxml.html.tostring(root, encoding="unicode"))


def _link_annotations(block: str, notes: Element, used: set[str]) -> str:
    """Turn the marks of a block into links, and give the items that they refer to ids.

    Both stay unchanged if there is no mark. An id contains a part of the block's digest, so that it stays the
    same if another block is added; ``used`` are the prefixes of earlier blocks, to which this one is added.
    """
    root = _parse(block)
    if root is None:
        return block
    items = dict(enumerate(notes, int(notes.get("start", "1"))))
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
            link = Element("a", {"href": f"#{prefix}-{int(mark[1])}", "class": "code-note"})
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
