"""What resembles what."""

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portfolio.blog import post_navigation
from portfolio.record.models import Post

CABLES = "Cables of steel hang between towers; the cable carries the deck, and wind moves the cable."
BRIDGES = "A deck on towers of steel needs cables, and each cable is spun from wire on the towers."
CAKES = "Butter, flour and eggs make a cake; beat the eggs and bake the cake with butter."
TARTS = "A tart wants butter and flour, and fruit; bake it as one would bake a cake of eggs."
ESSAYS = {"cables": CABLES, "bridges": BRIDGES, "cakes": CAKES, "tarts": TARTS}


def rank(texts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return post_navigation.rank_similar({id: post_navigation.count_words(text) for id, text in texts.items()})


def post(id: str, **given_fields: object) -> Post:
    return Post.model_validate({"id": id, "path": f"{id}.md", "date": date(2026, 1, 1), **given_fields})


def test_what_is_about_the_same_is_nearest() -> None:
    found = rank(ESSAYS)
    assert {id: near[0] for id, near in found.items()} == {
        "cables": "bridges", "bridges": "cables", "cakes": "tarts", "tarts": "cakes",
    }  # fmt: skip


def test_scripts_without_spaces_are_read_too() -> None:
    texts = {
        "a": "鋼のケーブルが橋を支える。",
        "b": "橋のケーブルは鋼で作る。",
        "c": "卵と小麦粉で菓子を焼く。",
        "d": "小麦粉の菓子を焼く。",
    }
    assert {id: near[:1] for id, near in rank(texts).items()} == {
        "a": ("b",), "b": ("a",), "c": ("d",), "d": ("c",),
    }  # fmt: skip


def test_authors_have_the_last_word_and_a_series_leads_itself() -> None:
    posts = {id: post(id) for id in ESSAYS}
    posts["cables"] = post("cables", related=["cakes", "gone"])
    posts["cakes"] = post("cakes", related=[])
    posts["bridges"] = post("bridges", series="S")
    posts["tarts"] = post("tarts", series="S")
    found = post_navigation.find_related_posts(posts, ESSAYS)
    assert (found["cables"], found["cakes"]) == (("cakes",), ())
    assert "tarts" not in found["bridges"]
    assert found["bridges"] == ("cables",)


def test_titles_and_tags_count_for_more_than_the_text() -> None:
    texts = {"a": "arches stand", "b": "arches fall", "c": "cables hang"}
    posts = {"a": post("a", tags=["cables"]), "b": post("b"), "c": post("c")}
    assert post_navigation.find_related_posts(posts, texts)["a"] == ("c", "b")


def test_more_than_a_handful_of_words_tells_what_a_post_is_about() -> None:
    loud = "anchor girder pylon truss " * 9
    quiet = "chain cliff foam gorge ledge ravine spray stair valley water"
    found = rank({"a": loud + quiet, "b": loud, "c": quiet})
    assert found["a"] == ("b", "c")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.text(alphabet="abcde ", max_size=60)), st.randoms())
def test_the_order_of_the_posts_changes_nothing(texts: dict[str, str], chance: random.Random) -> None:
    shuffled = list(texts.items())
    chance.shuffle(shuffled)
    found = rank(texts)
    assert rank(dict(shuffled)) == found
    assert all(
        id not in near and len(set(near)) == len(near) <= post_navigation.MOST for id, near in found.items()
    )
