import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mkdocs.exceptions import Abort

from mkdocs_live import coordinator
from mkdocs_live.build_messages import BuildMessage
from mkdocs_live.coordinator import CurrentSite, Preview
from mkdocs_live.server import EventHub, PageMovedError, SiteNotReadyError
from mkdocs_live.session import ChangeResult, FetchedFile
from mkdocs_live.workers import (
    BuildProgress,
    BuildResult,
    Worker,
    WorkerBusyError,
    WorkerLostError,
    start_process,
)


def test_a_request_does_not_wait_forever_for_the_first_build() -> None:
    site = CurrentSite(EventHub(), first_build_seconds=0.01)
    with pytest.raises(SiteNotReadyError):
        site.read("index.html")


def test_a_request_waits_for_the_first_build() -> None:
    site = CurrentSite(EventHub(), first_build_seconds=5)
    threading.Timer(0.02, site.report_failure, [(BuildMessage("", 0, 0, "It failed."),)]).start()
    assert site.read("index.html") is None


def test_a_build_during_which_files_changed_is_discarded(tmp_path: Path) -> None:
    preview = Preview("127.0.0.1", 0, "http://127.0.0.1/", tmp_path, [], [])
    outdated, current = (Worker(start_process([sys.executable, "-c", "input()"])) for _ in range(2))
    # The result comes when the next build has begun.
    preview._builder = current
    preview._on_result(outdated, BuildResult(str(tmp_path), ()))
    with pytest.raises(WorkerLostError):
        outdated.receive()
    assert not preview._current._is_ready.is_set()
    preview._on_result(current, BuildResult(str(tmp_path), ()))
    assert preview._current._is_ready.is_set()
    preview.shutdown()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    number = getattr(signal, name)
    # Below nohup, SIGHUP is ignored.
    handlers = {each: signal.signal(each, signal.SIG_DFL) for each in (signal.SIGTERM, signal.SIGHUP)}
    preview = Preview("127.0.0.1", 0, "http://127.0.0.1/", tmp_path, [], [])
    monkeypatch.setattr(preview, "_run_once", lambda: signal.raise_signal(number))
    try:
        preview.serve()
    finally:
        preview.shutdown()
        for each, handler in handlers.items():
            signal.signal(each, handler)
    assert preview._changes.is_closed


def test_the_next_free_port_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        preview = Preview("127.0.0.1", port, f"http://127.0.0.1:{port}/a/", tmp_path, ["serve"], [])
        running = tmp_path / ".cache" / "serve.json"
        written: list[Any] = []

        def read_and_end() -> None:
            written.append(json.loads(running.read_text()))
            preview._changes.close()

        monkeypatch.setattr(preview, "_run_once", read_and_end)
        preview.serve()
        preview.shutdown()
    actual = written[0]["port"]
    assert written == [{"pid": os.getpid(), "port": actual}]
    assert port < actual < port + 20
    assert preview._url == f"http://127.0.0.1:{actual}/a/"
    assert preview._workers._arguments == ["serve", "--dev-addr", f"127.0.0.1:{actual}"]
    assert f"Port {port} is in use; the site is on port {actual} instead." in caplog.text
    assert not running.exists()


def test_a_second_preview_leaves_the_file_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = tmp_path / ".cache" / "serve.json"
    running.parent.mkdir()
    for process, is_left in ((os.getppid(), True), (2**31 - 1, False)):
        running.write_text(first := json.dumps({"pid": process, "port": 1}))
        preview = Preview("127.0.0.1", 0, "http://127.0.0.1:0/", tmp_path, ["serve"], [])
        monkeypatch.setattr(preview, "_run_once", preview._changes.close)
        preview.serve()
        assert (running.read_text() == first) is is_left
        preview.shutdown()
        assert running.exists() is is_left


def test_a_port_that_cannot_be_used_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Abort, match=r"^Cannot serve on 192\.0\.2\.1:8000: "):
        Preview("192.0.2.1", 8000, "http://192.0.2.1:8000/", tmp_path, [], [])
    monkeypatch.setattr(coordinator, "_PORTS_TRIED", 1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Abort, match=r"are in use\. Choose another one with --dev-addr\."):
            Preview("127.0.0.1", port, f"http://127.0.0.1:{port}/", tmp_path, [], [])


