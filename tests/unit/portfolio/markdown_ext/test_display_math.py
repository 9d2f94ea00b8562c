"""Displayed formulas within paragraphs, and signs that belong to none."""

import pytest
from markdown import Markdown

from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.render_errors import to_diagnostics
from tests.unit.portfolio.markdown_ext.test_formulas import symbols, to_html


@pytest.mark.parametrize(
    "text",
    [
        "The\n$$\na < b\n$$\nis.",
        "The $$a < b$$ is.",
        "The $$ a < b $$\nis.",
        "- The\n  $$a < b$$\n  is.",
        "> The\n> $$\n> a < b\n> $$\n> is.",
        "The\n\\[\na < b\n\\]\nis.",
        "The\n\\begin{equation*}\na < b\n\\end{equation*}\nis.",
    ],
)
def test_a_displayed_formula_may_stand_in_a_paragraph(text: str) -> None:
    html, misprints = to_html(text)
    (math,) = html.iter("math")
    assert misprints == []
    assert symbols(math) == "a<b"
    assert math.get("display") == "block"
    (box,) = html.iter("span")
    assert box.get("role") == "group"
    math.clear()
    assert "".join(html.itertext()).split() == ["The", "is."]


def test_a_formula_in_a_heading_is_not_displayed() -> None:
    html, _ = to_html("# The $$a < b$$ is")
    (math,) = html.iter("math")
    assert math.get("display") is None


def test_displayed_formulas_may_follow_each_other() -> None:
    html, misprints = to_html("$$\na\n$$\n$$b$$ and $$\nc\n$$")
    assert misprints == []
    assert [symbols(math) for math in html.iter("math")] == ["a", "b", "c"]


def test_equations_in_paragraphs_are_numbered() -> None:
    html, misprints = to_html("See\n$$\na \\label{a}\n$$\nand \\eqref{a}.")
    assert misprints == []
    assert [link.text for link in html.iter("a")] == ["(1)"]


@pytest.mark.parametrize("text", ["From \\$\\$ to $$$.", "`$$` and `x $$`", "    $$\n    x"])
def test_dollar_signs_are_dollar_signs(text: str) -> None:
    html, misprints = to_html(text)
    assert (list(html.iter("math")), misprints) == ([], [])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Good: $$a$$.\n\n$$\na\n\nb\n$$", [(3, 1), (7, 1)]),
        ("From $$ to $$$", [(1, 6)]),
        ("A $$ `x` $$", [(1, 3), (1, 3)]),
        ("- $$ a\n- b $$", [(1, 3), (2, 5)]),
        ("$$ $$", []),
        ("a $$ $$ b", [(1, 3), (1, 6)]),
    ],
)
def test_signs_of_no_formula_are_told(text: str, places: list[tuple[int, int]]) -> None:
    misprints = to_html(text)[1]
    assert [(place.line, place.column) for place in to_diagnostics(misprints, text, "page.md")] == places
    assert {misprint.code for misprint in misprints} <= {"formula.stray-delimiter"}


def test_dollar_signs_are_left_in_peace_where_no_formulas_are_set() -> None:
    markdown = Markdown(extensions=[FormulaExtension(lambda _: None)])
    assert markdown.convert("a $$x$$") == "<p>a $$x$$</p>"
