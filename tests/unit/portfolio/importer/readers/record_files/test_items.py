"""Values of a CV as values of the record."""

import pytest

from portfolio.core.runs import Run, parse_markdown
from portfolio.importer.readers.record_files.items import (
    escape_markdown,
    join_texts,
    parse_date,
    split_description,
)
from portfolio.record.dates import DateError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-05-17", "2019-05-17"),
        ("2019-05-17T00:00:00.000Z", "2019-05-17"),
        ("Mar 2019", "2019-03"),
        ("March 17, 2019", "2019-03-17"),
        ("Fall  2019", "2019-23"),
        ("about 2019", "2019~"),
        ("05/2019", "2019-05"),
        ("2018-2020", "2018/2020"),
        ("Mar 2018 – Sep 2020", "2018-03/2020-09"),
        ("June 2018 to present", "2018-06/.."),
        ("2018 - Present", "2018/.."),
        ("2018-now", "2018/.."),
        ("2018 until 2019-02-03", "2018/2019-02-03"),
        ("2019-05-17 – 2019-06-01", "2019-05-17/2019-06-01"),
        ("2019-05-17T10:00 - Present", "2019-05-17/.."),
    ],
)
def test_a_date_is_as_exact_as_it_came(text: str, expected: str) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2019-05-17 or later",
        "Marz 2019",
        "3/4/2019",
        "2020 – 2018",
        "a – b",
        "present",
        "2019-13",
        "9" * 500,
    ],
)
def test_a_date_is_never_guessed(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["plain", "*a*", "a_b_", "[a](b)", "](", "`a`", "a \\* b", "<https://a.example>"]
)
def test_escaped_text_is_read_as_it_is(text: str) -> None:
    assert parse_markdown(escape_markdown(text)) == (Run(text),)


def test_a_description_is_divided_into_text_and_items() -> None:
    text = "First line,\nsecond line.\n\n• One\n  continued\n- Two\n\nAfter that.\n1. Three\n*not an item*"
    assert split_description(text) == (
        "First line, second line.",
        ["One continued", "Two", "After that.", "Three *not an item*"],
    )
    assert split_description("") == ("", [])
    assert split_description("-5 degrees") == ("-5 degrees", [])


def test_texts_are_joined_as_sentences() -> None:
    assert join_texts(["One.", "", "Two", "Three"]) == "One. Two; Three"
