"""The list of publications by kind and year, with the owner marked among the authors, and references."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from portfolio.citations import biblatex, csl_json
from portfolio.citations.csl import CitationFormatter
from portfolio.core.i18n import gettext
from portfolio.core.runs import Run, Runs, merge_runs, visible_runs
from portfolio.record import people
from portfolio.record.kinds import Entry
from portfolio.record.models import PUBLICATION_KINDS, Publication, classify_publication
from portfolio.record.people import Person, Profile
from portfolio.timeline.views import EntryView, Portfolio

# What styles write between and after initials.
_INITIALS = ((".", "."), (". ", "."), ("", ""), (" ", ""))
_NEVER = "(?!)"
# A list has the names of at most so many authors of a publication.
_MAX_AUTHORS = 8


class Author(NamedTuple):
    """The name of an author, in reading order."""

    name: str
    is_owner: bool = False


class Work(NamedTuple):
    """A publication in the list. ``view`` has its title, links and related entries.

    ``authors`` may omit some of many, but not the owner: ``omitted`` is their number, and ``has_unnamed``
    says that there are more whom the data does not name. ``reference`` is in the site's citation style.
    """

    view: EntryView
    authors: tuple[Author, ...]
    omitted: int
    has_unnamed: bool
    reference: Runs
    bibtex: str
    abstract: Runs = ()
    may_have_more_authors: bool = False


class Year(NamedTuple):
    """The publications of one kind and year. The heading says if the year is not stated."""

    heading: str
    works: tuple[Work, ...]


@dataclass(frozen=True)
class Kind:
    """The publications of one kind, newest first. ``id`` is its anchor."""

    id: str
    title: str
    years: tuple[Year, ...]

    @property
    def count(self) -> int:
        """The number of its publications."""
        return sum(len(year.works) for year in self.years)


class PublicationList(NamedTuple):
    """All publications. ``may_have_more_authors`` is true if all of them may, so the page says it once."""

    kinds: tuple[Kind, ...]
    may_have_more_authors: bool = False


def kind_anchors(entries: Iterable[Entry]) -> set[str]:
    """Return the anchors of the kinds of publications in a list of entries."""
    return {f"kind-{classify_publication(entry)}" for entry in entries if isinstance(entry, Publication)}


def list_publications(
    portfolio: Portfolio, formatter: CitationFormatter, profile: Profile
) -> PublicationList:
    """List all publications of the record."""
    publications = {publication.id: publication for publication in portfolio.record.publications}
    section = portfolio.section("publications")
    if section is None:
        return PublicationList(())
    owners = {id: find_owner(publication, profile.name) for id, publication in publications.items()}
    items = csl_json.reference_items(publications.values(), profile)
    for item in items:
        # The page shows these as links.
        item.pop("URL", None)
        item.pop("DOI", None)
        if owner := owners[item["id"]]:
            item["author"][owner[0]]["owner"] = True
    references = formatter.format_references(items)
    all_partial = all(publication.authors == "partial" for publication in publications.values())
    works: dict[str, Work] = {}
    for view in (view for group in section.groups for view in group.entries):
        publication, owner = publications[view.id], owners[view.id]
        runs = references[view.id]
        if owner:
            runs = mark_owner(runs, owner[1])
        if not any(run.title for run in runs):
            # A style may leave out titles, but the title is the link.
            runs = tuple(replace(run, title=True) for run in runs) or (Run(publication.title, title=True),)
        authors, omitted = list_authors(publication, owner[0] if owner else -1)
        works[view.id] = Work(
            view,
            authors,
            omitted,
            people.has_unnamed_authors(publication.author),
            runs,
            biblatex.bibtex_entry(publication, profile),
            visible_runs(publication.abstract_runs),
            publication.authors == "partial" and not all_partial,
        )
    kinds = []
    for kind, title in PUBLICATION_KINDS.items():
        ids = {id for id, publication in publications.items() if classify_publication(publication) == kind}
        years = tuple(
            Year(group.heading, listed)
            for group in section.groups
            if (listed := tuple(works[view.id] for view in group.entries if view.id in ids))
        )
        if years:
            kinds.append(Kind(f"kind-{kind}", gettext(title), years))
    return PublicationList(tuple(kinds), all_partial)


def list_authors(publication: Publication, owner: int) -> tuple[tuple[Author, ...], int]:
    """Return the first authors of a publication, and the owner, and how many others there are.

    ``owner`` is the owner's index, or -1.
    """
    names = [
        Author(person.name, index == owner)
        for index, person in enumerate(people.parse_authors(publication.author))
    ]
    if len(names) <= _MAX_AUTHORS:
        return tuple(names), 0
    listed = [author for index, author in enumerate(names) if index < _MAX_AUTHORS - 2 or author.is_owner]
    return tuple(listed), len(names) - len(listed)


def is_owner(person: Person, owner: str) -> bool:
    """Whether a person has the owner's name, in any order of its parts; given names may be initials."""
    names = _words(owner)
    first_names, family = _words(person.given), _words(f"{person.particle} {person.family}")
    if not names or not family or not set(family) <= set(names):
        return False
    for word in family:
        if word in names:
            names.remove(word)
    if not first_names or not names:
        return not first_names and not names  # A name without given names must be the whole name.
    return set(first_names) == set(names) or all(
        name == word or (len(name) == 1 and word.startswith(name))
        for name, word in zip(first_names, names, strict=False)
    )


def find_owner(publication: Publication, owner: str) -> tuple[int, Person] | None:
    """Return the owner among the authors, with the index; of several candidates, the most complete name."""
    authors = enumerate(people.parse_authors(publication.author))
    candidates = [(index, person) for index, person in authors if is_owner(person, owner)]
    return max(candidates, key=lambda candidate: len(candidate[1].given), default=None)


def mark_owner(reference: Runs, person: Person) -> Runs:
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
    return merge_runs(run for run in marked if run.text)


def _split(run: Run, index: int, *, owner_first: bool) -> list[Run]:
    return [
        replace(run, text=run.text[:index], owner=owner_first),
        replace(run, text=run.text[index:], owner=not owner_first),
    ]


def _given_name_forms(person: Person) -> set[str]:
    letters = [word[0] for word in re.findall(r"[^\s.]+", person.given)]
    initials = {separator.join(letters) + end for separator, end in _INITIALS}
    return {person.given, *initials} if letters else set()


def _words(name: str) -> list[str]:
    return re.findall(r"[^\s.,~-]+", name.casefold())
