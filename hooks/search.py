"""Indexes the site for its search; without this line there is none.

Pagefind indexes the documents while pages are rendered. Under ``mkdocs serve``, pages that change after the
build get a small index of their own.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from mkdocs_incremental.api import declare_output, declare_program, skippable, write_output
from mkdocs_live.api import rerunnable
from portfolio.core.cache import FileCache
from portfolio.core.i18n import gettext as _
from portfolio.mkdocs_glue import order, pages
from portfolio.mkdocs_glue.search_documents import collect_documents, page_document
from portfolio.mkdocs_glue.state import require_record, site_state
from portfolio.search import SEARCH_PAGE, SEARCH_TEMPLATE
from portfolio.search.entries import entry_documents
from portfolio.search.indexing import FOLDER, IndexJob, PreviewIndex, PreviewJob
from portfolio.search.pagefind import IndexingError, find_program

log = logging.getLogger("mkdocs.hooks.search")

on_config = require_record(__name__)


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Add the page of the search, unless the owner has one."""
    if not pages.first_url(files, SEARCH_PAGE, SEARCH_PAGE.replace(".", "/index.")):
        source = f"---\ntemplate: {SEARCH_TEMPLATE}\nsearch: {{exclude: true}}\n---\n\n# {_('Search')}\n"
        page = File.generated(config, SEARCH_PAGE, content=source, inclusion=InclusionLevel.NOT_IN_NAV)
        files.append(page)


@event_priority(order.ENV_SEARCH)
@rerunnable
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Start to index.

    For templates: ``search_page``, the URL of the search, or empty if there is none; and ``search_parts``,
    the number of parts of its index.
    """
    state = site_state(config)
    if state.preview_index is not None:
        entries = {document.url: document for document in entry_documents(state.views)}
        known = {document.url for document in state.preview_index.documents if "#" in document.url}
        state.preview_index.update(entries.values(), known - entries.keys())
        return
    env.globals |= {"search_page": "", "search_parts": 1}
    page = pages.find_by_template(SEARCH_TEMPLATE, files)
    if page is None:
        log.info("The site has no search, because %s does not have its template.", SEARCH_PAGE)
        return
    try:
        program = find_program()
    except IndexingError as error:
        log.info("The site has no search, because %s.", error)
        return
    env.globals["search_page"] = page.url
    cache = _cache(config)
    documents, language = collect_documents(config, files), state.profile.language
    try:
        if state.is_serving:
            state.index_job = PreviewJob(documents, language, cache)
        else:
            state.index_job = IndexJob(documents, language, cache, state.texts)
        env.globals["search_parts"] = len(state.index_job.keys)
    except IndexingError as error:
        _warn(error)
    cache.trim()
    declare_program(config.extra, program.name)
    declare_output(config.extra, FOLDER)


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Index a page that the live preview has converted again."""
    index = site_state(config).preview_index
    if index is not None:
        document = page_document(page, html, config)
        index.update([document] if document else [], () if document else [page.url])


@skippable
def on_post_build(*, config: MkDocsConfig) -> None:
    """Write the files of the index."""
    state = site_state(config)
    job, state.index_job = state.index_job, None
    if job is None:
        return
    folder = Path(config.site_dir, FOLDER)
    try:
        files = job.wait()
    except IndexingError as error:
        _warn(error)
        return
    for path, content in files.items():
        write_output(config.extra, os.fspath(folder / path), content)
    if isinstance(job, PreviewJob):
        state.preview_index = PreviewIndex(folder, job, state.profile.language, _cache(config))


def _cache(config: MkDocsConfig) -> FileCache:
    return FileCache(pages.project_root(config) / ".cache" / "search")


def _warn(error: IndexingError) -> None:
    log.warning("The site has no search, because Pagefind failed: %s.", error)
