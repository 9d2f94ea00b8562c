"""Feeds in both formats: validated against their standards, and parsed again."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core import i18n
from portfolio.feeds import feeds
from portfolio.feeds.feeds import Entry, Feed
from tests.support import feeds as support
from tests.support import project

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(project.ROOT / "overrides"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)
i18n.install(TEMPLATES)
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
    return feeds.create_atom_renderer(TEMPLATES)(feeds.normalize_feed(feed)).encode()


def test_feeds_are_valid() -> None:
    assert support.find_atom_errors(atom(FEED)) == []
    assert support.find_atom_errors(atom(replace(FEED, entries=(), description="", author_url=""))) == []
    assert support.find_json_feed_errors(json.loads(feeds.render_json_feed(feeds.normalize_feed(FEED)))) == []
    assert support.find_json_feed_errors(json.loads(feeds.render_json_feed(replace(FEED, entries=())))) == []


@pytest.mark.parametrize(
    "broken",
    [
        replace(FEED, id="x"), replace(FEED, url=""), replace(FEED, author=""), replace(FEED, language="e n"),
        replace(FEED, entries=(ENTRY, ENTRY)), replace(FEED, entries=(replace(ENTRY, url="/a"),)),
        replace(FEED, entries=(replace(ENTRY, categories=("",)),)),
    ],
    ids=range(7),
)  # fmt: skip
def test_invalid_feeds_are_detected(broken: Feed) -> None:
    assert support.find_atom_errors(atom(broken)) != []


def test_parsed_feed_has_everything() -> None:
    read = support.parse_feed(atom(FEED))
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
def test_any_text_round_trips(title: str, summary: str, content: str, tags: list[str]) -> None:
    words = replace(ENTRY, title=title, summary=summary, content=content, categories=(), tags=tuple(tags))
    normalized = feeds.normalize_feed(replace(FEED, entries=(words,)))
    assert support.parse_feed(atom(FEED))["bozo"] is False
    written = atom(replace(FEED, entries=(words,)))
    if all(normalized.entries[0].tags):
        assert support.find_atom_errors(written) == []
    items = json.loads(feeds.render_json_feed(normalized))["items"]
    assert items[0].get("title", "") == normalized.entries[0].title


def test_normalize_feed_orders_entries_and_dates() -> None:
    east = timezone(timedelta(hours=9))
    entries = (
        replace(ENTRY, id="urn:x:2"),
        replace(ENTRY, id="urn:x:1"),
        replace(ENTRY, id="urn:x:3", published=DAY + timedelta(hours=1), updated=DAY),
        replace(ENTRY, id="urn:x:4", published=DAY.replace(hour=8, tzinfo=east), updated=LATER),
    )
    normalized = feeds.normalize_feed(replace(FEED, entries=entries))
    assert [entry.id[-1] for entry in normalized.entries] == ["3", "1", "2", "4"]
    assert normalized.entries[0].updated == normalized.entries[0].published
    assert normalized.updated == LATER.replace(tzinfo=UTC)
    assert feeds.normalize_feed(replace(FEED, entries=())).updated == FEED.built


def test_feed_id_depends_on_its_arguments_alone() -> None:
    base = "https://example.org/"
    assert (
        feeds.feed_id(base, "cables") == "urn:uuid:38c73e29-81c2-5170-a357-fb969b641763"
    )  # what readers have stored
    assert feeds.feed_id(base, "a") != feeds.feed_id(base, "b") != feeds.feed_id("https://example.com/", "b")
    assert feeds.feed_id(base, "tag", "a") != feeds.feed_id(base, "category", "a")
    assert feeds.feed_id(base, "tag:example.org,2011:1") == "tag:example.org,2011:1"
