"""YAML with places: all scalars as text, every part located, and no input that raises."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.core import yaml_positions

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


def test_scalars_are_text_and_nothing_is_none() -> None:
    document, problems = yaml_positions.load("sample.yml", SAMPLE)
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
def test_a_problem_is_placed_at_its_key_or_at_what_would_hold_it(
    at: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    problem = yaml_positions.load("sample.yml", SAMPLE)[0].diagnose(at, "wrong")
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
    ],
)
def test_what_cannot_be_read_is_one_located_problem(text: str, line: int, column: int, said: str) -> None:
    _, problems = yaml_positions.load("sample.yml", text)
    assert len(problems) == 1
    assert (problems[0].line, problems[0].column) == (line, column)
    assert said in str(problems[0])


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\u2028é\u2028"])
def test_lines_are_those_that_an_editor_counts(sign: str) -> None:
    text = f"a: '{sign}'\nb: {{c: 1}}\n"
    document, problems = yaml_positions.load("sample.yml", text, first_line=2)
    assert problems == []
    problem = document.diagnose(("b", "c"), "wrong")
    assert (problem.line, problem.column) == (3, 5)
    _, problems = yaml_positions.load("sample.yml", f"a: '{sign}'\nb: @\n")
    assert [(problem.line, problem.column) for problem in problems] == [(2, 4)]


def test_aliases_do_not_nest_deeper_than_what_is_written() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 600))]
    _, problems = yaml_positions.load("sample.yml", "\n".join(lines))
    assert ["nested too deeply" in problem.message for problem in problems] == [True]


def test_what_yaml_takes_a_scalar_for_is_noted() -> None:
    document, _ = yaml_positions.load("sample.yml", "a: 2019-01-01\nb: '2019-01-01'\nc: [1]")
    kinds = {path: tag.rpartition(":")[2] for path, tag in document.tags.items()}
    assert kinds == {("a",): "timestamp", ("b",): "str", ("c", 0): "int"}


def test_aliases_of_aliases_do_not_blow_up() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    _, problems = yaml_positions.load("sample.yml", "\n".join(lines))
    assert ["larger than a record" in problem.message for problem in problems] == [True]


@given(st.text(max_size=200) | st.text(alphabet="ab:-[]{}&*!|>'\"#,? \n\t", max_size=80))
@settings(max_examples=300)
def test_any_text_gives_data_or_problems(text: str) -> None:
    document, problems = yaml_positions.load("any.yml", text)
    assert document.data is not None or problems or not _has_content(text)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
DATA = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, DATA, max_size=5))
def test_what_was_written_is_read(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True)
    document, problems = yaml_positions.load("written.yml", text)
    assert problems == []
    assert document.data == data


def _has_content(text: str) -> bool:
    """Whether a text that is YAML says more than nothing."""
    # The loader that reads the record: the one in Python refuses some texts that libyaml accepts.
    events = list(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    return any(
        isinstance(e, yaml.CollectionStartEvent) or getattr(e, "value", "") not in NULLS for e in events
    )
