"""The whole record from its files, and every problem in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document
from portfolio.core.validation import check_keys, validate, validate_list
from portfolio.record.models import Education, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.record import Origin, Record
from portfolio.sources import bibtex, posts
from portfolio.sources.mkdocs_yml import SitePaths, display_path, read_text

F = TypeVar("F", bound=Fact)


def load(places: SitePaths) -> tuple[Record, list[Diagnostic]]:
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


def load_again(places: SitePaths, before: Record) -> tuple[Record, list[Diagnostic]]:
    """Read the data anew, but take the posts from the record of before: there may be thousands."""
    record, problems = load(replace(places, posts=None))
    origins = before.origins[len(before.origins) - len(before.posts) :]
    return replace(record, posts=before.posts, origins=(*record.origins, *origins)), problems


class _Reader:
    """Collects problems and origins while the files are read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Diagnostic] = []
        self.origins: list[Origin] = []

    def yaml(self, path: Path, keys: tuple[str, ...]) -> Document:
        document, problems = positions.load_yaml(display_path(path, self.root), self._text(path))
        self.problems += problems + check_keys(document, keys)
        return document

    def list(self, model: type[F], document: Document, key: str) -> tuple[F, ...]:
        made, problems = validate_list(model, document, key)
        self.problems += problems
        self.origins += [Origin(document, at) for at, _ in made]
        return tuple(entry for _, entry in made)

    def publications(self, path: Path) -> tuple[Publication, ...]:
        document, problems = bibtex.load(display_path(path, self.root), self._text(path))
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
        text = read_text(path, self.root, optional=True)
        if isinstance(text, str):
            return text
        self.problems.append(text)
        return ""
