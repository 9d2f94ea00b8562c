"""Links from a post to more posts: the parts of its series, and related posts.

Posts are related by the words that they share and few others contain: TF-IDF weights and cosine similarity
(Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988). There is no list of stop
words, because a word that every post contains has almost no weight, in any language.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain, count
from math import fsum, log, sqrt
from operator import itemgetter, mul
from typing import NamedTuple

from portfolio.core.cache import CacheFile
from portfolio.record.models import Post

MAX_RELATED = 3
# Posts that are less similar have little more than their language in common.
_MIN_SIMILARITY = 0.08
# The heaviest terms of a post describe its subject; more terms take time and hardly change the result.
_MAX_TERMS = 40
# A term of many posts has little weight, and its time grows as the square of their number. The limit is a
# share of all posts, within these bounds.
_MAX_POSTS_SHARE = 0.4
_MIN_POSTS_LIMIT = 20
_MAX_POSTS_LIMIT = 100
_TITLE_WEIGHT = 3  # how often each word of a title or a tag counts
_WORD = re.compile(r"\w\w+")
# For `bytes.translate`: characters of ASCII between words become spaces.
_SEPARATORS = bytes(
    byte if byte > 0x7F or chr(byte).isalnum() or chr(byte) == "_" else ord(" ") for byte in range(256)
)
# Thai, Chinese and Japanese put no spaces between words: each pair of characters counts as a word.
_UNSPACED = r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]{2,}"


class PostLink(NamedTuple):
    """A link to a post: its title as plain text, and its URL relative to the site's."""

    title: str
    url: str
    lang: str = ""


@dataclass(frozen=True)
class SeriesBox:
    """The series of a post: its name, and the number and link of each part.

    ``index`` is that of the post in ``parts``, ``number`` its number, from 1.
    """

    name: str
    parts: tuple[tuple[int, PostLink], ...]
    index: int
    number: int


class PostNavigation(NamedTuple):
    """The links from a post. ``series`` is None if it is in no series, or the only published part of one."""

    series: SeriesBox | None
    related: tuple[PostLink, ...]


def number_series(posts: Iterable[Post]) -> dict[str, list[tuple[int, Post]]]:
    """Return the parts of every series by its name, in order: the number of each, from 1, and the post.

    A post with a ``part`` has that number. The others get the free numbers, by day and then by id.
    """
    series: dict[str, list[Post]] = {}
    for post in sorted(posts, key=_chronological_key):
        if post.series is not None:
            series.setdefault(post.series, []).append(post)
    return {name: _number_parts(members) for name, members in series.items()}


def find_duplicate_parts(posts: Iterable[Post]) -> Iterator[tuple[Post, Post]]:
    """Yield each post whose ``part`` an older post of its series has, with that post."""
    first: dict[tuple[str, int], Post] = {}
    for post in sorted(posts, key=_chronological_key):
        if post.series is not None and post.part is not None:
            older = first.setdefault((post.series, post.part), post)
            if older is not post:
                yield post, older


def build_navigation(
    posts: Iterable[Post], related: Mapping[str, tuple[str, ...]], links: Mapping[str, PostLink]
) -> dict[str, PostNavigation]:
    """Return the links from each published post, by its id; ``related`` and ``links`` are by id as well."""
    boxes: dict[str, SeriesBox] = {}
    for name, parts in number_series(posts).items():
        linked = tuple((number, links[post.id]) for number, post in parts)
        for index, (number, post) in enumerate(parts if len(parts) > 1 else ()):
            boxes[post.id] = SeriesBox(name, linked, index, number)
    return {
        id: PostNavigation(boxes.get(id), tuple(links[post] for post in related.get(id, ()) if post in links))
        for id in links
    }


