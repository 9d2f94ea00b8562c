"""Formulas in Markdown: inline and displayed, numbered and referred to, valid and invalid."""

from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from math_core import LatexToMathML

from portfolio.markdown_ext.formulas import FormulaExtension, convert_formula, parse_mathml
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

UNKNOWN = r'Unknown command "\foo".'


def to_html(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    errors: list[RenderError] = []
    markdown = Markdown(
        extensions=[
            "abbr",
            "attr_list",
            "footnotes",
            "smarty",
            "tables",
            "toc",
            "pymdownx.arithmatex",
            FormulaExtension(errors.append),
        ],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), errors


def symbols(math: ElementTree.Element) -> str:
    return "".join(leaf.text or "" for leaf in math.iter() if leaf.tag in ("mi", "mo", "mn"))


@pytest.mark.parametrize("text", ["The $a < b$ is.", r"The \(a < b\) is."])
def test_inline_formulas_become_mathml(text: str) -> None:
    html, errors = to_html(text)
    (math,) = html.iter("math")
    assert errors == []
    assert symbols(math) == "a<b"
    assert math.get("display") is None
    assert math.findtext("semantics/annotation") == "a < b"
    paragraph = html.find("p")
    assert paragraph is not None
    assert paragraph.text == "The "
    assert [child.tail for child in paragraph] == [" is."]


@pytest.mark.parametrize(
    "text",
    [
        "$$\na < b\n$$",
        "\\[\na < b\n\\]",
        "\\begin{equation*}\na < b\n\\end{equation*}",
        "- item\n\n    $$a < b$$",
    ],
)
def test_displayed_formulas_are_focusable_boxes(text: str) -> None:
    html, errors = to_html(text)
    (math,) = html.iter("math")
    (box,) = (element for element in html.iter("div") if math in element)
    assert errors == []
    assert symbols(math) == "a<b"
    assert math.get("display") == "block"
    assert box.attrib == {"class": "arithmatex", "tabindex": "0", "role": "group", "aria-label": "Formula"}


def test_variables_have_a_class() -> None:
    html, _ = to_html(r"$x + \alpha + \Gamma + \sin y + \mathrm{d} + \mathbb{R}$")
    marked = [identifier.text for identifier in html.iter("mi") if identifier.get("class") == "letter"]
    assert marked == ["x", "α", "y"]


def test_ampersands_and_angle_brackets_in_an_environment() -> None:
    html, errors = to_html("\\begin{align*}\na &= b \\\\\nc &> d\n\\end{align*}")
    (math,) = html.iter("math")
    assert errors == []
    assert symbols(math) == "a=bc>d"
    assert "a &= b" in (math.findtext("semantics/annotation") or "")


def test_other_extensions_do_not_change_formulas() -> None:
    html, _ = to_html("The $AI'$ is *not* the AI.\n\n*[AI]: artificial")
    (math,) = html.iter("math")
    assert [abbr.text for abbr in html.iter("abbr")] == ["AI"]
    assert math.find(".//abbr") is None
    assert math.findtext("semantics/annotation") == "AI'"


def test_headings_contain_symbols_without_tex() -> None:
    text = "# The size of $n + m$\n"
    errors: list[RenderError] = []
    markdown = Markdown(
        extensions=["toc", "pymdownx.arithmatex", FormulaExtension(errors.append)],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    markdown.convert(text)
    (token,) = markdown.toc_tokens  # type: ignore[attr-defined]  # set by the extension "toc"
    assert token["name"] == "The size of n+m"
    assert token["id"] == "the-size-of-nm"


def test_equations_are_numbered_across_the_page_and_can_be_referenced() -> None:
    html, errors = to_html(
        "By \\(\\eqref{two}\\):\n\n\\begin{align}a\\end{align}\n\n\\begin{align}b\\label{two}\\end{align}"
    )
    assert errors == []
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#two", "(2)")]
    assert [cell.findtext("mtext") for cell in html.iter("mtd") if cell.get("id") == "two"] == ["(2)"]


def test_a_label_numbers_an_equation_between_dollars() -> None:
    html, errors = to_html(
        "By $\\eqref{two}$.\n\n$$\na\n\\label{one}\n$$\n\n$$\nb\n\\label{two}\n$$\n\n$$\nc\n$$"
    )
    assert errors == []
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#two", "(2)")]
    assert [cell.get("id") for cell in html.iter("mtd") if cell.get("id")] == ["one", "two"]
    paragraph = html.find("p")
    assert paragraph is not None
    assert paragraph.find(".//math") is None, "screen readers do not announce a link inside a formula"
    annotations = [annotation.text for annotation in html.iter("annotation")]
    assert annotations == ["\na\n\\label{one}\n", "\nb\n\\label{two}\n", "\nc\n"]


def test_unknown_and_duplicate_labels_are_reported() -> None:
    text = "By $\\eqref{won}$.\n\n$$a \\label{one}$$\n\n$$\nb\n\\label{one}\n$$"
    _, errors = to_html(text)
    lines = [str(place) for place in to_diagnostics(errors, text, "page.md")]
    assert lines == [
        "page.md:1:5: formula: no equation on this page has the label 'won'. Did you mean 'one'?",
        "page.md:7:1: formula: the label 'one' is already used by another equation.",
    ]


def test_references_work_outside_formulas() -> None:
    text = "By \\eqref{one}, not `\\eqref{one}` nor \\eqref{two}.\n\n$$a \\label{one}$$"
    html, errors = to_html(text)
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#one", "(1)")]
    assert [code.text for code in html.iter("code")] == ["\\eqref{one}", "\\eqref{two}"]
    assert [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")] == [(1, 39)]


@pytest.mark.parametrize("name", ["argmax", "argmin", "max"])
def test_operator_names_are_not_wrapped_in_rows(name: str) -> None:
    html, _ = to_html(f"$$\\{name}_x f(x)$$\n\n$\\{name} f$")
    for math in html.iter("math"):
        assert not list(math.iter("mspace"))
    (under,) = html.iter("munder")
    assert [child.tag for child in under] == ["mi", "mi"]


def test_an_invalid_formula_does_not_affect_numbers_and_references() -> None:
    html, errors = to_html("$\\eqref{b}$ $\\foo$\n\n$$\\bar{$$\n\n$$b \\label{b}$$")
    assert [error.source for error in errors] == ["\\foo", "\\bar{"]
    assert [link.text for link in html.iter("a")] == ["(1)"]


def test_macros_are_expanded() -> None:
    errors: list[RenderError] = []
    markdown = Markdown(
        extensions=[
            "pymdownx.arithmatex",
            FormulaExtension(errors.append, {"R": r"\mathbb{R}", "two": "#1 + #1"}),
        ],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    html = ElementTree.fromstring(markdown.convert(r"$\two{\R}$"))
    assert errors == []
    assert [symbols(math) for math in html.iter("math")] == ["ℝ+ℝ"]


def test_formulas_in_footnotes_and_tables() -> None:
    html, errors = to_html("| a |\n| - |\n| $x$ |\n\nText[^1].\n\n[^1]: A $y$.")
    assert errors == []
    assert [symbols(math) for math in html.iter("math")] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (r"A $\foo x$.", RenderError("formula.invalid", r"\foo x", UNKNOWN)),
        (
            "$$\n\\alpha\nb \\foo\n$$",
            RenderError("formula.invalid", "\n\\alpha\nb \\foo\n", UNKNOWN, offset=10),
        ),
    ],
)
def test_an_invalid_formula_is_reported_and_shown_as_source(text: str, error: RenderError) -> None:
    html, errors = to_html(f"{text}\n\nAnd $x$.")
    assert errors == [error]
    assert [symbols(math) for math in html.iter("math")] == ["x"]
    assert [code.text for code in html.iter("code")] == [error.source.strip()]


# A number of examples that a slow machine does in a second or two.
@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text(alphabet="\\{}^_&$ abfrcmath\n#%"))
@example("\\def\\a{\\a}\\a")
@example("{" * 3000)
def test_any_text_is_a_formula_or_an_error(tex: str) -> None:
    result = convert_formula(LatexToMathML(annotation=True, fancy_error=False), tex, display=True)
    if isinstance(result, RenderError):
        assert result.message
        assert 0 <= result.offset <= len(tex)
    else:
        assert result.tag == "math"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="\\{}^_&$()[] abn\n*`<>"))
