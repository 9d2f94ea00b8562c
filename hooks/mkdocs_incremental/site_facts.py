"""What the pages of a site depend on, apart from what they say themselves, as digests."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.theme import Theme
from pathspec import PathSpec

from mkdocs_incremental import mkdocs_internals
from mkdocs_incremental.fingerprint import Digester

log = logging.getLogger("mkdocs.hooks.incremental")
# Settings by which no page changes, or which are looked at where they are used.
_APART = frozenset("site_dir plugins hooks extra markdown_extensions mdx_configs theme nav strict".split())


def digester() -> Digester:
    """A digester that knows the objects of MkDocs by what a page may show of them."""
    return Digester(
        {
            # These are a part of every page's key by themselves: see `of_site`.
            MkDocsConfig: lambda _: "the configuration",
            Files: lambda _: "the files",
            Navigation: lambda _: "the navigation",
            Environment: lambda _: "the templates",
            Theme: _settings,
            Config: lambda config: dict(config),
            Page: shallow,
            File: of_file,
            AnchorLink: lambda link: mkdocs_internals.anchors_of([link]),
            PathSpec: lambda spec: [[one.include, one.regex] for one in spec.patterns],
            logging.Logger: lambda logger: logger.name,
        }
    )


def shallow(page: Any) -> list[Any]:
    """What other pages may show of a page."""
    return [
        page.url,
        page.title,
        dict(page.meta),
        page.canonical_url,
        page.edit_url,
        page.is_index,
        page.is_homepage,
        of_file(page.file),
    ]


def of_file(file: File) -> list[Any]:
    """What pages may show of a file."""
    return [file.src_uri, file.dest_uri, file.url, file.inclusion.value]


def _settings(theme: Theme) -> list[Any]:
    """All that a theme was told. A folder has several names where links lead to it."""
    folders = [os.path.realpath(folder) for folder in theme.dirs]
    return [theme.name, folders, sorted(theme.static_templates), dict(theme.items())]


def of_settings(config: MkDocsConfig) -> list[Any]:
    """All that a site was told, as values to digest, before plugins add to it."""
    plugins = [[name, type(one), getattr(one, "config", None)] for name, one in config.plugins.items()]
    apart = {"plugins", "hooks", "theme"}
    settings = {name: value for name, value in config.items() if name not in apart}
    return [settings, config.theme, plugins, list(config.hooks), _heard()]


def _heard() -> list[bool]:
    """Which warnings are logged: what a quiet build did not hear, it could not keep for one that does."""
    return [logging.getLogger("mkdocs").isEnabledFor(level) for level in (logging.WARNING, logging.INFO)]


def of_markdown(config: MkDocsConfig, program: str, known: Digester) -> str:
    """What all conversions depend on: the program, and the settings of Markdown. Raises Opaque."""
    links = config.validation.links
    settings = [
        program,
        list(config.markdown_extensions),
        config.mdx_configs,
        config.use_directory_urls,
        _heard(),
        [
            str(one)
            for one in (links.not_found, links.absolute_links, links.unrecognized_links, links.anchors)
        ],
    ]
    return known.of(settings).hex()


def of_site(
    config: MkDocsConfig, program: str, nav: Any, files: Iterable[File], env: Environment, known: Digester
) -> str:
    """What all pages depend on, but for ``config.extra``. Raises Opaque."""
    parts: dict[str, object] = {
        "program": program,
        "settings": {name: value for name, value in config.items() if name not in _APART},
        "theme": config.theme,
        "plugins": [
            [name, type(plugin), plugin.config]
            for name, plugin in config.plugins.items()
            if hasattr(plugin, "config")
        ],
        "files": [[file.src_uri, file.dest_uri, file.inclusion.value] for file in files],
        "navigation": [items_of(nav.items), nav.homepage],
        "globals": dict(env.globals),
        "heard": _heard(),
    }
    log.debug("The site: %s", {name: known.of(part).hex() for name, part in parts.items()})
    return known.of(parts).hex()


def items_of(items: Iterable[Any]) -> list[Any]:
    """The navigation, or a part of it, as plain values."""
    return [
        [type(item).__name__, item.title, items_of(item.children or ()), item if item.is_page else None]
        # What the front matter of a post links to has something of the page there.
        + ([item.url, getattr(item, "meta", None)] if item.is_link else [])
        for item in items
    ]


def names_in_templates(folders: Iterable[str], names: Mapping[str, Callable[[], object]]) -> list[object]:
    """The values of those names that stand in a template: a page that shows the clock is of its moment."""
    texts = [
        path.read_bytes() for folder in folders for path in Path(folder).rglob("*.html") if path.is_file()
    ]
    return [value() for name, value in names.items() if any(name.encode() in text for text in texts)]
