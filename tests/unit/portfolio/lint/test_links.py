"""The anchors that the record adds to a page."""

from pathlib import Path

import pytest

from portfolio.lint.links import record_anchor_ids
from portfolio.record.models import Talk
from portfolio.record.record import Record
from tests.unit.portfolio import records

FRONT_MATTER = "---\ndate: 2026-01-01\ncategories: [c]\n---\n\n# A\n"


def test_the_timeline_has_anchors_for_published_posts_only(tmp_path: Path) -> None:
    files = {"data/career.yml": {"roles": []}, "posts/out.md": FRONT_MATTER, "posts/draft.md": FRONT_MATTER}
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    assert record_anchor_ids("timeline.html", "", record, {"out"}, ["posts"]) == {"only-posts"}
    assert record_anchor_ids("entries.html", "talks", record, {"out"}, ["talks"]) == set()


@pytest.mark.parametrize(
    ("count", "has_page", "is_listed"), [(10, True, True), (11, True, False), (11, False, True)]
)
def test_the_timeline_leaves_many_entries_to_the_page_of_their_kind(
    count: int, has_page: bool, is_listed: bool
) -> None:
    talks = tuple(Talk(id=f"t{number}", title="T") for number in range(count))
    ids = record_anchor_ids("timeline.html", "", Record(talks=talks), set(), ["talks"] if has_page else [])
    assert ids == {"only-talks"} | ({talk.id for talk in talks} if is_listed else set())
