"""Shows what is saved at once under ``mkdocs serve``; without this hook MkDocs' own server does that."""

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

from live import adapter, problems
from live.preview import Preview, Site
from live.session import Session
from live.state import state

log = logging.getLogger("mkdocs.hooks.serving")
_NAVIGATION, _NOTED = "live_navigation", "live_noted"


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    # Elsewhere than in the command there are no arguments by which the site could be built once more.
    is_command = click.get_current_context(silent=True) is not None
    state.serves = command == "serve" and not dirty and is_command
    unknown = adapter.unsupported() if state.serves else ""
    if unknown:
        log.info("MkDocs' own server is used: %s has not been checked.", unknown)
        state.serves = False
    if state.serves:
        state.heard = problems.hear(Path.cwd())


# After Material's blog (-50), and before others add to what it made.
@event_priority(-55)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    config.extra[_NOTED] = adapter.noted(config) if state.serves else {}


@event_priority(-1000)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    config.extra[_NAVIGATION] = nav


# After those who give templates what they show, and before those who keep what is rendered (-200).
@event_priority(-199)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    if state.serves:
        state.session = Session(config, files, config.extra[_NAVIGATION], env, config.extra[_NOTED])


def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]) -> Any:
    """Our server, which watches all that makes up the site."""
    if not state.serves or state.session is None:
        return None
    if state.hold is not None:
        state.hold(config.site_dir)
    # It has not begun to listen.
    server.server_close()
    root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
    host, port = config.dev_addr
    told: tuple[problems.Problem, ...] = ()
    if state.heard is not None:
        heard, end = state.heard
        end()
        told = heard.problems
    site = Site(host, port, server.mount_path, server.url, Path(config.site_dir), root, sys.argv[1:])
    # It is let go when there is another.
    session, state.session = state.session, None
    preview = Preview(site, session, told)
    # With the packages beside a hook; but the project's own folder holds more than the site.
    hooks = {root / (Path(path).parent if Path(path).parent.name else path) for path in config.hooks}
    theme = {Path(config.theme.custom_dir)} if config.theme.custom_dir else set()
    for path in (*adapter.watched(server), *map(str, sorted(hooks | theme))):
        preview.watch(path)
    return preview
