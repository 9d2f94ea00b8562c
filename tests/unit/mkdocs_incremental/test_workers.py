"""Workers run functions and send messages, whatever happens to them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_incremental import workers
from mkdocs_incremental.workers import Send, Worker

PARENT = os.getpid()
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")


def receive_all(worker: Worker) -> list[object]:
    """Return all messages of a worker, which ends by itself."""
    messages: list[object] = []
    while not is_ended(worker):
        messages += worker.receive()
    messages += worker.receive()
    worker.wait()
    return messages


def is_ended(worker: Worker) -> bool:
    # The worker still has to be waited for.
    return os.waitid(os.P_PID, worker._process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


@settings(max_examples=20)  # each forks a process
@given(st.lists(st.binary() | st.text() | st.builds("x".__mul__, st.integers(0, 300_000)), max_size=8))
def test_messages_arrive_complete_and_in_order(messages: list[object]) -> None:
    def work(send: Send) -> None:
        for message in messages:
            send(message)

    worker = Worker.start(work)
    assert worker is not None
    assert receive_all(worker) == messages


def test_an_incomplete_message_is_discarded() -> None:
    class Exits:
        """Ends its process while it is pickled."""

        def __reduce__(self) -> str:
            os._exit(0)

    def work(send: Send) -> None:
        send(1)
        send(["x" * 100_000, Exits()])

    worker = Worker.start(work)
    assert worker is not None
    assert receive_all(worker) == [1]


def never_end(_: Send) -> None:
    threading.Event().wait()


def stop_itself(_: Send) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def send_forever(send: Send) -> None:
    while True:
        send("x" * 10_000)


@pytest.mark.parametrize("work", [never_end, stop_itself, send_forever])
def test_stop_ends_a_worker(work: Callable[[Send], object]) -> None:
    worker = Worker.start(work)
    assert worker is not None
    time.sleep(0.01)
    worker.stop()
    worker.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(worker._process, 0)


def test_forked_process_does_not_stop_the_workers_of_its_parent() -> None:
    worker = Worker.start(never_end)
    assert worker is not None
    child = os.fork()
    if not child:
        try:
            workers.stop_all()
        finally:
            os._exit(sys.exc_info()[0] is not None)
    assert os.waitpid(child, 0)[1] == 0
    assert not is_ended(worker)
    workers.stop_all()
    assert not workers._Running.workers


def test_a_worker_ends_when_nothing_reads_its_messages() -> None:
    reader, writer = os.pipe()
    builder = os.fork()
    if not builder:
        # Two workers, of which none may hold the pipe of the other open.
        started = [Worker.start(send_forever) for _ in range(2)]
        os.write(writer, b" ".join(str(worker._process).encode() for worker in started if worker))
        os._exit(0)
    os.waitpid(builder, 0)
    for process in map(int, os.read(reader, 100).split()):
        deadline = time.monotonic() + 20
        while _is_running(process):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_work_elsewhere_waits_for_all_workers_which_start_no_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(workers, "available_workers", lambda: 3)

        def work() -> None:
            patch.undo()
            (tmp_path / f"{os.getpid()} {workers.available_workers()}").touch()
            os.write(1, b"discarded output\n")
            raise ValueError

        workers.work_elsewhere(work, 3)
    names = [path.name for path in tmp_path.iterdir()]
    assert len(names) == 3
    assert all(name.endswith(" 0") and name != f"{PARENT} 0" for name in names)
    assert capfd.readouterr().out == ""


def test_process_with_threads_does_not_fork() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert workers.available_workers() == 0
        workers.work_ahead(lambda: pytest.fail("not here"))
        workers.work_elsewhere(lambda: pytest.fail("not here"), 2)
    finally:
        end.set()
        thread.join()
    assert not workers._Running.workers
