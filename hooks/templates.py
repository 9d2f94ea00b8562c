"""Gives templates what the record has to tell, and has our own ones escape what they print."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import quote

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import cacheable
from mkdocs_live.api import rerunnable, subscribe_to_changes
from portfolio.lint import links
from portfolio.markdown_ext import back_matter
from portfolio.mkdocs_glue import site_pages, site_urls
from portfolio.record.record import Record
from portfolio.timeline.chart import TimelineRenderer
from portfolio.timeline.fragment_cache import FragmentCache
from portfolio.timeline.views import Portfolio

# Where a template has what it makes of the record: a part of the page's content, so that the search finds it.
_CONTENT = "partials/content/"


def on_config(config: MkDocsConfig) -> None:
    # MkDocs types the list as names; Markdown takes extensions as well.
    config.markdown_extensions.append(back_matter.BackMatterExtension())  # type: ignore[arg-type]


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Tell MkDocs which anchors a page's part of the record will have: it checks the links to them."""
    record: Record = config.extra["record"]
    template = str(page.meta.get("template"))
    if page.present_anchor_ids is not None and template in links.RECORD_TEMPLATES:
        shown = {site_pages.source_of(post, config) for post in site_pages.posts_of(config)}
        posts = {post.id for post in record.posts if post.path in shown}
        page.present_anchor_ids |= links.record_anchor_ids(template, record, posts)
    if page.present_anchor_ids is not None:
        # As a browser's address bar gives those that are not ASCII.
        page.present_anchor_ids |= {quote(id) for id in page.present_anchor_ids}


@rerunnable
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
    own = _own_templates(config.theme)
    env.autoescape = lambda name: name in own
    portfolio = Portfolio(config.extra["record"], site_urls.of(config, files), config.extra.get("views"))
    env.globals["portfolio"] = config.extra["views"] = portfolio
    draughtsman = config.extra.setdefault("draughtsman", TimelineRenderer())
    env.globals["chart"] = draughtsman.draw(portfolio, get_build_datetime().date())
    if "kept" not in env.globals:
        env.globals["kept"] = kept = FragmentCache()
        subscribe_to_changes(config.extra, lambda path: _forget(path, config.theme, kept))
    env.globals["address_of"] = partial(site_pages.address_of, files)
    env.globals["options"] = config.extra["options"]
    env.globals["site_files"] = lambda: {file.dest_uri for file in files}
    config.extra["templates"] = env
    config.extra["own_templates"] = own
    return env


# Before the search, which takes what it finds from the content.
@event_priority(50)
@cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``linked``: what the post of this page is about, and what it is evidence for.

    A page's part of the record stands before its footnotes and references, whose heading has the id
    ``last``.
    """
    portfolio: Portfolio = config.extra["views"]
    added = cast("dict[str, object]", context)
    added["linked"] = portfolio.about(site_pages.source_of(page, config))
    name = f"{_CONTENT}{page.meta.get('template')}"
    if name in config.extra["own_templates"]:
        template = config.extra["templates"].get_template(name)
        written = back_matter.split_back_matter(page.content or "")
        page.content = f"{written.text}{template.render(context)}{written.back}"
        added["last"] = written.references


def _forget(path: Path, theme: Theme, kept: FragmentCache) -> None:
    """When a template changes, all is made of it that was kept; others take the change in."""
    if any(path.is_relative_to(folder) for folder in theme.dirs):
        kept.clear()


def _own_templates(theme: Theme) -> set[str]:
    """The site's own templates, without those that take the place of one of the theme's."""
    own, *others = (Path(folder) for folder in theme.dirs)
    names = (path.relative_to(own).as_posix() for path in own.rglob("*.html"))
    return {name for name in names if not any((folder / name).exists() for folder in others)}
