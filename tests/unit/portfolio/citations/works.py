"""Works to cite, and styles to cite them in."""

from pathlib import Path

from portfolio.citations import csl
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.core.validation import validate
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.sources import bibtex

OWNER = Profile("Ada Q. Person", "Notes of one", "", "https://example.org/")
HARVARD = csl.find_style(csl.DEFAULT_STYLE, Path())
NUMERIC = csl.find_style("numeric.csl", Path(__file__).parent)

TEXT = r"""
@article{one, title = {The <first> & {DNA}}, author = {Person, Ada Q. and Bo, Li}, journal = {Journal},
  volume = 3, pages = {1--9}, year = 2021, doi = {10.1/one}}
@article{two, title = {Second}, author = {Person, Ada Q. and Bo, Li}, journal = {Journal},
  volume = 4, year = 2021}
@book{old, title = {Old}, author = {van der Berg, Jan}, publisher = {House}, date = {1676~}}
@online{site, title = {A page}, author = {{Some Body}}, url = {https://example.org/a_b}, date = {2020-05-06}}
@misc{Two, title = {Not that one}, author = {Person, Ada}, date = {201X}, basis = {date: inferred}}
"""


def publications(text: str = TEXT) -> dict[str, Publication]:
    """Read the works of a BibTeX file without mistakes."""
    document, problems = bibtex.load("p.bib", text)
    assert problems == []
    validated = {key: validate(Publication, document, (key,)) for key in document.data}
    assert all(invalid == [] for _, invalid in validated.values())
    return {key: work for key, (work, _) in validated.items() if work is not None}


def library(style: csl.Style = HARVARD, text: str = TEXT) -> Library:
    """Return a library of all works in a style."""
    return Library(publications(text), CitationFormatter(style), OWNER)
