"""The check of everything that is written, as a build, ``make check`` and an editor run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from portfolio import settings
from portfolio.cache import FileCache
from portfolio.citing.library import Library
from portfolio.citing.typesetter import Typesetter
from portfolio.models import Post
from portfolio.problem import Problem
from portfolio.renderers.profile import Profile
from portfolio.settings import Places
from portfolio.site import Site
from typesetting import abbreviations
from writing import generated, prose_check, standing
from writing.prose_check import Inputs
from writing.standing import Waiting

# What is sound stays so: see `writing.suspects`.
_CACHE = ".cache/checks"


def check(found: Site, places: Places, config: Path, now: datetime) -> list[Problem]:
    """Every problem in the text of the pages and between the posts, sorted. ``now`` has a zone."""
    values = settings.values(config)
    kept = tuple(waiting(found, now))
    hidden = {one.post.path for one in kept}
    out = [
        (entry, origin)
        for entry, origin in zip(found.record, found.record.origins, strict=True)
        if isinstance(entry, Post) and entry.path not in hidden
    ]
    feeds, clashes = generated.feeds(out, found.options, values)
    inputs = Inputs(
        places,
        values,
        found.record,
        kept,
        generated.faces(found.options.faces) | feeds,
        found.options.macros,
        found.works.keys(),
        lambda: Library(found.works, Typesetter(found.options.style), Profile("")),
        FileCache(places.root / _CACHE),
        found.options.other_hosts,
    )
    _, unsound = abbreviations.load(places.data / abbreviations.FILE, places.root)
    return sorted({*clashes, *unsound, *prose_check.check(inputs)})


def waiting(found: Site, now: datetime) -> list[Waiting]:
    """The posts that are not out at a moment: drafts, then those dated ahead."""
    return standing.all_waiting(found.record.posts, now, found.options.zone)
