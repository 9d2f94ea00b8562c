"""Links and images with targets of their own, ``[words](target)``, in Markdown without code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TITLE = re.compile(r"""\s+(?:"[^"]*"|'[^']*')\s*$""", re.DOTALL)
_LONGEST_TARGET = 2000


@dataclass(frozen=True)
class Link:
    """A link or an image: where it leads, its words or alternative text, and where it begins."""

    target: str
    words: str
    image: bool
    at: int


def found(prose: str) -> Iterator[Link]:
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
