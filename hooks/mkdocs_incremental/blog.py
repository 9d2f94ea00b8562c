"""Material's blog without needless work: fast look-ups, and only converters in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from markdown import Markdown
from material.plugins.blog.structure import Excerpt, Post, View
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from mkdocs_incremental import api, mkdocs_internals

NAME = "material/blog"


def get_plugin(config: MkDocsConfig) -> Any:
    """Return the plugin of a site's blog, or None."""
    plugin: Any = config.plugins.get(NAME)
    return plugin if plugin is not None and plugin.config["enabled"] else None


def is_post(page: Any, config: MkDocsConfig) -> bool:
    """Whether the blog shows a page as a post."""
    plugin = get_plugin(config)
    return plugin is not None and page in plugin.blog.posts


def is_view(page: Any) -> bool:
    """Whether a page is a list of posts."""
    return isinstance(page, View)


def posts_on_page(view: Any, config: MkDocsConfig) -> list[Any] | None:
    """Return the posts on one page of a list, which may have several. None for a list of another blog."""
    if not view.posts:
        return []
    if not is_post(view.posts[0], config):
        return None
    return mkdocs_internals.posts_on_page(get_plugin(config), view)


def has_excerpts(config: MkDocsConfig) -> bool:
    """Whether Material converts the excerpt of a post for each list that shows it.

    It does not if a hook has replaced that by something that is marked `api.cacheable`.
    """
    return not api.is_cacheable(mkdocs_internals.excerpt_renderer(get_plugin(config)))


def future_publication_dates(files: Files, config: MkDocsConfig) -> list[datetime]:
    """Return the dates of posts that Material leaves out until then. After its ``on_files``."""
    plugin = get_plugin(config)
    if plugin is None or not plugin.config.draft_if_future_date:
        return []
    return [
        file.page.config.date.created
        for file in files
        if isinstance(file.page, Post) and file.page not in plugin.blog.posts
    ]


def attach(config: MkDocsConfig) -> None:
    """Speed up the blog's look-ups and avoid a Markdown converter for each post. After its ``on_files``."""
    plugin = get_plugin(config)
    if plugin is None:
        return
    plugin.blog.posts = _PostList(plugin.blog.posts)
    handlers = mkdocs_internals.event_handlers(config, "page_markdown")
    for index, handler in enumerate(handlers):
        if getattr(handler, "__self__", None) is plugin:
            handlers[index] = _without_converters(handler)


class _PostList(list[Any]):
    """Posts whose ``in`` compares files, of which each has one page.

    MkDocs compares pages by title, which it may have to look for in their Markdown, and Material asks four
    times for each page whether it is a post: that is quadratic in the number of posts.
    """

    def __init__(self, posts: Iterable[Any]) -> None:
        super().__init__(posts)
        self._files = {id(post.file) for post in self}

    def __contains__(self, page: object) -> bool:
        return id(getattr(page, "file", None)) in self._files


def _without_converters(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the blog's event, which otherwise creates a converter for each post: none of them is used."""
    md = Markdown()

    def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, files: Files) -> Any:
        with mkdocs_internals.sharing_converter(md):
            return handler(markdown, page=page, config=config, files=files)

    return on_page_markdown


def install_excerpt_converter(post: Any, config: MkDocsConfig, files: Files) -> None:
    """Make the converter for a post's excerpt when a list renders that for the first time."""
    excerpt = post.excerpt

    def render(view: Any, separator: str) -> None:
        # The converter has its own copy of the file, whose URL is that of the list for a while.
        replacement = Excerpt(post, config, files)
        excerpt.md, excerpt.file = replacement.md, replacement.file
        del excerpt.render
        excerpt.render(view, separator)

    excerpt.render = render
