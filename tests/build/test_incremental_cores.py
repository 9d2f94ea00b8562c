"""A site and what is told of it are the same when several cores make it, whatever becomes of helpers."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pytest

from tests.support import project
from tests.support.builder import Builder
from tests.support.edited import CATEGORIES, HOOK, PIECES, TAGS, Site
from tests.support.trees import compared, tree

ENV = {"SOURCE_DATE_EPOCH": "1795440000"}
COUNTED = re.compile(r"(\d+) pages converted, (\d+) rendered")
# What befalls helpers, in a hook that they ask too.
ENDS = """
import os, signal, sys
BUILDER = os.getpid()

def on_page_{event}(given, *, page, **more):
    if os.getpid() != BUILDER and page.file.src_uri.endswith("7.md"):
        {act}
    return given

on_page_{event}.__cacheable__ = True
"""
ACTS = {
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "stops": "os.kill(os.getpid(), signal.SIGSTOP)",
    "fails": "raise ValueError('only here')",
    "talks": "print('never seen', flush=True); print('nor this', file=sys.stderr, flush=True)",
    "changes the text": "page.markdown = given = 'another'",
}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="helpers need a second core, and fork"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A blog of sixty posts with all that a test site's posts have, mistakes too."""
    found = Site(tmp_path_factory.mktemp("site"), Builder(ENV))
    found.builder.close()
    found.begin()
    for number in range(60):
        before, more, after, last = [PIECES[(number + step) % len(PIECES)] for step in (0, 3, 7, 8)]
        front = f"date: 2024-01-{1 + number % 28:02}\ncategories: [{CATEGORIES[number % 3]}]"
        front += f"\ntags: [{', '.join(TAGS[: 1 + number % 2])}]"
        heading = [f"# Post {number}"] if number % 5 else []
        body = "\n\n".join([*heading, before, more, "<!-- more -->", after, last])
        found.write(f"docs/blog/posts/p{number}.md", f"---\n{front}\n---\n\n{body}\n")
    return found


@pytest.fixture(scope="module")
def clean(site: Site) -> tuple[list[str], dict[str, bytes]]:
    """What the site is when MkDocs makes it alone, and what is told of it."""
    told, _ = made(site, "", "clean")
    assert len(told) > 10
    return told, tree(site.root / "clean")


def made(site: Site, hooks: str, name: str) -> tuple[list[str], list[str]]:
    """What a build tells, but for its own words, and those."""
    text = site.read("mkdocs.yml").partition("hooks:")[0]
    site.write(f"{name}.yml", f"{text}site_dir: {name}\n{hooks}\n")
    shutil.rmtree(site.root / ".cache", ignore_errors=True)
    done = project.mkdocs(site.root, "build", "-v", "-f", f"{name}.yml", env=ENV)
    assert done.returncode == 0, done.stderr
    assert "never seen" not in done.stdout
    assert "nor this" not in done.stderr
    lines = done.stderr.splitlines()
    told = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
    return told, [line for line in lines if COUNTED.search(line)]


def test_helpers_make_a_part_and_nothing_is_different(
    site: Site, clean: tuple[list[str], dict[str, bytes]]
) -> None:
    told, counts = made(site, f"hooks: [{HOOK}]", "kept")
    assert told == clean[0]
    assert compared(tree(site.root / "kept"), clean[1]) == []
    found = COUNTED.search(counts[0])
    assert found
    pages = sum(name.endswith("index.html") for name in clean[1])
    assert 16 <= int(found[1]) < pages
    assert 16 <= int(found[2]) < pages


@pytest.mark.parametrize(
    ("event", "act"),
    [("markdown", act) for act in ACTS.values()] + [("context", ACTS["killed"]), ("context", ACTS["fails"])],
    ids=lambda one: next((name for name, act in ACTS.items() if act == one), one),
)
def test_whatever_becomes_of_a_helper(
    site: Site, clean: tuple[list[str], dict[str, bytes]], act: str, event: str
) -> None:
    site.write("ends.py", ENDS.format(act=act, event=event))
    told, _ = made(site, f"hooks: [ends.py, {HOOK}]", "kept")
    assert told == clean[0]
    assert compared(tree(site.root / "kept"), clean[1]) == []
