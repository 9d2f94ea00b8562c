"""The file cache may lose an entry, but never returns other content than was stored."""

import functools
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.core import cache
from portfolio.core.cache import CacheFile, FileCache
from tests.support import project

KEY = cache.cache_key("one")


def entry(folder: Path) -> Path:
    (only,) = folder.iterdir()
    return only


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = {"PYTHONPATH": str(project.ROOT / "hooks")}
    return project.python(project.ROOT, "-c", script, folder, KEY, env=path)


def test_get_returns_what_was_put_under_the_same_key(tmp_path: Path) -> None:
    files = FileCache(tmp_path / "a" / "b")
    assert files.get(KEY) is None
    files.put(KEY, b"content")
    assert files.get(KEY) == b"content"
    assert FileCache(files.folder).get(KEY) == b"content"
    assert files.get(cache.cache_key("two")) is None


@pytest.mark.parametrize("cut", [0, 1, 31, 32, 35])
def test_get_returns_none_for_a_truncated_entry(tmp_path: Path, cut: int) -> None:
    files = FileCache(tmp_path)
    files.put(KEY, b"content")
    entry(tmp_path).write_bytes(entry(tmp_path).read_bytes()[:cut])
    assert files.get(KEY) is None
    assert list(tmp_path.iterdir()) == []


def test_get_returns_none_for_a_corrupted_entry(tmp_path: Path) -> None:
    files = FileCache(tmp_path)
    files.put(KEY, b"content")
    entry(tmp_path).write_bytes(entry(tmp_path).read_bytes().replace(b"cont", b"kont"))
    assert files.get(KEY) is None


def test_trim_removes_temporary_files_of_killed_builds(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; from portfolio.core.cache import FileCache\n"
        "pathlib.Path.replace = lambda *_: os._exit(9)\n"
        "FileCache(pathlib.Path(sys.argv[1])).put(sys.argv[2], b'content')"
    )
    assert run(script, tmp_path).returncode == 9
    remains = entry(tmp_path)
    files = FileCache(tmp_path)
    assert files.get(KEY) is None
    # Another build may still be writing it.
    files.trim(now=remains.stat().st_mtime + 60)
    assert remains.exists()
    files.trim(now=remains.stat().st_mtime + 4000)
    assert not remains.exists()


