"""Reads and compares folders of files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

_FILTERS = re.compile(r"(^|/)assets/search/(filter/|[^/]*\.pf_meta$|pagefind-entry\.json$)")


def diff_trees(actual: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    """Return the differences as lines: missing and additional files, and the first changed lines of each."""
    lines = [f"{name} is missing" for name in expected.keys() - actual.keys()]
    lines += [f"{name} is unexpected" for name in actual.keys() - expected.keys()]
    for name in sorted(name for name in actual.keys() & expected.keys() if actual[name] != expected[name]):
        old, new = (tree[name].decode("utf-8", "replace").splitlines() for tree in (expected, actual))
        lines += [name, *unified_diff(old, new, lineterm="", n=0)][:12]
    return lines


def list_files(folder: Path) -> Iterator[Path]:
    """List all files below a folder, in a stable order."""
    for parent, subfolders, names in os.walk(folder):
        subfolders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return the content of all files below a folder, by relative path.

    Without the files of the search index that list its filters: Pagefind writes them in another order each
    time, and names them by a hash of their content.
    """
    contents = {path.relative_to(folder).as_posix(): path.read_bytes() for path in list_files(folder)}
    return {name: content for name, content in contents.items() if not _FILTERS.search(name)}
