"""Load JSON as plain data, with the line and column of every key, value and character of a string."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.yaml_positions import Document, KeyPath, Lines, Position

# Deeper values are the data of notebook outputs: they are loaded, but no diagnostic refers to their parts.
_MAX_POSITION_DEPTH = 6
_SPACE = re.compile(r"[ \t\n\r]*")
_CHARACTER = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|[^\\]", re.DOTALL)


@dataclass
class JsonDocument(Document):
    """A JSON file (RFC 8259). ``string_starts`` has the index in ``text`` of each string's opening quote."""

    text: str = ""
    string_starts: dict[KeyPath, int] = field(default_factory=dict)

    def position_in(self, at: KeyPath, offset: int) -> Position:
        """Return the position of a character of the string at a path; ``offset`` counts from 0."""
        index = self.string_starts[at] + 1
        while offset > 0 and (character := _CHARACTER.match(self.text, index)):
            index = character.end()
            if _is_high_surrogate(character[0]):
                low = _CHARACTER.match(self.text, index)
                if low and _is_low_surrogate(low[0]):
                    index = low.end()
            offset -= 1
        return Lines(self.text).position(index)


def _is_high_surrogate(escape: str) -> bool:
    """Whether an escape is the first of two that encode a character above U+FFFF (RFC 8259, section 7)."""
    return len(escape) == 6 and 0xD800 <= int(escape[2:], 16) <= 0xDBFF


def _is_low_surrogate(escape: str) -> bool:
    return len(escape) == 6 and 0xDC00 <= int(escape[2:], 16) <= 0xDFFF


def load(path: str, text: str) -> tuple[JsonDocument, list[Diagnostic]]:
    """Load one JSON document; its data is None, with a diagnostic, if the text is not JSON."""
    document = JsonDocument(path, text=text)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        return document, [Diagnostic(path, error.lineno, error.colno, "", message, code="json.invalid")]
    except RecursionError:
        message = "this is nested too deeply for a notebook."
        return document, [Diagnostic(path, 1, 1, "", message, code="json.too-deep")]
    document.data = _Parser(document).parse()
    return document, []


class _Parser:
    """Parses a text that is known to be JSON, and records positions."""

    def __init__(self, document: JsonDocument) -> None:
        self.document = document
        self.text = document.text
        self.lines = Lines(document.text)
        self.decoder = json.JSONDecoder()

    def parse(self) -> Any:
        return self._value(self._skip_space(0), ())[0]

    def _skip_space(self, index: int) -> int:
        space = _SPACE.match(self.text, index)
        return space.end() if space else index

    def _value(self, index: int, at: KeyPath) -> tuple[Any, int]:
        """Return the value that begins at an index, and the index after it."""
        self.document.positions[at] = self.lines.position(index)
        opening = self.text[index]
        if opening in "{[" and len(at) < _MAX_POSITION_DEPTH:
            return self._object(index, at) if opening == "{" else self._array(index, at)
        value, end = self.decoder.raw_decode(self.text, index)
        if isinstance(value, str):
            self.document.string_starts[at] = index
        return value, end

    def _object(self, index: int, at: KeyPath) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        index = self._skip_space(index + 1)
        while self.text[index] != "}":
            key, end = self.decoder.raw_decode(self.text, index)
            self.document.key_positions[(*at, key)] = self.lines.position(index)
            colon = self._skip_space(end)
            members[key], index = self._value(self._skip_space(colon + 1), (*at, key))
            index = self._skip_comma(index)
        return members, index + 1

    def _array(self, index: int, at: KeyPath) -> tuple[list[Any], int]:
        items: list[Any] = []
        index = self._skip_space(index + 1)
        while self.text[index] != "]":
            value, index = self._value(index, (*at, len(items)))
            items.append(value)
            index = self._skip_comma(index)
        return items, index + 1

    def _skip_comma(self, index: int) -> int:
        index = self._skip_space(index)
        return self._skip_space(index + 1) if self.text[index] == "," else index
