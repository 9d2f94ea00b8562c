from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from math_core import LatexToMathML

from portfolio.markdown_ext.formulas import FormulaExtension, convert_formula
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

UNKNOWN = r'Unknown command "\foo".'


def to_html(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    misprints: list[RenderError] = []
    markdown = Markdown(
        extensions=[
            "abbr",
            "attr_list",
            "footnotes",
            "smarty",
            "tables",
            "toc",
            "pymdownx.arithmatex",
            FormulaExtension(misprints.append),
        ],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), misprints


def symbols(math: ElementTree.Element) -> str:
    return "".join(leaf.text or "" for leaf in math.iter() if leaf.tag in ("mi", "mo", "mn"))


@pytest.mark.parametrize("text", ["The $a < b$ is.", r"The \(a < b\) is."])
def test_inline(text: str) -> None:
    html, misprints = to_html(text)
    (math,) = html.iter("math")
    assert misprints == []
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
def test_block_scrolls_and_can_be_reached(text: str) -> None:
    html, misprints = to_html(text)
    (math,) = html.iter("math")
    (box,) = (element for element in html.iter("div") if math in element)
    assert misprints == []
    assert symbols(math) == "a<b"
    assert math.get("display") == "block"
    assert box.attrib == {"class": "arithmatex", "tabindex": "0", "role": "group", "aria-label": "Formula"}


def test_variables_are_marked() -> None:
    html, _ = to_html(r"$x + \alpha + \Gamma + \sin y + \mathrm{d} + \mathbb{R}$")
    marked = [identifier.text for identifier in html.iter("mi") if identifier.get("class") == "letter"]
    assert marked == ["x", "α", "y"]


def test_ampersands_and_angles_in_a_block() -> None:
    html, misprints = to_html("\\begin{align*}\na &= b \\\\\nc &> d\n\\end{align*}")
    (math,) = html.iter("math")
    assert misprints == []
    assert symbols(math) == "a=bc>d"
    assert "a &= b" in (math.findtext("semantics/annotation") or "")


def test_other_extensions_leave_formulas_alone() -> None:
    html, _ = to_html("The $AI'$ is *not* the AI.\n\n*[AI]: artificial")
    (math,) = html.iter("math")
    assert [abbr.text for abbr in html.iter("abbr")] == ["AI"]
    assert math.find(".//abbr") is None
    assert math.findtext("semantics/annotation") == "AI'"


def test_heading_reads_as_its_symbols() -> None:
    text = "# The size of $n + m$\n"
    misprints: list[RenderError] = []
    markdown = Markdown(
        extensions=["toc", "pymdownx.arithmatex", FormulaExtension(misprints.append)],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    markdown.convert(text)
    (token,) = markdown.toc_tokens  # type: ignore[attr-defined]  # set by the extension "toc"
    assert token["name"] == "The size of n+m"
    assert token["id"] == "the-size-of-nm"


def test_equations_are_numbered_through_the_page_and_can_be_referred_to() -> None:
    html, misprints = to_html(
        "By \\(\\eqref{two}\\):\n\n\\begin{align}a\\end{align}\n\n\\begin{align}b\\label{two}\\end{align}"
    )
    assert misprints == []
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#two", "(2)")]
    assert [cell.findtext("mtext") for cell in html.iter("mtd") if cell.get("id") == "two"] == ["(2)"]


def test_a_label_numbers_what_stands_between_dollars() -> None:
    html, misprints = to_html(
        "By $\\eqref{two}$.\n\n$$\na\n\\label{one}\n$$\n\n$$\nb\n\\label{two}\n$$\n\n$$\nc\n$$"
    )
    assert misprints == []
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#two", "(2)")]
    assert [cell.get("id") for cell in html.iter("mtd") if cell.get("id")] == ["one", "two"]
    paragraph = html.find("p")
    assert paragraph is not None
    assert paragraph.find(".//math") is None, "a link inside a formula is none to a screen reader"
    annotations = [one.text for one in html.iter("annotation")]
    assert annotations == ["\na\n\\label{one}\n", "\nb\n\\label{two}\n", "\nc\n"]


def test_labels_that_are_not_there_or_there_twice() -> None:
    text = "By $\\eqref{won}$.\n\n$$a \\label{one}$$\n\n$$\nb\n\\label{one}\n$$"
    _, misprints = to_html(text)
    found = [str(place) for place in to_diagnostics(misprints, text, "page.md")]
    assert found == [
        "page.md:1:5: formula: no equation on this page has the label 'won'. Did you mean 'one'?",
        "page.md:7:1: formula: the label 'one' is already used by another equation.",
    ]


def test_a_reference_needs_no_dollars() -> None:
    text = "By \\eqref{one}, not `\\eqref{one}` nor \\eqref{two}.\n\n$$a \\label{one}$$"
    html, misprints = to_html(text)
    assert [(link.get("href"), link.text) for link in html.iter("a")] == [("#one", "(1)")]
    assert [code.text for code in html.iter("code")] == ["\\eqref{one}", "\\eqref{two}"]
    assert [(place.line, place.column) for place in to_diagnostics(misprints, text, "page.md")] == [(1, 39)]


@pytest.mark.parametrize("name", ["argmax", "argmin", "max"])
def test_the_name_of_an_operator_stands_in_no_row_of_its_own(name: str) -> None:
    html, _ = to_html(f"$$\\{name}_x f(x)$$\n\n$\\{name} f$")
    for math in html.iter("math"):
        assert not list(math.iter("mspace"))
    (under,) = html.iter("munder")
    assert [child.tag for child in under] == ["mi", "mi"]


def test_numbers_and_references_outlive_a_misprint() -> None:
    html, misprints = to_html("$\\eqref{b}$ $\\foo$\n\n$$\\bar{$$\n\n$$b \\label{b}$$")
    assert [misprint.source for misprint in misprints] == ["\\foo", "\\bar{"]
    assert [link.text for link in html.iter("a")] == ["(1)"]


def test_macros() -> None:
    misprints: list[RenderError] = []
    markdown = Markdown(
        extensions=[
            "pymdownx.arithmatex",
            FormulaExtension(misprints.append, {"R": r"\mathbb{R}", "two": "#1 + #1"}),
        ],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    html = ElementTree.fromstring(markdown.convert(r"$\two{\R}$"))
    assert misprints == []
    assert [symbols(math) for math in html.iter("math")] == ["ℝ+ℝ"]


def test_footnotes_and_tables() -> None:
    html, misprints = to_html("| a |\n| - |\n| $x$ |\n\nText[^1].\n\n[^1]: A $y$.")
    assert misprints == []
    assert [symbols(math) for math in html.iter("math")] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "misprint"),
    [
        (r"A $\foo x$.", RenderError("formula.invalid", r"\foo x", UNKNOWN)),
        (
            "$$\n\\alpha\nb \\foo\n$$",
            RenderError("formula.invalid", "\n\\alpha\nb \\foo\n", UNKNOWN, line=2, column=2),
        ),
    ],
)
def test_misprint_shows_its_source(text: str, misprint: RenderError) -> None:
    html, misprints = to_html(f"{text}\n\nAnd $x$.")
    assert misprints == [misprint]
    assert [symbols(math) for math in html.iter("math")] == ["x"]
    assert [code.text for code in html.iter("code")] == [misprint.source.strip()]


# A number of examples that a slow machine does in a second or two.
@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text(alphabet="\\{}^_&$ abfrcmath\n#%"))
@example("\\def\\a{\\a}\\a")
@example("{" * 3000)
def test_any_text_is_a_formula_or_a_misprint(tex: str) -> None:
    result = convert_formula(LatexToMathML(annotation=True, fancy_error=False), tex, display=True)
    if isinstance(result, RenderError):
        assert result.message
        assert 0 <= result.line <= tex.count("\n")
        assert 0 <= result.column <= len(tex.split("\n")[result.line])
    else:
        assert result.tag == "math"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="\\{}^_&$()[] abn\n*`<>"))
def test_any_page_converts(text: str) -> None:
    misprints: list[RenderError] = []
    markdown = Markdown(
        extensions=["pymdownx.arithmatex", FormulaExtension(misprints.append)],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    html = markdown.convert(f"A ${text}$ b.\n\n$$\n{text}\n$$\n")
    unset = [misprint for misprint in misprints if misprint.code == "formula.invalid"]
    assert html.count('class="arithmatex"') >= html.count("<math") + len(unset)
