"""The whole record from its files, and every problem in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from portfolio.config.mkdocs_yml import Places, shown, text_of
from portfolio.core import yaml_positions
from portfolio.core.diagnostics import Problem
from portfolio.core.validation import check_keys, validate, validate_list
from portfolio.core.yaml_positions import Document
from portfolio.record.models import Education, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.precedence import Order
from portfolio.sources import bibtex_entries, posts

Entry = Fact | Post
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Origin:
    """Where an entry of the record stands."""

    document: Document
    at: yaml_positions.Path

    def problem(self, path: yaml_positions.Path, message: str) -> Problem:
        """A problem at a field of the entry."""
        return self.document.problem((*self.at, *path), message)

    def __str__(self) -> str:
        place = self.problem((), "")
        return f"{place.path}:{place.line}"


@dataclass(frozen=True)
class Record:
    """Everything the data says, as written: nothing is sorted yet.

    ``origins`` tells where each entry stands, in the order in which the record iterates over them.
    """

    roles: tuple[Role, ...] = ()
    education: tuple[Education, ...] = ()
    publications: tuple[Publication, ...] = ()
    talks: tuple[Talk, ...] = ()
    software: tuple[Software, ...] = ()
    posts: tuple[Post, ...] = ()
    origins: tuple[Origin, ...] = ()

    def __iter__(self) -> Iterator[Entry]:
        """All entries, in the order of their files."""
        yield from self.roles
        yield from self.education
        yield from self.publications
        yield from self.talks
        yield from self.software
        yield from self.posts

    @cached_property
    def order(self) -> Order:
        """What its roles and education say of their order."""
        return Order((*self.roles, *self.education))


def load(places: Places) -> tuple[Record, list[Problem]]:
    """Read the record.

    Its data are ``career.yml``, ``publications.bib``, ``talks.yml`` and ``software.yml``, each of which may
    be missing or empty. Problems name files relative to the site's root; they are sorted. What is wrong is
    left out of the record, but an entry with a mistake in it is kept: what refers to it is not wrong too.
    """
    reader, data = _Reader(places.root), places.data
    career = reader.yaml(data / "career.yml", ("roles", "education"))
    talks = reader.yaml(data / "talks.yml", ("talks",))
    software = reader.yaml(data / "software.yml", ("software",))
    record = Record(
        roles=reader.list(Role, career, "roles"),
        education=reader.list(Education, career, "education"),
        publications=reader.publications(data / "publications.bib"),
        talks=reader.list(Talk, talks, "talks"),
        software=reader.list(Software, software, "software"),
        posts=reader.posts(places.posts, places.separator) if places.posts is not None else (),
        origins=tuple(reader.origins),
    )
    return record, sorted(reader.problems)


def load_again(places: Places, before: Record) -> tuple[Record, list[Problem]]:
    """Read the data anew, but take the posts from the record of before: there may be thousands."""
    record, problems = load(replace(places, posts=None))
    origins = before.origins[len(before.origins) - len(before.posts) :]
    return replace(record, posts=before.posts, origins=(*record.origins, *origins)), problems


class _Reader:
    """Collects problems and origins while the files are read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.origins: list[Origin] = []

    def yaml(self, path: Path, keys: tuple[str, ...]) -> Document:
        document, problems = yaml_positions.load(shown(path, self.root), self._text(path))
        self.problems += problems + check_keys(document, keys)
        return document

    def list(self, model: type[F], document: Document, key: str) -> tuple[F, ...]:
        made, problems = validate_list(model, document, key)
        self.problems += problems
        self.origins += [Origin(document, at) for at, _ in made]
        return tuple(entry for _, entry in made)

    def publications(self, path: Path) -> tuple[Publication, ...]:
        document, problems = bibtex_entries.load(shown(path, self.root), self._text(path))
        self.problems += problems
        made = []
        for key in document.data:
            publication, found = validate(Publication, document, (key,))
            self.problems += found
            if publication is not None:
                self.origins.append(Origin(document, (key,)))
                made.append(publication)
        return tuple(made)

    def posts(self, folder: Path, separator: str) -> tuple[Post, ...]:
        loaded, problems = posts.load(folder, self.root, separator)
        self.problems += problems
        self.origins += [Origin(document, ()) for document, _ in loaded]
        return tuple(post for _, post in loaded)

    def _text(self, path: Path) -> str:
        """The file's text; a file that does not exist is an empty one."""
        text = text_of(path, self.root, optional=True)
        if isinstance(text, str):
            return text
        self.problems.append(text)
        return ""
