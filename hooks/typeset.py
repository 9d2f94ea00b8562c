"""Sets formulas and diagrams while MkDocs builds, and logs those that cannot be set."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, cast

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental.api import ReportedItems, cacheable
from portfolio.core.text import slugify_heading
from portfolio.markdown_ext import unique_ids
from portfolio.markdown_ext.code_blocks import CodeAnnotationExtension, CodeBoxExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.invalid_urls import InvalidUrlExtension
from portfolio.markdown_ext.mermaid import MermaidCounterExtension, MermaidFence
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from portfolio.markdown_ext.tables import TableExtension
from portfolio.mkdocs_glue import post_pages
from portfolio.sources import mkdocs_yml

log = logging.getLogger("mkdocs.hooks.typeset")


def on_config(config: MkDocsConfig) -> None:
    misprints: list[RenderError] = ReportedItems()
    # In the configuration, because Material's blog converts the excerpts of posts with a Markdown of its own.
    options = config.extra.get("options")
    formulas = FormulaExtension(misprints.append, options.macros if options else None)
    fence = MermaidFence(misprints.append, _page)
    own = (
        InvalidUrlExtension(), formulas, TableExtension(), CodeBoxExtension(), CodeAnnotationExtension(),
        MermaidCounterExtension(fence),
    )  # fmt: skip
    for extension in own:
        # MkDocs types the list as names; Markdown takes extensions as well.
        config.markdown_extensions.append(extension)  # type: ignore[arg-type]
    superfences = config.mdx_configs.setdefault("pymdownx.superfences", {})
    superfences["custom_fences"] = [*superfences.get("custom_fences", []), fence.settings()]
    config.extra["misprints"] = misprints
    # Unless mkdocs.yml names its own.
    config.mdx_configs.setdefault("toc", {}).setdefault("slugify", slugify_heading)


def _page(md: Markdown) -> str:
    # MkDocs' own part, which Material's excerpts have too, knows whose source this is.
    page: Any = md.treeprocessors["relpath"]
    return str(page.file.src_uri)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    config.extra["misprints"].clear()


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    # Only between these two events is it known whose page is converted; excerpts come later and add nothing.
    misprints: list[RenderError] = config.extra["misprints"]
    if not misprints:
        return
    path = mkdocs_yml.display_path(
        Path(config.docs_dir, page.file.src_uri), mkdocs_yml.project_root(config.config_file_path)
    )
    for problem in to_diagnostics(misprints, page.file.content_string, path):
        moved = post_pages.moved(problem, page, config)
        # The check has told most of them before the build; it looks no closer than a scan does.
        if moved not in config.extra.get("told", ()):
            log.warning("%s", moved)
    misprints.clear()


# After Material's blog (-100), which makes the excerpts of a list of posts then.
@cacheable
@event_priority(-150)
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """No id stands twice in a list of posts, whatever their headings and formulas."""
    shown: list[Any] = list(cast("dict[str, Any]", context).get("posts") or ())
    if not shown:
        return
    contents = unique_ids.make_ids_unique(
        (one.content for one in shown), unique_ids.collect_ids(page.content or "")
    )
    for one, content in zip(shown, contents, strict=True):
        one.content = content
