"""What a page reads is recorded; a page that reads untracked data of another page is not cached."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page

from mkdocs_incremental.api import track_attributes
from mkdocs_incremental.fingerprint import Digester
from mkdocs_incremental.rendered_pages import ReadLog, TrackedExtra, track_page_attributes


def create_page(name: str) -> Page:
    config = MkDocsConfig()
    config.load_dict({"site_name": "A site"})
    config.validate()
    page = Page(name, File(f"{name}.md", "docs", "site", use_directory_urls=True), config)
    page.content = f"The text of {name}"
    return page


@pytest.mark.parametrize(
    ("template", "is_untracked"),
    [
        ("{{ page.title }}{{ page.content }}{{ page.meta.content }}", False),
        ("{{ related.title }}{{ related.url }}{{ related.meta }}", False),
        ("{{ related.content }}", True),
        ("{{ related['content'] }}", True),
        ("{% set last = [page, related] | last %}{{ last.content }}", True),
        ("{{ [related] | map(attribute='content') | join }}", True),
        ("{{ {'content': 'not of a page'}.content }}{{ [1, 2][0:1] }}", False),
    ],
)
def test_reading_the_content_of_another_page_is_untracked(template: str, is_untracked: bool) -> None:
    env, reads = Environment(autoescape=True), ReadLog()
    page, related = create_page("page"), create_page("related")
    track_page_attributes(env, lambda: page, reads)
    expected = Environment(autoescape=True).from_string(template).render(page=page, related=related)
    assert env.from_string(template).render(page=page, related=related) == expected
    assert reads.untracked == ("the attribute content of related.md" if is_untracked else "")


@track_attributes
class State:
    def __init__(self) -> None:
        self.count, self.names, self.unread = 1, {"a": "A"}, 2


def test_reads_of_extra_are_recorded_and_digests_are_not_reads() -> None:
    reads = ReadLog()
    extra = TrackedExtra({"text": "x", "parts": {"key": 1}, "state": State()}, reads)
    expected = {("text", None), ("parts", "key"), ("state.count", None), ("state.names", "a")}
    for index in range(2):
        reads.start()
        if index == 0:
            _ = extra["text"], extra["parts"]["key"], extra["state"].count, extra["state"].names["a"]
        digests = [extra.digest(read, Digester()) for read in sorted(expected)]
        assert reads.stop() == (expected if index == 0 else set())
        assert len(set(digests)) >= 3
    assert extra.digest(("state.missing", None), Digester()) == b"missing"
