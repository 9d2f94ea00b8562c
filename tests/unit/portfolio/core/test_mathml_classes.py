"""The classes of formulas, and the rules of the style sheet for them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from portfolio.core.mathml_classes import use_classes
from portfolio.core.tex import Formula, TexConverter, TexError, parse_mathml
from tests.support import project

SHEET = (project.ROOT / "overrides/assets/stylesheets/math.css").read_text(encoding="utf-8")
RULES = set(re.findall(r"\.(math-[a-z0-9-]+)", SHEET))


def convert(tex: str) -> ElementTree.Element:
    math = TexConverter().convert(Formula(tex, True))
    assert not isinstance(math, TexError), math.message
    return math


@pytest.mark.parametrize(
    ("tex", "tag", "classes"),
    [
        (r"\begin{align} a &= b \end{align}", "mtable", ["math-numbered"]),
        (
            r"\begin{align} a &= b \end{align}",
            "mtd",
            ["math-half", "math-end math-flush-end", "math-start math-flush-start", "math-half math-end"],
        ),
        (r"\begin{array}{|c:c|} \hline a & b \end{array}", "mtable", ["math-line-start math-line-top"]),
        (r"\begin{array}{|c:c|} a & b \end{array}", "mtd", ["math-dashes-end", "math-line-end"]),
        (r"\substack{a \\ b}", "mtd", ["math-tight", "math-tight"]),
        (
            r"\begin{cases} a & b \end{cases}",
            "mtd",
            ["math-start math-flush-end", "math-start math-flush-end math-apart"],
        ),
        (r"\cfrac{1}{2}", "mfrac", ["math-continued"]),
        (r"\text{\textsc{x}}", "span", ["math-small-caps"]),
        (r"\angl{n} \phase{x}", "mrow", ["math-actuarial", "math-phasor"]),
        (r"a \! b", "mspace", ["math-back-3"]),
        (r"a \hspace{-2.5em} b", "mspace", ["math-back-18", "math-back-18", "math-back-9"]),
        (r"a \hspace{-1cm} b", "mspace", ["math-back-18"] * 2 + ["math-back-15"]),
    ],
)
def test_styles_become_classes(tex: str, tag: str, classes: list[str]) -> None:
    names = [element.get("class", "") for element in convert(tex).iter(tag)]
    assert [name for name in names if name] == classes
    assert {name for names in classes for name in names.split()} <= RULES


def test_every_step_of_a_space_has_a_rule() -> None:
    names = {f"math-back-{step}" for step in range(1, 19)} | {f"math-below-{step}" for step in range(1, 31)}
    assert names | {"math-closer-1", "math-closer-2"} <= RULES


def test_colours_are_attributes() -> None:
    assert [row.get("mathcolor") for row in convert(r"\textcolor{red}{x}").iter("mrow")][-1] == "#FF0000"


def test_levels_are_on_elements_that_have_them_in_mathml_3() -> None:
    math = convert(r"\dfrac{1}{2} {\displaystyle \sum} \begin{dcases} a \end{dcases}")
    levelled = [element.tag for element in math.iter() if "displaystyle" in element.attrib]
    assert set(levelled) <= {"mstyle", "mtable"}
    assert levelled.count("mstyle") == 2


def test_an_unknown_style_is_removed() -> None:
    math = parse_mathml('<math><mi style="unknown: 1; width: 50%">x</mi></math>')
    use_classes(math)
    assert ElementTree.tostring(math, encoding="unicode") == '<math><mi class="math-half">x</mi></math>'
