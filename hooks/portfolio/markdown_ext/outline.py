"""The outline of a converted page: its words, and those of its list items, code and table rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER_RE, STX

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<!--.*?-->|</?(?P<name>[\w-]*)[^<>]*>", re.DOTALL)
_CODE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
_ENTITY = re.compile(rf"{AMP_SUBSTITUTE}(#?\w+;)")
_BLOCKS = (
    "blockquote dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary "
    "table td th tr ul".split()
)
# Those of the site's own notations, as in H~2~O, are among them.
_WORD_ENDS = ("br", "sub", "sup", "mark", "kbd", "ins")
# The white space at both ends of an element, by its tag; none ends no word.
_BORDERS = dict.fromkeys(_BLOCKS, "\n") | dict.fromkeys(_WORD_ENDS, " ")


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
        if STX not in text:
            return unescape(text)
        parts = [unescape(_ENTITY.sub(r"&\1", part)) for part in HTML_PLACEHOLDER_RE.split(text)]
        for index in range(1, len(parts), 2):
            block = blocks[int(parts[index])]
            parts[index] = restore(strip_tags(block)) if isinstance(block, str) else " "
        return "".join(parts)

    def join_words(text: str) -> str:
        return " ".join(split_words(text))

    for block in blocks:
        for code in _CODE.findall(block) if isinstance(block, str) and "<" in block else ():
            outline.codes.append(join_words(restore(strip_tags(code))))
    for element in root.iter():
        if element.tag in ("li", "tr", "pre"):
            text = restore("".join(_add_parts(element, []))).strip()
            if element.tag == "li":
                outline.items.append(join_words(text.partition("\n")[0]))
            else:
                (outline.rows if element.tag == "tr" else outline.codes).append(join_words(text))
    outline.words = join_words(restore("".join(_add_parts(root, []))))
    return outline


def strip_tags(html: str) -> str:
    """Return HTML without tags and comments, with white space where they end a word; entities stay."""
    if "<pre" not in html:
        # A line break within code is a space, as in CommonMark.
        html = html.replace("\n", " ")
    return _TAG.sub(lambda tag: _BORDERS.get((tag[1] or "").lower(), ""), html)


def _add_parts(element: Element, parts: list[str]) -> list[str]:
    """Add the text of an element to ``parts``, with white space where its elements end a word."""
    tag = str(element.tag)
    if tag == "img":
        parts.append(element.get("alt", ""))
    elif " " in (url := element.get("href", "")):
        # CommonMark takes such a link for text.
        parts.append(f" {url} ")
    border, text = _BORDERS.get(tag, ""), element.text or ""
    parts += (border, text.replace("\n", " ") if tag == "code" else text)
    for child in element:
        _add_parts(child, parts)
        parts.append(child.tail or "")
    parts.append(border)
    return parts
