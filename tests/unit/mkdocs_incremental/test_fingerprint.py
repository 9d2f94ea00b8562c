"""Equal values have equal digests, and others have others."""

import functools
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_incremental.fingerprint import Digester, Opaque

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
values = st.recursive(
    plain,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=8,
)


@dataclass
class Point:
    x: int
    name: str = ""


class Known:
    def __init__(self, shown: int, hidden: int) -> None:
        self.shown, self.hidden = shown, hidden

    def __fingerprint__(self) -> int:
        return self.shown


def enclosing(value: object) -> Callable[[], object]:
    return lambda: value


def of(value: object) -> bytes:
    return Digester().of(value)


@given(values, values)
def test_digests_are_equal_where_values_are(one: object, other: object) -> None:
    assert (of(one) == of(other)) == (repr(one) == repr(other))


@pytest.mark.parametrize(
    "others",
    [
        [1, True, 1.0, "1", b"1", None],
        [["ab", "c"], ["a", "bc"], ["abc"], [["ab"], "c"]],
        [(1, 2), [1, 2], {1: 2}],
        [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
        [Point(1), Point(2), Point(1, "a")],
        [enclosing(1), enclosing(2)],
        [functools.partial(enclosing, 1), functools.partial(enclosing, 2)],
        [[].append, [1].append],
        [
            date(2026, 1, 1),
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")),
        ],
        [Path("a"), Path("b"), "a"],
        [re.compile("a"), re.compile("b"), re.compile("a", re.IGNORECASE)],
        [Known(1, 0), Known(2, 0)],
        [Point, Known],
    ],
)
def test_what_differs_has_another_digest(others: list[object]) -> None:
    assert len({of(one) for one in others}) == len(others)


def test_what_is_equal_has_the_same() -> None:
    assert of({1, 2, 3}) == of({3, 1, 2})
    assert of(Known(1, 2)) == of(Known(1, 3))
    assert of(Point(1)) == of(Point(1))
    assert of(enclosing([1])) == of(enclosing([1]))


def test_a_circle_ends() -> None:
    def circle(value: int) -> list[Any]:
        made: list[Any] = [value]
        made.append(made)
        return made

    assert of(circle(1)) == of(circle(1))
    assert of(circle(1)) != of(circle(2))


def test_special_objects_are_known_by_what_is_said_of_them() -> None:
    known = Digester({Point: lambda point: point.x})
    assert known.of(Point(1, "a")) == known.of(Point(1, "b"))


def test_what_cannot_be_looked_into_is_no_value() -> None:
    with pytest.raises(Opaque, match="lock"):
        of([threading.Lock()])


def test_an_object_that_changed_is_looked_at_again_when_it_is_forgotten() -> None:
    digester, point = Digester(), Point(1)
    before = digester.of(point)
    point.x = 2
    digester.forget(point)
    assert digester.of(point) != before
