"""Finds the fields of the record that an export has no room for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from portfolio.core.diagnostics import ExportLoss, join_words
from portfolio.core.runs import parse_markdown, plain_text
from portfolio.record import models, people
from portfolio.record.kinds import Entry, kind_name
from portfolio.record.models import Publication, Talk, arxiv_url, doi_url
from portfolio.record.people import Profile

# Fields about the record itself, and fields with losses of their own: dates, inferences, further authors.
_IGNORED = set(
    "id basis source selected authors fields date start_date end_date year month day crossref key "
    "archiveprefix eprinttype appearances related project".split()
)
# Fields with inline Markdown, which exports may write as plain text.
_STYLED_FIELDS = {"summary", "highlights"}
# Fields that exports may write as a URL.
_NUMBER_URLS = {"doi": doi_url, "eprint": arxiv_url, "arxiv": arxiv_url}


def publication_url(entry: Publication, profile: Profile) -> str:
    """Return the URL of a publication: its own, else that of its DOI or its arXiv number."""
    return profile.absolute(entry.url) or doi_url(entry.doi) or arxiv_url(entry.arxiv)


def dropped_field_losses(
    export: str, exported: Iterable[tuple[Entry, Any]], profile: Profile, *, otherwise: Iterable[str] = ()
) -> list[ExportLoss]:
    """Return a loss for each kind of entries that names the fields missing from the exported data.

    ``exported`` has the entries with their data in the export, before serialisation. ``otherwise`` are fields
    that the export contains in another form.
    """
    dropped: dict[str, set[str]] = {}
    for entry, data in exported:
        present = set(_texts(data))
        names = {name for name, forms in _fields(entry, profile) if not forms & present}
        dropped.setdefault(kind_name(entry), set()).update(names.difference(_IGNORED, otherwise))
    return [
        ExportLoss(export, "", f"there is no room for these fields of {kind}: {join_words(sorted(names))}.")
        for kind, names in dropped.items()
        if names
    ]


def _fields(entry: Entry, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    """The texts of an entry: each with the name of its field, in all forms that an export may use."""
    titles: dict[str, str] = {}
    if isinstance(entry, Publication):
        # Under their BibTeX names.
        values: dict[str, Any] = dict(entry.fields)
        for title, subtitle in models.SUBTITLES.items():
            if values.get(subtitle):
                titles |= dict.fromkeys((title, subtitle), models.full_title(values, title))
        number = {"eprint", "arxiv"} & values.keys()
        values |= {"doi": entry.doi, **dict.fromkeys(number, entry.arxiv or values.get("eprint"))}
    else:
        values = {name: getattr(entry, name) for name in type(entry).model_fields}
    for name, value in values.items():
        if name not in _IGNORED:
            for text in value if isinstance(value, tuple) else [value]:
                for part, forms in _forms(name, text, profile) if text else ():
                    # A title may be exported together with its subtitle.
                    yield part, forms | {titles.get(name, "")} - {""}
    if isinstance(entry, Talk):
        for url in (appearance.url for appearance in entry.appearances if appearance.url):
            yield "url of appearances", {url, profile.absolute(url)}


def _forms(name: str, text: Any, profile: Profile) -> Iterator[tuple[str, set[str]]]:
    if name in models.NAME_FIELDS:
        yield from ((name, {person.name, person.family}) for person in people.parse_authors(text))
    elif name not in models.URL_FIELDS:
        to_url = _NUMBER_URLS.get(name, str)
        forms = {text, to_url(text)}
        if name in _STYLED_FIELDS:
            forms.add(plain_text(profile.absolute_links(parse_markdown(text)), with_urls=True))
        yield name, forms
    # If the site has no URL (as in a check), a path of this site cannot be exported.
    elif url := profile.absolute(text):
        yield name, {text, url}


def _texts(data: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
    elif isinstance(data, dict):
        yield from _texts(list(data.values()))
