"""Dates in words, against a table that a person has read."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.record import date_text, dates
from portfolio.record.models import Role

TABLE = Path(__file__).parents[3] / "golden" / "words" / "dates.txt"


@pytest.mark.parametrize("line", TABLE.read_text(encoding="utf-8").splitlines())
def test_a_date_is_told_no_more_exactly_than_it_is_known(line: str) -> None:
    text, _, told = (part.strip() for part in line.partition("|"))
    assert date_text.of_date(dates.parse(text)) == told


@pytest.mark.parametrize(
    ("start", "end", "told", "duration"),
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
        ("2012", None, "from 2012; end not stated", None),
        (None, "2015", "until 2015; start not stated", None),
        ("2021", "present", "since 2021", None),
        (None, "present", "to the present; start not stated", None),
        (None, None, "date not stated", None),
    ],
)
def test_a_role_s_dates_and_duration(
    start: str | None, end: str | None, told: str, duration: str | None
) -> None:
    data = {"id": "r", "company": "c", "position": "p", "start_date": start, "end_date": end}
    role = Role.model_validate(data)
    assert date_text.of_engagement(role) == told
    assert date_text.duration(role) == duration


@given(st.dates(), st.dates())
def test_a_duration_is_never_longer_than_what_was_worked(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    data = {"id": "r", "company": "c", "position": "p", "start_date": f"{first}", "end_date": f"{last}"}
    told = date_text.duration(Role.model_validate(data)) or ""
    number = {unit: int(count) for count, unit in re.findall(r"(\d+) (year|month)", told)}
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
def test_machines_are_told_only_what_is_sure(text: str, machine: str) -> None:
    assert date_text.machine_readable(dates.parse(text)) == machine
