"""A quick scan of a page's Markdown for checks: prose without code, headings, links and images.

It reports too much rather than too little: a suspected fault is confirmed or dismissed by converting the
page. A full parser (markdown-it-py) is no faster, parses another dialect than the site's, and its results
would have to be confirmed as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from portfolio.core.positions import Lines, Position

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TITLE = re.compile(r"""\s+(?:"[^"]*"|'[^']*')\s*$""", re.DOTALL)
_MAX_TARGET_LENGTH = 2000
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)(?P=ticks)(?!`)")
_RAW_TEXT_ELEMENT = re.compile(
    r"<(?P<tag>pre|script|style)\b.*?(?:</(?P=tag)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_SETEXT_UNDERLINE = re.compile(r"^(?:=+|-+)[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?\[(?!\^)(?P<id>[^\]\n]*)\]:"
    r"[ \t]*(?:\n[ \t]*)?<?(?P<target>[^\s>]+)",
    re.MULTILINE,
)
# Brackets after a word or a bracket are an index, as in a[i][j]; "^" and "@" begin notes and citations.
_REFERENCE = re.compile(
    r"(?<![\w\\\]])!?\[(?P<words>[^\[\]^@][^\[\]]*)\][ ]?\[(?P<id>(?![\^@])[^\[\]\n]*)\](?![\[(])"
)
_IMAGE_REFERENCE = re.compile(r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\](?!\()")
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}\n]*\}[ \t]*$")
# What a heading may contain of Markdown, and what CommonMark does not have of it.
_INLINE_MARKUP = re.compile(r"[\\`*_\[<&{]")
_HEADING_ATTRIBUTES = re.compile(r"[ \t]+\{:?[ \t]*(?:[#.]|[\w-]+=)[^{}\n]*\}$")
_NOTE = re.compile(r"\[[\^@-][^\[\]]*\]")
_REFERENCE_LINK = re.compile(r"\[(?P<words>[^\[\]]*)\]\[[^\[\]]*\]")
_TITLE_LINE = re.compile(r"\s*#(?!#)(?P<atx>[^\n]*)|\s*(?P<setext>[^\s#>][^\n]*)\n=+[ \t]*(?:\n|\Z)")
_ATX_HEADING = re.compile(r"^[ \t>]*(#{1,6})(?!#)(.*)", re.MULTILINE)
# Material's mark for a list of tags.
_TAG_LIST = re.compile(r"<!--\s*material/tags\b")
# The same pattern as MkDocs and Material's blog.
FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)


class Link(NamedTuple):
    """A link or image: its target, its text or alternative text, and its offset."""

    target: str
    words: str
    image: bool
    at: int


class Heading(NamedTuple):
    """A heading: its level from 1 to 6, its Markdown text, and its offset."""

    level: int
    words: str
    at: int


class MarkdownSource:
    """The source of a page. Offsets count the characters of the whole source, including front matter."""

    def __init__(self, source: str) -> None:
        self.source = source
        block = FRONT_MATTER.match(source)
        self.body_start = block.end() if block else 0
        self.front_matter = block["yaml"] if block else ""

    @property
    def body(self) -> str:
        """The source without its front matter."""
        return self.source[self.body_start :]

    @property
    def lists_tags(self) -> bool:
        """Whether the page has a list of tags."""
        return _TAG_LIST.search(self.body) is not None

    @property
    def includes_files(self) -> bool:
        """Whether the page may include files."""
        return "8<-" in self.source

    @property
    def text(self) -> str:
        """The Markdown that MkDocs converts."""
        return self.source[self.text_start :]

    @property
    def text_start(self) -> int:
        """The offset of the text that MkDocs converts: it drops empty lines after front matter."""
        rest = self.body
        return self.body_start + (len(rest) - len(rest.lstrip("\n")) if self.body_start else 0)

    @cached_property
    def prose(self) -> str:
        """The source with front matter, code, comments and raw text blanked; offsets stay valid."""
        text = self._without_fences
        if "<" in text:
            text = _RAW_TEXT_ELEMENT.sub(_blank_match, text)
        return _CODE_SPAN.sub(_blank_match, text) if "`" in text else text

    @cached_property
    def markup(self) -> str:
        """The source with front matter, fences, code spans and comments blanked; offsets stay valid."""
        return _CODE_SPAN.sub(_blank_match, self._without_fences)

    @cached_property
    def _without_fences(self) -> str:
        text = _blank(self.source[: self.body_start]) + _blank_fences(self.body)
        return _COMMENT.sub(_blank_match, text) if "<" in text else text

    @cached_property
    def title(self) -> str | None:
        """The text of the heading of level 1 that the page begins with, or None."""
        return find_title(self.body)

    @cached_property
    def headings(self) -> list[Heading]:
        """Every heading, in page order."""
        headings = []
        for match in _ATX_HEADING.finditer(self.prose):
            if words := _strip_attributes(match[2].strip().rstrip("#")):
                headings.append(Heading(len(match[1]), words, match.start(1)))
        for match in _SETEXT_UNDERLINE.finditer(self.prose):
            start = self.prose.rfind("\n", 0, max(match.start() - 1, 0)) + 1
            if words := _strip_attributes(self.prose[start : match.start()]):
                headings.append(Heading(1 if match[0].startswith("=") else 2, words, start))
        return sorted(headings, key=lambda heading: heading.at)

    @cached_property
    def links(self) -> list[Link]:
        """Every inline link and image, and every definition of a link target, in page order."""
        links = [*find_inline_links(self.prose)]
        for match in _DEFINITION.finditer(self.prose):
            if not match["id"].startswith("@"):
                links.append(Link(match["target"], match["id"], False, match.start()))
        return sorted(links, key=lambda link: link.at)

    @cached_property
    def undefined_references(self) -> list[tuple[str, int]]:
        """The second brackets, with offsets, of references ``[words][id]`` that the page does not define."""
        if "][" not in self.prose:
            return []
        defined = {_normalize_id(match["id"]) for match in _DEFINITION.finditer(self.prose)}
        return [
            (f"[{match['id']}]", match.start())
            for match in _REFERENCE.finditer(self.prose)
            if _normalize_id(match["id"] or match["words"]) not in defined
        ]

    @cached_property
    def refers_to_images(self) -> bool:
        """Whether the page may have images by reference, ``![words][id]``."""
        return "![" in self.prose and _IMAGE_REFERENCE.search(self.prose) is not None

    @cached_property
    def html_elements(self) -> list[tuple[str, dict[str, str], int]]:
        """The elements that are written as HTML: tag, attributes and offset."""
        if "<" not in self._without_fences:
            return []
        parser = _ElementParser(self._lines)
        # Includes <pre>, <script> and <style>; the parser skips the content of the last two.
        parser.feed(self.markup)
        return parser.elements

    def find_url(self, url: str) -> int:
        """Return the offset at which a URL first appears in the prose, or that of the body if it does not."""
        return max(self.prose.find(url), self.body_start)

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset, from 1."""
        return self._lines.position(offset)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.source)


def find_title(body: str) -> str | None:
    """Return the text of the heading of level 1 that Markdown without front matter begins with, or None."""
    match = _TITLE_LINE.match(body)
    return heading_text(match["atx"] or match["setext"] or "") or None if match else None


def heading_text(words: str) -> str:
    """Return the text of a heading from its Markdown: without links, notes, emphasis, HTML and attributes.

    Formulas stay as they are written.
    """
    text = words.strip().rstrip("#").strip()
    if not _INLINE_MARKUP.search(text):
        return text
    text = _NOTE.sub("", _HEADING_ATTRIBUTES.sub("", text))
    text = _REFERENCE_LINK.sub(lambda match: match["words"], text)
    return _join_texts(_commonmark().parseInline(text)).strip()


@lru_cache(maxsize=1)
def _commonmark() -> MarkdownIt:
    # The import takes 0.1 s, and few titles have markup.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def _join_texts(tokens: Iterable[Token]) -> str:
    return "".join(
        _join_texts(token.children)
        if token.children is not None
        else token.content
        if token.type in ("text", "code_inline")
        else ""
        for token in tokens
    )


def find_inline_links(prose: str) -> Iterator[Link]:
    """Yield every link and image ``[words](target)`` of a prose, in order."""
    at = prose.find("](")
    while at >= 0:
        target, opening = _parse_target(prose, at + 2), _find_opening_bracket(prose, at)
        if target is not None and opening is not None:
            image = prose[opening - 1 : opening] == "!" and prose[opening - 2 : opening - 1] != "\\"
            yield Link(target, prose[opening + 1 : at], image, opening - image)
        at = prose.find("](", at + 2)


def _parse_target(prose: str, start: int) -> str | None:
    """Return the target without title in the parentheses that open before ``start``; None if unclosed."""
    end = prose.find(")", start)
    while start <= end < start + _MAX_TARGET_LENGTH:
        if prose.count("(", start, end) <= prose.count(")", start, end):
            target = prose[start:end].strip()
            if target.endswith(("'", '"')):
                target = _TITLE.sub("", f" {target}").strip()
            return target.removeprefix("<").removesuffix(">")
        end = prose.find(")", end + 1)
    return None


def _find_opening_bracket(prose: str, end: int) -> int | None:
    """Return the offset of the bracket that closes at ``end``; None if escaped or in another paragraph."""
    depth = 0
    for at in range(end, -1, -1):
        if prose[at] == "]":
            depth += 1
        elif prose[at] == "[":
            depth -= 1
            if depth == 0:
                return None if prose[at - 1 : at] == "\\" else at
        elif prose[at] == "\n" and prose[at - 1 : at] == "\n":
            return None
    return None


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _blank_match(match: re.Match[str]) -> str:
    return _blank(match[0])


def _blank_fences(text: str) -> str:
    if "```" not in text and "~~~" not in text:
        return text
    lines = text.split("\n")
    fence, opened = "", 0
    for number, line in enumerate(lines):
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if match is None:
            continue
        rest = line[match.end() :]
        if not fence and (match[1][0] == "~" or "`" not in rest):
            fence, opened = match[1], number
        elif fence and match[1].startswith(fence) and not rest.strip():
            # Lines are blanked only here because a fence that is never closed is not code.
            lines[opened : number + 1] = [" " * len(inside) for inside in lines[opened : number + 1]]
            fence = ""
    return "\n".join(lines)


def _normalize_id(id: str) -> str:
    return " ".join(id.lower().split())


def _strip_attributes(heading: str) -> str:
    return _ATTRIBUTES.sub("", heading).strip()


class HtmlParser(HTMLParser):
    """Python's parser, which knows the offsets of tags in the text of ``lines``, and reads ``<![…>``."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.lines = lines

    def find_offset(self) -> int:
        """Return the offset of the tag, text or comment that is being read."""
        return self.lines.index(*self.getpos())

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Skip ``<![…>``, for which the base class raises AssertionError before Python 3.14."""
        return self.rawdata.find(">", i) + 1 or -1


class _ElementParser(HtmlParser):
    def __init__(self, lines: Lines) -> None:
        super().__init__(lines)
        self.elements: list[tuple[str, dict[str, str], int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes, self.find_offset()))
