"""Limits of a page: what would take Python-Markdown minutes, or more memory than there is, is an error.

Some of Python-Markdown's patterns take time that grows with the square of a run of brackets, or worse, and
deep nesting ends in RecursionError.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from types import FrameType
from xml.etree.ElementTree import Element

from markdown.util import STX

from portfolio.core.diagnostics import quote
from portfolio.markdown_ext.render_errors import RenderError

# Of a page, in characters; a long book has a million.
_MOST_CHARACTERS = 1_000_000
_LONGEST_RUN = 500
# Of elements; each needs up to five of the 1000 frames of Python's stack.
_DEEPEST = 80
# Processor time of a conversion or a scan. A page of 100,000 characters needs about one.
SECONDS = 5.0
# The signal comes again, in case that a library suppressed the exception.
_REPEAT_SECONDS = 0.5
_RUN = re.compile(rf"(?P<character>[^\w\s]|_|\n)(?P=character){{{_LONGEST_RUN},}}")
# Of two characters that are half as far apart as the shortest of these runs is long, all runs have a pair.
_STEP = _LONGEST_RUN // 2
_PAIR = re.compile(r"([^\w\s]|_|\n)\1")
_NESTING = re.compile(r"[ \t]*(?:(?:>|[-*+]|\d+[.)]|[!?]{3}\+?|#)[ \t]*)*")
_HINT = "Split the page, or write this differently."
_MARKED_SECTION = "<!["


class OutOfTime(BaseException):
    """Raised by `limit_time`."""


def find_excess(text: str) -> RenderError | None:
    """Return the error of a text that is too large to be converted."""
    if len(text) > _MOST_CHARACTERS:
        message = f"the page has {len(text):,} characters; the limit is {_MOST_CHARACTERS:,}."
        return RenderError("page.too-large", "", message, "Split the page.", line=1)
    if _PAIR.search(text[::_STEP]) and (match := _RUN.search(text)):
        what = "empty lines" if match["character"] == "\n" else quote(match["character"])
        message = f"{len(match[0]):,} times {what} in a row; the limit is {_LONGEST_RUN}."
        line = text.count("\n", 0, match.start()) + 1
        return RenderError("page.too-large", "", message, "Remove them.", line=line)
    return None


def find_slow_part(text: str, seconds: float = SECONDS) -> RenderError:
    """Return the error of a text that takes too long; its line is the first of the longest paragraph."""
    paragraphs = re.split(r"\n(?=\n)", text)
    index = max(range(len(paragraphs)), key=lambda index: len(paragraphs[index]))
    line = sum(paragraph.count("\n") + 1 for paragraph in paragraphs[:index]) + (index > 0) + 1
    message = (
        f"the page takes longer than {seconds:g} s of processor time, probably because of this paragraph."
    )
    return RenderError("page.too-slow", "", message, _HINT, line=line)


def find_deep_part(text: str) -> RenderError:
    """Return the error of a text whose elements are nested too deeply."""
    lines = text.split("\n")
    depths = [len(match[0]) if (match := _NESTING.match(line)) else 0 for line in lines]
    line = depths.index(max(depths)) + 1
    message = f"lists, quotations or other elements are nested too deeply; the limit is {_DEEPEST} elements."
    return RenderError("page.too-deep", "", message, _HINT, line=line)


def is_too_deep(root: Element) -> bool:
    """Return whether the elements of a tree are nested too deeply."""
    depth, level = 0, [root]
    while level and depth <= _DEEPEST:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth > _DEEPEST


def find_marked_section(text: str) -> RenderError | None:
    """Return the error of a ``<![`` that MkDocs cannot read.

    MkDocs reads HTML by Python's parser, which raises AssertionError for some before Python 3.14.
    """
    if _MARKED_SECTION not in text:
        return None
    parser = HTMLParser()
    try:
        parser.feed(text)
    except AssertionError:
        line, column = parser.getpos()
        source = text.split("\n")[line - 1][column:].partition(STX)[0].rstrip()
        message = f"{quote(_MARKED_SECTION)} is not HTML."
        hint = "Write &lt;![ in text; code with it must be between two lines of ```."
        return RenderError("page.invalid-html", source, message, hint)
    return None


@contextmanager
def limit_time(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `OutOfTime` after so much processor time of this process. Only the main thread has a limit."""
    is_limited = signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    if is_limited or threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGVTALRM, _raise_out_of_time)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def _raise_out_of_time(_number: int, _frame: FrameType | None) -> None:
    raise OutOfTime
