"""Contradictions: each is found, names both sides, and stands where it is written."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.portfolio import records

TALKS = {
    "talks": [
        {"id": "old-talk", "title": "T", "appearances": [{"date": "2001"}, {"date": "2002"}]},
        {"id": "late-talk", "title": "T", "appearances": [{"date": "2001"}, {"date": "2019"}]},
        {"id": "vague-talk", "title": "T", "appearances": [{"date": "2001?"}]},
    ]
}

WRONG: list[tuple[list[dict[str, Any]], list[str]]] = [
    (
        [{"id": "a", "after": ["b"]}, {"id": "b", "after": ["c"]}, {"id": "c", "after": ["a"]}],
        ["the order is a circle: "],
    ),
    ([{"id": "a", "after": ["b"], "before": ["b"]}, {"id": "b"}], ["the order is a circle: "]),
    (
        [{"id": "a", "after": ["b"], "start_date": "2010"}, {"id": "b", "start_date": "2015"}],
        ["a cannot be after b: a started 2010, b started 2015."],
    ),
    (
        [{"id": "b", "before": ["a"], "start_date": "2015"}, {"id": "a", "end_date": "2010"}],
        ["a cannot be after b: a ended 2010, b started 2015."],
    ),
    (
        [
            {"id": "a", "after": ["b"], "date": "2010"},
            {"id": "b", "after": ["c"]},
            {"id": "c", "start_date": "2015"},
        ],
        ["a cannot be after c: a started 2010, c started 2015."],
    ),
    ([{"id": "a", "start_date": "2015", "end_date": "2012"}], ["2012 is before start_date 2015."]),
    ([{"id": "a", "start_date": "2015", "date": "2016"}], ["stands beside start_date or end_date"]),
    (
        [{"id": "a", "start_date": "2010", "evidence": ["old-talk"]}],
        ["old-talk (2001) is before a started (2010)."],
    ),
    (
        [{"id": "a", "end_date": "1999", "evidence": ["old-talk"]}],
        ["old-talk (2001) is after a ended (1999)."],
    ),
    ([{"id": "a", "after": ["old-talk"]}], ["'old-talk' is a talk; this takes a role or an education."]),
    ([{"id": "a", "evidence": ["b"]}, {"id": "b"}], ["'b' is a role; this takes "]),
    ([{"id": "a", "after": ["a"]}], ["'a' names itself."]),
    ([{"id": "a", "after": ["b", "b"]}, {"id": "b"}], ["'b' stands twice."]),
    ([{"id": "abcdef"}, {"id": "b", "after": ["abcdfe"]}], ["there is no 'abcdfe'. Did you mean 'abcdef'?"]),
    ([{"id": "a", "basis": {"summry": "inferred"}}], ["there is no such field. Did you mean 'summary'?"]),
    (
        [{"id": "a"}, {"id": "a"}, {"id": "old-talk"}],
        ["the id 'a' is taken by", "the id 'old-talk' is taken by"],
    ),
]

FINE: list[list[dict[str, Any]]] = [
    [{"id": "a", "after": ["b"], "start_date": "2015"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "after": ["b"], "start_date": "2014~"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "after": ["b"], "start_date": "1990?"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "start_date": "2015?", "end_date": "2012"}],
    [{"id": "a", "start_date": "201X", "end_date": "2011"}],
    [{"id": "a", "start_date": "2010", "evidence": ["late-talk", "vague-talk"]}],
    [{"id": "a", "after": ["b", "c"]}, {"id": "b", "after": ["c"]}, {"id": "c"}],
]


@pytest.mark.parametrize(("roles", "said"), WRONG)
def test_a_contradiction_is_told_with_both_sides(
    tmp_path: Path, roles: list[dict[str, Any]], said: list[str]
) -> None:
    _, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    assert len(problems) == len(said), [str(problem) for problem in problems]
    for problem, words in zip(problems, said, strict=True):
        assert words in problem.message


@pytest.mark.parametrize("roles", FINE)
def test_what_may_be_true_is_no_problem(tmp_path: Path, roles: list[dict[str, Any]]) -> None:
    _, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    assert problems == []


def test_every_member_of_a_circle_is_named(tmp_path: Path) -> None:
    roles = [{"id": name, "after": [other]} for name, other in ("ab", "bc", "ca", "xy", "yx")]
    _, problems = records.career(tmp_path, *roles)
    circles = [set(problem.message.partition(": ")[2].rstrip(".").split(" after ")) for problem in problems]
    assert sorted(circles, key=len) == [{"x", "y"}, {"a", "b", "c"}]


def test_a_problem_stands_at_the_item_that_makes_it(tmp_path: Path) -> None:
    text = "roles:\n  - {id: a, company: C, position: P, start_date: 2010, after: [c, b]}\n"
    text += "  - {id: b, company: C, position: P, start_date: 2015}\n  - {id: c, company: C, position: P}\n"
    _, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert [(problem.line, problem.column) for problem in problems] == [
        (2, text.splitlines()[1].index("b]") + 1)
    ]
