"""Formulas in Markdown: inline and displayed, numbered and referred to, valid and invalid."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from portfolio.markdown_ext.formulas import FormulaExtension, find_dollars, find_inline_formulas
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

UNKNOWN = (
    r'Unknown command "\foo".',
    "Write it with other commands, or define it under extra.portfolio.macros in mkdocs.yml.",
)


def to_html(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    errors: list[RenderError] = []
    formulas = FormulaExtension(errors.append)
    markdown = Markdown(
        extensions=[
            "abbr",
            "attr_list",
            "footnotes",
            "smarty",
            "tables",
            "toc",
            "pymdownx.arithmatex",
            "pymdownx.superfences",
            formulas,
        ],
        extension_configs={
            "pymdownx.arithmatex": {"generic": True},
            "pymdownx.superfences": {"custom_fences": [formulas.fence]},
        },
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
        (r"A $\foo x$.", RenderError("formula.invalid", r"\foo x", *UNKNOWN)),
        (
            "$$\n\\alpha\nb \\foo\n$$",
            RenderError("formula.invalid", "\n\\alpha\nb \\foo\n", *UNKNOWN, offset=10),
        ),
    ],
)
def test_an_invalid_formula_is_reported_and_shown_as_source(text: str, error: RenderError) -> None:
    html, errors = to_html(f"{text}\n\nAnd $x$.")
    assert errors == [error]
    assert [symbols(math) for math in html.iter("math")] == ["x"]
    assert [code.text for code in html.iter("code")] == [error.source.strip()]


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


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("Plans cost ($3) vs ($4) a month.", []),
        ("From $30 to US$50, or $20,000 and $30,000.", []),
        ("Between $5-$10; $1.50/$2.00; A$1 and B$2.", []),
        ("5$-10$, 6$/7$; in US$, C$ or A$.", []),
        ("Set $PATH:$HOME, $(pwd)$x, ${A}/$B.", []),
        ("It costs $5 and $x$ is $y$.", ["x", "y"]),
        ("From $x to $y or $z$", ["z"]),
        ("the $n$th of $k$NN, $(n+1)$th and $x_i$s", ["n", "k", "(n+1)", "x_i"]),
        ("2$x$ and a$b$c", ["x", "b"]),
        ("$x$-axis, ($x$), *$x$*, $1,000$", ["x", "x", "x", "1,000"]),
        (r"a \$x$ b and $\$5$", [r"\$5"]),
        (r"\\$x$ and \(y\)", ["x", "y"]),
        ("A line $s_i = s_{i}\n$ that ends late.", ["s_i = s_{i}\n"]),
        (r"$\text{for all $x$ of {y}}$", [r"\text{for all $x$ of {y}}"]),
        ("$`x<y`$ and `` $`y`$ `` and `$z$`", ["x<y"]),
        ("$${x}$$ and $y$", ["{x}", "y"]),
    ],
)
def test_dollars_are_formulas_by_pandocs_rule(text: str, formulas: list[str]) -> None:
    html, errors = to_html(text)
    assert errors == []
    assert [annotation.text for annotation in html.iter("annotation")] == formulas
    assert len(list(html.iter("code"))) == text.count("``") // 2 + text.count("`$z")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (r"$ \alpha $ here", 1),
        (r"unclosed $\alpha and $x$", 10),
        (r"The $x_{i} `code`", 5),
        (r"The $x_{i}$5", 5),
    ],
)
def test_a_dollar_that_seems_to_begin_a_formula_is_reported(text: str, column: int) -> None:
    _, errors = to_html(text)
    (place,) = to_diagnostics(errors, text, "page.md")
    assert (place.line, place.column, place.code) == (1, column, "formula.stray-delimiter")
    assert place.message == "this '$' does not begin or end a formula."


@pytest.mark.parametrize(
    "text", ["```math\na < b\n```", "~~~ { .math }\na < b\n~~~", "- item\n\n    ```math\n    a < b\n    ```"]
)
def test_fences_of_github_are_displayed_formulas(text: str) -> None:
    html, errors = to_html(text)
    (math,) = html.iter("math")
    assert errors == []
    assert (symbols(math), math.get("display")) == ("a<b", "block")
    assert [box.get("role") for box in html.iter("div")] == ["group"]


def test_equations_of_fences_can_be_referred_to() -> None:
    html, errors = to_html(
        "```math\na \\label{a}\n```\n\n$$\nb \\tag{B}\\label{b}\n$$\n\nSee \\eqref{a} and \\eqref{b}."
    )
    assert errors == []
    assert [link.text for link in html.iter("a")] == ["(1)", "(B)"]


@pytest.mark.parametrize(
    ("text", "place"), [("a\n\n```math\nx\n\\foo\n```", (5, 1)), (r"An $`\foo`$", (1, 6))]
)
def test_errors_in_githubs_notations_have_a_place(text: str, place: tuple[int, int]) -> None:
    _, errors = to_html(text)
    (diagnostic,) = to_diagnostics(errors, text, "page.md")
    assert (diagnostic.line, diagnostic.column) == place


@pytest.mark.parametrize(
    "text", [r"\(", "$a ", "$ a ", "$ab", "$$ ", r"$\text{", "`$", "$`", "\\[\n", "\\begin{align}\n", "$`a`"]
)
def test_long_runs_end(text: str) -> None:
    html, _ = to_html(text * 2000)
    assert not list(html.iter("math"))


@pytest.mark.parametrize(
    ("text", "offsets"),
    [
        ("$5 and $10", set()),
        ("$a", set()),
        ("$x$ for $5", {0, 2}),
        ("a $$x$$", {2, 3, 5, 6}),
        ("$$$$$", {0, 1, 3, 4}),
        ("$$$a$$", {0, 1, 4, 5}),
        (r"$\alpha", {0}),
        (r"\$x$", set()),
    ],
)
def test_dollar_signs_that_mean_something_are_found(text: str, offsets: set[int]) -> None:
    assert find_dollars(text) == offsets


@given(
    st.lists(st.sampled_from(["$", "$$", "a", "5", " ", "x_1", "\\alpha", "{", "}", "(", "\n"]))
    .map("".join)
    .filter(lambda text: "\n{" not in text)  # a list of attributes
)
def test_text_without_such_dollar_signs_has_no_formula(text: str) -> None:
    if not find_dollars(text):
        html, errors = to_html(text)
        assert list(html.iter("math")) == []
        assert errors == []


@pytest.mark.parametrize(
    ("text", "only_tex", "formulas"),
    [
        ("$x$, $a+b$ and $x_1$", True, [(0, 3, "x"), (15, 20, "x_1")]),
        ("$x$, $a+b$ for $5 or $6", False, [(0, 3, "x"), (5, 10, "a+b")]),
        ("$$x$$", False, []),
    ],
)
def test_inline_formulas_are_found(text: str, only_tex: bool, formulas: list[tuple[int, int, str]]) -> None:
    assert list(find_inline_formulas(text, only_tex=only_tex)) == formulas
