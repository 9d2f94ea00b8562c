"""Lists as CommonMark and GitHub read them, without changing what four spaces mean in Python-Markdown.

Python-Markdown nests by four spaces only, ignores a list right after a paragraph, and drops the number that a
list starts with. This module follows CommonMark 0.31, sections 5.2 and 5.3:

- A list can interrupt a paragraph, unless it starts with an empty item or a number other than 1.
- Text belongs to an item if it is indented at least as far as the text of the item.
- Another kind of marker starts another list.
- A list is loose if a blank line separates two of its items, or two blocks of an item.

As in Python-Markdown, text that is indented by four spaces or more belongs to an item with any marker. Four
spaces are removed then, so that callouts and indented code inside an item are written as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.util import HTML_PLACEHOLDER_RE, nearing_recursion_limit

from portfolio.markdown_ext.extensions import add_tree_editor, has_class

# Priorities of block processors; Markdown runs the highest first:
#   106   continuation   before callouts (105), which look for their lists by four spaces only
#   65    lists          after tables (75) and headings (70); before "---" makes an item a heading (60)
# The treeprocessor runs after footnotes (50) were parsed, before code (30) and inline text (20).
_CONTINUATION, _LISTS, _TIGHTEN = 106, 65, 45
_TAB = 4

_MARKER = re.compile(
    r"^(?P<indent>[ ]{0,3})(?P<marker>[-+*]|(?P<number>\d{1,9})[.)])"
    r"(?:(?P<space>[ ]+)(?P<text>[^ \n].*)|[ ]*)$",
    re.MULTILINE,
)
_THEMATIC_BREAK = re.compile(r"[ ]{0,3}([-_*])[ ]*(?:\1[ ]*){2,}$")
# Code and HTML that preprocessors have replaced.
_STASHED = re.compile(rf"[ ]*{HTML_PLACEHOLDER_RE.pattern}[ ]*$")
# A line that neither continues a paragraph nor can be continued.
_NOT_TEXT = re.compile(r"[ ]{0,3}(?:>|#{1,6}(?:[ ]|$)|!!![ ]?\w|\?\?\?\+?[ ]?\w|/{3,}|[|])")


class ListExtension(Extension):
    """A Markdown extension that replaces the lists of Python-Markdown."""

    stateless = True  # see mkdocs_incremental.converted_pages

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        lists: WeakKeyDictionary[Element, _List] = WeakKeyDictionary()
        processors = md.parser.blockprocessors
        for replaced in ("ulist", "indent", "defindent"):
            if replaced in processors:
                processors.deregister(replaced)
        processors.register(_ContinuationProcessor(md.parser, lists), "indent", _CONTINUATION)
        processors.register(_ListProcessor(md.parser, lists), "olist", _LISTS)

        def tighten(_: Markdown, root: Element) -> None:
            for element in root.iter():
                if (info := lists.get(element)) and not info.is_loose:
                    for item in element:
                        _unwrap_paragraphs(item)

        add_tree_editor(md, tighten, "tighten-lists", _TIGHTEN)


@dataclass
class _List:
    """What the tree does not contain about a list: its marker, whether it is loose, and its last item.

    ``column`` is where the text of that item starts, ``removed`` the indentation to remove from the lines of
    the item, which its first indented block determines.
    """

    marker: str
    column: int = 0
    removed: int | None = None
    is_loose: bool = False

    @property
    def needed(self) -> int:
        """The indentation that lines of the last item have at least."""
        return min(self.column, _TAB)

    def dedent(self, line: str, is_block: bool) -> str:
        """Remove the indentation of the item from a line. ``is_block``: whether the line starts a block."""
        width = _indentation(line)
        removed = self.needed if self.removed is None else self.removed
        if is_block and self.removed is None:
            if width >= 2 * _TAB:
                removed = _TAB
            elif _is_code(line[self.column :]):
                removed = self.column
            else:
                removed = min(width, max(self.column, _TAB))
            self.removed = removed
        return line[min(width, removed) :]


class _ItemProcessor(BlockProcessor):
    """The base of both processors, which share what they know about the lists of a text."""

    def __init__(self, parser: BlockParser, lists: WeakKeyDictionary[Element, _List]) -> None:
        super().__init__(parser)
        self.lists = lists

    def parse_lines(self, parent: Element, lines: list[str], item: Element | None = None) -> list[str]:
        """Add lines to the lists at the end of an element, and return the lines after the lists.

        The first line starts an item, or belongs to ``item``, the last one of the last list.
        """
        texts: list[str] = []
        can_continue = False
        for index, line in enumerate(lines):
            info = self.lists[parent[-1]] if item is not None else None
            marker = _match_marker(line)
            if info is not None and _indentation(line) >= info.needed:
                inner = line[info.needed :]
                continues = can_continue and not _interrupts_paragraph(inner)
                if continues and _indentation(line) >= _TAB and _match_marker(inner):
                    # As in Python-Markdown, the first list of an item can start with any number.
                    continues = self._ends_with_list(item) or any(map(_match_marker, texts))
                    texts += [] if continues else [""]
                texts.append(info.dedent(line, not continues))
                is_code = not continues and _is_code(texts[-1]) and not self._ends_with_list(item)
                can_continue = not is_code and _is_text(texts[-1])
            elif marker is not None:
                self._parse_item(item, texts)
                item, texts = self._add_item(parent, marker, is_after_blank=index == 0), [_first_text(marker)]
                can_continue = not _is_code(texts[0]) and _is_text(texts[0])
            elif can_continue and _is_text(line):
                texts.append(line.lstrip())
            else:
                self._parse_item(item, texts)
                return lines[index:]
        self._parse_item(item, texts)
        return []

    def _ends_with_list(self, item: Element | None) -> bool:
        return item is not None and len(item) > 0 and item[-1].tag in ("ol", "ul", "dl")

    def _add_item(self, parent: Element, marker: re.Match[str], *, is_after_blank: bool) -> Element:
        kind, number = marker["marker"][-1], marker["number"]
        last = self.lastChild(parent)
        info = None if last is None else self.lists.get(last)
        if last is None or info is None or info.marker != kind:
            last, info = SubElement(parent, "ul" if number is None else "ol"), _List(kind)
            self.lists[last] = info
            if number is not None and int(number) != 1:
                last.set("start", str(int(number)))
        elif is_after_blank:
            info.is_loose = True
        # With five spaces or more, the item starts with indented code.
        space = len(marker["space"] or "")
        info.column = marker.end("marker") - marker.start() + (space if 0 < space <= _TAB else 1)
        info.removed = None
        return SubElement(last, "li")

    def _parse_item(self, item: Element | None, texts: list[str]) -> None:
        if item is None or not any(texts):
            return
        # Paragraphs become elements even in a tight list, which is known to be tight only at its end.
        self.parser.state.set("looselist")
        self.parser.parseChunk(item, "\n".join(texts))
        self.parser.state.reset()


class _ListProcessor(_ItemProcessor):
    """Starts lists, and continues them with further items."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the base class passes it
        return _find_list(block) is not None and not nearing_recursion_limit()

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        start = _find_list(block) or 0
        if start:
            self.parser.parseBlocks(parent, [block[: start - 1]])
        if rest := self.parse_lines(parent, block[start:].split("\n")):
            blocks.insert(0, "\n".join(rest))


