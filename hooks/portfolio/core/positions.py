"""Load YAML and JSON as plain data, with the line and column of every key, value and item.

Every YAML scalar but null stays text. YAML's guesses (``2019-05-17`` as a date object, ``1_000`` as a number,
``no`` as false) would lose what the owner wrote; the models convert the fields that are not text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from portfolio.core.diagnostics import Diagnostic, Severity, format_field_path, quote
from portfolio.core.files import display_path, read_text

# libyaml's loader if PyYAML was built with it, because it is much faster.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The keys and list indexes that lead to a part of a document.
KeyPath = tuple[str | int, ...]
# Line and column, both from 1.
Position = tuple[int, int]

# More than any file of a site needs; without a limit, aliases of aliases expand exponentially.
_MAX_NODES = 200_000
_MAX_DEPTH = 50
_TOO_LARGE = f"there are more than {_MAX_NODES} values, or aliases (*) repeat them that often."
_TOO_DEEP = "this is nested too deeply."
# A tag or color in place of a value; a comment has a space after its #.
_HASH_VALUE = re.compile(r"[ \t]*(#[^\s#][^\n]*)")
_TAB_INDENT = re.compile(r"[ -]*\t")
# The tags that YAML itself gives values; a tag in the text has another, unless it is one of these.
_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "bool", "int", "float", "null", "timestamp", "merge", "value", "seq", "map")
}
_NULL = "tag:yaml.org,2002:null"
# Deeper values are the data of notebook outputs: they are loaded, but no diagnostic refers to their parts.
_MAX_POSITION_DEPTH = 5
# A character of a JSON string; two escaped surrogates are one character (RFC 8259, section 7).
_CHARACTER = re.compile(r"\\u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|\\u.{4}|\\.|[^\\]", re.DOTALL)
_SURROGATE = re.compile(r"\\u[Dd][89A-Fa-f]")
_ESCAPE = re.compile(r"\\u[Dd][89ABab]..\\u[Dd][C-Fc-f]..|(?P<half>\\u[Dd][89A-Fa-f]..)|\\.", re.DOTALL)
# What is between the values, keys and brackets of a text that is JSON.
_JSON_GAP = re.compile(r"[ \t\n\r]*[,:]?[ \t\n\r]*")


@dataclass
class Document:
    """A file's data, and the position of each part of it.

    ``key_positions`` has the keys of mappings, ``positions`` the values, ``tags`` the type that YAML resolves
    each scalar to. Where validation dropped invalid items of a list, ``original_indexes`` maps the list to
    the indexes that the remaining items have in the file.
    """

    path: str
    data: Any = None
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    key_positions: dict[KeyPath, Position] = field(default_factory=dict)
    tags: dict[KeyPath, str] = field(default_factory=dict)
    original_indexes: dict[KeyPath, list[int]] = field(default_factory=dict)

    def value_at(self, at: KeyPath) -> Any:
        """Return the part of the data at a path, or None if there is none."""
        data = self.data
        for step in at:
            try:
                data = data[step]
            except (LookupError, TypeError):
                return None
        return data

    def diagnose(
        self, at: KeyPath, message: str, hint: str = "", *, code: str, severity: Severity = "error"
    ) -> Diagnostic:
        """Create a diagnostic for a part of the document; see `position_of`."""
        place = (*self.position_of(at), format_field_path(self._path_in_file(at)))
        return Diagnostic(self.path, *place, message, hint, code=code, severity=severity)

    def position_of(self, at: KeyPath) -> Position:
        """Return the position of a key or list item; for a missing part, that of its closest ancestor."""
        at = self._path_in_file(at)
        while at and at not in self.key_positions and at not in self.positions:
            at = at[:-1]
        return self.key_positions.get(at) or self.positions.get(at) or (1, 1)

    def map_scalars(self, convert: Callable[[KeyPath, str, str], Any], at: KeyPath = ()) -> Any:
        """Return the part at a path, with ``convert(path, tag, text)`` instead of each scalar but null."""

        def visit(value: Any, path: KeyPath) -> Any:
            if isinstance(value, dict):
                return {key: visit(item, (*path, key)) for key, item in value.items()}
            if isinstance(value, list):
                return [visit(item, (*path, index)) for index, item in enumerate(value)]
            return None if value is None else convert(path, self.tags[path], value)

        return visit(self.value_at(at), at)

    def _path_in_file(self, at: KeyPath) -> KeyPath:
        path: KeyPath = ()
        for length, step in enumerate(at):
            if isinstance(step, int):
                rest = at[length + 1 :]
                if path in self.tags or (rest and (*path, rest[0]) in self.key_positions):
                    continue  # The only item of a list, written without the list.
                if indexes := self.original_indexes.get(path):
                    step = indexes[step]
            path = (*path, step)
        return path


class Lines:
    r"""Converts indexes of a text to positions.

    Only ``\n`` ends a line, as in editors; YAML also breaks lines at U+0085, U+2028 and U+2029.
    """

    def __init__(self, text: str, first: int = 1) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._first = first

    def position(self, index: int) -> Position:
        """Return the line and column of the character at an index."""
        line = bisect_right(self._starts, index) - 1
        return line + self._first, index - self._starts[line] + 1

    def index(self, line: int, column: int) -> int:
        """Return the index of a position of `html.parser`, whose columns count from 0."""
        return self._starts[line - self._first] + column


def load_yaml_file(path: Path, root: Path) -> tuple[Document, list[Diagnostic]]:
    """Load a YAML file, which may be missing; diagnostics name it relative to ``root``. See `load_yaml`."""
    name, text = display_path(path, root), read_text(path, root, optional=True)
    return (Document(name), [text]) if isinstance(text, Diagnostic) else load_yaml(name, text)


def load_yaml(
    path: str,
    text: str,
    *,
    first_line: int = 1,
    compose: Callable[[str], yaml.Node | None] | None = None,
) -> tuple[Document, list[Diagnostic]]:
    """Load one YAML document; return it with every problem.

    ``first_line`` is the line of the file on which ``text`` begins. ``compose`` parses the text into nodes,
    and may accept any tags; by default PyYAML does, and only the tags of plain values are accepted. The data
    is None if the file is empty or not YAML.
    """
    document = Document(path)
    lines = Lines(text, first_line)
    builder = _Builder(document, lines, text, accepts_tags=compose is not None)
    try:
        deep = _find_excessive_depth(text)
        if deep is not None:
            builder.report(lines.position(deep), (), _TOO_DEEP, code="yaml.too-deep")
        elif node := compose(text) if compose is not None else yaml.compose(text, Loader=Loader):
            document.data = builder.build(node, ())
    except RecursionError:  # Aliases nest deeper than the text does.
        builder.report((1, 1), (), _TOO_DEEP, code="yaml.too-deep")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.report_invalid(mark.index if mark else 0, error.problem or error.context or "")
    except yaml.reader.ReaderError as error:
        line, _ = lines.position(int(error.position))
        builder.report((line, 1), (), f"this is not YAML: {error.reason}.", code="yaml.invalid")
    except _LimitExceededError:
        pass
    return document, builder.problems


def iter_texts(value: object, at: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text in plain data, in order, with its path."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from iter_texts(item, (*at, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from iter_texts(item, (*at, key))


def _find_excessive_depth(text: str) -> int | None:
    """Return the index at which the text nests too deeply; libyaml's composer would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH and event.start_mark is not None:
            return event.start_mark.index
    return None