def test_any_page_is_converted(text: str) -> None:
    errors: list[RenderError] = []
    markdown = Markdown(
        extensions=["pymdownx.arithmatex", FormulaExtension(errors.append)],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    html = markdown.convert(f"A ${text}$ b.\n\n$$\n{text}\n$$\n")
    unset = [error for error in errors if error.code == "formula.invalid"]
    assert html.count('class="arithmatex"') >= html.count("<math") + len(unset)


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
def test_displayed_formulas_work_within_paragraphs(text: str) -> None:
    html, errors = to_html(text)
    (math,) = html.iter("math")
    assert errors == []
    assert symbols(math) == "a<b"
    assert math.get("display") == "block"
    (box,) = html.iter("span")
    assert box.get("role") == "group"
    math.clear()
    assert "".join(html.itertext()).split() == ["The", "is."]


def test_formulas_in_headings_are_inline() -> None:
    html, _ = to_html("# The $$a < b$$ is")
    (math,) = html.iter("math")
    assert math.get("display") is None


def test_displayed_formulas_work_next_to_each_other() -> None:
    html, errors = to_html("$$\na\n$$\n$$b$$ and $$\nc\n$$")
    assert errors == []
    assert [symbols(math) for math in html.iter("math")] == ["a", "b", "c"]


def test_equations_within_paragraphs_are_numbered() -> None:
    html, errors = to_html("See\n$$\na \\label{a}\n$$\nand \\eqref{a}.")
    assert errors == []
    assert [link.text for link in html.iter("a")] == ["(1)"]


@pytest.mark.parametrize("text", ["From \\$\\$ to $$$.", "`$$` and `x $$`", "    $$\n    x"])
def test_escaped_and_quoted_dollar_signs_are_text(text: str) -> None:
    html, errors = to_html(text)
    assert (list(html.iter("math")), errors) == ([], [])


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
def test_stray_dollar_signs_are_reported(text: str, places: list[tuple[int, int]]) -> None:
    errors = to_html(text)[1]
    assert [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")] == places
    assert {error.code for error in errors} <= {"formula.stray-delimiter"}


def test_dollar_signs_are_text_without_arithmatex() -> None:
    markdown = Markdown(extensions=[FormulaExtension(lambda _: None)])
    assert markdown.convert("a $$x$$") == "<p>a $$x$$</p>"


def test_parse_mathml_resolves_named_characters() -> None:
    math = parse_mathml(LatexToMathML().convert_with_local_state(r"\sin y < \& \nabla", displaystyle=False))
    assert "".join(math.itertext()) == "sin\u2061y<&∇"


def test_parse_mathml_reads_attributes_and_empty_elements() -> None:
    math = parse_mathml('<math display="block"><mspace width="1em"/><mi mathvariant="normal">d</mi></math>')
    assert [(element.tag, element.attrib) for element in math.iter()] == [
        ("math", {"display": "block"}),
        ("mspace", {"width": "1em"}),
        ("mi", {"mathvariant": "normal"}),
    ]
