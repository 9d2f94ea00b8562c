"""What a build makes besides the pages: files that a page may link to, and feeds that would collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portfolio.blog import urls as blogs
from portfolio.citations import biblatex, csl_json
from portfolio.config.options import Exports, Options
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.text import slugify_like_blog
from portfolio.exports import json_resume, rendercv
from portfolio.feeds.feeds import FRONT_MATTER_KEYS, LabelledPost, plan_feeds
from portfolio.print import cv_pdf
from portfolio.record.models import Post
from portfolio.record.record import Origin

# The page that lists the feeds; an owner may write it, too.
FEEDS_PAGE = "feeds.md"
_FACES = {
    json_resume.EXPORT: "resume_json",
    rendercv.EXPORT: "cv_yaml",
    biblatex.EXPORT: "bibliography",
    csl_json.EXPORT: "bibliography",
    cv_pdf.EXPORT: "cv_pdf",
}


def faces(options: Exports) -> frozenset[str]:
    """The files of the record, by their paths below the site's address."""
    return frozenset(path for path, setting in _FACES.items() if getattr(options, setting))


def feeds(
    posts: Sequence[tuple[Post, Origin]], options: Options, values: Mapping[str, Any]
) -> tuple[frozenset[str], list[Diagnostic]]:
    """The feeds of the posts that are out, the page that lists them, and the labels that would share one.

    ``values`` are the settings of ``mkdocs.yml``. Nothing is known where those name a function for slugs.
    """
    blog = blogs.of(values)
    if blog is None or not blog.makes_slugs or not values.get("site_url"):
        return frozenset(), []
    labelled = [LabelledPost((post, origin), post.categories, post.tags) for post, origin in posts]
    planned, clashes = plan_feeds(labelled, options.feeds, lambda _, name: slugify_like_blog(name, "-"))
    problems = []
    for clash in clashes:
        post, origin = clash.post
        key = FRONT_MATTER_KEYS[clash.subject]
        at = key, getattr(post, key).index(clash.name)
        problems.append(origin.diagnose(at, clash.message, clash.hint, code=clash.code))
    page = {FEEDS_PAGE} if planned else set()
    return frozenset({one.path for one in planned} | page), problems
