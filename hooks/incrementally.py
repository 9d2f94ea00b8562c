"""Makes only what changed, and each thing once; without this hook the site is the same, but takes longer."""

from __future__ import annotations

import logging

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from incremental import supported
from incremental.build import Build

log = logging.getLogger("mkdocs.hooks.incrementally")
_KEY = "incremental_build"


@event_priority(-200)
def on_config(config: MkDocsConfig) -> None:
    """``incremental_build``: this build, or None where it has to be an ordinary one."""
    why_not = supported.why_not()
    if why_not:
        log.info("Everything is built anew: %s.", why_not)
    config.extra[_KEY] = None if why_not else Build(config)


# After Material's blog (-50), which finds the posts and their lists.
@event_priority(-60)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    build: Build | None = config.extra[_KEY]
    if build is not None:
        build.begin()


# After all others, which may change the text or, as Material's blog, make the excerpt.
@event_priority(-200)
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    build: Build | None = config.extra[_KEY]
    if build is not None:
        build.meet(page, files)
