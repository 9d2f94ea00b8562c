"""The page that a notebook becomes: its Markdown, and where each line of it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document, JsonDocument, Position

_DIGEST_DIGITS = 12


@dataclass(frozen=True)
class Source:
    """Where a line of the page came from.

    ``at`` is the path of a text in the notebook, or of what has one; ``offset`` is the place of the line's
    first character in that text, or None where the line is not in it as it stands. ``name`` says it to a
    person.
    """

    name: str
    at: positions.KeyPath
    offset: int | None = None


@dataclass
class Sheet:
    """The page as it is written, its pictures (name and bytes) and the problems met on the way.

    ``stem`` begins the name of each picture.
    """

    document: JsonDocument
    stem: str
    lines: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def write(self, text: str, source: Source) -> None:
        """Add lines that all came from one place."""
        for line in text.split("\n"):
            self.lines.append(line)
            self.sources.append(source)

    def copy(self, lines: Iterable[tuple[str, Source]]) -> None:
        """Add lines that stand so in the notebook, each with its own place."""
        for line, source in lines:
            self.write(line, source)

    def paragraph(self) -> None:
        """End what was written with an empty line."""
        if self.lines and self.lines[-1]:
            self.write("", self.sources[-1])

    def keep(self, content: bytes, suffix: str) -> str:
        """Keep a picture, and return the name by which the page calls it.

        The name follows from the content, so that a cell put before it changes nothing.
        """
        name = f"{self.stem}-{hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]}{suffix}"
        self.files[name] = content
        return name

    def report(self, source: Source, message: str) -> None:
        """Note a problem at a place of the notebook."""
        self.problems.append(
            Diagnostic(self.document.path, *_mark(self.document, source), source.name, message)
        )


@dataclass(frozen=True)
class NotebookPage:
    """What a notebook became. ``problems`` are placed in the notebook; so are those that `moved` returns."""

    document: JsonDocument
    markdown: str
    sources: tuple[Source, ...]
    files: dict[str, bytes]
    problems: tuple[Diagnostic, ...]

    def moved(self, problem: Diagnostic) -> Diagnostic:
        """A problem of the page's Markdown as one of the notebook: in its line of JSON, its cell named."""
        source = self._source(problem.line)
        line, column = self._mark(problem.line, problem.column)
        name = ": ".join(part for part in (source.name, problem.field) if part)
        return replace(problem, path=self.document.path, line=line, column=column, field=name)

    def relocate(self, document: Document) -> None:
        """Let a document that was read from the page's Markdown tell places in the notebook."""
        document.path = self.document.path
        for marks in (document.positions, document.key_positions):
            for at, (line, column) in marks.items():
                marks[at] = self._mark(line, column)

    def _source(self, line: int) -> Source:
        return self.sources[min(line, len(self.sources)) - 1]

    def _mark(self, line: int, column: int) -> Position:
        return _mark(self.document, self._source(line), column)


def _mark(document: JsonDocument, source: Source, column: int = 1) -> Position:
    if source.offset is None:
        return _known(document, source.at)
    return _in_text(document, source.at, source.offset + column - 1)


def _known(document: JsonDocument, at: positions.KeyPath) -> Position:
    return document.key_positions.get(at) or document.positions.get(at) or (1, 1)


def _in_text(document: JsonDocument, at: positions.KeyPath, offset: int) -> Position:
    """A character of a text that stands in the notebook as one string, or as a list of them."""
    value = document.data
    for step in at:
        value = value[step]
    if isinstance(value, str):
        return document.position_in(at, offset)
    for index, part in enumerate(value):
        if offset < len(part) or index == len(value) - 1:
            return document.position_in((*at, index), offset)
        offset -= len(part)
    return _known(document, at)
