"""Series and their numbers, related posts, and the links that a post shows."""

import random
import re
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portfolio.blog import post_navigation
from portfolio.blog.post_navigation import (
    MAX_RELATED,
    PostLink,
    PostNavigation,
    SeriesBox,
    build_navigation,
    find_duplicate_parts,
    find_related_posts,
    number_series,
)
from portfolio.core.cache import CacheFile
from portfolio.record.models import Post

CABLES = "Cables of steel hang between towers; the cable carries the deck, and wind moves the cable."
BRIDGES = "A deck on towers of steel needs cables, and each cable is spun from wire on the towers."
CAKES = "Butter, flour and eggs make a cake; beat the eggs and bake the cake with butter."
TARTS = "A tart wants butter and flour, and fruit; bake it as one would bake a cake of eggs."
ESSAYS = {"cables": CABLES, "bridges": BRIDGES, "cakes": CAKES, "tarts": TARTS}


def post(id: str, day: int, part: int | None = None, name: str | None = "S") -> Post:
    return Post(id=id, path=f"{id}.md", date=date(2026, 1, 1) + timedelta(days=day), series=name, part=part)


def numbers(*posts: Post) -> list[tuple[int, str]]:
    return [(number, post.id) for number, post in number_series(posts)["S"]]


def test_parts_without_numbers_are_numbered_by_day() -> None:
    assert numbers(post("b", 2), post("a", 1), post("c", 3)) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_part_keeps_its_number_and_the_others_fill_the_gaps() -> None:
    assert numbers(post("a", 1), post("b", 2), post("first", 9, part=1)) == [(1, "first"), (2, "a"), (3, "b")]
    assert numbers(post("a", 1, part=2), post("b", 2, part=4)) == [(2, "a"), (4, "b")]


def test_series_are_separate_and_exclude_posts_without_a_series() -> None:
    series = number_series([post("a", 1), post("b", 2, name="T"), post("c", 3, name=None)])
    assert {name: [post.id for _, post in parts] for name, parts in series.items()} == {
        "S": ["a"],
        "T": ["b"],
    }


def test_a_duplicate_part_is_reported_for_the_newer_post() -> None:
    posts = [post("new", 5, part=2), post("old", 1, part=2), post("x", 3, part=1)]
    assert [(newer.id, older.id) for newer, older in find_duplicate_parts(posts)] == [("new", "old")]


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(1, 6)), max_size=8), st.randoms())
def test_numbers_do_not_depend_on_the_order_of_files_and_derived_ones_are_unique(
    days_and_parts: list[tuple[int, int | None]], chance: random.Random
) -> None:
    posts = [post(str(at), day, part) for at, (day, part) in enumerate(days_and_parts)]
    first = number_series(posts)
    chance.shuffle(posts)
    assert number_series(posts) == first
    derived = [number for number, post in first.get("S", ()) if post.part is None]
    stated = {post.part for post in posts if post.part}
    assert len({*derived, *stated}) == len(derived) + len(stated)


def test_navigation_has_the_parts_of_a_series_and_related_posts() -> None:
    posts = [post("a", 1), post("b", 2), post("c", 3)]
    links = {post.id: PostLink(post.id.upper(), f"{post.id}/") for post in posts}
    navigation = build_navigation(posts, {"b": ("x", "a")}, {**links, "x": PostLink("X", "x/")})
    boxes = [navigation[id].series for id in "abc"]
    parts = tuple((number, links[id]) for number, id in enumerate("abc", 1))
    assert boxes == [SeriesBox("S", parts, index, index + 1) for index in range(3)]
    assert navigation["b"].related == (PostLink("X", "x/"), links["a"])
    assert navigation["x"] == PostNavigation(None, ())


def test_navigation_has_no_link_to_a_post_that_is_not_published() -> None:
    links = {"a": PostLink("A", "a/")}
    assert build_navigation([post("a", 1)], {"a": ("gone",)}, links) == {"a": PostNavigation(None, ())}


def test_a_single_part_is_not_a_series() -> None:
    posts = [post("a", 1, part=3), post("b", 2, name=None)]
    links = {post.id: PostLink(post.id, f"{post.id}/") for post in posts}
    assert build_navigation(posts, {}, links)["a"].series is None


def rank(texts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return post_navigation.rank_similar({id: post_navigation.count_words(text) for id, text in texts.items()})


def essay(id: str, **fields: object) -> Post:
    return Post.model_validate({"id": id, "path": f"{id}.md", "date": date(2026, 1, 1), **fields})


def test_posts_about_the_same_subject_are_most_similar() -> None:
    assert {id: related[0] for id, related in rank(ESSAYS).items()} == {
        "cables": "bridges", "bridges": "cables", "cakes": "tarts", "tarts": "cakes",
    }  # fmt: skip


def test_scripts_without_spaces_are_compared_too() -> None:
    texts = {
        "a": "鋼のケーブルが橋を支える。",
        "b": "橋のケーブルは鋼で作る。",
        "c": "卵と小麦粉で菓子を焼く。",
        "d": "小麦粉の菓子を焼く。",
    }
    assert {id: related[:1] for id, related in rank(texts).items()} == {
        "a": ("b",), "b": ("a",), "c": ("d",), "d": ("c",),
    }  # fmt: skip


def test_related_in_front_matter_wins_and_parts_of_a_series_are_not_related() -> None:
    posts = {id: essay(id) for id in ESSAYS}
    posts["cables"] = essay("cables", related=["cakes", "gone"])
    posts["cakes"] = essay("cakes", related=[])
    posts["bridges"] = essay("bridges", series="S")
    posts["tarts"] = essay("tarts", series="S")
    related = find_related_posts(posts, ESSAYS)
    assert (related["cables"], related["cakes"]) == (("cakes",), ())
    assert "tarts" not in related["bridges"]
    assert related["bridges"] == ("cables",)


@given(st.text("aB1_ .-éß’–\u00a0\x85", max_size=40))
def test_words_are_what_a_pattern_finds(text: str) -> None:
    assert post_navigation.count_words(text) == Counter(re.findall(r"\w\w+", text.casefold()))


def test_titles_and_tags_count_more_than_the_text() -> None:
    texts = {"a": "arches stand", "b": "arches fall", "c": "cables hang"}
    posts = {"a": essay("a", tags=["cables"]), "b": essay("b"), "c": essay("c")}
    cache = CacheFile()
    for _ in range(2):
        assert find_related_posts(posts, texts, cache)["a"] == ("c", "b")
    posts["a"] = essay("a")
    assert find_related_posts(posts, texts, cache)["a"] == ("b",)


def test_more_than_the_few_most_frequent_words_count() -> None:
    loud = "anchor girder pylon truss " * 9
    quiet = "chain cliff foam gorge ledge ravine spray stair valley water"
    assert rank({"a": loud + quiet, "b": loud, "c": quiet})["a"] == ("b", "c")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.text(alphabet="abcde ", max_size=60)), st.randoms())
def test_similarity_does_not_depend_on_the_order_of_posts(
    texts: dict[str, str], chance: random.Random
) -> None:
    shuffled = list(texts.items())
    chance.shuffle(shuffled)
    ranked = rank(texts)
    assert rank(dict(shuffled)) == ranked
    for id, related in ranked.items():
        assert id not in related
        assert len(set(related)) == len(related) <= MAX_RELATED