class _ContinuationProcessor(_ItemProcessor):
    """Adds indented blocks to the list, definition or callout before them."""

    def test(self, parent: Element, block: str) -> bool:
        last = self.lastChild(parent)
        if last is None or not block.startswith(" "):
            return False
        if info := self.lists.get(last):
            return _indentation(block) >= info.needed and len(last[-1]) > 0
        is_callout = last.tag == "details" or (last.tag == "div" and has_class(last, "admonition"))
        return block.startswith(" " * _TAB) and (is_callout or (last.tag == "dl" and len(last) > 0))

    def run(self, parent: Element, blocks: list[str]) -> None:
        block, last = blocks.pop(0), parent[-1]
        if info := self.lists.get(last):
            item = last[-1]
            if not self._belongs_to_inner_list(item, info.dedent(block.partition("\n")[0], is_block=True)):
                info.is_loose = True
            rest = "\n".join(self.parse_lines(parent, block.split("\n"), item))
        elif last.tag == "dl":
            _wrap_text(last[-1])
            self.parser.state.set("looselist")
            self.parser.parseBlocks(last[-1], [self.looseDetab(block)])
            self.parser.state.reset()
            rest = ""
        else:
            content, rest = self.detab(block)
            self.parser.parseChunk(last, content)
        if rest:
            blocks.insert(0, rest)

    def _belongs_to_inner_list(self, item: Element, line: str) -> bool:
        if (inner := self.lists.get(item[-1])) is None:
            return False
        marker = _match_marker(line)
        return _indentation(line) >= inner.needed or (
            marker is not None and marker["marker"][-1] == inner.marker
        )


def _find_list(block: str) -> int | None:
    """Return the offset of the first line of a block that starts a list, or None."""
    for marker in _MARKER.finditer(block):
        is_first = marker.start() == 0
        if (is_first or _interrupts_paragraph(marker[0])) and not _THEMATIC_BREAK.match(marker[0]):
            return marker.start()
    return None


def _interrupts_paragraph(line: str) -> bool:
    """Whether a line, without the indentation of its item, starts a block right after a line of text."""
    marker = _match_marker(line)
    starts_list = marker is not None and bool(marker["text"]) and int(marker["number"] or 1) == 1
    return starts_list or not _is_text(line)


def _match_marker(line: str) -> re.Match[str] | None:
    """Match the marker at the start of a list item, which is not a thematic break."""
    return None if _THEMATIC_BREAK.match(line) else _MARKER.match(line)


def _is_text(line: str) -> bool:
    """Whether a line can be part of a paragraph."""
    return not (_NOT_TEXT.match(line) or _THEMATIC_BREAK.match(line) or _STASHED.match(line))


def _is_code(line: str) -> bool:
    return line.startswith(" " * _TAB)


def _first_text(marker: re.Match[str]) -> str:
    space = marker["space"] or ""
    return (space[1:] if len(space) > _TAB else "") + (marker["text"] or "")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _wrap_text(element: Element) -> None:
    """Put the text of an element, if it has any, into a paragraph."""
    if element.text:
        paragraph = Element("p")
        paragraph.text, element.text = element.text, ""
        element.insert(0, paragraph)


def _unwrap_paragraphs(item: Element) -> None:
    """Replace the paragraphs of an item of a tight list by their text, as Python-Markdown does."""
    previous: Element | None = None
    for child in list(item):
        if child.tag != "p" or child.attrib or len(child):
            previous = child
        elif previous is None:
            item.text = "\n".join(filter(None, (item.text, child.text)))
            item.remove(child)
        else:
            previous.tail = f"{previous.tail or ''}\n{child.text}"
            item.remove(child)
