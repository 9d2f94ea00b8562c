from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Document
from portfolio.record.models import Education, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.precedence import Order

Entry = Fact | Post


@dataclass(frozen=True)
class Origin:
    """Where an entry of the record stands."""

    document: Document
    at: positions.KeyPath

    def diagnose(
        self, path: positions.KeyPath, message: str, hint: str = "", *, code: str = ""
    ) -> Diagnostic:
        """Create a diagnostic for a field of the entry."""
        return self.document.diagnose((*self.at, *path), message, hint, code=code)

    def __str__(self) -> str:
        place = self.diagnose((), "")
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
