"""Values of configurations and front matter, of any type."""

from datetime import date, datetime

import pytest

from portfolio.importer.values import (
    as_list,
    as_mapping,
    as_texts,
    find_zone,
    first_text,
    parse_iso_date,
    parse_time,
    unused_name,
)


@pytest.mark.parametrize(
    ("value", "items", "texts"),
    [
        (None, [], []),
        ("", [""], []),
        (" a ", [" a "], ["a"]),
        (3, [3], ["3"]),
        (["a", None, {"b": 1}, ["c"], 2], ["a", None, {"b": 1}, ["c"], 2], ["a", "2"]),
    ],
)
def test_lists(value: object, items: list[object], texts: list[str]) -> None:
    assert as_list(value) == items
    assert as_texts(value) == texts


def test_other_values_are_empty_mappings() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    assert as_mapping(["a"]) == as_mapping(None) == {}


def test_the_first_key_with_a_text_or_number_counts() -> None:
    assert first_text({"a": "", "b": None, "c": ["x"], "d": 7, "e": "e"}, "a", "b", "c", "d", "e") == "7"
    assert first_text({"a": False, "b": {}}, "a", "b", "missing") == ""


def test_zones() -> None:
    zone = find_zone("Europe/Paris")
    assert zone is not None
    assert str(datetime(2026, 1, 31, tzinfo=zone)) == "2026-01-31 00:00:00+01:00"
    assert find_zone("Europe/Nowhere") is None
    assert find_zone("../../etc/passwd") is None


def test_dates() -> None:
    assert parse_iso_date(" 2026-01-31 ") == date(2026, 1, 31)
    assert str(parse_iso_date("2026-01-31T10:20")) == "2026-01-31 10:20:00"
    assert parse_iso_date("2026-02-31") is None
    assert parse_iso_date(20260131) is None
    assert str(parse_time("31 Jan 2026", ("%Y-%m-%d", "%d %b %Y"))) == "2026-01-31 00:00:00"
    assert parse_time("soon", ("%Y-%m-%d",)) is None


def test_a_used_name_gets_a_number_before_its_suffix() -> None:
    assert unused_name("a", {"b"}) == "a"
    assert unused_name("a", {"a", "a-2"}) == "a-3"
    assert unused_name("a", {"a.md"}, ".md") == "a-2.md"
