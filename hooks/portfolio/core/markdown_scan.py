"""A page's Markdown as far as checks need it: prose without code, headings, links and images.

It errs on the side of finding too much: what it finds wrong is a suspect, which `conversion` confirms or
clears. A full parser (markdown-it-py) is no quicker, reads another dialect than the site's, and would have to
be confirmed as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser

_TITLE = re.compile(r"""\s+(?:"[^"]*"|'[^']*')\s*$""", re.DOTALL)
_LONGEST_TARGET = 2000


@dataclass(frozen=True)
class Link:
    """A link or an image: where it leads, its words or alternative text, and where it begins."""

    target: str
    words: str
    image: bool
    at: int


def find_inline_links(prose: str) -> Iterator[Link]:
    """Every one, in the order of the text; offsets are those of its characters."""
    at = prose.find("](")
    while at >= 0:
        target, opening = _target(prose, at + 2), _opening(prose, at)
        if target is not None and opening is not None:
            image = prose[opening - 1 : opening] == "!" and prose[opening - 2 : opening - 1] != "\\"
            yield Link(target, prose[opening + 1 : at], image, opening - image)
        at = prose.find("](", at + 2)


def _target(prose: str, start: int) -> str | None:
    """What stands in the parentheses that open before ``start``, without a title; None if none close."""
    end = prose.find(")", start)
    while start <= end < start + _LONGEST_TARGET:
        if prose.count("(", start, end) <= prose.count(")", start, end):
            target = prose[start:end].strip()
            if target.endswith(("'", '"')):
                target = _TITLE.sub("", f" {target}").strip()
            return target.removeprefix("<").removesuffix(">")
        end = prose.find(")", end + 1)
    return None


def _opening(prose: str, end: int) -> int | None:
    """Where the bracket opens that closes at ``end``, unless the paragraph begins after it."""
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


_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+\.)[ \t]+)?(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?:[^\n]|\n(?![ \t]*\n))+?(?<!`)(?P=ticks)(?!`)")
_RAW = re.compile(r"<(?P<tag>pre|script|style)\b.*?(?:</(?P=tag)\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_UNDERLINE = re.compile(r"^(?:=+|-+)[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[(?!\^)(?P<id>[^\]\n]*)\]:[ \t]*(?:\n[ \t]*)?<?(?P<target>[^\s>]+)", re.MULTILINE
)
# What follows a word stands for an item of it, as in a[i][j]; "^" and "@" begin notes and citations.
_REFERENCE = re.compile(
    r"(?<![\w\\\]])!?\[(?P<words>[^\[\]^@][^\[\]]*)\][ ]?\[(?P<id>(?![\^@])[^\[\]\n]*)\](?![\[(])"
)
_IMAGE_REFERENCE = re.compile(r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\](?!\()")
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}\n]*\}[ \t]*$")
_DEEPEST = 6


@dataclass(frozen=True)
class Heading:
    """A heading: its level from 1 to 6, its words as they are written, and where it begins in the text."""

    level: int
    words: str
    at: int


