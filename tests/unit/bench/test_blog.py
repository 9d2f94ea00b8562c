"""The blog that is built, served and edited: the same each time, and what the issue of speed calls a post."""

import re
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.sources import posts as posts_module
from tests.bench import blog
from tests.bench.blog import Post
from tests.bench.contenders.stock import source


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    return blog.posts(60)


@given(st.integers(0, 20), st.integers(0, 20), st.integers())
def test_a_post_does_not_depend_on_how_many_there_are(few: int, more: int, seed: int) -> None:
    assert blog.posts(few + more, seed)[:few] == blog.posts(few, seed)


def test_another_seed_gives_another_blog(posts: list[Post]) -> None:
    assert not {post.rest for post in posts} & {post.rest for post in blog.posts(60, seed=1)}


def test_posts_have_700_words_or_so(posts: list[Post]) -> None:
    words = [
        len(re.findall(r"\w+", re.sub(r"```.*?```", "", post.linked(str), flags=re.DOTALL))) for post in posts
    ]
    assert 650 < mean(words) < 750
    assert min(words) > 550


def test_posts_have_code_a_table_links_and_three_tags(posts: list[Post]) -> None:
    for post in posts:
        text = post.linked(lambda slug: f"{slug}.md")
        assert text.count("```python\n") == 1
        assert text.count("| --- |") == 1
        assert "](https://example.org/" in text
        assert "post:" not in text
        assert len(set(post.tags)) == 3


def test_links_lead_to_older_posts(posts: list[Post]) -> None:
    for post in posts:
        led = re.findall(r"\]\(post:([\w-]+)\)", post.rest)
        assert bool(led) == (post.number > 0)
        assert all(slug < post.slug for slug in led)


def test_addresses_and_titles_stand_once(posts: list[Post]) -> None:
    assert len({post.slug for post in posts}) == len({post.title for post in posts}) == len(posts)


def test_front_matter_is_what_this_site_takes(posts: list[Post]) -> None:
    for post in posts:
        document, problems = posts_module.load_front_matter("post.md", source(post))
        front, found = posts_module.validate_front_matter(document)
        assert [*problems, *found] == []
        assert front.tags == post.tags
        assert front.categories == (post.category,)
