"""Sets citations in pages and the references of publications, and says how to cite a post."""

from __future__ import annotations

import functools
from typing import cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import cacheable
from mkdocs_live.api import rerunnable
from portfolio.citations import publication_list
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.core.cache import FileCache
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.mkdocs_glue import site_pages
from portfolio.sources import mkdocs_yml
from portfolio.timeline.views import Portfolio

# The template by which a page says that it lists the publications.
_LIST = "publications.html"


# After the record (100), and before the misprints are collected (0).
@event_priority(50)
def on_config(config: MkDocsConfig) -> None:
    """``library``: what can be cited, and in which style."""
    cache = FileCache(mkdocs_yml.project_root(config.config_file_path) / ".cache" / "citations")
    library = Library(
        config.extra["works"],
        CitationFormatter(config.extra["options"].style, cache),
        config.extra["profile"],
    )
    config.extra["library"] = library
    # In the configuration, because Material's blog converts the excerpts of posts with a Markdown of its own.
    extension = CitationExtension(library, lambda misprint: config.extra["misprints"].append(misprint))
    # MkDocs types the list as names; Markdown takes extensions as well.
    config.markdown_extensions.append(extension)  # type: ignore[arg-type]


# After the hook that makes the views, which stands before this one in mkdocs.yml.
@rerunnable
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """``publications()``: the publications as a page lists them."""
    library: Library = config.extra["library"]
    env.globals["publications"] = config.extra["listing"] = functools.cache(
        functools.partial(
            publication_list.list_publications, config.extra["views"], library.formatter, library.profile
        )
    )


def on_post_build(*, config: MkDocsConfig) -> None:
    """Forget what was not used for longest, if much is kept."""
    cache = config.extra["library"].formatter.cache
    if isinstance(cache, FileCache):
        cache.trim()


@cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``cite``: how to cite the post of this page. The contents of the list of publications are its kinds."""
    views: Portfolio = config.extra["views"]
    if page.meta.get("template") == _LIST:
        heads = page.toc.items
        above = heads[0].children if heads and heads[0].level == 1 else heads
        listing: publication_list.PublicationList = config.extra["listing"]()
        above += [AnchorLink(kind.title, kind.id, 2) for kind in listing.kinds]
    post = views.post_at(site_pages.source_of(page, config))
    if post is None:
        return
    library: Library = config.extra["library"]
    authors = [str(author.name) for author in getattr(page, "authors", [])]
    cast("dict[str, object]", context)["cite"] = library.posts.cite(
        id=post.id,
        title=views.links.reference(post.id).title,
        authors=authors or [library.profile.name],
        day=post.date,
        url=page.canonical_url or "",
    )
