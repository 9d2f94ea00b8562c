"""Formatted text as runs: what a style makes of a reference, without any markup in it.

While citeproc puts a reference together, marks stand for markup: characters of Unicode's private use area,
which no style changes, and which are taken out of all data before. So nothing in the data can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from citeproc.string import String

_FIRST = 0xE000
STYLES = ("italic", "bold", "underline", "superscript", "subscript", "small-caps", "title", "owner")
_OPENING = {chr(_FIRST + 2 * number): style for number, style in enumerate(STYLES)}
_CLOSING = {chr(_FIRST + 2 * number + 1): style for number, style in enumerate(STYLES)}
# What is said of one of the works in a citation stands between its own mark and this one.
_END = "\uefff"
_WORKS = 0xF000
_LAST = 0xF8FF
_MARK = f"[{chr(_FIRST)}-{chr(_LAST)}]"
_MARKS = re.compile(_MARK)
_TITLE_FIRST = _FIRST + 2 * STYLES.index("title")
_TITLE = re.compile(f"{chr(_TITLE_FIRST)}.*?{chr(_TITLE_FIRST + 1)}")
# With what stands around it, but for the marks of a style.
_TITLE_AGAIN = re.compile(rf"[\s,]*({_MARK}*)[“‘\"]?{_TITLE.pattern}[”’\"]?")
_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)\]]")
# After one of these no other full stop follows.
_STOPS = ".?!"


@dataclass(frozen=True)
class Run:
    """A piece of text in one style.

    ``title`` and ``owner``: it is part of the title, of the owner's name. ``work`` is the place, from 0, of
    the work that it is about among those of a citation.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    superscript: bool = False
    subscript: bool = False
    small_caps: bool = False
    title: bool = False
    owner: bool = False
    url: str = ""
    work: int | None = None


def without_marks(text: str) -> str:
    """Data as it may be given to citeproc."""
    return _MARKS.sub("", text)


def marked(text: str, style: str) -> str:
    """Text between the marks of one of ``STYLES``."""
    at = _FIRST + 2 * STYLES.index(style)
    return f"{chr(at)}{text}{chr(at + 1)}"


def with_title_once(text: str) -> str:
    """A marked text without its title where that stands again.

    Citeproc sets a title that stands in the place of authors in its own place as well.
    """
    first = _TITLE.search(text)
    return text[: first.end()] + _TITLE_AGAIN.sub(r"\1", text[first.end() :]) if first else text


def work_marks(place: int) -> tuple[str, str]:
    """The marks around what is said of a work in a citation; ``place`` counts from 0."""
    return chr(min(_WORKS + place, _LAST)), _END


def read(text: str) -> tuple[Run, ...]:
    """The runs of a text with marks, addresses being runs of their own."""
    return tuple(linked for run in _runs(text) for linked in _with_links(run))


def merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with neighbours that look the same as one."""
    groups = (list(group) for _, group in groupby(runs, key=lambda run: replace(run, text="")))
    return tuple(replace(group[0], text="".join(run.text for run in group)) for group in groups)


def _runs(text: str) -> Iterator[Run]:
    on: list[str] = []
    last, work = "", None
    for part in re.split(f"({_MARK})", text):
        if part and _WORKS <= ord(part[0]) <= _LAST:
            work = ord(part[0]) - _WORKS
        elif part == _END:
            work = None
        elif part in _OPENING:
            on.append(_OPENING[part])
        elif part in _CLOSING:
            if _CLOSING[part] in on:
                on.remove(_CLOSING[part])
        elif part:
            # A style ends a title with a full stop, whatever the title itself ends with.
            part = part[1:] if part[0] == "." and last and last in _STOPS else part
            if part:
                last = part[-1]
                styles: dict[str, Any] = {style.replace("-", "_"): True for style in on}
                yield replace(Run(part, work=work), **styles)


def _with_links(run: Run) -> Iterator[Run]:
    at = 0
    for match in () if run.title else _ADDRESS.finditer(run.text):
        if match.start() > at:
            yield replace(run, text=run.text[at : match.start()])
        yield replace(run, text=match[0], url=match[0])
        at = match.end()
    if at < len(run.text):
        yield replace(run, text=run.text[at:])


class _Marked(String):  # type: ignore[misc]
    """A formatter of citeproc is a module with a class for each style, whose names are given."""

    style = ""

    def __new__(cls, text: object) -> _Marked:
        made: _Marked = super().__new__(cls, marked(str(text), cls.style) if cls.style else str(text))
        return made


class Formatter:
    """A formatter for citeproc."""

    @staticmethod
    def preformat(text: object) -> str:
        return without_marks(str(text))

    class Italic(_Marked):
        style = "italic"

    class Oblique(_Marked):
        style = "italic"

    class Bold(_Marked):
        style = "bold"

    class Light(_Marked):
        pass

    class Underline(_Marked):
        style = "underline"

    class Superscript(_Marked):
        style = "superscript"

    class Subscript(_Marked):
        style = "subscript"

    class SmallCaps(_Marked):
        style = "small-caps"
