import signal
import sys
import threading
from pathlib import Path

import pytest

from mkdocs_live.build_messages import BuildMessage
from mkdocs_live.coordinator import CurrentSite, Preview
from mkdocs_live.server import EventHub, SiteNotReadyError
from mkdocs_live.workers import BuildResult, Worker, WorkerLostError


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
    outdated, current = (Worker([sys.executable, "-c", "input()"]) for _ in range(2))
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
    handlers = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    preview = Preview("127.0.0.1", 0, "http://127.0.0.1/", tmp_path, [], [])
    monkeypatch.setattr(preview, "_run_once", lambda: signal.raise_signal(number))
    try:
        preview.serve()
    finally:
        preview.shutdown()
        for each, handler in handlers.items():
            signal.signal(each, handler)
    assert preview._changes.is_closed
