"""EDTF dates: every form and rejection of the subset, bounds compared with another library, and wording."""

import re
from datetime import date
from pathlib import Path

import edtf
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolio.core import i18n
from portfolio.record import dates
from portfolio.record.dates import DateError, DateSet, Interval, Precision, SingleDate
from portfolio.record.models import Role

TABLE = Path(__file__).parents[3] / "golden" / "words" / "dates.txt"

SINGLE_DATES = [
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
    ("2019-13", "there is no month 13"),
    ("2019-00", "there is no month 00"),
    ("2019-02-29", "there is no day 29 in a month with 28 days"),
    ("0000", "there is no year 0000"),
    ("2019-5", "months and days have two digits"),
    ("2019-05-7", "months and days have two digits"),
    ("05/2019", "the year comes first"),
    ("17.05.2019", "the year comes first"),
    ("May 2019", "the year comes first"),
    ("2012-2015", "an interval is written with a slash"),
    ("2012 – 2015", "an interval is written with a slash"),
    ("2019-05-17T10:00:00Z", "a time of day is too precise"),
    ("201X-05", "a year with an X has no month"),
    ("2019-XX-17", "a day (17) needs its month"),
    ("2019-21-01", "a season has no day"),
    ("/", "a date on one side"),
    ("../..", "a date on one side"),
    ("2012/2013/2014", "two sides"),
    ("2015/2012", "the interval ends (2012) before it starts (2015)"),
    ("[2021..2019]", "the range ends (2019) before it starts (2021)"),
    ("[..]", "a date on one side"),
    ("[]", "it is empty"),
    ("{2012,2013}/2015", "several dates, and this field takes one"),
    ("{2021..2019}", "the range ends (2019) before it starts (2021)"),
    ("{}", "it is empty"),
    ("2019T", "not have the form"),
    ("soon", "not have the form"),
    # An interval, whose last year is not written in full.
    ("2012/15", "not have the form"),
    ("about " * 2000 + "2019", "not have the form"),
    ("२०१९", "not have the form"),
]


@pytest.mark.parametrize(("text", "precision", "earliest", "latest"), SINGLE_DATES)
def test_parse_date_returns_precision_and_bounds(
    text: str, precision: Precision, earliest: str, latest: str
) -> None:
    single = dates.parse_date(text)
    assert isinstance(single, SingleDate)
    assert single.precision is precision
    assert (single.earliest, single.latest) == (date.fromisoformat(earliest), date.fromisoformat(latest))
    assert single.approximate is text.endswith(("~", "%"))
    assert single.uncertain is text.endswith(("?", "%"))


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_parse_date_rejects_invalid_text_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=re.escape(reason)):
        dates.parse_date(text)


@pytest.mark.parametrize("text", [text for text, *_ in SINGLE_DATES if text != "2019-21"])
def test_bounds_agree_with_another_edtf_parser(text: str) -> None:
    single = dates.parse_date(text)
    reference = edtf.parse_edtf(text)
    assert isinstance(single, SingleDate)
    assert single.earliest == date(*reference.lower_strict()[:3])
    assert single.latest == date(*reference.upper_strict()[:3])


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("March 2011", "2011-03"),
        ("Sept. 2011", "2011-09"),
        ("17 march 2011", "2011-03-17"),
        ("March 17th, 2011", "2011-03-17"),
        ("Summer 2012", "2012-22"),
        ("fall 2012", "2012-23"),
        ("03/2011", "2011-03"),
        ("2011-3", "2011-03"),
        ("2011-3-7", "2011-03-07"),
        ("2012 – 2015", "2012/2015"),
        ("1990s", "199X"),
        ("c. 2019", "2019~"),
        ("about May 2019", "2019-05~"),
        ("about 2019?", ""),
        ("20190517", "2019-05-17"),
        ("2019/05", "2019-05"),
        ("2019/5/7", "2019-05-07"),
        ("2019.05", "2019-05"),
        ("17.05.2019", "2019-05-17"),
        ("2019-05-17 10:00", "2019-05-17"),
        ("2019-05-17T10:00:00.000+02:00", "2019-05-17"),
        ("2019-05-17 or later", ""),
        ("2019-05-17 – 2019-06-01", ""),
        ("201x", "201X"),
        ("2019/present", "2019/.."),
        ("since 2019-05", "2019-05/.."),
        ("2019 - now", "2019/.."),
        ("201905", ""),
        ("2019/13", ""),
        ("17/05/2019", ""),
        ("30 February 2019", ""),
        ("2011-13-1", ""),
        ("Marchember 2011", ""),
        ("soon", ""),
    ],
)
def test_invalid_date_suggests_what_it_certainly_means(text: str, suggestion: str) -> None:
    with pytest.raises(DateError) as error:
        dates.parse_date(text)
    assert error.value.suggestion == suggestion


