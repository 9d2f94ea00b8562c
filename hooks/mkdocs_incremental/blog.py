"""Material's blog without needless work: fast look-ups and reading times, and only converters in use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from html import unescape
from math import ceil
from typing import Any

from markdown import Markdown
from material.plugins.blog.readtime import readtime
from material.plugins.blog.structure import Excerpt, Post, View
from material.plugins.search.plugin import void
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from mkdocs_incremental import api, mkdocs_internals

NAME = "material/blog"
# Tags and comments that every version of Python's HTMLParser reads alike, as converters write them.
_TAG = re.compile(
    r"""</[a-zA-Z][a-zA-Z0-9:-]*+[ \t\n]*+>"""
    r"""|<[a-zA-Z][a-zA-Z0-9:-]*+(?:[ \t\n]++[^\s"'<>/=]++(?:="[^"<]*+"|='[^'<]*+')?+)*+[ \t\n]*+/?>"""
    r"""|<!--(?!-?>)(?:[^-<]|-(?!-))*+-->"""
)
_TAG_NAME = re.compile("[a-z][a-z0-9:-]*")
_IMAGE = re.compile(r"<img[\s/>]", re.IGNORECASE)
# Elements whose text is not read, and those in which some versions of Python read no tags or characters.
_UNREAD = frozenset({"object", "script", "style", "svg"})
_RAW_TEXT = frozenset("iframe noembed noframes noscript plaintext script style textarea title xmp".split())
_SPECIAL = re.compile(f"<(?:{'|'.join(sorted(_UNREAD | _RAW_TEXT))})", re.IGNORECASE)


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
    wrappers = {"page_markdown": _without_converters, "page_content": _with_cached_reading_time}
    for event, wrap in wrappers.items():
        handlers = mkdocs_internals.event_handlers(config, event)
        for index, handler in enumerate(handlers):
            if getattr(handler, "__self__", None) is plugin:
                handlers[index] = wrap(handler)


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


def _with_cached_reading_time(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the blog's event, which otherwise computes the reading time of a post in each build."""

    def on_page_content(html: str, *, page: Any, config: MkDocsConfig, files: Files) -> Any:
        if is_post(page, config):
            set_reading_time(page, html, config)
        return handler(html, page=page, config=config, files=files)

    return on_page_content


def set_reading_time(
    post: Any, html: str, config: MkDocsConfig, count: Callable[[str, int], int] | None = None
) -> None:
    """Set the reading time of a post as Material computes it, unless its front matter has it.

    ``count`` replaces `count_minutes`.
    """
    plugin = get_plugin(config)
    if plugin is not None and plugin.config.post_readtime and not post.config.readtime:
        post.config.readtime = (count or count_minutes)(html, plugin.config.post_readtime_words_per_minute)


def count_minutes(html: str, words_per_minute: int) -> int:
    """Return how many minutes it takes to read HTML, as Material's ``readtime`` does, but much faster."""
    texts = _TAG.split(html)
    read = _list_read_texts(html) if _SPECIAL.search(html) else texts
    if read is None or any("<" in text for text in texts):
        minutes: int = readtime(html, words_per_minute)
        return minutes
    words = len(re.findall(r"\W+", "".join(map(unescape, read)))) + 1
    seconds = ceil(words / words_per_minute * 60)
    # Each image takes less time than the one before, but never less than three seconds.
    seconds += sum(max(12 - number, 3) for number in range(len(_IMAGE.findall(html))))
    return ceil(seconds / 60)


def _list_read_texts(html: str) -> list[str] | None:
    """Return the texts between tags that are read; None where versions of Python disagree."""
    texts: list[str] = []
    # The elements around a text, from the first that is not read: an end tag closes only the innermost.
    context: list[str] = []
    end, raw = 0, ""
    for tag in _TAG.finditer(html):
        text, end = html[end : tag.start()], tag.end()
        if not context:
            texts.append(text)
        name = match[0] if (match := _TAG_NAME.search(tag[0].lower())) else ""
        is_end = tag[0].startswith("</")
        if raw and (not is_end or name != raw or ("&" in text and not context)):
            return None
        is_empty = tag[0].endswith("/>") or tag[0].startswith("<!") or name in void
        raw = "" if is_end or is_empty or name not in _RAW_TEXT else name
        if is_end:
            if context and context[-1] == name:
                context.pop()
        elif not is_empty and (context or name in _UNREAD):
            context.append(name)
    return None if raw else [*texts, *([] if context else [html[end:]])]


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
