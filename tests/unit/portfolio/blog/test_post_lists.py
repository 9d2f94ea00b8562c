"""What lists of posts show of a post."""

import pytest

from portfolio.blog.post_lists import first_paragraph

NOTE = '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>'


@pytest.mark.parametrize(
    ("excerpt", "expected"),
    [
        ("<h2>A</h2>\n<p>First <em>words</em>.</p>\n<p>More.</p>", "First <em>words</em>."),
        ('<p dir="auto">Two\nlines.</p>', "Two\nlines."),
        (f"<p>A note.{NOTE} More.{NOTE}</p>", "A note. More."),
        # A picture says nothing, and the title of a callout is not text.
        ('<p><img alt="A" src="a.png"></p>\n<p>Words.</p>', "Words."),
        ('<div class="admonition">\n<p class="admonition-title">Note</p>\n<p>Words.</p>', "Words."),
        ("<h2>A</h2>\n<pre>x</pre>", ""),
        ("", ""),
    ],
)
def test_first_paragraph(excerpt: str, expected: str) -> None:
    assert first_paragraph(excerpt) == expected
