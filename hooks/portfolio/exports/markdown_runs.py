"""References and citations as Markdown: what a style makes of them, and of a page that cites."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portfolio.citations import csl
from portfolio.citations.csl import Run
from portfolio.citations.library import CITATION_PATTERN, Library, parse_citation
from portfolio.exports.markdown import Address, escape, link, outside_of_code

_CITATION = re.compile(CITATION_PATTERN)
_MARKS = (("italic", "*"), ("bold", "**"))


def of_runs(runs: Iterable[Run], address: Address = str, *, title: str = "") -> str:
    """Formatted text as Markdown. ``title`` is where its title leads."""
    return "".join(_of_run(run, address, title) for run in runs)


def cited(text: str, library: Library) -> str:
    """A page with its citations in the style of the site, and its references at the end.

    A citation that names something unknown stays as it is written; so does code.
    """
    if not _CITATION.search(text):
        return text
    citations: list[list[csl.Cite]] = []

    def note(prose: str) -> str:
        citations.extend(cites for found in _CITATION.finditer(prose) if (cites := _known(found[1], library)))
        return prose

    outside_of_code(text, note)
    if not citations:
        return text
    page = library.format_page(citations)
    told = iter(page.citations)

    def citation(found: re.Match[str]) -> str:
        return of_runs(next(told)) if _known(found[1], library) else found[0]

    body = outside_of_code(text, lambda prose: _CITATION.sub(citation, prose))
    listed = [f"- {of_runs(reference.runs)}" for reference in page.references]
    return "\n".join([body.rstrip(), "", "## References", "", *listed, ""])


def _known(inner: str, library: Library) -> list[csl.Cite]:
    """The works that a citation names, if all of them are known."""
    cites = parse_citation(inner) or []
    return cites if all(cite.key in library.publications for cite in cites) else []


def _of_run(run: Run, address: Address, title: str) -> str:
    if run.url or (run.title and title):
        return link(run.text, run.url or title, address)
    # White space at an end would keep the marks from being any, and escape() takes it away.
    text = run.text.strip()
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    mark = next((mark for style, mark in _MARKS if text and getattr(run, style)), "")
    return f"{before}{mark}{escape(text)}{mark}{after if text else ''}"
