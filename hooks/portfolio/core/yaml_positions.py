"""YAML as plain data, with the line and column of every key, value and item.

Every scalar but null is text: a record has no use for YAML's guesses (``2019-05-17`` as a date object,
``1_000`` as a number, ``no`` as false), and the models convert what is no text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

from portfolio.core.diagnostics import Diagnostic, field_path

# Where PyYAML was installed without libyaml, its own.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")
Path = tuple[str | int, ...]
Mark = tuple[int, int]

# More than a record can need; it bounds what aliases of aliases can blow up to.
_MOST_NODES = 200_000
_MOST_DEPTH = 50
_TOO_DEEP = "this is nested too deeply for a record."
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass
class Document:
    """One file: its data, and where each part of it stands (line and column, from 1).

    ``tags`` has what YAML takes each scalar for. ``kept`` has, for a list of which some items were left out,
    the places in the file of those that remain.
    """

    path: str
    data: Any = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    tags: dict[Path, str] = field(default_factory=dict)
    kept: dict[Path, list[int]] = field(default_factory=dict)

    def problem(self, at: Path, message: str) -> Diagnostic:
        """A problem at a part of the document: at its key, or at the item of a list.

        A part that is not there (a missing key) is placed at what would hold it.
        """
        at = self._as_written(at)
        known = at
        while known and known not in self.keys and known not in self.marks:
            known = known[:-1]
        line, column = self.keys.get(known) or self.marks.get(known) or (1, 1)
        return Diagnostic(self.path, line, column, field_path(at), message)

    def _as_written(self, at: Path) -> Path:
        for length, step in enumerate(at):
            if isinstance(step, int) and (kept := self.kept.get(at[:length])):
                at = (*at[:length], kept[step], *at[length + 1 :])
        return at


class Lines:
    """The lines of a text as editors count them: YAML breaks lines also at U+0085, U+2028 and U+2029."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._starts = [0, *(at + 1 for at, sign in enumerate(text) if sign == "\n")]
        self._first = first

    def mark(self, index: int) -> Mark:
        """The line and column of the sign at an index."""
        line = bisect_right(self._starts, index) - 1
        return line + self._first, index - self._starts[line] + 1


def load(
    path: str,
    text: str,
    *,
    first_line: int = 1,
    compose: Callable[[str], yaml.Node | None] | None = None,
) -> tuple[Document, list[Diagnostic]]:
    """Read one YAML document. ``first_line`` is the line of the file on which ``text`` begins.

    ``compose`` parses the text into nodes; PyYAML's own function by default.
    Returns the document (its data None where the file is empty or is no YAML) and every problem.
    """
    document = Document(path)
    lines = Lines(text, first_line)
    node = read(path, text, compose or (lambda text: yaml.compose(text, Loader=Loader)), lines)
    if isinstance(node, Diagnostic):
        return document, [node]
    if node is None:
        return document, []
    reader = _Reader(document, lines)
    document.data = reader.read(node, ())
    return document, reader.problems


def read(path: str, text: str, reader: Callable[[str], T], lines: Lines | None = None) -> T | Diagnostic:
    """What a reader of YAML makes of a text, or why it is not YAML."""
    lines = lines or Lines(text)
    try:
        deep = _too_deep(text)
        if deep is not None:
            return Diagnostic(path, *lines.mark(deep), "", _TOO_DEEP)
        return reader(text)
    except RecursionError:  # Aliases nest deeper than the text does.
        return Diagnostic(path, 1, 1, "", _TOO_DEEP)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"this is not YAML: {error.problem or error.context}."
        if "cannot start any token" in message or "mapping values are not allowed" in message:
            message += (
                " Put quotation marks around a text that has ': ' in it or begins with @ ` % & * ! | >."
            )
        return Diagnostic(path, *lines.mark(mark.index if mark else 0), "", message)
    except yaml.reader.ReaderError as error:
        line, _ = lines.mark(int(error.position))
        return Diagnostic(path, line, 1, "", f"this is not YAML: {error.reason}.")


def _too_deep(text: str) -> int | None:
    """The index at which the text nests deeper than a record can, where libyaml would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MOST_DEPTH and event.start_mark is not None:
                return event.start_mark.index
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def texts(value: object, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in plain data, in its order, with the path that leads to it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from texts(one, (*at, index))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(one, (*at, key))


class _Reader:
    """Turns composed nodes into data, noting places and problems on the way."""

    def __init__(self, document: Document, lines: Lines) -> None:
        self.document = document
        self.lines = lines
        self.problems: list[Diagnostic] = []
        self._open: list[yaml.Node] = []
        self._count = 0
        self._given_up = False

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.document.marks[path] = self._mark(node)
        self._count += 1
        if any(node is outer for outer in self._open):
            self._report(node, path, "an alias must not hold itself.")
            return None
        if self._given_up or self._is_too_much(node, path):
            return None
        if isinstance(node, yaml.ScalarNode):
            self.document.tags[path] = node.tag
            return None if not node.style and node.value in _NULLS else node.value
        self._open.append(node)
        data: Any
        if isinstance(node, yaml.SequenceNode):
            data = [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        else:
            data = dict(self._pairs(node, path))
        self._open.pop()
        return data

    def _is_too_much(self, node: yaml.Node, path: Path) -> bool:
        """Whether aliases of aliases, or sheer size, go beyond a record; the rest is then left unread."""
        if self._count > _MOST_NODES:
            self._report(node, path, "the file is larger than a record can be (or its aliases make it so).")
        elif len(self._open) > _MOST_DEPTH:
            self._report(node, path, _TOO_DEEP)
        else:
            return False
        self._given_up = True
        return True

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
        return self.lines.mark(node.start_mark.index)

    def _report(self, node: yaml.Node, path: Path, message: str) -> None:
        line, column = self._mark(node)
        self.problems.append(Diagnostic(self.document.path, line, column, field_path(path), message))
