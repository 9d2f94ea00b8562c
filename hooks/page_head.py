"""Adds metadata to the head of each page; without this line search engines and social networks get none.

It is JSON-LD (schema.org), elements for scholarly search and social networks, and links to other formats.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental import api
from portfolio.core.cache import FileCache
from portfolio.core.text import is_valid_url
from portfolio.exports import json_ld, json_resume, meta_tags
from portfolio.images import publish
from portfolio.images.image_info import ImageError, detect_format
from portfolio.mkdocs_glue import order, pages
from portfolio.mkdocs_glue.state import SiteState, require_record, site_state
from portfolio.print.fonts import packaged_fonts
from portfolio.record.kinds import TIMELINE_TEMPLATE, listed_kind
from portfolio.record.models import Publication
from portfolio.timeline.exported_fields import list_entries_on_page

on_config = require_record(__name__)


@event_priority(order.ENV_PAGE_HEAD)
def on_env(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """Find the pages of publications, and the images that pages have instead of their cards."""
    state = site_state(config)
    images = {page.url: str(page.meta.get("image") or "") for page in pages.all_pages(files)}
    state.own_images = {url: _image_url(path, config, files) for url, path in images.items() if path}
    # One page gets the metadata of the publications: their list, or else the timeline.
    state.publications_page = pages.pages_by_kind(files).get("publications") or pages.find_by_template(
        TIMELINE_TEMPLATE, files
    )
    state.works_by_page = dict(_works_by_page(state, files))
    state.today = get_build_datetime().date()
    state.has_resume = pages.find_file(json_resume.EXPORT, files) is not None


def _works_by_page(state: SiteState, files: Files) -> Iterator[tuple[str, Publication]]:
    """Yield the publications whose URL is a page of this site, by that of the page; none that share one."""
    works: dict[str | None, list[Publication]] = {}
    for work in state.record.publications:
        works.setdefault(state.profile.own_path(work.url), []).append(work)
    for page in pages.all_pages(files):
        on_page = works.get(unquote(page.url).rstrip("/"), [])
        if len(on_page) == 1 and page is not state.publications_page:
            yield page.url, on_page[0]


def _image_url(path: str, config: MkDocsConfig, files: Files) -> str:
    """Return the URL of an image, which front matter names by its path in docs/ or as another site's.

    Social networks cannot show some formats, so such an image gets a copy in another one.
    """
    file = files.get_file_from_path(path)
    if file is None:
        return path if is_valid_url(path) and urlsplit(path).scheme else ""
    cache = FileCache(pages.project_root(config) / ".cache" / "images")
    try:
        image_format = detect_format(path)
        fonts = packaged_fonts()
        copy = publish.preview_copy(file.content_bytes, image_format, fonts.folders, fonts.fingerprint, cache)
    except (ImageError, OSError):
        return ""  # The check has reported it.
    if copy is not None:
        extension, content = copy
        original, file = file, files.get_file_from_path(f"{path}{extension}")
        if file is None:
            file = File.generated(config, f"{path}{extension}", content=content)
            # The original may have moved: Material's blog publishes files beside posts elsewhere.
            file.dest_uri = f"{original.dest_uri}{extension}"
            files.append(file)
    return site_state(config).profile.absolute(file.url)


@api.cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``json_ld``: text for a script element. ``meta_tags``: names and contents.

    ``alternates``: other formats of the page, as media types, titles and URLs relative to the site's.
    """
    state = site_state(config)
    exports, profile = state.options.exports, state.profile
    values = cast("dict[str, Any]", context)
    info = _page_info(page, config, nav)
    work = state.works_by_page.get(page.url)
    tags = meta_tags.citation_tags(info, profile, work) if exports.citation_meta else []
    values["meta_tags"] = tags + (meta_tags.social_tags(info, profile) if exports.social_meta else [])
    # The page as Markdown, and for the home page the record as JSON Resume, if the site has them.
    path = state.markdown_paths.get(page.url)
    values["alternates"] = [("text/markdown", "Markdown", path)] if path else []
    if page.is_homepage and state.has_resume:
        values["alternates"].append(("application/json", "JSON Resume", json_resume.EXPORT))
    if exports.json_ld:
        listed = "publications" if state.publications_page is page else listed_kind(page.meta)
        entries = list_entries_on_page(state.views, listed)
        # The publication or the project that the page is about.
        subject = work or state.views.record.find_story(page.file.src_uri)
        if subject and not entries:
            entries = [subject]
        graph = json_ld.build_graph(info, state.views, profile, entries=entries)
        values["json_ld"] = json_ld.to_script_text(graph)


def _page_info(page: Page, config: MkDocsConfig, nav: Navigation) -> meta_tags.PageInfo:
    state = site_state(config)
    profile = state.profile
    post: Any = page if pages.is_post(page, config) else None
    own_image = state.own_images.get(page.url, "")
    return meta_tags.PageInfo(
        page.canonical_url or "",
        config.site_name if page.is_homepage else pages.page_title(page),
        description=str(page.meta.get("description") or (profile.label if page.is_homepage else "")),
        language=pages.find_language(page.meta) or profile.language,
        published=_day(post.config.date.created) if post else "",
        modified=_day(post.config.date.get("updated")) if post else "",
        authors=(pages.author_names(post) or (profile.name,)) if post else (),
        tags=tuple(map(str, page.meta.get("tags") or ())),
        sections=tuple(map(pages.page_title, post.categories)) if post else (),
        trail=() if page.is_homepage else tuple(pages.breadcrumbs(page, nav)),
        image=own_image or state.cards.get(page.url, ""),
        is_card=not own_image,
        today=state.today if page.is_homepage else date.max,
    )


def _day(time: Any) -> str:
    """Format the day of a post's date, which may have a time or be missing."""
    return time.isoformat()[: len("2026-01-31")] if time else ""
