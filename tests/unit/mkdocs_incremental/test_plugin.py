"""The garbage collector runs less often during a build, and as before afterwards."""

from __future__ import annotations

import gc

from mkdocs_incremental.plugin import GcThresholds


def test_thresholds_are_higher_until_restored() -> None:
    before = gc.get_threshold()
    thresholds = GcThresholds()
    thresholds.apply()
    during = gc.get_threshold()
    # The next build of a server, after one that failed.
    thresholds.apply()
    thresholds.restore()
    assert during[0] > before[0]
    assert gc.get_threshold() == before


def test_restore_alone_changes_nothing() -> None:
    before = gc.get_threshold()
    GcThresholds().restore()
    assert gc.get_threshold() == before


def test_disabled_collector_is_not_changed() -> None:
    before = gc.get_threshold()
    gc.disable()
    try:
        GcThresholds().apply()
        assert gc.get_threshold() == before
    finally:
        gc.enable()
