"""Styles and scripts within a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension

from portfolio.markdown_ext.inline_code import InlineCodeExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from tests.support.html import Document

NO_STYLE = "the site's policy blocks styles in a page."
NO_SCRIPT = "the site's policy blocks scripts in a page."


def convert(text: str) -> tuple[str, list[RenderError]]:
    errors: list[RenderError] = []
    extensions: list[str | Extension] = [
        "attr_list",
        "md_in_html",
        "tables",
        InlineCodeExtension(errors.append),
    ]
    return Markdown(extensions=extensions).convert(text), errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a |\n| -: |\n| 1 |", '<td class="align-end">1</td>'),
        ("| a |\n| :-: |\n| 1 |", '<td class="align-center">1</td>'),
        ('<td style="text-align: left;">1</td>', '<td class="align-start">1</td>'),
        ("<p id=a class='b c' style='text-align:center'>d</p>", '<p id=a class="b c align-center">d</p>'),
        ('a <span style="text-align: end">b</span>', '<span class="align-end">b</span>'),
        ('<img alt="a" style="text-align:right"/>', '<img alt="a" class="align-end" />'),
        ('<div markdown style="text-align: center">\n*a*\n</div>', '<div class="align-center">'),
    ],
)
def test_alignments_become_classes(text: str, expected: str) -> None:
    html, errors = convert(text)
    assert expected in html
    assert errors == []


@pytest.mark.parametrize(
    ("text", "place", "code", "message"),
    [
        (
            'a <b style="color: red">b</b>',
            (1, 13),
            "style",
            f"the style 'color: red' has no effect: {NO_STYLE}",
        ),
        (
            "a\n\n<p style=color:red>b</p>",
            (3, 10),
            "style",
            f"the style 'color:red' has no effect: {NO_STYLE}",
        ),
        ('# a { style="width: 1px" }', (1, 14), "style", f"the style 'width: 1px' has no effect: {NO_STYLE}"),
        ("`<style>`\n\n<style>p {}</style>", (3, 1), "style", f"<style> has no effect: {NO_STYLE}"),
        ("a\n\n<script>\nf()\n</script>", (3, 1), "script", f"this <script> does not run: {NO_SCRIPT}"),
        ('<a onclick="f()">b</a>', (1, 13), "script", f"'onclick=\"f()\"' does not run: {NO_SCRIPT}"),
        ("[a](javascript:f)", (1, 5), "script", f"'href=javascript:f' does not run: {NO_SCRIPT}"),
    ],
)
def test_other_code_is_removed_and_reported(
    text: str, place: tuple[int, int], code: str, message: str
) -> None:
    html, errors = convert(text)
    (diagnostic,) = to_diagnostics(errors, text, "page.md")
    assert (diagnostic.line, diagnostic.column, diagnostic.code, diagnostic.message) == (
        *place,
        f"html.inline-{code}",
        message,
    )
    assert "style=" not in html
    assert "onclick" not in html


@pytest.mark.parametrize(
    "text",
    [
        '<script src="a.js"></script>',
        '<script type="application/json">{"a": "<b style=\'color: red\'>"}</script>',
        "<!-- <b style='color: red'> -->",
        '`<b style="color: red">`',
        '<img src="a.png" alt="JavaScript: a book">',
        "A style is a style=x, and onclick=f is text.",
    ],
)
def test_what_is_no_code_stays(text: str) -> None:
    html, errors = convert(text)
    assert errors == []
    assert html.count("color: red") == text.count("color: red")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[a](b){ target="_blank" }', '<a href="b" rel="noopener" target="_blank">'),
        ('<a href=b target="_blank">c</a>', '<a href=b target="_blank" rel="noopener">'),
        ('<a href="b" rel="me" target="_blank">c</a>', '<a href="b" rel="me" target="_blank">'),
    ],
)
def test_links_that_open_a_window_give_no_access(text: str, expected: str) -> None:
    html, errors = convert(text)
    assert expected in html
    assert errors == []


_NAMES = st.sampled_from(["style", "STYLE", "onclick", "OnLoad", "class", "title", "href", "data-style"])
_VALUES = st.text(st.sampled_from("abc:;-'= javascript:text-align:left<&"), max_size=30)
_TAGS = st.sampled_from(["p", "span", "img", "svg"])


@given(st.lists(st.tuples(_NAMES, st.sampled_from("\"'"), _VALUES), max_size=4), _TAGS)
def test_no_attribute_with_code_remains(attributes: list[tuple[str, str, str]], tag: str) -> None:
    written = " ".join(
        f"{name}={quote}{value.replace(quote, '')}{quote}" for name, quote, value in attributes
    )
    html, _ = convert(f"<{tag} {written}>")
    for node in Document(html.encode()).css("body *"):
        assert node.attributes.keys().isdisjoint({"style", "onclick", "onload"})
