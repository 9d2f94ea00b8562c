"""Reads the record before every build, and stops the build where the record has problems."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.utils import get_build_datetime

from mkdocs_incremental import api
from mkdocs_live.api import Invalidation, subscribe_to_changes
from portfolio.blog import publication_status
from portfolio.config import site
from portfolio.config.options import Options
from portfolio.config.site import Site
from portfolio.lint import check
from portfolio.record.profile import Profile, account
from portfolio.sources import loader, mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths

log = logging.getLogger("mkdocs.hooks.record")
_PUBLICATIONS = "publications.bib"
_DATA = ("career.yml", "talks.yml", "software.yml", _PUBLICATIONS)


@dataclass
class _Server:
    """What outlives a build under ``mkdocs serve``, where no mistake in a file may stop the pages."""

    running: bool = False
    last_sound: Site | None = None


_server = _Server()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _server.running = command == "serve"


@event_priority(100)
def on_config(config: MkDocsConfig) -> None:
    """Put what was read into ``extra``: ``record``, ``works``, ``options``, ``places``, ``profile``,
    ``social``, ``serving``: whether a server asks, and ``told``: the problems that no one need tell again.

    Every problem is one line, and ends a build. A server goes on with what was sound last, or with what is
    sound of the first reading: MkDocs would leave the browser waiting until the file is mended.
    """
    blog = config.plugins.get("material/blog")
    places, misplaced = mkdocs_yml.resolve_paths(
        config.config_file_path, config.docs_dir, blog.config if blog is not None else None
    )
    path = Path(config.config_file_path) if config.config_file_path else None
    found, problems = site.read(places, path)
    problems = [*misplaced, *problems]
    unsound = check.check_site(found, places, path, get_build_datetime()) if path and not misplaced else []
    told = sorted({*problems, *unsound})
    for problem in told:
        log.error("%s", problem)
    if told and not _server.running:
        raise PluginError(f"The record has {len(told)} problem{'s' if len(told) > 1 else ''}.")
    if not problems:
        _server.last_sound = found
    sound = _server.last_sound or found
    config.extra.update(
        record=sound.record,
        works=sound.works,
        options=sound.options,
        profile=_profile(config, sound.options),
        places=places,
        serving=_server.running,
        told=frozenset(told),
        **{
            api.EXPIRES: publication_status.list_publication_times(
                sound.record.posts, get_build_datetime(), sound.options.zone
            )
        },
        # What templates take the owner's profiles from, now checked.
        social=[{"name": one.label, "link": one.link} for one in sound.options.social],
    )
    subscribe_to_changes(config.extra, lambda path: _take(path, places, config))


def _take(path: Path, places: SitePaths, config: MkDocsConfig) -> Invalidation | None:
    """Read the record again when its data have changed; on publications, too much else depends."""
    if path.parent != places.data or path.name not in _DATA:
        return None
    record, problems = loader.reload_data(places, config.extra["record"])
    for problem in problems:
        log.error("%s", problem)
    if problems:
        return Invalidation()
    if path.name == _PUBLICATIONS and record.publications != config.extra["record"].publications:
        return None
    config.extra["record"] = record
    return Invalidation(templates=True)


def _profile(config: MkDocsConfig, options: Options) -> Profile:
    url = (config.site_url or "").rstrip("/")
    return Profile(
        config.site_author or config.site_name,
        config.site_name,
        config.site_description or "",
        f"{url}/" if url else "",
        tuple(account(one.label, one.link) for one in options.social),
        str(config.theme.get("language") or "en"),
    )
