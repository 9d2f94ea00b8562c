"""Dates in words, against a table that a person has read."""

from pathlib import Path

import pytest

from portfolio import dates, words
from portfolio.models import Role

TABLE = Path(__file__).parents[2] / "golden" / "words" / "dates.txt"


@pytest.mark.parametrize("line", TABLE.read_text(encoding="utf-8").splitlines())
def test_a_date_is_told_no_more_exactly_than_it_is_known(line: str) -> None:
    text, _, told = (part.strip() for part in line.partition("|"))
    assert words.of_date(dates.parse(text)) == told


@pytest.mark.parametrize(
    ("start", "end", "told", "duration"),
    [
        ("2012-03", "2014-05", "March 2012 to May 2014", "2 years, 3 months"),
        ("2012-03", "2012-03", "March 2012", "1 month"),
        ("2012-03-15", "2013-02", "15 March 2012 to February 2013", "1 year"),
        ("2012", "2015", "2012 to 2015", "about 3 years"),
        ("2012", "2012", "2012", None),
        ("2012~", "2015", "about 2012 to 2015", None),
        ("2012", "2015?", "2012 to perhaps 2015", None),
        ("201X", "2020", "the 2010s to 2020", None),
        ("2012", None, "from 2012; end not stated", None),
        (None, "2015", "until 2015; start not stated", None),
        ("2021", "present", "since 2021", None),
        (None, "present", "now; start not stated", None),
        (None, None, "date not stated", None),
    ],
)
def test_a_role_s_dates_and_duration(
    start: str | None, end: str | None, told: str, duration: str | None
) -> None:
    data = {"id": "r", "company": "c", "position": "p", "start_date": start, "end_date": end}
    role = Role.model_validate(data)
    assert words.of_engagement(role) == told
    assert words.duration(role) == duration


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
    assert words.machine_readable(dates.parse(text)) == machine
