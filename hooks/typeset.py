"""Sets formulas and diagrams while MkDocs builds, and logs those that cannot be set."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

import post_pages
from incremental.contract import Told
from portfolio import settings
from portfolio.problem import Problem
from typesetting.code_boxes import CodeBoxExtension
from typesetting.fence import DiagramExtension, MermaidFence
from typesetting.formulas import FormulaExtension
from typesetting.misprint import Misprint, locate
from typesetting.tables import TableExtension
from typesetting.unsound import UnsoundExtension

log = logging.getLogger("mkdocs.hooks.typeset")


def on_config(config: MkDocsConfig) -> None:
    misprints: list[Misprint] = Told()
    # In the configuration, because Material's blog converts the excerpts of posts with a Markdown of its own.
    options = config.extra.get("options")
    formulas = FormulaExtension(misprints.append, options.macros if options else None)
    fence = MermaidFence(misprints.append, _page)
    diagrams = DiagramExtension(fence)
    for extension in (UnsoundExtension(), formulas, TableExtension(), CodeBoxExtension(), diagrams):
        # MkDocs types the list as names; Markdown takes extensions as well.
        config.markdown_extensions.append(extension)  # type: ignore[arg-type]
    superfences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    superfences["custom_fences"] = [*superfences.get("custom_fences", []), fence.settings()]
    config.extra["misprints"] = misprints


def _page(md: Markdown) -> str:
    # MkDocs' own part, which Material's excerpts have too, knows whose source this is.
    page: Any = md.treeprocessors["relpath"]
    return str(page.file.src_uri)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    config.extra["misprints"].clear()


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    # Only between these two events is it known whose page is converted; excerpts come later and add nothing.
    misprints: list[Misprint] = config.extra["misprints"]
    if not misprints:
        return
    path = settings.shown(Path(config.docs_dir, page.file.src_uri), settings.root_of(config.config_file_path))
    for place in locate(misprints, page.file.content_string):
        misprint = place.misprint
        problem = Problem(path, place.line, place.column, misprint.kind, misprint.message)
        moved = post_pages.moved(problem, page, config)
        # The check has told most of them before the build; it looks no closer than a scan does.
        if moved not in config.extra.get("told", ()):
            log.warning("%s", moved)
    misprints.clear()
