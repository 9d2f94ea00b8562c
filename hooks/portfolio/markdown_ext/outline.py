"""The outline of a converted page: its words, and those of its list items, code and table rows."""

from __future__ import annotations

import re
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
# Elements that end a word; those of the site's own notations, as in H~2~O, among them.
_WORD_ENDS = frozenset({"br", "sub", "sup", "mark", "kbd", "ins"})


@dataclass
class Outline:
    """The words of a page in its order, with single spaces between them.

    ``words`` are all, with code, alternative texts and TeX. ``items`` are the first lines of list items,
    ``codes`` the code blocks, and ``rows`` the rows of tables.
    """

    words: str = ""
    items: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)


def split_words(text: str) -> list[str]:
    """Return the letters and digits of a text as words, in lower case."""
    return _WORD.findall(text.casefold())


def read_outline(md: Markdown, root: Element) -> Outline:
    """Return the outline of a tree after the last treeprocessor that changes elements."""
    blocks: list[Any] = md.htmlStash.rawHtmlBlocks
    outline = Outline()

    def restore(text: str) -> str:
        """Return text with what Markdown has stored in place of each placeholder, which may nest."""
        parts = [unescape(_ENTITY.sub(r"&\1", part)) for part in HTML_PLACEHOLDER_RE.split(text)]
        for index in range(1, len(parts), 2):
            block = blocks[int(parts[index])]
            parts[index] = restore(strip_tags(block)) if isinstance(block, str) else " "
        return "".join(parts)

    def join_words(text: str) -> str:
        return " ".join(split_words(text))

    for block in blocks:
        for code in _CODE.findall(block) if isinstance(block, str) else ():
            outline.codes.append(join_words(restore(strip_tags(code))))
    for element in root.iter():
        if element.tag in ("li", "tr", "pre"):
            text = restore("".join(_iter_parts(element))).strip()
            if element.tag == "li":
                outline.items.append(join_words(text.partition("\n")[0]))
            else:
                (outline.rows if element.tag == "tr" else outline.codes).append(join_words(text))
    outline.words = join_words(restore("".join(_iter_parts(root))))
    return outline


def strip_tags(html: str) -> str:
    """Return HTML without tags and comments, with white space where they end a word; entities stay."""
    if "<pre" not in html:
        # A line break within code is a space, as in CommonMark.
        html = html.replace("\n", " ")
    return _TAG.sub(lambda tag: _border((tag["name"] or "").lower()), html)


def _border(tag: str) -> str:
    return "\n" if tag in _BLOCKS else " " if tag in _WORD_ENDS else ""


def _iter_parts(element: Element) -> Iterator[str]:
    """Yield the text of an element, with white space where its elements end a word."""
    tag = str(element.tag)
    if tag == "img":
        yield element.get("alt", "")
    elif " " in (url := element.get("href", "")):
        # CommonMark takes such a link for text.
        yield f" {url} "
    text = element.text or ""
    yield _border(tag) + (text.replace("\n", " ") if tag == "code" else text)
    for child in element:
        yield from _iter_parts(child)
        yield child.tail or ""
    yield _border(tag)
