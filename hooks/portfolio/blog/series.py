"""Series: posts of one name, each with its number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from portfolio.record.models import Post


@dataclass(frozen=True)
class Part:
    """A post and its number in its series, from 1."""

    number: int
    post: Post


def parts(posts: Iterable[Post]) -> dict[str, tuple[Part, ...]]:
    """The parts of every series by its name, in order.

    A ``part`` that is written holds. The others take the numbers that are free, by day and then by id.
    """
    named: dict[str, list[Post]] = {}
    for post in sorted(posts, key=_age):
        if post.series is not None:
            named.setdefault(post.series, []).append(post)
    return {name: tuple(sorted(_numbered(members), key=_number)) for name, members in named.items()}


def doubles(posts: Iterable[Post]) -> Iterator[tuple[Post, Post]]:
    """Posts that claim the number of another one in their series, each with that one, which is the older."""
    first: dict[tuple[str, int], Post] = {}
    for post in sorted(posts, key=_age):
        if post.series is not None and post.part is not None:
            holder = first.setdefault((post.series, post.part), post)
            if holder is not post:
                yield post, holder


def _numbered(members: list[Post]) -> Iterator[Part]:
    taken = {post.part for post in members}
    free = (number for number in count(1) if number not in taken)
    for post in members:
        yield Part(post.part or next(free), post)


def _age(post: Post) -> tuple[date, str, str]:
    return post.date or date.max, str(post.time or ""), post.id


def _number(part: Part) -> tuple[int, date, str, str]:
    return part.number, *_age(part.post)
