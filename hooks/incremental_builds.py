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

from mkdocs_incremental import api, build_inputs
from mkdocs_incremental.plugin import BuildCommand

log = logging.getLogger("mkdocs.hooks.incremental_builds")
_command = BuildCommand()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _command.inputs = build_inputs.started() if command == "build" and not dirty else None


# Before all other hooks and plugins.
@event_priority(1000)
def on_config(config: MkDocsConfig) -> None:
    """End the command if the site is up to date."""
    if _command.is_up_to_date(config):
        log.info(build_inputs.MESSAGE)
        # MkDocs has no event that ends a build successfully; this ends the command.
        raise SystemExit(0)


# After all other hooks and plugins, right before MkDocs empties the site's folder.
@api.skippable
@event_priority(-1000)
def on_pre_build(*, config: MkDocsConfig) -> None:
    _command.preserve_output(config)


# After Material's blog (-50), which adds posts and their lists.
@event_priority(-60)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    config.extra[api.BUILD] = _command.start_build(config, files)


@event_priority(-200)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    _command.nav = nav


# After hooks and plugins that change the text or, as Material's blog, create the excerpt.
@event_priority(-200)
def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    if _command.build is not None:
        _command.build.patch_page(page, files)


# Before hooks and plugins that compile templates.
@event_priority(1000)
def _cache_templates(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    if _command.build is not None:
        _command.build.cache_templates(env)


# After hooks and plugins that set what templates use.
@event_priority(-200)
def _create_environment(env: Environment, *, config: MkDocsConfig, files: Files) -> Any:
    build = _command.build
    if build is None:
        return env
    if _command.output is not None:
        build.intercept_writes(_command.output, files)
    return build.create_environment(env, _command.nav, files)


on_env = CombinedEvent(_cache_templates, _create_environment)


# Before hooks and plugins that use the output.
@api.skippable
@event_priority(1000)
def _finish_output(*, config: MkDocsConfig) -> None:
    if _command.build is not None:
        _command.build.finish_output()


# After hooks and plugins that write files.
@api.skippable
@event_priority(-1000)
def _finish(*, config: MkDocsConfig) -> None:
    _command.finish(config)


# MkDocs types combined events only for handlers that return a value.
on_post_build = CombinedEvent(_finish_output, _finish)  # type: ignore[arg-type]


def on_build_error(error: Exception) -> None:
    _command.fail()
