"""One work as BibTeX that a reader can copy."""

from __future__ import annotations

from dataclasses import replace

from portfolio.citations import biblatex
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio

# What the record says of a work for itself, and what a list of references has no use for.
_PRIVATE = {
    "abbr",
    "abstract",
    "annotation",
    "annote",
    "archiveprefix",  # BibLaTeX's eprinttype stands for it.
    "arxiv",
    "authors",
    "basis",
    "code",
    "file",
    "key",
    "keywords",
    "pdf",
    "selected",
    "slides",
    "source",
    "video",
}


def of(publication: Publication, profile: Profile) -> str:
    """The entry, with the fields that BibTeX or BibLaTeX knows; it ends with a line break."""
    fields = tuple(
        (name, text.replace("–", "-") if name == "pages" else text)
        for name, text in publication.fields
        if name not in _PRIVATE
    )
    shown = publication.model_copy(update={"fields": fields})
    # A record of its own, so that it reads as in the file of all publications.
    return biblatex.bibliography(Portfolio(replace(Record(), publications=(shown,))), profile)[0]
