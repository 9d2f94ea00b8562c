"""A cache entry is correct or missing, whatever happens to the file or to the process that writes it."""

import os
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_incremental.store import Store

DAY = 86_400.0


def read(path: Path, key: str) -> object:
    store = Store(path)
    value = store.get(key)
    store.commit(0)
    return value


def write(path: Path, values: dict[str, object], day: int = 0, **limits: int) -> None:
    store = Store(path, **limits)
    for key, value in values.items():
        store.put(key, value)
    store.commit(day * DAY)


def test_entries_can_be_read_by_the_next_build(tmp_path: Path) -> None:
    path = tmp_path / "below" / "file"
    store = Store(path)
    store.put("first", {"a": [1, None, "é\ud800"]})
    assert store.get("first") is None
    store.commit(0)
    assert read(path, "first") == {"a": [1, None, "é\ud800"]}
    assert read(path, "second") is None


@settings(max_examples=40)
@given(st.data())
def test_damaged_file_returns_correct_values_or_none(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path, {f"key {number}": "value" * number for number in range(30)})
        content = bytearray(path.read_bytes())
        for offset in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=200)):
            content[offset] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        for number in range(30):
            assert read(path, f"key {number}") in (None, "value" * number)
        write(path, {"new": 1})
        assert read(path, "new") in (None, 1)


def test_content_of_another_key_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, {"first": 1, "second": 2})
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE entries_2 SET content = (SELECT content FROM entries_2 WHERE key = 'second')"
        )
    connection.close()
    assert (read(path, "first"), read(path, "second")) == (None, 2)


@pytest.mark.parametrize("obstacle", ["folder", "file above"])
def test_build_continues_without_a_cache_file(obstacle: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if obstacle == "folder":
        path.mkdir()
    else:
        path.write_text("no folder", encoding="utf-8")
        path /= "below"
    write(path, {"first": 1})
    assert read(path, "first") is None


def test_locked_file_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, {"first": 1})
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    write(path, {"second": 2})
    connection.execute("COMMIT")
    connection.close()
    assert (read(path, "first"), read(path, "second")) == (1, None)


def test_touched_entry_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, {"first": 1, "second": 2})
    store = Store(path)
    store.touch("second")
    store.commit(59 * DAY)
    write(path, {"third": 3}, day=62)
    assert (read(path, "first"), read(path, "second")) == (None, 2)


def test_unused_entries_are_deleted_by_age_and_size(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, {"old": "x"})
    write(path, {"new": "y"}, day=59)
    store = Store(path)
    assert store.get("new") == "y"
    store.commit(61 * DAY)
    assert (read(path, "old"), read(path, "new")) == (None, "y")
    write(path, {f"{number}": str(number) for number in range(40)}, day=62, limit=800)
    with sqlite3.connect(path) as connection:
        (total,) = connection.execute("SELECT SUM(size) FROM entries_2").fetchone()
    connection.close()
    assert 0 < total <= 400


def test_the_last_of_entries_with_equal_keys_is_stored(tmp_path: Path) -> None:
    store = Store(tmp_path / "file")
    for number in range(3):
        store.put("first", number)
    store.commit(0)
    assert read(tmp_path / "file", "first") == 2


def test_entries_of_a_worker_can_be_read_at_once_and_by_the_next_build(tmp_path: Path) -> None:
    store, worker_store = Store(tmp_path / "file"), Store(tmp_path / "file")
    worker_store.redirect_to(store.add_from_worker)
    worker_store.put("first", {"a": 1})
    store.put("third", 3)
    assert store.get("first") == {"a": 1}
    assert store.is_new("first")
    assert (store.get("second"), store.get("third"), store.is_new("third")) == (None, None, False)
    store.put("first", {"a": 2})
    store.commit(0)
    assert read(tmp_path / "file", "first") == {"a": 2}
    assert read(tmp_path / "file", "third") == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_forked_process_does_not_use_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write(path, {"first": 1})
    store = Store(path)
    store.put("second", "before")
    assert store.get("first") == 1
    child = os.fork()
    if not child:
        store.put("third", 3)
        os._exit(store.get("first") is not None)
    assert os.waitpid(child, 0)[1] == 0
    store.put("fourth", "after")
    store.commit(0)
    values = [read(path, key) for key in ("first", "second", "third", "fourth")]
    assert values == [1, "before", None, "after"]
