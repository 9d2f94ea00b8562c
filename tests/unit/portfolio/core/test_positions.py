"""YAML and JSON with positions: scalars of YAML as text, every part located, and no input that raises."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.core import positions

NULLS = {"", "~", "null", "Null", "NULL"}
SAMPLE = """\
# A comment.
roles:
  - id: one
    start_date: 2019-05-17
    after: [two, three]
empty:
answer: no
quoted: "null"
"""


def test_load_yaml_returns_scalars_as_text_and_empty_values_as_none() -> None:
    document, problems = positions.load_yaml("sample.yml", SAMPLE)
    assert problems == []
    assert document.data == {
        "roles": [{"id": "one", "start_date": "2019-05-17", "after": ["two", "three"]}],
        "empty": None,
        "answer": "no",
        "quoted": "null",
    }


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (("roles",), (2, 1)),
        (("roles", 0), (3, 5)),
        (("roles", 0, "start_date"), (4, 5)),
        (("roles", 0, "after", 1), (5, 18)),
        (("roles", 0, "missing"), (3, 5)),
        (("nowhere", 7), (2, 1)),
    ],
)
def test_diagnose_uses_the_position_of_the_key_or_of_its_closest_ancestor(
    at: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    problem = positions.load_yaml("sample.yml", SAMPLE)[0].diagnose(at, "wrong", code="record.unknown-key")
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("a: [1,\nb: 2", 2, 5, "not YAML"),
        ("title: one: two", 1, 11, "Put quotation marks"),
        ("title: @x", 1, 8, "Put quotation marks"),
        ("a: 1\na: 2", 2, 1, "is a duplicate; the first is on line 1"),
        ("? [a]\n: 1", 1, 3, "a key must be a word"),
        ("a: &x [*x]", 1, 4, "must not contain itself"),
        ("a: \x00", 1, 1, "control characters"),
        ("[" * 5000 + "]" * 5000, 1, 51, "nested too deeply"),
        ("a: 1\n--- \nb: 2", 2, 1, "not YAML"),
        ("a: !!python/object/apply:os.system [x]", 1, 4, "the tag '!!python/object/apply:os.system'"),
        ("a:\n  b: !!set {c}", 2, 6, "the tag '!!set'"),
        ("a: !!binary aGVsbG8=", 1, 4, "the tag '!!binary'"),
        ("!!binary aGVsbG8=: 1", 1, 1, "the tag '!!binary'"),
        ("!x\na: !!str 1", 1, 1, "the tag '!x'"),
    ],
)
def test_load_yaml_reports_invalid_text_as_a_single_problem(
    text: str, line: int, column: int, said: str
) -> None:
    _, problems = positions.load_yaml("sample.yml", text)
    assert len(problems) == 1
    assert (problems[0].line, problems[0].column) == (line, column)
    assert said in str(problems[0])


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\u2028é\u2028"])
def test_positions_count_lines_as_editors_do(separator: str) -> None:
    text = f"a: '{separator}'\nb: {{c: 1}}\n"
    document, problems = positions.load_yaml("sample.yml", text, first_line=2)
    assert problems == []
    problem = document.diagnose(("b", "c"), "wrong", code="record.unknown-key")
    assert (problem.line, problem.column) == (3, 5)
    _, problems = positions.load_yaml("sample.yml", f"a: '{separator}'\nb: @\n")
    assert [(problem.line, problem.column) for problem in problems] == [(2, 4)]


def test_load_yaml_reports_aliases_that_nest_too_deeply() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 600))]
    _, problems = positions.load_yaml("sample.yml", "\n".join(lines))
    assert ["nested too deeply" in problem.message for problem in problems] == [True]


def test_load_yaml_records_the_tag_of_each_scalar() -> None:
    document, _ = positions.load_yaml("sample.yml", "a: 2019-01-01\nb: '2019-01-01'\nc: [1]")
    kinds = {path: tag.rpartition(":")[2] for path, tag in document.tags.items()}
    assert kinds == {("a",): "timestamp", ("b",): "str", ("c", 0): "int"}


def test_load_yaml_limits_the_expansion_of_aliases() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    _, problems = positions.load_yaml("sample.yml", "\n".join(lines))
    assert ["more than 200000 values" in problem.message for problem in problems] == [True]


@given(st.text(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#,? \n\t", max_size=80))
@settings(max_examples=300)
def test_load_yaml_returns_data_or_problems_for_any_text(text: str) -> None:
    document, problems = positions.load_yaml("any.yml", text)
    assert document.data is not None or problems or not _has_content(text)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
DATA = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, DATA, max_size=5))
def test_load_yaml_round_trips_dumped_data(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True)
    document, problems = positions.load_yaml("written.yml", text)
    assert problems == []
    assert document.data == data


def _has_content(text: str) -> bool:
    """Whether a text that is YAML says more than nothing."""
    # The loader that reads the record: PyYAML's own refuses some texts that libyaml accepts.
    events = list(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    return any(
        isinstance(e, yaml.CollectionStartEvent) or getattr(e, "value", "") not in NULLS for e in events
    )


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(JSON_VALUES, st.sampled_from([None, 0, 1, 4]), st.booleans())
def test_load_json_agrees_with_json_loads(value: Any, indent: int | None, ascii_only: bool) -> None:
    document, problems = positions.load_json("a", json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert problems == []
    assert document.data == value


@given(st.text(alphabet=st.characters(exclude_characters="x")), st.text(), st.booleans())
def test_position_in_locates_every_character_of_a_string(before: str, after: str, ascii_only: bool) -> None:
    text = json.dumps({"a": [1, f"{before}x{after}"]}, indent=1, ensure_ascii=ascii_only)
    document, _ = positions.load_json("a", text)
    line, column = document.position_in(("a", 1), len(before))
    assert text.split("\n")[line - 1][column - 1] == "x"


def test_load_json_reports_the_position_of_invalid_json() -> None:
    _, problems = positions.load_json("n.ipynb", '{\n "cells": [,]\n}')
    assert list(map(str, problems)) == ["n.ipynb:2:12: this is not JSON: expecting value."]
    _, problems = positions.load_json("n.ipynb", "[" * 100_000)
    assert list(map(str, problems)) == ["n.ipynb:1:1: this is nested too deeply."]


def test_load_json_stops_at_a_limit_of_values() -> None:
    text = json.dumps([["x"] * 1000] * 300, indent=0)
    document, (problem,) = positions.load_json("a.ipynb", text)
    assert document.data is None
    assert problem.message == "there are more than 200000 values."
    assert 200_000 < problem.line < 202_000
