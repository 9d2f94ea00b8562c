"""Files that a page includes with ``--8<--`` (``pymdownx.snippets``), and that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from portfolio.problem import did_you_mean, quoted
from writing.markup import Markup

# A line of its own; with a semicolon before it, it is shown as it stands. Code is no exception.
_INCLUDE = re.compile(
    r"""^[ \t>]*-{1,}8<-{1,}[ \t]+(?P<mark>["'])(?P<target>[^"'\n]+)(?P=mark)[ \t]*$""", re.MULTILINE
)
_LINES = re.compile(r":[\d:, -]*$")
_SECTION = re.compile(r":[A-Za-z][\w-]*$")


def check(markup: Markup, folders: tuple[Path, ...]) -> Iterator[tuple[int, str]]:
    """The offset of each include of a file that stands in none of the folders, and what is wrong."""
    if "8<-" not in markup.source:
        return
    for match in _INCLUDE.finditer(markup.source, markup.start):
        name = _SECTION.sub("", _LINES.sub("", match["target"])).strip()
        if name.startswith((";", "http://", "https://")) or any(_is_in(folder, name) for folder in folders):
            continue
        beside = [one.name for folder in folders for one in (folder / name).parent.glob("*") if one.is_file()]
        hint = did_you_mean(Path(name).name, beside)
        yield match.start("target"), f"there is no {quoted(name)} to include.{hint}"


def _is_in(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    return path.is_file() and path.is_relative_to(folder.resolve())
