"""Shows changes at once under `mkdocs serve`; without this line each one rebuilds the whole site."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation

from mkdocs_live import mkdocs_internals, problems
from mkdocs_live.coordinator import Preview, Site
from mkdocs_live.session import Session
from mkdocs_live.state import state

log = logging.getLogger("mkdocs.hooks.serving")
_NAVIGATION, _NOTED = "live_navigation", "live_noted"


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    # Elsewhere than in the command there are no arguments by which the site could be built.
    context = click.get_current_context(silent=True)
    follows = context is not None and context.params.get("livereload", True)
    state.serves = command == "serve" and not dirty and follows
    unknown = mkdocs_internals.unsupported() if state.serves else ""
    if unknown:
        log.info("MkDocs' own server is used: %s has not been checked.", unknown)
        state.serves = False
    if state.serves and state.hold is not None:
        problems.be_quiet()


# Before all others.
@event_priority(2000)
def on_config(config: MkDocsConfig) -> None:
    """Serve, where this is the command itself: the site is built by processes of their own.

    So what a build makes is in their memory alone, and the first one is no other than those that follow.
    """
    if not state.serves or state.hold is not None:
        return
    host, port = config.dev_addr
    root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    site = Site(host, port, config.site_url or f"http://{host}:{port}/", root, sys.argv[1:])
    params = click.get_current_context().params
    preview = Preview(site)
    for path in (*_watched(config), *(config.theme.dirs if params.get("watch_theme") else ())):
        preview.watch(path)
    try:
        preview.serve(open_in_browser=bool(params.get("open_in_browser")))
    except KeyboardInterrupt:
        log.info("Shutting down...")
    finally:
        preview.shutdown()
    # No event can end a command but by an error; with this one all is well.
    raise SystemExit(0)


# After Material's blog (-50), and before others add to what it made.
@event_priority(-55)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    config.extra[_NOTED] = mkdocs_internals.noted(config) if state.serves else {}


@event_priority(-1000)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    config.extra[_NAVIGATION] = nav


# After those who give templates what they show, and before those who keep what is rendered (-200).
@event_priority(-199)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    if state.serves:
        state.session = Session(config, files, config.extra[_NAVIGATION], env, config.extra[_NOTED])


# After others, which have more files watched.
@event_priority(-1000)
def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]) -> Any:
    """Hold what has been built, and answer who serves."""
    if state.hold is not None:
        state.hold(config.site_dir, (*_watched(config), *mkdocs_internals.watched(server)))


def _watched(config: MkDocsConfig) -> list[str]:
    """All that makes up the site, with the packages beside a hook; but the project's folder holds more."""
    root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    hooks = {str(root / (Path(path).parent if Path(path).parent.name else path)) for path in config.hooks}
    own = [path for path in (config.config_file_path, config.theme.custom_dir) if path]
    return [config.docs_dir, *own, *sorted(hooks), *config.watch]
