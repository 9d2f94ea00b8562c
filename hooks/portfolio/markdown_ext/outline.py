"""The outline of a converted page: its words, and those of its list items, code and table rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<!--.*?-->|</?(?P<name>[\w-]*)[^<>]*>", re.DOTALL)
_CODE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
_ENTITY = re.compile(rf"{AMP_SUBSTITUTE}(#?\w+;)")
_BLOCKS = frozenset(
    "blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary "
    "table td th tr ul".split()
)
# Elements that our own notations create within a word, as in H~2~O.
_INSIDE_WORDS = frozenset({"sub", "sup", "mark", "kbd", "ins"})


@dataclass
class Outline:
    """The words of a page in its order, with single spaces between them.

    ``words`` are all, with code, alternative texts and TeX. ``split`` are the same, but ``H<sub>2</sub>O``
    has three words. ``items`` are the first lines of list items, ``codes`` the code blocks, and ``rows`` the
    rows of tables.
    """

    words: str = ""
    split: str = ""
    items: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    def count_words(self) -> Counter[str]:
        """Count each word as often as it is on the page in either way of splitting."""
        return Counter(self.words.split()) | Counter(self.split.split())


def split_words(text: str) -> list[str]:
    """Return the letters and digits of a text as words, in lower case."""
    return _WORD.findall(text.casefold())


def read_outline(md: Markdown, root: Element) -> Outline:
    """Return the outline of a tree after the last treeprocessor that changes elements."""
    blocks: list[Any] = md.htmlStash.rawHtmlBlocks
    outline = Outline()

    def restore(match: re.Match[str]) -> str:
        block = blocks[int(match[1])]
        if not isinstance(block, str):
            return " "
        return _strip_tags(block)

    def join(parts: Iterator[str]) -> str:
        text = HTML_PLACEHOLDER_RE.sub(restore, "".join(parts))
        return unescape(_ENTITY.sub(r"&\1", text))

    for block in blocks:
        for code in _CODE.findall(block) if isinstance(block, str) else ():
            outline.codes.append(" ".join(split_words(_strip_tags(code))))
    for element in root.iter():
        if element.tag == "li":
            outline.items.append(" ".join(split_words(join(_iter_parts(element)).strip().partition("\n")[0])))
        elif element.tag == "tr":
            outline.rows.append(" ".join(split_words(join(_iter_parts(element)))))
        elif element.tag == "pre":
            outline.codes.append(" ".join(split_words(join(element.itertext()))))
    outline.words = " ".join(split_words(join(_iter_parts(root))))
    outline.split = " ".join(split_words(join(_iter_parts(root, " "))))
    return outline


def _strip_tags(html: str) -> str:
    return unescape(_TAG.sub(lambda tag: "\n" if (tag["name"] or "").lower() in _BLOCKS else "", html))


def _iter_parts(element: Element, mark: str = "") -> Iterator[str]:
    """Yield the text of an element; ``mark`` is put around the elements that our notations create."""
    tag = str(element.tag)
    border = mark if tag in _INSIDE_WORDS else "\n" if tag in _BLOCKS else ""
    if tag == "img":
        yield element.get("alt", "")
    yield border + (element.text or "")
    for child in element:
        yield from _iter_parts(child, mark)
        yield child.tail or ""
    yield border
