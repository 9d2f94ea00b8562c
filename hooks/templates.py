"""Gives templates what the record has to tell, and has our own ones escape what they print."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from jinja2 import Environment
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from portfolio import chart, links, settings
from portfolio.links import Addresses, PostPage
from portfolio.loading import Record
from portfolio.views import Portfolio

# The template by which a page says that it is the timeline.
_TIMELINE = "timeline.html"


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Tell MkDocs which anchors the timeline will have, so that it can check the links to them."""
    if page.meta.get("template") == _TIMELINE and page.present_anchor_ids is not None:
        record: Record = config.extra["record"]
        drafts = {post.id for post in record.posts if post.path not in _posts(config)}
        page.present_anchor_ids |= {entry.id for entry in record} - drafts
        page.present_anchor_ids |= {f"only-{kind}" for kind in links.KINDS if getattr(record, kind)}


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    own = _own_templates(config.theme)
    env.autoescape = lambda name: name in own
    portfolio = Portfolio(config.extra["record"], _addresses(config, files))
    env.globals["portfolio"] = config.extra["portfolio"] = portfolio
    env.globals["chart"] = chart.draw(portfolio, get_build_datetime().date())
    config.extra["templates"] = env
    return env


# Before the search, which takes what it finds from the content.
@event_priority(50)
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``linked``: what the post of this page is about, and what it is evidence for."""
    portfolio: Portfolio = config.extra["portfolio"]
    cast("dict[str, object]", context)["linked"] = portfolio.about(_source(page, config))
    if page.meta.get("template") == _TIMELINE:
        template = config.extra["templates"].get_template("partials/timeline/record.html")
        page.content = (page.content or "") + template.render(context)


def _own_templates(theme: Theme) -> set[str]:
    """The site's own templates, without those that take the place of one of the theme's."""
    own, *others = (Path(folder) for folder in theme.dirs)
    names = (path.relative_to(own).as_posix() for path in own.rglob("*.html"))
    return {name for name in names if not any((folder / name).exists() for folder in others)}


def _addresses(config: MkDocsConfig, files: Files) -> Addresses:
    """Where the timeline and the posts stand."""
    pages = [file.page for file in files.documentation_pages() if file.page is not None]
    timeline = next((page.url for page in pages if page.meta.get("template") == _TIMELINE), None)
    by_path = _posts(config)
    shown = {
        entry.id: PostPage(
            by_path[entry.path].url, _title(by_path[entry.path]), _byline(by_path[entry.path], config)
        )
        for entry in config.extra["record"].posts
        if entry.path in by_path
    }
    return Addresses(timeline, shown, _blog_title(config))


def _posts(config: MkDocsConfig) -> dict[str, Page]:
    """The pages of Material's blog by their sources, without drafts."""
    blog: Any = config.plugins.get("material/blog")
    if blog is None or not blog.config["enabled"]:
        return {}
    return {_source(post, config): post for post in blog.blog.posts}


def _blog_title(config: MkDocsConfig) -> str:
    blog: Any = config.plugins.get("material/blog")
    return str(blog.blog.title) if blog is not None and blog.config["enabled"] else ""


def _title(page: Page) -> str:
    """A page's title as plain text: MkDocs gives one from a heading as HTML."""
    given = page.meta.get("title")
    return str(given) if given else Markup(page.title or "").striptags()  # noqa: S704


def _byline(post: Page, config: MkDocsConfig) -> str:
    """The authors of a post, where they are not the site's."""
    names = [str(author.name) for author in getattr(post, "authors", [])]
    return "" if names == [config.site_author] else ", ".join(names)


def _source(page: Page, config: MkDocsConfig) -> str:
    """A page's source as problems and the record name it: relative to the project."""
    return settings.shown(Path(config.docs_dir, page.file.src_uri), settings.root_of(config.config_file_path))
