import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

import mkdocs.__main__
import pytest

from mkdocs_live import workers
from mkdocs_live.workers import BuildResult, Worker, WorkerLostError, WorkerPool

SECONDS = 5


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_worker_that_does_not_answer_is_killed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "_REQUEST_SECONDS", 0.01)
    worker = Worker([sys.executable, "-c", "import time; time.sleep(60)"])
    for _ in range(2):
        with pytest.raises(WorkerLostError):
            worker.request("fetch", "a/index.html")
    assert "No answer after 0 s for a/index.html. A hook or template may hang." in caplog.text


def test_a_build_has_a_result_if_its_worker_ends(tmp_path: Path) -> None:
    results: SimpleQueue[BuildResult] = SimpleQueue()
    pool = WorkerPool([], tmp_path, lambda _, result: results.put(result))
    pool.build(low_priority=False)
    assert pool._building is not None
    pool._building._process.kill()
    assert results.get(timeout=SECONDS) == BuildResult("", ())
    # The next one was prepared, and ends before it is asked to build.
    _wait_until(lambda: pool._ready is not None)
    assert pool._ready is not None
    pool._ready._process.kill()
    _wait_until(lambda: pool._ready is None)
    pool.build(low_priority=False)
    assert pool._building is not None
    pool.close()


@pytest.mark.parametrize("error", [SystemExit("no"), KeyboardInterrupt()])
def test_a_build_that_is_ended_has_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def cli(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(mkdocs.__main__, "cli", cli)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    results: SimpleQueue[tuple[BuildResult, Any]] = SimpleQueue()
    thread = threading.Thread(target=workers._build, args=(results, [], tmp_path, False))
    thread.start()
    result, session = results.get(timeout=SECONDS)
    thread.join(SECONDS)
    assert (result.folder, session) == ("", None)
    expected = ["SystemExit: no"] if isinstance(error, SystemExit) else []
    assert [message.message for message in result.messages] == expected
    workers.state.on_built = None
