"""What a reader of a post is led to: the other parts of its series, and the posts that resemble it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import count
from math import fsum, log, sqrt

from portfolio.core.markdown_scan import MarkdownSource
from portfolio.record.models import Post


@dataclass(frozen=True)
class PostLink:
    """A post to go to: its title as plain text, and its address below the site's."""

    title: str
    url: str


@dataclass(frozen=True)
class SeriesMember:
    """A part of a series as the box lists it; ``here`` is true for the one that is being read."""

    number: int
    step: PostLink
    here: bool


@dataclass(frozen=True)
class SeriesBox:
    """The series of a post: its name, its parts, the post's number, and what comes before and after."""

    name: str
    members: tuple[SeriesMember, ...]
    place: int
    previous: PostLink | None
    next: PostLink | None


@dataclass(frozen=True)
class PostNavigation:
    """Where to go from a post. ``series`` is None where it stands alone."""

    series: SeriesBox | None
    related: tuple[PostLink, ...]


def build_navigation(
    id: str,
    series: Mapping[str, tuple[SeriesPart, ...]],
    related: Mapping[str, tuple[str, ...]],
    steps: Mapping[str, PostLink],
) -> PostNavigation:
    """Where to go from the post of an id; ``steps`` has every post that is shown, by its id.

    A series of which only one part is shown is none yet.
    """
    near = tuple(steps[other] for other in related.get(id, ()) if other in steps)
    for name, parts in series.items():
        if len(parts) > 1 and any(part.post.id == id for part in parts):
            return PostNavigation(_build_box(id, name, parts, steps), near)
    return PostNavigation(None, near)


def _build_box(id: str, name: str, parts: tuple[SeriesPart, ...], steps: Mapping[str, PostLink]) -> SeriesBox:
    members = tuple(SeriesMember(part.number, steps[part.post.id], part.post.id == id) for part in parts)
    at = next(at for at, member in enumerate(members) if member.here)
    return SeriesBox(
        name,
        members,
        members[at].number,
        members[at - 1].step if at else None,
        members[at + 1].step if at + 1 < len(members) else None,
    )


@dataclass(frozen=True)
class SeriesPart:
    """A post and its number in its series, from 1."""

    number: int
    post: Post


def number_series(posts: Iterable[Post]) -> dict[str, tuple[SeriesPart, ...]]:
    """The parts of every series by its name, in order.

    A ``part`` that is written holds. The others take the numbers that are free, by day and then by id.
    """
    named: dict[str, list[Post]] = {}
    for post in sorted(posts, key=_age):
        if post.series is not None:
            named.setdefault(post.series, []).append(post)
    return {name: tuple(sorted(_numbered(members), key=_sort_key)) for name, members in named.items()}


def find_duplicate_parts(posts: Iterable[Post]) -> Iterator[tuple[Post, Post]]:
    """Posts that claim the number of another one in their series, each with that one, which is the older."""
    first: dict[tuple[str, int], Post] = {}
    for post in sorted(posts, key=_age):
        if post.series is not None and post.part is not None:
            holder = first.setdefault((post.series, post.part), post)
            if holder is not post:
                yield post, holder


def _numbered(members: list[Post]) -> Iterator[SeriesPart]:
    taken = {post.part for post in members}
    free = (number for number in count(1) if number not in taken)
    for post in members:
        yield SeriesPart(post.part or next(free), post)


def _age(post: Post) -> tuple[date, str, str]:
    return post.date or date.max, str(post.time or ""), post.id


def _sort_key(part: SeriesPart) -> tuple[int, date, str, str]:
    return part.number, *_age(part.post)


