"""When a post is out."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from portfolio.blog import publication_status
from portfolio.record.models import Post

AUCKLAND, HONOLULU = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
DAY = Post(id="a", path="a.md", date=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        (UTC, "2026-03-01T00:00+00:00"),
        (AUCKLAND, "2026-02-28T11:00+00:00"),
        (HONOLULU, "2026-03-01T10:00+00:00"),
    ],
)
def test_a_day_begins_where_the_site_is(zone: ZoneInfo, moment: str) -> None:
    midnight = datetime.fromisoformat(moment)
    assert publication_status.check_publication(DAY, midnight, zone) is None
    before = publication_status.check_publication(DAY, midnight - timedelta(seconds=1), zone)
    assert before is not None
    assert before.day == date(2026, 3, 1)


def test_a_time_counts_and_its_own_zone_too() -> None:
    naive = DAY.model_copy(update={"time": datetime(2026, 3, 1, 9, 30)})  # noqa: DTZ001 - that is the case
    assert publication_status.publication_time(naive, AUCKLAND) == datetime(2026, 2, 28, 20, 30, tzinfo=UTC)
    tokyo = timezone(timedelta(hours=9))
    aware = DAY.model_copy(update={"time": datetime(2026, 3, 1, 9, 30, tzinfo=tokyo)})
    assert publication_status.publication_time(aware, HONOLULU) == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def test_drafts_come_first_and_then_the_days() -> None:
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
    found = publication_status.list_unpublished(posts, datetime(2026, 1, 1, tzinfo=UTC), UTC)
    assert [(one.post.id, one.day) for one in found] == [
        ("draft", None), ("soon", date(2027, 1, 1)), ("late", date(2027, 1, 2)),
    ]  # fmt: skip
