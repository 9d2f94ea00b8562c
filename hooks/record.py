"""Reads the record before every build, and stops the build where the record has problems."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority

from portfolio import checks, loading, settings
from portfolio.loading import Record

log = logging.getLogger("mkdocs.hooks.record")


@dataclass
class _Server:
    """What outlives a build under ``mkdocs serve``, where no mistake in a file may stop the pages."""

    running: bool = False
    last_sound: Record | None = None


_server = _Server()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _server.running = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """Put the record into ``config.extra["record"]``.

    Every problem is one line, and ends a build. A server goes on with the last record that was sound, or with
    what is sound of the first one: MkDocs would leave the browser waiting until the file is mended.
    """
    blog = config.plugins.get("material/blog")
    places, misplaced = settings.places(
        config.config_file_path, config.docs_dir, blog.config if blog is not None else None
    )
    record, problems = loading.load(places.data, places.posts, places.root)
    problems = sorted({*misplaced, *problems, *checks.check(record, places.docs)})
    for problem in problems:
        log.error("%s", problem)
    if problems and not _server.running:
        raise PluginError(f"The record has {len(problems)} problem{'s' if len(problems) > 1 else ''}.")
    if not problems:
        _server.last_sound = record
    config.extra["record"] = _server.last_sound or record
