"""Slugs of titles in any script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.extensions import toc

from portfolio.core.text import (
    distinct_slugs,
    find_control,
    find_similar,
    normalize_host,
    slugify_heading,
    slugify_name,
    slugify_title,
)
from portfolio.record.models import id_from


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The arithmetic of a KV cache", "the-arithmetic-of-a-kv-cache"),
        ("C++ & C#: what's new?", "c-c-whats-new"),
        ("Ærø – på dansk", "ærø-på-dansk"),
        ("Cafe\u0301", "caf\u00e9"),
        ("日本語の題名", "日本語の題名"),
        ("हिन्दी में लेख", "हिन्दी-में-लेख"),
        ("தமிழ் எழுத்து", "தமிழ்-எழுத்து"),
        ("مقالة عن الجسور", "مقالة-عن-الجسور"),
        ("❤\ufe0f love", "love"),
        ("a -- b", "a-b"),
        ("???", ""),
        ("word " * 100, "-".join(["word"] * 40)),
        ("字" * 300, "字" * 66),
    ],
)
def test_slugify_title(title: str, slug: str) -> None:
    assert slugify_title(title) == slug


@given(st.text(max_size=80))
def test_slugify_title_returns_a_valid_url_part_and_file_name(title: str) -> None:
    slug = slugify_title(title)
    assert slugify_title(slug) == slug
    assert len(slug.encode()) <= 200
    assert not re.search(r"[\s/\\#?%.]|--|^-|-$", slug)
    assert slug == "" or id_from(slug) or set(slug) <= {"_", "-"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C++", "cpp"),
        ("C#", "csharp"),
        ("C", "c"),
        ("AC/DC", "acdc"),
        ("हिन्दी", "हिन्दी"),
        ("?", ""),
        ("#", "sharp"),
    ],
)
def test_slugify_name(name: str, slug: str) -> None:
    assert slugify_name(name) == slug


def test_distinct_slugs() -> None:
    assert distinct_slugs(["c++", "C++", "C#", "!", "?"]) == {
        "C++": "cpp", "c++": "cpp-2", "C#": "csharp", "!": "-2", "?": "-3",
    }  # fmt: skip


@given(st.lists(st.text(max_size=8)))
def test_distinct_slugs_do_not_depend_on_the_order_of_names(names: list[str]) -> None:
    slugs = distinct_slugs(names)
    assert len({*slugs.values()}) == len({*names})
    assert distinct_slugs(reversed(names)) == slugs


@pytest.mark.parametrize(
    ("heading", "id"),
    [
        ("שלום עולם", "שלום-עולם"),
        ("日本語 の 題名", "日本語-の-題名"),
        ("हिन्दी", "हिन्दी"),
        ("❤\ufe0f love", "love"),
        ("Ærø & 2", "ærø-2"),
    ],
)
def test_slugify_heading_keeps_letters_of_any_script(heading: str, id: str) -> None:
    assert slugify_heading(heading, "-") == id


@given(st.text(st.characters(max_codepoint=127), max_size=40), st.sampled_from("-_"))
def test_slugify_heading_agrees_with_markdown_for_ascii(heading: str, separator: str) -> None:
    assert slugify_heading(heading, separator) == toc.slugify(heading, separator)


@pytest.mark.parametrize(
    ("counts", "similar"),
    [
        ({"Notes": 3, "notes": 1, "NOTES": 1}, [("NOTES", "Notes"), ("notes", "Notes")]),
        ({"machine-learning": 1, "Machine Learning": 2}, [("machine-learning", "Machine Learning")]),
        ({"c++": 1, "C++": 1, "C#": 1, "C": 1}, [("C++", "c++")]),
        ({"inference": 2, "infrence": 1}, [("infrence", "inference")]),
        ({"inference": 2, "inferenec": 1}, [("inferenec", "inference")]),
        ({"inference": 2, "inferemce": 1}, [("inferemce", "inference")]),
        ({"model": 1, "models": 4}, [("model", "models")]),
        ({"models": 1, "model": 1}, [("model", "models")]),
        ({"engines": 1, "Engines": 1, "Engine": 1}, [("Engine", "engines"), ("Engines", "engines")]),
        ({"caching": 2, "catching": 2}, []),
        ({"python2": 1, "python3": 1, "GPT-3": 1, "GPT-4": 1, "2025": 1, "2026": 1}, []),
        ({"data": 2, "dat": 1}, [("dat", "data")]),
        ({"data": 2, "daat": 1}, [("daat", "data")]),
        ({"cats": 1, "cars": 1, "date": 1, "data": 1, "go": 1, "god": 1}, []),
        ({"html": 1, "xhtml": 1, "日本語": 1, "日本語訳": 1}, []),
        ({"attention": 1, "retention": 1}, []),
    ],
)
def test_find_similar(counts: dict[str, int], similar: list[tuple[str, str]]) -> None:
    assert find_similar(counts) == similar


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("plain", None),
        ("a\u200db हिन्दी 🎉", None),
        ("a\0b", "\0"),
        ("\x9f", "\x9f"),
        ("a\ud800", "\ud800"),
        ("\ufffe", "\ufffe"),
    ],
)
def test_find_control(text: str, control: str | None) -> None:
    assert find_control(text) == control


def test_the_host_of_a_url_is_normalized() -> None:
    assert normalize_host("me@www.Example.org:8000") == "example.org"
