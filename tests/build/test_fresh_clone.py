"""The cache of an earlier CI run is used in a fresh clone, in which all files are new."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.support import editable_persona
from tests.support.builder import Builder
from tests.support.command import build
from tests.support.trees import diff_trees, list_files, read_tree

pytestmark = pytest.mark.thorough

POSTS = 12
_COUNTS = re.compile(r"(\d+) pages converted, (\d+) rendered")
_LONG_AGO = 1_000_000_000


class Clone(editable_persona.Site):
    """The site with more posts."""

    def begin(self) -> None:
        super().begin()
        for number in range(POSTS):
            self.post(number, "Words.")

    def post(self, number: int, words: str) -> None:
        front = f"date: 2025-01-{number + 1:02}\nauthors: [layla]\ncategories: [Statik]\ntags: [cables]"
        text = f"---\n{front}\n---\n\n# Number {number}\n\nWords.\n\n<!-- more -->\n\n{words}\n"
        self.write(f"docs/notes/posts/n{number}.md", text)


def build_and_count(site: Clone) -> tuple[int, int]:
    """Build the site. Return how many pages were converted and rendered."""
    status, log = build(site, "--verbose")
    assert status == 0, log
    match = _COUNTS.search(log)
    assert match is not None
    return int(match[1]), int(match[2])


def test_fresh_clone_builds_only_what_changed(builder: Builder, tmp_path: Path) -> None:
    site = Clone(tmp_path, builder)
    site.begin()
    converted, rendered = build_and_count(site)
    assert min(converted, rendered) > POSTS
    # The next run has only the cache, at the same path.
    shutil.move(site.root / ".cache", tmp_path / "cache")
    shutil.rmtree(site.root)
    site.begin()
    shutil.move(tmp_path / "cache", site.root / ".cache")
    for path in list_files(site.root):
        os.utime(path, (_LONG_AGO, _LONG_AGO))
    site.post(3, "Changed words.")
    converted, rendered = build_and_count(site)
    assert converted == 1
    assert rendered < POSTS
    site.post(POSTS, "A new post.")
    assert build_and_count(site)[0] == 1
    assert diff_trees(read_tree(site.root / "site"), site.expected().files or {}) == []
