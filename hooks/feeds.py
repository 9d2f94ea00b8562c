"""Publishes the posts as feeds, Atom and JSON; without this line readers cannot subscribe to the blog."""

from __future__ import annotations

import json
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
from portfolio.blog.post_lists import TAG_TEMPLATE
from portfolio.core.i18n import gettext as _
from portfolio.core.i18n import sort_key
from portfolio.feeds import feeds
from portfolio.feeds.feeds import FEEDS_PAGE, Entry, Feed, PlannedFeed
from portfolio.mkdocs_glue import mkdocs_internals, order, pages
from portfolio.mkdocs_glue.state import log_unreported, require_record, site_state
from portfolio.record.models import Post

log = logging.getLogger("mkdocs.hooks.feeds")

_STYLES = "assets/stylesheets/feed.css"
_SOURCE = "---\ntemplate: feeds.html\ndescription: {description}\n---\n\n# {title}\n"

on_config = require_record(__name__)


@event_priority(order.FILES_FEEDS)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Register the feeds, so that links to them can be checked; `on_env` fills them.

    A file of the owner with the same name takes precedence, and so does a page of feeds.
    """
    state = site_state(config)
    state.feeds = []
    blog = mkdocs_internals.find_blog_plugin(config)
    if blog is None or not state.profile.url:
        return

    def slugify(name: str) -> str:
        """Return the name of a category as the URL of its page has it."""
        return str(blog.config.categories_slugify(name, blog.config.categories_slugify_separator))

    posts = pages.published_posts(config)
    planned, clashes = feeds.plan_feeds(posts, state.options.feeds, slugify, state.profile.site_name)
    origins = dict(zip((entry.id for entry in state.record), state.record.origins, strict=True))
    for clash in clashes:
        newest = clash.feed.posts[0][0]
        diagnostic = clash.diagnose(origins[newest.id])
        # The check reports it, unless mkdocs.yml names a function for slugs.
        log_unreported(log, diagnostic, config)
    for feed in planned:
        file = File.generated(config, feed.path, content="")
        if files.get_file_from_path(feed.path) is None:
            files.append(file)
        state.feeds.append((feed, file))
    if planned and not pages.first_url(files, FEEDS_PAGE, FEEDS_PAGE.replace(".", "/index.")):
        source = _SOURCE.format(
            description=json.dumps(_("Follow the posts from a feed reader."), ensure_ascii=False),
            title=_("Feeds"),
        )
        files.append(File.generated(config, FEEDS_PAGE, content=source, inclusion=InclusionLevel.NOT_IN_NAV))


@event_priority(order.ENV_FEEDS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files. ``feeds``, for templates: the feeds of the site, by name."""
    state = site_state(config)
    render_atom = feeds.create_atom_renderer(env)
    # Only posts that are in a feed: a long feed omits the oldest.
    posts = {post.id: (post, page) for planned, _ in state.feeds for post, page in planned.posts}
    entries = {id: _entry(post, page, config) for id, (post, page) in posts.items()}
    for planned, file in state.feeds:
        feed = _feed(planned, [entries[post.id] for post, _page in planned.posts], config)
        file.content_string = feeds.render_json_feed(feed) if planned.format == "json" else render_atom(feed)
    # Without their posts, so that pages are not rendered again when one changes.
    listed = sorted((planned for planned, _ in state.feeds), key=lambda planned: sort_key(planned.name))
    env.globals["feeds"] = [replace(planned, posts=()) for planned in listed]


def _entry(post: Post, page: Any, config: MkDocsConfig) -> Entry:
    url, html = page.canonical_url or "", page.content or ""

    def render() -> str:
        from portfolio.feeds.entry_html import render_entry_html

        return render_entry_html(html, url)

    return Entry(
        post.feed_id or feeds.feed_id(_id_base(config), post.id),
        url,
        pages.page_title(page),
        pages.created(page),
        page.config.date.get("updated") or pages.created(page),
        api.remember(config.extra, render, "feed", html, url),
        str(page.meta.get("description") or ""),
        pages.author_names(page) or (site_state(config).profile.name,),
        post.categories,
        post.tags,
        post.lang or "",
    )


def _feed(planned: PlannedFeed[Any], entries: list[Entry], config: MkDocsConfig) -> Feed:
    profile = site_state(config).profile
    blog = mkdocs_internals.find_blog(config)
    views = {view.name: view for view in blog.views} if planned.subject == "category" else {}
    return feeds.normalize_feed(
        Feed(
            feeds.feed_id(_id_base(config), planned.subject, planned.name),
            profile.absolute(planned.url),
            views.get(planned.name, blog).canonical_url,
            planned.title,
            profile.label,
            profile.name,
            profile.url,
            profile.language,
            get_relative_url(_published_styles(config), planned.path),
            tuple(entries),
            get_build_datetime(),
        )
    )


def _published_styles(config: MkDocsConfig) -> str:
    return (site_state(config).assets or {}).get(_STYLES, _STYLES)


def _id_base(config: MkDocsConfig) -> str:
    # Not the URL of the site: if its scheme or host changed, every post would be new to readers. Nor the name
    # in profile.yml, which may be written years after the first post.
    return str(site_state(config).options.feeds.id_base or config.site_author or config.site_name)


@api.cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``page_feeds``: the category or tag whose page this is, or the categories of the post that this is."""
    post: Any = page
    categories = post.config.categories if pages.is_post(page, config) else ()
    name = page.title if page.meta.get("template") == TAG_TEMPLATE else getattr(page, "name", None)
    cast("dict[str, object]", context)["page_feeds"] = categories or (name,)
