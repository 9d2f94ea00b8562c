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
