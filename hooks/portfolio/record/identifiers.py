"""Where the identifiers of publications lead."""

from __future__ import annotations

from urllib.parse import quote


def doi_address(doi: str) -> str:
    """The address of a DOI, which may have signs that no address may (DOI Handbook, 3.8.2.2)."""
    return "https://doi.org/" + quote(doi, safe="/():;.,")


def arxiv_address(number: str) -> str:
    """The address of arXiv's number, such as ``2410.09902`` or ``math/0309136``."""
    return "https://arxiv.org/abs/" + quote(number, safe="/:.")
