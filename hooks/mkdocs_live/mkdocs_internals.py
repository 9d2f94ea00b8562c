"""Everything private to MkDocs and Material that the preview uses; no other module here touches it.

`SUPPORTED_VERSIONS` names the versions that this was checked with. `tests/build/test_live_internals.py`
fails, and names the part, if one of them has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from material.plugins.blog.structure import Post
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

# From the first version on, and below the second.
SUPPORTED_VERSIONS = {"mkdocs": ((1, 6), (1, 7)), "mkdocs-material": ((9, 8), (9, 9))}
_BLOG_PLUGIN = "material/blog"
_SEARCH_PLUGINS = ("material.plugins.search.", "mkdocs.contrib.search.")
# What MkDocs puts before the content of a page that a build would exclude.
_DRAFT_MARKER = (
    '<div class="mkdocs-draft-marker" title="This page will not be included into the built site.">DRAFT</div>'
)


def unsupported_package() -> str:
    """Return a package and its version if they are outside `SUPPORTED_VERSIONS`, or an empty string."""
    for name, (first, end) in SUPPORTED_VERSIONS.items():
        installed = tuple(int(part) for part in version(name).split(".")[:2] if part.isdigit())
        if not first <= installed < end:
            return f"{name} {version(name)}"
    return ""


@contextmanager
def _current_page(page: Page, config: MkDocsConfig) -> Iterator[None]:
    """Set the page that MkDocs works on, which plugins and extensions read."""
    config._current_page = page
    try:
        yield
    finally:
        config._current_page = None


def populate_page(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Read and convert a page with all plugins, like ``_populate_page`` of MkDocs."""
    with _current_page(page, config):
        page = config.plugins.on_pre_page(page, config=config, files=files)
        page.read_source(config)
        assert page.markdown is not None
        page.markdown = config.plugins.on_page_markdown(page.markdown, page=page, config=config, files=files)
        page.render(config, files)
        assert page.content is not None
        page.content = config.plugins.on_page_content(page.content, page=page, config=config, files=files)


def render_page(
    page: Page,
    config: MkDocsConfig,
    pages: list[File],
    nav: Navigation,
    env: Any,
    context_events: list[Callable[..., Any]],
) -> bytes | None:
    """Return a page as ``_build_page`` of MkDocs would write it, or None if it would write nothing.

    ``context_events`` are the events ``page_context`` to run.
    """
    with _current_page(page, config):
        page.active = True
        try:
            context = get_context(nav, pages, config, page)
            template = env.get_template(page.meta.get("template", "main.html"))
            for event in context_events:
                context = event(context, page=page, config=config, nav=nav) or context
            # This method of MkDocs has no types.
            if page.file.inclusion.is_excluded():  # type: ignore[no-untyped-call]
                page.content = _DRAFT_MARKER + (page.content or "")
            output = config.plugins.on_post_page(template.render(context), page=page, config=config)
        finally:
            page.active = False
    return output.encode("utf-8", errors="xmlcharrefreplace") if output.strip() else None


def context_events(config: MkDocsConfig) -> list[Callable[..., Any]]:
    """Return the events ``page_context``, without the search's, which only collects text."""
    events = list(config.plugins.events["page_context"])
    return [event for event in events if not f"{event.__module__}.".startswith(_SEARCH_PLUGINS)]


def project_folder(config: MkDocsConfig) -> Path:
    """Return the folder of ``mkdocs.yml``, or the current one if the configuration has no file."""
    return Path(config.config_file_path).parent if config.config_file_path else Path.cwd()


def watched_paths(server: LiveReloadServer) -> list[str]:
    """Return the paths that MkDocs and plugins have registered with MkDocs' own server."""
    return list(server._watched_paths)


def forget_plugins() -> None:
    """Let the next configuration have new plugins: MkDocs uses those with certain events for all."""
    vars(MkDocsConfig)["plugins"].plugin_cache.clear()


def find_blog(config: MkDocsConfig) -> Any:
    """Return the plugin of Material's blog if it is enabled, or None."""
    plugin: Any = config.plugins.get(_BLOG_PLUGIN)
    return plugin if plugin is not None and plugin.config["enabled"] and hasattr(plugin, "blog") else None


def is_post(page: object) -> bool:
    """Whether a page is a post of Material's blog."""
    return isinstance(page, Post)


def read_post(plugin: Any, file: File, config: MkDocsConfig) -> Any:
    """Read a post from its file, set its URL, and make it the page of the file."""
    return plugin._resolve_post(file, config)


def is_excluded(plugin: Any, post: Any) -> bool:
    """Whether the blog excludes a post, as it does with drafts."""
    return bool(plugin._is_excluded(post))


def link_posts(plugin: Any) -> None:
    """Link each post to the previous and the next, as Material does: pinned posts come last."""
    plugin._attach(plugin.blog, [None, *reversed(plugin.blog.posts), None])


def views(plugin: Any) -> list[Any]:
    """Return the pages that list posts, each before those below it."""
    return list(plugin._resolve_views(plugin.blog))


def view_paths(plugin: Any, post: Any, config: MkDocsConfig) -> list[str]:
    """Return the source paths of the views that list a post, without the blog itself."""
    paths = []
    if plugin.config["archive"]:
        paths.append(plugin._format_path_for_archive(post, config))
    if plugin.config["categories"]:
        paths += [plugin._format_path_for_category(name) for name in post.config.categories]
    if plugin.config["authors_profiles"]:
        authors = [(id, plugin.authors[id]) for id in post.config.authors if id in plugin.authors]
        paths += [plugin._format_path_for_profile(*author) for author in authors]
    return paths
