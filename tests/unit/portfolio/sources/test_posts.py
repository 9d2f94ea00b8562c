"""Front matter of posts: what is accepted, what is rejected, and the messages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from material.plugins.blog.structure.config import PostConfig

from portfolio.blog import publication_status
from portfolio.core.diagnostics import Diagnostic
from portfolio.record.models import Post
from portfolio.sources import json_schema, posts

EVERYTHING = """\
date: 2026-01-31 09:30:00
updated: 2026-02-01
title: "A: title"
description: A sentence.
slug: a-title
id: first
draft: false
pin: true
authors: [owner]
categories: [Notes]
tags: [dates, 2026]
about: [role]
series: Dates
part: 2
related: [other]
links: [notes/index.md, {Elsewhere: "https://example.org"}, {More: [{Talks: talks.md}]}]
image: picture.png
readtime: 4
hide: [toc, tags]
template: blog-post.html
search: {exclude: true, boost: 0.5}
icon: material/pencil
status: new
subtitle: Below
"""


def read(front: str) -> tuple[Post | None, list[Diagnostic]]:
    _, post, problems = posts.read_post("p.md", f"---\n{front}\n---\n\nText.\n", Path("p.md"))
    return post, problems


def lines(front: str) -> list[str]:
    return [str(problem).split(" Accepted:")[0] for problem in read(front)[1]]


def test_read_post_accepts_every_key() -> None:
    post, problems = read(EVERYTHING)
    assert problems == []
    assert post is not None
    assert (post.id, post.series, post.part, post.pin, post.draft) == ("first", "Dates", 2, True, False)
    assert (str(post.date), str(post.updated), str(post.time)) == (
        "2026-01-31", "2026-02-01", "2026-01-31 09:30:00",
    )  # fmt: skip
    assert (post.tags, post.related, post.image) == (("dates", "2026"), ("other",), "picture.png")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tag: [a]", "3:1: tag: unknown key. Did you mean 'tags'?"),
        ("catagories: [a]", "3:1: catagories: unknown key. Did you mean 'categories'?"),
        ("search: {exlude: true}", "3:10: search.exlude: unknown key. Did you mean 'exclude'?"),
        (
            'draft: "true"',
            "3:1: draft: 'true' is neither true nor false. Write true or false, without quotation marks.",
        ),
        (
            "draft: tru",
            "3:1: draft: 'tru' is neither true nor false. Did you mean 'true'? Write true or "
            "false, without quotation marks.",
        ),
        (
            "tags: a, b",
            "3:1: tags: expected a list, as in [one, two], found a text. Write [a, b], or ['a, b'] for one "
            "text with a comma.",
        ),
        (
            "description: {On maps: a story}",
            "3:1: description: expected a text, found a mapping. ': ' makes a mapping of it: put quotation "
            'marks around it, as in "On maps: a story".',
        ),
        (
            "slug: a b",
            "3:1: slug: 'a b' cannot be part of a URL. Write words with hyphens between "
            "them, as in 'soft-edges'.",
        ),
        (
            "lang: german",
            "3:1: lang: 'german' is not the tag of a language. Did you mean 'de'? Write one as in de, ar or "
            "zh-Hant.",
        ),
        (
            "lang: pt_BR",
            "3:1: lang: 'pt_BR' is not the tag of a language. Did you mean 'pt-BR'? Write one as in "
            "de, ar or zh-Hant.",
        ),
        (
            "slug: ../up",
            "3:1: slug: '../up' cannot be part of a URL. Write words with hyphens between "
            "them, as in 'soft-edges'.",
        ),
        (
            "slug: " + "a" * 201,
            f"3:1: slug: '{'a' * 79}…' is too long for the name of a file: 201 bytes. "
            "Write at most 200 bytes.",
        ),
        (
            "tags: [" + "字" * 67 + "]",
            f"3:8: tags[0]: '{'字' * 67}' is too long for the name of a file: 201 bytes. "
            "Write at most 200 bytes.",
        ),
        (
            "categories: [" + "a" * 300 + "]",
            f"3:14: categories[0]: '{'a' * 79}…' is too long for the name of a file: 300 bytes. "
            "Write at most 200 bytes.",
        ),
        (
            "feed_id: post-17",
            "3:1: feed_id: 'post-17' is not a URI. Write it as in 'tag:example.org,2011:/posts/a'.",
        ),
        ('slug: "a\\0b"', "3:1: slug: contains a character that is not text (U+0000). Remove it."),
        ('title: "a\\ab"', "3:1: title: contains a character that is not text (U+0007). Remove it."),
        (
            "series: A\npart: 0",
            "4:1: part: '0' is not a whole number of at least 1. Write it in digits, without quotation "
            "marks.",
        ),
        ("part: 2", "3:1: part: needs a series. Add 'series: …'."),
        (
            "readtime: soon",
            "3:1: readtime: 'soon' is not a whole number of at least 0. Write it in digits, without "
            "quotation marks.",
        ),
        (
            "hide: [tocs]",
            "3:8: hide[0]: 'tocs' is not accepted. Did you mean 'toc'? Write navigation, toc, "
            "path, footer, tags or feedback.",
        ),
        (
            "links: [[notes.md]]",
            "3:1: links: expected a list of links. Write each as in 'notes/index.md' or "
            "'Title: notes/index.md'.",
        ),
        ("updated: 2025-12-31", "3:1: updated: 2025-12-31 is before the date of publication (2026-01-31)."),
        (
            "updated: yesterday",
            "3:1: updated: 'yesterday' is not a date. Write it as in 2026-01-31.",
        ),
        (
            "updated: 2026-02-31 09:30",
            "3:1: updated: '2026-02-31 09:30' is not a date. Write it as in 2026-01-31.",
        ),
        (
            "updated: 2026-02-03 09:30 +0530",
            "3:1: updated: '2026-02-03 09:30 +0530' is not a date. Write 2026-02-03 09:30:00 +05:30.",
        ),
        (
            "updated: 2026-02-03 22:44:26 -0700",
            "3:1: updated: '2026-02-03 22:44:26 -0700' is not a date. Write 2026-02-03 22:44:26 -07:00.",
        ),
        (
            "updated: 2026-02-03T22:44 UTC",
            "3:1: updated: '2026-02-03T22:44 UTC' is not a date. Write 2026-02-03 22:44:00Z.",
        ),
        (
            "updated: 2026-02-01T9:30 +01:00",
            "3:1: updated: '2026-02-01T9:30 +01:00' is not a date. Write 2026-02-01 9:30:00 +01:00.",
        ),
        (
            "slug: index",
            "3:1: slug: 'index' is the name of a folder's own page. Write another word.",
        ),
        ("pin: !!bool x", "3:1: pin: 'x' cannot be read as YAML's bool."),
        ("pin: true\npin: true", "4:1: pin: this key is a duplicate; the first is on line 3."),
    ],
)
def test_each_mistake_is_one_problem_with_its_position(line: str, message: str) -> None:
    assert lines(f"date: 2026-01-31\n{line}") == [f"p.md:{message}"]


@pytest.mark.parametrize(
    ("date", "hint"),
    [
        ("{{ date }}", "Write it as in 2026-01-31."),
        ("[soon", "Write it as in 2026-01-31."),
        ("%Y-%m-%d", "Write it as in 2026-01-31."),
        ("2026-01-31", "Remove the quotation marks."),
        ("May 5, 2026", "Write 2026-05-05."),
        ("5 May 2026", "Write 2026-05-05."),
        ("May 2026", "Write it as in 2026-01-31."),
    ],
)
def test_text_as_a_date_is_one_problem(date: str, hint: str) -> None:
    assert lines(f"date: '{date}'") == [f"p.md:2:1: date: '{date}' is not a date. {hint}"]


def test_each_invalid_item_of_a_list_is_one_problem() -> None:
    assert [line.partition(" ")[0] for line in lines("date: 2026-01-31\nabout: [a, {b: c}, [d]]")] == [
        "p.md:3:12:",
        "p.md:3:20:",
    ]


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_as_a_date_is_one_problem(text: str) -> None:
    problems = lines(f"date: {json.dumps(text)}")
    assert len(problems) == 1 or not text


@pytest.mark.parametrize(
    "time",
    [
        "9999-12-31 23:59:59 -12:00",
        "0001-01-01 00:00:00 +12:00",
        "9999-12-31 23:00:00",
        "0001-01-01 01:00:00",
    ],
)
def test_time_at_an_end_of_the_calendar_is_not_a_date(time: str) -> None:
    message = f"'{time}' is not a date. Write it as in 2026-01-31."
    assert lines(f"date: {time}") == [f"p.md:2:1: date: {message}"]


@pytest.mark.parametrize(
    "day", ["9999-12-30 11:00:00 -12:00", "0001-01-01", "9999-12-31", "0001-01-03 00:00:00 +12:00"]
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
def test_dates_near_the_ends_of_the_calendar_exist_in_every_time_zone(day: str, zone: str) -> None:
    _, post, problems = posts.read_post("p.md", f"---\ndate: {day}\n---\n", Path("p.md"))
    assert (post is not None, problems) == (True, [])
    assert post is not None
    publication_status.check_publication(post, datetime(2026, 6, 1, tzinfo=UTC), ZoneInfo(zone))


def test_two_dates_of_the_last_change_conflict() -> None:
    assert lines("date: {created: 2026-01-31, updated: 2026-02-01}\nupdated: 2026-02-02") == [
        "p.md:3:1: updated: date.updated says this as well. Remove one of them."
    ]


def test_an_update_before_the_publication_is_reported_where_it_is_written() -> None:
    message = "2026-01-30 is before the date of publication (2026-01-31)."
    assert lines("date: {created: 2026-01-31, updated: 2026-01-30}") == [
        f"p.md:2:29: date.updated: {message}"
    ]
    assert lines("date: 2026-01-31\nupdated: 2026-01-30") == [f"p.md:3:1: updated: {message}"]


def test_all_mistakes_are_reported_at_once() -> None:
    reported = lines("date: soon\ndraft: maybe\ncategories: x, y\nrelated: a b\nimage: [1]\nnope: 1")
    assert [line.split(": ")[1] for line in reported] == [
        "date",
        "draft",
        "categories",
        "related",
        "image",
        "nope",
    ]


def test_schema_agrees_with_the_model() -> None:
    content = json.loads((json_schema.FOLDER / "post.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    validator = Draft202012Validator(content)
    valid = yaml.safe_load(EVERYTHING) | {"date": "2026-01-31", "updated": "2026-02-01"}
    validator.validate(valid)
    validator.validate({"date": {"created": "2026-01-31", "updated": "2026-02-01"}, "draft": None})
    mistakes: list[dict[str, object]] = [
        {"tag": []}, {"draft": "true"}, {"part": 0}, {"date": "soon"}, {"hide": ["tocs"]},
    ]  # fmt: skip
    for wrong in mistakes:
        assert not validator.is_valid(valid | wrong), wrong
    assert not validator.is_valid({"draft": True})


VALUES = st.sampled_from(
    [
        "true",
        "no",
        "1",
        "1.5",
        "a",
        "'a'",
        "[]",
        "[a]",
        "[1]",
        "{}",
        "~",
        "2026-01-31",
        "!!int x",
        "!a b",
        "[[a]]",
        "{a: b, c: d}",
        "3.10",
    ]
)
KEYS = st.sampled_from(
    ["draft", "pin", "categories", "authors", "slug", "readtime", "date", "links", "tags", "title", "hide"]
)


@given(st.dictionaries(KEYS, VALUES))
def test_material_accepts_what_read_post_accepts(given_keys: dict[str, str]) -> None:
    front = "\n".join(f"{key}: {value}" for key, value in given_keys.items())
    post, problems = read(front or "x: 1")
    assert post is not None or problems
    if problems:
        return
    meta = yaml.safe_load(front)
    posts.normalize_metadata(meta, lambda: f"---\n{front}\n---\n", is_post=True)
    config = PostConfig("p.md")
    # An empty value is as good as none, for the blog too.
    config.load_dict({key: value for key, value in meta.items() if value is not None and key in config})
    assert config.validate() == ([], [])
    assert post is not None
    for key in meta.keys() & {"tags", "title", "categories"}:
        value = getattr(post, key)
        assert meta[key] == ([*value] if isinstance(value, tuple) else value)


def test_metadata_is_normalized_for_others() -> None:
    front = "date: 2026-01-31\ntitle: 1984\ntags: 3.10\nhide: toc\nlinks: {A: a.md, B: b.md}\nowner_key: 7\n"
    metadata = yaml.safe_load(front)
    posts.normalize_metadata(metadata, lambda: f"---\n{front}---\n", is_post=True)
    assert metadata == {
        "date": yaml.safe_load("2026-01-31"),
        "title": "1984",
        "tags": ["3.10"],
        "hide": ["toc"],
        "links": [{"A": "a.md"}, {"B": "b.md"}],
        "owner_key": 7,
    }
    page = {"tags": 7, "authors": 8}
    posts.normalize_metadata(page, lambda: "---\ntags: 7\nauthors: 8\n---\n", is_post=False)
    assert page == {"tags": ["7"], "authors": 8}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("# Title\n", "Begin it with the lines '---', 'date: 2026-01-31' and '---'."),
        ("+++\ndate = 2026-01-31\n+++\n", "Hugo's +++ is TOML"),
        ("Date: 2026-01-31\n\n# Title\n", "Put the lines 'key: value' between two lines '---'"),
    ],
)
def test_front_matter_in_another_form_is_named(text: str, hint: str) -> None:
    _, (problem,) = posts.load_front_matter("p.md", text)
    assert (problem.line, problem.message) == (1, "this post has no front matter.")
    assert problem.hint.startswith(hint)
