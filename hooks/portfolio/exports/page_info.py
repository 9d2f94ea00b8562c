"""A page of the site, as far as its head and the lists of pages speak of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A page on the way from the home page to another: its title and absolute address."""

    title: str
    url: str


@dataclass(frozen=True)
class Page:
    """One page. Addresses are absolute, texts plain, days ISO 8601; empty where there is nothing to say.

    Only a post has a day of publication and ``authors``. ``trail`` leads from the home page to this one,
    both included; on the home page it is empty. ``image`` is the card that was made of the page, unless
    ``is_card`` says that it is the author's.
    """

    url: str
    title: str
    description: str = ""
    language: str = ""
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    trail: tuple[Step, ...] = ()
    image: str = ""
    is_card: bool = True

    @property
    def is_home(self) -> bool:
        return not self.trail

    @property
    def is_post(self) -> bool:
        return bool(self.published)
