"""A notebook's front matter: in its first cell, as in a post, or in its metadata under ``front_matter``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from portfolio.notebooks.models import Cell
from portfolio.notebooks.source_map import Source

KEY = "front_matter"
MISSING = (
    "a post begins with its front matter: a first cell (raw or Markdown) with '---', 'date: 2026-01-31' and "
    f"so on, '---'; or a mapping '{KEY}' in the notebook's metadata."
)
# As MkDocs finds it in a page.
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# What YAML takes for the end of a line, or not at all (YAML 1.1, section 5.1).
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]+)?")


def length(cell: Cell) -> int:
    """How many characters of a notebook's first cell are its front matter; 0 if it has none."""
    match = _FRONT_MATTER.match(cell.source) if cell.cell_type in ("raw", "markdown") else None
    return match.end() if match else 0


def from_metadata(metadata: dict[str, Any]) -> Iterator[tuple[str, Source]]:
    """The lines of the front matter that the metadata has, one a key, as YAML; none if it has none."""
    given = metadata.get(KEY)
    if not isinstance(given, dict):
        return
    whole = Source("", ("metadata", KEY))
    yield "---", whole
    for key, value in given.items():
        yield f"{_yaml(key)}: {_yaml(value)}", Source("metadata", ("metadata", KEY, key))
    yield "---", whole


def _yaml(value: object) -> str:
    """A value in YAML's flow style. JSON has no days, so a text that reads as one is one."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_yaml(key)}: {_yaml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    # JSON escapes a character beyond the first 65,536 as two halves, of which YAML would make two characters.
    return _UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(value, ensure_ascii=False))
