"""Results of worker processes are complete and in order, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_incremental import workers

PARENT = os.getpid()
forks = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


def with_process_ids(items: Sequence[int]) -> list[tuple[int, int]]:
    return [(item, os.getpid()) for item in items]


def set_available_workers(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(workers, "available_workers", lambda: number)


@forks
@settings(max_examples=30)  # each forks processes
@given(st.lists(st.integers(), max_size=40), st.integers(0, 4), st.integers(1, 9))
def test_results_are_in_order(items: list[int], number: int, min_share: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        set_available_workers(patch, number)
        results = workers.run_in_processes(with_process_ids, items, min_share)
    assert [item for item, _ in results] == items
    processes = {process for _, process in results}
    expected = min(number + 1, max(1, len(items) // min_share)) if number and items else bool(items)
    assert len(processes) == expected
    assert (os.getpid() in processes) == (not number and bool(items))


def test_process_with_threads_does_not_fork() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert workers.available_workers() == 0
        results = workers.run_in_processes(with_process_ids, [1, 2])
        assert results == [(1, os.getpid()), (2, os.getpid())]
    finally:
        end.set()
        thread.join()


@forks
def test_threads_of_a_worker_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    set_available_workers(monkeypatch, 1)

    def process(items: Sequence[int]) -> list[int]:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return list(items)

    before = threading.active_count()
    assert workers.run_in_processes(process, [1, 2, 3]) == [1, 2, 3]
    assert threading.active_count() == before


@forks
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
def test_share_of_a_killed_worker_is_processed_by_the_parent(
    monkeypatch: pytest.MonkeyPatch, signum: int
) -> None:
    set_available_workers(monkeypatch, 1)

    def process(items: Sequence[int]) -> list[tuple[int, int]]:
        if 2 in items and os.getpid() != PARENT:
            os.kill(os.getpid(), signum)
        return with_process_ids(items)

    first, second, third = workers.run_in_processes(process, [1, 2, 3])
    assert second == (2, PARENT)
    assert {first[1], third[1]}.isdisjoint({PARENT})


@forks
def test_incomplete_results_are_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    set_available_workers(monkeypatch, 1)

    class Exits:
        """Ends its process while it is pickled."""

        def __reduce__(self) -> str:
            if os.getpid() != PARENT:
                os._exit(0)
            return "Exits"

    def process(items: Sequence[int]) -> list[object]:
        return ["x" * 100_000, Exits()] if os.getpid() != PARENT else list(items)

    assert workers.run_in_processes(process, [1, 2], 2) == [1, 2]


@forks
def test_exception_is_raised_by_the_parent_and_output_appears_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    set_available_workers(monkeypatch, 1)

    def process(items: Sequence[int]) -> list[int]:
        os.write(1, b"output\n")
        raise ValueError(items[0])

    with pytest.raises(ValueError, match="1"):
        workers.run_in_processes(process, [1, 2])
    assert capfd.readouterr().out == "output\n"
