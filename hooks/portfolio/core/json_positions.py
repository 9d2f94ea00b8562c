"""JSON as plain data, with the line and column of every key, value and character of a text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from portfolio.core import yaml_positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.yaml_positions import Document, Lines, Mark

# What lies deeper is data of an output: it is read, but nobody asks where a part of it stands.
_DEEPEST = 6
_SPACE = re.compile(r"[ \t\n\r]*")
_SIGN = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|[^\\]", re.DOTALL)


@dataclass
class JsonDocument(Document):
    """One file of JSON (RFC 8259). ``starts`` has the index in ``text`` at which each string opens."""

    text: str = ""
    starts: dict[yaml_positions.Path, int] = field(default_factory=dict)

    def mark_in(self, at: yaml_positions.Path, offset: int) -> Mark:
        """The line and column, from 1, of a character of the string at a path; ``offset`` counts from 0."""
        index = self.starts[at] + 1
        while offset > 0 and (sign := _SIGN.match(self.text, index)):
            index = sign.end()
            if _is_high(sign[0]) and (low := _SIGN.match(self.text, index)) and _is_low(low[0]):
                index = low.end()
            offset -= 1
        return Lines(self.text).mark(index)


def _is_high(escape: str) -> bool:
    """Whether an escape is the first half of a character beyond the first 65,536 (RFC 8259, section 7)."""
    return len(escape) == 6 and 0xD800 <= int(escape[2:], 16) <= 0xDBFF


def _is_low(escape: str) -> bool:
    return len(escape) == 6 and 0xDC00 <= int(escape[2:], 16) <= 0xDFFF


def load(path: str, text: str) -> tuple[JsonDocument, list[Diagnostic]]:
    """Read one JSON document; its data is None, with a problem, where the text is no JSON."""
    document = JsonDocument(path, text=text)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        return document, [Diagnostic(path, error.lineno, error.colno, "", message)]
    except RecursionError:
        return document, [Diagnostic(path, 1, 1, "", "this is nested too deeply for a notebook.")]
    document.data = _Reader(document).read()
    return document, []


class _Reader:
    """Reads a text that is known to be JSON, noting places on the way."""

    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.text = document.text
        self.lines = Lines(document.text)
        self.decoder = json.JSONDecoder()

    def read(self) -> Any:
        return self._value(self._skip(0), ())[0]

    def _skip(self, index: int) -> int:
        space = _SPACE.match(self.text, index)
        return space.end() if space else index

    def _value(self, index: int, at: yaml_positions.Path) -> tuple[Any, int]:
        """The value that begins at an index, and the index after it."""
        self.document.marks[at] = self.lines.mark(index)
        opening = self.text[index]
        if opening in "{[" and len(at) < _DEEPEST:
            return self._mapping(index, at) if opening == "{" else self._sequence(index, at)
        value, end = self.decoder.raw_decode(self.text, index)
        if isinstance(value, str):
            self.document.starts[at] = index
        return value, end

    def _mapping(self, index: int, at: yaml_positions.Path) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        index = self._skip(index + 1)
        while self.text[index] != "}":
            key, end = self.decoder.raw_decode(self.text, index)
            self.document.keys[(*at, key)] = self.lines.mark(index)
            # Past the colon, and past the comma if there is one.
            found[key], index = self._value(self._skip(self._skip(end) + 1), (*at, key))
            index = self._next(index)
        return found, index + 1

    def _sequence(self, index: int, at: yaml_positions.Path) -> tuple[list[Any], int]:
        found: list[Any] = []
        index = self._skip(index + 1)
        while self.text[index] != "]":
            value, index = self._value(index, (*at, len(found)))
            found.append(value)
            index = self._next(index)
        return found, index + 1

    def _next(self, index: int) -> int:
        index = self._skip(index)
        return self._skip(index + 1) if self.text[index] == "," else index
