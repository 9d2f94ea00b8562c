"""What posts can cite: the record's publications, and other people's work from ``references.bib``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from portfolio.citations import csl
from portfolio.citations.csl import Data
from portfolio.citations.formatter import CitationFormatter, Typeset
from portfolio.citations.syntax import Cite
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.validation import validate
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.sources import bibtex
from portfolio.sources.mkdocs_yml import display_path, read_text

NAME = "references.bib"


def load(data: Path, record: Record, root: Path) -> tuple[dict[str, Publication], list[Diagnostic]]:
    """All that can be cited, by key: the record's publications, then those of ``references.bib`` in ``data``.

    The file may be missing. Problems name it relative to ``root``; they are sorted.
    """
    known = {publication.id: publication for publication in record.publications}
    text = read_text(data / NAME, root, optional=True)
    if isinstance(text, Diagnostic):
        return known, [text]
    document, problems = bibtex.load(display_path(data / NAME, root), text, foreign=True)
    for key in document.data:
        if key in known:
            message = (
                f"the citation key {quote(key)} is taken by one of the publications. Every key stands once."
            )
            problems.append(document.diagnose((key,), message))
            continue
        publication, found = validate(Publication, document, (key,))
        problems += found
        if publication is not None:
            known[key] = publication
    return known, sorted(problems)


@dataclass(frozen=True)
class Library:
    """All that can be cited, by key, and what sets it. ``profile`` says whose site it is."""

    publications: Mapping[str, Publication]
    typesetter: CitationFormatter
    profile: Profile

    @cached_property
    def items(self) -> dict[str, Data]:
        """CSL-JSON of everything, by key, made when a page first cites something."""
        return {item["id"]: item for item in csl.items(self.publications.values(), self.profile)}

    def page(self, citations: Sequence[Sequence[Cite]]) -> Typeset:
        """The citations of a page and its references; all that is cited is known."""
        return self.typesetter.page(self.items, citations)
