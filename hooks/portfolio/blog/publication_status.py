"""Whether a post is out: a draft never is, and one dated ahead is when its day begins where the site is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from portfolio.record.models import Post


@dataclass(frozen=True)
class Waiting:
    """Why a post is not out. ``day`` is the day on which it comes out; None for a draft."""

    post: Post
    day: date | None


def comes_out(post: Post, zone: tzinfo) -> datetime | None:
    """The moment from which a post is out, by its date; None where it has none.

    A day begins at midnight in the zone of the site, and a time without a zone is one of that zone.
    """
    if post.time is not None:
        return post.time if post.time.tzinfo is not None else post.time.replace(tzinfo=zone)
    return datetime.combine(post.date, time(), zone) if post.date is not None else None


def waiting(post: Post, now: datetime, zone: tzinfo) -> Waiting | None:
    """Why a post is not out at a moment (which has a zone); None if it is.

    ``draft: false`` says no more than no ``draft`` does: its date still holds.
    """
    if post.draft:
        return Waiting(post, None)
    moment = comes_out(post, zone)
    if moment is None or moment <= now:
        return None
    return Waiting(post, moment.astimezone(zone).date())


def moments(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[datetime]:
    """When posts come out after a moment: the site is another then."""
    found = (comes_out(post, zone) for post in posts if not post.draft)
    return sorted(moment for moment in found if moment is not None and moment > now)


def all_waiting(posts: Iterable[Post], now: datetime, zone: tzinfo) -> list[Waiting]:
    """The posts that are not out: drafts, then the others by day; those of a day by path."""
    found = [one for post in posts if (one := waiting(post, now, zone)) is not None]
    return sorted(found, key=lambda one: (one.day or date.min, one.post.path))
