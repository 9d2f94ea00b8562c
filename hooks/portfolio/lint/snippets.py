"""Files that a page includes with ``--8<--`` (``pymdownx.snippets``), and that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.sources.mkdocs_yml import SitePaths

# A line of its own; with a semicolon before it, it is shown as it stands. Code is no exception.
_INCLUDE = re.compile(r"""[ \t>]*-{1,}8<-{1,}[ \t]+(?P<mark>["'])(?P<target>[^"'\n]+)(?P=mark)[ \t]*""")
# Between two such lines each line is a file.
_BLOCK = re.compile(r"[ \t>]*-{1,}8<-{1,}[ \t]*")
_LINES = re.compile(r":[\d:, -]*$")
_SECTION = re.compile(r":[A-Za-z][\w-]*$")
_NAME = "pymdownx.snippets"


def folders(values: Mapping[str, Any], places: SitePaths) -> tuple[Path, ...]:
    """Where the settings of a site (see ``portfolio.settings.values``) let included files stand."""
    given = values.get("markdown_extensions")
    for item in given if isinstance(given, list) else [given]:
        if item == _NAME:
            return (places.root,)
        if isinstance(item, dict) and _NAME in item:
            options = item[_NAME]
            base = options.get("base_path", ".") if isinstance(options, dict) else "."
            return tuple(places.root / one for one in (base if isinstance(base, list) else [base]))
    return ()


def check(markup: MarkdownSource, folders: tuple[Path, ...]) -> Iterator[tuple[int, str]]:
    """The offset of each include of a file that stands in none of the folders, and what is wrong."""
    if not folders or "8<-" not in markup.source:
        return
    for at, target in _included(markup):
        name = _SECTION.sub("", _LINES.sub("", target)).strip()
        if name.startswith((";", "http://", "https://")) or any(_is_in(folder, name) for folder in folders):
            continue
        beside = [one.name for folder in folders for one in (folder / name).parent.glob("*") if one.is_file()]
        yield at, f"there is no {quote(name)} to include. {did_you_mean(Path(name).name, beside)}"


def _included(markup: MarkdownSource) -> Iterator[tuple[int, str]]:
    at, in_block = markup.body_start, False
    for line in markup.body.split("\n"):
        if _BLOCK.fullmatch(line):
            in_block = not in_block
        elif in_block and line.strip():
            yield at + len(line) - len(line.lstrip()), line.strip()
        elif match := _INCLUDE.fullmatch(line):
            yield at + match.start("target"), match["target"]
        at += len(line) + 1


def _is_in(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    return path.is_file() and path.is_relative_to(folder.resolve())
