"""A formula, diagram, citation or picture that cannot be set, and the place in the page where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,}).*?^[ \t>]*(?P=fence)[`~]*[ \t]*$", re.DOTALL | re.MULTILINE
)
_CODE_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)


@dataclass(frozen=True)
class RenderError:
    """What could not be set, and why.

    ``source`` is the text as Markdown hands it on, without delimiters and indentation.
    ``line`` and ``column`` say where in it the fault is, counted from 0.
    """

    kind: Literal["formula", "diagram", "citation", "image", "table", "code"]
    source: str
    message: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Place:
    """A misprint's line and column in the page's file, counted from 1."""

    line: int
    column: int
    misprint: RenderError


def locate(misprints: Iterable[RenderError], page: str) -> Iterator[Place]:
    """Find each misprint in the text of its page.

    Markdown does not tell where a passage came from, so it is looked up: the second misprint with the same
    source is the second passage that reads so. One that is not in the file, because it was included from
    another, is placed at 1:1.
    """
    without_code = _FENCE.sub(_blank, page)
    without_code = _CODE_SPAN.sub(_blank, without_code)
    met: Counter[tuple[str, str]] = Counter()
    for misprint in misprints:
        key = (misprint.kind, misprint.source)
        if misprint.kind in _WITH_CODE:
            found = _WITH_CODE[misprint.kind](misprint.source).finditer(page)
        else:
            found = _PATTERNS[misprint.kind](misprint.source).finditer(without_code)
        starts = [match.start("passage") for match in found]
        if not starts and misprint.kind == "image":
            starts = [match.start("passage") for match in _definition(misprint.source).finditer(without_code)]
        if starts:
            yield _place(misprint, page, starts[min(met[key], len(starts) - 1)])
        else:
            yield Place(1, 1, misprint)
        met[key] += 1


def _place(misprint: RenderError, page: str, start: int) -> Place:
    line = page.count("\n", 0, start) + misprint.line
    own_lines = misprint.source.split("\n")
    words = own_lines[misprint.line] if misprint.line < len(own_lines) else ""
    page_lines = page.split("\n")
    before = start - (page.rfind("\n", 0, start) + 1) if misprint.line == 0 else 0
    # A list or a quotation indents the passage, so the words are looked up in the line instead of counted.
    found = page_lines[line].find(words.strip(), before) if line < len(page_lines) else -1
    indent = len(words) - len(words.lstrip())
    return Place(line + 1, max(found, 0) + max(misprint.column - indent, 0) + 1, misprint)


def _blank(passage: re.Match[str]) -> str:
    return "".join(character if character == "\n" else " " for character in passage[0])


def _lines(source: str) -> str:
    return r"\n".join(rf"[ \t>]*{re.escape(line.strip())}[ \t]*" for line in source.split("\n"))


def _formula(source: str) -> re.Pattern[str]:
    if "$$" in source:
        # Signs that belong to no formula, with the words around them.
        return re.compile(rf"(?P<passage>{_lines(source)})")
    opening = r"(?:\$|\\\(|\\\[|(?=\\(?:begin|eqref)\b))"
    closing = r"(?:\$|\\\)|\\\]|(?<=\}))"
    return re.compile(rf"{opening}(?P<passage>{_lines(source)}){closing}")


def _citation(source: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\)\[(?P<passage>{_lines(source)})\]")


def _diagram(source: str) -> re.Pattern[str]:
    opening = r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*mermaid[^\n]*\n"
    return re.compile(rf"{opening}(?P<passage>{_lines(source)})", re.MULTILINE)


def _image(source: str) -> re.Pattern[str]:
    # Text that links to the same file stands in brackets, too, but without a mark before them.
    words = r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]"
    return re.compile(rf"{words}\(\s*<?(?P<passage>{re.escape(source)})(?=[\s)>#])")


def _definition(source: str) -> re.Pattern[str]:
    return re.compile(
        rf"^[ ]{{0,3}}\[[^\]\n]+\]:\s*<?(?P<passage>{re.escape(source)})(?=[\s>#]|$)", re.MULTILINE
    )


def _line(source: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*(?P<passage>{re.escape(source)})[ \t]*$", re.MULTILINE)


# What code is part of.
_WITH_CODE = {"diagram": _diagram, "table": _line, "code": _line}
_PATTERNS = {"formula": _formula, "citation": _citation, "image": _image}