class MarkdownSource:
    """The source of a page. Offsets count characters of the whole source, with its front matter."""

    def __init__(self, source: str) -> None:
        self.source = source
        block = FRONT_MATTER.match(source)
        self.body_start = block.end() if block else 0
        self.front_matter = block["yaml"] if block else ""

    @property
    def body(self) -> str:
        """The source without its front matter."""
        return self.source[self.body_start :]

    @cached_property
    def prose(self) -> str:
        """The source with spaces in the place of front matter, code, comments and raw text, sign for sign."""
        text = self._unfenced
        if "<" in text:
            text = _RAW.sub(_blanked, text)
        return _CODE_SPAN.sub(_blanked, text) if "`" in text else text

    @cached_property
    def _unfenced(self) -> str:
        text = _blank(self.source[: self.body_start]) + _without_fences(self.source[self.body_start :])
        return _COMMENT.sub(_blanked, text) if "<" in text else text

    @cached_property
    def headings(self) -> list[Heading]:
        """Every heading, in the order of the page."""
        found = [*_hashed(self.prose)]
        for match in _UNDERLINE.finditer(self.prose):
            start = self.prose.rfind("\n", 0, max(match.start() - 1, 0)) + 1
            words = _words(self.prose[start : match.start()])
            if words:
                found.append(Heading(1 if match[0].startswith("=") else 2, words, start))
        return sorted(found, key=lambda heading: heading.at)

    @cached_property
    def links(self) -> list[Link]:
        """Every link and image with a target of its own, and every definition of a target."""
        found = [*find_inline_links(self.prose)]
        for match in _DEFINITION.finditer(self.prose):
            if not match["id"].startswith("@"):
                found.append(Link(match["target"], match["id"], False, match.start()))
        return sorted(found, key=lambda link: link.at)

    @cached_property
    def undefined_references(self) -> list[tuple[str, int]]:
        """References to targets that are not defined on the page, ``[words][id]``: the second brackets."""
        if "][" not in self.prose:
            return []
        known = {_reference(match["id"]) for match in _DEFINITION.finditer(self.prose)}
        return [
            (f"[{match['id']}]", match.start())
            for match in _REFERENCE.finditer(self.prose)
            if _reference(match["id"] or match["words"]) not in known
        ]

    @cached_property
    def refers_to_images(self) -> bool:
        """Whether it may show images whose addresses stand elsewhere on the page, ``![words][id]``."""
        return "![" in self.prose and _IMAGE_REFERENCE.search(self.prose) is not None

    @cached_property
    def html_elements(self) -> list[tuple[str, dict[str, str], int]]:
        """The elements that are written as HTML: tag, attributes, and where they begin."""
        if "<" not in self._unfenced:
            return []
        reader = _Elements(self._starts)
        # With <pre>, <script> and <style>; of the last two, the reader leaves what stands inside alone.
        reader.feed(_CODE_SPAN.sub(_blanked, self._unfenced))
        return reader.found

    def find_url(self, target: str) -> int:
        """Where an address that is written on the page, by no link of its own, first stands."""
        return max(self.prose.find(target), self.body_start)

    def position(self, at: int) -> tuple[int, int]:
        """The line and column of an offset, from 1."""
        line = bisect_right(self._starts, at) - 1
        return line + 1, at - self._starts[line] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.source))]


def _hashed(prose: str) -> Iterator[Heading]:
    at = prose.find("#")
    while at >= 0:
        start = prose.rfind("\n", 0, at) + 1
        end = prose.find("\n", at)
        end = len(prose) if end < 0 else end
        line = prose[at:end]
        level = len(line) - len(line.lstrip("#"))
        words = _words(line[level:].strip().rstrip("#"))
        if words and level <= _DEEPEST and not prose[start:at].strip(" \t>"):
            yield Heading(level, words, at)
        at = prose.find("#", end)


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


def _blanked(match: re.Match[str]) -> str:
    return _blank(match[0])


def _without_fences(text: str) -> str:
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
            # One that is never closed is no fence, so nothing is blanked before.
            lines[opened : number + 1] = [" " * len(inside) for inside in lines[opened : number + 1]]
            fence = ""
    return "\n".join(lines)


def _reference(id: str) -> str:
    return " ".join(id.lower().split())


def _words(text: str) -> str:
    return _ATTRIBUTES.sub("", text).strip()


class _Elements(HTMLParser):
    def __init__(self, starts: list[int]) -> None:
        super().__init__()
        self.starts = starts
        self.found: list[tuple[str, dict[str, str], int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        given = {name: value or "" for name, value in attrs}
        self.found.append((tag, given, self.starts[line - 1] + column))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            # As if it stood in an attribute.
            self.found[-1][1]["style"] = data


# As MkDocs and Material's blog find it.
FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
