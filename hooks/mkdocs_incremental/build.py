"""What one build keeps and does; the hook has one of these for each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.utils import get_build_datetime

from mkdocs_incremental import (
    api,
    blog,
    code_fingerprint,
    cross_page_access,
    prefetch,
    rendered_pages,
    site_facts,
    stateless_extensions,
)
from mkdocs_incremental.converted_pages import Conversions
from mkdocs_incremental.fingerprint import Digester, Opaque
from mkdocs_incremental.output_dir import Standing
from mkdocs_incremental.prefetch import Converting, Rendering
from mkdocs_incremental.rendered_pages import Outputs, Templates
from mkdocs_incremental.store import Store
from mkdocs_incremental.workers import Helpers
from mkdocs_incremental.writes import Writes

log = logging.getLogger("mkdocs.hooks.incremental")
_CACHE, _FILE = ".cache/incremental", "builds.sqlite3"


@dataclass
class Build:
    """One build of a site, from the moment when all plugins have found their files."""

    config: MkDocsConfig
    store: Store
    digester: Digester
    program: str
    conversions: Conversions
    cache: Path
    outputs: Outputs | None = None
    writes: Writes | None = None

    def meet(self, page: Any, files: Files) -> None:
        """Before a page is converted: let it be converted here."""
        is_post = blog.is_post(page, self.config)
        if is_post:
            blog.lend(page, self.conversions, self.config, files)
        page.render = lambda _, files: self.conversions.render(page, files, is_post=is_post)

    def write(self, standing: Standing, files: Files) -> None:
        """Before the first file is written: leave what stands."""
        self.writes = Writes(standing, self.store, self.cache)
        self.writes.begin(self.config, files)

    def sweep(self) -> None:
        """When all is written, before plugins look at it."""
        if self.writes is not None:
            self.writes.sweep()

    @property
    def unread(self) -> set[str]:
        """The paths of files that this build left where they stand without reading them again."""
        return self.writes.unread if self.writes is not None else set()

    def environment(self, env: Environment, nav: Any, files: Files) -> Any:
        """When all plugins have done with the environment: the one from which MkDocs takes templates."""
        self._end_helpers()
        names = rendered_pages.strangers(self.config)
        if names:
            log.info("Every page is rendered anew: %s may do more than can be kept.", ", ".join(names))
            return env
        moment = {"build_date_utc": get_build_datetime, "update_date": lambda: get_build_datetime().date()}
        clock = site_facts.names_in_templates(self.config.theme.dirs, moment)
        parts = f"{self.program} {code_fingerprint.of_folders(self.config.theme.dirs)} {clock}"
        try:
            site = site_facts.of_site(self.config, parts, nav, files, env, self.digester)
        except Opaque as opaque:
            log.info("Every page is rendered anew: nobody can tell whether %s is what it was.", opaque)
            return env
        stands = self.writes.stands if self.writes is not None else lambda *_: False
        made = self.outputs = Outputs(self.store, site, self.config, self.digester, self.conversions, stands)
        made.attach()
        cross_page_access.hear(env, lambda: made.page, made.reads.lose)
        templates = Templates(env, made)
        rendering = Rendering(self.config, files, nav, templates, made)
        made.helpers = Helpers(self.store, rendering.pages, rendering.make)
        return templates

    def remember(self, make: Callable[[], Any], *ingredients: str) -> Any:
        """See `contract.remember`."""
        key = f"memo {self.digester.of([self.program, *ingredients]).hex()}"
        kept = self.store.get(key)
        if kept is None:
            kept = [make()]
            self.store.put(key, kept)
        return kept[0]

    def leave(self) -> None:
        """Keep nothing of a build that failed."""
        self._end_helpers()
        self.store.leave()

    def _end_helpers(self) -> None:
        for one in (self.conversions, self.outputs):
            if one is not None and one.helpers is not None:
                one.helpers.end()

    def end(self) -> None:
        """Keep what was made."""
        self._end_helpers()
        rendered = self.outputs.rendered if self.outputs is not None else 0
        log.debug("%d pages converted, %d rendered", self.conversions.converted, rendered)
        if self.writes is not None:
            self.writes.keep()
        self.store.close()


def cache_of(config: MkDocsConfig) -> Path:
    """The folder for what is kept of a site."""
    # As it was given to the command, the path may be relative.
    return Path(config.config_file_path or "mkdocs.yml").absolute().parent / _CACHE


def begin(config: MkDocsConfig, files: Files, cache: Path) -> Build:
    """A build, when all plugins have found their files. ``cache`` is the folder for what is kept."""
    blog.attach(config)
    config.extra[api.EXPIRES] = [*config.extra.get(api.EXPIRES, ()), *blog.moments(files, config)]
    store, digester = Store(cache / _FILE), site_facts.digester()
    running = code_fingerprint.fingerprint({str(Path(path).parent) for path in config.hooks})
    unknown = stateless_extensions.unknown(config.markdown_extensions, config.mdx_configs or {})
    site = ""
    if unknown:
        log.info("Each page and excerpt is converted anew: %s may depend on more than the text.", unknown)
    else:
        try:
            icons = code_fingerprint.of_folders(stateless_extensions.folders(config.mdx_configs or {}))
            site = site_facts.of_markdown(config, f"{running} {icons}", digester)
        except Opaque as opaque:
            log.info("Each page is converted anew: nobody can tell whether %s is what it was.", opaque)
    conversions = Conversions(store, site, config, digester, takes_excerpts=not unknown)
    if site and prefetch.can_convert(config):
        converting = Converting(config, files, conversions)
        conversions.helpers = Helpers(store, converting.pages, converting.make)
    return Build(config, store, digester, running, conversions, cache)
