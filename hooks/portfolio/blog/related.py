"""Posts that resemble one another, by the words that they share and few others have (TF-IDF and the cosine).

Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988. No list of words to leave
out: a word that every post has weighs next to nothing, in any language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from math import fsum, log, sqrt

from portfolio.core.markdown_scan import MarkdownSource
from portfolio.record.models import Post

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
def words(source: str, *named: str) -> Mapping[str, int]:
    """How often each word stands in the text of a post, code and all; ``named`` counts for more."""
    counts = _count(MarkdownSource(source).body)
    for word, number in _count(" ".join(named)).items():
        counts[word] += _AS_IF_WRITTEN * number
    return counts


def rank(
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


def of(posts: Mapping[str, Post], sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The posts to read after each one, by id: those that it names itself, or those that resemble it.

    ``sources`` has the text of each post. Parts of one series lead to one another anyway.
    """
    counts = {id: words(sources[id], post.title or "", *post.tags) for id, post in sorted(posts.items())}
    series: dict[str, set[str]] = {}
    for id, post in posts.items():
        if post.series is not None:
            series.setdefault(post.series, set()).add(id)
    apart = {id: series[post.series] for id, post in posts.items() if post.series is not None}
    ranked = rank(counts, apart=apart)
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
