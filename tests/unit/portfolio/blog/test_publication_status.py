"""When a post is published, and which files are withheld with an unpublished one."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from portfolio.blog.publication_status import (
    check_publication,
    find_draft_assets,
    list_publication_times,
    list_unpublished,
    publication_time,
)
from portfolio.record.models import Post

AUCKLAND, HONOLULU = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
DAY = Post(id="a", path="a.md", date=date(2026, 3, 1))
FILES = {"b/posts/a.png", "b/posts/a.dark.png", "b/posts/of/data (1).csv", "b/posts/lone.png"}
DRAFT = "---\nimage: b/posts/a.png\n---\n# D\n\n" + (
    "![A](../posts/a.png#only-light) and [data](of/data%20%281%29.csv)\n"
)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        (UTC, "2026-03-01T00:00+00:00"),
        (AUCKLAND, "2026-02-28T11:00+00:00"),
        (HONOLULU, "2026-03-01T10:00+00:00"),
    ],
)
def test_a_post_is_published_at_midnight_in_the_zone_of_the_site(zone: ZoneInfo, midnight: str) -> None:
    time = datetime.fromisoformat(midnight)
    assert check_publication(DAY, time, zone) is None
    before = check_publication(DAY, time - timedelta(seconds=1), zone)
    assert before is not None
    assert before.day == date(2026, 3, 1)


def test_publication_time_uses_the_time_of_the_post_and_its_own_zone() -> None:
    naive = DAY.model_copy(update={"time": datetime(2026, 3, 1, 9, 30)})  # noqa: DTZ001 - that is the case
    assert publication_time(naive, AUCKLAND) == datetime(2026, 2, 28, 20, 30, tzinfo=UTC)
    tokyo = timezone(timedelta(hours=9))
    aware = DAY.model_copy(update={"time": datetime(2026, 3, 1, 9, 30, tzinfo=tokyo)})
    assert publication_time(aware, HONOLULU) == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def test_unpublished_posts_are_listed_drafts_first_then_by_day() -> None:
    posts = [
        DAY.model_copy(update={"id": id, "path": id, "date": day, "draft": draft})
        for id, day, draft in [
            ("late", date(2027, 1, 2), False),
            ("soon", date(2027, 1, 1), False),
            ("draft", date(2020, 1, 1), True),
            ("out", date(2020, 1, 1), False),
            ("none", None, False),
        ]
    ]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert [(status.post.id, status.day) for status in list_unpublished(posts, now, UTC)] == [
        ("draft", None), ("soon", date(2027, 1, 1)), ("late", date(2027, 1, 2)),
    ]  # fmt: skip
    assert list_publication_times(posts, now, UTC) == [
        datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC),
    ]  # fmt: skip


def test_files_that_only_a_draft_refers_to_are_its_assets() -> None:
    assert find_draft_assets({"b/posts/d.md": DRAFT}, {}, FILES) == FILES - {"b/posts/lone.png"}
    assert find_draft_assets({}, {"index.md": DRAFT}, FILES) == set()


@pytest.mark.parametrize(
    "published",
    [
        "![A](b/posts/a.png)",
        "[A](b/posts/%61.png?x)",
        '<img alt="" src="../2026/a.png">',
        '<img alt="" srcset="x/a.png 2x, c.png">',
        "![A][a]\n\n[a]: <b/posts/a.png>",
        "---\nimage: b/posts/a.png\n---\n",
    ],
)
def test_a_file_that_a_published_page_refers_to_is_no_draft_asset(published: str) -> None:
    assets = find_draft_assets({"b/posts/d.md": DRAFT}, {"index.md": published, "x.md": "# a.pn"}, FILES)
    assert "b/posts/a.png" not in assets
    assert "b/posts/of/data (1).csv" in assets


def test_a_file_of_the_same_name_in_another_folder_is_another_file() -> None:
    published = {"b/posts/p/index.md": "![A](a.png)"}
    assert "b/posts/a.png" in find_draft_assets({"b/posts/d.md": DRAFT}, published, FILES)
