"""Runs ``mkdocs build`` on a site that a test edits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import project
from tests.support.compared_site import BUILD_TIME, ComparedSite


def start(site: ComparedSite, *options: str | Path, **env: str) -> subprocess.Popen[str]:
    """Start ``mkdocs build`` in a session of its own."""
    variables = {"SOURCE_DATE_EPOCH": BUILD_TIME, "PYTHONPATH": str(site.packages), **env}
    return subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", *options],
        cwd=site.root,
        env=project.environment(variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def wait_for(build: subprocess.Popen[str]) -> tuple[int, str]:
    """Return the status of a build and its log."""
    _, log = build.communicate(timeout=300)
    return build.returncode, log


def build(site: ComparedSite, *options: str | Path, **env: str) -> tuple[int, str]:
    """Run ``mkdocs build``. Return its status and log."""
    return wait_for(start(site, *options, **env))
