"""Gives each page what its head tells machines: JSON-LD, and ``meta`` for scholars and social networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import cacheable
from portfolio.config.options import Exports
from portfolio.exports import json_ld, json_resume, meta_tags
from portfolio.exports.meta_tags import Breadcrumb, PageInfo
from portfolio.markdown_ext.invalid_urls import is_sound
from portfolio.mkdocs_glue import site_pages
from portfolio.record.models import Publication
from portfolio.record.profile import Profile
from portfolio.timeline.views import Portfolio

# The templates of pages that list the publications; the first that the site uses is told of them.
_LISTS = ("publications.html", "timeline.html")


@cacheable
def on_page_context(
    context: TemplateContext, *, page: SitePage, config: MkDocsConfig, nav: Navigation
) -> None:
    """``json_ld``: text for a script element. ``meta_tags``: names and contents.

    ``alternates``: other forms of the page, as media types, titles and addresses relative to the site.
    """
    faces: Exports = config.extra["options"].faces
    profile: Profile = config.extra["profile"]
    values = cast("dict[str, object]", context)
    one = _page(page, config, nav, profile)
    work: Publication | None = config.extra["works_by_page"].get(page.url)
    tags = meta_tags.citation_tags(one, profile, work) if faces.citation_meta else []
    values["meta_tags"] = tags + (meta_tags.social_tags(one, profile) if faces.social_meta else [])
    values["alternates"] = _alternates(page, config)
    if faces.json_ld:
        views: Portfolio = config.extra["views"]
        is_list = config.extra["publications_page"] is page
        entries = views.entries("publications") if is_list else [work]
        publications = [entry for entry in entries if isinstance(entry, Publication)]
        graph = json_ld.build_graph(one, views, profile, publications=publications)
        values["json_ld"] = json_ld.to_script_text(graph)


def on_env(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """Find the pages of publications, and the images that pages have instead of their cards."""
    profile: Profile = config.extra["profile"]
    named = {page.url: str(page.meta.get("image") or "") for page in site_pages.all_of(files)}
    config.extra["own_images"] = {url: _image(path, profile, files) for url, path in named.items() if path}
    pages = site_pages.by_template(files)
    config.extra["publications_page"] = next((pages[name] for name in _LISTS if name in pages), None)
    config.extra["works_by_page"] = dict(_works_by_page(config, files))
    config.extra["resume"] = site_pages.file_at(json_resume.EXPORT, files) is not None


def _works_by_page(config: MkDocsConfig, files: Files) -> Iterator[tuple[str, Publication]]:
    """The publications that have a page of this site for their address, each alone, by the page's own."""
    profile: Profile = config.extra["profile"]
    works: dict[str | None, list[Publication]] = {}
    for work in config.extra["record"].publications:
        works.setdefault(profile.own_path(work.url), []).append(work)
    for page in site_pages.all_of(files):
        alone = works.get(unquote(page.url).rstrip("/"), [])
        if len(alone) == 1 and page is not config.extra["publications_page"]:
            yield page.url, alone[0]


def _image(path: str, profile: Profile, files: Files) -> str:
    """The address of an image that is named by its path below the documents, or is another site's."""
    file = files.get_file_from_path(path)
    if file is not None:
        return profile.absolute(file.url)
    return path if is_sound(path) and urlsplit(path).scheme else ""


def _alternates(page: SitePage, config: MkDocsConfig) -> list[tuple[str, str, str]]:
    """The page as Markdown, and of the home page the record as JSON Resume, where the site has them."""
    found = []
    if page.url in config.extra["markdown"]:
        found.append(("text/markdown", "Markdown", config.extra["markdown"][page.url]))
    if page.is_homepage and config.extra["resume"]:
        found.append(("application/json", "JSON Resume", json_resume.EXPORT))
    return found


def _page(page: SitePage, config: MkDocsConfig, nav: Navigation, profile: Profile) -> PageInfo:
    post: Any = page if site_pages.is_post(page, config) else None
    title = site_pages.title_of(page)
    own = config.extra["own_images"].get(page.url, "")
    return PageInfo(
        page.canonical_url or "",
        config.site_name if page.is_homepage else title,
        description=str(page.meta.get("description") or (profile.label if page.is_homepage else "")),
        language=profile.language,
        published=_day(post.config.date.created) if post else "",
        modified=_day(post.config.date.get("updated")) if post else "",
        authors=(tuple(str(author.name) for author in post.authors) or (profile.name,)) if post else (),
        tags=tuple(map(str, page.meta.get("tags") or ())),
        sections=tuple(site_pages.title_of(category) for category in post.categories) if post else (),
        trail=() if page.is_homepage else tuple(Breadcrumb(*step) for step in site_pages.trail_of(page, nav)),
        image=own or config.extra["cards"].get(page.url, ""),
        is_card=not own,
    )


def _day(moment: Any) -> str:
    """The day of a post's date, which may have a time or be missing."""
    return moment.isoformat()[: len("2026-01-31")] if moment else ""
