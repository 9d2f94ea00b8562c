"""The life cycle of a command and its builds, for the hook that MkDocs loads.

`BuildCommand` is one run of ``mkdocs build`` or ``mkdocs serve``. `Build` is one build of a site, which
connects the caches of conversions, rendered pages and output files with MkDocs.
"""

from __future__ import annotations

import functools
import gc
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.utils import write_file

from mkdocs_incremental import api, blog, fingerprint, mkdocs_internals, site_facts
from mkdocs_incremental.build_inputs import BuildInputs
from mkdocs_incremental.changes import SharedInputs
from mkdocs_incremental.converted_pages import ConversionCache, can_prefetch, find_stateful_extension
from mkdocs_incremental.fingerprint import Digester, FileDigests, NotFingerprintable
from mkdocs_incremental.output_dir import OutputWriter, PreservedOutput
from mkdocs_incremental.rendered_pages import (
    CachingEnvironment,
    RenderCache,
    TemplateCache,
    find_uncacheable_handlers,
)
from mkdocs_incremental.skip_build import CACHE, digest
from mkdocs_incremental.store import Store
from mkdocs_incremental.workers import WorkerPool, stop_all

log = logging.getLogger("mkdocs.hooks.incremental")
_FILE = "builds.sqlite3"
# Thresholds of Python's garbage collector: new objects before it examines these, such runs before it examines
# those that survived one, and those before it examines all. Most objects of a build live until its end, and
# with Python's thresholds the collector takes 5 % of an edit of 300 posts. With these it does not run for 40
# posts. Without it, contexts of templates would leave 45 kB for each page.
_GC_THRESHOLDS = (300_000, 10, 100)


@dataclass
class BuildCommand:
    """A command of MkDocs, which makes one build, or several while it serves."""

    # None under ``mkdocs serve``, which neither skips builds nor preserves output.
    inputs: BuildInputs | None = None
    build: Build | None = None
    output: PreservedOutput | None = None
    nav: Navigation | None = None
    digests: FileDigests = field(default_factory=FileDigests)

    def is_up_to_date(self, config: MkDocsConfig) -> bool:
        """Whether the site already is what this build would make; if not, the build starts."""
        if mkdocs_internals.unsupported_version():
            self.inputs = None
        elif self.inputs is not None and self.inputs.is_up_to_date(str(cache_folder(config))):
            return True
        else:
            mkdocs_internals.list_visible_templates(config.theme)
        gc.set_threshold(*_GC_THRESHOLDS)
        return False

    def preserve_output(self, config: MkDocsConfig) -> None:
        """Move the output aside right before MkDocs empties the site's folder."""
        if self.inputs is not None:
            self.output = PreservedOutput(config.site_dir, cache_folder(config) / "previous")
            self.output.move_aside()

    def start_build(self, config: MkDocsConfig, files: Files) -> Build | None:
        """Start a build when all plugins have added their files. None if it must be an ordinary one."""
        reason = mkdocs_internals.unsupported_version()
        if reason:
            log.info("Everything is built from scratch: %s.", reason)
        if self.inputs is not None:
            self.digests = self.inputs.digests
        self.build = None if reason else Build.start(config, files, cache_folder(config), self.digests)
        return self.build

    def finish(self, config: MkDocsConfig) -> None:
        """Save the caches when everything is written."""
        stop_all()
        if self.build is not None:
            self.build.finish()
            if self.inputs is not None:
                unread = self.build.writer.unread if self.build.writer is not None else ()
                cache = str(cache_folder(config))
                self.inputs.finish(config, cache, unread, shows_time=bool(self.build.clocks))

    def fail(self) -> None:
        """Discard what a failed build would have cached."""
        stop_all()
        if self.build is not None:
            self.build.discard()


def cache_folder(config: MkDocsConfig) -> Path:
    """Return the absolute path of the folder for a site's caches."""
    return site_facts.project_root(config) / CACHE


