"""Adds lines to YAML files of the owner as text, so that comments and formatting stay.

`append_mapping`, `add_aliases` and `add_lines` return the new text, or None if the lines cannot be inserted:
they load the text before and after, and the data must differ only by what was added.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from portfolio.core.positions import Loader


@dataclass(frozen=True)
class ChangedSettings:
    """The new text of ``mkdocs.yml``: what was added to it, and the lines that could not be inserted."""

    text: str
    added: list[str]
    missing: list[str]


def add_settings(
    text: str,
    lines: Mapping[str, Sequence[str]],
    aliases: Mapping[str, str],
    distinct_names: Sequence[str] = (),
) -> ChangedSettings:
    """Add lines to the texts at keys of ``mkdocs.yml``, aliases, and names that are meant."""
    changed = ChangedSettings(text, [], [])
    for key, values in lines.items():
        if values:
            block = [f"{key}: |", *(f"  {line}" for line in values)]
            changed = _add_change(changed, add_lines(changed.text, key, values), values, block)
    if aliases:
        nested = {"extra": {"portfolio": {"aliases": dict(aliases)}}}
        block = yaml.safe_dump(nested, allow_unicode=True, sort_keys=False).splitlines()
        changed = _add_change(changed, add_aliases(changed.text, aliases), aliases, block)
    if distinct_names:
        options = {"distinct_names": list(distinct_names)}
        own = yaml.safe_dump(options, allow_unicode=True, default_flow_style=None, width=float("inf"))
        block = _nest(("extra", "portfolio"), own, 0).splitlines()
        with_names = _insert(changed.text, ("extra", "portfolio"), options, own)
        changed = _add_change(changed, with_names, distinct_names, block)
    return changed


def _add_change(
    before: ChangedSettings, text: str | None, added: Iterable[str], lines: Sequence[str]
) -> ChangedSettings:
    """Return the settings with a further change; ``text`` is None if it failed for these lines."""
    if text is None:
        return replace(before, missing=[*before.missing, *lines])
    return replace(before, text=text, added=[*before.added, *added])


def append_mapping(text: str, key: str, lines: str) -> str | None:
    """Add lines of YAML to the end of the mapping ``key`` at the top of a text."""
    return _insert(text, (key,), yaml.safe_load(lines), lines)


def add_aliases(text: str, aliases: Mapping[str, str]) -> str | None:
    """Add aliases to ``extra.portfolio.aliases``."""
    lines = yaml.safe_dump(dict(aliases), allow_unicode=True, sort_keys=False, width=float("inf"))
    return _insert(text, ("extra", "portfolio", "aliases"), dict(aliases), lines)


def add_lines(text: str, key: str, lines: Sequence[str]) -> str | None:
    """Add lines to the text that ``key`` has at the top, such as ``not_in_nav``."""
    text = _end_line(text)
    before = _load(text)
    if not isinstance(before, dict):
        return None
    old = before.get(key)
    value = f"{str(old).rstrip(chr(10))}\n" if old else ""
    expected = {**before, key: value + "".join(f"{line}\n" for line in lines)}
    root = yaml.compose(text, Loader=Loader)
    assert isinstance(root, yaml.MappingNode)
    nodes = [(name, node) for name, node in root.value if name.value == key]
    added = "".join(f"  {line}\n" for line in lines)
    if not nodes:
        changed = f"{text.rstrip(chr(10))}\n\n{key}: |\n{added}"
        return changed if _load(changed) == expected else None
    name, node = nodes[0]
    if not isinstance(node, yaml.ScalarNode) or node.style != "|":
        body = textwrap.indent(value, "  ")
        changed = (
            f"{text[: name.end_mark.index]}: |\n{body}{added}{text[node.end_mark.index :].lstrip(chr(10))}"
        )
        return changed if _load(changed) == expected else None
    block = text[node.start_mark.index : node.end_mark.index].rstrip()
    indent = " " * (len(block.splitlines()[-1]) - len(block.splitlines()[-1].lstrip()))
    end = node.start_mark.index + len(block)
    changed = f"{text[:end]}\n{textwrap.indent(''.join(f'{line}{chr(10)}' for line in lines), indent)}"
    changed = changed.rstrip("\n") + text[end:]
    return changed if _load(changed) == expected else None


def _insert(text: str, path: Sequence[str], added: Mapping[str, object], lines: str) -> str | None:
    """Add lines of YAML to the end of the mapping at a path, which is created where it is missing."""
    text = _end_line(text)
    before = _load(text)
    if before is None:
        return text + _nest(path, lines, 0)
    if not isinstance(before, dict):
        return None
    root = yaml.compose(text, Loader=Loader)
    assert root is not None
    expected = _merge(before, path, added)
    node: yaml.Node = root
    depth = 0
    while depth < len(path) and isinstance(node, yaml.MappingNode):
        item = next((item for item in node.value if item[0].value == path[depth]), None)
        if item is None:
            break
        key, node = item
        depth += 1
        if isinstance(node, yaml.ScalarNode) and not node.value:
            # The key has no value yet.
            end = text.find("\n", key.end_mark.index) + 1
            nested = _nest(path[depth:], lines, key.start_mark.column + 2)
            changed = f"{text[:end]}{nested}{text[end:]}"
            return changed if _load(changed) == expected else None
    if expected is None or not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        return None
    indent = node.start_mark.column
    end = _end_of(text, node)
    # A new key at the top is set off from the one before, as the others are.
    gap = "" if depth or text[:end].endswith("\n\n") else "\n"
    changed = f"{text[:end]}{gap}{_nest(path[depth:], lines, indent)}{text[end:]}"
    return changed if _load(changed) == expected else None


def _nest(path: Sequence[str], lines: str, indent: int) -> str:
    """Write lines below the keys of a path."""
    text = ""
    for key in path:
        text += f"{' ' * indent}{key}:\n"
        indent += 2
    return text + textwrap.indent(lines, " " * indent)


def _end_of(text: str, node: yaml.MappingNode) -> int:
    """Return the offset of the line after the last value of a mapping."""
    last: yaml.Node = node
    while isinstance(last, yaml.MappingNode | yaml.SequenceNode) and not last.flow_style and last.value:
        item = last.value[-1]
        last = item[1] if isinstance(item, tuple) else item
    end = last.end_mark.index
    if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">"):
        end = last.start_mark.index + len(text[last.start_mark.index : end].rstrip())
    newline = text.find("\n", end)
    return len(text) if newline < 0 else newline + 1


def _merge(data: object, path: Sequence[str], added: Mapping[str, object]) -> dict[str, object] | None:
    """Return the data with more items in the mapping at a path; None if there is something else."""
    if data is not None and not isinstance(data, dict):
        return None
    mapping: dict[str, object] = dict(data or {})
    if not path:
        return None if mapping.keys() & added.keys() else {**mapping, **added}
    child = _merge(mapping.get(path[0]), path[1:], added)
    return None if child is None else {**mapping, path[0]: child}


class _PlainLoader(yaml.SafeLoader):
    """Loads the values of any tags as plain data."""


def _construct_any(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return suffix, loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return suffix, loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return suffix, loader.construct_mapping(node, deep=True)


_PlainLoader.add_multi_constructor("", _construct_any)


def _load(text: str) -> object:
    """Load YAML with any tags as plain data: None if it is empty, the exception if it is not YAML."""
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - its tags construct plain data
    except (yaml.YAMLError, ValueError) as error:
        return error


def _end_line(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
