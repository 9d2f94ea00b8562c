"""Tells each post when it changed, and where it leads: its series, and what resembles it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import cacheable
from mkdocs_live.api import rerunnable
from portfolio.blog import git_dates, post_navigation
from portfolio.blog.post_navigation import PostLink, PostNavigation, build_navigation
from portfolio.config.options import Options
from portfolio.mkdocs_glue import site_pages
from portfolio.record.models import Post


# After Material's blog.
@event_priority(-75)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """The day of the last change of each post, its series, and what is near to it."""
    options: Options = config.extra["options"]
    pages = _posts(config)
    changed = git_dates.read_change_dates(Path(config.docs_dir), options.zone) if pages else {}
    for post, page in pages:
        days = page.config.date
        day = post.updated or changed.get(Path(config.docs_dir, page.file.src_uri))
        if day is not None and post.date is not None and day > post.date and "updated" not in days:
            days["updated"] = days.created.replace(year=day.year, month=day.month, day=day.day)
    by_id = {post.id: post for post, _ in pages}
    sources = {post.id: page.file.content_string for post, page in pages}
    config.extra["related"] = post_navigation.find_related_posts(by_id, sources)
    config.extra["series"] = post_navigation.number_series(by_id.values())


# After Material's blog (-50), which makes the post before a pinned one its neighbour.
@rerunnable
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
    steps = {id: PostLink(site_pages.title_of(page), page.url) for id, page in pages.items()}
    config.extra["neighbours"] = {
        page.file.src_uri: build_navigation(id, config.extra["series"], config.extra["related"], steps)
        for id, page in pages.items()
    }


@cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``series``: the series of the post of this page, with its parts. ``related``: posts to read next."""
    found: PostNavigation | None = config.extra["neighbours"].get(page.file.src_uri)
    if found is not None:
        cast("dict[str, object]", context).update(series=found.series, related=found.related)


def _posts(config: MkDocsConfig) -> list[tuple[Post, Any]]:
    """The posts that the site shows, as the record and as the blog know them."""
    known = {post.path: post for post in config.extra["record"].posts}
    pages = [(site_pages.source_of(page, config), page) for page in site_pages.posts_of(config)]
    return [(known[path], page) for path, page in pages if path in known]
