"""The documents of the entries of the record: each entry is found by itself, at its place on a page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from portfolio.core.i18n import gettext as _
from portfolio.core.runs import plain_text
from portfolio.record.models import Publication
from portfolio.search.documents import SearchDocument
from portfolio.timeline.views import EntryView, Portfolio


def entry_documents(views: Portfolio) -> Iterator[SearchDocument]:
    """Yield a document for each entry that has a place on a page; posts and stories are pages themselves."""
    authors = {entry.id: _list_authors(entry) for entry in views.entries_of(Publication)}
    for section in views.sections:
        for entry in section.entries:
            reference = views.links.reference(entry.id)
            if "#" in reference.url and not entry.page:
                yield SearchDocument(
                    reference.url,
                    entry.title,
                    section.title,
                    reference.when,
                    tuple(tag.name for tag in entry.tags),
                    entry_body(entry, authors.get(entry.id, "")),
                )


def unlisted_body(views: Portfolio) -> str:
    """Return the text of the entries that have no place but in the CV, such as skills, as HTML."""
    return "".join(
        f"<p>{escape(entry.title)}</p>{entry_body(entry)}"
        for section in views.sections
        for entry in section.entries
        if not views.links.reference(entry.id).url
    )


def entry_body(entry: EntryView, authors: str = "") -> str:
    """Return what an entry says besides its title, as HTML."""
    texts = [
        authors,
        _(", ").join(filter(None, (entry.organisation, *entry.facts))),
        *(_(", ").join(filter(None, (item.event, item.location))) for item in entry.occasions),
        plain_text(entry.summary),
        *map(plain_text, entry.highlights),
        _(", ").join(entry.keywords),
    ]
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def _list_authors(entry: Publication) -> str:
    return entry.author.replace(" and ", "; ").translate({ord("{"): None, ord("}"): None})
