"""Shows a saved file at once under ``mkdocs serve``; without this line each change waits for a build."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation

from mkdocs_live import mkdocs_internals
from mkdocs_live.process_state import state

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

log = logging.getLogger("mkdocs.hooks.live_preview")


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    # Only inside the command line interface are there arguments with which a worker can build the site.
    context = click.get_current_context(silent=True)
    reloads = context is not None and context.params.get("livereload", True)
    state.serves = command == "serve" and not dirty and reloads
    unsupported = mkdocs_internals.unsupported_package() if state.serves else ""
    if unsupported:
        log.info("The preview uses MkDocs' own server: it has not been tested with %s.", unsupported)
        state.serves = False
    if state.serves and state.on_built is not None:
        from mkdocs_live import build_messages

        build_messages.silence_console()


# Before all other hooks and plugins.
@event_priority(2000)
def on_config(config: MkDocsConfig) -> None:
    """Serve, unless this is a worker: only workers build the site.

    Otherwise the memory of this process would grow with each build.
    """
    if not state.serves or state.on_built is not None:
        return
    from mkdocs_live.coordinator import Preview

    host, port = config.dev_addr
    url = config.site_url or f"http://{host}:{port}/"
    params = click.get_current_context().params
    watched = [*_sources(config), *(config.theme.dirs if params.get("watch_theme") else ())]
    root = mkdocs_internals.project_folder(config)
    preview = Preview(host, port, url, root, sys.argv[1:], watched, forks=True)
    try:
        preview.serve(open_in_browser=bool(params.get("open_in_browser")))
    except KeyboardInterrupt:
        log.info("Shutting down...")
    finally:
        preview.shutdown()
    # An event can end the command only with an exception; 0 means success.
    raise SystemExit(0)


# After Material's blog (-50) has read the posts, and before hooks add to their metadata.
@event_priority(-55)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    blog = mkdocs_internals.find_blog(config) if state.serves else None
    posts = blog.blog.posts if blog is not None else ()
    state.post_meta_keys = {post.file.src_uri: frozenset(post.meta) for post in posts}


@event_priority(-1000)
def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    state.nav = nav


# After hooks that add to the environment, and before rendered pages are cached (-200).
@event_priority(-199)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    if state.serves:
        from mkdocs_live.session import Session

        assert state.nav is not None
        state.session = Session(config, files, state.nav, env, state.post_meta_keys)


# After plugins and hooks that add paths to watch.
@event_priority(-1000)
def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, builder: Callable[..., None]) -> Any:
    """In a worker, hand over the build. Does not return."""
    if state.on_built is not None:
        state.on_built(config.site_dir, (*_sources(config), *mkdocs_internals.watched_paths(server)))


def _sources(config: MkDocsConfig) -> list[str]:
    """Return all folders and files that the site is made of, with those of hooks and their packages."""
    root = mkdocs_internals.project_folder(config)
    # The project's own folder holds more than the site, so a hook in it is watched alone.
    hooks = {str(root / (Path(path).parent if Path(path).parent.name else path)) for path in config.hooks}
    optional = [path for path in (config.config_file_path, config.theme.custom_dir) if path]
    return [config.docs_dir, *optional, *sorted(hooks), *config.watch]
