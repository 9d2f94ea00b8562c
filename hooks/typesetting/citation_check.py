"""The citations of all pages, checked without a build."""

from __future__ import annotations

from pathlib import Path

from markdown import Markdown

from portfolio.citing import scan
from portfolio.citing.library import Library
from portfolio.problem import Problem
from typesetting.citations import CitationExtension
from typesetting.misprint import Misprint, locate

# What tells code from prose on the site.
_EXTENSIONS = (
    "admonition",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "pymdownx.superfences",
    "pymdownx.details",
)


def check(docs: Path, root: Path, library: Library) -> list[Problem]:
    """Every citation below ``docs`` of something unknown, sorted. Problems name files relative to ``root``.

    Pages are converted only where something is suspect, to see whether it is code: a sound site costs no
    more than the reading of its pages.
    """
    problems: list[Problem] = []
    for name, text in scan.texts(scan.pages(docs), root):
        if "[@" not in text or not scan.suspects(text, library.publications):
            continue
        found: list[Misprint] = []
        Markdown(extensions=[*_EXTENSIONS, CitationExtension(library, found.append)]).convert(scan.body(text))
        problems += [
            Problem(name, place.line, place.column, place.misprint.kind, place.misprint.message)
            for place in locate(found, text)
        ]
    return sorted(problems)