def test_concurrent_writers_never_expose_partial_content(tmp_path: Path) -> None:
    contents = [bytes([number]) * 200_000 for number in range(4)]
    seen: set[bytes | None] = set()

    def work(content: bytes) -> None:
        files = FileCache(tmp_path)
        for _ in range(20):
            files.put(KEY, content)
            seen.add(files.get(KEY))

    threads = [threading.Thread(target=work, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert [path.suffix for path in tmp_path.iterdir()] == [".entry"]


def test_trim_removes_the_least_recently_used_entries(tmp_path: Path) -> None:
    files = FileCache(tmp_path, limit=250)
    keys = [cache.cache_key(str(number)) for number in range(3)]
    for age, key in enumerate(keys):
        files.put(key, b"x" * 68)
        os.utime(tmp_path / f"{key}.entry", (1000 + age, 1000 + age))
    assert files.get(keys[0]) is not None
    files.trim()
    assert [files.get(key) is not None for key in keys] == [True, False, True]


def test_put_ignores_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", Path("/proc/none")):
        files = FileCache(folder)
        files.put(KEY, b"content")
        assert files.get(KEY) is None
        files.trim()


def test_put_leaves_nothing_on_a_full_disk(tmp_path: Path) -> None:
    script = (
        "import pathlib, resource, sys; from portfolio.core.cache import FileCache\n"
        "limit = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))\n"
        "FileCache(pathlib.Path(sys.argv[1])).put(sys.argv[2], b'x' * 2000)\n"
        # The measurement of coverage also writes a file.
        "resource.setrlimit(resource.RLIMIT_FSIZE, limit)"
    )
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_trim_leaves_foreign_files(tmp_path: Path) -> None:
    files = FileCache(tmp_path, limit=0)
    (tmp_path / "README").write_text("mine")
    (tmp_path / f"{KEY}.entry").mkdir()
    assert files.get(KEY) is None
    files.put(KEY, b"content")
    assert files.get(KEY) is None
    files.trim(now=(tmp_path / "README").stat().st_mtime + 1e9)
    assert {path.name for path in tmp_path.iterdir()} == {"README", f"{KEY}.entry"}


def test_a_cache_file_has_what_was_used_until_its_code_changes_or_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    values = CacheFile(path, "code")
    assert values.get(("a",)) is None
    values.put(("a",), [1])
    values.put(("b", "c"), {"x": None})
    values.save()
    again = CacheFile(path, "code")
    assert (again.get(("a",)), again.get(("bc",)), again.get(("b", "c"))) == ([1], None, {"x": None})
    again.save()
    assert CacheFile(path, "other code").get(("a",)) is None
    unused = CacheFile(path, "code")
    assert unused.get(("a",)) == [1]
    unused.save()
    assert (CacheFile(path, "code").get(("a",)), CacheFile(path, "code").get(("b", "c"))) == ([1], None)
    content = path.read_bytes()
    for damaged in (content[:-1], content[:20], b"", content.replace(b"K\x01", b"K\x02")):
        path.write_bytes(damaged)
        assert CacheFile(path, "code").get(("a",)) is None


def test_a_cache_file_that_cannot_be_written_is_only_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (None, tmp_path / "file" / "values", Path("/proc/none/values")):
        values = CacheFile(path)
        values.put(("a",), 1)
        values.save()
        assert (values.get(("a",)), CacheFile(path).get(("a",))) == (1, None)


@given(st.lists(st.text()), st.lists(st.text()))
def test_cache_key_differs_for_different_inputs(left: list[str], right: list[str]) -> None:
    assert (cache.cache_key(*left) == cache.cache_key(*right)) == (left == right)


def _compute_in_processes(folder: Path, names: list[str], processes: int) -> list[bytes]:
    """Compute what is named in several processes; return the results of this one, or fail."""
    keys = {cache.cache_key(name): name for name in names}

    def compute(name: str) -> bytes:
        with (folder / "log").open("a", encoding="utf-8") as log:
            log.write(f"{name}\n")
        time.sleep(0.003)
        return name.encode()

    def compute_all() -> dict[str, bytes]:
        return FileCache(folder / "cache").compute_all(
            {key: functools.partial(compute, name) for key, name in keys.items()}
        )

    children = []
    for _ in range(processes - 1):
        if not (child := os.fork()):
            compute_all()
            os._exit(0)
        children.append(child)
    results = compute_all()
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
    return [results[key] for key in keys]


@pytest.mark.skipif(sys.platform == "win32", reason="the system cannot fork")
@settings(max_examples=10)  # each forks processes
@given(st.lists(st.sampled_from("abcdefghijklmnop"), unique=True), st.integers(1, 4))
def test_processes_compute_each_result_once(names: list[str], processes: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "log").touch()
        expected = [text.encode() for text in names]
        assert _compute_in_processes(folder, names, processes) == expected
        assert _compute_in_processes(folder, names, processes) == expected
        assert sorted((folder / "log").read_text(encoding="utf-8").split()) == sorted(names)
        assert not [*folder.rglob("*.lock")]


@pytest.mark.skipif(sys.platform == "win32", reason="the system cannot fork")
def test_the_result_of_a_process_that_dies_is_computed_here(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        FileCache(tmp_path).compute(KEY, lambda: os._exit(9))
    os.waitpid(child, 0)
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]
    assert FileCache(tmp_path).compute(KEY, lambda: b"content") == b"content"
    assert FileCache(tmp_path).get(KEY) == b"content"


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no locks")
def test_a_process_that_hangs_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_LONGEST_JOB_SECONDS", 0.01)
    hanging = FileCache(tmp_path)
    with hanging._lock(KEY, 0):
        assert FileCache(tmp_path).compute(KEY, lambda: b"content") == b"content"


def test_compute_raises_what_the_function_raises(tmp_path: Path) -> None:
    files = FileCache(tmp_path)
    with pytest.raises(ZeroDivisionError):
        files.compute(KEY, lambda: bytes(1 // 0))
    assert files.compute(KEY, lambda: b"content") == b"content"
