import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mkdocs_live.watcher import Changes, Watcher, is_ignored

SECONDS = 5


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        # Time goes on when somebody looks.
        self.now += 0.004
        return self.now


@pytest.mark.parametrize(
    "name",
    [
        ".post.md.swp",
        "post.md~",
        "4913",
        ".#post.md",
        "#post.md#",
        "post.md___jb_tmp___",
        ".git/index",
        "hooks/__pycache__/head.cpython-311.pyc",
        ".cache/images/a.entry",
        "a/.goutputstream-X1Y2",
    ],
)
def test_what_nobody_writes_by_hand_is_ignored(name: str) -> None:
    assert is_ignored(f"/project/{name}", "/project")


@pytest.mark.parametrize("name", ["post.md", "posts/2026/a.md", "notes/.authors.yml", "a.tmpl", "post~1.md"])
def test_what_is_written_is_not_ignored(name: str) -> None:
    assert not is_ignored(f"/a/.hidden/project/{name}", "/a/.hidden/project")


def test_changes_are_fetched_together_when_nothing_more_comes() -> None:
    changes = Changes(Clock())
    changes.add("a")
    changes.add("b", "a")
    assert changes.fetch(settle=0.01) == {"a", "b"}
    assert changes.fetch(settle=0.01, timeout=0) == frozenset()


def test_nobody_waits_for_one_who_writes_on_and_on() -> None:
    changes = Changes()
    changes.add("a")
    assert changes.fetch(settle=60, longest=0.01) == {"a"}


def test_a_file_that_is_being_written_is_waited_for() -> None:
    changes = Changes()
    changes.add("a", is_open=True)
    threading.Timer(0.05, changes.add, ["a"]).start()
    begin = time.monotonic()
    assert changes.fetch(settle=0.001, longest=SECONDS) == {"a"}
    assert 0.04 < time.monotonic() - begin < SECONDS


def test_who_waits_is_let_go_at_the_end() -> None:
    changes = Changes()
    changes.close()
    assert changes.fetch(settle=60) == frozenset()
    assert changes.is_closed


@pytest.fixture
def changes(tmp_path: Path) -> Iterator[Changes]:
    (tmp_path / "docs" / "posts").mkdir(parents=True)
    (tmp_path / "docs" / "posts" / "a.md").write_text("a")
    (tmp_path / "mkdocs.yml").write_text("a")
    changes = Changes()
    watcher = Watcher(changes)
    watcher.watch(str(tmp_path / "docs"))
    watcher.watch(str(tmp_path / "mkdocs.yml"))
    watcher.start()
    yield changes
    watcher.stop()


def _write(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    path.write_text("b")
    return path


def _save_by_renaming(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    other = path.with_name(".a.md.swp")
    other.write_text("b")
    other.replace(path)
    return path


def _save_the_configuration_by_renaming(folder: Path) -> Path:
    path = folder / "mkdocs.yml"
    for turn in ("b", "c"):  # the second time, another file is there than was watched first
        other = path.with_name("mkdocs.yml~")
        other.write_text(turn)
        other.replace(path)
    return path


def _remove(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    path.unlink()
    return path


def _move_in_a_folder(folder: Path) -> Path:
    made = folder / "elsewhere"
    made.mkdir()
    (made / "b.md").write_text("b")
    shutil.move(made, folder / "docs" / "posts" / "new")
    return folder / "docs" / "posts" / "new" / "b.md"


@pytest.mark.parametrize(
    "save", [_write, _save_by_renaming, _save_the_configuration_by_renaming, _remove, _move_in_a_folder]
)
def test_a_change_is_seen(tmp_path: Path, changes: Changes, save: Callable[[Path], Path]) -> None:
    path = str(save(tmp_path))
    assert path in changes.fetch(settle=0.05, timeout=SECONDS)


def test_neither_editors_files_nor_neighbours_of_a_file_are_seen(tmp_path: Path, changes: Changes) -> None:
    (tmp_path / "README.md").write_text("b")
    (tmp_path / "docs" / ".a.md.swp").write_text("b")
    assert changes.fetch(settle=0.05, timeout=0.3) == frozenset()


def test_what_is_watched_twice_is_told_of_once(tmp_path: Path) -> None:
    watcher = Watcher(changes := Changes())
    for path in (tmp_path, tmp_path, tmp_path / "none"):
        watcher.watch(str(path))
    assert watcher.paths == [str(tmp_path)]
    assert changes.fetch(settle=0, timeout=0) == frozenset()
