"""What is private to MkDocs, Material and Python, and used here: the only module that touches it.

Checked on the versions in `supported`; `tests/build/test_live_seams.py` fails if one of these parts is not
where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from material.plugins.blog.structure import Post
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

BLOG = "material/blog"
# From the first on, and below the second.
RANGES = {"mkdocs": ((1, 6), (1, 7)), "mkdocs-material": ((9, 8), (9, 9))}


def unsupported() -> str:
    """The package of which another version is installed than was checked; empty if all is well."""
    for name, (first, below) in RANGES.items():
        given = tuple(int(part) for part in version(name).split(".")[:2] if part.isdigit())
        if not first <= given < below:
            return f"{name} {version(name)}"
    return ""


@contextmanager
def current(page: Page, config: MkDocsConfig) -> Iterator[None]:
    """Let a page be the one that is made, as MkDocs does while it makes it."""
    config._current_page = page
    try:
        yield
    finally:
        config._current_page = None


def populate(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Read and convert a page, with all plugins: what MkDocs does for each page of a build."""
    with current(page, config):
        page = config.plugins.on_pre_page(page, config=config, files=files)
        page.read_source(config)
        assert page.markdown is not None
        page.markdown = config.plugins.on_page_markdown(page.markdown, page=page, config=config, files=files)
        page.render(config, files)
        assert page.content is not None
        page.content = config.plugins.on_page_content(page.content, page=page, config=config, files=files)


def rendered(
    page: Page,
    config: MkDocsConfig,
    pages: list[File],
    nav: Navigation,
    env: Any,
    events: list[Callable[..., Any]],
) -> bytes | None:
    """A page as MkDocs would write it, or None if it would write nothing.

    ``events`` are what plugins do with the context of a page.
    """
    with current(page, config):
        page.active = True
        try:
            context = get_context(nav, pages, config, page)
            template = env.get_template(page.meta.get("template", "main.html"))
            for event in events:
                context = event(context, page=page, config=config, nav=nav) or context
            # MkDocs has not typed what it asks.
            if page.file.inclusion.is_excluded():  # type: ignore[no-untyped-call]
                page.content = _DRAFT + (page.content or "")
            output = config.plugins.on_post_page(template.render(context), page=page, config=config)
        finally:
            page.active = False
    return output.encode("utf-8", errors="xmlcharrefreplace") if output.strip() else None


def for_pages(config: MkDocsConfig) -> list[Callable[..., Any]]:
    """What plugins do with the context of a page, for the page: the search only collects what it says."""
    events = list(config.plugins.events["page_context"])
    return [event for event in events if not f"{event.__module__}.".startswith(_SEARCHES)]


_SEARCHES = ("material.plugins.search.", "mkdocs.contrib.search.")
_DRAFT = (
    '<div class="mkdocs-draft-marker" title="This page will not be included into the built site.">DRAFT</div>'
)


def copied(contents: Iterable[AnchorLink]) -> TableOfContents:
    """A table of contents made of new parts: Material appends to them when it renders."""
    return TableOfContents([_copied(link) for link in contents])


def _copied(link: AnchorLink) -> AnchorLink:
    made = AnchorLink(link.title, link.id, link.level)
    made.children = [_copied(child) for child in link.children]
    return made


def watched(server: LiveReloadServer) -> list[str]:
    """What MkDocs has told its own server to watch so far."""
    return list(server._watched_paths)


def blog_of(config: MkDocsConfig) -> Any:
    """The plugin of Material's blog, or None."""
    plugin: Any = config.plugins.get(BLOG)
    return plugin if plugin is not None and plugin.config["enabled"] and hasattr(plugin, "blog") else None


def is_post(page: object) -> bool:
    return isinstance(page, Post)


def read_post(plugin: Any, file: File, config: MkDocsConfig) -> Any:
    """A post as it is on the disk now, with its address, in place of what the file had for a page."""
    return plugin._resolve_post(file, config)


def is_left_out(plugin: Any, post: Any) -> bool:
    """Whether the blog does not show a post, such as a draft."""
    return bool(plugin._is_excluded(post))


def views_of(plugin: Any) -> list[Any]:
    """The pages that list posts, each before those below it."""
    return list(plugin._resolve_views(plugin.blog))


def paths_of_views(plugin: Any, post: Any, config: MkDocsConfig) -> list[str]:
    """The sources of the lists that a post is in, apart from the blog's own."""
    paths = []
    if plugin.config["archive"]:
        paths.append(plugin._format_path_for_archive(post, config))
    if plugin.config["categories"]:
        paths += [plugin._format_path_for_category(name) for name in post.config.categories]
    if plugin.config["authors_profiles"]:
        authors = [(id, plugin.authors[id]) for id in post.config.authors if id in plugin.authors]
        paths += [plugin._format_path_for_profile(*author) for author in authors]
    return paths


def noted(config: MkDocsConfig) -> dict[str, frozenset[str]]:
    """The names in the metadata of each post, by its source."""
    plugin = blog_of(config)
    posts = plugin.blog.posts if plugin is not None else []
    return {post.file.src_uri: frozenset(post.meta) for post in posts}
