"""The collector of objects in circles: seldom while a site is built, and as before afterwards."""

from __future__ import annotations

import gc

from mkdocs_incremental.gc_tuning import Collector


def test_search_is_seldom_until_the_end() -> None:
    before = gc.get_threshold()
    collector = Collector()
    collector.begin()
    during = gc.get_threshold()
    # A second build of a process that serves, after one that was given up.
    collector.begin()
    collector.end()
    assert during[0] > before[0]
    assert gc.get_threshold() == before


def test_end_without_a_beginning_changes_nothing() -> None:
    before = gc.get_threshold()
    Collector().end()
    assert gc.get_threshold() == before


def test_collector_that_is_off_stays_as_it_is() -> None:
    before = gc.get_threshold()
    gc.disable()
    try:
        Collector().begin()
        assert gc.get_threshold() == before
    finally:
        gc.enable()
