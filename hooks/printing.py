"""Typesets the CV and an image for each page, which links to it show elsewhere."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import site_pages
from portfolio import settings
from portfolio.cache import FileCache
from portfolio.renderers import cv_pdf, social_card, typefaces
from portfolio.renderers.note import Note
from portfolio.renderers.profile import Profile
from portfolio.renderers.social_card import Card
from portfolio.views import Portfolio

log = logging.getLogger("mkdocs.hooks.printing")

_CARDS = "assets/cards/"


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Announce the CV, so that links to it can be checked; it is filled when the pages are known.

    An owner's own file of this name is left alone.
    """
    config.extra["cv_file"] = None
    if config.extra["options"].faces.cv_pdf and files.get_file_from_path(cv_pdf.FACE) is None:
        config.extra["cv_file"] = File.generated(config, cv_pdf.FACE, content=b"")
        files.append(config.extra["cv_file"])


# After the hook that makes the views, which stands before this one in mkdocs.yml.
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Make the files. ``cards``, in the configuration, has the address of each page's card, by the page's."""
    faces = typefaces.packaged()
    cache = FileCache(settings.root_of(config.config_file_path) / ".cache" / "typeset")
    profile: Profile = config.extra["profile"]
    notes: list[Note] = []
    if (file := config.extra["cv_file"]) is not None:
        file.content_bytes, found = cv_pdf.render(cv_pdf.data(config.extra["views"], profile), faces, cache)
        notes += found
    cards: dict[str, str] = {}
    if config.extra["options"].faces.cards:
        told = _cards(config, files)
        pictures, found = social_card.render([card for _, card in told], faces, cache)
        notes += found
        for (page, _), picture in zip(told, pictures, strict=True):
            name = page.file.dest_uri.removesuffix(".html")
            card = File.generated(config, f"{_CARDS}{name}.png", content=picture)
            files.append(card)
            cards[page.url] = profile.absolute(card.url)
    config.extra["cards"] = cards
    cache.trim()
    for note in notes:
        log.info("%s", note)


def _cards(config: MkDocsConfig, files: Files) -> list[tuple[Page, Card]]:
    """What the card of each page says."""
    views: Portfolio = config.extra["views"]
    profile: Profile = config.extra["profile"]
    posts = {post.url: post for post in views.newest_posts}
    host = urlsplit(profile.url).hostname or profile.site_name
    cards: list[tuple[Page, Card]] = []
    for page in (file.page for file in files.documentation_pages()):
        if page is None:
            continue
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
