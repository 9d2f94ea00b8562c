"""Completes Material's blog: drafts, notebooks as posts, series, related posts, the newest in the sidebar.

Without this line unpublished posts are published, and notebooks are not.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental import api
from mkdocs_live.api import rerunnable
from portfolio.blog import git_dates, post_navigation, publication_status
from portfolio.blog.post_lists import TAG_TEMPLATE
from portfolio.blog.urls import derive_slug
from portfolio.core.files import create_temporary_folder, display_path, read_text
from portfolio.core.i18n import gettext as _
from portfolio.core.markdown_scan import find_title
from portfolio.core.text import slugify_name
from portfolio.markdown_ext import code_blocks
from portfolio.mkdocs_glue import mkdocs_internals, order, pages
from portfolio.mkdocs_glue.reading_time import count_minutes
from portfolio.mkdocs_glue.state import Sidebar, require_record, site_state
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources import posts
from portfolio.sources.mkdocs_yml import NOTEBOOK


@dataclass
class _Converted:
    """The temporary folder, with converted notebooks: Material's blog reads a post from a file."""

    folder: TemporaryDirectory[str] | None = None


_converted = _Converted()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _converted.folder = create_temporary_folder("portfolio")


def on_shutdown() -> None:
    if _converted.folder is not None:
        _converted.folder.cleanup()


@event_priority(order.CONFIG_TEMPORARY_FOLDER)
def _move_temporary_folder(config: MkDocsConfig) -> None:
    """Let the blog use this hook's temporary folder, which the next build removes if this one is killed."""
    plugin = mkdocs_internals.find_blog_plugin(config)
    if plugin is not None and _converted.folder is not None:
        mkdocs_internals.move_temporary_folder(plugin, Path(_converted.folder.name))


@event_priority(order.CONFIG_BLOG)
def _set_up_blog(config: MkDocsConfig) -> None:
    """Let the blog use the site's slugs, time zone and excerpts, so that the check and the build agree."""

    def slugify_post(post: Any) -> str:
        title = post.meta.get("title") or find_title(post.markdown) or post.title
        return derive_slug(str(title), posixpath.splitext(posixpath.basename(post.file.src_uri))[0])

    mkdocs_internals.set_slugs(config, slugify_post, lambda name, _separator: slugify_name(name))
    zone = site_state(config).options.zone
    mkdocs_internals.parse_front_matter_faster()
    mkdocs_internals.join_archive(config, _("Archive"))
    # A post without a separator is its own excerpt; hooks/record.py has reported the long ones.
    if (plugin := mkdocs_internals.find_blog_plugin(config)) is not None:
        plugin.config["post_excerpt"] = "optional"
    mkdocs_internals.localize_texts(config)
    mkdocs_internals.localize_dates(config, lambda written: publication_status.localize(written, zone))
    mkdocs_internals.normalize_posts(
        config,
        lambda page: posts.normalize_metadata(page.meta, lambda: page.file.content_string, is_post=True),
    )


on_config = CombinedEvent(_move_temporary_folder, require_record(__name__), _set_up_blog)


@event_priority(order.FILES_NOTEBOOKS)
def _add_notebooks(files: Files, *, config: MkDocsConfig) -> None:
    """Replace each notebook among the posts by a page, and add its pictures beside it.

    The page has the name of its notebook, for links to it, the record, and the URL for edits. A notebook that
    cannot be read is omitted; hooks/record.py has reported it.
    """
    state = site_state(config)
    paths = state.paths
    state.notebooks = {}
    if paths.posts is None or not paths.posts.is_relative_to(paths.docs) or _converted.folder is None:
        return
    folder = f"{paths.posts.relative_to(paths.docs).as_posix()}/"
    notebooks = [
        file for file in files if file.src_uri.startswith(folder) and file.src_uri.endswith(NOTEBOOK)
    ]
    if not notebooks:
        return
    from portfolio.notebooks import convert

    for file in notebooks:
        path = Path(config.docs_dir, file.src_uri)
        name, text = display_path(path, paths.root), read_text(path, paths.root)
        page = (
            convert.convert_notebook(name, text, path.stem, paths.separator) if isinstance(text, str) else []
        )
        files.remove(file)
        if isinstance(page, NotebookPage):
            state.notebooks[file.src_uri] = page
            _add_notebook(files, config, file.src_uri, page, Path(_converted.folder.name))


