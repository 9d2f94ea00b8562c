"""Whether a post is published, and which files are left out with unpublished posts.

A draft is never published. Any other post is published when its day begins in the time zone of the site.
"""

from __future__ import annotations

import html
import posixpath
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple
from urllib.parse import unquote

from portfolio.core import positions
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.record.models import Post

_URL_ATTRIBUTES = ("src", "href", "poster", "srcset", "data")


class Unpublished(NamedTuple):
    """Why a post is not published. ``day`` is the day on which it will be; None for a draft."""

    post: Post
    day: date | None


def publication_time(post: Post, zone: tzinfo) -> datetime | None:
    """Return the time from which a post is published, by its date; None if it has no date.

    A day begins at midnight in the time zone of the site, and a time without a zone is in that zone.
    """
    written = post.time or post.date
    return localize(written, zone) if written is not None else None


def localize(written: date, zone: tzinfo) -> datetime:
    """Return the time that a day, or a time with or without a zone, means on the site."""
    if not isinstance(written, datetime):
        return datetime.combine(written, time(), zone)
    return written if written.tzinfo is not None else written.replace(tzinfo=zone)


def check_publication(post: Post, now: datetime, zone: tzinfo) -> Unpublished | None:
    """Return why a post is not published at a time (with a zone); None if it is.

    ``draft: false`` means the same as no ``draft``: the date still counts.
    """
    if post.draft:
        return Unpublished(post, None)
    published_at = publication_time(post, zone)
    if published_at is None or published_at <= now:
        return None
    return Unpublished(post, published_at.astimezone(zone).date())


def list_publication_times(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[datetime]:
    """Return the times after ``now`` at which posts will be published, sorted: the site changes then."""
    times = (publication_time(post, zone) for post in posts if not post.draft)
    return sorted(published_at for published_at in times if published_at is not None and published_at > now)


def list_unpublished(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[Unpublished]:
    """Return the unpublished posts: drafts, then the others by day, then by path."""
    statuses = [status for post in posts if (status := check_publication(post, now, zone)) is not None]
    return sorted(statuses, key=lambda status: (status.day or date.min, status.post.path))


def find_draft_assets(
    unpublished: Mapping[str, str], published: Mapping[str, str], files: Collection[str]
) -> set[str]:
    """Return those of ``files`` that unpublished pages refer to and no published page does.

    Both mappings contain the sources of pages by their paths below the documents folder; ``files`` are such
    paths, too. A file that a page might refer to counts as referred to.
    """
    assets = {file for path, source in unpublished.items() for file in _find_references(path, source, files)}
    for path, source in published.items() if assets else ():
        plain = unquote(html.unescape(source))
        # Parsing a page is slow, and few pages contain the name of such a file.
        if any(posixpath.basename(_light_variant(file)) in plain for file in assets):
            assets -= _find_references(path, source, assets)
    return assets


def _find_references(path: str, source: str, files: Collection[str]) -> set[str]:
    """Return those of ``files`` that a page may refer to.

    URLs in HTML are relative to the URL of the page, which is unknown here: only their names are compared.
    """
    markdown = MarkdownSource(source)
    targets = {_resolve(link.target, posixpath.dirname(path)) for link in markdown.links}
    front_matter, _ = positions.load_yaml(path, markdown.front_matter)
    targets |= {_resolve(text, "") for _, text in positions.iter_texts(front_matter.data)}
    names = {
        posixpath.basename(_resolve(url, ""))
        for _, attributes, _ in markdown.html_elements
        for attribute in _URL_ATTRIBUTES
        for url in attributes.get(attribute, "").replace(",", " ").split()
    }
    return {
        file
        for file in files
        for variant in (file, _light_variant(file))
        if variant in targets or posixpath.basename(variant) in names
    }


def _resolve(target: str, folder: str) -> str:
    bare = unquote(html.unescape(target).partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(folder, bare))


def _light_variant(file: str) -> str:
    """Return ``name.png`` for ``name.dark.png``, which pages refer to for both color schemes."""
    stem, suffix = posixpath.splitext(file)
    return f"{stem.removesuffix('.dark')}{suffix}"
