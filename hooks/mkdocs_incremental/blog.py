"""Material's blog with each thing done once: a post is converted once, and known for one at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from material.plugins.blog.readtime import readtime
from material.plugins.blog.structure import Excerpt, Post, View
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from mkdocs_incremental import api, mkdocs_internals
from mkdocs_incremental.converted_pages import Conversions
from mkdocs_incremental.page_list import Members

NAME = "material/blog"


def of(config: MkDocsConfig) -> Any:
    """The plugin of a site's blog, or None."""
    plugin: Any = config.plugins.get(NAME)
    return plugin if plugin is not None and plugin.config["enabled"] else None


def is_post(page: Any, config: MkDocsConfig) -> bool:
    """Whether the blog shows a page as a post."""
    plugin = of(config)
    return plugin is not None and page in plugin.blog.posts


def attach(config: MkDocsConfig) -> None:
    """Let the blog know its posts at once, and make no converter for each. After its ``on_files``."""
    plugin = of(config)
    if plugin is None:
        return
    plugin.blog.posts = Members(plugin.blog.posts)
    for name, changed in (("page_markdown", _without_converter), ("page_content", _with_minutes)):
        events = config.plugins.events[name]
        for place, method in enumerate(events):
            if getattr(method, "__self__", None) is plugin:
                events[place] = changed(method)


def _without_converter(method: Callable[..., Any]) -> Callable[..., Any]:
    """The blog's event with a configuration that has no extensions of Markdown: what it makes is not used."""

    def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, files: Files) -> Any:
        light = copy.copy(config)
        light.markdown_extensions = []
        light.mdx_configs = {}
        return method(markdown, page=page, config=light, files=files)

    return on_page_markdown


def _with_minutes(method: Callable[..., Any]) -> Callable[..., Any]:
    """The blog's event for a page's HTML, from which it reckons the minutes that a post takes."""

    def on_page_content(html: str, *, page: Any, config: MkDocsConfig, files: Files) -> Any:
        if is_post(page, config):
            set_minutes(page, html, config)
        return method(html, page=page, config=config, files=files)

    return on_page_content


def set_minutes(post: Any, html: str, config: MkDocsConfig) -> None:
    """Say how many minutes a post takes, as Material reckons it, unless its author says it."""
    plugin = of(config)
    if plugin is not None and plugin.config.post_readtime and not post.config.readtime:
        speed = plugin.config.post_readtime_words_per_minute
        post.config.readtime = api.remember(
            config.extra, lambda: readtime(html, speed), "readtime", str(speed), html
        )


def lend(post: Any, conversions: Conversions, config: MkDocsConfig, files: Files) -> None:
    """Let the excerpt of a post be taken from the conversion of its page."""
    excerpt = post.excerpt
    state: dict[str, Any] = {}

    def render(view: Any, separator: str) -> None:
        marked = conversions.excerpt(post.file.src_uri)
        if marked is None:
            if not state:
                # Its converter knows its own copy of the file, whose address is the list's for a while.
                made = state["made"] = Excerpt(post, config, files)
                excerpt.md, excerpt.file = made.md, made.file
            Excerpt.render(excerpt, view, separator)
            return
        excerpt.markdown = post.markdown
        excerpt.content, *more = marked.at(view.url).split(separator, 1)
        if more:
            excerpt.more = more[0]
        excerpt.toc = mkdocs_internals.contents(marked.tokens)

    excerpt.render = render


def is_view(page: Any) -> bool:
    """Whether a page is a list of posts."""
    return isinstance(page, View)


def shown_in(view: Any, config: MkDocsConfig) -> list[Any] | None:
    """The posts that a list shows: a long one has several pages. None for a list of another blog."""
    if not view.posts:
        return []
    return mkdocs_internals.posts_of_view(of(config), view) if is_post(view.posts[0], config) else None


def moments(files: Files, config: MkDocsConfig) -> list[datetime]:
    """When posts come out that Material leaves out by the clock. After its ``on_files``."""
    plugin = of(config)
    if plugin is None or not plugin.config.draft_if_future_date:
        return []
    return [
        file.page.config.date.created
        for file in files
        if isinstance(file.page, Post) and file.page not in plugin.blog.posts
    ]
