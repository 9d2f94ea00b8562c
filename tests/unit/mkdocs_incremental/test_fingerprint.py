"""Equal values have equal fingerprints; each input of a build changes the fingerprint."""

import functools
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_incremental.fingerprint import (
    Digester,
    FileDigests,
    NotFingerprintable,
    digest_code,
    digest_folders,
)

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

    @functools.cached_property
    def double(self) -> int:
        return 2 * self.x


class Bytes(bytes):
    """Has a ``__dict__``, unlike its base."""


class Base:
    __slots__ = ("x",)


class Derived(Base):
    __slots__ = ("y",)


class Slotted(Derived):
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


class Fingerprinted:
    def __init__(self, included: int, excluded: int) -> None:
        self.included, self.excluded = included, excluded

    def __fingerprint__(self) -> int:
        return self.included


def closure(value: object) -> Callable[[], object]:
    return lambda: value


def digest(value: object) -> bytes:
    return Digester().digest(value)


@settings(max_examples=50)
@given(values, values)
def test_digests_are_equal_if_values_are(first: object, second: object) -> None:
    assert (digest(first) == digest(second)) == (repr(first) == repr(second))


@pytest.mark.parametrize(
    "different",
    [
        [1, True, 1.0, "1", b"1", None],
        [["ab", "c"], ["a", "bc"], ["abc"], [["ab"], "c"]],
        [(1, 2), [1, 2], {1: 2}],
        [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
        [Point(1), Point(2), Point(1, "a")],
        [closure(1), closure(2)],
        [functools.partial(closure, 1), functools.partial(closure, 2)],
        [[].append, [1].append],
        [
            date(2026, 1, 1),
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")),
        ],
        [Path("a"), Path("b"), "a"],
        [re.compile("a"), re.compile("b"), re.compile("a", re.IGNORECASE)],
        [Fingerprinted(1, 0), Fingerprinted(2, 0)],
        [Point, Fingerprinted],
        [Bytes(b"1"), Bytes(b"2")],
        [Slotted(1, 2), Slotted(2, 2), Slotted(1, 1)],
        [(lambda text: text), (lambda text: text.upper())],
    ],
)
def test_different_values_have_different_digests(different: list[object]) -> None:
    assert len({digest(value) for value in different}) == len(different)


def test_equal_values_have_equal_digests() -> None:
    assert digest({1, 2, 3}) == digest({3, 1, 2})
    assert digest(Fingerprinted(1, 2)) == digest(Fingerprinted(1, 3))
    used = Point(1)
    assert used.double == 2
    assert digest(used) == digest(Point(1))
    assert digest(Point(1)) == digest(Point(1))
    assert digest(closure([1])) == digest(closure([1]))


def test_value_that_contains_itself() -> None:
    def create(value: int) -> list[Any]:
        cyclic: list[Any] = [value]
        cyclic.append(cyclic)
        return cyclic

    assert digest(create(1)) == digest(create(1))
    assert digest(create(1)) != digest(create(2))


def test_adapter_identifies_objects_of_its_class() -> None:
    digester = Digester({Point: lambda point: point.x})
    assert digester.digest(Point(1, "a")) == digester.digest(Point(1, "b"))


def test_unsupported_value_is_rejected() -> None:
    with pytest.raises(NotFingerprintable, match="lock"):
        digest([threading.Lock()])


def test_objects_that_are_digested_by_name_may_change() -> None:
    digester, point = Digester(), Point(1)
    before = digester.digest_all({"a point": point})
    point.x = 2
    after = digester.digest_all({"a point": point})
    assert before.keys() == after.keys() == {"a point"}
    assert before != after


def test_every_file_beside_hooks_is_in_the_code_fingerprint(tmp_path: Path) -> None:
    names = ["hook.py", "package/module.py", "package/cv.typ", "fonts/a.ttf", "part.html"]
    paths = [tmp_path / "hooks" / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first", encoding="utf-8")
    fingerprints = [digest_code([str(tmp_path / "hooks")], str(tmp_path), FileDigests())]
    for path in paths:
        path.write_text("second", encoding="utf-8")
        fingerprints.append(digest_code([str(tmp_path / "hooks")], str(tmp_path), FileDigests()))
    paths[0].unlink()
    fingerprints.append(digest_code([str(tmp_path / "hooks")], str(tmp_path), FileDigests()))
    assert len(set(map(str, fingerprints))) == len(fingerprints)


def test_hooks_in_the_project_folder_do_not_make_sources_a_part_of_the_code(tmp_path: Path) -> None:
    (tmp_path / "hook.py").write_text("first", encoding="utf-8")
    before = digest_code([str(tmp_path)], str(tmp_path), FileDigests())
    (tmp_path / "page.md").write_text("text", encoding="utf-8")
    assert digest_code([str(tmp_path)], str(tmp_path), FileDigests()) == before
    (tmp_path / "hook.py").write_text("second", encoding="utf-8")
    assert digest_code([str(tmp_path)], str(tmp_path), FileDigests()) != before


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "device.html").symlink_to("/dev/zero")
    (tmp_path / "a.html").write_text("a")
    assert [*digest_folders([str(tmp_path)], FileDigests())] == [str(tmp_path / "a.html")]
    assert str(tmp_path / "pipe.py") not in digest_code([str(tmp_path)], "/project", FileDigests())


def test_folder_fingerprint_changes_with_a_template(tmp_path: Path) -> None:
    (tmp_path / "main.html").write_text("first", encoding="utf-8")
    before = digest_folders([str(tmp_path)], FileDigests())
    (tmp_path / "main.html").write_text("second", encoding="utf-8")
    assert digest_folders([str(tmp_path)], FileDigests()) != before
