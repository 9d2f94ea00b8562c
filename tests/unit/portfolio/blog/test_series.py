"""The numbers of a series."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portfolio.blog import post_navigation
from portfolio.blog.post_navigation import PostLink
from portfolio.record.models import Post


def post(id: str, day: int, part: int | None = None, name: str | None = "S") -> Post:
    return Post(id=id, path=f"{id}.md", date=date(2026, 1, 1) + timedelta(days=day), series=name, part=part)


def numbers(*posts: Post) -> list[tuple[int, str]]:
    return [(part.number, part.post.id) for part in post_navigation.number_series(posts)["S"]]


def test_without_numbers_the_days_count() -> None:
    assert numbers(post("b", 2), post("a", 1), post("c", 3)) == [(1, "a"), (2, "b"), (3, "c")]


def test_a_number_holds_and_the_others_fill_the_gaps() -> None:
    assert numbers(post("a", 1), post("b", 2), post("first", 9, part=1)) == [(1, "first"), (2, "a"), (3, "b")]
    assert numbers(post("a", 1, part=2), post("b", 2, part=4)) == [(2, "a"), (4, "b")]


def test_other_posts_and_series_stay_apart() -> None:
    found = post_navigation.number_series([post("a", 1), post("b", 2, name="T"), post("c", 3, name=None)])
    assert {name: [part.post.id for part in parts] for name, parts in found.items()} == {
        "S": ["a"],
        "T": ["b"],
    }


def test_a_number_that_stands_twice_is_told_of_the_newer_post() -> None:
    posts = [post("new", 5, part=2), post("old", 1, part=2), post("x", 3, part=1)]
    assert [(one.id, holder.id) for one, holder in post_navigation.find_duplicate_parts(posts)] == [
        ("new", "old")
    ]


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(1, 6)), max_size=8), st.randoms())
def test_the_order_of_the_files_changes_nothing_and_derived_numbers_are_unique(
    given_posts: list[tuple[int, int | None]], chance: object
) -> None:
    posts = [post(str(at), day, part) for at, (day, part) in enumerate(given_posts)]
    first = post_navigation.number_series(posts)
    chance.shuffle(posts)  # type: ignore[attr-defined]
    assert post_navigation.number_series(posts) == first
    derived = [part.number for part in first.get("S", ()) if part.post.part is None]
    assert len({*derived, *(one.part for one in posts if one.part)}) == len(derived) + len(
        {one.part for one in posts if one.part}
    )


def test_the_box_leads_to_both_sides() -> None:
    posts = [post("a", 1), post("b", 2), post("c", 3)]
    steps = {one.id: PostLink(one.id.upper(), f"{one.id}/") for one in posts}
    found = post_navigation.build_navigation(
        "b", post_navigation.number_series(posts), {"b": ("x", "a")}, steps
    )
    assert found.series is not None
    assert (found.series.previous, found.series.place, found.series.next) == (steps["a"], 2, steps["c"])
    assert [member.here for member in found.series.members] == [False, True, False]
    assert found.related == (steps["a"],)
    assert post_navigation.build_navigation("x", {}, {}, steps) == post_navigation.PostNavigation(None, ())


def test_a_post_alone_is_no_series() -> None:
    alone = [post("a", 1, part=3), post("b", 2, name=None)]
    steps = {one.id: PostLink(one.id, f"{one.id}/") for one in alone}
    assert (
        post_navigation.build_navigation("a", post_navigation.number_series(alone), {}, steps).series is None
    )
