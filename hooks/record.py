"""Reads the record before every build, and stops the build where the record has problems."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from portfolio import checks, loading, settings

log = logging.getLogger("mkdocs.hooks.record")

# Of the process, not of a build: whether a server is being started, which no mistake in a file must prevent.
_command = {"starting": False}


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _command["starting"] = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """Put the record into ``config.extra["record"]``.

    A build ends with one line for each problem. So does a rebuild under ``mkdocs serve``, which keeps showing
    the last good pages until the file is mended; its first build goes on with what is sound, to have some.
    """
    root = settings.root_of(config.config_file_path)
    blog = config.plugins.get("material/blog")
    given = {key: blog.config[key] for key in ("blog_dir", "post_dir")} if blog is not None else {}
    places = settings.places(Path(config.docs_dir), **given, root=root)
    record, problems = loading.load(places.data, places.posts, places.root)
    problems = sorted({*problems, *checks.check(record)})
    for problem in problems:
        log.error("%s", problem)
    starting, _command["starting"] = _command["starting"], False
    if problems and not starting:
        raise PluginError(f"The record has {len(problems)} problem{'s' if len(problems) > 1 else ''}.")
    config.extra["record"] = record


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Tell MkDocs which anchors the timeline's template makes, so that it can check the links to them."""
    if page.meta.get("template") == "timeline.html" and page.present_anchor_ids is not None:
        page.present_anchor_ids |= {entry.id for entry in config.extra["record"]}
