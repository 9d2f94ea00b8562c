"""Makes only what changed, and each thing once; without this hook the site is the same, but takes longer."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from incremental import build, supported
from incremental.build import Build

log = logging.getLogger("mkdocs.hooks.incrementally")
_BUILD, _NAVIGATION = "incremental_build", "incremental_navigation"
_CACHE = ".cache/incremental"


# After Material's blog (-50), which finds the posts and their lists.
@event_priority(-60)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """``incremental_build``: this build, or None where it has to be an ordinary one."""
    why_not = supported.why_not()
    if why_not:
        log.info("Everything is built anew: %s.", why_not)
    root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    config.extra[_BUILD] = None if why_not else build.begin(config, root / _CACHE)


@event_priority(-200)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    config.extra[_NAVIGATION] = nav


# After all others, which may change the text or, as Material's blog, make the excerpt.
@event_priority(-200)
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    made: Build | None = config.extra[_BUILD]
    if made is not None:
        made.meet(page, files)


# After all others, which give templates what they show.
@event_priority(-200)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> Any:
    made: Build | None = config.extra[_BUILD]
    return env if made is None else made.environment(env, config.extra[_NAVIGATION], files)


@event_priority(-200)
def on_post_build(*, config: MkDocsConfig) -> None:
    made: Build | None = config.extra[_BUILD]
    if made is not None:
        made.end()
