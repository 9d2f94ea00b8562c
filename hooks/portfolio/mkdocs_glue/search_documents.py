"""The documents that the search indexes, from MkDocs' pages and the record."""

from __future__ import annotations

from html import escape

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from portfolio.core.i18n import gettext as _
from portfolio.core.i18n import pgettext
from portfolio.mkdocs_glue import mkdocs_internals, pages
from portfolio.mkdocs_glue.state import site_state
from portfolio.record.kinds import POSTS, PROJECTS
from portfolio.search.documents import SearchDocument
from portfolio.search.entries import entry_body, entry_documents, unlisted_body


def collect_documents(config: MkDocsConfig, files: Files) -> list[SearchDocument]:
    """Return the documents of the site, when all pages are converted and the views are made."""
    of_pages = (page_document(page, page.content or "", config) for page in pages.all_pages(files))
    documents = [document for document in of_pages if document is not None]
    return [*documents, *entry_documents(site_state(config).views)]


def page_document(page: Page, html: str, config: MkDocsConfig) -> SearchDocument | None:
    """Return the document of a page with its converted Markdown; None if the search leaves the page out."""
    if not pages.is_listed(page) or page.meta.get("unpublished"):
        return None
    boost = (page.meta.get("search") or {}).get("boost")
    document = _describe_page(page, html, config)
    return document._replace(boost=boost) if document is not None and boost is not None else document


def _describe_page(page: Page, html: str, config: MkDocsConfig) -> SearchDocument | None:
    views = site_state(config).views
    title = pages.page_title(page)
    words = [str(page.meta.get("description") or ""), *map(str, page.meta.get("tags") or ())]
    if pages.is_post(page, config):
        kind = views.section(POSTS.name)
        names = [name for name in pages.author_names(page) if name != site_state(config).profile.name]
        words += [*page.config.categories, *names]  # type: ignore[attr-defined]
        post = views.post_at(pages.source_path(page, config))
        when = views.links.reference(post.id).when if post is not None else ""
        return SearchDocument(page.url, title, kind.title if kind else _("Posts"), when, tuple(words), html)
    if story := views.stories.get(page.url):
        words += (tag.name for tag in story.tags)
        section = views.section(story.kind) or views.section(PROJECTS)
        return SearchDocument(
            page.url,
            title,
            section.title if section else _("Projects"),
            views.links.reference(story.id).when,
            tuple(words),
            entry_body(story) + html,
        )
    if mkdocs_internals.is_list_of_posts(page):
        # Without the posts, which would be found twice, and only its first page.
        return SearchDocument(page.url, title, _("Pages")) if mkdocs_internals.is_first_page(page) else None
    return _plain_document(page, title, words, html, config)


def _plain_document(
    page: Page, title: str, words: list[str], html: str, config: MkDocsConfig
) -> SearchDocument:
    state = site_state(config)
    template = page.meta.get("template")
    names = [state.profile.name, *(name.name for name in state.profile.details.other_names)]
    if page.is_homepage:
        title = state.profile.name or config.site_name
        words += [config.site_name, *names, state.profile.tagline, state.profile.place]
    elif template == "cv.html":
        words += [pgettext("words for which the CV is searched", "CV curriculum vitae résumé resume"), *names]
        html += unlisted_body(state.views)
    elif template == "glossary.html":
        html += "".join(
            f"<p>{escape(name)}: {escape(meaning)}</p>" for name, meaning in state.glossary.items()
        )
    elif page.file.src_uri in state.tag_lists:
        html = ""
    return SearchDocument(page.url, title, _("Pages"), "", tuple(words), html)
