"""Typesets the CV and an image for each page, which links to it show elsewhere."""

from __future__ import annotations

import logging
from functools import partial
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from mkdocs_incremental import forking
from portfolio.core.cache import FileCache
from portfolio.exports.losses import format_losses
from portfolio.mkdocs_glue import site_pages
from portfolio.print import cv_pdf, social_card
from portfolio.print import fonts as typefaces
from portfolio.print.social_card import Card
from portfolio.print.typst_compiler import TypesettingError
from portfolio.record.loss import ExportLoss
from portfolio.record.profile import Profile
from portfolio.sources import mkdocs_yml
from portfolio.timeline.views import Portfolio

log = logging.getLogger("mkdocs.hooks.printing")

_CARDS = "assets/cards/"
# The compiler begins threads, beside which no other work could be shared; and a process has its price.
_share = partial(forking.shared, worth=20)
# The notes of the last build, which outlive it under ``mkdocs serve``.
_told_last: list[str] = []


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Announce the CV, so that links to it can be checked; it is filled when the pages are known.

    An owner's own file of this name is left alone.
    """
    config.extra["cv_file"] = None
    if config.extra["options"].faces.cv_pdf and files.get_file_from_path(cv_pdf.EXPORT) is None:
        config.extra["cv_file"] = File.generated(config, cv_pdf.EXPORT, content=b"")
        files.append(config.extra["cv_file"])


# After the hook that makes the views, which stands before this one in mkdocs.yml.
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Make the files. ``cards``, in the configuration, has the address of each page's card, by the page's."""
    config.extra["cards"] = {}
    notes: list[ExportLoss] = []
    if config.extra["cv_file"] is not None or config.extra["options"].faces.cards:
        try:
            notes = _print(config, files)
        except ModuleNotFoundError as error:
            raise PluginError(f"{error}: not all packages of requirements.txt are installed.") from None
        except TypesettingError as error:
            raise PluginError(f"The CV or the cards cannot be typeset: {error}") from None
    _tell(notes)


def _print(config: MkDocsConfig, files: Files) -> list[ExportLoss]:
    """Fill the CV and make the cards, as far as they are wanted; returns what to tell of them."""
    fonts = typefaces.packaged_fonts()
    cache = FileCache(mkdocs_yml.project_root(config.config_file_path) / ".cache" / "typeset")
    profile: Profile = config.extra["profile"]
    notes: list[ExportLoss] = []
    if (file := config.extra["cv_file"]) is not None:
        cv = cv_pdf.cv_data(config.extra["views"], profile)
        file.content_bytes, found = cv_pdf.render(cv, fonts, cache, _share)
        notes += found
    if config.extra["options"].faces.cards:
        wanted: list[tuple[File, Card]] = []
        for page, card in _cards(config, files):
            path = f"{_CARDS}{page.file.dest_uri.removesuffix('.html')}.png"
            # An owner's own picture is left alone.
            if (shown := files.get_file_from_path(path)) is None:
                shown = File.generated(config, path, content=b"")
                files.append(shown)
                wanted.append((shown, card))
            config.extra["cards"][page.url] = profile.absolute(shown.url)
        pictures, found = social_card.render([card for _, card in wanted], fonts, cache, _share)
        notes += found
        for (empty, _), picture in zip(wanted, pictures, strict=True):
            empty.content_bytes = picture
    cache.trim()
    return notes


def _tell(notes: list[ExportLoss]) -> None:
    """Log what was not logged in the build before: a server need not say it again at each change."""
    told = format_losses(notes)
    for line in told:
        if line not in _told_last:
            log.info("%s", line)
    _told_last[:] = told


def _cards(config: MkDocsConfig, files: Files) -> list[tuple[Page, Card]]:
    """What the card of each page says."""
    views: Portfolio = config.extra["views"]
    profile: Profile = config.extra["profile"]
    posts = {post.url: post for post in views.newest_posts}
    host = urlsplit(profile.url).hostname or profile.site_name
    cards: list[tuple[Page, Card]] = []
    for page in site_pages.all_of(files):
        if page.is_homepage:
            card = Card(profile.site_name, profile.label, "", host, profile.language)
        elif post := posts.get(page.url):
            card = Card(post.title, views.blog, post.when, profile.site_name, profile.language)
        else:
            sections = [str(section.title or "") for section in page.ancestors]
            section = sections[-1] if sections else ""
            card = Card(site_pages.title_of(page), section, "", profile.site_name, profile.language)
        cards.append((page, card))
    return cards
