"""Contradictions in a record: each is reported at its position and names both sides."""

from pathlib import Path
from typing import Any

import pytest

from portfolio.sources import loader, record_checks
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from tests.unit.portfolio import records

TALKS = {
    "talks": [
        {"id": "old-talk", "title": "T", "appearances": [{"date": "2001"}, {"date": "2002"}]},
        {"id": "late-talk", "title": "T", "appearances": [{"date": "2001"}, {"date": "2019"}]},
        {"id": "whole-talk", "title": "T", "date": "{2001,2002}", "appearances": [{"date": "[2001,2002]"}]},
        {"id": "vague-talk", "title": "T", "appearances": [{"date": "2001?"}]},
    ]
}

WRONG: list[tuple[list[dict[str, Any]], list[str]]] = [
    (
        [{"id": "a", "after": ["b"]}, {"id": "b", "after": ["c"]}, {"id": "c", "after": ["a"]}],
        ["the order is a cycle: "],
    ),
    ([{"id": "a", "after": ["b"], "before": ["b"]}, {"id": "b"}], ["the order is a cycle: "]),
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
            {"id": "a", "start_date": "2004?", "end_date": "2005", "after": ["b"]},
            {"id": "b", "start_date": "2010"},
        ],
        ["a cannot be after b: a ended 2005, b started 2010."],
    ),
    (
        [
            {"id": "a", "after": ["b"], "start_date": "2010"},
            {"id": "b", "after": ["c"], "start_date": "2009"},
            {"id": "c", "after": ["d"], "start_date": "2008"},
            {"id": "d", "start_date": "2030"},
        ],
        ["c cannot be after d: c started 2008, d started 2030."],
    ),
    (
        [{"id": "a", "start_date": "2010", "evidence": ["whole-talk"]}],
        ["whole-talk ({2001,2002}) is before a started (2010)."],
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
    (
        [{"id": "a", "start_date": "2015", "date": "2016"}],
        ["a date cannot be combined with"],
    ),
    (
        [{"id": "a", "start_date": "2010", "evidence": ["old-talk"]}],
        ["old-talk (2001) is before a started (2010)."],
    ),
    (
        [{"id": "a", "end_date": "1999", "evidence": ["old-talk"]}],
        ["old-talk (2001) is after a ended (1999)."],
    ),
    ([{"id": "a", "after": ["old-talk"]}], ["'old-talk' is a talk; expected a role or education."]),
    ([{"id": "a", "evidence": ["b"]}, {"id": "b"}], ["'b' is a role; expected "]),
    ([{"id": "a", "after": ["a"]}], ["'a' refers to itself."]),
    ([{"id": "a", "after": ["b", "b"]}, {"id": "b"}], ["'b' is listed twice."]),
    ([{"id": "abcdef"}, {"id": "b", "after": ["abcdfe"]}], ["there is no 'abcdfe'. Did you mean 'abcdef'?"]),
    ([{"id": "a", "basis": {"summry": "inferred"}}], ["there is no such field. Did you mean 'summary'?"]),
    (
        [{"id": "a"}, {"id": "a"}, {"id": "old-talk"}],
        ["the id 'a' is already used in", "the id 'old-talk' is already used in"],
    ),
]

FINE: list[list[dict[str, Any]]] = [
    [{"id": "a", "after": ["b"], "start_date": "2015"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "after": ["b"], "start_date": "2014~"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "after": ["b"], "start_date": "1990?"}, {"id": "b", "start_date": "2015"}],
    [{"id": "a", "start_date": "2015?", "end_date": "2012"}],
    [{"id": "a", "start_date": "201X", "end_date": "2011"}],
    [{"id": "a", "start_date": "2010", "evidence": ["late-talk", "vague-talk"]}],
    [{"id": "a", "date": "2000/2010", "evidence": ["old-talk"]}],
    [{"id": "a", "after": ["b", "c"]}, {"id": "b", "after": ["c"]}, {"id": "c"}],
]


