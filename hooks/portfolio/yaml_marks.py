"""YAML as plain data, with the line and column of every key, value and item.

Every scalar but null is text: a record has no use for YAML's guesses (``2019-05-17`` as a date object,
``1_000`` as a number, ``no`` as false), and the models convert what is no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from portfolio.problem import Problem, field_path

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was installed without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple[str | int, ...]
Mark = tuple[int, int]

# More than a record can need; it bounds what aliases of aliases can blow up to.
_MOST_NODES = 200_000
_MOST_DEPTH = 50
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass
class Document:
    """One file: its data, and where each part of it stands (line and column, from 1)."""

    path: str
    data: Any = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def problem(self, at: Path, message: str) -> Problem:
        """A problem at a part of the document: at its key, or at the item of a list.

        A part that is not there (a missing key) is placed at what would hold it.
        """
        known = at
        while known and known not in self.keys and known not in self.marks:
            known = known[:-1]
        line, column = self.keys.get(known) or self.marks.get(known) or (1, 1)
        return Problem(self.path, line, column, field_path(at), message)


def load(path: str, text: str, *, first_line: int = 1) -> tuple[Document, list[Problem]]:
    """Read one YAML document. ``first_line`` is the line of the file on which ``text`` begins.

    Returns the document (its data None where the file is empty or is no YAML) and every problem.
    """
    document = Document(path)
    offset = first_line - 1
    try:
        if deep := _too_deep(text):
            return document, [
                Problem(path, deep[0] + offset, deep[1], "", "this is nested too deeply for a record.")
            ]
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            reader = _Reader(document, offset)
            document.data = reader.read(node, ())
            return document, reader.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1 + offset, mark.column + 1) if mark else (first_line, 1)
        message = f"this is not YAML: {error.problem or error.context}."
        if "cannot start any token" in message or "mapping values are not allowed" in message:
            message += (
                " Put quotation marks around a text that has ': ' in it or begins with @ ` % & * ! | >."
            )
        return Document(path), [Problem(path, line, column, "", message)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1 + offset
        return Document(path), [Problem(path, line, 1, "", f"this is not YAML: {error.reason}.")]
    return document, []


def _too_deep(text: str) -> Mark | None:
    """Where the text nests deeper than a record can. libyaml's composer would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MOST_DEPTH and event.start_mark is not None:
                return event.start_mark.line + 1, event.start_mark.column + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _Reader:
    """Turns composed nodes into data, noting places and problems on the way."""

    def __init__(self, document: Document, offset: int) -> None:
        self.document = document
        self.offset = offset
        self.problems: list[Problem] = []
        self._open: list[yaml.Node] = []
        self._count = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.document.marks[path] = self._mark(node)
        self._count += 1
        if self._count > _MOST_NODES:
            if self._count == _MOST_NODES + 1:
                self._report(
                    node, path, "the file is larger than a record can be (or its aliases make it so)."
                )
            return None
        if any(node is outer for outer in self._open):
            self._report(node, path, "an alias must not hold itself.")
            return None
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NULLS else node.value
        self._open.append(node)
        data: Any
        if isinstance(node, yaml.SequenceNode):
            data = [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        else:
            data = dict(self._pairs(node, path))
        self._open.pop()
        return data

    def _pairs(self, node: yaml.Node, path: Path) -> Iterator[tuple[str, Any]]:
        seen: dict[str, Mark] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(key_node, path, "a key must be a word.")
                continue
            key = key_node.value
            mark = self._mark(key_node)
            if key in seen:
                self._report(
                    key_node, (*path, key), f"this key stands twice; the first is on line {seen[key][0]}."
                )
                continue
            seen[key] = mark
            self.document.keys[(*path, key)] = mark
            yield key, self.read(value_node, (*path, key))

    def _mark(self, node: yaml.Node) -> Mark:
        return node.start_mark.line + 1 + self.offset, node.start_mark.column + 1

    def _report(self, node: yaml.Node, path: Path, message: str) -> None:
        line, column = self._mark(node)
        self.problems.append(Problem(self.document.path, line, column, field_path(path), message))
