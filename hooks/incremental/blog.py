"""Material's blog with each thing done once: a post is converted once, and known for one at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from material.plugins.blog.structure import Excerpt, View
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from incremental import adapter
from incremental.conversions import Conversions
from incremental.members import Members

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
    events = config.plugins.events["page_markdown"]
    for place, method in enumerate(events):
        if getattr(method, "__self__", None) is plugin:
            events[place] = _without_converter(method)


def _without_converter(method: Callable[..., Any]) -> Callable[..., Any]:
    """The blog's event with a configuration that has no extensions of Markdown: what it makes is not used."""

    def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, files: Files) -> Any:
        light = copy.copy(config)
        light.markdown_extensions = []
        light.mdx_configs = {}
        return method(markdown, page=page, config=light, files=files)

    return on_page_markdown


def lend(post: Any, conversions: Conversions, config: MkDocsConfig, files: Files) -> None:
    """Let the excerpt of a post be taken from the conversion of its page."""
    excerpt = post.excerpt
    state: dict[str, Any] = {}

    def render(view: Any, separator: str) -> None:
        marked = conversions.excerpt(post.file.src_uri)
        if marked is None:
            if not state:
                state["md"] = excerpt.md = Excerpt(post, config, files).md
            Excerpt.render(excerpt, view, separator)
            return
        excerpt.markdown = post.markdown
        excerpt.content, *more = marked.at(view.url).split(separator, 1)
        if more:
            excerpt.more = more[0]
        excerpt.toc = adapter.contents(marked.tokens)

    excerpt.render = render


def is_view(page: Any) -> bool:
    """Whether a page is a list of posts."""
    return isinstance(page, View)


def shown_in(plugin: Any, view: Any) -> list[Any]:
    """The posts that a list shows: a long one has several pages."""
    return adapter.posts_of_view(plugin, view)
