"""What hooks ask of the posts of Material's blog, which types none of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from material.plugins.blog.readtime import readtime
from material.plugins.blog.structure import Archive, Category
from material.plugins.blog.structure import Profile as OfAuthor
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from mkdocs_incremental import api
from portfolio.core.diagnostics import Diagnostic
from portfolio.feeds import feed_html
from portfolio.feeds.feeds import Entry, id_of
from portfolio.markdown_ext import code_blocks
from portfolio.mkdocs_glue import site_pages
from portfolio.timeline.views import Portfolio


def published(config: MkDocsConfig) -> list[Any]:
    """The posts that are published, newest first. Under ``mkdocs serve`` the blog shows drafts too."""
    posts: list[Any] = site_pages.posts_of(config)
    # Those that are not out have a mark by now, see hooks/drafts.py.
    return sorted((post for post in posts if not post.meta.get("standing")), key=created, reverse=True)


def created(post: Any) -> datetime:
    """When it was published."""
    return cast(datetime, post.config.date.created)


def updated(post: Any) -> datetime:
    """When its author last said that it changed; when it was published, if nothing is said."""
    return cast(datetime, post.config.date.get("updated") or created(post))


def categories(post: Any) -> tuple[str, ...]:
    """The names of its categories."""
    return tuple(map(str, post.config.categories))


def tags(post: Any) -> tuple[str, ...]:
    """The names of its tags."""
    given = post.meta.get("tags")
    return tuple(map(str, given)) if isinstance(given, list) else ()


def set_reading_time(page: Page, html: str, config: MkDocsConfig) -> None:
    """Say how many minutes a post takes, as the blog would, but without the outputs of its code."""
    if code_blocks.OUTPUT_CLASS not in html:
        return  # The blog counts by itself.
    post: Any = page
    plugin: Any = config.plugins.get("material/blog")
    if not site_pages.is_post(page, config) or not plugin.config["post_readtime"]:
        return
    if not post.config.readtime:
        rate = plugin.config["post_readtime_words_per_minute"]
        post.config.readtime = readtime(code_blocks.remove_output(html), rate)


def entry(post: Any, config: MkDocsConfig, base: str) -> Entry:
    """A post as an entry of a feed. ``base`` is what its id is made from."""
    views: Portfolio = config.extra["views"]
    known = views.post_at(site_pages.source_of(post, config))
    url, html = post.canonical_url or "", post.content or ""
    return Entry(
        id_of(base, known.id if known else url),
        url,
        site_pages.title_of(post),
        created(post),
        updated(post),
        api.remember(config.extra, lambda: feed_html.content(html, url), "feed", html, url),
        str(post.meta.get("description") or ""),
        tuple(str(author.name) for author in post.authors) or (config.extra["profile"].name,),
        categories(post),
        tags(post),
    )


def share(view: Any, config: MkDocsConfig) -> list[Any]:
    """The posts that a page of a list of posts shows, since a long list has several pages; else none."""
    posts: list[Any] = getattr(view, "posts", [])
    if not getattr(view, "pages", ()):
        return posts
    given: Any = config.plugins["material/blog"].config
    own = {Archive: "archive", Category: "categories", OfAuthor: "authors_profiles"}.get(type(view), "blog")
    step: int = given.get(f"{own}_pagination_per_page") or given["pagination_per_page"]
    first = next(place for place, page in enumerate(view.pages) if page is view) * step
    return posts[first : first + step]


def moved(problem: Diagnostic, post: Any, config: MkDocsConfig) -> Diagnostic:
    """A problem of a post's Markdown at its place in what the author writes, which may be a notebook."""
    notebook = config.extra.get("notebooks", {}).get(post.file.src_uri)
    return notebook.map_to_notebook(problem) if notebook is not None else problem


def is_told(problem: Diagnostic, config: MkDocsConfig) -> bool:
    """Whether the check before the build has told this, in whichever words it names the field."""
    return any(replace(one, field=problem.field) == problem for one in config.extra["told"])
