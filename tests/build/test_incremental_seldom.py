"""What edits at random would hardly meet: both ways make the same of it, too."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.builder import Builder
from tests.support.edited import HOOK
from tests.support.twofold import CACHE, MOMENT, Twofold

_BASE = """\
site_name: A
theme: {{name: material, font: false}}
{more}
hooks:
  - own.py
  - {hook}
"""
_POST = "---\ndate: {year}-01-0{number}\n{front}---\n\n# {title}\n\nFirst.\n\n<!-- more -->\n\nMore.\n"
# As clocks of file systems go, a file that changed within so many seconds may change again.
_COARSE = 2.1


@dataclass
class Small(Twofold):
    """A site of few pages. ``more`` is what its settings have besides the least."""

    more: str = "plugins: [search, blog]"

    def begin(self) -> None:
        super().begin()
        self.write("own.py", "")
        for name in ("", "blog/", "news/"):
            self.write(f"docs/{name}index.md", "# Words\n")
        self.set(self.more)

    def set(self, more: str) -> None:
        self.write("mkdocs.yml", _BASE.format(more=more, hook=HOOK))

    def post(
        self, number: int, front: str = "", *, title: str = "A post", year: int = 2024, blog: str = "blog"
    ) -> None:
        text = _POST.format(year=year, number=number, front=front, title=title)
        self.write(f"docs/{blog}/posts/p{number}.md", text)


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder({"SOURCE_DATE_EPOCH": MOMENT})
    yield made
    made.close()


@pytest.fixture
def small(builder: Builder, tmp_path: Path) -> Small:
    return Small(tmp_path, builder)


def test_files_that_were_not_copied_again_are_looked_at(small: Small) -> None:
    small.begin()
    small.write("docs/more/own.txt", "one")
    small.write("outside/linked.txt", "one")
    (small.root / "docs/more/linked.txt").symlink_to("../../outside/linked.txt")
    time.sleep(_COARSE)
    for edit in range(2):
        small.write("docs/index.md", f"# Home {edit}\n")
        assert small.difference() == []
    for name in ("docs/more/own.txt", "outside/linked.txt"):
        small.write(name, "two")
        assert small.difference() == [], name


def test_what_a_post_says_of_the_pages_that_it_links_to(small: Small) -> None:
    small.more += "\nnav: [index.md, blog/index.md]\nmarkdown_extensions: [attr_list]"
    small.begin()
    small.write("docs/other.md", "# Other\n\n## A part {#part}\n")
    small.post(1, "links:\n  - other.md\n  - Part: other.md#part\n  - blog/posts/p2.md\n")
    small.post(2)
    assert small.difference() == []
    small.write("docs/other.md", "# Another\n\n## A part {#part}\n")
    assert small.difference() == []
    small.write("docs/other.md", "# Another\n\n## The part {#part}\n")
    assert small.difference() == []
    small.post(2, "slug: here\n", title="Renamed")
    assert small.difference() == []


def test_two_blogs(small: Small) -> None:
    small.more = (
        "plugins:\n  - blog: {pagination_per_page: 2}\n  - blog: {blog_dir: news, pagination: false}\n"
    )
    small.begin()
    for blog in ("blog", "news"):
        for number in range(1, 4):
            small.post(number, "categories: [C]\n", blog=blog)
    assert small.difference() == []
    for blog in ("news", "blog"):
        small.post(1, title="Another", blog=blog)
        assert small.difference() == []
    (small.root / "docs/news/posts/p2.md").unlink()
    assert small.difference() == []


def test_a_post_that_material_leaves_out_by_the_clock(small: Small) -> None:
    small.more = "plugins:\n  - blog: {draft_if_future_date: true}\n"
    small.begin()
    small.post(1)
    small.post(2, year=2126)
    assert small.difference() == []
    kept = (small.root / CACHE / "finished.json").read_text(encoding="utf-8").partition("\n")[2]
    assert json.loads(kept)["until"] == datetime(2126, 1, 2, tzinfo=UTC).timestamp()


def test_files_that_extensions_put_into_every_text(small: Small) -> None:
    icons = (
        "{emoji_index: !!python/name:material.extensions.emoji.twemoji ,"
        " emoji_generator: !!python/name:material.extensions.emoji.to_svg ,"
        " options: {custom_icons: [overrides/.icons]}}"
    )
    small.more = f"markdown_extensions:\n  - attr_list\n  - abbr\n  - pymdownx.emoji: {icons}\n"
    small.begin()
    small.write("docs/index.md", "# Home\n\nThe HTML :own-icon:\n")
    for word in ("one", "two"):
        small.write("overrides/.icons/own/icon.svg", f"<svg>{word}</svg>")
        assert small.difference() == []
    small.set(small.more + "  - pymdownx.snippets: {auto_append: [abbreviations.md]}")
    for word in ("one", "two"):
        small.write("abbreviations.md", f"*[HTML]: {word}\n")
        assert small.difference() == []
