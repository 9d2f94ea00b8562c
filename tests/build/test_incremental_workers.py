"""Output and warnings are the same if worker processes take part, whatever happens to them."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pytest

from tests.support import project
from tests.support.builder import Builder
from tests.support.editable_blog import CATEGORIES, HOOK, PIECES, TAGS, Site
from tests.support.trees import diff_trees, read_tree

ENV = {"SOURCE_DATE_EPOCH": "1795440000"}
COUNTS = re.compile(r"(\d+) pages converted, (\d+) rendered")
# A hook that workers call, too, and in which something happens to them.
HOOK_OF_WORKERS = """
import os, signal, sys
BUILDER = os.getpid()

def on_page_{event}(value, *, page, **kwargs):
    if os.getpid() != BUILDER and page.file.src_uri.endswith("7.md"):
        {action}
    return value

on_page_{event}.__cacheable__ = True
"""
ACTIONS = {
    "is killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "is stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "fails": "raise ValueError('only here')",
    "prints": "print('discarded output', flush=True); print('discarded error', file=sys.stderr, flush=True)",
    "changes the text": "page.markdown = value = 'another'",
}

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(
        sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
        reason="workers need a second core, and fork",
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A blog of sixty posts with all kinds of content, including mistakes."""
    site = Site(tmp_path_factory.mktemp("site"), Builder(ENV))
    site.builder.close()
    site.begin()
    for number in range(60):
        first, second, third, last = [PIECES[(number + step) % len(PIECES)] for step in (0, 3, 7, 8)]
        front = f"date: 2024-01-{1 + number % 28:02}\ncategories: [{CATEGORIES[number % 3]}]"
        front += f"\ntags: [{', '.join(TAGS[: 1 + number % 2])}]"
        heading = [f"# Post {number}"] if number % 5 else []
        body = "\n\n".join([*heading, first, second, "<!-- more -->", third, last])
        site.write(f"docs/blog/posts/p{number}.md", f"---\n{front}\n---\n\n{body}\n")
    return site


@pytest.fixture(scope="module")
def expected(site: Site) -> tuple[list[str], dict[str, bytes]]:
    """Build the site without incremental builds. Return its warnings and its files."""
    warnings, _ = build(site, "", "clean")
    assert len(warnings) > 10
    return warnings, read_tree(site.root / "clean")


def build(site: Site, hooks: str, name: str) -> tuple[list[str], list[str]]:
    """Build the site into a folder. Return its warnings, and all lines of its log."""
    text = site.read("mkdocs.yml").partition("hooks:")[0]
    site.write(f"{name}.yml", f"{text}site_dir: {name}\n{hooks}\n")
    shutil.rmtree(site.root / ".cache", ignore_errors=True)
    result = project.mkdocs(site.root, "build", "-v", "-f", f"{name}.yml", env=ENV)
    assert result.returncode == 0, result.stderr
    assert "discarded output" not in result.stdout
    assert "discarded error" not in result.stderr
    lines = result.stderr.splitlines()
    warnings = [line for line in lines if line.startswith(("WARNING", "ERROR"))]
    return warnings, lines


def test_workers_take_part_and_nothing_differs(
    site: Site, expected: tuple[list[str], dict[str, bytes]]
) -> None:
    warnings, lines = build(site, f"hooks: [{HOOK}]", "incremental")
    assert warnings == expected[0]
    assert diff_trees(read_tree(site.root / "incremental"), expected[1]) == []
    match = COUNTS.search("\n".join(lines))
    assert match
    pages = sum(name.endswith("index.html") for name in expected[1])
    assert 16 <= int(match[1]) < pages
    assert 16 <= int(match[2]) < pages
    # The log has a line for each page, whichever process made it.
    assert len([line for line in lines if " Rendered " in line]) == pages


@pytest.mark.parametrize(
    ("event", "action"),
    [("markdown", action) for action in ACTIONS.values()]
    + [("context", ACTIONS["is killed"]), ("context", ACTIONS["fails"])],
    ids=lambda value: next((name for name, action in ACTIONS.items() if action == value), value),
)
def test_nothing_differs_if_a_worker_fails(
    site: Site, expected: tuple[list[str], dict[str, bytes]], action: str, event: str
) -> None:
    site.write("workers.py", HOOK_OF_WORKERS.format(action=action, event=event))
    warnings, _ = build(site, f"hooks: [workers.py, {HOOK}]", "incremental")
    assert warnings == expected[0]
    assert diff_trees(read_tree(site.root / "incremental"), expected[1]) == []
