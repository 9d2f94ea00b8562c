import threading

import pytest

from mkdocs_live.build_messages import BuildMessage
from mkdocs_live.coordinator import CurrentSite
from mkdocs_live.server import EventHub, SiteNotReadyError


def test_a_request_does_not_wait_forever_for_the_first_build() -> None:
    site = CurrentSite(EventHub(), first_build_seconds=0.01)
    with pytest.raises(SiteNotReadyError):
        site.read("index.html")


def test_a_request_waits_for_the_first_build() -> None:
    site = CurrentSite(EventHub(), first_build_seconds=5)
    threading.Timer(0.02, site.report_failure, [(BuildMessage("", 0, 0, "It failed."),)]).start()
    assert site.read("index.html") is None
