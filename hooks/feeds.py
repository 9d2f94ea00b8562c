"""Writes the feeds of the posts, and tells pages of them."""

from __future__ import annotations

import logging
from typing import Any, cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime, get_relative_url
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import cacheable
from portfolio.feeds import json_feed, label_positions
from portfolio.feeds.feeds import Entry, Feed, feed, id_of, when
from portfolio.feeds.plan import Labelled, Planned, Subject, plan
from portfolio.mkdocs_glue import post_pages, site_pages
from portfolio.record.people import Profile

log = logging.getLogger("mkdocs.hooks.feeds")

_TEMPLATE, _STYLES = "partials/feeds/atom.html", "assets/stylesheets/feed.css"
_PAGE = "feeds.md"
_SOURCE = "---\ntemplate: feeds.html\ndescription: Follow the posts from a feed reader.\n---\n\n# Feeds\n"


# After Material's blog (-50), which finds the posts, and the hook that marks those that are not out, which
# stands before this one in mkdocs.yml.
@event_priority(-75)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Announce the feeds, so that links to them can be checked; they are filled when the pages are known.

    An owner's own file of the same name is left alone, and so is a page of feeds.
    """
    config.extra["feeds"] = []
    profile: Profile = config.extra["profile"]
    if site_pages.blog_of(config) is None or not profile.url:
        return
    posts = [
        Labelled(post, post_pages.categories(post), post_pages.tags(post))
        for post in post_pages.published(config)
    ]
    planned, clashes = plan(
        posts, config.extra["options"].feeds, lambda *of: _slug(config, *of), profile.site_name
    )
    for clash in clashes:
        source, text = site_pages.source_of(clash.post, config), clash.post.file.content_string
        problem = label_positions.problem(source, text, clash.subject, clash.name, clash.message)
        problem = post_pages.moved(problem, clash.post, config)
        # The check tells it, unless mkdocs.yml names a function for slugs.
        if not post_pages.is_told(problem, config):
            log.warning("%s", problem)
    for one in planned:
        file = File.generated(config, one.path, content="")
        if files.get_file_from_path(one.path) is None:
            files.append(file)
        config.extra["feeds"].append((one, file))
    if planned and not site_pages.address_of(files, _PAGE, _PAGE.replace(".", "/index.")):
        files.append(File.generated(config, _PAGE, content=_SOURCE, inclusion=InclusionLevel.NOT_IN_NAV))


# After the hook that makes the views and has our templates escape: it stands before this one in mkdocs.yml.
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files. ``feeds``, for templates: what there is."""
    env.filters["moment"] = when
    atom = env.get_template(_TEMPLATE)
    # Only those that a feed still has room for.
    posts = {post.file.src_uri: post for planned, _ in config.extra["feeds"] for post in planned.posts}
    entries = {uri: post_pages.entry(post, config, _base(config)) for uri, post in posts.items()}
    for planned, file in config.extra["feeds"]:
        made = _feed(planned, [entries[post.file.src_uri] for post in planned.posts], config)
        is_json = planned.format == "json"
        file.content_string = json_feed.render(made) if is_json else atom.render(feed=made)
    env.globals["feeds"] = [planned for planned, _ in config.extra["feeds"]]


@cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``page_feeds``: the category whose page this is, and the categories of the post that this is."""
    own = post_pages.categories(page) if hasattr(page, "authors") else ()
    cast("dict[str, object]", context)["page_feeds"] = own or (getattr(page, "name", None),)


def _slug(config: MkDocsConfig, subject: Subject, name: str) -> str:
    """A name as the pages of categories and tags have it in their addresses."""
    settings: Any = config.plugins["material/blog"].config
    return str(settings.categories_slugify(name, settings.categories_slugify_separator))


def _feed(planned: Planned[Any], entries: list[Entry], config: MkDocsConfig) -> Feed:
    profile: Profile = config.extra["profile"]
    blog: Any = site_pages.blog_of(config)
    home = {view.name: view for view in blog.views} if planned.subject == "category" else {}
    return feed(
        Feed(
            id_of(_base(config), planned.subject, planned.name),
            profile.absolute(planned.address),
            home.get(planned.name, blog).canonical_url,
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


def _base(config: MkDocsConfig) -> str:
    # The address of the site would change with its scheme or host, and every post would be new to readers.
    return str(config.extra["options"].feeds.id_base or config.extra["profile"].name)
