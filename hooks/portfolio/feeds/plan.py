"""Which feeds there are, where they stand, and which posts are in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Generic, Literal, TypeVar
from urllib.parse import quote as quote_url

from portfolio.config.feed_options import Feeds
from portfolio.core.diagnostics import quote

P = TypeVar("P")
Subject = Literal["all", "category", "tag"]


@dataclass(frozen=True)
class Labelled(Generic[P]):
    """A post with the names of its categories and tags, in the order in which it gives them."""

    post: P
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned(Generic[P]):
    """A feed to be made: ``path`` is relative to the site, ``name`` that of a category or a tag."""

    path: str
    format: Literal["atom", "json"]
    subject: Subject
    name: str
    title: str
    posts: tuple[P, ...]

    @property
    def address(self) -> str:
        """The path as an address has it (RFC 3986)."""
        return quote_url(self.path)

    @property
    def media_type(self) -> str:
        """What kind of file it is."""
        return f"application/{'feed+json' if self.format == 'json' else 'atom+xml'}"


@dataclass(frozen=True)
class Clash(Generic[P]):
    """A feed that cannot be made, and the newest post that asks for it."""

    post: P
    subject: Subject
    name: str
    message: str


def plan(
    posts: Sequence[Labelled[P]], addresses: Feeds, slug: Callable[[Subject, str], str], site: str = ""
) -> tuple[list[Planned[P]], list[Clash[P]]]:
    """The feeds of these posts, which come newest first. ``slug`` gives the part of an address for a name;
    ``site`` begins their titles.

    Each feed takes as many posts as ``addresses`` says. A tag whose address another feed has gets a number.
    Names of categories, which have pages of the same address, are then told as clashes, and so are names that
    lead to none; the first in order of the alphabet keeps the address.
    """
    planned: dict[str, Planned[P]] = {}
    clashes: list[Clash[P]] = []
    for feed in _wanted(posts, addresses, slug, site):
        if feed.subject == "tag":
            feed = _numbered(feed, addresses.tag, planned)
        taken = planned.get(feed.path)
        if feed.path and taken is None:
            planned[feed.path] = feed
        else:
            clashes.append(Clash(feed.posts[0], feed.subject, feed.name, _why(feed, taken)))
    limit = addresses.entries or None
    return [replace(feed, posts=feed.posts[:limit]) for feed in planned.values()], clashes


def _wanted(
    posts: Sequence[Labelled[P]], addresses: Feeds, slug: Callable[[Subject, str], str], site: str
) -> Iterator[Planned[P]]:
    every = tuple(one.post for one in posts)
    if addresses.all:
        yield Planned(addresses.all, "atom", "all", "", site, every)
    if addresses.json_feed and addresses.json_feed != addresses.all:
        yield Planned(addresses.json_feed, "json", "all", "", site, every)
    subjects: tuple[tuple[Subject, str, Callable[[Labelled[P]], Iterable[str]]], ...] = (
        ("category", addresses.category, lambda one: one.categories),
        ("tag", addresses.tag, lambda one: one.tags),
    )
    for subject, pattern, names in subjects:
        if not pattern:
            continue
        of: dict[str, list[P]] = {}
        for one in posts:
            for name in dict.fromkeys(names(one)):
                of.setdefault(name, []).append(one.post)
        for name, chosen in sorted(of.items()):
            part = slug(subject, _spelled(name) if subject == "tag" else name)
            path = pattern.format_map({subject: part}) if part else ""
            yield Planned(path, "atom", subject, name, f"{site}: {name}", tuple(chosen))


def _spelled(name: str) -> str:
    """A name with its last signs as people say them: "C++" and "C#" have no letter that "C" has not."""
    if name.endswith("#"):
        return f"{name[:-1]}sharp"
    bare = name.rstrip("+")
    return bare + "p" * (len(name) - len(bare))


def _numbered(feed: Planned[P], pattern: str, planned: Mapping[str, Planned[P]]) -> Planned[P]:
    """The feed of a tag at an address that no other has."""
    if not feed.path or feed.path not in planned:
        return feed
    before, after = pattern.split("{tag}")
    part = feed.path.removeprefix(before).removesuffix(after)
    paths = (f"{before}{part}-{number}{after}" for number in count(2))
    return replace(feed, path=next(path for path in paths if path not in planned))


def _why(feed: Planned[P], taken: Planned[P] | None) -> str:
    if taken is None:
        return f"{quote(feed.name)} has no letter or digit to make an address of. Give it another name."
    other = f"the {taken.subject} {quote(taken.name)}" if taken.name else "all posts"
    return f"{quote(feed.name)} would have the same feed as {other}, {taken.path}. Give one another name."
