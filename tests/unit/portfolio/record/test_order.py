"""Sorting: newest first, and the same every time."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.core.positions import Document
from portfolio.record import order
from portfolio.record.dates import is_certainly_before
from portfolio.record.models import Role, Software, Talk
from portfolio.record.record import Origin, Record, StatedOrder
from portfolio.sources import record_checks
from tests.unit.portfolio import records

TALKS = {
    "talks": [{"id": f"talk-{year}", "title": "T", "appearances": [{"date": year}]} for year in (2005, 2016)]
}

CASES: list[tuple[str, list[dict[str, Any]], str]] = [
    ("as written if nothing is known", [{"id": "a"}, {"id": "b"}, {"id": "c"}], "a b c"),
    ("by date", [{"id": "a", "date": "2010"}, {"id": "b", "date": "2015"}], "b a"),
    (
        "ongoing first",
        [
            {"id": "a", "start_date": "2020"},
            {"id": "b", "end_date": "present"},
            {"id": "c", "date": "2019/.."},
        ],
        "b c a",
    ),
    ("by after alone", [{"id": "a"}, {"id": "b", "after": ["a"]}], "b a"),
    ("by before alone", [{"id": "a", "before": ["b"]}, {"id": "b"}], "b a"),
    (
        "an undated entry above what it is newer than",
        [{"id": "a", "date": "2010"}, {"id": "b", "date": "2015"}, {"id": "c", "after": ["b"]}],
        "c b a",
    ),
    (
        "an undated entry below what it is older than",
        [{"id": "a", "before": ["b"]}, {"id": "b", "date": "2010"}, {"id": "c", "date": "2005"}],
        "b a c",
    ),
    (
        "an undated entry beside what it is older than, wherever it is written",
        [{"id": "c", "date": "2005"}, {"id": "a", "before": ["b"]}, {"id": "b", "date": "2010"}],
        "b a c",
    ),
    (
        "by evidence",
        [
            {"id": "a", "evidence": ["talk-2005"]},
            {"id": "b", "date": "2010"},
            {"id": "c", "evidence": ["talk-2016"]},
        ],
        "c b a",
    ),
    (
        "an order that passes through what goes on",
        [{"id": "a"}, {"id": "b", "end_date": "present", "after": ["a"]}, {"id": "c", "after": ["b"]}],
        "b c a",
    ),
    (
        "an entry without information stays below the entry that it is written after",
        [{"id": "a", "date": "2020"}, {"id": "x"}, {"id": "b", "date": "2010"}],
        "a x b",
    ),
]


@pytest.mark.parametrize(("roles", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_sort_engagements(tmp_path: Path, roles: list[dict[str, Any]], expected: str) -> None:
    record, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    assert problems == []
    assert " ".join(entry.id for entry in order.sort_engagements(record)) == expected


def test_sort_newest_first_puts_ongoing_entries_first(tmp_path: Path) -> None:
    software = [
        {"id": "over", "name": "N", "date": "2012"},
        {"id": "undated", "name": "N"},
        {"id": "older", "name": "N", "date": "2008/.."},
        {"id": "newer", "name": "N", "date": "2010/.."},
        {"id": "unknown", "name": "N", "date": "2013/"},
    ]
    record, problems = records.read(records.write(tmp_path, {"data/software.yml": {"software": software}}))
    assert problems == []
    ids = [entry.id for entry in order.sort_newest_first(record.entries_of(Software))]
    assert ids == ["newer", "older", "unknown", "over", "undated"]


def test_evidence_dates_are_sorted_by_their_beginning(tmp_path: Path) -> None:
    dates = ["2016", "2015/2019", "/2012", "2014-05~"]
    talks = [{"id": f"t{n}", "title": "T", "date": date} for n, date in enumerate(dates)]
    role = {"id": "r", "evidence": ["t0", "t1", "t2", "t3"]}
    record, problems = records.career(tmp_path, role, talks_yml={"talks": talks})
    assert problems == []
    evidence = [when.text for when in order.evidence_dates(record.roles[0], record)]
    assert evidence == ["/2012", "2014-05~", "2015/2019", "2016"]


def test_entry_dates_of_a_talk_fall_back_to_its_appearances(tmp_path: Path) -> None:
    talks = [
        {"id": "whole", "title": "T", "date": "{2018,2019}", "appearances": [{"date": "[2018,2030]"}]},
        {"id": "given", "title": "T", "appearances": [{"date": "2019"}, {"date": "2020"}]},
    ]
    record, _ = records.read(records.write(tmp_path, {"data/talks.yml": {"talks": talks}}))
    texts = [[when.text for when in order.entry_dates(talk)] for talk in record.entries_of(Talk)]
    assert texts == [["{2018,2019}"], ["2019", "2020"]]
    assert [talk.id for talk in order.sort_newest_first(record.entries_of(Talk))] == ["given", "whole"]


@pytest.mark.parametrize(
    ("count", "after"),
    [(2000, lambda n: range(max(0, n - 1), n)), (300, range), (300, lambda n: range(max(0, n - 30), n))],
    ids=["a chain", "each after all earlier ones", "each after thirty"],
)
def test_large_graphs_are_sorted_and_checked(count: int, after: Callable[[int], range]) -> None:
    roles = tuple(
        Role(id=f"r{n}", company="C", position="P", after=tuple(f"r{other}" for other in after(n)))
        for n in range(count)
    )
    document = Document("career.yml")
    record = Record(roles=roles, origins=tuple(Origin(document, ("roles", n)) for n in range(count)))
    assert record_checks.check_record(record, Path()) == []
    assert [entry.id for entry in order.sort_engagements(record)] == [f"r{n}" for n in reversed(range(count))]
    assert len(record.order.all_older[f"r{count - 1}"]) == count - 1


IDS = [f"r{number}" for number in range(8)]
POINTS = st.sampled_from([None, "2001", "2005-06", "2009~", "201X", "2015?", "[2012,2014]", "2019-03-04"])
ROLE = st.fixed_dictionaries(
    {},
    optional={
        "start_date": POINTS,
        "end_date": POINTS | st.just("present"),
        "after": st.lists(st.sampled_from(IDS), max_size=2, unique=True),
        "before": st.lists(st.sampled_from(IDS), max_size=1),
        "evidence": st.lists(st.sampled_from(["talk-2005", "talk-2016"]), max_size=2, unique=True),
    },
)


@given(st.lists(ROLE, min_size=1, max_size=8))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_graph_is_sorted_consistently_or_reported(tmp_path: Path, roles: list[dict[str, Any]]) -> None:
    known = IDS[: len(roles)]
    for id, role in zip(known, roles, strict=True):
        role["id"] = id
        for field in ("after", "before"):
            role[field] = [other for other in role.get(field, []) if other in known and other != id]
    record, problems = records.career(tmp_path, *roles, talks_yml=TALKS)
    ordered = order.sort_engagements(record)
    assert sorted(entry.id for entry in ordered) == known
    assert ordered == order.sort_engagements(record)
    ongoing = [entry.ongoing for entry in ordered]
    assert ongoing == sorted(ongoing, reverse=True)
    if problems:
        return
    place = {entry.id: number for number, entry in enumerate(ordered)}
    for entry in ordered:
        for other in ordered:
            if entry.ongoing is not other.ongoing:
                continue
            if other.id in entry.after or entry.id in other.before:
                assert place[entry.id] < place[other.id]
    if not any(role["after"] or role["before"] for role in roles):
        finished = [entry for entry in ordered if entry.end is not None and not entry.ongoing]
        for newer, older in pairwise(finished):
            assert newer.end is not None
            assert older.end is not None
            assert not is_certainly_before(newer.end, older.end) or newer.end.latest >= older.end.latest


def test_cycles_are_short_and_all_reported() -> None:
    """`graphlib` alone reports the longest cycle here, with 100 members, and only that."""
    chain = {n: [*range(n)] for n in range(100)}
    chain[0] = [99]
    entries = [
        Role(id=f"r{n}", company="C", position="P", after=tuple(f"r{older}" for older in after))
        for n, after in {**chain, 100: [101], 101: [100]}.items()
    ]
    stated = StatedOrder(entries)
    assert stated.cycles == [["r0", "r99"], ["r100", "r101"]]
    assert stated.acyclic_edges == []
    assert StatedOrder(entries[1:]).cycles == [["r100", "r101"]]
    assert len(StatedOrder(entries[1:]).acyclic_edges) == 98 * 99 // 2
