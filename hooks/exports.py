"""Exports the record; without this line there is no CV as PDF, no social card and no file for other programs.

A social card is the image that social networks show with a link to a page. Other exports are JSON Resume,
RenderCV, BibTeX, CSL-JSON, llms.txt, and each page as Markdown.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_incremental.api import declare_inputs, remember
from mkdocs_incremental.workers import work_ahead, work_elsewhere
from portfolio.citations import biblatex, csl_json
from portfolio.core import i18n
from portfolio.core.cache import FileCache, cache_key
from portfolio.core.diagnostics import ExportLoss
from portfolio.core.i18n import N_
from portfolio.core.i18n import gettext as _
from portfolio.exports import enabled_files, has_works, json_resume, rendercv
from portfolio.exports.losses import format_losses
from portfolio.exports.markdown import LLMS_TXT, ListedPage, render_llms_txt
from portfolio.mkdocs_glue import order, page_markdown, pages
from portfolio.mkdocs_glue.state import SiteState, log_unreported, require_record, site_state
from portfolio.print import fonts as typefaces
from portfolio.print import social_card
from portfolio.print.cv_pdf import CvTypesetter
from portfolio.print.fonts import Typefaces
from portfolio.print.social_card import Card
from portfolio.print.typst_compiler import TEMPLATES, TypesettingError, print_fingerprint
from portfolio.timeline.views import Portfolio

log = logging.getLogger("mkdocs.hooks.exports")

# For each text file: the function that renders it, and its title.
_FILES = {
    json_resume.EXPORT: (json_resume.render, N_("The record as JSON Resume")),
    rendercv.EXPORT: (rendercv.render, N_("The record for RenderCV")),
    biblatex.EXPORT: (biblatex.render, N_("Publications in BibTeX")),
    csl_json.EXPORT: (csl_json.render, N_("Publications in CSL-JSON")),
}


on_config = require_record(__name__)


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Register the files, so that links to them can be checked; `on_env` fills them.

    A file of the owner with the same name takes precedence.
    """
    state = site_state(config)
    state.export_files = {
        path: File.generated(config, path, content=b"")
        for path in enabled_files(state.options, has_works=has_works(state.record))
        if files.get_file_from_path(path) is None
    }
    for file in state.export_files.values():
        files.append(file)


@event_priority(order.NAV_TYPESET)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Start to typeset the CV and the cards, if this version has typeset nothing yet."""
    # `on_env` reports a package that is missing.
    with suppress(ModuleNotFoundError):
        if _typesets(config) and _cache(config).get(_version_key()) is None:
            work_ahead(lambda: _typeset_ahead(config, files))


def _typeset_ahead(config: MkDocsConfig, files: Files) -> None:
    """Typeset before the pages are converted: a few titles may change, and their cards are rendered again."""
    state = site_state(config)
    for page in pages.all_pages(files):
        page.read_source(config)
    state.views = Portfolio(state.record, pages.site_urls(config, files))
    _typeset(config, files)


def _typesets(config: MkDocsConfig) -> bool:
    """Whether the options enable what is typeset."""
    exports = site_state(config).options.exports
    return exports.cv_pdf or exports.cards


def _version_key() -> str:
    """Return a key that is in the cache after this version has typeset a site."""
    return cache_key("version", print_fingerprint(social_card.__name__, typefaces.packaged_fonts()))


def _cache(config: MkDocsConfig) -> FileCache:
    return FileCache(pages.project_root(config) / ".cache" / "typeset")


@event_priority(order.PAGE_MARKDOWN_WRITTEN)
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Note what an author has written, for the Markdown of the page."""
    site_state(config).written[page.file.src_uri] = markdown


