"""Citations in the sources of pages that name nothing known: the check that needs no build."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from portfolio.citations import syntax
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.sources.mkdocs_yml import MARKDOWN, display_path, read_text

_CITATION = re.compile(syntax.PATTERN)
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)


def unknown(key: str, known: Collection[str]) -> str:
    """What a problem says of a key that is not known."""
    where = "publications.bib or references.bib"
    return f"there is no {quote(key)} in {where}. {did_you_mean(key, known)}".rstrip()


def suspects(text: str, known: Collection[str]) -> list[str]:
    """The keys that are cited in the text of a page, and not known; code is not yet told from prose."""
    cites = (cite for match in _CITATION.finditer(body(text)) for cite in syntax.parse(match[1]) or ())
    return [cite.key for cite in cites if cite.key not in known]


def body(text: str) -> str:
    """A page without its front matter."""
    match = _FRONT_MATTER.match(text)
    return text[match.end() :] if match else text


def pages(docs: Path) -> Iterator[Path]:
    """The sources of pages below a folder, sorted; what begins with a dot is hidden, as for MkDocs."""
    for path in sorted(docs.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(docs).parts)
        if path.suffix in MARKDOWN and not hidden and path.is_file():
            yield path


def texts(paths: Iterable[Path], root: Path) -> Iterator[tuple[str, str]]:
    """The name and the text of each page that can be read."""
    for path in paths:
        text = read_text(path, root)
        if not isinstance(text, Diagnostic):
            yield display_path(path, root), text
