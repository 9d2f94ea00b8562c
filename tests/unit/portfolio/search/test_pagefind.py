"""Indexing with Pagefind, and what is said when it does not work."""

import gzip
import json
import sys
from pathlib import Path

import pytest

from portfolio.search import pagefind
from portfolio.search.pagefind import IndexingError, IndexingProcess

_DOCUMENTS = {f"/{name}/": f"<html><body><p>{name} of stone</p></body></html>" for name in ("a", "b", "c")}


def build_index(documents: dict[str, str], language: str, program: Path | None = None) -> dict[str, bytes]:
    (files,) = IndexingProcess([documents], language, program).wait()
    return files


def test_an_index_has_what_browsers_need() -> None:
    files = build_index(_DOCUMENTS, "en")
    assert {path for path in files if "/" not in path} == {
        "pagefind.js",
        "pagefind-entry.json",
        "wasm.en.pagefind",
        *(path for path in files if path.endswith(".pf_meta")),
    }
    assert sum(path.startswith("fragment/") for path in files) == 3
    assert files == build_index(_DOCUMENTS, "en")


def test_what_is_not_text_is_not_indexed() -> None:
    html = (
        "<h1>title</h1><p>text <a class=headerlink>mark</a> C++</p><div data-search-exclude>twice</div>"
        "<svg><text>diagram</text></svg><math><annotation data-search-exclude>tex</annotation></math>"
    )
    files = build_index({"/a/": f"<html><body>{html}</body></html>"}, "en")
    (fragment,) = (content for path, content in files.items() if path.startswith("fragment/"))
    assert json.loads(gzip.decompress(fragment).removeprefix(b"pagefind_dcd"))["content"] == "text C++"


@pytest.mark.parametrize(
    ("language", "wasm"), [("de", "de"), ("pt-BR", "pt"), ("ja", "unknown"), ("x", "unknown")]
)
def test_all_documents_are_in_the_index_of_the_language_of_the_site(language: str, wasm: str) -> None:
    files = build_index({**_DOCUMENTS, "/d/": "<html lang=fr><body><p>pierre</p></body></html>"}, language)
    (entry,) = json.loads(files["pagefind-entry.json"])["languages"].values()
    assert entry["page_count"] == 4
    assert f"wasm.{wasm}.pagefind" in files


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("exit 3", "it ended before it had written the index"),
        ("head -c 10 > /dev/null; printf 'e30=' ; exit 0", "it ended before it had written the index"),
    ],
)
def test_a_program_that_fails_is_reported(tmp_path: Path, lines: str, message: str) -> None:
    program = tmp_path / "pagefind"
    program.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(IndexingError, match=message):
        build_index(_DOCUMENTS, "en", program)


def test_a_build_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    process = IndexingProcess([_DOCUMENTS], "en")
    assert [*tmp_path.iterdir()] == []
    assert process.wait()


def test_a_program_of_another_system_is_reported(tmp_path: Path) -> None:
    program = tmp_path / "pagefind"
    program.write_bytes(b"\x7fELF of another machine")
    program.chmod(0o755)
    with pytest.raises(IndexingError, match="it cannot be started: Exec format error"):
        build_index(_DOCUMENTS, "en", program)


def test_a_missing_package_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    with pytest.raises(IndexingError, match="the package pagefind-bin is not installed"):
        pagefind.find_program()
