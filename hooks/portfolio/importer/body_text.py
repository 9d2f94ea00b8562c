"""The body of an imported page: its headings, and the end of its excerpt."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from portfolio.core.markdown_scan import HtmlParser, heading_text
from portfolio.core.positions import Lines
from portfolio.importer.markdown_text import rewrite_prose

_MORE = re.compile(r"^[ \t]*<!--[ \t]*more[ \t]*-->[ \t]*$", re.MULTILINE | re.IGNORECASE)
# An excerpt of fewer characters gets the next paragraph as well.
_MIN_EXCERPT = 100
# A heading, after the marks of the quotations and lists around it.
_ATX = re.compile(r"^((?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*)(#{1,6})(?=[ \t]|$)")
_MAX_LEVEL = 6
_BARE_IMAGE = re.compile(r"(?P<image>!\[[ \t]*\]\([^()\n]*\))(?P<attributes>\{[^{}\n]*\})?")
_DECORATIVE = "{ role=presentation }"


def replace_images(html: str, is_missing: Callable[[str, int, int], bool]) -> str:
    """Return HTML with the alternative text of each image that is missing in its place.

    ``is_missing`` is called with the URL of each image and its line and column, from 1.
    """
    finder = _ImageFinder(html)
    pieces: list[str] = []
    end = 0
    for url, text, start, stop in finder.images:
        line, column = finder.lines.position(start)
        if is_missing(url, line, column):
            # The lines after it keep their numbers.
            breaks = "\n" * html.count("\n", start, stop)
            pieces += [html[end:start], escape(text, quote=False), breaks]
            end = stop
    return "".join([*pieces, html[end:]])


class _ImageFinder(HtmlParser):
    """Finds the images of HTML: URL, alternative text, and the offsets of each."""

    def __init__(self, html: str) -> None:
        super().__init__(Lines(html))
        self.images: list[tuple[str, str, int, int]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        url = dict(attrs).get("src")
        if tag == "img" and url:
            start = self.find_offset()
            end = start + len(self.get_starttag_text() or "")
            self.images.append((url, dict(attrs).get("alt") or "", start, end))


def normalize_headings(markdown: str, title: str) -> str:
    """Return a body whose headings begin on level 2 and skip no level, without a heading of the title."""
    tokens = _block_parser().parse(markdown)
    headings = [
        (token, tokens[index + 1])
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.map is not None
    ]
    lines = markdown.split("\n")
    if headings and headings[0][0].tag == "h1":
        first, inline = headings[0]
        assert first.map is not None
        is_first = not "".join(lines[: first.map[0]]).strip()
        if is_first and _fold(heading_text(inline.content)) == _fold(title):
            lines[first.map[0] : first.map[1]] = [""] * (first.map[1] - first.map[0])
            headings = headings[1:]
    shift = 1 if any(token.tag == "h1" for token, _ in headings) else 0
    # The old and the new level of the headings that contain the current one.
    path: list[tuple[int, int]] = []
    for token, inline in headings:
        text = inline.content
        old = int(token.tag[1]) + shift
        while path and path[-1][0] >= old:
            path.pop()
        new = min(old, (path[-1][1] if path else 1) + 1, _MAX_LEVEL)
        path.append((old, new))
        if new != int(token.tag[1]):
            _set_level(lines, token, text, new)
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    """Return a parser of blocks, which leaves the text in them as it is."""
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _set_level(lines: list[str], token: Token, content: str, level: int) -> None:
    """Change the level of a heading with some content."""
    assert token.map is not None
    first, end = token.map
    if token.markup in ("=", "-"):
        # A heading with a line below it can only be on level 1 or 2.
        if level == 2:
            lines[end - 1] = lines[end - 1].replace("=", "-")
        else:
            marks = lines[first].partition(content.partition("\n")[0])[0]
            text = " ".join(line.strip() for line in content.split("\n"))
            # The lines after it keep their numbers, and stay in the same quotation.
            rest = re.sub(r"[^>]", " ", marks).rstrip()
            lines[first:end] = [f"{marks}{'#' * level} {text}", *[rest] * (end - first - 1)]
        return
    lines[first] = _ATX.sub(lambda match: f"{match[1]}{'#' * level}", lines[first])


def _fold(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def mark_decorative_images(markdown: str) -> str:
    """Return Markdown in which each image without an alternative text is marked as decorative."""
    if _BARE_IMAGE.search(markdown) is None:
        return markdown
    return rewrite_prose(markdown, lambda piece: _BARE_IMAGE.sub(_mark_decorative, piece.text))


def _mark_decorative(match: re.Match[str]) -> str:
    attributes = match["attributes"] or ""
    if "role" in attributes:
        return match[0]
    more = attributes[1:].removeprefix(":").lstrip()
    return match["image"] + (f"{{ role=presentation {more}" if attributes else _DECORATIVE)


def mark_excerpt(markdown: str, separator: str) -> str:
    """Return a body with the mark that ends its excerpt, after its first paragraphs unless it has one."""
    if separator in markdown:
        return markdown
    tokens = _block_parser().parse(markdown)
    code = [token.map for token in tokens if token.type == "fence" and token.map is not None]
    for match in _MORE.finditer(markdown):
        line = markdown.count("\n", 0, match.start())
        if not any(start <= line < end for start, end in code):
            return f"{markdown[: match.start()]}{separator}{markdown[match.end() :]}"
    length, end = 0, None
    for index, token in enumerate(tokens):
        if token.level == 0 and token.map is not None and token.nesting >= 0:
            # What looks like indented code may be the rest of a callout or a footnote.
            is_start = token.type != "code_block"
            if end is not None and is_start and (length >= _MIN_EXCERPT or token.type == "heading_open"):
                break
            if token.type == "paragraph_open":
                length += len(tokens[index + 1].content)
            end = token.map[1] if token.type != "heading_open" else end
    lines = markdown.split("\n")
    if end is None:
        return f"{separator}\n\n{markdown}"
    rest = "\n".join(lines[end:]).lstrip("\n")
    return "\n".join([*lines[:end], "", separator, "", rest])
