"""The feeds of the posts: which there are, the content of their entries, and JSON Feed.

`plan_feeds` decides which feeds a site has and which posts are in each. `Feed` and `Entry` are the content of
both formats.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import count
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote as quote_url

from jinja2 import Environment
from markupsafe import Markup

from portfolio.config import FeedOptions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.text import slugify_name, strip_invalid_xml
from portfolio.record.models import Post
from portfolio.record.record import Origin

P = TypeVar("P")
T = TypeVar("T", bound="Entry | Feed")

# The fields of a post with the names of categories and tags.
_NAMES = {"category": "categories", "tag": "tags"}
# The page that lists the feeds; a build generates it unless the owner writes it.
FEEDS_PAGE = "feeds.md"
JSON_FEED_VERSION = "https://jsonfeed.org/version/1.1"
_URI = re.compile(r"(?:https?|tag|urn):\S+")


@dataclass(frozen=True)
class PlannedFeed(Generic[P]):
    """A feed to write: ``path`` is relative to the site.

    ``subject`` is "all", "category" or "tag", and ``name`` that of the category or the tag.
    """

    path: str
    format: Literal["atom", "json"]
    subject: str
    name: str
    title: str
    posts: tuple[tuple[Post, P], ...]

    @property
    def url(self) -> str:
        """The path as a URL (RFC 3986), relative to the site's."""
        return quote_url(self.path)

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return f"application/{'feed+json' if self.format == 'json' else 'atom+xml'}"


@dataclass(frozen=True)
class FeedClash(Generic[P]):
    """A feed without a path of its own. ``rival`` has its path; None if it has no path at all."""

    feed: PlannedFeed[P]
    rival: PlannedFeed[P] | None

    def diagnose(self, origin: Origin) -> Diagnostic:
        """Create the diagnostic at the name in the newest post of the feed, which has this origin."""
        key, name = _NAMES[self.feed.subject], self.feed.name
        post, _ = self.feed.posts[0]
        at = key, getattr(post, key).index(name)
        if self.rival is None:
            message = f"{quote(name)} has no letter or digit for a URL."
            return origin.diagnose(at, message, "Choose another name.", code="feeds.no-slug")
        rival = f"the {self.rival.subject} {quote(self.rival.name)}" if self.rival.name else "all posts"
        message = f"{quote(name)} would have the same feed as {rival}, {self.rival.path}."
        return origin.diagnose(at, message, "Rename one of them.", code="feeds.same-path")


def plan_feeds(
    posts: Sequence[tuple[Post, P]], options: FeedOptions, slugify: Callable[[str], str], site_name: str = ""
) -> tuple[list[PlannedFeed[P]], list[FeedClash[P]]]:
    """Return the feeds of these posts, which come newest first, and the feeds without a path.

    ``slugify`` makes the URL of a category's page from its name; ``site_name`` begins the titles. A feed has
    as many posts as ``options`` say. A tag whose path another feed has gets a number. Categories of the same
    path clash, since their pages would have the same URL, and so do names without a slug; the alphabetically
    first keeps the path.
    """
    planned: dict[str, PlannedFeed[P]] = {}
    clashes: list[FeedClash[P]] = []
    for feed in _requested_feeds(posts, options, slugify, site_name):
        if feed.subject == "tag":
            feed = _with_number(feed, options.tag, planned)
        if feed.path and feed.path not in planned:
            planned[feed.path] = feed
        else:
            clashes.append(FeedClash(feed, planned.get(feed.path)))
    limit = options.entries or None
    return [replace(feed, posts=feed.posts[:limit]) for feed in planned.values()], clashes


def _requested_feeds(
    posts: Sequence[tuple[Post, P]], options: FeedOptions, slugify: Callable[[str], str], site_name: str
) -> Iterator[PlannedFeed[P]]:
    if options.all:
        yield PlannedFeed(options.all, "atom", "all", "", site_name, tuple(posts))
    if options.json_feed and options.json_feed != options.all:
        yield PlannedFeed(options.json_feed, "json", "all", "", site_name, tuple(posts))
    for subject, pattern in (("category", options.category), ("tag", options.tag)):
        by_name: dict[str, list[tuple[Post, P]]] = {}
        for post, page in posts if pattern else ():
            for name in dict.fromkeys(getattr(post, _NAMES[subject])):
                by_name.setdefault(name, []).append((post, page))
        for name, named in sorted(by_name.items()):
            part = slugify(name) if subject == "category" else slugify_name(name)
            path = pattern.format_map({subject: part}) if part else ""
            yield PlannedFeed(path, "atom", subject, name, f"{site_name}: {name}", tuple(named))