@dataclass
class Build:
    """One build of a site. ``code`` are the digests of the code that runs."""

    config: MkDocsConfig
    store: Store
    digester: Digester
    digests: FileDigests
    code: dict[str, str]
    conversions: ConversionCache
    cache: Path
    renders: RenderCache | None = None
    writer: OutputWriter | None = None
    templates: Environment | None = None
    # See `site_facts.find_clocks`.
    clocks: Sequence[str] = ()

    @classmethod
    def start(cls, config: MkDocsConfig, files: Files, cache: Path, digests: FileDigests) -> Build:
        """Start a build when all plugins have added their files. ``cache`` is the folder for its caches."""
        blog.attach(config)
        api.declare_expiry(config.extra, blog.future_publication_dates(files, config))
        store, digester = Store(cache / _FILE), site_facts.create_digester()
        code = site_facts.digest_code(config, digests)
        extension = find_stateful_extension(config)
        shared = None
        if extension:
            log.info("All pages are converted: %s may depend on more than the text of a page.", extension)
        else:
            try:
                settings = site_facts.digest_markdown_settings(config, digester)
                shared = SharedInputs({**code, **settings}, store, config)
            except NotFingerprintable as reason:
                log.info("All pages are converted: a Markdown setting cannot be compared (%s).", reason)
        conversions = ConversionCache(store, shared, config, digester, is_stateless=not extension)
        if shared is not None and can_prefetch(config):
            conversions.workers = WorkerPool(store, files, lambda uri: conversions.prefetch_page(uri, files))
        return cls(config, store, digester, digests, code, conversions, cache)

    def patch_page(self, page: Any, files: Files) -> None:
        """Make MkDocs convert a page through the cache."""
        is_post = blog.is_post(page, self.config)
        if is_post:
            blog.install_excerpt_converter(page, self.config, files)
        mkdocs_internals.replace_render(
            page, lambda files: self.conversions.render_page(page, files, is_post=is_post)
        )

    def intercept_writes(self, output: PreservedOutput, files: Files) -> None:
        """Keep unchanged output files from being rewritten. Before the first file is written."""
        self.writer = OutputWriter(output, self.store, self.cache)
        self.writer.attach(self.config, files)

    def cache_templates(self, env: Environment) -> None:
        """Make Jinja take compiled templates from the cache until the build ends."""
        self.templates = env
        env.bytecode_cache = TemplateCache(self.store, self._code_fingerprint, self.config)

    def compile_templates(self, env: Environment) -> None:
        """Start to compile the templates in the custom folder of the theme, if no build has cached any."""
        folder, cache = self.config.theme.custom_dir, env.bytecode_cache
        if isinstance(cache, TemplateCache) and folder and not self.conversions.has_previous:
            names = [path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.html")]
            # First those in a folder, which most pages include.
            names.sort(key=lambda name: (name.count("/") != 1, name))
            cache.compile_ahead(env, names)

    def create_environment(self, env: Environment, nav: Any, files: Any) -> Environment | CachingEnvironment:
        """Return the environment from which MkDocs takes templates. After all plugins' ``on_env``."""
        if self.conversions.workers is not None:
            self.conversions.workers.stop()
        folders = self.config.theme.dirs
        templates = fingerprint.digest_folders(folders, self.digests)
        self.clocks = self.remember(lambda: site_facts.find_clocks(folders), "clocks", repr(templates))
        handlers = find_uncacheable_handlers(self.config)
        if handlers:
            log.info("All pages are rendered: on_page_context of %s is not cacheable.", ", ".join(handlers))
            return env
        try:
            inputs = {
                **self.code,
                **templates,
                "the date": repr([site_facts.CLOCKS[name]() for name in self.clocks]),
                **site_facts.digest_site(self.config, nav, files, env, self.digester),
            }
        except NotFingerprintable as reason:
            log.info("All pages are rendered: a setting or template global cannot be compared (%s).", reason)
            return env
        is_up_to_date = self.writer.is_up_to_date if self.writer is not None else lambda *_: False
        shared = SharedInputs(inputs, self.store, self.config)
        renders = RenderCache(self.store, shared, self.config, self.digester, is_up_to_date)
        renders.attach(env)
        caching_env = CachingEnvironment(env, renders)

        def prefetch_page(uri: str) -> None:
            """Render a page in a worker process."""
            # Only the builder uses the files of the site.
            renders.is_up_to_date = lambda *_: False
            page = files.get_file_from_path(uri).page
            if renders.can_cache(page):
                mkdocs_internals.render_page(page, self.config, files, nav, caching_env)

        renders.workers = WorkerPool(self.store, files, prefetch_page)
        self.renders = renders
        return caching_env

    @functools.cached_property
    def _code_fingerprint(self) -> str:
        return digest(repr(self.code).encode("utf-8", "surrogatepass"))

    def remember(self, compute: Callable[[], Any], *inputs: object) -> Any:
        """See `api.remember`."""
        try:
            digests = [self.digester.digest(value) for value in inputs]
        except NotFingerprintable:
            return compute()
        key = f"memo {digest(b''.join([self._code_fingerprint.encode(), *digests]))}"
        cached = self.store.get(key)
        if cached is None:
            cached = [compute()]
            self.store.put(key, cached)
        return cached[0]

    def write_output(self, path: str, content: bytes) -> None:
        """See `api.write_output`."""
        if self.writer is None:
            write_file(content, path)
        else:
            self.writer.write(path, content)

    def finish_output(self) -> None:
        """Remove stale output files, before plugins' ``on_post_build``."""
        if self.writer is not None:
            self.writer.finish()

    def finish(self) -> None:
        """Save what the build cached."""
        rendered = self.renders.rendered if self.renders is not None else 0
        log.debug("%d pages converted, %d rendered", self.conversions.converted, rendered)
        if self.writer is not None:
            self.writer.save()
        self.conversions.save()
        self._stop_caching_templates()
        self.store.commit()

    def discard(self) -> None:
        """Discard what a failed build would have cached."""
        self._stop_caching_templates()
        self.store.rollback()

    def _stop_caching_templates(self) -> None:
        if self.templates is not None:
            self.templates.bytecode_cache = None
