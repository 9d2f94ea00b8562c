"""Publishes the posts as feeds, Atom and JSON; without this line nobody can subscribe to the blog."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime, get_relative_url
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental import api
from mkdocs_incremental.api import cacheable
from portfolio.feeds.entry_html import render_entry_html
from portfolio.feeds.feeds import (
    FEEDS_PAGE,
    Entry,
    Feed,
    LabelledPost,
    PlannedFeed,
    Subject,
    clash_diagnostic,
    feed_id,
    normalize_feed,
    plan_feeds,
    render_json_feed,
    rfc3339,
)
from portfolio.mkdocs_glue import mkdocs_internals, order, pages
from portfolio.mkdocs_glue.state import is_reported, log_diagnostic, require_record, site_state

log = logging.getLogger("mkdocs.hooks.feeds")

_TEMPLATE, _STYLES = "partials/feeds/atom.html", "assets/stylesheets/feed.css"
_SOURCE = "---\ntemplate: feeds.html\ndescription: Follow the posts from a feed reader.\n---\n\n# Feeds\n"


@event_priority(order.CONFIG_USE_RECORD)
def on_config(config: MkDocsConfig) -> None:
    require_record(config, __name__)


@event_priority(order.FILES_FEEDS)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Announce the feeds, so that links to them can be checked; they are filled when the pages are known.

    An owner's own file of the same name is left alone, and so is a page of feeds.
    """
    state = site_state(config)
    state.feeds = []
    if mkdocs_internals.find_blog(config) is None or not state.profile.url:
        return
    posts = [
        LabelledPost(post, pages.categories(post), pages.tags(post)) for post in pages.published_posts(config)
    ]
    planned, clashes = plan_feeds(
        posts,
        state.options.feeds,
        lambda subject, name: _slug(config, subject, name),
        state.profile.site_name,
    )
    for clash in clashes:
        path, text = pages.source_path(clash.post, config), clash.post.file.content_string
        diagnostic = replace(clash_diagnostic(path, text, clash), severity="warning")
        diagnostic = pages.in_author_source(diagnostic, clash.post, config)
        # The check reports it, unless mkdocs.yml names a function for slugs.
        if not is_reported(diagnostic, config):
            log_diagnostic(log, diagnostic)
    for feed in planned:
        file = File.generated(config, feed.path, content="")
        if files.get_file_from_path(feed.path) is None:
            files.append(file)
        state.feeds.append((feed, file))
    if planned and not pages.first_url(files, FEEDS_PAGE, FEEDS_PAGE.replace(".", "/index.")):
        files.append(File.generated(config, FEEDS_PAGE, content=_SOURCE, inclusion=InclusionLevel.NOT_IN_NAV))


def _slug(config: MkDocsConfig, subject: Subject, name: str) -> str:
    """Return a name as the URLs of the pages of categories and tags have it."""
    settings = mkdocs_internals.find_blog_plugin(config).config
    return str(settings.categories_slugify(name, settings.categories_slugify_separator))


@event_priority(order.ENV_FEEDS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files. ``feeds``, for templates: the feeds of the site."""
    state = site_state(config)
    env.filters["rfc3339"] = rfc3339
    atom = env.get_template(_TEMPLATE)
    # Only those that a feed still has room for.
    posts = {post.file.src_uri: post for planned, _ in state.feeds for post in planned.posts}
    entries = {uri: _entry(post, config) for uri, post in posts.items()}
    for planned, file in state.feeds:
        feed = _feed(planned, [entries[post.file.src_uri] for post in planned.posts], config)
        file.content_string = render_json_feed(feed) if planned.format == "json" else atom.render(feed=feed)
    env.globals["feeds"] = [planned for planned, _ in state.feeds]


def _entry(post: Any, config: MkDocsConfig) -> Entry:
    state = site_state(config)
    known = state.views.post_at(pages.source_path(post, config))
    url, html = post.canonical_url or "", post.content or ""
    return Entry(
        feed_id(_id_base(config), known.id if known else url),
        url,
        pages.page_title(post),
        pages.created(post),
        pages.updated(post),
        api.remember(config.extra, lambda: render_entry_html(html, url), "feed", html, url),
        str(post.meta.get("description") or ""),
        pages.author_names(post) or (state.profile.name,),
        pages.categories(post),
        pages.tags(post),
    )


def _feed(planned: PlannedFeed[Any], entries: list[Entry], config: MkDocsConfig) -> Feed:
    profile = site_state(config).profile
    blog = mkdocs_internals.find_blog(config)
    views = {view.name: view for view in blog.views} if planned.subject == "category" else {}
    return normalize_feed(
        Feed(
            feed_id(_id_base(config), planned.subject, planned.name),
            profile.absolute(planned.url),
            views.get(planned.name, blog).canonical_url,
            planned.title,
            profile.label,
            profile.name,
            profile.url,
            profile.language,
            get_relative_url(_STYLES, planned.path),
            tuple(entries),
            get_build_datetime(),
        )
    )


def _id_base(config: MkDocsConfig) -> str:
    # The URL of the site may change its scheme or host, and every post would be new to readers.
    state = site_state(config)
    return str(state.options.feeds.id_base or state.profile.name)


@cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``page_feeds``: the category whose page this is, or the categories of the post that this is."""
    categories = pages.categories(page) if hasattr(page, "authors") else ()
    cast("dict[str, object]", context)["page_feeds"] = categories or (getattr(page, "name", None),)
