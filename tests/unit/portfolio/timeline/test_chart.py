"""The chart: what it draws for a record, marks and labels that do not collide, lanes that are reused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mkdocs_incremental.fingerprint import Digester
from portfolio.core import i18n
from portfolio.record.dates import parse_date
from portfolio.record.models import Post, Role
from portfolio.record.record import Record
from portfolio.timeline import chart
from portfolio.timeline.chart import Axis, Drawing, Lane
from portfolio.timeline.spans import Span
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


def draw(
    tmp_path: Path, *roles: dict[str, Any], urls: SiteUrls | None = None, **files: Any
) -> chart.Chart | None:
    record, _ = records.career(tmp_path, *roles, **files)
    return chart.TimelineRenderer().draw(Portfolio(record, urls or SiteUrls()), NOW)


def lane_of(drawn: chart.Chart | None, kind: str) -> Lane:
    assert drawn is not None
    return next(lane for lane in drawn.wide.lanes if lane.kind == kind)


def awards(*dates: str) -> dict[str, Any]:
    return {"awards": [{"id": f"a{n}", "title": "A", "date": date} for n, date in enumerate(dates)]}


@pytest.fixture
def arabic() -> Iterator[None]:
    i18n.use_language("ar")
    yield
    i18n.use_language("en")


def test_a_record_without_dates_has_no_chart(tmp_path: Path) -> None:
    assert draw(tmp_path) is None
    assert draw(tmp_path, {"id": "a"}) is None


def test_every_entry_with_a_position_has_one_mark(tmp_path: Path) -> None:
    picture = draw(tmp_path, {"id": "a", "date": "2019"}, {"id": "b"}, talks_yml=TALKS)
    assert picture is not None
    marks = [mark for lane in picture.wide.lanes for mark in lane.marks]
    assert [mark.id for mark in marks] == ["a", "t", "u"]
    assert [mark.shape for mark in marks] == ["bar", "hollow", "point"]
    assert marks[1].name == "T, 2016"
    assert [year for _at, year in picture.wide.years] == [str(year) for year in range(2016, 2027)]
    assert picture.years == (2016, 2026)


def test_known_dates_are_sharp_and_unknown_ends_fade(tmp_path: Path) -> None:
    lane = lane_of(
        draw(
            tmp_path,
            {"id": "known", "start_date": "2010-01-01", "end_date": "2015-12-31"},
            {"id": "begun", "start_date": "2010-01-01"},
            {"id": "linked", "evidence": ["t", "u"]},
            {"id": "ordered", "after": ["begun"], "before": ["linked"]},
            talks_yml=TALKS,
        ),
        "roles",
    )
    marks = {mark.id: mark for mark in lane.marks}
    assert [opacity for _at, opacity in marks["begun"].stops] == [1, 1, 0]
    assert [opacity for _at, opacity in marks["linked"].stops] == [0, 1, 1, 0]
    assert len(marks["linked"].ticks) == 2
    assert marks["ordered"].stops == ()
    assert {id: mark.symbols for id, mark in marks.items()} == {
        "known": {"dates"},
        "begun": {"dates", "fade"},
        "linked": {"evidence"},
        "ordered": {"order"},
    }


def test_an_employer_has_one_hue_that_a_later_one_does_not_change(tmp_path: Path) -> None:
    def role(id: str, company: str, year: int) -> dict[str, Any]:
        return {"id": id, "company": company, "start_date": f"{year}", "end_date": f"{year + 1}"}

    old = [role("a", "One", 2000), role("b", "Two", 2002), role("c", "One", 2004)]
    before = {mark.id: mark.hue for mark in lane_of(draw(tmp_path / "x", *old), "roles").marks}
    assert before == {"a": 1, "b": 2, "c": 1}
    after = lane_of(draw(tmp_path / "y", role("d", "Three", 2010), *old), "roles")
    assert {mark.id: mark.hue for mark in after.marks} == before | {"d": 3}


def test_linked_work_has_the_hue_of_the_employer(tmp_path: Path) -> None:
    lane = lane_of(draw(tmp_path, {"id": "a", "date": "2019", "evidence": ["t"]}, talks_yml=TALKS), "talks")
    assert {mark.id: mark.hue for mark in lane.marks} == {"t": 1, "u": 0}


@pytest.mark.parametrize(("number", "has_counts"), [(3, False), (4, True)])
def test_a_lane_with_too_many_rows_has_counts(tmp_path: Path, number: int, has_counts: bool) -> None:
    lane = lane_of(draw(tmp_path, awards_yml=awards(*["2019-05-01"] * number)), "awards")
    assert bool(lane.counts) is has_counts
    assert bool(lane.marks) is not has_counts


def test_a_count_separates_what_is_certain(tmp_path: Path) -> None:
    dates = ["2019", "2019-05", "2019", "[2019,2020]", "2020~", "2016/2018"]
    lane = lane_of(draw(tmp_path, awards_yml=awards("2000", *dates)), "awards")
    names = {count.name: round(count.certain / count.height, 2) for count in lane.counts}
    assert names == {
        "Awards, 1999–2000: 1": 1,
        "Awards, 2015–2016: 1": 1,
        "Awards, 2017–2018: 2, of which 1 perhaps at another time": 0.5,
        "Awards, 2019–2020: 5, of which 1 perhaps at another time": 0.8,
        "Awards, 2021–2022: 1, of which 1 perhaps at another time": 0,
    }
    assert [count.number for count in lane.counts] == [1, 1, 2, 5, 1]
    assert lane.counts[0].url == "#a0"


@pytest.mark.parametrize("number", [50, 5000])
def test_posts_cost_the_same_however_many_they_are(number: int) -> None:
    days = [
        date.fromordinal(date(2016, 1, 1).toordinal() + 3800 * place // number) for place in range(number)
    ]
    posts = tuple(Post(id=f"p{place}", path=f"p{place}.md", date=day) for place, day in enumerate(days))
    urls = SiteUrls(
        posts={post.id: PostPage(f"{post.id}/", "P") for post in posts},
        pages={"posts": "blog/"},
        archive={year: f"blog/archive/{year}/" for year in range(2016, 2027)},
    )
    lane = lane_of(chart.TimelineRenderer().draw(Portfolio(Record(posts=posts), urls), NOW), "posts")
    assert len(lane.counts) == 11
    assert lane.height == chart.WIDE.row + chart.WIDE.column - chart.WIDE.bar
    assert sum(count.number for count in lane.counts) == number
    assert lane.counts[0].url == "blog/archive/2016/"


def test_posts_of_two_years_are_counted_by_month() -> None:
    days = [date(2025, 11, 5), date(2026, 1, 31), date(2026, 1, 1)]
    posts = tuple(Post(id=f"p{place}", path=f"p{place}.md", date=day) for place, day in enumerate(days))
    urls = SiteUrls(posts={post.id: PostPage(f"{post.id}/", "P") for post in posts}, pages={"posts": "blog/"})
    axis = Axis.around([Span(2026.1, 2026.1, 2026.2, 2026.2)], NOW, is_mirrored=False)
    assert axis == Axis(2026, 2027, 1 / 12, is_mirrored=False)
    lane = lane_of(chart.TimelineRenderer().draw(Portfolio(Record(posts=posts[1:]), urls), NOW), "posts")
    assert [count.name for count in lane.counts] == ["Posts, January 2026: 2"]


@pytest.mark.usefixtures("arabic")
def test_time_runs_from_right_to_left_in_arabic(tmp_path: Path) -> None:
    picture = draw(tmp_path, {"id": "a", "start_date": "2010-01-01"}, {"id": "b", "date": "2020"})
    assert picture is not None
    assert picture.wide.is_mirrored
    older, newer = sorted(lane_of(picture, "roles").marks, key=lambda mark: mark.id)
    assert older.box[0] > newer.box[0]
    # It fades out to the left.
    assert [opacity for _at, opacity in older.stops] == [0, 1, 1]
    positions = [at for at, _year in picture.wide.years]
    assert positions == sorted(positions, reverse=True)


def test_the_small_chart_has_a_row_for_each_employer(tmp_path: Path) -> None:
    picture = draw(
        tmp_path,
        {"id": "a", "company": "One", "date": "2010/2012"},
        {"id": "b", "company": "Two", "date": "2011/2014"},
        {"id": "c", "company": "One", "date": "2011/2016"},
        talks_yml=TALKS,
    )
    assert picture is not None
    engaged, work = picture.small.lanes
    assert [label.text for label in engaged.labels] == ["One", "Two"]
    tops = {mark.id: mark.y for mark in engaged.marks}
    assert tops["a"] == tops["c"] < tops["b"]
    assert [count.number for count in work.counts] == [1, 1]
    # Columns of few entries are low.
    assert {count.height for count in work.counts} == {round(chart.SMALL.column / 3, 1)}
    assert picture.strip.lanes[0].labels == ()
    # Both have the axis of the chart.
    assert {mark.id: mark.box for mark in picture.strip.lanes[0].marks}["b"][0] == next(
        mark.box[0] for mark in lane_of(picture, "roles").marks if mark.id == "b"
    )


def test_the_small_chart_has_the_whole_names_for_wide_screens(tmp_path: Path) -> None:
    name = "A company with a name that is too long for phones"
    picture = draw(tmp_path, {"id": "a", "company": name, "date": "2010/2012"})
    assert picture is not None
    (label,) = picture.small.lanes[0].labels
    assert label.whole == name
    assert label.text == "A company with a name that is too…"


TEXT = st.sampled_from(["x" * 5, "A company with a long name " * 6, "مهندسة جسور أولى", "横浜ベイブリッジ"])
WHEN = st.sampled_from([None, "1999", "2005-06-01", "2009~", "201X", "2015?", "2030", "[1990..]", "0999"])
ROLE = st.fixed_dictionaries(
    {
        "company": TEXT,
        "position": TEXT,
        "start_date": WHEN,
        "end_date": st.one_of(WHEN, st.just("present")),
    }
)
AWARDS = st.lists(
    st.sampled_from(["1999", "2005-06-01", "2009~", "201X", "2024", "2001/2002", "/1960"]), max_size=90
)


@given(st.lists(ROLE, max_size=30), AWARDS, st.sampled_from(["en", "ar"]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_nothing_collides_or_leaves_the_drawing(
    tmp_path_factory: pytest.TempPathFactory, roles: list[dict[str, Any]], when: list[str], language: str
) -> None:
    i18n.use_language(language)
    try:
        picture = draw(
            tmp_path_factory.mktemp("record"),
            *({**role, "id": f"r{number}"} for number, role in enumerate(roles)),
            awards_yml=awards(*when),
        )
    finally:
        i18n.use_language("en")
    if picture is not None:
        for drawing in (picture.wide, picture.small, picture.strip):
            _check_drawing(drawing)
        for lane in picture.wide.lanes:
            _check_targets(lane)


def _check_drawing(drawing: Drawing) -> None:
    """Nothing is outside, and the labels and bars of a row are apart, at the smallest size of the drawing."""
    for lane in drawing.lanes:
        boxes = [mark.box for mark in lane.marks] + [count.box for count in lane.counts]
        boxes += [box for mark in lane.marks for box in (mark.reach, *mark.ticks)]
        assert all(x >= -0.01 and x + width <= 100.01 for x, width in boxes)
        assert all(mark.y >= 0 and mark.y + lane.size.bar <= lane.height for mark in lane.marks)
        assert all(0 <= count.certain <= count.height <= lane.size.column for count in lane.counts)
        assert all(0 <= offset <= 1 for mark in lane.marks for offset, _opacity in mark.stops)
        rows: dict[float, list[tuple[float, float]]] = {}
        for label in lane.labels:
            left, right = _label_ends(label, lane, drawing.is_mirrored)
            assert -0.1 <= left < right <= lane.size.length + 0.1, label
            rows.setdefault(label.y, []).append((left, right))
        for extents in rows.values():
            extents.sort()
            assert all(end <= start for (_, end), (start, _) in pairwise(extents))


def _label_ends(label: chart.Label, lane: Lane, is_mirrored: bool) -> tuple[float, float]:
    width = chart.text_width(f"{label.text}  {label.more}" if label.more else label.text)
    at = label.x * lane.size.length / 100
    return (at - width, at) if label.is_at_end is not is_mirrored else (at, at + width)


def _check_targets(lane: Lane) -> None:
    """Each target is at least 24 px wide and high, and none covers another."""
    px = lane.size.length / 100
    assert all(count.box[1] * px >= chart.TARGET - 0.01 for count in lane.counts)
    assert not lane.counts or lane.height >= chart.TARGET
    targets = sorted((mark.y, mark.reach) for mark in lane.marks)
    assert all(width * px >= chart.TARGET - 0.01 for _y, (_x, width) in targets)
    for (y, (x, width)), (next_y, (next_x, _)) in pairwise(targets):
        if y == next_y:
            assert x + width <= next_x + 0.01
        else:
            assert next_y - y >= chart.TARGET


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
    # The title of a post is not in the chart.
    urls = replace(urls, posts={**urls.posts, "a": PostPage("a/", "Another title")})
    after = renderer.draw(Portfolio(record.with_entries(roles=(role,)), urls, first), date(2026, 1, 1))
    assert before is not None
    assert after is not None
    assert after.wide.lanes[-1] is before.wide.lanes[-1]


def test_pages_with_the_chart_depend_on_the_record_and_the_day(tmp_path: Path) -> None:
    record, _ = records.career(tmp_path, {"id": "a", "start_date": "2019"})
    other, _ = records.career(tmp_path, {"id": "a", "start_date": "2018"})
    renderer = chart.TimelineRenderer()

    def digest(record: Record, day: date) -> bytes:
        return Digester().digest(cache(partial(renderer.draw, Portfolio(record, SiteUrls()), day)))

    before = digest(record, NOW)
    renderer.draw(Portfolio(record, SiteUrls()), NOW)
    digests = [digest(record, NOW), digest(record, date(2026, 7, 1)), digest(other, NOW)]
    assert [digest == before for digest in digests] == [True, False, False]