def _add_notebook(files: Files, config: MkDocsConfig, uri: str, page: NotebookPage, folder: Path) -> None:
    source = folder / f"{uri}.md"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(page.markdown, encoding="utf-8")
    mkdocs_internals.add_notebook(files, config, uri, str(source))
    for name, content in page.files.items():
        path = posixpath.join(posixpath.dirname(uri), name)
        files.append(File.generated(config, path, content=content))


@event_priority(order.FILES_EXCLUDE_UNPUBLISHED)
def _exclude_unpublished(files: Files, *, config: MkDocsConfig) -> None:
    """Exclude unpublished posts, as the blog does with drafts, unless it shows drafts.

    Files beside the posts to which only these refer, such as their pictures, are excluded with them.
    """
    plugin = mkdocs_internals.find_blog_plugin(config)
    if plugin is None or plugin.config["draft"]:
        return
    paths = set(_unpublished(config))
    root = pages.project_root(config)
    excluded, included = {}, {}
    for file in files.documentation_pages():
        if display_path(Path(config.docs_dir, file.src_uri), root) in paths:
            file.inclusion = InclusionLevel.EXCLUDED
            excluded[file.src_uri] = file.content_string
        elif paths:
            included[file.src_uri] = file.content_string
    folder = posixpath.normpath(plugin.config["post_dir"].format(blog=plugin.config["blog_dir"])) + "/"
    assets = {file.src_uri: file for file in files.media_files() if file.src_uri.startswith(folder)}
    for uri in publication_status.find_draft_assets(excluded, included, assets.keys()):
        assets[uri].inclusion = InclusionLevel.EXCLUDED


def _unpublished(config: MkDocsConfig) -> dict[str, publication_status.Unpublished]:
    """Return the unpublished posts, by their paths."""
    state = site_state(config)
    status = publication_status.list_unpublished(state.record.posts, get_build_datetime(), state.options.zone)
    return {unpublished.post.path: unpublished for unpublished in status}


@event_priority(order.FILES_POSTS)
def _complete_posts(files: Files, *, config: MkDocsConfig) -> None:
    """Mark unpublished posts, date changes, and find related posts.

    A post's metadata has why it is ``unpublished``, or None.
    """
    state = site_state(config)
    unpublished = _unpublished(config)
    for page in pages.blog_posts(config):
        page.meta["unpublished"] = unpublished.get(pages.source_path(page, config))
    known = pages.record_posts(config)
    changed = git_dates.read_change_dates(Path(config.docs_dir), state.options.zone) if known else {}
    for post, page in known:
        dates, written = page.config.date, page.meta.get("updated")
        if not isinstance(written, datetime):  # The record has the day.
            written = post.updated or changed.get(Path(config.docs_dir, page.file.src_uri))
        if written is not None and "updated" not in dates:
            updated = publication_status.localize(written, state.options.zone)
            if updated > dates.created:
                dates["updated"] = updated
    state.related = post_navigation.find_related_posts(
        {post.id: post for post, _ in known},
        {post.id: page.markdown for post, page in known},
        state.texts,
    )


on_files = CombinedEvent(_add_notebooks, _exclude_unpublished, _complete_posts)