@pytest.mark.parametrize(("roles", "message"), WRONG)
def test_contradiction_names_both_sides(
    tmp_path: Path, roles: list[dict[str, Any]], message: list[str]
) -> None:
    _, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    assert len(problems) == len(message), [str(problem) for problem in problems]
    for problem, words in zip(problems, message, strict=True):
        assert words in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize("roles", FINE)
def test_possible_records_are_accepted(tmp_path: Path, roles: list[dict[str, Any]]) -> None:
    _, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    assert problems == []


def test_cycle_names_its_members(tmp_path: Path) -> None:
    roles = [{"id": name, "after": [other]} for name, other in ("ab", "bc", "ca", "xy", "yx")]
    _, problems = records.career(tmp_path, *roles)
    cycles = [set(problem.message.partition(": ")[2].rstrip(".").split(" after ")) for problem in problems]
    assert sorted(cycles, key=len) == [{"x", "y"}, {"a", "b", "c"}]


@pytest.mark.parametrize("size", [2, 50])
def test_connected_cycles_are_one_problem_that_names_a_shortest_cycle(tmp_path: Path, size: int) -> None:
    ids = [f"r{number}" for number in range(size)]
    roles = [{"id": id, "after": [other for other in ids if other != id]} for id in ids]
    roles += [{"id": "above", "after": ["r0"]}, {"id": "below", "before": ["r1"]}]
    record, problems = records.career(tmp_path, *roles)
    assert [str(problem) for problem in problems] == [
        f"data/career.yml:{problems[0].line}:5: roles[0].after[0]: "
        "the order is a cycle: r0 after r1 after r0."
    ]
    assert [(edge.newer, edge.older) for edge in record.order.acyclic_edges] == [
        ("above", "r0"),
        ("r1", "below"),
    ]


SITE = ["files/a b.pdf", "files/v1.0/x.pdf", "cv.pdf", "talks.md", "notes/index.md"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://example.org/x", None),
        ("mailto:a@example.org", None),
        ("files/a%20b.pdf", None),
        ("files/v1.0/x.pdf#page=2", None),
        ("cv.pdf", None),
        ("talks/", None),
        ("talks/#one", None),
        ("notes/", None),
        ("files/missing.pdf", "there is no 'files/missing.pdf' in docs"),
        ("a" * 300, "there is no 'aaa"),
        ("files/", "there is no 'files/'"),
        ("www.example.com", "https://… for another site"),
        ("www.example.com/x", "https://… for another site"),
        ("talks", "there is no 'talks'"),
        ("talks.md", "Write the URL of the page: 'talks/'."),
        ("notes/index.md#x", "Write the URL of the page: 'notes/'."),
        ("../other/", "leads out of the site"),
        ("/cv.pdf", "begins with '/', which leaves out the path of this site. Write 'cv.pdf'"),
        ("//example.com/x", "begins with '/'"),
        ("javascript:x", "is not a link"),
        ("https://[bad/", "is not a link"),
    ],
)
def test_internal_links_must_exist(tmp_path: Path, url: str, message: str | None) -> None:
    records.write(tmp_path / "docs", dict.fromkeys(SITE, ""))
    talks = [{"id": "t", "title": "T", "url": url, "appearances": [{"event": "E"}, {"url": url}]}]
    records.write(tmp_path, {"data/talks.yml": {"talks": talks}})
    record, problems = loader.load_record(
        SitePaths(tmp_path, tmp_path / "docs", tmp_path / "data", None, EXCERPT_SEPARATOR)
    )
    problems += record_checks.check_record(record, tmp_path / "docs")
    if message is None:
        assert problems == []
    else:
        assert {problem.field for problem in problems} == {"talks[0].url", "talks[0].appearances[1].url"}
        assert len(problems) == 2
        assert all(message in f"{problem.message} {problem.hint}" for problem in problems)


def test_problem_has_the_position_of_the_list_item(tmp_path: Path) -> None:
    text = "roles:\n  - {id: a, company: C, position: P, start_date: 2010, after: [c, b]}\n"
    text += "  - {id: b, company: C, position: P, start_date: 2015}\n  - {id: c, company: C, position: P}\n"
    _, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert [(problem.line, problem.column) for problem in problems] == [
        (2, text.splitlines()[1].index("b]") + 1)
    ]
