"""What a helper makes of a page, with nothing of it but what is kept: no event is told, no file written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_incremental import api, blog, mkdocs_internals
from mkdocs_incremental.converted_pages import Conversions
from mkdocs_incremental.rendered_pages import Outputs

# The plugins of Material that do nothing with a page's Markdown but change it.
_KNOWN = ("material.plugins.blog.", "material.plugins.tags.", "material.plugins.meta.", "incremental.")


def can_convert(config: MkDocsConfig) -> bool:
    """Whether a page's Markdown can be had without asking a plugin or hook that may do more."""
    return not config.plugins.events["pre_page"] and not config.plugins.events["page_read_source"]


@dataclass
class Converting:
    """Conversions ahead of the builder.

    Plugins that may do more than change a page's Markdown are left out. If one of them does change it, the
    builder finds another text than was converted here, and converts that.
    """

    config: MkDocsConfig
    files: Files
    conversions: Conversions

    def pages(self) -> list[str]:
        """The pages, in the order in which MkDocs reads them."""
        return [file.src_uri for file in self.files.documentation_pages()]

    def make(self, uri: str) -> None:
        file: Any = self.files.get_file_from_path(uri)
        page: Any = file.page or Page(None, file, self.config)
        with mkdocs_internals.current(page, self.config):
            page.read_source(self.config)
            for method in self.config.plugins.events["page_markdown"]:
                if _is_known(method):
                    text = method(page.markdown, page=page, config=self.config, files=self.files)
                    page.markdown = page.markdown if text is None else text
            is_post = blog.is_post(page, self.config)
            self.conversions.render(page, self.files, is_post=is_post)
            if is_post:
                blog.set_minutes(page, page.content, self.config)
        self.conversions.forget(uri)
        page.content = page.toc = None


@dataclass
class Rendering:
    """Pages rendered ahead of the builder, when all that stands between MkDocs and a page is known."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: Any
    outputs: Outputs

    def pages(self) -> list[str]:
        """The pages, in the order in which MkDocs makes them."""
        return [file.src_uri for file in self.files.documentation_pages()]

    def make(self, uri: str) -> None:
        file: Any = self.files.get_file_from_path(uri)
        # The site's files are the builder's alone.
        self.outputs.stands = lambda *_: False
        mkdocs_internals.render(file.page, self.config, self.files, self.nav, self.env)


def _is_known(method: Callable[..., Any]) -> bool:
    return api.is_cacheable(method) or f"{method.__module__}.".startswith(_KNOWN)
