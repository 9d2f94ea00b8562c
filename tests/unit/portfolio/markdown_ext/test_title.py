"""The title in front matter as the heading of a page."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from portfolio.markdown_ext.title import TitleExtension


def convert(title: str | None, text: str) -> tuple[str, str]:
    """Return the HTML, and the id of the first heading in the table of contents."""
    md = Markdown(extensions=["smarty", "attr_list", "toc", TitleExtension(lambda _: title)])
    converted = md.convert(text)
    tokens = getattr(md, "toc_tokens", [])
    return converted, tokens[0]["id"] if tokens else ""


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Vec<T> and List<String>", "Vec&lt;T&gt; and List&lt;String&gt;"),
        ('2*3*4, $5 "to" `x` -- {v2} {: .a}', '2*3*4, $5 "to" `x` -- {v2} {: .a}'),
        ("AT&T &amp; <script>alert(1)</script>", "AT&amp;T &amp;amp; &lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_title_becomes_the_heading_as_it_is_written(title: str, shown: str) -> None:
    text, _ = convert(title, "Words.")
    assert f">{shown}</h1>\n<p>Words.</p>" in text


def test_heading_has_an_id() -> None:
    assert convert("A title", "Words.")[1] == "a-title"


@pytest.mark.parametrize("text", ["# Own", "Own\n===", "#Own"])
def test_a_page_that_begins_with_a_heading_keeps_it(text: str) -> None:
    assert convert("A title", text)[0] == '<h1 id="own">Own</h1>'


def test_a_page_without_a_title_gets_no_heading() -> None:
    assert convert(None, "Words.")[0] == "<p>Words.</p>"


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1))
def test_heading_has_the_text_of_any_title(title: str) -> None:
    text, _ = convert(title, "Words.")
    assert html.unescape(text.partition(">")[2].partition("</h1>")[0]) == title