MOST = 3
# Below this two posts share no more than their language.
_LEAST = 0.08
# The heaviest words tell what a post is about; the rest would cost time and change nothing.
_HEAVIEST = 40
# Words that more posts have weigh little and cost most; below a few posts they cost nothing either.
_MOST_HOLDERS = 0.4
_FEW = 20
# Nor do those of many posts tell which few are nearest; the time would grow as the square of the posts.
_MANY = 100
_AS_IF_WRITTEN = 3  # how often each word of a title or a tag counts
_WORD = re.compile(r"\w\w+")
# Chinese, Japanese and Thai put no spaces between words: two neighbouring signs stand for one.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2,}")


@lru_cache(maxsize=4096)
def count_words(source: str, *named: str) -> Mapping[str, int]:
    """How often each word stands in the text of a post, code and all; ``named`` counts for more."""
    counts = _count(MarkdownSource(source).body)
    for word, number in _count(" ".join(named)).items():
        counts[word] += _AS_IF_WRITTEN * number
    return counts


def rank_similar(
    counts: Mapping[str, Mapping[str, int]],
    most: int = MOST,
    apart: Mapping[str, Collection[str]] | None = None,
) -> dict[str, tuple[str, ...]]:
    """For each post, the ids of at most ``most`` that resemble it, nearest first and equals by id.

    ``counts`` has the words of each post by its id; ``apart`` has posts that must not be named with one.
    """
    vectors = _vectors(counts)
    holders: dict[str, list[tuple[str, float]]] = {}
    for id, vector in vectors.items():
        for term, weight in vector.items():
            holders.setdefault(term, []).append((id, weight))
    found = {}
    for id, vector in vectors.items():
        near: dict[str, float] = {}
        for term, weight in vector.items():
            for other, its in holders[term]:
                near[other] = near.get(other, 0.0) + weight * its
        left_out = {id, *(apart or {}).get(id, ())}
        # Rounded, so that equals are equal in whatever order they were added up.
        ranked = sorted((-round(value, 9), other) for other, value in near.items() if value >= _LEAST)
        found[id] = tuple([other for _, other in ranked if other not in left_out][:most])
    return found


def find_related_posts(posts: Mapping[str, Post], sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The posts to read after each one, by id: those that it names itself, or those that resemble it.

    ``sources`` has the text of each post. Parts of one series lead to one another anyway.
    """
    counts = {
        id: count_words(sources[id], post.title or "", *post.tags) for id, post in sorted(posts.items())
    }
    series: dict[str, set[str]] = {}
    for id, post in posts.items():
        if post.series is not None:
            series.setdefault(post.series, set()).add(id)
    apart = {id: series[post.series] for id, post in posts.items() if post.series is not None}
    ranked = rank_similar(counts, apart=apart)
    return {
        id: ranked[id] if post.related is None else tuple(one for one in post.related if one in posts)
        for id, post in posts.items()
    }


def _count(text: str) -> Counter[str]:
    counts = Counter(_WORD.findall(text.casefold()))
    if text.isascii():
        return counts
    for word in [word for word in counts if _UNSPACED.search(word)]:
        number = counts.pop(word)
        for run in _UNSPACED.findall(word):
            counts.update({run[at : at + 2]: number for at in range(len(run) - 1)})
    return counts


def _vectors(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """The heaviest words of each post with their weights, as a vector of length 1."""
    holders: Counter[str] = Counter()
    for terms in counts.values():
        holders.update(terms.keys())
    # A word that no other post has says nothing of resemblance; one that most have, next to nothing.
    rarity = {term: log((len(counts) + 1) / held) for term, held in holders.items()}
    most = min(max(_MOST_HOLDERS * len(counts), _FEW), _MANY)
    shared = {term for term, held in holders.items() if 1 < held <= most}
    vectors = {}
    for id in sorted(counts):
        weights = {term: (1 + log(number)) * rarity[term] for term, number in counts[id].items()}
        length = sqrt(fsum(weight * weight for weight in weights.values())) or 1.0
        ranked = sorted([(-weights[term], term) for term in weights.keys() & shared])[:_HEAVIEST]
        vectors[id] = {term: -weight / length for weight, term in ranked}
    return vectors
