"""The check of everything that is written, as a build, ``make check`` and an editor run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from portfolio.blog import publication_status
from portfolio.blog.publication_status import Waiting
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.library import Library
from portfolio.config.site import Site
from portfolio.core.cache import FileCache
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import generated_files, runner
from portfolio.lint.runner import Inputs
from portfolio.record.models import Post
from portfolio.record.people import Profile
from portfolio.sources import glossary, mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths

# What is sound stays so: see `writing.suspects`.
_CACHE = ".cache/checks"


def check(found: Site, places: SitePaths, config: Path, now: datetime) -> list[Diagnostic]:
    """Every problem in the text of the pages and between the posts, sorted. ``now`` has a zone."""
    values = mkdocs_yml.read_settings(config)
    kept = tuple(waiting(found, now))
    hidden = {one.post.path for one in kept}
    out = [
        (entry, origin)
        for entry, origin in zip(found.record, found.record.origins, strict=True)
        if isinstance(entry, Post) and entry.path not in hidden
    ]
    feeds, clashes = generated_files.feeds(out, found.options, values)
    inputs = Inputs(
        places,
        values,
        found.record,
        kept,
        generated_files.faces(found.options.faces) | feeds,
        found.options.macros,
        found.works.keys(),
        lambda: Library(found.works, CitationFormatter(found.options.style), Profile("")),
        FileCache(places.root / _CACHE),
        found.options.other_hosts,
    )
    _, unsound = glossary.load(places.data / glossary.FILE, places.root)
    return sorted({*clashes, *unsound, *runner.check(inputs)})


def waiting(found: Site, now: datetime) -> list[Waiting]:
    """The posts that are not out at a moment: drafts, then those dated ahead."""
    return publication_status.all_waiting(found.record.posts, now, found.options.zone)
