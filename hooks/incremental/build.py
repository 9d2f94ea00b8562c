"""What one build keeps and does; the hook has one of these for each."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from incremental import adapter, blog, excerpts, reusable
from incremental.blog import Shelf

log = logging.getLogger("mkdocs.hooks.incremental")


@dataclass
class Build:
    """One build of a site."""

    config: MkDocsConfig
    shelf: Shelf = field(default_factory=Shelf)
    # Whether excerpts can be taken from pages.
    takes_excerpts: bool = False

    def begin(self) -> None:
        """After all plugins have found their files."""
        blog.attach(self.config)
        if blog.of(self.config) is not None:
            unknown = reusable.unknown(self.config.markdown_extensions, self.config.mdx_configs or {})
            self.takes_excerpts = not unknown
            if unknown:
                log.info("Each list converts its excerpts: %s may remember what it met.", unknown)

    def meet(self, page: Any, files: Files) -> None:
        """Before a page is converted: let it be converted here."""
        if blog.is_post(page, self.config):
            blog.lend(page, self.shelf, self.config, files)
        page.render = lambda config, files: self.render(page, config, files)

    def render(self, page: Any, config: MkDocsConfig, files: Files) -> None:
        """``Page.render``, and the excerpt of a post with it."""
        has_excerpt = self.takes_excerpts and blog.is_post(page, config)
        conversion = adapter.convert(page, config, files, with_excerpt=has_excerpt)
        by_path = {uri: files.get_file_from_path(uri) for uri, _, _ in conversion.made.links}
        conversion.made.put(page, {uri: file for uri, file in by_path.items() if file is not None})
        if has_excerpt:
            self.shelf.excerpts[page.file.src_uri] = excerpts.take(conversion)
