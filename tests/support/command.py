"""The command that a person types, run on a site that is edited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import project
from tests.support.twofold import MOMENT, Twofold


def start(site: Twofold, *options: str | Path, **env: str) -> subprocess.Popen[str]:
    """Begin ``mkdocs build`` as a person does, in a session of its own."""
    more = {"SOURCE_DATE_EPOCH": MOMENT, "PYTHONPATH": str(site.packages), **env}
    return subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", *options],
        cwd=site.root,
        env=project.environment(more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def ended(build: subprocess.Popen[str]) -> tuple[int, str]:
    """The status of a build, and its log."""
    _, log = build.communicate(timeout=300)
    return build.returncode, log


def built(site: Twofold, *options: str | Path, **env: str) -> tuple[int, str]:
    """The status and the log of ``mkdocs build``."""
    return ended(start(site, *options, **env))
