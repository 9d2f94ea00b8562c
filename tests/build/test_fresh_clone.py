"""What CI keeps between its runs is of use in a fresh clone, in which all files are new."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import edited_persona
from tests.support.builder import Builder
from tests.support.command import built
from tests.support.trees import compared, files, tree
from tests.support.twofold import MOMENT

POSTS = 12
_COUNTS = re.compile(r"(\d+) pages converted, (\d+) rendered")
_LONG_AGO = 1_000_000_000


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder({"SOURCE_DATE_EPOCH": MOMENT})
    yield made
    made.close()


class Clone(edited_persona.Site):
    """The site with more posts."""

    def begin(self) -> None:
        super().begin()
        for number in range(POSTS):
            self.post(number, "Words.")

    def post(self, number: int, words: str) -> None:
        front = f"date: 2025-01-{number + 1:02}\nauthors: [layla]\ncategories: [Statik]\ntags: [cables]"
        text = f"---\n{front}\n---\n\n# Number {number}\n\nWords.\n\n<!-- more -->\n\n{words}\n"
        self.write(f"docs/notes/posts/n{number}.md", text)


def counts(site: Clone) -> tuple[int, int]:
    """How many pages a build converted and rendered."""
    status, log = built(site, "--verbose")
    assert status == 0, log
    found = _COUNTS.search(log)
    assert found is not None
    return int(found[1]), int(found[2])


def test_a_fresh_clone_makes_what_changed(builder: Builder, tmp_path: Path) -> None:
    site = Clone(tmp_path, builder)
    site.begin()
    converted, rendered = counts(site)
    assert min(converted, rendered) > POSTS
    # Another run begins with nothing but what was kept, at the same path.
    shutil.move(site.root / ".cache", tmp_path / "kept")
    shutil.rmtree(site.root)
    site.begin()
    shutil.move(tmp_path / "kept", site.root / ".cache")
    for path in files(site.root):
        os.utime(path, (_LONG_AGO, _LONG_AGO))
    site.post(3, "Other words.")
    converted, rendered = counts(site)
    assert converted == 1
    assert rendered < POSTS
    site.post(POSTS, "A new one.")
    assert counts(site)[0] == 1
    assert compared(tree(site.root / "site"), site.wanted().files or {}) == []
