"""What a page reads is recorded; a page that reads untracked data of another page is not cached.

Compiled templates are cached, too.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, TemplateSyntaxError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page

from mkdocs_incremental import rendered_pages
from mkdocs_incremental.api import track_attributes
from mkdocs_incremental.fingerprint import Digester
from mkdocs_incremental.rendered_pages import ReadLog, TemplateCache, TrackedExtra, track_page_attributes
from mkdocs_incremental.store import Store


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
    def __init__(self, **names: str) -> None:
        self.count, self.names, self.unread = len(names), names, 2


def test_reads_of_extra_are_recorded_and_digests_are_not_reads() -> None:
    reads = ReadLog()
    extra = TrackedExtra({"text": "x", "parts": {"key": 1}, "state": State(a="A")}, reads)
    expected = {
        *(
            ("text", None),
            ("parts", "key"),
            ("state.count", None),
            ("state.names", "a"),
            ("state.names", "z"),
            ("state.later", None),
        ),
    }
    reads.start()
    state = extra["state"]
    _ = extra["text"], extra["parts"]["key"], state.count
    assert (state.names["a"], state.names.get("z"), hasattr(state, "later")) == ("A", None, False)
    assert reads.stop() == expected
    reads.start()
    assert len({extra.digest(read, Digester()) for read in sorted(expected)}) == 4
    assert reads.stop() == set()


def test_digest_changes_with_the_attribute_alone() -> None:
    def digests(state: State) -> dict[tuple[str, str | None], bytes]:
        extra = TrackedExtra({"state": state}, ReadLog())
        reads = [("state.unread", None), ("state.names", "x"), ("state.names", "y"), ("state.none", None)]
        return {read: extra.digest(read, Digester()) for read in reads}

    before, after = digests(State(x="1", y="2")), digests(State(x="1", y="3", z="4"))
    assert [read for read, digest in before.items() if after[read] != digest] == [("state.names", "y")]
    assert before["state.none", None] == b"missing"


def test_assignments_reach_the_object() -> None:
    target = State()
    extra = TrackedExtra({"state": target}, ReadLog())
    extra["state"].count = 3
    extra["state"].names["w"] = "4"
    assert (target.count, target.names["w"], extra["state"].count) == (3, "4", 3)


class CountingEnvironment(Environment):
    """Counts the templates that it compiles."""

    compiled = 0

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        self.compiled += 1
        return super().compile(*args, **kwargs)


@pytest.mark.parametrize(
    ("change", "compiled", "text"),
    [
        ({}, 0, "<5>"),
        ({"code": "other"}, 1, "<5>"),
        ({"source": "{{ 5 | mark }}!"}, 1, "<5>!"),
        ({"autoescape": True}, 1, "&lt;5&gt;"),
        # Jinja applies a filter to a constant when it compiles the template.
        ({"start": "["}, 1, "[5>"),
    ],
)
def test_template_is_compiled_if_a_dependency_changes(
    tmp_path: Path, change: dict[str, Any], compiled: int, text: str
) -> None:
    def build(source: str, code: str, start: str, *, autoescape: bool) -> tuple[int, str]:
        config, store = MkDocsConfig(), Store(tmp_path / "file")
        config.load_dict({"site_name": "A site"})
        config.validate()
        env = CountingEnvironment(loader=DictLoader({"page": source}), autoescape=autoescape)
        env.filters["mark"] = lambda value: f"{start}{value}>"
        env.bytecode_cache = TemplateCache(store, code, config)
        result = env.get_template("page").render()
        store.commit()
        return env.compiled, result

    settings: dict[str, Any] = {"source": "{{ 5 | mark }}", "code": "code", "start": "<", "autoescape": False}
    assert build(**settings) == (1, "<5>")
    assert build(**settings | change) == (compiled, text)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_templates_are_compiled_in_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered_pages, "available_workers", lambda: 1)
    config, store = MkDocsConfig(), Store(tmp_path / "file")
    config.load_dict({"site_name": "A site"})
    config.validate()
    texts = {"invalid": "{{", "large": "{{ 5 }}" * 20_000, "small": "{{ 6 }}"}
    env = CountingEnvironment(loader=DictLoader(texts))
    cache = env.bytecode_cache = TemplateCache(store, "code", config)
    cache.compile_ahead(env, texts)
    assert cache._worker is not None
    received, deadline = 0, time.monotonic() + 20
    while (received := received + cache._worker.receive()) < len(texts):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    cache._worker.worker.wait()
    cache._worker = None
    assert [env.get_template(name).render() for name in ("large", "small")] == ["5" * 20_000, "6"]
    assert env.compiled == 0
    with pytest.raises(TemplateSyntaxError):
        env.get_template("invalid")
    store.rollback()
