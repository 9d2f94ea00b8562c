"""Styled text: inline Markdown, markers, and plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portfolio.core import runs
from portfolio.core.runs import Run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("plain", [Run("plain")]),
        (
            "**a** *b* `c*`",
            [Run("a", bold=True), Run(" "), Run("b", italic=True), Run(" "), Run("c*", code=True)],
        ),
        ("***a***", [Run("a", bold=True, italic=True)]),
        (
            "[a *b*](https://x.example)",
            [Run("a ", url="https://x.example"), Run("b", italic=True, url="https://x.example")],
        ),
        ("<https://x.example>", [Run("https://x.example", url="https://x.example")]),
        ("5 * 3 * 2, snake_case_name, a\\*b, \\[c\\]", [Run("5 * 3 * 2, snake_case_name, a*b, [c]")]),
        ("<b>x</b> &amp; $x$ C:\\dir", [Run("<b>x</b> &amp; $x$ C:\\dir")]),
        ("[x](javascript:alert(1))", [Run("[x](javascript:alert(1))")]),
        ("# a\n- b", [Run("# a\n- b")]),
    ],
)
def test_inline_markdown(text: str, expected: list[Run]) -> None:
    assert list(runs.parse_markdown(text)) == expected


@given(st.text(alphabet="*_`[]()<>\\!& ab1\n", max_size=40))
def test_no_word_is_lost(text: str) -> None:
    """The text is that of CommonMark, whose HTML has the same characters."""
    parser = MarkdownIt("zero").enable(["emphasis", "backticks", "link", "escape", "autolink"])
    (inline,) = parser.parseInline(text)
    assert runs.plain_text(runs.parse_markdown(text)) == "".join(
        child.content for child in inline.children or ()
    )


@pytest.mark.parametrize(
    ("styled", "plain"),
    [
        ([Run("H"), Run("2", subscript=True), Run("O")], "H₂O"),
        ([Run("x"), Run("Q", superscript=True)], "x^Q"),
        ([Run("b"), Run("max", subscript=True)], "bₘₐₓ"),
        ([Run("so", url="x"), Run("it", italic=True, url="x")], "soit (x)"),
        ([Run("a@x.example", url="mailto:a@x.example")], "a@x.example"),
    ],
)
def test_plain_text(styled: list[Run], plain: str) -> None:
    assert runs.plain_text(styled, with_urls=True) == plain


@given(st.lists(st.sampled_from([*runs.OPENING, *runs.CLOSING, "a", " "])))
def test_markers_are_removed_or_become_styles(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(run.text for run in runs.parse_markers(text)) == runs.strip_markers(text)
