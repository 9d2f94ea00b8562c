"""EDTF: every form of the subset, every refusal with its reason, and bounds that another library confirms."""

import re
from datetime import date

import edtf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.record import dates
from portfolio.record.dates import DateError, DateSet, Interval, Moment, Precision

MOMENTS = [
    ("2019", Precision.YEAR, "2019-01-01", "2019-12-31"),
    ("2019-05", Precision.MONTH, "2019-05-01", "2019-05-31"),
    ("2020-02", Precision.MONTH, "2020-02-01", "2020-02-29"),
    ("2019-05-17", Precision.DAY, "2019-05-17", "2019-05-17"),
    ("2019~", Precision.YEAR, "2019-01-01", "2019-12-31"),
    ("2019-05?", Precision.MONTH, "2019-05-01", "2019-05-31"),
    ("2019-05-17%", Precision.DAY, "2019-05-17", "2019-05-17"),
    ("201X", Precision.DECADE, "2010-01-01", "2019-12-31"),
    ("20XX", Precision.CENTURY, "2000-01-01", "2099-12-31"),
    ("2019-XX", Precision.YEAR, "2019-01-01", "2019-12-31"),
    ("2019-05-XX", Precision.MONTH, "2019-05-01", "2019-05-31"),
    ("2019-XX-XX", Precision.YEAR, "2019-01-01", "2019-12-31"),
    ("2019-21", Precision.SEASON, "2019-01-01", "2019-12-31"),
]

REFUSALS = [
    ("", "it is empty"),
    ("2019-13", "month 13"),
    ("2019-00", "month 00"),
    ("2019-02-29", "day 29 of a month with 28 days"),
    ("0000", "year 0000"),
    ("2019-5", "months and days have two digits"),
    ("2019-05-7", "months and days have two digits"),
    ("05/2019", "the year comes first"),
    ("17.05.2019", "the year comes first"),
    ("May 2019", "the year comes first"),
    ("2012-2015", "an interval is written with a slash"),
    ("2012 – 2015", "an interval is written with a slash"),
    ("2019-05-17T10:00:00Z", "write 2019-05-17"),
    ("201X-05", "a year with an X stands alone"),
    ("2019-XX-17", "a day (17) needs its month"),
    ("2019-21-01", "a season has no day"),
    ("/", "a date on one side"),
    ("../..", "a date on one side"),
    ("2012/2013/2014", "two sides"),
    ("2015/2012", "the interval ends (2012) before it starts (2015)"),
    ("[2021..2019]", "the range ends (2019) before it starts (2021)"),
    ("[..]", "a date on one side"),
    ("[]", "it is empty"),
    ("{2012,2013}/2015", "several dates, and this takes one"),
    ("{2021..2019}", "the range ends (2019) before it starts (2021)"),
    ("{}", "it is empty"),
    ("2019T", "not the form"),
    ("soon", "not the form"),
    ("२०१९", "not the form"),
]


@pytest.mark.parametrize(("text", "precision", "earliest", "latest"), MOMENTS)
def test_a_moment_has_its_precision_and_bounds(
    text: str, precision: Precision, earliest: str, latest: str
) -> None:
    moment = dates.parse(text)
    assert isinstance(moment, Moment)
    assert moment.precision is precision
    assert (moment.earliest, moment.latest) == (date.fromisoformat(earliest), date.fromisoformat(latest))
    assert moment.approximate is text.endswith(("~", "%"))
    assert moment.uncertain is text.endswith(("?", "%"))


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_what_is_no_date_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=re.escape(reason)):
        dates.parse(text)


@pytest.mark.parametrize("text", [text for text, *_ in MOMENTS if text != "2019-21"])
def test_bounds_agree_with_another_reader_of_edtf(text: str) -> None:
    moment = dates.parse(text)
    other = edtf.parse_edtf(text)
    assert isinstance(moment, Moment)
    assert moment.earliest == date(*other.lower_strict()[:3])
    assert moment.latest == date(*other.upper_strict()[:3])


def test_an_open_side_is_not_an_unknown_one() -> None:
    unknown, going_on = dates.parse("2020/"), dates.parse("2020/..")
    assert isinstance(unknown, Interval)
    assert isinstance(going_on, Interval)
    assert (unknown.end, unknown.open_end) == (None, False)
    assert (going_on.end, going_on.open_end) == (None, True)


def test_one_of_a_set_reaches_from_the_first_to_the_last() -> None:
    choice = dates.parse("[2016,2019..2021-05]")
    assert isinstance(choice, DateSet)
    assert (choice.earliest, choice.latest) == (date(2016, 1, 1), date(2021, 5, 31))
    before = dates.parse("[..2015]")
    assert isinstance(before, DateSet)
    assert (before.floor, before.ceiling) == (None, date(2015, 12, 31))


def test_each_of_a_set_is_meant_by_braces() -> None:
    both = dates.parse("{2018, 2020 .. 2021-05}")
    assert isinstance(both, DateSet)
    assert both.each
    assert (both.earliest, both.latest) == (date(2018, 1, 1), date(2021, 5, 31))
    assert isinstance(one := dates.parse("[2018,2019]"), DateSet)
    assert not one.each


@pytest.mark.parametrize(
    ("text", "reason"), [("{2018,2019}", "several dates, and this takes one"), ("2018/2019", "an interval")]
)
def test_a_point_is_one_date(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=reason):
        dates.parse_point(text)


def test_about_widens_what_is_sure_and_a_question_mark_proves_nothing() -> None:
    about, perhaps = dates.parse_point("2019~"), dates.parse_point("2019?")
    assert about.floor is not None
    assert about.floor < date(2018, 6, 1)
    assert (perhaps.floor, perhaps.ceiling) == (None, None)
    assert dates.surely_before(dates.parse_point("2017"), dates.parse_point("2019"))
    assert not dates.surely_before(dates.parse_point("2018"), about)
    assert not dates.surely_before(dates.parse_point("1990"), perhaps)


@given(st.text(max_size=30) | st.text(alphabet="0123456789-/.~?%X[],{}", max_size=24))
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    try:
        found = dates.parse(text)
    except DateError:
        return
    else:
        assert found.text == text.strip()


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]), st.sampled_from(["", "~", "?", "%"]))
def test_a_day_lies_within_whatever_is_written_of_it(day: date, form: str, mark: str) -> None:
    moment = dates.parse(day.isoformat()[: {"%Y-%m-%d": 10, "%Y-%m": 7, "%Y": 4}[form]] + mark)
    assert isinstance(moment, Moment)
    assert moment.earliest <= day <= moment.latest
    assert moment.floor is None or moment.floor <= moment.earliest
    assert moment.ceiling is None or moment.ceiling >= moment.latest


@given(st.dates(), st.dates())
def test_an_interval_is_refused_just_when_it_runs_backwards(first: date, last: date) -> None:
    assume(first != last)
    text = f"{first.isoformat()}/{last.isoformat()}"
    if first < last:
        assert isinstance(dates.parse(text), Interval)
    else:
        with pytest.raises(DateError, match="before it starts"):
            dates.parse(text)