def test_parse_date_distinguishes_open_and_unknown_ends() -> None:
    unknown, ongoing = dates.parse_date("2020/"), dates.parse_date("2020/..")
    assert isinstance(unknown, Interval)
    assert isinstance(ongoing, Interval)
    assert (unknown.end, unknown.open_end) == (None, False)
    assert (ongoing.end, ongoing.open_end) == (None, True)


def test_a_date_set_spans_its_choices() -> None:
    choice = dates.parse_date("[2016,2019..2021-05]")
    assert isinstance(choice, DateSet)
    assert (choice.earliest, choice.latest) == (date(2016, 1, 1), date(2021, 5, 31))
    before = dates.parse_date("[..2015]")
    assert isinstance(before, DateSet)
    assert (before.floor, before.ceiling) == (None, date(2015, 12, 31))


def test_braces_mean_each_date_of_a_set() -> None:
    both = dates.parse_date("{2018, 2020 .. 2021-05}")
    assert isinstance(both, DateSet)
    assert both.each
    assert (both.earliest, both.latest) == (date(2018, 1, 1), date(2021, 5, 31))
    assert isinstance(choice := dates.parse_date("[2018,2019]"), DateSet)
    assert not choice.each


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{2018,2019}", "several dates, and this field takes one"), ("2018/2019", "an interval")],
)
def test_parse_point_rejects_sets_and_intervals(text: str, reason: str) -> None:
    with pytest.raises(DateError, match=reason):
        dates.parse_point(text)


def test_approximate_dates_widen_bounds_and_uncertain_dates_have_none() -> None:
    about, perhaps = dates.parse_point("2019~"), dates.parse_point("2019?")
    assert about.floor is not None
    assert about.floor < date(2018, 6, 1)
    assert (perhaps.floor, perhaps.ceiling) == (None, None)
    assert dates.is_certainly_before(dates.parse_point("2017"), dates.parse_point("2019"))
    assert not dates.is_certainly_before(dates.parse_point("2018"), about)
    assert not dates.is_certainly_before(dates.parse_point("1990"), perhaps)


@given(st.text(max_size=30) | st.text(alphabet="0123456789-/.~?%X[],{}", max_size=24))
def test_parse_date_parses_or_rejects_any_text(text: str) -> None:
    try:
        parsed = dates.parse_date(text)
    except DateError:
        return
    else:
        assert parsed.text == text.strip()


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"]), st.sampled_from(["", "~", "?", "%"]))
def test_a_day_is_within_the_bounds_of_any_of_its_forms(day: date, form: str, mark: str) -> None:
    single = dates.parse_date(day.isoformat()[: {"%Y-%m-%d": 10, "%Y-%m": 7, "%Y": 4}[form]] + mark)
    assert isinstance(single, SingleDate)
    assert single.earliest <= day <= single.latest
    assert single.floor is None or single.floor <= single.earliest
    assert single.ceiling is None or single.ceiling >= single.latest


@given(st.dates(), st.dates())
def test_parse_date_rejects_exactly_the_reversed_intervals(first: date, last: date) -> None:
    assume(first != last)
    text = f"{first.isoformat()}/{last.isoformat()}"
    if first < last:
        assert isinstance(dates.parse_date(text), Interval)
    else:
        with pytest.raises(DateError, match="before it starts"):
            dates.parse_date(text)


@pytest.mark.parametrize("line", TABLE.read_text(encoding="utf-8").splitlines())
def test_format_date_claims_no_more_precision_than_the_date_has(line: str) -> None:
    text, _, words = (part.strip() for part in line.partition("|"))
    assert dates.format_date(dates.parse_date(text)) == words


