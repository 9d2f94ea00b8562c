"""Append items to a list of a YAML file without touching the rest: comments, order and style are the owner's.

PyYAML loses comments, so the new items are inserted into the text. Every result is loaded again: an insertion
that changes anything else is not used.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from portfolio.core.positions import Loader, load_yaml

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


def append_items(text: str, key: str, items: Sequence[Item]) -> str | None:
    """Return a YAML text with more items in the list ``key`` at its top; None if that is not possible.

    The list may be missing or empty. Texts, lists and mappings are all that an item has.
    """
    before, problems = load_yaml("", text)
    data = {} if before.data is None else before.data
    if problems or not isinstance(data, dict) or not isinstance(data.get(key) or [], list):
        return None
    expected = {**data, key: [*(data.get(key) or ()), *items]}
    for candidate in _insert_items(text, key, items):
        after, problems = load_yaml("", candidate)
        if not problems and after.data == expected:
            return candidate
    return None


def _insert_items(text: str, key: str, items: Sequence[Item]) -> Iterator[str]:
    """Yield the text with the items at each place where they may belong, the best first."""
    root = yaml.compose(text, Loader=Loader)
    if not isinstance(root, yaml.MappingNode):
        # The file is empty, or null.
        text = _cut(text, root) if root is not None else text
        yield _append_list(text, key, items, 0)
        return
    value = next((value for name, value in root.value if name.value == key), None)
    if root.flow_style:
        if not root.value:
            yield _append_list(_cut(text, root), key, items, 0)
        if value is None:
            yield _insert_into_flow(text, root, f"{key}: [{_format_flow(items)}]")
    elif value is None:
        yield _append_list(text, key, items, root.start_mark.column)
    if isinstance(value, yaml.SequenceNode) and value.flow_style and value.value:
        yield _insert_into_flow(text, value, _format_flow(items))
    elif isinstance(value, yaml.SequenceNode) and not value.flow_style:
        yield from _extend_block(text, value, items)
    elif value is not None:
        # The list is empty, or null.
        start, end = value.start_mark.index, value.end_mark.index
        has_comment = "#" in text[start:end]
        if not root.flow_style and not has_comment:
            bare = _cut(text, value)
            line_end = bare.find("\n", len(text[:start].rstrip(" "))) + 1 or len(bare)
            block = _format_block(items, root.start_mark.column + 2, separated=False)
            yield _insert_lines(bare, line_end, block)
        if not has_comment:
            yield f"{text[:start].rstrip(' ')} [{_format_flow(items)}]{text[end:]}"
        yield _insert_into_flow(text, value, _format_flow(items))


def _cut(text: str, node: yaml.Node) -> str:
    """Return the text without a node, and without the space before it."""
    return text[: node.start_mark.index].rstrip(" ") + text[node.end_mark.index :]


def _append_list(text: str, key: str, items: Sequence[Item], column: int) -> str:
    """Add a list at the end of a document."""
    end = len(text)
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.DocumentEndEvent) and event.explicit and event.start_mark is not None:
            end = event.start_mark.index
    gap = "\n" if text[:end].strip() and not text[:end].endswith("\n\n") else ""
    name = textwrap.indent(f"{key}:\n", " " * column)
    return _insert_lines(text, end, f"{gap}{name}{_format_block(items, column + 2, separated=False)}")


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


def _format_flow(items: Sequence[Item]) -> str:
    data = [_mark_dates(item) for item in items]
    # Without line breaks, so that the text can be inserted at any depth.
    text: str = yaml.dump(data, Dumper=_Dumper, width=sys.maxsize, default_flow_style=True, **_STYLE)
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
