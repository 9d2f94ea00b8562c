from collections.abc import Callable

import pytest

from mkdocs_incremental.api import ReportedItems, track_dependencies


@pytest.mark.parametrize(
    ("add", "expected"),
    [
        (lambda reports: reports.append("a"), True),
        (lambda reports: reports.extend(["a", "b"]), True),
        (lambda reports: reports.extend([]), False),
    ],
    ids=["append", "extend", "nothing"],
)
def test_conversion_that_adds_reports_is_noticed(
    add: Callable[[ReportedItems[str]], None], expected: bool
) -> None:
    with track_dependencies() as dependencies:
        add(ReportedItems())
    assert dependencies.has_reports is expected
