"""Work that is shared among processes comes back whole and in its order, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_incremental import forking

HERE = os.getpid()
forks = pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")


def who(items: Sequence[int]) -> list[tuple[int, int]]:
    return [(item, os.getpid()) for item in items]


def give_cores(monkeypatch: pytest.MonkeyPatch, spare: int) -> None:
    monkeypatch.setattr(forking, "spare", lambda: spare)


@forks
@given(st.lists(st.integers(), max_size=40), st.integers(0, 4), st.integers(1, 9))
def test_all_that_was_asked_for_comes_in_its_order(items: list[int], spare: int, worth: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        give_cores(patch, spare)
        made = forking.shared(who, items, worth)
    assert [item for item, _ in made] == items
    processes = {process for _, process in made}
    assert len(processes) == (min(spare + 1, max(1, len(items) // worth)) if spare and items else bool(items))
    assert (os.getpid() in processes) == (not spare and bool(items))


def test_beside_a_thread_all_is_made_here() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert forking.spare() == 0
        assert forking.shared(who, [1, 2]) == [(1, os.getpid()), (2, os.getpid())]
    finally:
        end.set()
        thread.join()


@forks
def test_a_thread_that_the_work_begins_stays_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    give_cores(monkeypatch, 1)

    def make(items: Sequence[int]) -> list[int]:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return list(items)

    before = threading.active_count()
    assert forking.shared(make, [1, 2, 3]) == [1, 2, 3]
    assert threading.active_count() == before


@forks
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_process_did_not_make_is_made_here(
    monkeypatch: pytest.MonkeyPatch, signum: int
) -> None:
    give_cores(monkeypatch, 1)

    def make(items: Sequence[int]) -> list[tuple[int, int]]:
        if 2 in items and os.getpid() != HERE:
            os.kill(os.getpid(), signum)
        return who(items)

    one, two, three = forking.shared(make, [1, 2, 3])
    assert two == (2, HERE)
    assert {one[1], three[1]}.isdisjoint({HERE})


@forks
def test_a_part_of_an_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    give_cores(monkeypatch, 1)

    class Torn:
        """Ends its process while it is written."""

        def __reduce__(self) -> str:
            if os.getpid() != HERE:
                os._exit(0)
            return "Torn"

    def make(items: Sequence[int]) -> list[object]:
        return ["x" * 100_000, Torn()] if os.getpid() != HERE else list(items)

    assert forking.shared(make, [1, 2], 2) == [1, 2]


@forks
def test_what_is_raised_is_raised_here_and_told_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    give_cores(monkeypatch, 1)

    def make(items: Sequence[int]) -> list[int]:
        os.write(1, b"told\n")
        raise ValueError(items[0])

    with pytest.raises(ValueError, match="1"):
        forking.shared(make, [1, 2])
    assert capfd.readouterr().out == "told\n"
