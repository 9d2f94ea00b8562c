"""Publications as a page lists them: by kind and year, each as a reference in the site's style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from portfolio.citations import bibtex_entry, csl, owner
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.runs import Run
from portfolio.record import people
from portfolio.record.models import PUBLICATION_KINDS, Publication, classify_publication
from portfolio.record.people import Profile
from portfolio.timeline.views import EntryView, Portfolio

_ADDRESSES = ("URL", "DOI")


@dataclass(frozen=True)
class Work:
    """A publication in the list. ``view`` has its links and what it is linked with."""

    view: EntryView
    reference: tuple[Run, ...]
    bibtex: str
    abstract: str = ""
    may_have_more_authors: bool = False


@dataclass(frozen=True)
class Year:
    """The publications of one kind and one year; the heading says so where no year is known."""

    heading: str
    works: tuple[Work, ...]


@dataclass(frozen=True)
class Kind:
    """The publications of one kind, newest first. ``id`` is its anchor."""

    id: str
    title: str
    years: tuple[Year, ...]


@dataclass(frozen=True)
class Listing:
    """All publications. ``may_have_more_authors``: each of them may, which is told once, not each time."""

    kinds: tuple[Kind, ...]
    may_have_more_authors: bool = False


def anchors(publications: Sequence[Publication]) -> set[str]:
    """The anchors that the list will have."""
    return {publication.id for publication in publications} | {
        f"kind-{classify_publication(publication)}" for publication in publications
    }


def listing(portfolio: Portfolio, typesetter: CitationFormatter, profile: Profile) -> Listing:
    """All publications of the record."""
    publications = {one.id: one for one in portfolio.record.publications}
    section = next((one for one in portfolio.sections if one.kind == "publications"), None)
    if section is None:
        return Listing(())
    # The page has the addresses as links.
    bare = [
        {name: value for name, value in marked.items() if name not in _ADDRESSES}
        for item in csl.items(publications.values(), profile)
        for marked in [csl.with_owner(item, publications[item["id"]], profile)]
    ]
    references = typesetter.references(bare)
    all_partial = all(one.authors == "partial" for one in publications.values())
    told = [
        (
            classify_publication(publications[view.id]),
            group.heading,
            _work(publications[view.id], view, references[view.id], profile, told_once=all_partial),
        )
        for group in section.groups
        for view in group.entries
    ]
    kinds = tuple(
        Kind(f"kind-{id}", title, tuple(_years([one[1:] for one in told if one[0] == id])))
        for id, title in PUBLICATION_KINDS.items()
        if any(kind == id for kind, _, _ in told)
    )
    return Listing(kinds, all_partial)


def _years(told: list[tuple[str, Work]]) -> Iterator[Year]:
    for heading, works in groupby(told, key=lambda one: one[0]):
        yield Year(heading, tuple(work for _, work in works))


def _work(
    publication: Publication,
    view: EntryView,
    reference: tuple[Run, ...],
    profile: Profile,
    *,
    told_once: bool,
) -> Work:
    authors = people.parse_authors(publication.author)
    place = owner.among(authors, profile.name)
    told = reference if place is None else owner.set_apart(reference, authors[place])
    return Work(
        view,
        _with_title(told, publication),
        bibtex_entry.of(publication, profile),
        publication.abstract or "",
        publication.authors == "partial" and not told_once,
    )


def _with_title(reference: tuple[Run, ...], publication: Publication) -> tuple[Run, ...]:
    """A style may leave out titles; then all of the reference stands for it, since it has to be a link."""
    if any(run.title for run in reference):
        return reference
    return tuple(replace(run, title=True) for run in reference) or (Run(publication.title, title=True),)
