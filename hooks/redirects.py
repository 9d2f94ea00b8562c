"""Answers old URLs, and reports those that are lost; without this line aliases and urls.lock do nothing."""

from __future__ import annotations

import logging
import posixpath
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from mkdocs_incremental import api
from portfolio.core.cache import cache_key
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document
from portfolio.mkdocs_glue import order, pages
from portfolio.mkdocs_glue.state import SiteState, log_diagnostic, log_unreported, require_record, site_state
from portfolio.redirects import aliases, url_paths
from portfolio.redirects.aliases import WRITTEN_BY_THEME, Alias, Inventory, Redirect

log = logging.getLogger("mkdocs.hooks.redirects")

_TEMPLATE = "redirect.html"

on_config = require_record(__name__)


@event_priority(order.ENV_REDIRECTS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Add a page or a copy at each alias."""
    state = site_state(config)
    if state.checker is None:
        return
    declared, gone = state.checker.declared_aliases
    planned, problems = aliases.plan_redirects(
        declared, gone, _take_inventory(state, files), _site_url(config)
    )
    for problem in problems:
        # The check reports it, unless it does not know all files of the site.
        log_unreported(log, problem, config)
    _replace_redirects(planned, config, files)


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Update the redirects to a page that the live preview has read again."""
    state = site_state(config)
    if state.checker is None or state.redirects is None:
        return  # It is a build, and not all pages are known.
    declared, gone = state.checker.declared_aliases
    source, listed = page.file.src_uri, page.meta.get("aliases")
    others = [alias for alias in declared if not alias.in_front_matter or alias.target != source]
    if listed or len(others) < len(declared):
        document = Document(pages.source_path(page, config))
        own = [
            Alias(path, source, document, ("aliases", index), in_front_matter=True)
            for index, path in enumerate(listed if isinstance(listed, list) else ())
            if isinstance(path, str)
        ]
        inventory = _take_inventory(state, files)
        # The check reports problems after each change.
        planned, _ = aliases.plan_redirects([*others, *own], gone, inventory, _site_url(config))
        _replace_redirects(planned, config, files)


@api.skippable
def on_post_build(*, config: MkDocsConfig) -> None:
    """Report the URLs of the lock that the built site has lost; not while the site is served and edited."""
    state = site_state(config)
    path = state.paths.url_lock
    text = read_text(path, state.paths.root, optional=True)
    if state.checker is None or state.is_serving or not text:
        return
    from portfolio.redirects.published_site import PublishedSite
    from portfolio.redirects.url_lock import read_lock

    name = display_path(path, state.paths.root)
    listed, problems = read_lock(name, text) if isinstance(text, str) else ([], [text])
    cache = state.paths.root / ".cache/redirects" / f"{cache_key(config.site_dir)}.json"
    site = PublishedSite(Path(config.site_dir), _site_url(config), cache)
    comparison = state.checker.compare_urls(site, {item.url for item in listed})
    problems += comparison.diagnose(comparison.compare(listed))
    site.save()
    for problem in problems:
        log_diagnostic(log, problem)


def _site_url(config: MkDocsConfig) -> str:
    return config.site_url or ""


def _take_inventory(state: SiteState, files: Files) -> Inventory:
    """Return what the site has, without its redirects."""
    assert state.checker is not None
    redirects = {file.src_uri for file in state.redirects or ()}
    included = [
        file
        for file in files
        if file.src_uri not in redirects
        and (state.is_serving or file.inclusion.value > InclusionLevel.DRAFT.value)
    ]
    sources = {file.src_uri: file.dest_uri for file in included}
    files_of_site = {*sources.values(), *WRITTEN_BY_THEME}
    return replace(state.checker.inventory, sources=sources, files=files_of_site, generated="")


def _replace_redirects(planned: list[Redirect], config: MkDocsConfig, files: Files) -> None:
    """Write the planned redirects, instead of those that the site has."""
    state = site_state(config)
    for file in state.redirects or ():
        files.remove(file)
    by_path = {file.dest_uri: file for file in files}
    state.redirects = [_create_file(redirect, by_path[redirect.target], config) for redirect in planned]
    for file in state.redirects:
        files.append(file)


def _create_file(redirect: Redirect, target: File, config: MkDocsConfig) -> File:
    # Any other name might be that of a page, or of a file that is published elsewhere.
    name = f"{redirect.file}.redirect"
    if not redirect.is_copy:
        file = File.generated(config, name, content=_render_page(redirect, target, config))
    elif target.abs_src_path is None:
        file = File.generated(config, name, content=target.content_bytes)
    else:
        file = File.generated(config, name, abs_src_path=target.abs_src_path)
    file.dest_uri = redirect.file
    return file


def _render_page(redirect: Redirect, target: File, config: MkDocsConfig) -> str:
    state = site_state(config)
    fragment = f"#{quote(redirect.fragment, safe=':')}" if redirect.fragment else ""
    path = quote(url_paths.path_of_file(redirect.target).removeprefix("/"))
    url = get_relative_url(path, quote(redirect.file)) + fragment
    page = target.page
    return state.templates.get_template(_TEMPLATE).render(
        site_name=state.profile.site_name,
        title=posixpath.basename(redirect.target) if page is None else pages.page_title(page),
        url=url,
        canonical=f"{state.profile.url}{path}" if state.profile.url else url,
    )