def _with_number(feed: PlannedFeed[P], pattern: str, planned: Mapping[str, PlannedFeed[P]]) -> PlannedFeed[P]:
    """Return the feed of a tag at a path that no feed has yet."""
    if not feed.path or feed.path not in planned:
        return feed
    before, after = pattern.split("{tag}")
    part = feed.path.removeprefix(before).removesuffix(after)
    paths = (f"{before}{part}-{number}{after}" for number in count(2))
    return replace(feed, path=next(path for path in paths if path not in planned))


@dataclass(frozen=True)
class Entry:
    """A post in a feed. URLs are absolute, ``content`` is HTML, all other texts are plain.

    ``language`` is empty if it is that of the feed.
    ``published`` and ``updated`` have a time zone.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    content: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed. ``url`` is its own URL, ``home`` that of the page with the same posts."""

    id: str
    url: str
    home: str
    title: str
    description: str
    author: str
    author_url: str
    language: str
    stylesheet: str
    entries: tuple[Entry, ...]
    built: datetime

    @property
    def updated(self) -> datetime:
        """When the last of its entries changed; the time of the build if it has none."""
        return max((entry.updated for entry in self.entries), default=self.built)


def feed_id(base: str, *names: str) -> str:
    """Return the id of an entry or a feed (RFC 4287, section 4.2.6), the same as long as the arguments are.

    It is a UUID made from names (RFC 9562, version 5): not the URL, which changes with a title, and no
    ``tag:`` URI, which needs a day on which the owner had the domain. A single name that is a URI is the id:
    a post that moved here from another site keeps the id that readers know.
    """
    if len(names) == 1 and _URI.fullmatch(names[0]):
        return names[0]
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join([base, *names])).urn


def normalize_feed(feed: Feed) -> Feed:
    """Make a feed valid: without characters that XML forbids, entries newest first, dates with zones.

    Entries of the same time are ordered by their ids, so that the order never varies. No entry is updated
    before it was published.
    """
    entries = sorted(map(_normalize_entry, feed.entries), key=lambda entry: entry.id)
    entries.sort(key=lambda entry: entry.published, reverse=True)
    return replace(_strip_texts(feed), entries=tuple(entries))


# A post is in several feeds.
@lru_cache(maxsize=1 << 10)
def _normalize_entry(entry: Entry) -> Entry:
    published, updated = (
        time if time.tzinfo else time.replace(tzinfo=UTC) for time in (entry.published, entry.updated)
    )
    return replace(_strip_texts(entry), published=published, updated=max(updated, published))


def _strip_texts(part: T) -> T:
    def strip(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(strip, value))
        return strip_invalid_xml(value) if isinstance(value, str) else value

    return replace(part, **{field.name: strip(getattr(part, field.name)) for field in fields(part)})


def rfc3339(time: datetime) -> str:
    """Format a time as RFC 3339 does, to the second."""
    return time.isoformat(timespec="seconds")


def create_atom_renderer(templates: Environment) -> Callable[[Feed], str]:
    """Return a function that renders feeds as Atom (RFC 4287). An entry of several feeds is rendered once."""
    feed_template = templates.get_template("partials/feeds/atom.html")
    entry_template = templates.get_template("partials/feeds/entry.html")

    @cache
    def render_entry(entry: Entry) -> Markup:
        return Markup(entry_template.render(entry=entry, rfc3339=rfc3339))  # noqa: S704 - the template escapes

    return lambda feed: feed_template.render(feed=feed, render_entry=render_entry, rfc3339=rfc3339)


def render_json_feed(feed: Feed) -> str:
    """Return a feed as JSON Feed, version 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document = {
        "version": JSON_FEED_VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "description": feed.description,
        "authors": [_without_empty({"name": feed.author, "url": feed.author_url})],
        "language": feed.language,
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(_without_empty(document), ensure_ascii=False, indent=1) + "\n"


def _json_item(entry: Entry) -> dict[str, Any]:
    return {
        **_without_empty({"id": entry.id, "url": entry.url, "title": entry.title}),
        # Required, even if it is empty.
        "content_html": entry.content,
        **_without_empty(
            {
                "summary": entry.summary,
                "date_published": rfc3339(entry.published),
                "date_modified": rfc3339(entry.updated),
                "authors": [{"name": name} for name in entry.authors],
                "language": entry.language,
                "tags": list(dict.fromkeys((*entry.categories, *entry.tags))),
            }
        ),
    }


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Remove empty values, but for the list of items, which is required."""
    return {key: value for key, value in values.items() if value or key == "items"}
