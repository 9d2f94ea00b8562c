"""Add to the lists of a YAML file without touching the rest: comments, order and style are the owner's.

PyYAML loses comments, so the new items and keys are inserted into the text. Every result is loaded again: an
insertion that changes anything else is not used.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import yaml

from portfolio.core.positions import Document, KeyPath, Loader, load_yaml

# PyYAML breaks a line after the word that crosses this column.
_LINE_LENGTH = 95
# A longer text is folded into lines.
_LONG_TEXT = 90
# Not folded: a line that begins with a space, and characters that YAML escapes.
_FOLDABLE = re.compile(r"\S+( \S+)*")
# Characters that break a line in YAML only; PyYAML escapes them in quotation marks.
_LINE_BREAK = re.compile("[\x85\u2028\u2029]")
# Numbers and dates that every reader of the record takes for text.
_DATE = re.compile(r"[1-9]\d{3}(-\d\d){0,2}", re.ASCII)
# The type that YAML resolves a date without quotation marks to, by its length, if it is not text.
_DATE_TAGS = {4: "tag:yaml.org,2002:int", 10: "tag:yaml.org,2002:timestamp"}
_TEXT_TAG = "tag:yaml.org,2002:str"

Item = Mapping[str, Any]


def append_items(text: str, at: KeyPath, items: Sequence[Item]) -> str | None:
    """Return a YAML text with more items in the list at a path; None if that is not possible.

    The last key of the path may be missing, or its list empty, or written as its only item. Texts, lists and
    mappings are all that an item has.
    """
    for length, step in enumerate((*at, 0)):
        if isinstance(step, int):
            text = _write_as_list(text, at[:length])
    document = _load(text)
    *parents, key = at
    parent = document.value_at(tuple(parents)) if document else None
    if document is None or not isinstance(parent, dict) or not isinstance(parent.get(key) or [], list):
        return None
    candidates = list(_insert_items(text, at, items))
    parent[key] = [*(parent.get(key) or ()), *items]
    return _choose_result(candidates, document.data)


def add_keys(text: str, values: Item) -> str | None:
    """Return a YAML text with more keys in the mapping at its top; None if that is not possible."""
    document = _load(text)
    if document is None or document.data.keys() & values.keys():
        return None
    root = yaml.compose(text, Loader=Loader)
    lines = yaml.dump(_mark_dates(values), Dumper=_Dumper, width=_LINE_LENGTH, **_STYLE)
    if isinstance(root, yaml.MappingNode) and root.flow_style and root.value:
        candidate = _insert_into_flow(text, root, _format_flow(values))
    elif isinstance(root, yaml.MappingNode) and not root.flow_style:
        candidate = _append_lines(text, textwrap.indent(lines, " " * root.start_mark.column))
    else:
        candidate = _append_lines(_cut(text, root) if root else text, lines)
    return _choose_result([candidate], {**document.data, **values})


def _load(text: str) -> Document | None:
    """Load a file with a mapping, which may be empty; None if it has faults."""
    document, problems = load_yaml("", text)
    document.data = {} if document.data is None else document.data
    return None if problems or not isinstance(document.data, dict) else document


def _choose_result(candidates: Iterable[str], expected: object) -> str | None:
    """Return the first text that has the expected data."""
    for candidate in candidates:
        after, problems = load_yaml("", candidate)
        if not problems and after.data == expected:
            return candidate
    return None


def _insert_items(text: str, at: KeyPath, items: Sequence[Item]) -> Iterator[str]:
    """Yield the text with the items at each place where they may belong, the best first."""
    *parents, key = at
    root = yaml.compose(text, Loader=Loader)
    if not isinstance(root, yaml.MappingNode):
        # The file is empty, or null.
        text = _cut(text, root) if root is not None else text
        yield _append_lines(text, _format_list(key, items, 0))
        return
    node = _find_node(root, parents)
    assert isinstance(node, yaml.MappingNode)
    value = next((value for name, value in node.value if name.value == key), None)
    if node.flow_style:
        if not node.value and node is root:
            yield _append_lines(_cut(text, root), _format_list(key, items, 0))
        if value is None:
            yield _insert_into_flow(text, node, f"{key}: [{_format_flow(items)}]")
    elif value is None:
        lines = _format_list(key, items, node.start_mark.column)
        # A mapping in block style ends where the next item begins, after its indentation.
        end = len(text[: node.end_mark.index].rstrip(" "))
        yield _append_lines(text, lines) if node is root else _insert_lines(text, end, lines)
    if isinstance(value, yaml.SequenceNode) and value.flow_style and value.value:
        yield _insert_into_flow(text, value, _format_flow(items))
    elif isinstance(value, yaml.SequenceNode) and not value.flow_style:
        yield from _extend_block(text, value, items)
    elif value is not None:
        # The list is empty, or null.
        start, end = value.start_mark.index, value.end_mark.index
        has_comment = "#" in text[start:end]
        if not node.flow_style and not has_comment:
            bare = _cut(text, value)
            line_end = bare.find("\n", len(text[:start].rstrip(" "))) + 1 or len(bare)
            block = _format_block(items, node.start_mark.column + 2, separated=False)
            yield _insert_lines(bare, line_end, block)
        if not has_comment:
            yield f"{text[:start].rstrip(' ')} [{_format_flow(items)}]{text[end:]}"
        yield _insert_into_flow(text, value, _format_flow(items))


def _write_as_list(text: str, at: KeyPath) -> str:
    """Return the text with the mapping or text at a path, if there is one, as an item of a list."""
    document = _load(text)
    value = document.value_at(at) if document else None
    # A text with a comma is several items, or a mistake.
    if not value or isinstance(value, list) or (isinstance(value, str) and "," in value):
        return text
    root = yaml.compose(text, Loader=Loader)
    assert isinstance(root, yaml.MappingNode)
    node = _find_node(root, at)
    start, end = node.start_mark.index, node.end_mark.index
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return f"{text[:start]}[{text[start:end]}]{text[end:]}"
    lines = text[start:end].splitlines(keepends=True)
    # What follows the mapping, up to the next key, does not belong to it.
    while re.fullmatch(rf" {{,{max(node.start_mark.column - 1, 0)}}}(#.*)?\s*|\s*", lines[-1]):
        end -= len(lines.pop())
    first, *others = lines
    item = first + textwrap.indent("".join(others), "  ")
    return f"{text[:start]}- {item}{text[end:]}"


def _find_node(root: yaml.MappingNode, at: Iterable[str | int]) -> yaml.Node:
    """Return the node at a path, which is there."""
    node: Any = root
    for step in at:
        if isinstance(step, int):
            node = node.value[step]
        else:
            node = next(value for name, value in node.value if name.value == step)
    return cast("yaml.Node", node)


def _cut(text: str, node: yaml.Node) -> str:
    """Return the text without a node, and without the space before it."""
    return text[: node.start_mark.index].rstrip(" ") + text[node.end_mark.index :]


def _append_lines(text: str, lines: str) -> str:
    """Add lines at the end of a document, after a blank line."""
    end = len(text)
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.DocumentEndEvent) and event.explicit and event.start_mark is not None:
            end = event.start_mark.index
    gap = "\n" if text[:end].strip() and not text[:end].endswith("\n\n") else ""
    return _insert_lines(text, end, f"{gap}{lines}")


def _format_list(key: str | int, items: Sequence[Item], column: int) -> str:
    """Format a list with its key in block style."""
    return textwrap.indent(f"{key}:\n", " " * column) + _format_block(items, column + 2, separated=False)


def _extend_block(text: str, node: yaml.SequenceNode, items: Sequence[Item]) -> Iterator[str]:
    """Add items at the end of a list in block style: before the comments after it, or else after them."""
    start, end, column = node.start_mark.index, node.end_mark.index, node.start_mark.column
    is_separated = len(node.value) == 1 or bool(re.search(r"\n[ \t]*\n", text[start:end].rstrip()))
    lines = text[start:end].splitlines(keepends=True)
    while lines and re.fullmatch(rf" {{,{column}}}(#.*)?\s*|\s*", lines[-1]):
        end -= len(lines.pop())
    yield _insert_lines(text, end, _format_block(items, column, separated=is_separated))
    # Blank lines can belong to the last text.
    yield _insert_lines(text, node.end_mark.index, _format_block(items, column, separated=False))


def _insert_lines(text: str, index: int, lines: str) -> str:
    gap = "" if index == 0 or text[index - 1] == "\n" else "\n"
    return f"{text[:index]}{gap}{lines}{text[index:]}"


def _insert_into_flow(text: str, node: yaml.Node, content: str) -> str:
    """Insert before the bracket that ends a mapping or list in flow style."""
    index = node.end_mark.index - 1
    last: yaml.Token | None = None
    for token in yaml.scan(text, Loader=Loader):
        if token.start_mark.index >= index:
            break
        last = token
    opening = (yaml.FlowEntryToken, yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)
    separator = "" if isinstance(last, opening) else ", "
    return f"{text[:index]}{separator}{content}{text[index:]}"


def _format_block(items: Sequence[Item], column: int, *, separated: bool) -> str:
    """Format items in block style, with a blank line between them, and before them if ``separated``."""
    width = _LINE_LENGTH - column
    blocks = [yaml.dump([_mark_dates(item)], Dumper=_Dumper, width=width, **_STYLE) for item in items]
    between = "\n" if separated or len(items) > 1 else ""
    text = between.join(textwrap.indent(textwrap.dedent(block), " " * column) for block in blocks)
    return f"\n{text}" if separated else text


def _format_flow(data: Sequence[Item] | Item) -> str:
    """Format the content of a list or mapping in flow style."""
    # Without line breaks, so that the text can be inserted at any depth.
    text: str = yaml.dump(
        _mark_dates(data), Dumper=_Dumper, width=sys.maxsize, default_flow_style=True, **_STYLE
    )
    return text.strip()[1:-1]


class _Date(str):
    """A date, which needs no quotation marks."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """YAML as people write it: lists are indented, and long texts folded."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if len(text) > _LONG_TEXT and _FOLDABLE.fullmatch(text) else None
    if _LINE_BREAK.search(text):
        style = '"'
    return dumper.represent_scalar(_TEXT_TAG, text, style=style)


def _represent_date(dumper: yaml.SafeDumper, text: _Date) -> yaml.ScalarNode:
    return dumper.represent_scalar(_DATE_TAGS.get(len(text), _TEXT_TAG), str(text))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Date, _represent_date)
_STYLE: dict[str, Any] = {"sort_keys": False, "allow_unicode": True}


def _mark_dates(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _mark_dates(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mark_dates(item) for item in value]
    return _Date(value) if _DATE.fullmatch(value) else value
