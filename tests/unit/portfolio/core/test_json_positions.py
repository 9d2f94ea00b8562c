"""JSON with the places of its parts."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portfolio.core import json_positions

_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(_VALUES, st.sampled_from([None, 0, 1, 4]), st.booleans())
def test_reads_what_json_reads(value: Any, indent: int | None, ascii_only: bool) -> None:
    document, problems = json_positions.load("a", json.dumps(value, indent=indent, ensure_ascii=ascii_only))
    assert problems == []
    assert document.data == value


@given(st.text(alphabet=st.characters(exclude_characters="x")), st.text(), st.booleans())
def test_every_character_has_its_place(before: str, after: str, ascii_only: bool) -> None:
    text = json.dumps({"a": [1, f"{before}x{after}"]}, indent=1, ensure_ascii=ascii_only)
    document, _ = json_positions.load("a", text)
    line, column = document.position_in(("a", 1), len(before))
    assert text.split("\n")[line - 1][column - 1] == "x"


def test_what_is_no_json_is_placed() -> None:
    _, problems = json_positions.load("n.ipynb", '{\n "cells": [,]\n}')
    assert list(map(str, problems)) == ["n.ipynb:2:12: this is not JSON: expecting value."]
    _, problems = json_positions.load("n.ipynb", "[" * 100_000)
    assert list(map(str, problems)) == ["n.ipynb:1:1: this is nested too deeply for a notebook."]
