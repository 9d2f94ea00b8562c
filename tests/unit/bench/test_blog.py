"""The generated blog is always the same, and its posts have the size and content that the benchmark needs."""

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
    return blog.create_posts(60)


@given(st.integers(0, 20), st.integers(0, 20), st.integers())
def test_post_does_not_depend_on_the_number_of_posts(number: int, additional: int, seed: int) -> None:
    assert blog.create_posts(number + additional, seed)[:number] == blog.create_posts(number, seed)


def test_another_seed_creates_another_blog(posts: list[Post]) -> None:
    assert not {post.rest for post in posts} & {post.rest for post in blog.create_posts(60, seed=1)}


def test_posts_have_about_700_words(posts: list[Post]) -> None:
    words = [
        len(re.findall(r"\w+", re.sub(r"```.*?```", "", post.markdown(str), flags=re.DOTALL)))
        for post in posts
    ]
    assert 650 < mean(words) < 750
    assert min(words) > 550


def test_posts_have_code_a_table_links_and_tags(posts: list[Post]) -> None:
    for post in posts:
        text = post.markdown(lambda slug: f"{slug}.md")
        assert text.count("```python\n") == 1
        assert text.count("| --- |") == 1
        assert "](https://example.org/" in text
        assert "post:" not in text
        assert len(set(post.tags)) == 3


def test_links_lead_to_older_posts(posts: list[Post]) -> None:
    for post in posts:
        slugs = re.findall(r"\]\(post:([\w-]+)\)", post.rest)
        assert bool(slugs) == (post.number > 0)
        assert all(slug < post.slug for slug in slugs)


def test_slugs_and_titles_are_unique(posts: list[Post]) -> None:
    assert len({post.slug for post in posts}) == len({post.title for post in posts}) == len(posts)


def test_front_matter_is_valid_on_this_site(posts: list[Post]) -> None:
    for post in posts:
        document, problems = posts_module.load_front_matter("post.md", source(post))
        front, found = posts_module.validate_front_matter(document)
        assert [*problems, *found] == []
        assert front.tags == post.tags
        assert front.categories == (post.category,)
