import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

import mkdocs.__main__
import pytest

from mkdocs_live import workers
from mkdocs_live.workers import BuildResult, Worker, WorkerPool

SECONDS = 5


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[WorkerPool]:
    pool = WorkerPool([], tmp_path, lambda *_: None)
    pool.open()
    yield pool
    pool.close()


def test_a_connection_with_an_unknown_number_is_closed(pool: WorkerPool) -> None:
    def connect(number: int) -> Any:
        connection = Client(pool._listener.address, authkey=pool._key)
        connection.send(number)
        return connection

    with connect(99) as stray:
        assert stray.poll(SECONDS)
        with pytest.raises(EOFError):
            stray.recv()
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pool._connecting[1] = worker = Worker(process)
    worker.build(low_priority=True)
    # The pool goes on to accept workers.
    with connect(1) as connection:
        assert connection.poll(SECONDS)
        assert connection.recv() is True
    worker.kill()


@pytest.mark.parametrize("error", [SystemExit("no"), KeyboardInterrupt()])
def test_a_build_that_is_ended_has_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def cli(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(mkdocs.__main__, "cli", cli)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    results: SimpleQueue[tuple[BuildResult, Any]] = SimpleQueue()
    thread = threading.Thread(target=workers._build, args=(results, [], tmp_path))
    thread.start()
    result, session = results.get(timeout=SECONDS)
    thread.join(SECONDS)
    assert (result.folder, session) == ("", None)
    expected = ["A plugin or hook ended the build: SystemExit: no"] if isinstance(error, SystemExit) else []
    assert [message.message for message in result.messages] == expected
    workers.state.on_built = None
