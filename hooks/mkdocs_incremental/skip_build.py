"""From one build to the next: nothing is done where nothing has changed."""

from __future__ import annotations

import logging
import sys
import sysconfig
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_build_datetime

from mkdocs_incremental import (
    api,
    build_manifest,
    code_fingerprint,
    file_access,
    site_facts,
    stateless_extensions,
)
from mkdocs_incremental.build_manifest import Place
from mkdocs_incremental.file_access import Observed
from mkdocs_incremental.fingerprint import Opaque

_FILE = "finished.json"


class _Warned(logging.Handler):
    """Whether anything was logged that fails a strict build, or that its author has to read again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.any = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - that there is one is all
        self.any = True


@dataclass
class Again:
    """What is known of a build from its beginning to its end."""

    read: Observed = field(default_factory=file_access.begin)
    began_ns: int = field(default_factory=time.time_ns)
    place: Place | None = None
    settings: str = ""
    warned: _Warned = field(default_factory=_Warned)

    def is_done(self, config: MkDocsConfig, cache: Path) -> bool:
        """Whether the site stands as this build would make it. Before all other hooks."""
        root = str(cache.parents[1])
        packages = (*code_fingerprint.packages(), sysconfig.get_path("stdlib"), sys.prefix, sys.base_prefix)
        self.place = Place(root, config.site_dir, str(cache.parent), build_manifest.apart(packages))
        try:
            self.settings = _settings(config)
        except Opaque:
            return False
        self.read.is_on = False
        kept = build_manifest.read(cache / _FILE)
        done = (
            kept is not None
            # By the clock of the build, or, as Material does, by the system's.
            and max(get_build_datetime().timestamp(), time.time()) < kept.get("until", 0)
            and build_manifest.holds(kept, self.place, self.settings)
        )
        if not done:
            build_manifest.write(cache / _FILE, None)
            logging.getLogger("mkdocs").addHandler(self.warned)
        self.read.is_on = True
        return done

    def end(self, config: MkDocsConfig, cache: Path, unread: Iterable[str]) -> None:
        """Keep what this build read and made, if it had nothing to tell. After all other hooks.

        ``unread`` are the paths of files that it depends on, though it read nothing of them but their facts.
        """
        self.read.files.update(unread)
        self.read.is_on = False
        logging.getLogger("mkdocs").removeHandler(self.warned)
        file_access.end()
        if self.place is None or not self.settings or self.warned.any:
            return
        facts = build_manifest.facts(self.place, self.read, self.settings, self.began_ns)
        if facts is not None:
            moments = [moment.timestamp() for moment in config.extra.get(api.EXPIRES, ())]
            facts["until"] = min(moments, default=float(sys.maxsize))
            build_manifest.write(cache / _FILE, facts)


def _settings(config: MkDocsConfig) -> str:
    """All that a build depends on besides files, as a digest. Raises Opaque."""
    clock = site_facts.names_in_templates(config.theme.dirs, {"build_date_utc": get_build_datetime})
    parts: list[Any] = [
        code_fingerprint.fingerprint({str(Path(path).parent) for path in config.hooks}),
        code_fingerprint.of_folders(
            [*config.theme.dirs, *stateless_extensions.folders(config.mdx_configs or {})]
        ),
        build_manifest.day(get_build_datetime()),
        clock,
        site_facts.of_settings(config),
    ]
    return site_facts.digester().of(parts).hex()
