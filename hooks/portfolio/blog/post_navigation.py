"""What a reader of a post is led to: the other parts of its series, and the posts that resemble it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portfolio.blog.series import Part


@dataclass(frozen=True)
class Step:
    """A post to go to: its title as plain text, and its address below the site's."""

    title: str
    url: str


@dataclass(frozen=True)
class Member:
    """A part of a series as the box lists it; ``here`` is true for the one that is being read."""

    number: int
    step: Step
    here: bool


@dataclass(frozen=True)
class SeriesBox:
    """The series of a post: its name, its parts, the post's number, and what comes before and after."""

    name: str
    members: tuple[Member, ...]
    place: int
    previous: Step | None
    next: Step | None


@dataclass(frozen=True)
class Neighbours:
    """Where to go from a post. ``series`` is None where it stands alone."""

    series: SeriesBox | None
    related: tuple[Step, ...]


def neighbours(
    id: str,
    series: Mapping[str, tuple[Part, ...]],
    related: Mapping[str, tuple[str, ...]],
    steps: Mapping[str, Step],
) -> Neighbours:
    """Where to go from the post of an id; ``steps`` has every post that is shown, by its id.

    A series of which only one part is shown is none yet.
    """
    near = tuple(steps[other] for other in related.get(id, ()) if other in steps)
    for name, parts in series.items():
        if len(parts) > 1 and any(part.post.id == id for part in parts):
            return Neighbours(_box(id, name, parts, steps), near)
    return Neighbours(None, near)


def _box(id: str, name: str, parts: tuple[Part, ...], steps: Mapping[str, Step]) -> SeriesBox:
    members = tuple(Member(part.number, steps[part.post.id], part.post.id == id) for part in parts)
    at = next(at for at, member in enumerate(members) if member.here)
    return SeriesBox(
        name,
        members,
        members[at].number,
        members[at - 1].step if at else None,
        members[at + 1].step if at + 1 < len(members) else None,
    )
