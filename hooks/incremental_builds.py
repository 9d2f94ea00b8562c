"""Rebuilds only what changed; without this line the site is the same, but takes longer to build."""

from __future__ import annotations

import logging
from typing import Any, Literal

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_incremental import api, versions
from mkdocs_incremental.build import Build
from mkdocs_incremental.plugin import Command
from mkdocs_incremental.skip_build import Again

log = logging.getLogger("mkdocs.hooks.incrementally")
_BUILD, _NAVIGATION = api.BUILD, "incremental_navigation"
_command = Command()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _command.again = Again() if command == "build" and not dirty else None


# Before all others.
@event_priority(1000)
def on_config(config: MkDocsConfig) -> None:
    """End a build that would make what is there."""
    if _command.is_done(config):
        log.info("Nothing has changed since the site was built.")
        # No event can end a build but by an error; this one ends the command, and all is well.
        raise SystemExit(0)


# After all others, and right before MkDocs empties the site's folder.
@event_priority(-1000)
def on_pre_build(*, config: MkDocsConfig) -> None:
    _command.set_aside(config)


# After Material's blog (-50), which finds the posts and their lists.
@event_priority(-60)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """``incremental_build``: this build, or None where it has to be an ordinary one."""
    why_not = versions.why_not()
    if why_not:
        log.info("Everything is built anew: %s.", why_not)
    _command.made = None if why_not else _command.begin(config, files)
    config.extra[_BUILD] = _command.made


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
    if (made := config.extra[_BUILD]) is None:
        return env
    if _command.standing is not None:
        made.write(_command.standing, files)
    return made.environment(env, config.extra[_NAVIGATION], files)


# Before all others, which may look at what was built.
@event_priority(1000)
def _sweep(*, config: MkDocsConfig) -> None:
    if (made := config.extra[_BUILD]) is not None:
        made.sweep()


# After all others, which may write files of their own.
@event_priority(-1000)
def _end(*, config: MkDocsConfig) -> None:
    _command.end(config)


# Its types know of events that pass something on, alone.
on_post_build = CombinedEvent(_sweep, _end)  # type: ignore[arg-type]


def on_build_error(error: Exception) -> None:
    _command.fail()
