"""Headings, images and excerpts of imported bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portfolio.importer import body_text

MORE = "<!-- more -->"
LONG = "A paragraph that is long enough for an excerpt, because it has more than a hundred characters itself."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## A\n\n### B\n", "## A\n\n### B\n"),
        ("# A\n\n## B\n\n# C\n", "## A\n\n### B\n\n## C\n"),
        ("## A\n\n#### B\n\n#### C\n\n## D\n", "## A\n\n### B\n\n### C\n\n## D\n"),
        ("#### A\n\n## B\n", "## A\n\n## B\n"),
        ("A\n===\n\nB\n---\n", "A\n---\n\n### B\n\n"),
        ("> # A\n", "> ## A\n"),
        ("```\n# A\n```\n", "```\n# A\n```\n"),
        ("    # A\n", "    # A\n"),
        ("# The *title*!\n\nText\n\n## A\n", "\n\nText\n\n## A\n"),
        ("Text\n\n# The title\n", "Text\n\n## The title\n"),
        ("###### A {#id}\n", "## A {#id}\n"),
        ("## A\n\n> B\n> c\n> ---\n> d\n", "## A\n\n> B\n> c\n> ---\n> d\n"),
        ("# A\n\n> B\n> c\n> ---\n> d\n", "## A\n\n> ### B c\n>\n>\n> d\n"),
        ("# A\n\n- # B\n", "## A\n\n- ## B\n"),
    ],
)
def test_headings_begin_on_level_2_and_skip_none(before: str, after: str) -> None:
    assert body_text.normalize_headings(before, "The title") == after


@given(st.lists(st.integers(1, 6), max_size=8))
def test_levels_of_headings_never_skip(levels: list[int]) -> None:
    markdown = "\n\n".join(f"{'#' * level} Heading {number}" for number, level in enumerate(levels))
    text = body_text.normalize_headings(markdown, "")
    tokens = MarkdownIt().parse(text)
    new = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    assert len(new) == len(levels)
    assert all(2 <= level <= before + 1 for before, level in zip([1, *new], new, strict=False))
    assert body_text.normalize_headings(text, "") == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("![](a.png)", "![](a.png){ role=presentation }"),
        ("![ ](a.png){ width=20 }", "![ ](a.png){ role=presentation width=20 }"),
        ("![](a.png){ role=presentation }", "![](a.png){ role=presentation }"),
        ("![A](a.png)", "![A](a.png)"),
        ("`![](a.png)`", "`![](a.png)`"),
        ("![](a.png){: .b }", "![](a.png){ role=presentation .b }"),
    ],
)
def test_an_image_without_a_text_is_decorative(before: str, after: str) -> None:
    assert body_text.mark_decorative_images(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{LONG}\n\nMore.\n", f"{LONG}\n\n{MORE}\n\nMore.\n"),
        ("Short.\n\nAlso.\n\n## A\n\nMore.\n", f"Short.\n\nAlso.\n\n{MORE}\n\n## A\n\nMore.\n"),
        (f"{LONG}\n\n{MORE}\n\nMore.\n", f"{LONG}\n\n{MORE}\n\nMore.\n"),
        ("One.\n\n<!--more-->\n\nTwo.\n", f"One.\n\n{MORE}\n\nTwo.\n"),
        ("A\n\n```\n<!--more-->\n```\n\n<!--more-->\n", f"A\n\n```\n<!--more-->\n```\n\n{MORE}\n"),
        ("- a\n- b\n\nText.\n", f"- a\n- b\n\nText.\n\n{MORE}\n\n"),
        ("", f"{MORE}\n\n"),
    ],
)
def test_the_excerpt_ends_after_the_first_paragraphs(before: str, after: str) -> None:
    assert body_text.mark_excerpt(before, MORE) == after


def test_missing_images_become_their_text() -> None:
    html = '<p><img\nsrc="a.png" alt="A & b"> and <img src="b.png"><img alt="no source"></p>'
    asked: list[tuple[str, int, int]] = []

    def is_missing(url: str, line: int, column: int) -> bool:
        asked.append((url, line, column))
        return url == "a.png"

    text = body_text.replace_images(html, is_missing)
    assert text == '<p>A &amp; b\n and <img src="b.png"><img alt="no source"></p>'
    assert asked == [("a.png", 1, 4), ("b.png", 2, 30)]


def test_an_excerpt_does_not_end_inside_a_callout() -> None:
    body = '!!! note "A"\n    b\n\n    - c\n\n    d\n\n# E\n'
    expected = f'!!! note "A"\n    b\n\n    - c\n\n    d\n\n{MORE}\n\n# E\n'
    assert body_text.mark_excerpt(body, MORE) == expected
