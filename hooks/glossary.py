"""Explains the site's abbreviations: on every page, where they first stand, and on the glossary's own."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from portfolio.sources import loader, mkdocs_yml


def on_config(config: MkDocsConfig) -> None:
    """``abbreviations``: what each of them means, in alphabetical order."""
    path = Path(config.docs_dir, "data", loader.GLOSSARY_FILE)
    # What is wrong there is told with the record's problems.
    found, _ = loader.load_glossary(path, mkdocs_yml.project_root(config.config_file_path))
    config.extra["abbreviations"] = found
    if "abbr" in config.markdown_extensions:
        config.mdx_configs.setdefault("abbr", {})["glossary"] = dict(found)


def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    env.globals["abbreviations"] = config.extra["abbreviations"]
