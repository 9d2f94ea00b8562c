"""The chart: positions that follow from the record, labels that do not collide, lanes that are reused."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.record import dates
from portfolio.record.dates import parse_date
from portfolio.record.models import Post, Role
from portfolio.record.record import Record
from portfolio.timeline import chart, chart_layout
from portfolio.timeline.chart import Drawing
from portfolio.timeline.chart_layout import Mark
from portfolio.timeline.views import Portfolio, PostPage, SiteUrls
from tests.unit.portfolio import records

NOW = date(2026, 6, 30)
TALKS = {
    "talks": [
        {"id": "t", "title": "T", "appearances": [{"date": "2016"}]},
        {"id": "u", "title": "U", "appearances": [{"date": "2018-05-01"}]},
        {"id": "undated", "title": "V"},
    ]
}


def test_date_span_covers_a_year_and_a_day_is_a_point() -> None:
    year, day = (
        chart_layout.date_span(dates.parse_date("2019"), NOW),
        chart_layout.date_span(dates.parse_date("2019-05-17"), NOW),
    )
    assert [year.first, year.last] == pytest.approx([2019.0, 2020.0], abs=0.01)
    assert not year.is_point
    assert day.is_point


def test_date_span_of_an_approximate_year_is_longer() -> None:
    about, year = (
        chart_layout.date_span(dates.parse_date("2019~"), NOW),
        chart_layout.date_span(dates.parse_date("2019"), NOW),
    )
    assert about.first < year.first
    assert about.last > year.last


def test_an_uncertain_start_and_end_fade_longer_than_certain_ones(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path,
        {"id": "certain", "start_date": "2010", "end_date": "2019"},
        {"id": "uncertain", "start_date": "2010?", "end_date": "[2018?,2019]"},
    )
    spans = chart_layout.engagement_spans(record, NOW)
    certain, uncertain = spans["certain"], spans["uncertain"]
    assert uncertain.first == pytest.approx(certain.first - chart_layout.FADE)
    assert uncertain.last == pytest.approx(certain.last + chart_layout.FADE)
    assert certain.solid_from < uncertain.solid_from < uncertain.solid_to < certain.solid_to


def test_engagement_spans_use_dates_else_evidence_else_order(tmp_path: Path) -> None:
    record, problems = records.career(
        tmp_path,
        {"id": "now", "start_date": "2020-01-01", "end_date": "present"},
        {"id": "between", "after": ["seen"], "before": ["now"]},
        {"id": "seen", "evidence": ["t", "u"]},
        {"id": "nowhere"},
        talks_yml=TALKS,
    )
    assert problems == []
    spans = chart_layout.engagement_spans(record, NOW)
    assert spans.keys() == {"now", "between", "seen"}
    assert spans["now"].ground == "dates"
    assert spans["now"].last == spans["now"].solid_to == pytest.approx(2026.5, abs=0.01)
    assert spans["now"].first == pytest.approx(spans["now"].solid_from, abs=0.01)
    assert spans["seen"].ground == "evidence"
    assert spans["seen"].first < spans["seen"].solid_from == spans["seen"].evidence[0][0]
    assert spans["between"].ground == "order"
    assert spans["seen"].solid_to <= spans["between"].first < spans["between"].last <= spans["now"].solid_from


@pytest.mark.parametrize(
    "when", ["1500/..", "2031", "2019?", "[..2015]", "[2015..]", "0001", "9999-12-31", "/0999"]
)
def test_date_span_accepts_any_date(when: str) -> None:
    span = chart_layout.date_span(dates.parse_date(when), NOW)
    assert span.first <= span.solid_from <= span.solid_to <= span.last


def test_ongoing_entries_end_today(tmp_path: Path) -> None:
    today = chart_layout.decimal_year(NOW)
    assert chart_layout.date_span(dates.parse_date("2010/.."), NOW).last == today
    for start in ("2026", "2026-06~", "2010", "2030", None):
        record, _ = records.career(
            tmp_path, {"id": "a", "start_date": start, "end_date": "present"}, {"id": "b", "date": "2012"}
        )
        span = chart_layout.engagement_spans(record, NOW)["a"]
        assert span.last == (today if start != "2030" else 2030)


def test_an_ongoing_role_without_start_fades_in_from_the_latest_dated_entry(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "end_date": "present"}, {"id": "b", "date": "2012-03/2014-06-30"}
    )
    span = chart_layout.engagement_spans(record, NOW)["a"]
    assert span.first == pytest.approx(2014.5, abs=0.01)
    assert span.solid_from == span.last == chart_layout.decimal_year(NOW)


def test_an_ongoing_role_without_start_fades_in_to_its_first_evidence(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "end_date": "present", "evidence": ["u", "t"]}, talks_yml=TALKS
    )
    span = chart_layout.engagement_spans(record, NOW)["a"]
    assert span.solid_from == 2016
    assert span.first == 2016 - chart_layout.FADE
    assert span.solid_to == span.last == chart_layout.decimal_year(NOW)


def test_a_span_by_order_has_a_length_even_if_there_is_no_time_for_it(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path,
        {"id": "older", "date": "2010-01-01/2012-06-30"},
        {"id": "a", "after": ["older"], "before": ["newer"]},
        {"id": "newer", "date": "2012-07-01/2015-01-01"},
    )
    spans = chart_layout.engagement_spans(record, NOW)
    assert spans["a"].last - spans["a"].first == pytest.approx(chart_layout.FADE)
    assert (spans["a"].first + spans["a"].last) / 2 == pytest.approx(2012.5, abs=0.01)


def test_a_span_by_order_is_not_in_the_future(tmp_path: Path) -> None:
    roles = {"id": "a", "start_date": "2015", "end_date": "present"}, {"id": "b", "after": ["a"]}
    record, _ = records.career(tmp_path, *roles)
    span = chart_layout.engagement_spans(record, NOW)["b"]
    assert 2015 <= span.first < span.last <= chart_layout.decimal_year(NOW)


def test_an_unknown_end_fades(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "start_date": "2012-03-01"}, {"id": "b", "end_date": "2012"}
    )
    spans = chart_layout.engagement_spans(record, NOW)
    assert spans["a"].solid_to < spans["a"].last
    assert spans["b"].first < spans["b"].solid_from


def draw(tmp_path: Path, *roles: dict[str, Any], **files: Any) -> chart.Chart | None:
    record, _ = records.career(tmp_path, *roles, **files)
    return chart.TimelineRenderer().draw(Portfolio(record, SiteUrls()), NOW)


def test_a_record_without_dates_has_no_chart(tmp_path: Path) -> None:
    assert draw(tmp_path) is None
    assert draw(tmp_path, {"id": "a"}) is None


def test_every_entry_has_one_mark_in_each_layout(tmp_path: Path) -> None:
    picture = draw(tmp_path, {"id": "a", "date": "2019"}, {"id": "b"}, talks_yml=TALKS)
    assert picture is not None
    for drawing in (picture.wide, picture.upright):
        marks = [mark for lane in drawing.lanes for mark in lane.marks]
        assert [mark.id for mark in marks] == ["a", "b", "u", "t", "undated"]
        assert {mark.id for mark in marks if mark.ground == "none"} == {"b", "undated"}
        assert all(0 <= mark.first <= mark.solid_from <= mark.solid_to <= mark.last <= 100 for mark in marks)
        years = [int(label) for _, label in drawing.years]
        assert years == sorted(years)
        assert min(years) <= 2016 + 1
    assert any("2016" in mark.name for lane in picture.wide.lanes for mark in lane.marks)


def test_labels_are_dropped_if_there_are_too_many(tmp_path: Path) -> None:
    few = draw(tmp_path, *({"id": f"r{n}", "date": "2019"} for n in range(5)))
    many = draw(tmp_path, *({"id": f"r{n}", "date": "2019"} for n in range(40)))
    assert few is not None
    assert many is not None
    assert all(mark.label for mark in few.wide.lanes[0].marks)
    assert not any(mark.label for mark in many.wide.lanes[0].marks)
    assert many.wide.lanes[0].size < 400


def awards(*dates: str) -> dict[str, Any]:
    return {"awards": [{"id": f"a{n}", "title": "A", "date": date} for n, date in enumerate(dates)]}


def test_years_stack_up_to_one_column_each(tmp_path: Path) -> None:
    picture = draw(tmp_path, awards_yml=awards("2019", "2019", "2019", "2018", "2018", "2020"))
    assert picture is not None
    (lane,) = picture.wide.lanes
    rows = {mark.id: mark.at for mark in lane.marks}
    first, second, third = sorted(set(rows.values()))
    # The spans of consecutive years touch, and share their rows all the same.
    assert [id for id, at in rows.items() if at == first] == ["a5", "a0", "a3"]
    assert [id for id, at in rows.items() if at == second] == ["a1", "a4"]
    assert [id for id, at in rows.items() if at == third] == ["a2"]


def test_a_lane_with_many_rows_has_thin_marks_and_is_not_much_higher(tmp_path: Path) -> None:
    lanes = []
    for number in (1, 5, 20, 400):
        picture = draw(tmp_path, awards_yml=awards(*["2019"] * number))
        assert picture is not None
        lanes.append((picture.wide.lanes[0], picture.upright.lanes[0]))
    assert [(lane.size, lane.bar, lane.reach) for lane, _ in lanes] == [
        (22, 3, 16),
        (54, 3, 8),
        (90.4, pytest.approx(2.16), 0),
        (139, pytest.approx(1.8), 0),
    ]
    assert [lane.size for _, lane in lanes] == [10, pytest.approx(29.2), 48, 88]


ROLE = st.fixed_dictionaries(
    {
        "start_date": st.sampled_from([None, "1999", "2005-06-01", "2009~", "201X", "2015?", "2030"]),
        "end_date": st.sampled_from([None, "present", "2020", "2022-02", "2010?"]),
        "company": st.text(min_size=1, max_size=70).filter(str.strip)
        | st.sampled_from(["早稲田大学", "جامعة القاهرة"]),
    }
)


@given(st.lists(ROLE, min_size=1, max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_marks_and_labels_do_not_collide(tmp_path: Path, roles: list[dict[str, Any]]) -> None:
    picture = draw(tmp_path, *({**role, "id": f"r{number}"} for number, role in enumerate(roles)))
    if picture is not None:
        _assert_apart(picture.wide)
        _assert_apart(picture.upright)


def _assert_apart(drawing: Drawing) -> None:
    """Marks in a row, with their labels, do not overlap at the smallest size of the layout."""
    length = 640 if drawing.name == "wide" else 420
    for lane in drawing.lanes:
        rows: dict[float, list[tuple[float, float]]] = {}
        for mark in lane.marks:
            rows.setdefault(mark.at, []).append(_extent(mark, length))
        for extents in rows.values():
            extents.sort()
            for (_, end), (start, _) in pairwise(extents):
                assert end < start


def _extent(mark: Mark, length: int) -> tuple[float, float]:
    first, last = mark.first * length / 100, mark.last * length / 100
    # Characters of most sans fonts are half as wide as high; those of wide scripts are as wide as high.
    width = (
        sum(13 if ord(character) > 0x2E80 else 6.5 for character in f"{mark.label} {mark.sublabel}")
        if mark.label
        else 0
    )
    if mark.label_side == "before":
        return first - width, last
    return first, max(last, (last if mark.label_side == "after" else first) + width)


IDS = ["a", "b", "c"]
RECORD_ROLES = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.tuples(
        *(
            st.builds(
                Role,
                id=st.just(f"role-{id}"),
                company=st.sampled_from(["One", "Two"]),
                position=st.just("Work"),
                start_date=st.sampled_from([None, "1990", "2020-05"]).map(
                    lambda text: text and parse_date(text)
                ),
                evidence=st.lists(st.sampled_from(IDS), unique=True, max_size=2).map(tuple),
            )
            for id in ids
        )
    )
)
POSTS = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.tuples(
        *(
            st.builds(
                Post,
                id=st.just(id),
                path=st.just(f"{id}.md"),
                date=st.dates(date(2024, 1, 1), date(2024, 3, 1)),
                about=st.sampled_from([(), ("role-a",)]),
            )
            for id in ids
        )
    )
)
RECORDS = st.builds(Record, roles=RECORD_ROLES, posts=POSTS)
TITLES = st.sampled_from(["One title", "Another"])
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(st.lists(st.tuples(RECORDS, TITLES, DAYS, st.booleans()), min_size=2, max_size=3))
def test_a_redrawn_chart_equals_a_chart_drawn_from_scratch(
    steps: list[tuple[Record, str, date, bool]],
) -> None:
    renderer, previous = chart.TimelineRenderer(), None
    posts: tuple[Post, ...] = ()
    for step_record, title, day, reuse_posts in steps:
        record = step_record.with_entries(posts=posts) if reuse_posts else step_record
        posts = record.posts
        urls = SiteUrls(posts={post.id: PostPage(f"{post.id}/", title) for post in posts})
        previous = Portfolio(record, urls, previous)
        scratch = Portfolio(record, urls)
        assert previous.sections == scratch.sections
        assert renderer.draw(previous, day) == chart.TimelineRenderer().draw(scratch, day)


def test_unchanged_lanes_are_not_drawn_again() -> None:
    record = Record(posts=tuple(Post(id=id, path=f"{id}.md", date=date(2024, 1, 1)) for id in IDS))
    urls = SiteUrls(posts={id: PostPage(f"{id}/", id) for id in IDS})
    renderer, first = chart.TimelineRenderer(), Portfolio(record, urls)
    before = renderer.draw(first, date(2026, 1, 1))
    role = Role(id="role-a", company="One", position="Work", date=parse_date("2025"))
    second = Portfolio(record.with_entries(roles=(role,)), urls, first)
    assert second.sections[-1] is first.sections[-1]
    after = renderer.draw(second, date(2026, 1, 1))
    assert before is not None
    assert after is not None
    assert after.wide.lanes[-1] is before.wide.lanes[-1]
