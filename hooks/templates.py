"""Gives templates what the record has to tell, and has our own ones escape what they print."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from jinja2 import Environment
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from portfolio import chart, settings
from portfolio.links import Addresses
from portfolio.views import Portfolio


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    own = _own_templates(config.theme)
    env.autoescape = lambda name: name in own
    portfolio = Portfolio(config.extra["record"], _addresses(config, files))
    env.globals["portfolio"] = portfolio
    env.globals["chart"] = chart.draw(portfolio, get_build_datetime().date())
    config.extra["portfolio"] = portfolio
    return env


def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``linked``: what the post of this page is about, and what it is evidence for."""
    portfolio: Portfolio = config.extra["portfolio"]
    cast("dict[str, object]", context)["linked"] = portfolio.about(_source(page, config))


def _own_templates(theme: Theme) -> set[str]:
    """The site's own templates, without those that take the place of one of the theme's."""
    own, *others = (Path(folder) for folder in theme.dirs)
    names = (path.relative_to(own).as_posix() for path in own.rglob("*.html"))
    return {name for name in names if not any((folder / name).exists() for folder in others)}


def _addresses(config: MkDocsConfig, files: Files) -> Addresses:
    """Where the timeline and the posts stand."""
    pages = [file.page for file in files.documentation_pages() if file.page is not None]
    timeline = next((page.url for page in pages if page.meta.get("template") == "timeline.html"), "")
    blog = config.plugins.get("material/blog")
    if blog is None:
        return Addresses(timeline)
    posts = blog.blog.posts
    by_path = {_source(post, config): (post.url, _title(post)) for post in posts}
    shown = {entry.id: by_path[entry.path] for entry in config.extra["record"].posts if entry.path in by_path}
    return Addresses(timeline, shown, blog.blog.title)


def _title(page: Page) -> str:
    """A page's title as plain text: MkDocs gives one from a heading as HTML."""
    return str(page.title) if "title" in page.meta else Markup(page.title or "").striptags()  # noqa: S704


def _source(page: Page, config: MkDocsConfig) -> str:
    """A page's source as problems and the record name it: relative to the project."""
    path, root = Path(page.file.abs_src_path or page.file.src_uri), settings.root_of(config.config_file_path)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else page.file.src_uri
