"""The anchors that the record gives to a page."""

from pathlib import Path

from portfolio.lint import links
from tests.unit.portfolio import records

FRONT = "---\ndate: 2026-01-01\ncategories: [c]\n---\n\n# A\n"


def test_the_timeline_has_the_posts_that_are_shown_and_no_other(tmp_path: Path) -> None:
    files = {"data/career.yml": {"roles": []}, "posts/out.md": FRONT, "posts/draft.md": FRONT}
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    assert links.record_anchor_ids("timeline.html", record, {"out"}) == {"out", "only-posts"}
    assert links.record_anchor_ids("talks.html", record, {"out"}) == set()
