"""Where a problem is, as far as its words tell: its file below the project's folder, its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mkdocs_live.problems import Problem

# As PyYAML calls what it was given as a text: the front matter, below the line that opens it.
_TEXT = "<unicode string>"
# As MkDocs and Material name pages, and settings.
_PAGE = re.compile(r"(?:Doc file|Error (?:reading|building) page|of post) '(?P<path>[^']+)'")
_LINK = re.compile(r"Doc file '[^']+' contains a link (?P<url>'[^']+')")
_SETTING = re.compile(r"Config value '(?P<name>[^']+)'")
_CONFIGURATION = "mkdocs.yml"
# What a message quotes is to be found in the file.
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")


def placed(problems: Iterable[Problem], root: Path, docs: Path, page: str = "") -> tuple[Problem, ...]:
    """Problems with their places below ``root``, each once.

    ``docs`` is the folder of the documents, and ``page`` the source of the page that was being made.
    """
    found = tuple(dict.fromkeys(_placed(one, root, docs, page) for one in problems))
    return tuple(one for one in found if not any(_is_echo(one, other) for other in found))


def _is_echo(problem: Problem, other: Problem) -> bool:
    """Whether this is what MkDocs says of a link, and a hook says it, too."""
    link = _LINK.match(problem.message)
    same = (problem.path, problem.line) == (other.path, other.line)
    return link is not None and same and not _LINK.match(other.message) and link["url"] in other.message


def _placed(problem: Problem, root: Path, docs: Path, page: str) -> Problem:
    path, line = problem.path, problem.line
    if path == _TEXT:
        named = _PAGE.search(problem.message)
        path, line = named["path"] if named else page, line + 1
    elif not path and _SETTING.search(problem.message):
        path = _CONFIGURATION
    elif not path:
        path = page
    file = next((one for one in (root / path, docs / path) if one.is_file()), None)
    if not path or file is None:
        return replace(problem, path=path, line=line)
    if file.is_relative_to(root):
        path = file.relative_to(root).as_posix()
    place = replace(problem, path=path, line=line)
    return place if line else _found(place, file)


def _found(problem: Problem, file: Path) -> Problem:
    """The problem at the first thing in its file that it quotes; the last one quoted is the most exact."""
    lines: list[str] = []
    # That nobody may read it can be the very problem.
    with suppress(OSError):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    words = [one or other for one, other in _QUOTED.findall(problem.message)]
    for word in reversed(words):
        for number, text in enumerate(lines, start=1):
            if word in text:
                return replace(problem, line=number, column=text.index(word) + 1)
    return problem
