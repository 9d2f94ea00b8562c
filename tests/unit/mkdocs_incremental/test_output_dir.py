"""An output file stays if a build would write the same; every other file is written or removed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils import clean_directory, write_file

from mkdocs_incremental import output_dir
from mkdocs_incremental.output_dir import PreservedOutput
from mkdocs_incremental.skip_build import digest

FIRST = {"a/index.html": "a", "a/b/index.html": "b", "c/c.css": "c"}


def build(root: Path, expected: dict[str, str], entries: Any) -> tuple[set[str], Any]:
    """Build those files. Return which of them were written, and the entries for the next build."""
    site = root / "site"
    site.mkdir(exist_ok=True)
    output = PreservedOutput(str(site), root / "aside")
    output.move_aside()
    assert [path for path in site.iterdir() if path.is_dir() and not path.is_symlink()] == []
    clean_directory(str(site))
    output.move_back(entries, expected)
    assert list(root.glob("aside*")) == []
    written = set()
    for name, content in expected.items():
        path = site / name
        if not output.confirm(str(path), digest(content.encode())):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            output.record(str(path), digest(content.encode()))
            written.add(name)
    output.remove_stale()
    return written, output.entries()


def tree(root: Path) -> dict[str, str]:
    """Return the files of the site. None of its folders is empty."""
    site = root / "site"
    assert all(any(child.is_file() for child in path.rglob("*")) for path in site.rglob("*") if path.is_dir())
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*")
        if path.is_file()
    }


def test_unchanged_file_is_not_written(tmp_path: Path) -> None:
    written, entries = build(tmp_path, FIRST, None)
    assert written == set(FIRST)
    written, entries = build(tmp_path, FIRST, entries)
    assert written == set()
    written, _ = build(tmp_path, {**FIRST, "c/c.css": "other"}, entries)
    assert written == {"c/c.css"}
    assert tree(tmp_path) == {**FIRST, "c/c.css": "other"}


def _same_size_and_time(root: Path) -> None:
    path = root / "site/a/index.html"
    status = path.stat()
    path.write_text("x", encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _folder_for_file(root: Path) -> None:
    (root / "site/c/c.css").unlink()
    (root / "site/c/c.css/x").mkdir(parents=True)


def _file_for_folder(root: Path) -> None:
    shutil.rmtree(root / "site/a")
    (root / "site/a").write_text("file", encoding="utf-8")


def _link(root: Path) -> None:
    (root / "site/c/c.css").unlink()
    (root / "site/c/c.css").symlink_to(root / "site/a/index.html")


def _removed(root: Path) -> None:
    (root / "site/a/index.html").unlink()


def _empty_folder(root: Path) -> None:
    (root / "site/empty/below").mkdir(parents=True)


MODIFICATIONS: dict[str, Callable[[Path], object]] = {
    "overwritten": lambda root: (root / "site/a/index.html").write_text("by hand", encoding="utf-8"),
    "overwritten with the same size and time": _same_size_and_time,
    "removed": _removed,
    "renamed": lambda root: (root / "site/a/b/index.html").replace(root / "site/a/index.html"),
    "a folder in its place": _folder_for_file,
    "a file in a folder's place": _file_for_folder,
    "a link in its place": _link,
    "a stray": lambda root: (root / "site/stray.html").write_text("s", encoding="utf-8"),
    "a stray below": lambda root: (root / "site/a/stray.html").write_text("s", encoding="utf-8"),
    "an empty folder": _empty_folder,
    "all removed": lambda root: shutil.rmtree(root / "site"),
    "moved aside and left there": lambda root: PreservedOutput(
        str(root / "site"), root / "aside"
    ).move_aside(),
}


@pytest.mark.parametrize("name", MODIFICATIONS)
def test_modified_output_is_built_again(tmp_path: Path, name: str) -> None:
    _, entries = build(tmp_path, FIRST, None)
    MODIFICATIONS[name](tmp_path)
    build(tmp_path, FIRST, entries)
    assert tree(tmp_path) == FIRST


@pytest.mark.parametrize(
    "then",
    [
        {"a/index.html": "a"},
        {"a": "a file now"},
        {"c.css/index.html": "a folder now", "a/index.html": "a"},
        {},
    ],
    ids=repr,
)
def test_file_that_is_no_longer_built_is_removed(tmp_path: Path, then: dict[str, str]) -> None:
    _, entries = build(tmp_path, FIRST, None)
    build(tmp_path, then, entries)
    assert tree(tmp_path) == then


def test_expected_file_that_was_not_written_is_removed(tmp_path: Path) -> None:
    _, entries = build(tmp_path, FIRST, None)
    output = PreservedOutput(str(tmp_path / "site"), tmp_path / "aside")
    output.move_aside()
    output.move_back(entries, FIRST)
    assert output.confirm(str(tmp_path / "site/c/c.css"), digest(b"c"))
    output.remove_stale()
    assert tree(tmp_path) == {"c/c.css": "c"}


def test_unchanged_files_stay_in_a_folder_that_hooks_fill(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    entries: Any = None
    for names in (("a", "b"), ("b", "c")):
        output = PreservedOutput(str(site), tmp_path / "aside")
        output.move_aside()
        output.move_back(entries, (), ["index"])
        output.remove_stale()
        before = {path.name: path.stat().st_ino for path in site.rglob("*") if path.is_file()}
        for name in names:
            path = str(site / "index" / name)
            if not output.confirm(path, name):
                write_file(name.encode(), path)
                output.record(path, name)
        output.remove_stale(is_late=True)
        entries = output.entries()
    assert {*before} == {"a", "b"}
    assert {path.name for path in (site / "index").iterdir()} == {"b", "c"}
    assert (site / "index" / "b").stat().st_ino == before["b"]


def test_two_output_folders_are_independent(tmp_path: Path) -> None:
    entries, outputs = [], []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        entries.append(build(tmp_path / name, FIRST, None)[1])
        outputs.append(PreservedOutput(str(tmp_path / name / "site"), tmp_path / "aside"))
    for output in outputs:
        output.move_aside()
    for name, output, saved in zip(("first", "second"), outputs, entries, strict=True):
        output.move_back(saved, FIRST)
        assert tree(tmp_path / name) == FIRST


def test_output_of_a_build_that_died_is_not_trusted(tmp_path: Path) -> None:
    _, entries = build(tmp_path, FIRST, None)
    output = PreservedOutput(str(tmp_path / "site"), tmp_path / "aside")
    output.move_aside()
    output.move_back(entries, FIRST)
    (tmp_path / "site/c/c.css").write_text("torn", encoding="utf-8")
    build(tmp_path, FIRST, entries)
    assert tree(tmp_path) == FIRST


def test_hidden_files_stay(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.nojekyll").write_text("", encoding="utf-8")
    _, entries = build(tmp_path, FIRST, None)
    build(tmp_path, FIRST, entries)
    assert tree(tmp_path) == {**FIRST, ".nojekyll": ""}


def test_files_of_plugins_stay(tmp_path: Path) -> None:
    _, entries = build(tmp_path, FIRST, None)
    output = PreservedOutput(str(tmp_path / "site"), tmp_path / "aside")
    output.move_aside()
    (tmp_path / "site/plugin.txt").write_text("p", encoding="utf-8")
    output.move_back(entries, FIRST)
    output.remove_stale()
    assert tree(tmp_path) == {"plugin.txt": "p"}


def test_hard_links_to_output_do_not_change(tmp_path: Path) -> None:
    _, entries = build(tmp_path, FIRST, None)
    os.link(tmp_path / "site/c/c.css", tmp_path / "deployed.css")
    _, entries = build(tmp_path, FIRST, entries)
    build(tmp_path, {**FIRST, "c/c.css": "other"}, entries)
    assert (tmp_path / "deployed.css").read_text(encoding="utf-8") == "c"


def test_source_that_just_changed_has_no_digest(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"1")
    later = path.stat().st_ctime_ns + 3_000_000_000
    assert output_dir.digest_source(str(path)) == ""
    assert output_dir.digest_source(str(tmp_path / "missing"), later) == ""
    before = output_dir.digest_source(str(path), later)
    path.write_bytes(b"2")
    assert before != ""
    assert output_dir.digest_source(str(path), later) not in ("", before)
