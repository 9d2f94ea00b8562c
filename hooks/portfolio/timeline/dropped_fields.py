"""What a face has no room for: fields of the record of which nothing stands in what it tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from portfolio.core.diagnostics import ExportLoss, join_words
from portfolio.record import people
from portfolio.record.models import Publication, Talk, arxiv_url, doi_url
from portfolio.record.people import Profile
from portfolio.record.record import Entry
from portfolio.timeline.cross_links import kind_of

# About the record itself, or told of in notes of their own: dates, what is inferred, who else wrote it.
_APART = set(
    "id basis source selected authors fields date start_date end_date year month day crossref key "
    "archiveprefix eprinttype appearances".split()
)
_ADDRESSES = {"url", "code", "pdf", "slides", "video"}
_NAMES = {"author", "editor", "translator"}


def link_of(entry: Publication, profile: Profile) -> str:
    """Where a publication is found: at its own address, else at that of its DOI or of its arXiv number."""
    return (
        profile.absolute(entry.url)
        or (doi_url(entry.doi) if entry.doi else "")
        or (arxiv_url(entry.arxiv) if entry.arxiv else "")
    )


def notes(
    face: str,
    told: Iterable[tuple[Entry, Any]],
    profile: Profile,
    *,
    otherwise: Iterable[str] = (),
) -> list[ExportLoss]:
    """One note for each kind of entries that names the fields of which nothing is told.

    ``told`` has the entries with what the face tells of each, before it is written. ``otherwise`` are fields
    of which it tells all in a form of its own.
    """
    left: dict[str, set[str]] = {}
    for entry, data in told:
        said = set(_texts(data))
        names = {name for name, forms in _given(entry, profile) if not forms & said}
        left.setdefault(kind_of(entry), set()).update(names.difference(_APART, otherwise))
    return [
        ExportLoss(face, "", f"there is no room for these fields of {kind}: {join_words(sorted(names))}.")
        for kind, names in left.items()
        if names
    ]


def _given(entry: Entry, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    """The texts of an entry: each with the name of its field, in all forms in which it can be told."""
    if isinstance(entry, Publication):
        # Under the names that they have in BibTeX.
        given: dict[str, Any] = dict(entry.fields)
        number = {"eprint", "arxiv"} & given.keys()
        given |= {"doi": entry.doi, **dict.fromkeys(number, entry.arxiv or given.get("eprint"))}
    else:
        given = {name: getattr(entry, name) for name in type(entry).model_fields}
    for name, value in given.items():
        for text in value if isinstance(value, tuple) else [value]:
            if text:
                yield from _forms(name, text, profile)
    if isinstance(entry, Talk):
        for url in (one.url for one in entry.appearances if one.url):
            yield "url of appearances", {url, profile.absolute(url)}


def _forms(name: str, text: Any, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    if name in _NAMES:
        yield from ((name, {person.name, person.family}) for person in people.parse_authors(text))
    elif name in _ADDRESSES:
        # A path leads nowhere from outside of a site whose address nobody knows, as while it is checked.
        if address := profile.absolute(text):
            yield name, {text, address}
    elif name == "doi":
        yield name, {text, doi_url(text)}
    elif name in ("eprint", "arxiv"):
        yield name, {text, arxiv_url(text)}
    elif name not in _APART:
        yield name, {text}


def _texts(data: Any) -> Iterator[str]:
    """All texts in what is told."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
    elif isinstance(data, dict):
        yield from _texts(list(data.values()))
