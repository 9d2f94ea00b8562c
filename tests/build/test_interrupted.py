"""After a killed build, concurrent builds or a full disk, the next build has no wrong page.

``INCREMENTAL_KILLS`` builds of each kind of site are killed; ``INCREMENTAL_SEED`` selects other times.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from tests.support import editable_blog, editable_persona
from tests.support.builder import Builder
from tests.support.command import build, start, wait_for
from tests.support.compared_site import CACHE, ComparedSite, seeded_random
from tests.support.step_log import log_line
from tests.support.trees import diff_trees, read_tree

pytestmark = pytest.mark.thorough

KILLS = int(os.environ.get("INCREMENTAL_KILLS", "1"))
SEED = os.environ.get("INCREMENTAL_SEED", "0")
# Bytes; a style sheet of Material is larger.
_FILE_SIZE_LIMIT = 30_000
SITES = pytest.mark.parametrize("kind", [editable_blog.Site, editable_persona.Site], ids=["blog", "persona"])
# Edits that change the site and do not fail its build.
EDITS = ("body", "post", "front matter", "picture", "cache swapped", "template")
FULL_DISK = """
import os, resource
from mkdocs.plugins import event_priority


# Before the cache is written.
@event_priority(-999)
def on_post_build(**_):
    if "FILE_SIZE_LIMIT" in os.environ:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(os.environ["FILE_SIZE_LIMIT"]),) * 2)
"""


def check_next_build(site: ComparedSite) -> None:
    status, log = build(site)
    expected = site.expected()
    assert (status == 0) == (expected.status == 0), log
    if expected.files is not None:
        assert diff_trees(read_tree(site.root / "site"), expected.files) == []
    site.revert_if_broken(expected)


def wait_for_phase(
    site: ComparedSite, process: subprocess.Popen[str], random: Random, duration: float
) -> str:
    """Wait for a random time, or until a build writes the site or the cache. Return which."""
    page, journal = site.root / "site/index.html", site.root / CACHE / "builds.sqlite3-journal"

    def modification_time() -> int:
        try:
            return page.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    before, phase = modification_time(), random.choice(["time", "site", "cache"])
    end = time.monotonic() + (random.uniform(0, duration) if phase == "time" else 4 * duration)
    while time.monotonic() < end and process.poll() is None:
        is_writing_site = phase == "site" and modification_time() != before
        if is_writing_site or (phase == "cache" and journal.exists()):
            time.sleep(random.choice([0, 0.001, 0.01, 0.1]))
            return phase
        time.sleep(0.0005)
    return "time"


@SITES
def test_build_after_a_killed_build(kind: type[ComparedSite], builder: Builder, tmp_path: Path) -> None:
    site, random = kind(tmp_path, builder), seeded_random(f"{SEED} {kind}")
    site.begin()
    start_time = time.monotonic()
    build(site)
    duration = time.monotonic() - start_time
    killed = 0
    while killed < KILLS:
        kinds = {**site.narrow_edits(), **site.site_wide_edits()}
        kinds[random.choice(EDITS)](random)
        process = start(site)
        phase = wait_for_phase(site, process, random, duration)
        if process.poll() is None:
            killed += 1
            # Alone, or with the processes that it started.
            (os.kill if random.random() < 0.5 else os.killpg)(process.pid, signal.SIGKILL)
            log_line(f"{kind.__module__} killed {killed} at {phase}")
        wait_for(process)
        check_next_build(site)


@pytest.mark.parametrize(
    ("kind", "edits"),
    [(editable_blog.Site, ["nothing", "body"]), (editable_persona.Site, ["nothing"])],
    ids=["blog", "persona"],
)
def test_two_builds_at_once(
    kind: type[ComparedSite], edits: list[str], builder: Builder, tmp_path: Path
) -> None:
    site = kind(tmp_path, builder)
    site.begin()
    for edit in edits:
        site.narrow_edits()[edit](seeded_random(edit))
        processes = [start(site, "--site-dir", tmp_path / name) for name in ("first", "second")]
        expected = site.expected()
        for name, process in zip(("first", "second"), processes, strict=True):
            status, log = wait_for(process)
            assert status == 0, log
            assert diff_trees(read_tree(tmp_path / name), expected.files or {}) == []
        # In the same folder both may fail, but not the build after them.
        for process in [start(site), start(site)]:
            wait_for(process)
        check_next_build(site)


def test_cache_of_another_site(builder: Builder, tmp_path: Path) -> None:
    sites = [editable_blog.Site(tmp_path / name, builder) for name in ("first", "second")]
    for site, edits in zip(sites, (["nothing"], ["post", "body", "setting", "template"]), strict=True):
        site.folder.mkdir()
        site.begin()
        kinds = {**site.narrow_edits(), **site.site_wide_edits()}
        for edit in edits:
            kinds[edit](seeded_random(edit))
        check_next_build(site)
    first, second = (site.root / ".cache" for site in sites)
    first.replace(tmp_path / "cache")
    second.replace(first)
    (tmp_path / "cache").replace(second)
    for site in sites:
        check_next_build(site)


@pytest.mark.parametrize("limit", [0, 20_000])
def test_disk_is_full_when_the_cache_is_written(limit: int, builder: Builder, tmp_path: Path) -> None:
    site = editable_blog.Site(tmp_path, builder)
    site.begin()
    site.write("own.py", site.read("own.py") + FULL_DISK)
    for edit in ("nothing", "body"):
        site.narrow_edits()[edit](seeded_random(edit))
        status, log = build(site, FILE_SIZE_LIMIT=str(limit))
        assert status == 0, log
        assert diff_trees(read_tree(site.root / "site"), site.expected().files or {}) == []
        check_next_build(site)


def test_a_file_in_the_place_of_the_cache(builder: Builder, tmp_path: Path) -> None:
    site = editable_blog.Site(tmp_path, builder)
    site.begin()
    shutil.rmtree(site.root / ".cache", ignore_errors=True)
    (site.root / ".cache").touch()
    check_next_build(site)
    assert (site.root / ".cache").is_file()


def test_disk_is_full_when_the_site_is_written(builder: Builder, tmp_path: Path) -> None:
    site = editable_blog.Site(tmp_path, builder)
    site.begin()
    for has_previous_build in (False, True):
        if has_previous_build:
            check_next_build(site)
            # Unchanged files are not written again: only new ones need space.
            site.write("docs/about.md", f"# About\n\n{'Words. ' * _FILE_SIZE_LIMIT}\n")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_SIZE_LIMIT, hard))
        try:
            process = start(site)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        status, log = wait_for(process)
        assert status != 0
        assert "File too large" in log
        check_next_build(site)
