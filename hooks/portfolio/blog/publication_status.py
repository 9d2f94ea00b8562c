"""Whether a post is out: a draft never is, and one dated ahead is when its day begins where the site is."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from urllib.parse import unquote

from portfolio.core import yaml_positions
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.record.models import Post


@dataclass(frozen=True)
class Unpublished:
    """Why a post is not out. ``day`` is the day on which it comes out; None for a draft."""

    post: Post
    day: date | None


def publication_time(post: Post, zone: tzinfo) -> datetime | None:
    """The moment from which a post is out, by its date; None where it has none.

    A day begins at midnight in the zone of the site, and a time without a zone is one of that zone.
    """
    if post.time is not None:
        return post.time if post.time.tzinfo is not None else post.time.replace(tzinfo=zone)
    return datetime.combine(post.date, time(), zone) if post.date is not None else None


def check_publication(post: Post, now: datetime, zone: tzinfo) -> Unpublished | None:
    """Why a post is not out at a moment (which has a zone); None if it is.

    ``draft: false`` says no more than no ``draft`` does: its date still holds.
    """
    if post.draft:
        return Unpublished(post, None)
    moment = publication_time(post, zone)
    if moment is None or moment <= now:
        return None
    return Unpublished(post, moment.astimezone(zone).date())


def list_publication_times(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[datetime]:
    """When posts come out after a moment: the site is another then."""
    found = (publication_time(post, zone) for post in posts if not post.draft)
    return sorted(moment for moment in found if moment is not None and moment > now)


def list_unpublished(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[Unpublished]:
    """The posts that are not out: drafts, then the others by day; those of a day by path."""
    found = [one for post in posts if (one := check_publication(post, now, zone)) is not None]
    return sorted(found, key=lambda one: (one.day or date.min, one.post.path))


_ADDRESSES = ("src", "href", "poster", "srcset", "data")


def find_draft_assets(kept: Mapping[str, str], shown: Mapping[str, str], files: Collection[str]) -> set[str]:
    """Those of ``files`` that pages which are not out refer to, and no page that is.

    ``kept`` and ``shown`` have the sources of the pages that are not out and of all others, by their paths
    below the documents, where ``files`` are too. A file that a page might mean counts as meant.
    """
    theirs = {file for path, source in kept.items() for file in _meant(path, source, files)}
    for path, source in shown.items():
        if not theirs:
            break
        plain = unquote(html.unescape(source))
        if any(posixpath.basename(_bright(file)) in plain for file in theirs):
            theirs -= set(_meant(path, source, theirs))
    return theirs


def _meant(path: str, source: str, files: Collection[str]) -> Iterator[str]:
    targets, names = _named(path, source)
    for file in files:
        bright = _bright(file)
        if {file, bright} & targets or {posixpath.basename(file), posixpath.basename(bright)} & names:
            yield file


def _named(path: str, source: str) -> tuple[set[str], set[str]]:
    """The paths that a page writes, and the names in its HTML, which are reckoned from its address."""
    markup = MarkdownSource(source)
    targets = {_path(link.target, posixpath.dirname(path)) for link in markup.links}
    data = yaml_positions.load(path, markup.front_matter)[0].data if "." in markup.front_matter else None
    targets |= {_path(text, "") for _, text in yaml_positions.iter_texts(data)}
    written = [given[name] for _, given, _ in markup.html_elements for name in _ADDRESSES if name in given]
    parts = [part for text in written for part in text.replace(",", " ").split()]
    return targets, {posixpath.basename(_path(part, "")) for part in parts}


def _path(target: str, folder: str) -> str:
    bare = unquote(html.unescape(target).partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(folder, bare))


def _bright(file: str) -> str:
    """The picture of which one for the dark stands beside: ``name.png`` for ``name.dark.png``."""
    stem, end = posixpath.splitext(file)
    return f"{stem.removesuffix('.dark')}{end}"