class _StubWorker(Worker):
    """Answers requests with prepared results, and is busy if there is none."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.results: dict[str, object] = {}

    def request(self, method: str, *_: object, **__: object) -> Any:
        if method not in self.results:
            raise WorkerBusyError
        return self.results[method]

    def kill(self) -> None:
        """There is no process."""


@pytest.fixture
def worker() -> _StubWorker:
    return _StubWorker()


@pytest.fixture
def site(tmp_path: Path, worker: _StubWorker) -> CurrentSite:
    site = CurrentSite(EventHub())
    (tmp_path / "a.html").write_bytes(b"built")
    site.replace(worker, BuildResult(str(tmp_path), ()))
    worker.results["apply_changes"] = ChangeResult(pages=True)
    return site


def test_the_last_page_is_served_while_the_worker_is_busy(
    site: CurrentSite, worker: _StubWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(EventHub, "send", lambda _self, event, _data=None: events.append(event))
    site.apply_changes(frozenset({"a.md"}))
    assert site.read("a.html") == b"built"
    worker.results["fetch"] = FetchedFile(b"changed")
    assert site.read("a.html") == b"changed"
    # Browsers load the page again.
    assert events == ["pages"]
    site.apply_changes(frozenset({"a.md"}))
    del worker.results["fetch"]
    assert site.read("a.html") == b"changed"


def test_a_page_that_moved_is_redirected_until_it_exists_again(
    site: CurrentSite, worker: _StubWorker
) -> None:
    for old, new in (("a.html", "b.html"), ("b.html", "c.html"), ("c.html", "a.html")):
        worker.results["apply_changes"] = ChangeResult(moved={old: new})
        site.apply_changes(frozenset({"a.md"}))
    worker.results["fetch"] = FetchedFile(is_removed=True)
    with pytest.raises(PageMovedError, match=r"^c\.html$"):
        site.read("b.html")
    assert site.read("a.html") is None


def _message(path: str, message: str, *, code: str = "a.b", **fields: Any) -> BuildMessage:
    return BuildMessage(path, 1, 1, message, code=code, **fields)


def test_messages_of_the_check_replace_those_that_the_build_logged(
    site: CurrentSite, worker: _StubWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[list[str]] = []

    def set_messages(_: EventHub, messages: Sequence[BuildMessage]) -> list[BuildMessage]:
        shown.append([message.message for message in messages])
        return []

    monkeypatch.setattr(EventHub, "set_messages", set_messages)
    checked, other = _message("a.md", "checked", is_from_check=True), _message("a.md", "other")
    by_mkdocs = BuildMessage("b.md", 1, 0, "MkDocs says so.")
    site.replace(worker, BuildResult(str(tmp_path), (checked, other, by_mkdocs)))
    site.publish_messages()
    found = _message("b.md", "found")
    worker.results["apply_changes"] = ChangeResult(is_checked=True, check_messages=(found,))
    site.apply_changes(frozenset({"b.md"}))
    worker.results["check"] = ChangeResult(is_checked=True)
    site.check()
    assert shown == [
        ["checked", "other", "MkDocs says so."],
        ["found", "other"],
        ["other", "MkDocs says so."],
    ]


def test_a_worker_that_ends_while_it_builds_is_replaced_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = Preview("127.0.0.1", 0, "http://127.0.0.1/", tmp_path, [], [])
    first, second = _StubWorker(), _StubWorker()
    monkeypatch.setattr(preview._workers, "build", lambda **_: second)
    preview._builder = first
    lost = BuildResult("", (BuildMessage("", 0, 0, "It ended."),), is_lost=True)
    preview._on_result(first, lost)
    assert preview._builder is second
    assert not preview._current._is_ready.is_set()
    second.folder = ""
    preview._on_result(second, lost)
    assert preview._current._build_messages == lost.messages
    preview.shutdown()


def test_a_build_that_may_hang_is_reported_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "_SLOW_BUILD_SECONDS", 0.0)
    preview = Preview("127.0.0.1", 0, "http://127.0.0.1/", tmp_path, [], [])
    worker = _StubWorker()
    worker.progress = BuildProgress(BuildMessage("hooks/a.py", 7, 5, ""), ())
    monkeypatch.setattr(preview._workers, "build", lambda **_: worker)
    preview._run_once()
    preview._run_once()
    (notice,) = preview._current._notice
    assert str(notice).startswith(
        "hooks/a.py:7:5: The build has been running for 0 s. A hook, a plugin or a page"
    )
    preview.shutdown()
