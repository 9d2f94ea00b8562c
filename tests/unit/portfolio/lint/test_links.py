"""The anchors that the record adds to a page."""

from pathlib import Path

from portfolio.lint.links import record_anchor_ids
from tests.unit.portfolio import records

FRONT_MATTER = "---\ndate: 2026-01-01\ncategories: [c]\n---\n\n# A\n"


def test_the_timeline_has_anchors_for_published_posts_only(tmp_path: Path) -> None:
    files = {"data/career.yml": {"roles": []}, "posts/out.md": FRONT_MATTER, "posts/draft.md": FRONT_MATTER}
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    assert record_anchor_ids("timeline.html", "", record, {"out"}) == {"out", "only-posts"}
    assert record_anchor_ids("entries.html", "talks", record, {"out"}) == set()
