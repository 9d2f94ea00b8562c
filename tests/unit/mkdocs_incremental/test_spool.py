"""Entries reach the other process whole, in any pieces, and what is cut short is not there."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_incremental.spool import Spool
from mkdocs_incremental.store import Store

ENTRIES = st.lists(st.tuples(st.sampled_from(["one", "two", "drei \ud800", ""]), st.binary(max_size=40)))


@given(ENTRIES, st.integers(0, 300))
def test_who_reads_finds_what_is_whole_and_the_last_of_equals(
    entries: list[tuple[str, bytes]], cut: int
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        writer, reader = Spool(Path(folder)), Spool(Path(folder))
        for key, content in entries:
            writer.put(key, content)
        # All bytes of the writer's file, of which the reader has some at first.
        number = writer._file.fileno()
        text = os.pread(number, os.fstat(number).st_size, 0)
        found = []
        for part in (text[:cut], text[cut:]):
            os.write(reader._file.fileno(), part)
            reader.look()
            found.append(dict(reader.items()))
        assert all(any((key, content) == one for one in entries) for key, content in found[0].items())
        assert found[1] == dict(writer.items()) == dict(entries)
        assert reader.keys() == dict(entries).keys()
        writer.close()
        reader.close()


def test_what_another_process_put_is_there_at_once_and_for_the_next_build(tmp_path: Path) -> None:
    store, helper = Store(tmp_path / "file"), Store(tmp_path / "file")
    spool = store.spool()
    assert spool is not None
    store.await_entries(spool)
    helper.put_into(spool)
    helper.put("one", {"a": 1})
    store.look()
    assert store.get("one") == {"a": 1}
    assert store.get("two") is None
    store.put("one", {"a": 2})
    store.close(0)
    later = Store(tmp_path / "file")
    assert later.get("one") == {"a": 2}
    later.leave()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to try")
def test_on_a_full_disk_nothing_is_put_and_nothing_follows_what_is_cut_short(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("one", b"1")
    number = spool._file.fileno()
    kept = os.dup(number)
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - no file that is read again
        os.dup2(full.fileno(), number)
    with pytest.raises(OSError, match="No space left"):
        spool.put("two", b"2")
    os.dup2(kept, number)
    os.close(kept)
    with pytest.raises(OSError, match="No space left"):
        spool.put("three", b"3")
    assert dict(spool.items()) == {"one": b"1"}
    spool.close()