# mkdocs-blog-plugin looks for a section with its option `folder` as the title, takes its posts from
# `nav.pages`, where Material's are not, empties the section, and moves it to the end. So it gets the posts
# and the section that has the blog's index page under that title. Then the navigation is restored, and the
# list is added when Material has attached its views, which takes the section's last page for the neighbour
# of the archive.
@event_priority(order.NAV_OFFER_POSTS)
def _offer_posts(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    state, lister = site_state(config), config.plugins.get("blog")
    blog = mkdocs_internals.find_blog(config)
    state.sidebar = None
    if lister is None or blog is None:
        return
    for section in nav.items:
        if isinstance(section, Section) and any(
            isinstance(page, Page) and page.file.src_uri == blog.file.src_uri for page in section.children
        ):
            state.sidebar = Sidebar(section, section.title, section.children, list(nav.items), nav.pages, [])
            # The URLs of its posts contain the same folder, in lower case.
            section.title = lister.config["folder"] = posixpath.dirname(blog.file.src_uri).lower()
            nav.pages = pages.blog_posts(config)
            return


@event_priority(order.NAV_RESTORE)
def _restore(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    sidebar = site_state(config).sidebar
    if sidebar is not None:
        sidebar.newest = sidebar.section.children
        sidebar.section.children, sidebar.section.title = sidebar.children, sidebar.title
        nav.items[:] = sidebar.items
        nav.pages = sidebar.pages


@event_priority(order.NAV_LIST_NEWEST)
def _list_newest(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    archive = mkdocs_internals.find_archive(config)
    if archive is not None and isinstance(group := archive.parent, Section):
        # Its group has no other page.
        siblings = group.parent.children if isinstance(group.parent, Section) else nav.items
        siblings[siblings.index(group)], archive.parent = archive, group.parent
    sidebar = site_state(config).sidebar
    if sidebar is not None:
        children = sidebar.section.children
        first = children[0] if children else None
        start = 1 if isinstance(first, Page) and first.is_index else 0
        children[start:start] = sidebar.newest


@rerunnable
@event_priority(order.NAV_NEIGHBOURS)
def _order_neighbours(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Order the neighbours of posts by date: the blog puts pinned posts first."""
    ordered = list(reversed(pages.blog_posts(config)))
    ordered.sort(key=pages.created)
    for before, post, after in zip([None, *ordered], ordered, [*ordered[1:], None], strict=False):
        post.previous_page, post.next_page = before, after


on_nav = CombinedEvent(_offer_posts, _restore, _list_newest, _order_neighbours)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Restore the title of a post, and mark one that the live preview has added or read since `on_files`."""
    if not pages.is_post(page, config):
        return
    # mkdocs-blog-plugin (0) has put the date into the title, which every page and feed would show.
    vars(page).pop("title", None)
    if "unpublished" in page.meta:
        return
    state = site_state(config)
    path = Path(config.docs_dir, page.file.src_uri).relative_to(cast(Path, state.paths.posts))
    _, post, _ = posts.read_post(pages.source_path(page, config), page.file.content_string, path)
    zone = state.options.zone
    page.meta["unpublished"] = (
        publication_status.check_publication(post, get_build_datetime(), zone) if post is not None else None
    )


@event_priority(order.PAGE_CONTENT_READING_TIME)
def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Set the reading time of a post, without the output of its code, and add the anchors of the archive."""
    if page is mkdocs_internals.find_archive(config) and page.present_anchor_ids is not None:
        days = [post.day for post in pages.archived_posts(page)]
        page.present_anchor_ids |= {f"{day:%Y}" for day in days} | {f"{day:%Y-%m}" for day in days}
    if not pages.is_post(page, config):
        return
    blog = mkdocs_internals.find_blog_plugin(config)
    post: Any = page
    if blog.config.post_readtime and not post.config.readtime:
        words_per_minute = blog.config.post_readtime_words_per_minute
        post.config.readtime = site_state(config).texts.compute(
            ("reading time", str(words_per_minute), html),
            lambda: count_minutes(code_blocks.remove_output(html), words_per_minute),
        )


@event_priority(order.ENV_POSTS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Collect what each post, and the lists of posts, link to. All titles are known by now."""
    state = site_state(config)
    state.blog_lists = pages.blog_lists(config)
    known = pages.record_posts(config)
    posts_by_id = {post.id: post for post, _ in known}
    links = {
        post.id: post_navigation.PostLink(pages.page_title(page), page.url, post.lang or "")
        for post, page in known
    }
    navigation = post_navigation.build_navigation(posts_by_id.values(), state.related, links)
    state.neighbours = {page.file.src_uri: navigation[post.id] for post, page in known}


@api.cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``series``: the series of this post. ``related``: posts to read next. ``cite``: how to cite it.

    On lists of posts, ``blog_lists`` are the other lists, and ``archive`` the posts of the archive.
    """
    state = site_state(config)
    values = cast("dict[str, object]", context)
    lists = state.blog_lists
    template = page.meta.get("template")
    if pages.lists_posts(page) or page.url == lists.tags or template in ("feeds.html", TAG_TEMPLATE):
        values["blog_lists"] = lists
        if page is mkdocs_internals.find_archive(config):
            values["archive"] = pages.archived_posts(page)
    linked = state.neighbours.get(page.file.src_uri)
    if linked is not None:
        values.update(series=linked.series, related=linked.related)
    views = state.views
    post = views.post_at(pages.source_path(page, config))
    if post is not None:
        values["cite"] = state.library.posts.cite(
            id=post.id,
            title=views.links.reference(post.id).title,
            authors=list(pages.author_names(page)) or [state.profile.name],
            day=post.date,
            url=page.canonical_url or "",
        )
