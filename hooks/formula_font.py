"""Serves a font for formulas to readers whose system has none, cut to what this site's formulas need."""

from __future__ import annotations

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from portfolio.core.cache import FileCache, cache_key
from portfolio.markdown_ext import math_font
from portfolio.sources import mkdocs_yml

_FOLDER = "assets/fonts/"
_DIGEST_DIGITS = 10


def on_config(config: MkDocsConfig) -> None:
    # By page, so that a page that is built anew takes the place of what it was.
    config.extra["formula_characters"] = {}


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    config.extra["formula_characters"][page.file.src_uri] = math_font.collect_characters(html)


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """``formula_font``: the font's address below the site's, if there are formulas and it is installed."""
    env.globals["formula_font"] = None
    used = frozenset().union(*config.extra["formula_characters"].values())
    path = math_font.find_font()
    if not used or path is None:
        return
    cache = FileCache(mkdocs_yml.project_root(config.config_file_path) / ".cache" / "fonts")
    content = math_font.subset_font(path.read_bytes(), used, cache)
    name = f"{_FOLDER}stix-two-math.{cache_key(content)[:_DIGEST_DIGITS]}.woff2"
    files.append(File.generated(config, name, content=content))
    env.globals["formula_font"] = name
    cache.trim()