class _LimitExceededError(Exception):
    """The document is too large or too deep."""


class _Builder:
    """Builds plain data from composed nodes; records positions and problems."""

    def __init__(self, document: Document, lines: Lines, text: str, *, accepts_tags: bool) -> None:
        self.document = document
        self.lines = lines
        self.text = text
        self.accepts_tags = accepts_tags
        self.problems: list[Diagnostic] = []
        self._ancestors: list[yaml.Node] = []

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        """Return the data of a node. Raises _LimitExceededError."""
        self.document.positions[path] = position = self._position(node)
        if any(node is ancestor for ancestor in self._ancestors):
            self.report(position, path, "an alias must not contain itself.", code="yaml.recursive-alias")
            return None
        if len(self.document.positions) > _MAX_NODES:
            self.report(position, path, _TOO_LARGE, code="yaml.too-large")
            raise _LimitExceededError
        if len(self._ancestors) > _MAX_DEPTH:
            self.report(position, path, _TOO_DEEP, code="yaml.too-deep")
            raise _LimitExceededError
        is_accepted = self._check_tag(node, path)
        if isinstance(node, yaml.ScalarNode):
            self.document.tags[path] = node.tag
            if not node.value and (value := _HASH_VALUE.match(self.text, node.start_mark.index)):
                message, hint = "# begins a comment, so the value is empty.", "Put quotation marks around it"
                at = self.lines.position(value.start(1))
                self.report(at, path, message, f"{hint}: {quote(value[1].strip())}.", code="yaml.comment")
                return value[1].strip()
            return None if node.tag == _NULL else node.value
        if not is_accepted:
            return None
        self._ancestors.append(node)
        data: Any
        if isinstance(node, yaml.SequenceNode):
            data = [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        else:
            data = dict(self._build_pairs(node, path))
        self._ancestors.pop()
        return data

    def _build_pairs(self, node: yaml.Node, path: KeyPath) -> Iterator[tuple[str, Any]]:
        positions = self.document.key_positions
        for key_node, value_node in node.value:
            position = self._position(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(position, path, "a key must be a word.", code="yaml.invalid-key")
                continue
            key_path = (*path, key_node.value)
            self._check_tag(key_node, key_path)
            if key_path in positions:
                message = f"this key is a duplicate; the first is on line {positions[key_path][0]}."
                self.report(position, key_path, message, code="yaml.duplicate-key")
                continue
            positions[key_path] = position
            yield key_node.value, self.build(value_node, key_path)

    def _position(self, node: yaml.Node) -> Position:
        return self.lines.position(node.start_mark.index)

    def _check_tag(self, node: yaml.Node, path: KeyPath) -> bool:
        """Report a tag that is not accepted; return whether there is none."""
        if self.accepts_tags or node.tag in _TAGS:
            return True
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        message, hint = f"the tag {quote(tag)} is not accepted here.", "Remove it, and write the value alone."
        self.report(self._position(node), path, message, hint, code="yaml.unknown-tag")
        return False

    def report_invalid(self, index: int, problem: str) -> None:
        """Report what PyYAML says about the character at an index, in plain words where they are known."""
        message, hint = f"this is not YAML: {problem}.", ""
        if _TAB_INDENT.match(self.text, self.text.rfind("\n", 0, index) + 1):
            message, hint = "a tab cannot indent YAML.", "Replace it by spaces."
        elif "cannot start any token" in problem or "mapping values are not allowed" in problem:
            hint = "Put quotation marks around a text that has ': ' in it or begins with @ ` % & * ! | >."
        self.report(self.lines.position(index), (), message, hint, code="yaml.invalid")

    def report(self, at: Position, path: KeyPath, message: str, hint: str = "", *, code: str) -> None:
        diagnostic = Diagnostic(self.document.path, *at, format_field_path(path), message, hint, code=code)
        self.problems.append(diagnostic)


def _parse_integer(digits: str) -> int | float:
    """Return an integer, or infinity if it has more digits than Python accepts."""
    try:
        return int(digits)
    except ValueError:
        return float(digits)


_DECODER = json.JSONDecoder(parse_int=_parse_integer)


@dataclass
class JsonDocument(Document):
    """A JSON file (RFC 8259). ``string_starts`` has the index in ``text`` of each string's opening quote.

    ``duplicate_keys`` has a diagnostic for each key that replaces an earlier one, down to the depth that has
    positions. Whether that is a mistake depends on the format.
    """

    text: str = ""
    string_starts: dict[KeyPath, int] = field(default_factory=dict)
    duplicate_keys: list[Diagnostic] = field(default_factory=list)

    def position_in(self, at: KeyPath, offset: int) -> Position:
        """Return the position of a character of the string at a path; ``offset`` counts from 0."""
        index = self.string_starts[at] + 1
        for character in islice(_CHARACTER.finditer(self.text, index), offset):
            index = character.end()
        return self._lines.position(index)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def read_value(self, index: int, at: KeyPath = ()) -> tuple[Any, int]:
        """Read the value at an index of the text, which is valid JSON; return it and the index after it.

        Raises _LimitExceededError.
        """
        self.positions[at] = self._lines.position(index)
        if len(self.positions) > _MAX_NODES:
            raise _LimitExceededError
        opening = self.text[index]
        if opening not in "{[" or len(at) >= _MAX_POSITION_DEPTH:
            value, end = _DECODER.raw_decode(self.text, index)
            if isinstance(value, str):
                self.string_starts[at] = index
            return value, self._skip_gap(end)
        parts: dict[str | int, Any] = {}
        index = self._skip_gap(index + 1)
        while self.text[index] not in "}]":
            key: str | int = len(parts)
            if opening == "{":
                key, end = _DECODER.raw_decode(self.text, index)
                if key in parts:
                    line, _ = self.key_positions[(*at, key)]
                    message = f"this key is a duplicate, and replaces the one on line {line}."
                    position, path = self._lines.position(index), format_field_path((*at, key))
                    self.duplicate_keys.append(
                        Diagnostic(self.path, *position, path, message, code="json.duplicate-key")
                    )
                self.key_positions[(*at, key)] = self._lines.position(index)
                index = self._skip_gap(end)
            parts[key], index = self.read_value(index, (*at, key))
        return parts if opening == "{" else list(parts.values()), self._skip_gap(index + 1)

    def _skip_gap(self, index: int) -> int:
        gap = _JSON_GAP.match(self.text, index)
        return gap.end() if gap else index


def load_json(path: str, text: str) -> tuple[JsonDocument, list[Diagnostic]]:
    """Load one JSON document; its data is None, with a diagnostic, if the text is not JSON."""
    # Half of a pair of surrogates is no character, and cannot be printed or written as UTF-8.
    if _SURROGATE.search(text):
        text = _ESCAPE.sub(lambda match: r"\ufffd" if match["half"] else match[0], text)
    document = JsonDocument(path, text=text)
    try:
        _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        return document, [Diagnostic(path, error.lineno, error.colno, "", message, code="json.invalid")]
    except RecursionError:
        message = _TOO_DEEP
        return document, [Diagnostic(path, 1, 1, "", message, code="json.too-deep")]
    try:
        document.data, _ = document.read_value(len(text) - len(text.lstrip()))
    except _LimitExceededError:
        line, column = list(document.positions.values())[-1]
        message = f"there are more than {_MAX_NODES} values."
        hint = "Divide the file into several."
        return document, [Diagnostic(path, line, column, "", message, hint, code="json.too-large")]
    return document, []
