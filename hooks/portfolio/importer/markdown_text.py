"""Markdown divided into code and prose, so that rewriting a dialect never touches code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

_CODE_SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)(?P=ticks)(?!`)")


@dataclass(frozen=True)
class Piece:
    """A piece of Markdown: its text, the line on which it begins, from 1, and whether it is code."""

    text: str
    line: int
    is_code: bool


def split_code(markdown: str) -> list[Piece]:
    """Divide Markdown into code (blocks and spans) and prose; the pieces together are the whole."""
    lines = markdown.splitlines(keepends=True)
    pieces: list[Piece] = []
    end = 0
    for first, last in _code_blocks(markdown):
        pieces += _split_spans("".join(lines[end:first]), end + 1)
        pieces.append(Piece("".join(lines[first:last]), first + 1, is_code=True))
        end = last
    pieces += _split_spans("".join(lines[end:]), end + 1)
    return [piece for piece in pieces if piece.text]


def rewrite_prose(markdown: str, rewrite: Callable[[Piece], str]) -> str:
    """Return Markdown with each piece of prose rewritten, and its code unchanged."""
    return "".join(piece.text if piece.is_code else rewrite(piece) for piece in split_code(markdown))


def _code_blocks(markdown: str) -> Iterator[tuple[int, int]]:
    """Yield the first line of each code block, from 0, and the line after it."""
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type in ("fence", "code_block") and token.map:
            yield token.map[0], token.map[1]


def _split_spans(text: str, line: int) -> Iterator[Piece]:
    end = 0
    for match in _CODE_SPAN.finditer(text):
        yield Piece(text[end : match.start()], line + text.count("\n", 0, end), is_code=False)
        yield Piece(match[0], line + text.count("\n", 0, match.start()), is_code=True)
        end = match.end()
    yield Piece(text[end:], line + text.count("\n", 0, end), is_code=False)
