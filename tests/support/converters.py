"""Markdown converters as this site has them, for texts that are no page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from markdown import Markdown

from portfolio.markdown_ext.site_markdown import Services, create_markdown
from portfolio.sources import mkdocs_yml
from tests.support import project

_NAMES, _OPTIONS = mkdocs_yml.read_markdown_extensions(project.ROOT / "mkdocs.yml")


def create_converter(find_language: Callable[[], str]) -> Markdown:
    """Return a converter with the extensions of ``mkdocs.yml``, for texts in the language of the function."""
    services = Services(
        root=Path(),
        report=lambda _: None,
        find_image=lambda _page, _url: None,
        get_page=lambda _: "page.md",
        finish=lambda _: None,
        find_title=lambda _: None,
        find_language=lambda _: find_language(),
        glossary={"HTML": "HyperText Markup Language"},
    )
    return create_markdown(_NAMES, _OPTIONS, services)
