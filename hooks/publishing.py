"""Keeps posts back that are not out, and tells each post where it leads: its series, and what resembles it.

A build leaves out drafts and posts dated ahead; ``mkdocs serve`` shows them, each with a mark.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

import site_pages
from incremental.contract import repeatable
from portfolio import settings
from portfolio.models import Post
from portfolio.options import Options
from writing import belongings, related, revisions, series, standing
from writing.reading import Neighbours, Step, neighbours


# Before Material's blog (-50), which reads the posts then.
@event_priority(0)
def _leave_out(files: Files, *, config: MkDocsConfig) -> None:
    """Exclude the posts that are not out, as the blog does with drafts, unless drafts are to be shown.

    Files beside the posts to which only these refer, such as their pictures, are left out with them.
    """
    blog: Any = config.plugins.get("material/blog")
    if blog is None or not blog.config["enabled"] or blog.config["draft"]:
        return
    out = {one.post.path for one in _waiting(config)}
    kept, shown = {}, {}
    for file in files.documentation_pages():
        if settings.shown(Path(config.docs_dir, file.src_uri), _root(config)) in out:
            file.inclusion = InclusionLevel.EXCLUDED
            kept[file.src_uri] = file.content_string
        elif out:
            shown[file.src_uri] = file.content_string
    folder = posixpath.normpath(blog.config["post_dir"].format(blog=blog.config["blog_dir"])) + "/"
    beside = {file.src_uri: file for file in files.media_files() if file.src_uri.startswith(folder)}
    for uri in belongings.of(kept, shown, beside.keys()):
        beside[uri].inclusion = InclusionLevel.EXCLUDED


# After Material's blog.
@event_priority(-75)
def _tell(files: Files, *, config: MkDocsConfig) -> None:
    """``standing`` in the metadata of posts that are not out, and the day of the last change."""
    options: Options = config.extra["options"]
    pages = _posts(config)
    out = {one.post.path: one for one in _waiting(config)}
    changed = revisions.changed(Path(config.docs_dir), options.zone) if pages else {}
    for post, page in pages:
        if post.path in out:
            page.meta["standing"] = out[post.path]
        days = page.config.date
        day = post.updated or changed.get(Path(config.docs_dir, page.file.src_uri))
        if day is not None and post.date is not None and day > post.date and "updated" not in days:
            days["updated"] = days.created.replace(year=day.year, month=day.month, day=day.day)
    by_id = {post.id: post for post, _ in pages}
    sources = {post.id: page.file.content_string for post, page in pages}
    config.extra["related"] = related.of(by_id, sources)
    config.extra["series"] = series.parts(by_id.values())


on_files = CombinedEvent(_leave_out, _tell)


# After Material's blog (-50), which makes the post before a pinned one its neighbour.
@event_priority(-75)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Lead from each post to the next by their days, wherever pinned ones stand in the lists."""
    posts: list[Any] = site_pages.posts_of(config)
    in_order = list(reversed(posts))
    in_order.sort(key=lambda post: post.config.date.created)
    for before, post, after in zip([None, *in_order], in_order, [*in_order[1:], None], strict=False):
        post.previous_page, post.next_page = before, after


def on_env(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """Now all titles are known: put together what each post leads to, by the source of its page."""
    pages = {post.id: page for post, page in _posts(config)}
    steps = {id: Step(site_pages.title_of(page), page.url) for id, page in pages.items()}
    config.extra["neighbours"] = {
        page.file.src_uri: neighbours(id, config.extra["series"], config.extra["related"], steps)
        for id, page in pages.items()
    }


@repeatable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``series``: the series of the post of this page, with its parts. ``related``: posts to read next."""
    found: Neighbours | None = config.extra["neighbours"].get(page.file.src_uri)
    if found is not None:
        cast("dict[str, object]", context).update(series=found.series, related=found.related)


def _posts(config: MkDocsConfig) -> list[tuple[Post, Any]]:
    """The posts that the site shows, as the record and as the blog know them."""
    known = {post.path: post for post in config.extra["record"].posts}
    pages = [(site_pages.source_of(page, config), page) for page in site_pages.posts_of(config)]
    return [(known[path], page) for path, page in pages if path in known]


def _waiting(config: MkDocsConfig) -> list[standing.Waiting]:
    posts, zone = config.extra["record"].posts, config.extra["options"].zone
    return standing.all_waiting(posts, get_build_datetime(), zone)


def _root(config: MkDocsConfig) -> Path:
    return settings.root_of(config.config_file_path)
