import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

import mkdocs.__main__
import pytest

from mkdocs_live import workers
from mkdocs_live.build_messages import CapturedOutput
from mkdocs_live.fork_server import ForkServer
from mkdocs_live.process_state import state
from mkdocs_live.workers import BuildProgress, BuildResult, Worker, WorkerLostError, WorkerPool, start_process

SECONDS = 5
HOOKS = Path(workers.__file__).parents[1]
# A worker with another build.
_WORKER = """
import os, sys, time
sys.path.insert(0, {hooks!r})
from mkdocs_live import workers
from mkdocs_live.build_messages import CapturedOutput
def build(results, *_):
    {build}
    results.put((workers.BuildResult("site", ()), None))
workers._build = build
{before}
workers.main()
"""


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_worker_that_does_not_answer_is_killed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "_REQUEST_SECONDS", 0.01)
    worker = Worker(start_process([sys.executable, "-c", "import time; time.sleep(60)"]))
    for _ in range(2):
        with pytest.raises(WorkerLostError):
            worker.request("fetch", "a/index.html")
    assert "No answer after 0 s for a/index.html. A hook or template may hang." in caplog.text


def test_a_build_has_a_result_if_its_worker_ends(tmp_path: Path) -> None:
    results: SimpleQueue[BuildResult | BuildProgress] = SimpleQueue()
    pool = WorkerPool([], tmp_path, lambda _, result: results.put(result))
    pool.build(low_priority=False)
    assert pool._building is not None
    pool._building._process.kill()
    result = results.get(timeout=SECONDS)
    assert isinstance(result, BuildResult)
    assert (result.folder, result.is_lost) == ("", True)
    message = "The process that builds the site has ended. Its output in the terminal may say why."
    assert [str(message) for message in result.messages] == [message]
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
    state.on_built = None


def _start_worker(build: str, before: str = "") -> Worker:
    code = _WORKER.format(hooks=str(HOOKS), build=build, before=before)
    return Worker(start_process([sys.executable, "-c", code]))


def _receive_build(worker: Worker, folder: Path) -> object:
    worker.send((str(folder), [], Path(), False))
    return worker.receive()


def test_output_of_a_worker_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    worker = _start_worker(
        build="print('b', flush=True); os.system('echo c'); os.write(1, b'd')",
        before="print('a', end='', flush=True)",
    )
    assert _receive_build(worker, tmp_path) == BuildResult("site", ())
    worker.kill()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_process_that_a_hook_forked_does_not_delay_the_end_of_its_worker(tmp_path: Path) -> None:
    # Its own child must not close files whose numbers the pipes had.
    ended = tmp_path / "ended"
    sleep = f"(time.sleep(60), os.mkdir({str(ended)!r}), os._exit(0))"
    worker = _start_worker(build=f"os.fork() or os.fork() or {sleep}")
    assert _receive_build(worker, tmp_path) == BuildResult("site", ())
    with pytest.raises(WorkerLostError):
        worker.request("fetch", "a")
    worker.kill()
    assert not ended.exists()


def test_an_answer_of_newer_code_is_a_lost_worker(tmp_path: Path) -> None:
    build = (
        "workers.New = type('New', (), {'__module__': workers.__name__}); results.put((workers.New(), None))"
    )
    worker = _start_worker(build)
    with pytest.raises(WorkerLostError):
        _receive_build(worker, tmp_path)
    worker.kill()


def test_an_error_in_a_worker_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    worker = _start_worker(build="results.put((workers.BuildResult('site', ()), object()))")
    assert _receive_build(worker, tmp_path) == BuildResult("site", ())
    with pytest.raises(WorkerLostError):
        worker.request("fetch", "a")
    worker.kill()
    assert "'object' object has no attribute 'fetch'" in capfd.readouterr().err


def test_a_worker_that_cannot_write_temporary_files_ends(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    worker = _start_worker(build="pass")
    with pytest.raises(WorkerLostError):
        _receive_build(worker, tmp_path / "file" / "folder")
    worker.kill()


def test_an_aborted_build_leaves_no_files(tmp_path: Path) -> None:
    pool = WorkerPool([], tmp_path, lambda *_: None)
    worker = pool.build(low_priority=False)
    assert worker is not None
    folder = Path(worker.folder)
    (folder / "site").mkdir(parents=True)
    pool.abort()
    _wait_until(lambda: not folder.exists())
    assert not folder.exists()
    pool.close()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no folder is removed")
def test_temporary_folders_of_killed_servers_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    remaining = {
        f"mkdocs_live_{os.getppid()}_x",
        "mkdocs_live_a_x",
        f"mkdocs_live_{10**30}",
        f"other_{ended.pid}_x",
    }
    for name in (*remaining, f"mkdocs_live_{ended.pid}_x", f"mkdocs_live_{10**30}_x"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    folder = workers._create_folder()
    assert {path.name for path in tmp_path.iterdir()} == {*remaining, Path(folder).name}


def test_a_build_whose_messages_cannot_be_read_has_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def messages(*_: object) -> NoReturn:
        raise OSError

    monkeypatch.setattr(mkdocs.__main__, "cli", lambda *_, **__: None)
    monkeypatch.setattr(CapturedOutput, "messages", messages)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    results: SimpleQueue[tuple[BuildResult, Any]] = SimpleQueue()
    threading.Thread(target=workers._build, args=(results, [], tmp_path, False)).start()
    assert results.get(timeout=SECONDS) == (BuildResult("", ()), None)
    state.on_built = None


class _EndedForkServer(ForkServer):
    """Counts requests, and fails."""

    def __init__(self) -> None:
        self.requests = 0

    def start(self) -> NoReturn:
        self.requests += 1
        raise BrokenPipeError

    def close(self) -> None:
        """Do nothing."""


def test_new_processes_build_after_code_has_changed_or_the_fork_server_has_ended(tmp_path: Path) -> None:
    server = _EndedForkServer()
    pool = WorkerPool([], tmp_path, lambda *_: None, server)
    for requests in (1, 1):
        worker = pool.build(low_priority=False)
        assert worker is not None
        assert isinstance(worker._process, subprocess.Popen)
        assert server.requests == requests
        pool.reload_code()
    pool.close()
