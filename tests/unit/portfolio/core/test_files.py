"""Files that are no files, and files that are too large."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core import files
from portfolio.core.diagnostics import Diagnostic


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pipe", "pipe:1:1: this is a named pipe. Only regular files are read."),
        ("zero", "zero:1:1: this is a device. Only regular files are read."),
        ("self", "self:1:1: this cannot be read: Too many levels of symbolic links."),
        ("a\0b", "a\0b:1:1: this is not a path: it has a null byte."),
        ("gone", "gone:1:1: this symbolic link leads to no file."),
        ("up", "up:1:1: this symbolic link leads to a folder that contains it. Remove it."),
        (
            "large.md",
            "large.md:1:1: this file has 5.1 MB; at most 5 MB are read. Divide it into several files.",
        ),
    ],
)
def test_read_text_reads_only_regular_files_of_a_limited_size(
    tmp_path: Path, name: str, expected: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for link, target in {"zero": "/dev/zero", "self": "self", "gone": "nowhere", "up": ".."}.items():
        (tmp_path / link).symlink_to(target)
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(5_100_000)
    problem = files.read_text(tmp_path / name, tmp_path, optional=True)
    assert isinstance(problem, Diagnostic)
    assert str(problem) == expected


def test_read_text_reads_a_large_notebook_and_a_link_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(" " * 5_100_000)
    (tmp_path / "link.ipynb").symlink_to("a.ipynb")
    assert files.read_text(tmp_path / "link.ipynb", tmp_path) == " " * 5_100_000


def test_walk_files_does_not_follow_a_link_to_a_folder_that_contains_it(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "a").mkdir(parents=True)
    (docs / "a" / "page.md").write_text("")
    for name, target in {"up": "..", "root": "/", "self": "."}.items():
        (docs / "a" / name).symlink_to(target)
    # A folder elsewhere is followed.
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "note.md").write_text("")
    (docs / "notes").symlink_to(tmp_path / "notes")
    found = sorted(path.relative_to(docs).as_posix() for path in files.walk_files(docs))
    assert found == ["a/page.md", "a/root", "a/self", "a/up", "notes/note.md"]


def test_a_name_must_be_utf8(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.md")
    message = "the name of this file or of its folder is not valid UTF-8. Rename it."
    assert str(files.check_name(path, tmp_path)) == f"a?.md:1:1: {message}"
    assert files.check_name(tmp_path / "日本.md", tmp_path) is None


def test_a_temporary_folder_of_a_killed_process_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"a-{ended.pid}-x", f"a-{os.getppid()}-x", "a-b-x", f"b-{ended.pid}-x"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    with files.create_temporary_folder("a") as folder:
        assert Path(folder).name.startswith(f"a-{os.getpid()}-")
    assert {path.name for path in tmp_path.iterdir()} == {f"a-{os.getppid()}-x", "a-b-x", f"b-{ended.pid}-x"}


def test_a_path_of_the_command_line_may_begin_with_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert files.path_from_option("~/old") == tmp_path / "home/old"
    assert files.path_from_option("old") == tmp_path / "old"
    assert files.path_from_option("~no-such-user/old") == tmp_path / "~no-such-user/old"


@given(
    st.lists(st.sampled_from(["a", "b.md", "..c", ".d", "..", "é"]), max_size=4), st.sampled_from(["", "x"])
)
def test_a_path_is_displayed_as_relative_to_the_project(parts: list[str], suffix: str) -> None:
    path = Path(f"/project{suffix}", *parts)
    assert files.display_path(path, Path("/project")) == os.path.relpath(path, "/project")