@event_priority(order.ENV_EXPORTS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files, and add cards and the Markdown of pages."""
    state = site_state(config)
    state.cards, state.markdown_paths = {}, {}
    if _typesets(config):
        try:
            losses = _typeset(config, files)
        except ModuleNotFoundError as error:
            raise PluginError(f"{error}: not all packages of requirements.txt are installed.") from None
        except TypesettingError as error:
            raise PluginError(f"The CV or the cards cannot be typeset: {error}") from None
        for line in format_losses(losses):
            log.info("%s", line)
    inputs = (state.views, state.profile)
    for path, (render, _title) in _FILES.items():
        if path in state.export_files:
            state.export_files[path].content_string = remember(
                config.extra, partial(render, *inputs), "export", path, i18n.fingerprint(), *inputs
            )
    if state.options.exports.llms:
        _write_markdown(state, config, files)


def _typeset(config: MkDocsConfig, files: Files) -> list[ExportLoss]:
    """Fill the CV and add the cards, if the options enable them. Return what they leave out."""
    state = site_state(config)
    fonts = typefaces.packaged_fonts()
    # Typst opens these by itself.
    declare_inputs(config.extra, TEMPLATES, *fonts.folders)
    cache = _cache(config)
    losses: list[ExportLoss] = []
    if state.options.exports.cv_pdf:
        losses += _typeset_cvs(config, fonts, cache)
    if state.options.exports.cards:
        new_cards: list[tuple[File, Card]] = []
        for page, card in _cards(state, files):
            path = f"assets/cards/{page.file.dest_uri.removesuffix('.html')}.png"
            # An image of the owner takes precedence.
            if (file := files.get_file_from_path(path)) is None:
                file = File.generated(config, path, content=b"")
                files.append(file)
                new_cards.append((file, card))
            state.cards[page.url] = state.profile.absolute(file.url)
        images, card_losses = social_card.render(
            [card for _, card in new_cards], fonts, cache, work_elsewhere
        )
        losses += card_losses
        for (file, _card), image in zip(new_cards, images, strict=True):
            file.content_bytes = image
    cache.compute(_version_key(), bytes)
    cache.trim()
    return losses


def _typeset_cvs(config: MkDocsConfig, fonts: Typefaces, cache: FileCache) -> list[ExportLoss]:
    """Fill the CVs. Return what they leave out; log what is wrong with them, which ends a build."""
    state = site_state(config)
    path = Path(config.config_file_path or "mkdocs.yml").absolute()
    typesetter = CvTypesetter(
        state.views,
        state.profile,
        state.paths,
        path,
        fonts,
        cache,
        work_elsewhere,
        partial(remember, config.extra),
    )
    losses: list[ExportLoss] = []
    faults = 0
    for name, options in state.options.cv.items():
        if (file := state.export_files.get(name)) is None:
            continue
        cv, problems = typesetter.typeset(name, options)
        for problem in problems:
            log_unreported(log, problem, config)
        faults += sum(problem.severity != "info" for problem in problems)
        if cv is not None:
            file.content_bytes = cv.pdf
            losses += cv.losses
    if faults and not state.is_serving:
        raise PluginError(f"The CVs have {faults} problem{'s' if faults > 1 else ''}.")
    return losses


def _cards(state: SiteState, files: Files) -> list[tuple[Page, Card]]:
    """Return each page with its card."""
    views, profile = state.views, state.profile
    posts = {post.url: post for post in views.newest_posts}
    host = urlsplit(profile.url).hostname or profile.site_name
    cards: list[tuple[Page, Card]] = []
    for page in pages.all_pages(files):
        if page.is_homepage:
            card = Card(profile.site_name, profile.label, "", host, profile.language)
        elif post := posts.get(page.url):
            card = Card(post.title, views.blog, post.when, profile.site_name, post.lang or profile.language)
        else:
            sections = [str(section.title or "") for section in page.ancestors]
            section = sections[-1] if sections else ""
            card = Card(pages.page_title(page), section, "", profile.site_name, profile.language)
        cards.append((page, card))
    return cards


def _write_markdown(state: SiteState, config: MkDocsConfig, files: Files) -> None:
    """Write each page as Markdown, and llms.txt, which lists them and the data."""
    export = page_markdown.MarkdownExport(config, files)
    for page in pages.all_pages(files):
        path = page_markdown.markdown_path(page.file)
        # With the suffix .md MkDocs would treat it as a page.
        file = File.generated(config, f"{path}.txt", content=export.render_page(page))
        file.dest_uri = path
        files.append(file)
        state.markdown_paths[page.url] = path
    if files.get_file_from_path(LLMS_TXT) is None:
        resolve_url = export.url_resolver(LLMS_TXT)
        titles = {path: _(title) for path, (_render, title) in _FILES.items()}
        names = [*state.options.cv]
        titles |= {
            name: _("The CV as PDF") if len(names) == 1 else _("The CV as PDF: %(file)s", file=name)
            for name in names
        }
        data = [
            ListedPage(title, resolve_url(path))
            for path, title in titles.items()
            if pages.find_file(path, files) is not None
        ]
        sections = page_markdown.llms_sections(data, resolve_url, config, files)
        text = render_llms_txt(state.profile, sections)
        files.append(File.generated(config, LLMS_TXT, content=text))
