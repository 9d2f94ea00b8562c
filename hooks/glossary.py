"""Explains the site's abbreviations: on every page, where they first stand, and on the glossary's own."""

from __future__ import annotations

import logging
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from portfolio import settings
from typesetting import abbreviations

log = logging.getLogger("mkdocs.hooks.glossary")


def on_config(config: MkDocsConfig) -> None:
    """``abbreviations``: what each of them means, in alphabetical order."""
    path = Path(config.docs_dir, "data", abbreviations.FILE)
    found, problems = abbreviations.load(path, settings.root_of(config.config_file_path))
    for problem in problems:
        log.warning("%s", problem)
    config.extra["abbreviations"] = found
    if "abbr" in config.markdown_extensions:
        config.mdx_configs.setdefault("abbr", {})["glossary"] = dict(found)


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    env.globals["abbreviations"] = config.extra["abbreviations"]
