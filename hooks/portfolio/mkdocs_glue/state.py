"""What the hooks share in one build: one typed object under one key of ``config.extra``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from mkdocs_incremental.api import ReportedItems, track_attributes
from portfolio.blog.post_lists import BlogLists
from portfolio.core.cache import CacheFile
from portfolio.mkdocs_glue import order
from portfolio.timeline.chart import Chart, TimelineRenderer

if TYPE_CHECKING:
    from portfolio.blog.post_lists import CountedLink
    from portfolio.blog.post_navigation import PostNavigation
    from portfolio.citations.library import Library
    from portfolio.citations.publication_list import PublicationList
    from portfolio.config import Options
    from portfolio.core.diagnostics import Diagnostic
    from portfolio.feeds.feeds import PlannedFeed
    from portfolio.images.catalog import ImageCatalog
    from portfolio.lint.check import SiteChecker
    from portfolio.markdown_ext.render_errors import RenderError
    from portfolio.markdown_ext.site_markdown import Conversion
    from portfolio.notebooks.source_map import NotebookPage
    from portfolio.record.models import Publication
    from portfolio.record.people import Profile
    from portfolio.record.record import Record
    from portfolio.search.indexing import IndexJob, PreviewIndex, PreviewJob
    from portfolio.sources.mkdocs_yml import SitePaths
    from portfolio.timeline.views import Portfolio

# No key that an owner would write; their own keys in `extra` are left alone.
_KEY = "__portfolio_state__"
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}


@dataclass
class Sidebar:
    """The navigation before mkdocs-blog-plugin changed it, and the posts that the plugin chose."""

    section: Section
    title: str
    children: list[StructureItem]
    items: list[StructureItem]
    pages: list[Page]
    newest: list[StructureItem]


@track_attributes
@dataclass
class SiteState:
    """The state of one build. Each group of attributes is set by the hook and event that it names.

    An attribute without a default does not exist before that event. Pages are known by ``page.url`` or, where
    it says so, by ``src_uri``, the path of their source below the documents' folder.

    While pages are rendered, ``mkdocs_incremental`` notes which attributes a page reads, and which keys of
    those that are dictionaries; so read them through `site_state`, and store no alias to this object.
    """

    # hooks/record.py, on_config
    # What is computed from the texts of pages, so that a build computes it only for those that changed.
    texts: CacheFile = field(default_factory=CacheFile)
    record: Record = field(init=False)
    options: Options = field(init=False)
    paths: SitePaths = field(init=False)
    profile: Profile = field(init=False)
    # Everything that can be cited.
    library: Library = field(init=False)
    # Meanings, by abbreviation.
    glossary: dict[str, str] = field(default_factory=dict)
    is_serving: bool = False
    # The check, what it has reported, and what it does with each conversion.
    checker: SiteChecker | None = None
    reported: frozenset[Diagnostic] = frozenset()
    # How long the last check of the whole site took.
    check_seconds: float = 0.0
    finish_conversion: Callable[[Conversion], None] = field(default=lambda _: None)

    # hooks/record.py, on_nav
    navigation: Navigation = field(init=False)
    # on_env
    views: Portfolio = field(init=False)
    publications: Callable[[], PublicationList] = field(init=False)
    renderer: TimelineRenderer = field(default_factory=TimelineRenderer)
    draw_chart: Callable[[], Chart | None] = field(init=False)
    templates: Environment = field(init=False)
    own_templates: frozenset[str] = frozenset()

    # hooks/site_assets.py, on_env: the published paths of style sheets and scripts, by their own; None before
    # on_files.
    assets: dict[str, str] | None = None

    # hooks/posts.py, on_files; the notebooks by src_uri, all others by the id of a post
    notebooks: dict[str, NotebookPage] = field(default_factory=dict)
    related: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # on_nav
    sidebar: Sidebar | None = None
    # on_env, by src_uri
    neighbours: dict[str, PostNavigation] = field(default_factory=dict)
    blog_lists: BlogLists = field(default_factory=BlogLists)

    # hooks/page_content.py: errors of the page that is being converted
    render_errors: list[RenderError] = field(default_factory=ReportedItems)
    # The characters of formulas, by src_uri.
    formula_characters: dict[str, frozenset[str]] = field(default_factory=dict)
    # on_env: the key of their font in the cache, and the function that computes it
    formula_font: tuple[str, Callable[[], bytes]] | None = None
    # The first paragraphs of posts without a description, as HTML of the post, by src_uri.
    summaries: dict[str, str] = field(default_factory=dict)
    images: ImageCatalog = field(init=False)
    # on_env: the tags that pages list, by src_uri
    tag_lists: dict[str, list[CountedLink]] = field(default_factory=dict)
    # The URLs of tags that have pages of their own, by their URLs on the page that lists them.
    tag_pages: dict[str, str] = field(default_factory=dict)

    # hooks/exports.py: the Markdown of each page without its front matter, by src_uri
    written: dict[str, str] = field(default_factory=dict)
    # Files to fill, by path.
    export_files: dict[str, File] = field(default_factory=dict)
    # The URLs of social cards, and the paths of pages as Markdown.
    cards: dict[str, str] = field(default_factory=dict)
    markdown_paths: dict[str, str] = field(default_factory=dict)

    # hooks/page_head.py, on_env
    own_images: dict[str, str] = field(default_factory=dict)
    publications_page: Page | None = None
    works_by_page: dict[str, Publication] = field(default_factory=dict)
    has_resume: bool = False
    today: date = field(init=False)

    # hooks/feeds.py, on_files
    feeds: list[tuple[PlannedFeed[Any], File]] = field(default_factory=list)

    # hooks/search.py, on_env; in the live preview, on_post_build
    index_job: IndexJob | PreviewJob | None = None
    preview_index: PreviewIndex | None = None

    # hooks/redirects.py, on_env; None before that
    redirects: list[File] | None = None

    @property
    def has_record(self) -> bool:
        """Whether hooks/record.py is in use."""
        return hasattr(self, "record")


def site_state(config: MkDocsConfig) -> SiteState:
    """Return the state of this build, which begins with the first call."""
    state: SiteState | None = config.extra.get(_KEY)
    if state is None:
        config.extra[_KEY] = state = SiteState()
    return state


def require_record(hook: str) -> Callable[[MkDocsConfig], None]:
    """Return an ``on_config`` that ends the build with one line if ``hooks/record.py`` is not in use.

    ``hook`` is the ``__name__`` of the hook that needs the record.
    """

    @event_priority(order.CONFIG_USE_RECORD)
    def on_config(config: MkDocsConfig) -> None:
        if not site_state(config).has_record:
            raise PluginError(f"{hook} needs hooks/record.py: add it to `hooks` in mkdocs.yml.")

    return on_config


def log_diagnostic(log: logging.Logger, diagnostic: Diagnostic, *, is_from_check: bool = False) -> None:
    """Log a diagnostic as one line; the log record has the object as ``diagnostic``.

    ``is_from_check`` says that the check of the site found it, which the live preview repeats after a change.
    """
    extra = {"diagnostic": diagnostic, "is_from_check": is_from_check}
    log.log(_LEVELS[diagnostic.severity], "%s", diagnostic, extra=extra)


def log_unreported(log: logging.Logger, diagnostic: Diagnostic, config: MkDocsConfig) -> None:
    """Log a diagnostic unless this build has logged it, whichever field it named."""
    state = site_state(config)
    if not any(
        (known.path, known.line, known.column, known.message)
        == (diagnostic.path, diagnostic.line, diagnostic.column, diagnostic.message)
        for known in state.reported
    ):
        log_diagnostic(log, diagnostic)
        state.reported |= {diagnostic}
