"""Trees of files: what is in them, and in what two of them differ."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path


def compared(made: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    found = [f"{name} is missing" for name in wanted.keys() - made.keys()]
    found += [f"{name} is too much" for name in made.keys() - wanted.keys()]
    for name in sorted(name for name in made.keys() & wanted.keys() if made[name] != wanted[name]):
        was, now = (one[name].decode("utf-8", "replace").splitlines() for one in (wanted, made))
        found += [name, *unified_diff(was, now, lineterm="", n=0)][:12]
    return found


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in an order of their own."""
    for at, below, names in os.walk(folder):
        below.sort()
        yield from (Path(at, name) for name in sorted(names))


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their paths, with what they have."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files(folder)}
