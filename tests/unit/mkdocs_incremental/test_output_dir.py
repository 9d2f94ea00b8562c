"""What stands stays if it would be written again, and all else is written or gone."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils import clean_directory

from mkdocs_incremental import output_dir
from mkdocs_incremental.output_dir import Standing

FIRST = {"a/index.html": "a", "a/b/index.html": "b", "c/c.css": "c"}


def build(root: Path, wanted: dict[str, str], noted: Any) -> tuple[set[str], Any]:
    """A build that writes those files; which of them it had to write, and what it notes."""
    site = root / "site"
    site.mkdir(exist_ok=True)
    place = Standing(str(site), root / "aside")
    place.set_aside()
    assert [path for path in site.iterdir() if path.is_dir() and not path.is_symlink()] == []
    clean_directory(str(site))
    place.put_back(noted, wanted)
    assert list(root.glob("aside*")) == []
    wrote = set()
    for name, content in wanted.items():
        path = site / name
        if not place.holds(str(path), output_dir.digest(content)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            place.wrote(str(path), output_dir.digest(content))
            wrote.add(name)
    place.sweep()
    return wrote, place.notes()


def tree(root: Path) -> dict[str, str]:
    """The files of the site; each of its folders leads to one."""
    site = root / "site"
    assert all(any(one.is_file() for one in path.rglob("*")) for path in site.rglob("*") if path.is_dir())
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*")
        if path.is_file()
    }


def test_what_would_be_written_again_is_left(tmp_path: Path) -> None:
    wrote, noted = build(tmp_path, FIRST, None)
    assert wrote == set(FIRST)
    wrote, noted = build(tmp_path, FIRST, noted)
    assert wrote == set()
    wrote, _ = build(tmp_path, {**FIRST, "c/c.css": "other"}, noted)
    assert wrote == {"c/c.css"}
    assert tree(tmp_path) == {**FIRST, "c/c.css": "other"}


def _same_size_and_time(root: Path) -> None:
    path = root / "site/a/index.html"
    facts = path.stat()
    path.write_text("x", encoding="utf-8")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


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


TOUCHED: dict[str, Callable[[Path], object]] = {
    "written": lambda root: (root / "site/a/index.html").write_text("by hand", encoding="utf-8"),
    "written, of the same size and time": _same_size_and_time,
    "removed": _removed,
    "renamed": lambda root: (root / "site/a/b/index.html").replace(root / "site/a/index.html"),
    "a folder in its place": _folder_for_file,
    "a file in a folder's place": _file_for_folder,
    "a link in its place": _link,
    "a stranger": lambda root: (root / "site/stranger.html").write_text("s", encoding="utf-8"),
    "a stranger below": lambda root: (root / "site/a/stranger.html").write_text("s", encoding="utf-8"),
    "an empty folder": _empty_folder,
    "all removed": lambda root: shutil.rmtree(root / "site"),
    "set aside, and left there": lambda root: Standing(str(root / "site"), root / "aside").set_aside(),
}


@pytest.mark.parametrize("name", TOUCHED)
def test_what_somebody_touched_is_made_anew(tmp_path: Path, name: str) -> None:
    _, noted = build(tmp_path, FIRST, None)
    TOUCHED[name](tmp_path)
    build(tmp_path, FIRST, noted)
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
def test_what_is_wanted_no_more_is_gone(tmp_path: Path, then: dict[str, str]) -> None:
    _, noted = build(tmp_path, FIRST, None)
    build(tmp_path, then, noted)
    assert tree(tmp_path) == then


def test_what_was_not_written_after_all_is_gone(tmp_path: Path) -> None:
    _, noted = build(tmp_path, FIRST, None)
    place = Standing(str(tmp_path / "site"), tmp_path / "aside")
    place.set_aside()
    place.put_back(noted, FIRST)
    assert place.holds(str(tmp_path / "site/c/c.css"), output_dir.digest("c"))
    place.sweep()
    assert tree(tmp_path) == {"c/c.css": "c"}


def test_two_folders_of_output_do_not_meet(tmp_path: Path) -> None:
    noted, places = [], []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        noted.append(build(tmp_path / name, FIRST, None)[1])
        places.append(Standing(str(tmp_path / name / "site"), tmp_path / "aside"))
    for place in places:
        place.set_aside()
    for name, place, one in zip(("one", "two"), places, noted, strict=True):
        place.put_back(one, FIRST)
        assert tree(tmp_path / name) == FIRST


def test_a_build_that_died_leaves_nothing_that_is_trusted(tmp_path: Path) -> None:
    _, noted = build(tmp_path, FIRST, None)
    place = Standing(str(tmp_path / "site"), tmp_path / "aside")
    place.set_aside()
    place.put_back(noted, FIRST)
    (tmp_path / "site/c/c.css").write_text("torn", encoding="utf-8")
    build(tmp_path, FIRST, noted)
    assert tree(tmp_path) == FIRST


def test_hidden_files_stay_where_mkdocs_leaves_them(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.nojekyll").write_text("", encoding="utf-8")
    _, noted = build(tmp_path, FIRST, None)
    build(tmp_path, FIRST, noted)
    assert tree(tmp_path) == {**FIRST, ".nojekyll": ""}


def test_what_a_plugin_wrote_before_is_not_overwritten(tmp_path: Path) -> None:
    _, noted = build(tmp_path, FIRST, None)
    place = Standing(str(tmp_path / "site"), tmp_path / "aside")
    place.set_aside()
    (tmp_path / "site/plugin.txt").write_text("p", encoding="utf-8")
    place.put_back(noted, FIRST)
    place.sweep()
    assert tree(tmp_path) == {"plugin.txt": "p"}


def test_other_names_of_a_file_keep_what_they_have(tmp_path: Path) -> None:
    _, noted = build(tmp_path, FIRST, None)
    os.link(tmp_path / "site/c/c.css", tmp_path / "deployed.css")
    _, noted = build(tmp_path, FIRST, noted)
    build(tmp_path, {**FIRST, "c/c.css": "other"}, noted)
    assert (tmp_path / "deployed.css").read_text(encoding="utf-8") == "c"


def test_a_source_that_changed_just_now_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"1")
    later = path.stat().st_ctime_ns + 3_000_000_000
    assert output_dir.source(str(path)) == ""
    assert output_dir.source(str(tmp_path / "missing"), later) == ""
    before = output_dir.source(str(path), later)
    path.write_bytes(b"2")
    assert before != ""
    assert output_dir.source(str(path), later) not in ("", before)


def test_a_text_is_not_taken_for_bytes() -> None:
    assert output_dir.digest("a") != output_dir.digest(b"a")
