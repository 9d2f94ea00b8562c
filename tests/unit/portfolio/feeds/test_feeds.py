"""Feeds in both formats, held against their standards and read back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.feeds import feeds, json_feed
from portfolio.feeds.feeds import Entry, Feed
from tests.support import feeds as support
from tests.support import project

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(project.ROOT / "overrides"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)
TEMPLATES.filters["moment"] = feeds.when
DAY = datetime(2025, 4, 5, tzinfo=UTC)
# As front matter gives it, which names no zone.
LATER = datetime(2025, 4, 7)  # noqa: DTZ001
ENTRY = Entry(
    "urn:x:1", "https://example.org/1/", "One", DAY, DAY, "<p>a</p>", "S", ("L",), ("C",), ("C", "t")
)
FEED = Feed(
    "urn:x:0", "https://example.org/f.xml", "https://example.org/", "Site", "About", "Layla", "https://example.org/",
    "en", "feed.css", (ENTRY,), datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


def atom(feed: Feed) -> bytes:
    return TEMPLATES.get_template("partials/feeds/atom.html").render(feed=feeds.feed(feed)).encode()


def test_a_feed_is_what_the_standards_want() -> None:
    assert support.faults(atom(FEED)) == []
    assert support.faults(atom(replace(FEED, entries=(), description="", author_url=""))) == []
    assert support.faults_of_json(json.loads(json_feed.render(feeds.feed(FEED)))) == []
    assert support.faults_of_json(json.loads(json_feed.render(replace(FEED, entries=())))) == []


@pytest.mark.parametrize(
    "broken",
    [
        replace(FEED, id="x"), replace(FEED, url=""), replace(FEED, author=""), replace(FEED, language="e n"),
        replace(FEED, entries=(ENTRY, ENTRY)), replace(FEED, entries=(replace(ENTRY, url="/a"),)),
        replace(FEED, entries=(replace(ENTRY, categories=("",)),)),
    ],
    ids=range(7),
)  # fmt: skip
def test_the_checker_finds_faults(broken: Feed) -> None:
    assert support.faults(atom(broken)) != []


def test_a_reader_finds_everything() -> None:
    read = support.parsed(atom(FEED))
    (entry,) = read["entries"]
    assert (read["feed"]["title"], read["feed"]["subtitle"], read["feed"]["id"]) == (
        "Site",
        "About",
        "urn:x:0",
    )
    assert (entry["title"], entry["id"], entry["link"]) == ("One", "urn:x:1", "https://example.org/1/")
    assert entry["content"][0]["value"] == "<p>a</p>"
    assert (entry["summary"], "Read the post" in entry["summary"]) == ("S", False)
    assert [tag["term"] for tag in entry["tags"]] == ["C", "t"]
    assert entry["published"] == entry["updated"] == "2025-04-05T00:00:00+00:00"


@given(st.text(), st.text(), st.text(), st.lists(st.text(min_size=1), max_size=2, unique=True))
def test_any_words_survive(title: str, summary: str, content: str, tags: list[str]) -> None:
    words = replace(ENTRY, title=title, summary=summary, content=content, categories=(), tags=tuple(tags))
    made = feeds.feed(replace(FEED, entries=(words,)))
    assert support.parsed(atom(FEED))["bozo"] is False
    written = atom(replace(FEED, entries=(words,)))
    if all(made.entries[0].tags):
        assert support.faults(written) == []
    items = json.loads(json_feed.render(made))["items"]
    assert items[0].get("title", "") == made.entries[0].title


def test_order_and_updated_are_honest() -> None:
    east = timezone(timedelta(hours=9))
    entries = (
        replace(ENTRY, id="urn:x:2"),
        replace(ENTRY, id="urn:x:1"),
        replace(ENTRY, id="urn:x:3", published=DAY + timedelta(hours=1), updated=DAY),
        replace(ENTRY, id="urn:x:4", published=DAY.replace(hour=8, tzinfo=east), updated=LATER),
    )
    made = feeds.feed(replace(FEED, entries=entries))
    assert [entry.id[-1] for entry in made.entries] == ["3", "1", "2", "4"]
    assert made.entries[0].updated == made.entries[0].published
    assert made.updated == LATER.replace(tzinfo=UTC)
    assert feeds.feed(replace(FEED, entries=())).updated == FEED.built


def test_ids_follow_from_names_and_nothing_else() -> None:
    base = "https://example.org/"
    assert (
        feeds.id_of(base, "cables") == "urn:uuid:38c73e29-81c2-5170-a357-fb969b641763"
    )  # what readers have stored
    assert feeds.id_of(base, "a") != feeds.id_of(base, "b") != feeds.id_of("https://example.com/", "b")
    assert feeds.id_of(base, "tag", "a") != feeds.id_of(base, "category", "a")
    assert feeds.id_of(base, "tag:example.org,2011:1") == "tag:example.org,2011:1"
