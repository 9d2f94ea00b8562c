"""What builds keep is there again or missing, whatever befalls the file."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_incremental.store import Store

DAY = 86_400.0


def kept(path: Path, key: str) -> object:
    store = Store(path)
    value = store.get(key)
    store.close(0)
    return value


def put(path: Path, values: dict[str, object], day: int = 0, **limits: int) -> None:
    store = Store(path, **limits)
    for key, value in values.items():
        store.put(key, value)
    store.close(day * DAY)


def test_what_was_put_is_there_for_the_next_build_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "below" / "file"
    store = Store(path)
    store.put("one", {"a": [1, None, "é\ud800"]})
    assert store.get("one") is None
    store.close(0)
    assert kept(path, "one") == {"a": [1, None, "é\ud800"]}
    assert kept(path, "two") is None


@given(st.data())
def test_a_spoilt_file_gives_what_was_put_or_nothing(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        put(path, {f"key {number}": "value" * number for number in range(30)})
        content = bytearray(path.read_bytes())
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=200)):
            content[place] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
        for number in range(30):
            assert kept(path, f"key {number}") in (None, "value" * number)
        put(path, {"new": 1})
        assert kept(path, "new") in (None, 1)


def test_an_entry_under_another_key_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    put(path, {"one": 1, "two": 2})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries_1 SET content = (SELECT content FROM entries_1 WHERE key = 'two')")
    connection.close()
    assert (kept(path, "one"), kept(path, "two")) == (None, 2)


@pytest.mark.parametrize("what", ["folder", "file above"])
def test_where_nothing_can_be_kept_the_build_goes_on(what: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    if what == "folder":
        path.mkdir()
    else:
        path.write_text("no folder", encoding="utf-8")
        path /= "below"
    put(path, {"one": 1})
    assert kept(path, "one") is None


def test_a_file_that_another_build_holds_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    put(path, {"one": 1})
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    put(path, {"two": 2})
    other.execute("COMMIT")
    other.close()
    assert (kept(path, "one"), kept(path, "two")) == (1, None)


def test_what_is_used_unread_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    put(path, {"one": 1, "two": 2})
    store = Store(path)
    store.use("two")
    store.close(59 * DAY)
    put(path, {"three": 3}, day=62)
    assert (kept(path, "one"), kept(path, "two")) == (None, 2)


def test_what_is_unused_goes_after_its_days_and_what_is_too_much_by_age(tmp_path: Path) -> None:
    path = tmp_path / "file"
    put(path, {"old": "x"})
    put(path, {"new": "y"}, day=59)
    store = Store(path)
    assert store.get("new") == "y"
    store.close(61 * DAY)
    assert (kept(path, "old"), kept(path, "new")) == (None, "y")
    put(path, {f"{number}": str(number) for number in range(40)}, day=62, limit=800)
    with sqlite3.connect(path) as connection:
        (total,) = connection.execute("SELECT SUM(size) FROM entries_1").fetchone()
    connection.close()
    assert 0 < total <= 400
