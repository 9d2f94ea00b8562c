"""BibTeX as the blocks of a file, with the lines and columns at which they stand."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.library import Library
from bibtexparser.middlewares.parsestack import default_parse_stack
from bibtexparser.model import Block, DuplicateFieldKeyBlock, Field, ImplicitComment, ParsingFailedBlock
from bibtexparser.splitter import Splitter

from portfolio.core.positions import Position
from portfolio.sources import bibtex_strings
from portfolio.sources.bibtex_strings import Fault

# The parser also logs what it returns; with nobody listening, logging would print it.
_SILENCE = logging.NullHandler()
_BLOCK_START = re.compile(r"@\w*[ \t]*[{(]")
# BibTeX knows a comment without braces.
_LOST = re.compile(r"\s*@(?!comment\b)\w+", re.IGNORECASE)
_BRACE = re.compile(r"(?<!\\)[{}]")


def read(lines: list[str]) -> tuple[list[Block], list[Fault]]:
    """A file's blocks, with strings in their places and values without delimiters, and faulty values."""
    logging.getLogger("bibtexparser").addHandler(_SILENCE)
    # It does not count a line that ends with a backslash.
    text = "\n".join(f"{line} " if line.endswith("\\") else line for line in _without_comments(lines))
    # What stands twice in an entry is found when it is read, field by field.
    split = Splitter(text).split().blocks
    whole = [
        block.ignore_error_block if isinstance(block, DuplicateFieldKeyBlock) else block for block in split
    ]
    blocks = [block for block in whole if block is not None]
    faults = bibtex_strings.join(blocks)
    library = Library()
    library.add(blocks, fail_on_duplicate_key=False)
    for step in default_parse_stack():
        library = step.transform(library)
    return library.blocks, faults


def lost(block: ImplicitComment) -> Iterator[int]:
    """The lines, from 0, of what is left between entries and looks as if it were to be one."""
    for number, line in enumerate(block.comment.split("\n")):
        if _LOST.match(line):
            yield (block.start_line or 0) + number


def _without_comments(lines: list[str]) -> Iterator[str]:
    """Blank lines for those outside of entries that begin with ``%``; inside of an entry that is text.

    The parser would take a commented-out entry for a real one.
    """
    depth = 0
    for line in lines:
        start = _BLOCK_START.search(line)
        if start and not line[: start.start()].strip():
            depth = 0  # As for the parser, an entry ends at the latest where the next one begins.
        if not depth and line.lstrip().startswith("%"):
            yield ""
            continue
        yield line
        if depth or start:
            braces = _BRACE.findall(line)
            depth = max(0, depth + braces.count("{") - braces.count("}"))


def reason(block: ParsingFailedBlock) -> str:
    """Why the parser could not read a block."""
    error = block.error
    said = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
    return " ".join(said.split()).rstrip(". ")


def mark(field: Field, lines: list[str]) -> Position:
    """The line and column of a field."""
    line = (field.start_line or 0) + 1
    return line, column(lines, line, rf"(?<!\w){re.escape(field.key)}\s*=")


def column(lines: list[str], line: int, pattern: str) -> int:
    """The column at which a pattern is found in a line; the first one if it is not."""
    found = re.search(pattern, lines[line - 1], re.IGNORECASE) if line <= len(lines) else None
    return found.start() + 1 if found else 1
