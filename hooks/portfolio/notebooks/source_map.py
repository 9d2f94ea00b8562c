"""The Markdown of a notebook with the source of each line, to place diagnostics in the notebook."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document, JsonDocument, Position

_DIGEST_DIGITS = 12


class Source(NamedTuple):
    """Where a line of Markdown comes from.

    ``name`` describes it to a person ("cell 2, line 3"). ``path`` is that of a text in the notebook, or of
    something that contains it; ``offset`` is the line's first character in that text, or None if the line
    does not occur in it literally.
    """

    name: str
    path: positions.KeyPath
    offset: int | None = None


@dataclass
class NotebookPage:
    """A notebook as a page: its Markdown by lines, with the source of each, its images and its diagnostics.

    ``stem`` begins the name of each image; ``length`` is the number of characters of the Markdown; ``files``
    are the images by name.
    """

    document: JsonDocument
    stem: str
    length: int = 0
    lines: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def markdown(self) -> str:
        """The Markdown, without halves of surrogate pairs, which JSON can contain and UTF-8 cannot."""
        text = "".join(f"{line}\n" for line in self.lines)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def write(self, text: str, source: Source) -> None:
        """Add lines that have the same source."""
        self.length += len(text) + 1
        for line in text.split("\n"):
            self.lines.append(line)
            self.sources.append(source)

    def end_paragraph(self) -> None:
        """Add an empty line after the last one, unless it is empty."""
        if self.lines and self.lines[-1]:
            self.write("", self.sources[-1])

    def add_file(self, content: bytes, suffix: str) -> str:
        """Add an image and return the name by which the page refers to it.

        The name depends on the content only, so a new cell before it does not change the name.
        """
        name = f"{self.stem}-{hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]}{suffix}"
        self.files[name] = content
        return name

    def report(self, source: Source, code: str, message: str, hint: str = "") -> None:
        """Add a diagnostic at a place in the notebook."""
        line, column = _find_position(self.document, source)
        self.diagnostics.append(
            Diagnostic(self.document.path, line, column, source.name, message, hint, code=code)
        )

    def map_to_notebook(self, diagnostic: Diagnostic) -> Diagnostic:
        """Move a diagnostic from the Markdown to its line in the notebook's JSON, and name the cell."""
        source = self._source(diagnostic.line)
        line, column = self._position(diagnostic.line, diagnostic.column)
        name = ": ".join(part for part in (source.name, diagnostic.field) if part)
        return replace(diagnostic, path=self.document.path, line=line, column=column, field=name)

    def relocate(self, document: Document) -> None:
        """Move the positions of a document that was parsed from the Markdown to the notebook."""
        document.path = self.document.path
        for by_path in (document.positions, document.key_positions):
            for path, (line, column) in by_path.items():
                by_path[path] = self._position(line, column)

    def _source(self, line: int) -> Source:
        return self.sources[min(line, len(self.sources)) - 1]

    def _position(self, line: int, column: int) -> Position:
        return _find_position(self.document, self._source(line), column)


def _find_position(document: JsonDocument, source: Source, column: int = 1) -> Position:
    """Return the position in a notebook's file of a column, counted from 1, of a line with this source."""
    if source.offset is None:
        return document.position_of(source.path)
    offset = source.offset + column - 1
    value = document.data
    for step in source.path:
        value = value[step]
    if isinstance(value, str):
        return document.position_in(source.path, offset)
    # A list of lines.
    for index, part in enumerate(value):
        if offset < len(part) or index == len(value) - 1:
            return document.position_in((*source.path, index), offset)
        offset -= len(part)
    return document.position_of(source.path)
