"""Indexing in another process, and the changes of the live preview."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from portfolio.core.cache import FileCache
from portfolio.search import indexing
from portfolio.search.documents import SearchDocument
from portfolio.search.indexing import IndexJob, PreviewIndex, PreviewJob
from portfolio.search.pagefind import IndexingProcess

_SECONDS = 30
_FIRST = SearchDocument("a/", "Stone", "Pages", body="<p>of stone</p>")
_CHANGED = SearchDocument("b/", "Steel", "Notes", body="<p>of steel</p>")
_SECOND = SearchDocument("b/", "Iron", "Notes", "2019", ("metal",), "<p>of iron</p>")


def test_documents_are_indexed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = IndexJob([_FIRST, _SECOND], "en", FileCache(tmp_path)).wait()
    assert files["words.txt"].decode().split("\n") == ["iron", "metal", "stone"]
    assert sum(path.startswith("fragment/") for path in files) == 2
    monkeypatch.delattr(indexing, "IndexingProcess")
    assert IndexJob([_SECOND, _FIRST], "en", FileCache(tmp_path)).wait() == files


def test_the_index_of_many_documents_has_parts() -> None:
    job = IndexJob([_CHANGED, _FIRST], "en", most=1)
    files = job.wait()
    assert len(job.keys) == 2
    # By the checksum of the URL.
    first, second = (IndexJob([document], "en").wait() for document in (_FIRST, _CHANGED))
    # Only the first has the script, its program and the words.
    common = {path for path in first if path.endswith((".js", ".pagefind", ".txt"))}
    assert {path: content for path, content in files.items() if path != "words.txt"} == {
        **{path: content for path, content in first.items() if path != "words.txt"},
        **{f"part-2/{path}": content for path, content in second.items() if path not in common},
    }
    assert files["words.txt"].decode().split("\n") == ["steel", "stone"]


def test_only_the_parts_with_changes_are_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FileCache(tmp_path)
    IndexJob([_FIRST, _SECOND], "en", cache, most=1).wait()
    indexed = []

    class RecordedProcess(IndexingProcess):
        def __init__(self, indexes: Iterable[Mapping[str, str]], language: str) -> None:
            parts = [*indexes]
            indexed.extend(parts)
            super().__init__(parts, language)

    monkeypatch.setattr(indexing, "IndexingProcess", RecordedProcess)
    files = IndexJob([_FIRST, _CHANGED], "en", cache, most=1).wait()
    assert [[*part] for part in indexed] == [["/b/"]]
    assert files == IndexJob([_FIRST, _CHANGED], "en", most=1).wait()


def test_a_site_without_documents_has_an_index() -> None:
    assert "pagefind.js" in IndexJob([], "en").wait()


def read_changes(folder: Path, urls: list[str]) -> dict[str, Any]:
    """Wait until the changes of the live preview have these URLs, and return them."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        if (folder / "changed.json").exists():
            changes: dict[str, Any] = json.loads((folder / "changed.json").read_text(encoding="utf-8"))
            if sorted(changes["urls"]) == urls:
                return changes
        time.sleep(0.01)
    raise AssertionError(f"{urls} were not indexed within {_SECONDS} s")


def test_changes_are_indexed_in_the_background(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "cache")
    job = PreviewJob([_FIRST, _SECOND], "en", cache)
    job.wait()
    index = PreviewIndex(tmp_path, job, "en", cache)
    index.update([_CHANGED])
    changes = read_changes(tmp_path, ["/b/"])
    assert [path.stem for path in (tmp_path / changes["folder"]).glob("fragment/*")] == changes["fragments"]
    index.update([], ["a/"])
    read_changes(tmp_path, ["/a/", "/b/"])
    # What is as it was built is in the index of the build.
    index.update([_SECOND])
    assert read_changes(tmp_path, ["/a/"])["folder"] == ""


def test_a_build_of_the_preview_indexes_only_what_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FileCache(tmp_path / "cache")
    files = PreviewJob([_FIRST, _SECOND], "en", cache).wait()
    job = PreviewJob([_FIRST, _CHANGED], "en", cache)
    assert job.wait() == files
    PreviewIndex(tmp_path, job, "en", cache)
    changes = read_changes(tmp_path, ["/b/"])
    assert len(changes["fragments"]) == 1
    # Then it is in the cache, too.
    monkeypatch.delattr(indexing, "IndexingProcess")
    PreviewIndex(tmp_path, PreviewJob([_CHANGED], "en", cache), "en", cache)
    assert read_changes(tmp_path, ["/a/", "/b/"])["fragments"] == changes["fragments"]


def test_a_build_of_the_preview_indexes_everything_if_much_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FileCache(tmp_path / "cache")
    PreviewJob([_FIRST], "en", cache).wait()
    monkeypatch.setattr(indexing, "_MOST_CHANGED", 0)
    # With one filter: Pagefind writes several in any order.
    assert PreviewJob([_CHANGED], "en", cache).wait() == IndexJob([_CHANGED], "en").wait()
