"""The list of publications by kind and year, as references in the site's style with the owner marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from portfolio.citations import biblatex, csl, csl_json
from portfolio.citations.csl import CitationFormatter, CslItem, Run
from portfolio.record import people
from portfolio.record.models import PUBLICATION_KINDS, Publication, classify_publication
from portfolio.record.people import Person, Profile
from portfolio.timeline.views import EntryView, Portfolio

# The page shows these as links.
_LINK_VARIABLES = ("URL", "DOI")
# What styles write between and after initials.
_INITIALS = ((".", "."), (". ", "."), ("", ""), (" ", ""))
_NEVER = "(?!)"


@dataclass(frozen=True)
class Work:
    """A publication in the list. ``view`` has its links and related entries."""

    view: EntryView
    reference: tuple[Run, ...]
    bibtex: str
    abstract: str = ""
    may_have_more_authors: bool = False


@dataclass(frozen=True)
class Year:
    """The publications of one kind and year. The heading says if the year is not stated."""

    heading: str
    works: tuple[Work, ...]


@dataclass(frozen=True)
class Kind:
    """The publications of one kind, newest first. ``id`` is its anchor."""

    id: str
    title: str
    years: tuple[Year, ...]


@dataclass(frozen=True)
class PublicationList:
    """All publications. ``may_have_more_authors`` is true if all of them may, so the page says it once."""

    kinds: tuple[Kind, ...]
    may_have_more_authors: bool = False


def anchors(publications: Sequence[Publication]) -> set[str]:
    """Return the anchors of the list: those of the publications and of their kinds."""
    kinds = {f"kind-{classify_publication(publication)}" for publication in publications}
    return kinds | {publication.id for publication in publications}


def list_publications(
    portfolio: Portfolio, formatter: CitationFormatter, profile: Profile
) -> PublicationList:
    """List all publications of the record."""
    publications = {publication.id: publication for publication in portfolio.record.publications}
    section = next((section for section in portfolio.sections if section.kind == "publications"), None)
    if section is None:
        return PublicationList(())
    items = [
        with_owner(item, publications[item["id"]], profile)
        for item in csl_json.reference_items(publications.values(), profile)
    ]
    references = formatter.format_references(
        [{name: value for name, value in item.items() if name not in _LINK_VARIABLES} for item in items]
    )
    all_partial = all(publication.authors == "partial" for publication in publications.values())
    works: dict[str, list[tuple[str, Work]]] = {}
    for group in section.groups:
        for view in group.entries:
            publication = publications[view.id]
            work = Work(
                view,
                _reference(publication, references[view.id], profile),
                biblatex.bibtex_entry(publication, profile),
                publication.abstract or "",
                publication.authors == "partial" and not all_partial,
            )
            works.setdefault(classify_publication(publication), []).append((group.heading, work))
    kinds = tuple(
        Kind(f"kind-{id}", title, tuple(_group_by_year(works[id])))
        for id, title in PUBLICATION_KINDS.items()
        if id in works
    )
    return PublicationList(kinds, all_partial)


def is_owner(person: Person, owner: str) -> bool:
    """Whether a person has the owner's name, in any order of its parts; given names may be initials."""
    words = _words(owner)
    first_names, family = _words(person.given), _words(f"{person.particle} {person.family}")
    if not words or not family or not set(family) <= set(words):
        return False
    rest = list(words)
    for word in family:
        if word in rest:
            rest.remove(word)
    # A name without given names must be the whole name.
    return _given_names_agree(first_names, rest) if first_names else not rest


def find_owner(people: Sequence[Person], owner: str) -> int | None:
    """Return the index of the owner in a list of people; of several candidates, the most complete name."""
    candidates = [index for index, person in enumerate(people) if is_owner(person, owner)]
    return max(candidates, key=lambda index: len(people[index].given), default=None)


def with_owner(item: CslItem, publication: Publication, profile: Profile) -> CslItem:
    """Mark the owner among the authors of an item (``"owner": True``)."""
    index = find_owner(people.parse_authors(publication.author), profile.name)
    authors = [
        {**name, "owner": True} if number == index else name
        for number, name in enumerate(item.get("author", ()))
    ]
    return {**item, "author": authors} if authors else item


def mark_owner(reference: tuple[Run, ...], person: Person) -> tuple[Run, ...]:
    """Extend the mark of the owner's family name to the whole name.

    Given names and particles may be before or after it, written as styles write them.
    """
    forms = sorted(_given_name_forms(person), key=lambda form: (-len(form), form))
    first_names = "|".join(map(re.escape, forms)) or _NEVER
    particle = re.escape(person.particle) or _NEVER
    before = re.compile(rf"(?<!\w)(?P<first_names>(?:{first_names})\s+)?(?:{particle}\s+)?$")
    after = re.compile(rf",?\s(?:{first_names})(?:\s{particle})?(?!\w)")
    marked: list[Run] = []
    rest = list(reference)
    while rest:
        run = rest.pop(0)
        if run.owner:
            ahead = before.search(marked[-1].text) if marked else None
            if ahead:
                marked[-1:] = _split(marked[-1], ahead.start(), owner_first=False)
            is_complete = ahead is not None and ahead["first_names"]
            behind = after.match(rest[0].text) if rest and not is_complete else None
            if behind:
                rest[:1] = _split(rest[0], behind.end(), owner_first=True)
                marked.append(run)
                run = rest.pop(0)
        marked.append(run)
    return csl.merge_runs(run for run in marked if run.text)


def _group_by_year(works: list[tuple[str, Work]]) -> Iterator[Year]:
    for heading, group in groupby(works, key=lambda work: work[0]):
        yield Year(heading, tuple(work for _, work in group))


def _reference(publication: Publication, runs: tuple[Run, ...], profile: Profile) -> tuple[Run, ...]:
    """Mark the owner in a reference, and make sure that some part of it is the title, which is the link."""
    authors = people.parse_authors(publication.author)
    index = find_owner(authors, profile.name)
    if index is not None:
        runs = mark_owner(runs, authors[index])
    if any(run.title for run in runs):
        return runs
    # A style may leave out titles.
    return tuple(replace(run, title=True) for run in runs) or (Run(publication.title, title=True),)


def _split(run: Run, index: int, *, owner_first: bool) -> list[Run]:
    return [
        replace(run, text=run.text[:index], owner=owner_first),
        replace(run, text=run.text[index:], owner=not owner_first),
    ]


def _given_name_forms(person: Person) -> set[str]:
    words = re.split(r"[\s.]+", person.given.strip(" ."))
    letters = [word[0] for word in words if word]
    initials = {separator.join(letters) + end for separator, end in _INITIALS}
    return {person.given, *initials} if letters else set()


def _given_names_agree(names: list[str], expected: list[str]) -> bool:
    """Whether given names are the expected ones: in order and possibly as initials, or in any order."""
    if not expected:
        return False
    return set(names) == set(expected) or all(
        name == word or (len(name) == 1 and word.startswith(name))
        for name, word in zip(names, expected, strict=False)
    )


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s.,~-]+", name.casefold()) if word]
