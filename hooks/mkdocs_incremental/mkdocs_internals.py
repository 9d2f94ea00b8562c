"""The private parts of MkDocs, Material and Python-Markdown that this package uses; no other module does.

Private are names with an underscore, methods that are replaced on an object, and undocumented attributes.
`VERSIONS` are the releases that were checked: with others, a site is built the ordinary way. If a part
changes within that range, ``tests/build/test_incremental_internals.py`` fails and names it.
"""

from __future__ import annotations

import functools
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markdown import Markdown
from material.plugins.blog import structure
from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import pages
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.toc import TableOfContents, get_toc
from mkdocs.theme import Theme

# From the first version on, and below the second.
VERSIONS = {"mkdocs": ("1.6", "1.7"), "mkdocs-material": ("9.8", "9.9"), "markdown": ("3.10", "3.12")}


@functools.cache
def unsupported_version(get_version: Callable[[str], str] = version) -> str:
    """Return why the site must be built the ordinary way; empty if all versions are supported."""
    for name, (first, end) in VERSIONS.items():
        try:
            installed = get_version(name)
        except PackageNotFoundError:
            return f"{name} is not installed"
        if not _minor_version(first) <= _minor_version(installed) < _minor_version(end):
            return f"{name} {installed} is not supported (supported: >={first},<{end})"
    return ""


def _minor_version(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:2]]


# Plugins


def event_handlers(config: MkDocsConfig, event: str) -> list[Callable[..., Any]]:
    """Return the list of handlers of an event, such as ``page_context``, in their order; it is mutable."""
    return config.plugins.events[event]


def search_entries(config: MkDocsConfig) -> list[Any]:
    """Return the list of entries that Material's search has so far; a new empty list without that plugin."""
    plugin: Any = config.plugins.get("material/search")
    if plugin is None or not plugin.config["enabled"]:
        return []
    entries: list[Any] = plugin.search_index.entries
    return entries


def posts_on_page(plugin: Any, view: Any) -> list[Any]:
    """Return the posts that one page of a list shows, as ``BlogPlugin._render`` selects them."""
    if not plugin._config_pagination(view):
        return list(view.posts)
    step = plugin._config_pagination_per_page(view)
    first = next(index for index, page in enumerate(view.pages) if page is view) * step
    return list(view.posts[first : first + step])


@contextmanager
def sharing_converter(md: Markdown) -> Iterator[None]:
    """Let the excerpts of posts that Material creates in this block use ``md`` as their converter."""
    module: Any = structure
    original, module.Markdown = module.Markdown, lambda **_: md
    try:
        yield
    finally:
        module.Markdown = original


def excerpt_renderer(plugin: Any) -> Callable[..., Any]:
    """Return the method by which the blog renders the excerpt of a post for a list."""
    render: Callable[..., Any] = plugin._render_post
    return render


# Files and pages


class _VisibleTemplateLoader(FileSystemLoader):
    """Lists no templates in hidden folders, such as 14,000 icons of Material."""

    def list_templates(self) -> list[str]:
        names = set()
        for theme_folder in self.searchpath:
            for folder, subfolders, files in os.walk(theme_folder):
                subfolders[:] = [name for name in subfolders if not name.startswith(".")]
                names |= {Path(folder, name).relative_to(theme_folder).as_posix() for name in files}
        return sorted(names)


def list_visible_templates(theme: Theme) -> None:
    """Make MkDocs list the templates of a theme without hidden folders, whose files it leaves out anyway."""
    create_environment = theme.get_env

    def get_env() -> Environment:
        env = create_environment()
        env.loader = _VisibleTemplateLoader(theme.dirs)
        return env

    theme.get_env = get_env  # type: ignore[method-assign]


def replace_copy(file: File, wrap: Callable[[Callable[[bool], None]], Callable[[bool], None]]) -> None:
    """Replace the method by which MkDocs copies a file. ``wrap`` gets it and returns the new one."""
    file.copy_file = wrap(file.copy_file)  # type: ignore[assignment,method-assign]


def replace_render(page: Any, render: Callable[[Files], None]) -> None:
    """Replace the method by which MkDocs converts a page."""
    page.render = lambda _, files: render(files)


def is_rendering_page(config: MkDocsConfig) -> bool:
    """Whether MkDocs renders a page now, rather than a template of the theme."""
    return config._current_page is not None


@contextmanager
def as_current_page(page: Any, config: MkDocsConfig) -> Iterator[None]:
    """Make a page the one that MkDocs works on in this block."""
    previous, config._current_page = config._current_page, page
    try:
        yield
    finally:
        config._current_page = previous


def render_page(page: Any, config: MkDocsConfig, files: Files, nav: Navigation, env: Any) -> None:
    """Render a page as ``_build_page`` does, up to its template; nothing is written."""
    if config._current_page is not None:
        # In a forked process this is the page of the parent, which is marked in the navigation.
        config._current_page.active = False
    with as_current_page(page, config):
        page.active = True
        context = build.get_context(nav, files.documentation_pages(), config, page)
        template = env.get_template(page.meta.get("template", "main.html"))
        context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
        template.render(context)
        page.active = False


# Conversion


@dataclass
class ConvertedPage:
    """What MkDocs makes of a page's Markdown, as JSON values. ``toc_tokens`` are those of Python-Markdown.

    ``anchor_links`` are the links to anchors: source path of the file, anchor, link text.
    """

    html: str
    toc_tokens: list[Any]
    title: str | None
    anchors: list[str]
    anchor_links: list[list[str]] = field(default_factory=list)

    def apply(self, page: Any, files: Files) -> None:
        """Set the attributes of a page, as ``Page.render`` does."""
        page.content = self.html
        page.toc = create_toc(self.toc_tokens)
        page._title_from_render = self.title
        page.present_anchor_ids = set(self.anchors)
        if pages.log.getEffectiveLevel() > logging.DEBUG:
            links: dict[File, dict[str, str]] = {}
            for uri, anchor, text in self.anchor_links:
                file = files.get_file_from_path(uri)
                if file is not None:
                    links.setdefault(file, {})[anchor] = text
            page.links_to_anchors = links


def create_toc(tokens: list[Any]) -> TableOfContents:
    """Return a new table of contents of a page: Material appends to its items."""
    return get_toc(tokens)


def create_converter(config: MkDocsConfig) -> Markdown:
    """Return a new Markdown converter with the extensions of a site."""
    return Markdown(extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"] or {})


def convert_page(md: Markdown, page: Any, config: MkDocsConfig, files: Files) -> ConvertedPage:
    """Convert a page as ``Page.render`` does, without changing the page. ``md`` is new or reset."""
    raw_html = pages._RawHTMLPreprocessor()
    raw_html._register(md)
    anchors = pages._ExtractAnchorsTreeprocessor(page.file, files, config)
    anchors._register(md)
    paths = pages._RelativePathTreeprocessor(page.file, files, config)
    paths._register(md)
    title = pages._ExtractTitleTreeprocessor()
    title._register(md)
    html = md.convert(page.markdown)
    return ConvertedPage(
        html,
        getattr(md, "toc_tokens", []),
        title.title,
        sorted(anchors.present_anchor_ids | raw_html.present_anchor_ids),
        [
            [file.src_uri, anchor, text]
            for file, links in paths.links_to_anchors.items()
            for anchor, text in links.items()
        ],
    )
