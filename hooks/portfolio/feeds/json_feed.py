"""JSON Feed, version 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import Any

from portfolio.feeds.feeds import Entry, Feed, when

VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> str:
    """The text of the feed's file."""
    author = {"name": feed.author, "url": feed.author_url}
    written = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "description": feed.description,
        "authors": [_given(author)],
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(_given(written), ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, Any]:
    return {
        **_given({"id": entry.id, "url": entry.url, "title": entry.title}),
        # The one thing that an item must have, though it be empty.
        "content_html": entry.content,
        **_given(
            {
                "summary": entry.summary,
                "date_published": when(entry.published),
                "date_modified": when(entry.updated),
                "authors": [{"name": name} for name in entry.authors],
                "tags": list(dict.fromkeys((*entry.categories, *entry.tags))),
            }
        ),
    }


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty; the list of items stays."""
    return {key: value for key, value in values.items() if value or key == "items"}