def find_related_posts(
    posts: Mapping[str, Post], texts: Mapping[str, str], cache: CacheFile | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the ids of the posts to read after each post: those that it names, or the most similar.

    ``texts`` has the text of each post, without front matter. Posts of one series are not related: the series
    links them. ``cache`` has the words of posts that have not changed.
    """
    cache = cache or CacheFile()
    counts: dict[str, Mapping[str, int]] = {}
    for id, post in sorted(posts.items()):
        written = (texts[id], post.title or "", *post.tags)
        words, numbers = cache.compute((__name__, *written), partial(_pack_words, *written))
        # One object for each word, and not one for each post that contains it.
        counts[id] = dict(zip(map(sys.intern, words.split()), numbers, strict=True))
    series = number_series(posts.values()).values()
    excluded = {post.id: {other.id for _, other in parts} for parts in series for _, post in parts}
    ranked = rank_similar(counts, excluded)
    return {
        id: ranked[id] if post.related is None else tuple(name for name in post.related if name in posts)
        for id, post in posts.items()
    }


def count_words(text: str, *titles: str) -> Mapping[str, int]:
    """Count the words in the text of a post, including code; the words of ``titles`` count more."""
    counts = _count_terms(text)
    for word, number in _count_terms(" ".join(titles)).items():
        counts[word] += _TITLE_WEIGHT * number
    return counts


def _pack_words(*written: str) -> tuple[str, tuple[int, ...]]:
    """Return the words of `count_words` and their numbers in little memory."""
    counts = count_words(*written)
    return " ".join(counts), tuple(counts.values())


def rank_similar(
    counts: Mapping[str, Mapping[str, int]], excluded: Mapping[str, Collection[str]] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return for each post the ids of at most `MAX_RELATED` similar posts: most similar first, then by id.

    ``counts`` contains the words of each post by its id; ``excluded`` the posts never to relate to a post.
    """
    vectors = _build_vectors(counts)
    postings: dict[str, list[tuple[str, float]]] = {}
    for id, vector in vectors.items():
        for term, weight in vector.items():
            postings.setdefault(term, []).append((id, weight))
    related = {}
    for id, vector in vectors.items():
        similarity: dict[str, float] = {}
        for term, weight in vector.items():
            for neighbor, neighbor_weight in postings[term]:
                similarity[neighbor] = similarity.get(neighbor, 0.0) + weight * neighbor_weight
        left_out = {id, *(excluded or {}).get(id, ())}
        # Rounded, so that the order of addition makes no difference.
        ranked = sorted(
            (-round(value, 9), neighbor) for neighbor, value in similarity.items() if value >= _MIN_SIMILARITY
        )
        related[id] = tuple([neighbor for _, neighbor in ranked if neighbor not in left_out][:MAX_RELATED])
    return related


def _number_parts(posts: list[Post]) -> list[tuple[int, Post]]:
    reserved = {post.part for post in posts}
    free = (number for number in count(1) if number not in reserved)
    # Parts with the same number stay in chronological order.
    return sorted([(post.part or next(free), post) for post in posts], key=itemgetter(0))


def _chronological_key(post: Post) -> tuple[date, str, str]:
    return post.date or date.max, str(post.time or ""), post.id


def _count_terms(text: str) -> Counter[str]:
    # This takes half the time of searching all text for words. Few are not ASCII.
    spaced = text.casefold().encode(errors="surrogatepass").translate(_SEPARATORS)
    counts = Counter(spaced.decode(errors="surrogatepass").split())
    for chunk in [chunk for chunk in counts if len(chunk) == 1 or not chunk.isascii()]:
        number = counts.pop(chunk)
        for word in _WORD.findall(chunk):
            if runs := re.findall(_UNSPACED, word):
                for run in runs:
                    counts.update({run[at : at + 2]: number for at in range(len(run) - 1)})
            else:
                counts[word] += number
    return counts


def _build_vectors(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """Return the heaviest terms of each post with their weights, as a vector of length 1."""
    frequencies = Counter(chain.from_iterable(counts.values()))
    rarity = {term: log((len(counts) + 1) / posts) for term, posts in frequencies.items()}
    limit = min(max(_MAX_POSTS_SHARE * len(counts), _MIN_POSTS_LIMIT), _MAX_POSTS_LIMIT)
    # A term of a single post says nothing about similarity.
    shared = {term for term, posts in frequencies.items() if 1 < posts <= limit}
    numbers = {*chain.from_iterable(terms.values() for terms in counts.values())}
    scales = {number: 1 + log(number) for number in numbers}
    vectors = {}
    for id in sorted(counts):
        weights = {term: scales[number] * rarity[term] for term, number in counts[id].items()}
        length = sqrt(fsum(map(mul, weights.values(), weights.values()))) or 1.0
        ranked = sorted([(-weights[term], term) for term in weights.keys() & shared])[:_MAX_TERMS]
        vectors[id] = {term: -weight / length for weight, term in ranked}
    return vectors
