"""A build that is killed, meets another, or finds no room leaves nothing behind that makes a wrong page.

``INCREMENTAL_KILLS`` builds of each sort of site are killed; another
``INCREMENTAL_SEED`` makes other moments. See `tests.support.notes`, too.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support import edited, edited_persona
from tests.support.builder import Builder
from tests.support.command import built, ended, start
from tests.support.notes import note
from tests.support.trees import compared, tree
from tests.support.twofold import CACHE, MOMENT, Twofold, dice

KILLS = int(os.environ.get("INCREMENTAL_KILLS", "1"))
SEED = os.environ.get("INCREMENTAL_SEED", "0")
# A style sheet of Material is larger, in bytes.
_ROOM = 30_000
SITES = pytest.mark.parametrize("kind", [edited.Site, edited_persona.Site], ids=["blog", "ours"])
# Edits after which a site can be built, and is another.
EDITS = ("body", "post", "front matter", "picture", "cache of before", "template")
FULL = """
import os, resource
from mkdocs.plugins import event_priority


# Before what is kept is written.
@event_priority(-999)
def on_post_build(**_):
    if "DISK_ENDS_AT" in os.environ:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(os.environ["DISK_ENDS_AT"]),) * 2)
"""


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder({"SOURCE_DATE_EPOCH": MOMENT})
    yield made
    made.close()


def check(site: Twofold) -> None:
    """The next build of the site is as it should be."""
    status, log = built(site)
    wanted = site.wanted()
    assert (status == 0) == (wanted.status == 0), log
    if wanted.files is not None:
        assert compared(tree(site.root / "site"), wanted.files) == []
    site.go_on(wanted)


def await_moment(site: Twofold, build: subprocess.Popen[str], random: Random, usual: float) -> str:
    """Wait for any moment of a build, or for one at which the site or the cache is being written: which."""
    page, journal = site.root / "site/index.html", site.root / CACHE / "builds.sqlite3-journal"

    def stamp() -> int:
        try:
            return page.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    before, way = stamp(), random.choice(["time", "site", "cache"])
    end = time.monotonic() + (random.uniform(0, usual) if way == "time" else 4 * usual)
    while time.monotonic() < end and build.poll() is None:
        if (way == "site" and stamp() != before) or (way == "cache" and journal.exists()):
            time.sleep(random.choice([0, 0.001, 0.01, 0.1]))
            return way
        time.sleep(0.0005)
    return "time"


@SITES
def test_after_a_killed_build_no_page_is_wrong(kind: type[Twofold], builder: Builder, tmp_path: Path) -> None:
    site, random = kind(tmp_path, builder), dice(f"{SEED} {kind}")
    site.begin()
    before = time.monotonic()
    built(site)
    usual = time.monotonic() - before
    killed = 0
    while killed < KILLS:
        kinds = {**site.local(), **site.wide()}
        kinds[random.choice(EDITS)](random)
        build = start(site)
        way = await_moment(site, build, random, usual)
        if build.poll() is None:
            killed += 1
            # Alone, or with all that it started.
            (os.kill if random.random() < 0.5 else os.killpg)(build.pid, signal.SIGKILL)
            note(f"{kind.__module__} killed {killed}, by {way}")
        ended(build)
        check(site)


@pytest.mark.parametrize(
    ("kind", "edits"),
    [(edited.Site, ["nothing", "body"]), (edited_persona.Site, ["nothing"])],
    ids=["blog", "ours"],
)
def test_two_builds_at_once(kind: type[Twofold], edits: list[str], builder: Builder, tmp_path: Path) -> None:
    site = kind(tmp_path, builder)
    site.begin()
    for edit in edits:
        site.local()[edit](dice(edit))
        builds = [start(site, "--site-dir", tmp_path / name) for name in ("one", "two")]
        wanted = site.wanted()
        for name, build in zip(("one", "two"), builds, strict=True):
            status, log = ended(build)
            assert status == 0, log
            assert compared(tree(tmp_path / name), wanted.files or {}) == []
        # Into the same folder MkDocs itself may stumble, but not the build after that.
        for build in [start(site), start(site)]:
            ended(build)
        check(site)


def test_the_cache_of_another_site(builder: Builder, tmp_path: Path) -> None:
    sites = [edited.Site(tmp_path / name, builder) for name in ("one", "two")]
    for site, edits in zip(sites, (["nothing"], ["post", "body", "setting", "template"]), strict=True):
        site.folder.mkdir()
        site.begin()
        kinds = {**site.local(), **site.wide()}
        for edit in edits:
            kinds[edit](dice(edit))
        check(site)
    one, two = (site.root / ".cache" for site in sites)
    one.replace(tmp_path / "kept")
    two.replace(one)
    (tmp_path / "kept").replace(two)
    for site in sites:
        check(site)


@pytest.mark.parametrize("room", [0, 20_000])
def test_no_room_for_what_is_kept(room: int, builder: Builder, tmp_path: Path) -> None:
    site = edited.Site(tmp_path, builder)
    site.begin()
    site.write("own.py", site.read("own.py") + FULL)
    for edit in ("nothing", "body"):
        site.local()[edit](dice(edit))
        status, log = built(site, DISK_ENDS_AT=str(room))
        assert status == 0, log
        assert compared(tree(site.root / "site"), site.wanted().files or {}) == []
        check(site)


def test_no_room_for_the_site(builder: Builder, tmp_path: Path) -> None:
    """It is the system that says so, and no page is wrong when there is room again."""
    site = edited.Site(tmp_path, builder)
    site.begin()
    for before in (False, True):
        if before:
            check(site)
            # What stands is not written again: only what is new has to find room.
            site.write("docs/about.md", f"# About\n\n{'Words. ' * _ROOM}\n")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, hard))
        try:
            build = start(site)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        status, log = ended(build)
        assert status != 0
        assert "File too large" in log
        check(site)
