"""Spans of time: what follows from the dates, the evidence and the order of a record."""

from datetime import date
from pathlib import Path

import pytest

from portfolio.record import dates
from portfolio.timeline import spans
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
        spans.date_span(dates.parse_date("2019"), NOW),
        spans.date_span(dates.parse_date("2019-05-17"), NOW),
    )
    assert [year.first, year.last] == pytest.approx([2019.0, 2020.0], abs=0.01)
    assert not year.is_point
    assert day.is_point


def test_date_span_of_an_approximate_year_is_longer() -> None:
    about, year = (
        spans.date_span(dates.parse_date("2019~"), NOW),
        spans.date_span(dates.parse_date("2019"), NOW),
    )
    assert about.first < year.first
    assert about.last > year.last


def test_an_uncertain_start_and_end_fade_longer_than_certain_ones(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path,
        {"id": "certain", "start_date": "2010", "end_date": "2019"},
        {"id": "uncertain", "start_date": "2010?", "end_date": "[2018?,2019]"},
    )
    roles = spans.engagement_spans(record, NOW)
    certain, uncertain = roles["certain"], roles["uncertain"]
    assert uncertain.first == pytest.approx(certain.first - spans.FADE)
    assert uncertain.last == pytest.approx(certain.last + spans.FADE)
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
    roles = spans.engagement_spans(record, NOW)
    assert roles.keys() == {"now", "between", "seen"}
    assert roles["now"].ground == "dates"
    assert roles["now"].last == roles["now"].solid_to == pytest.approx(2026.5, abs=0.01)
    assert roles["now"].first == pytest.approx(roles["now"].solid_from, abs=0.01)
    assert roles["seen"].ground == "evidence"
    assert roles["seen"].first < roles["seen"].solid_from == roles["seen"].evidence[0][0]
    assert roles["between"].ground == "order"
    assert roles["seen"].solid_to <= roles["between"].first < roles["between"].last <= roles["now"].solid_from


@pytest.mark.parametrize(
    "when", ["1500/..", "2031", "2019?", "[..2015]", "[2015..]", "0001", "9999-12-31", "/0999"]
)
def test_date_span_accepts_any_date(when: str) -> None:
    span = spans.date_span(dates.parse_date(when), NOW)
    assert span.first <= span.solid_from <= span.solid_to <= span.last


def test_ongoing_entries_end_today(tmp_path: Path) -> None:
    today = spans.decimal_year(NOW)
    assert spans.date_span(dates.parse_date("2010/.."), NOW).last == today
    for start in ("2026", "2026-06~", "2010", "2030", None):
        record, _ = records.career(
            tmp_path, {"id": "a", "start_date": start, "end_date": "present"}, {"id": "b", "date": "2012"}
        )
        span = spans.engagement_spans(record, NOW)["a"]
        assert span.last == (today if start != "2030" else 2030)


def test_an_ongoing_role_without_start_fades_in_from_the_latest_dated_entry(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "end_date": "present"}, {"id": "b", "date": "2012-03/2014-06-30"}
    )
    span = spans.engagement_spans(record, NOW)["a"]
    assert span.first == pytest.approx(2014.5, abs=0.01)
    assert span.solid_from == span.last == spans.decimal_year(NOW)


def test_an_ongoing_role_without_start_fades_in_to_its_first_evidence(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "end_date": "present", "evidence": ["u", "t"]}, talks_yml=TALKS
    )
    span = spans.engagement_spans(record, NOW)["a"]
    assert span.solid_from == 2016
    assert span.first == 2016 - spans.FADE
    assert span.solid_to == span.last == spans.decimal_year(NOW)


def test_a_span_by_order_has_a_length_even_if_there_is_no_time_for_it(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path,
        {"id": "older", "date": "2010-01-01/2012-06-30"},
        {"id": "a", "after": ["older"], "before": ["newer"]},
        {"id": "newer", "date": "2012-07-01/2015-01-01"},
    )
    roles = spans.engagement_spans(record, NOW)
    assert roles["a"].last - roles["a"].first == pytest.approx(spans.FADE)
    assert (roles["a"].first + roles["a"].last) / 2 == pytest.approx(2012.5, abs=0.01)


def test_a_span_by_order_is_not_in_the_future(tmp_path: Path) -> None:
    roles = {"id": "a", "start_date": "2015", "end_date": "present"}, {"id": "b", "after": ["a"]}
    record, _ = records.career(tmp_path, *roles)
    span = spans.engagement_spans(record, NOW)["b"]
    assert 2015 <= span.first < span.last <= spans.decimal_year(NOW)


def test_an_unknown_end_fades(tmp_path: Path) -> None:
    record, _ = records.career(
        tmp_path, {"id": "a", "start_date": "2012-03-01"}, {"id": "b", "end_date": "2012"}
    )
    roles = spans.engagement_spans(record, NOW)
    assert roles["a"].solid_to < roles["a"].last
    assert roles["b"].first < roles["b"].solid_from