@pytest.mark.parametrize(
    ("start", "end", "words", "duration"),
    [
        ("2012-03", "2014-05", "March 2012 to May 2014", "2 years, 3 months"),
        ("2012-03", "2012-03", "March 2012", "1 month"),
        ("2012-03-15", "2013-02", "15 March 2012 to February 2013", "11 months"),
        ("2019-01-01", "2019-12-31", "1 January 2019 to 31 December 2019", "1 year"),
        ("2019-05-31", "2019-06-01", "31 May 2019 to 1 June 2019", None),
        ("2019-12-31", "2020-01-01", "31 December 2019 to 1 January 2020", None),
        ("2019-05-17", "2019-06-16", "17 May 2019 to 16 June 2019", "1 month"),
        ("2019-05-17", "2019-06-15", "17 May 2019 to 15 June 2019", None),
        ("9999-12-01", "9999-12-31", "1 December 9999 to 31 December 9999", None),
        ("2019-12", "2020", "December 2019 to 2020", None),
        ("2012", "2013", "2012 to 2013", None),
        ("2012-03", "2014", "March 2012 to 2014", "about 2 years"),
        ("2012", "2015", "2012 to 2015", "about 3 years"),
        ("2012", "2012", "2012", None),
        ("2012~", "2015", "about 2012 to 2015", None),
        ("2012", "2015?", "2012 to perhaps 2015", None),
        ("201X", "2020", "the 2010s to 2020", None),
        ("2012", None, "from 2012", None),
        (None, "2015", "until 2015", None),
        ("2021", "present", "since 2021", None),
        (None, "present", "to the present", None),
        (None, None, "", None),
    ],
)
def test_engagement_formats_dates_and_duration(
    start: str | None, end: str | None, words: str, duration: str | None
) -> None:
    data = {"id": "r", "company": "c", "position": "p", "start_date": start, "end_date": end}
    role = Role.model_validate(data)
    assert role.format_dates() == words
    assert role.format_duration() == duration


@given(st.dates(), st.dates())
def test_a_duration_is_never_longer_than_the_engagement(first: date, last: date) -> None:
    first, last = sorted((first, last))
    data = {"id": "r", "company": "c", "position": "p", "start_date": f"{first}", "end_date": f"{last}"}
    words = Role.model_validate(data).format_duration() or ""
    counts = re.findall(r"([\d,]+) (year|month)", words)
    number = {unit: int(count.replace(",", "")) for count, unit in counts}
    months = number.get("year", 0) * 12 + number.get("month", 0)
    assert months * 28 <= (last - first).days + 1 < (months + 1) * 31 + 1


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("2019", "2019"),
        ("0987", "0987"),
        ("2019-05", "2019-05"),
        ("2019-05-17", "2019-05-17"),
        ("2019-XX", "2019"),
        ("2019~", ""),
        ("2019?", ""),
        ("201X", ""),
        ("2019-21", ""),
        ("2012/2015", ""),
        ("[2019,2020]", ""),
    ],
)
def test_html_datetime_is_empty_for_inexact_dates(text: str, machine: str) -> None:
    assert dates.html_datetime(dates.parse_date(text)) == machine


def test_an_approximate_date_at_the_end_of_the_calendar_has_bounds() -> None:
    assert dates.parse_point("0001~").floor == date.min
    assert dates.parse_point("9999~").ceiling == date.max


@pytest.mark.parametrize(
    ("text", "german", "arabic", "japanese"),
    [
        ("2019", "2019", "2019", "2019年"),
        ("2019-05-17", "17. Mai 2019", "17 مايو 2019", "2019年5月17日"),
        ("2019-21~", "etwa Frühjahr 2019", "حوالي ربيع 2019", "2019年春頃"),
        ("[2018,2019]", "2018 oder 2019", "2018 أو 2019", "2018年または2019年"),
        ("2019-05/..", "seit Mai 2019", "منذ مايو 2019", "2019年5月から"),
        ("201X?", "vielleicht 2010er Jahre", "ربما عقد 2010", "おそらく2010年代"),
    ],
)
def test_dates_in_other_languages(text: str, german: str, arabic: str, japanese: str) -> None:
    words: dict[str, str | None] = {}
    for language in ("de", "ar", "ja"):
        i18n.use_language(language)
        words[language] = dates.format_date(dates.parse_date(text))
    assert words == {"de": german, "ar": arabic, "ja": japanese}


def test_durations_in_other_languages() -> None:
    start, end = dates.parse_point("2019-01"), dates.parse_point("2021-03")
    words: dict[str, str | None] = {}
    for language in ("de", "fr", "ar", "zh"):
        i18n.use_language(language)
        words[language] = dates.format_duration(start, end)
    assert words == {
        "de": "2 Jahre, 3 Monate",
        "fr": "2 ans et 3 mois",
        "ar": "سنتان و3 أشهر",
        "zh": "2年3个月",
    }
