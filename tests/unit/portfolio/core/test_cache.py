"""A cache may lose an entry, and may never give back another than was put."""

import os
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core import cache
from portfolio.core.cache import FileCache
from tests.support import project

KEY = cache.cache_key("one")


def entry(folder: Path) -> Path:
    (only,) = folder.iterdir()
    return only


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PYTHONPATH": str(project.ROOT / "hooks")}
    return project.python(project.ROOT, "-c", script, folder, KEY, env=path)


def test_what_was_put_is_found_by_its_key_alone(tmp_path: Path) -> None:
    kept = FileCache(tmp_path / "made" / "deep")
    assert kept.get(KEY) is None
    kept.put(KEY, b"content")
    assert kept.get(KEY) == b"content"
    assert FileCache(kept.folder).get(KEY) == b"content"
    assert kept.get(cache.cache_key("two")) is None


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 35])
def test_a_torn_entry_is_none(tmp_path: Path, cut: int) -> None:
    kept = FileCache(tmp_path)
    kept.put(KEY, b"content")
    entry(tmp_path).write_bytes(entry(tmp_path).read_bytes()[:cut])
    assert kept.get(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_a_changed_entry_is_none(tmp_path: Path) -> None:
    kept = FileCache(tmp_path)
    kept.put(KEY, b"content")
    entry(tmp_path).write_bytes(entry(tmp_path).read_bytes().replace(b"cont", b"kont"))
    assert kept.get(KEY) is None


def test_a_build_that_is_killed_leaves_no_entry_and_its_remains_go(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; from portfolio.core.cache import FileCache\n"
        "pathlib.Path.replace = lambda *_: os._exit(9)\n"
        "FileCache(pathlib.Path(sys.argv[1])).put(sys.argv[2], b'content')"
    )
    assert run(script, tmp_path).returncode == 9
    remains = entry(tmp_path)
    kept = FileCache(tmp_path)
    assert kept.get(KEY) is None
    # Another build may still be writing it.
    kept.trim(now=remains.stat().st_mtime + 60)
    assert remains.exists()
    kept.trim(now=remains.stat().st_mtime + 4000)
    assert not remains.exists()


def test_two_at_once_see_all_or_nothing(tmp_path: Path) -> None:
    contents = [bytes([number]) * 200_000 for number in range(4)]
    seen: set[bytes | None] = set()

    def work(content: bytes) -> None:
        kept = FileCache(tmp_path)
        for _ in range(20):
            kept.put(KEY, content)
            seen.add(kept.get(KEY))

    threads = [threading.Thread(target=work, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert [path.suffix for path in tmp_path.iterdir()] == [".entry"]


def test_what_was_unused_for_longest_goes_first(tmp_path: Path) -> None:
    kept = FileCache(tmp_path, limit=250)
    keys = [cache.cache_key(str(number)) for number in range(3)]
    for age, key in enumerate(keys):
        kept.put(key, b"x" * 68)
        os.utime(tmp_path / f"{key}.entry", (1000 + age, 1000 + age))
    assert kept.get(keys[0]) is not None
    kept.trim()
    assert [kept.get(key) is not None for key in keys] == [True, False, True]


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", Path("/proc/none")):
        kept = FileCache(folder)
        kept.put(KEY, b"content")
        assert kept.get(KEY) is None
        kept.trim()


def test_a_full_disk_keeps_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import pathlib, resource, sys; from portfolio.core.cache import FileCache\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "FileCache(pathlib.Path(sys.argv[1])).put(sys.argv[2], b'x' * 2000)"
    )
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_foreign_files_stay_and_are_no_entries(tmp_path: Path) -> None:
    kept = FileCache(tmp_path, limit=0)
    (tmp_path / "README").write_text("mine")
    (tmp_path / f"{KEY}.entry").mkdir()
    assert kept.get(KEY) is None
    kept.put(KEY, b"content")
    assert kept.get(KEY) is None
    kept.trim(now=(tmp_path / "README").stat().st_mtime + 1e9)
    assert {path.name for path in tmp_path.iterdir()} == {"README", f"{KEY}.entry"}


@given(st.lists(st.text()), st.lists(st.text()))
def test_other_ingredients_have_another_key(one: list[str], other: list[str]) -> None:
    assert (cache.cache_key(*one) == cache.cache_key(*other)) == (one == other)
