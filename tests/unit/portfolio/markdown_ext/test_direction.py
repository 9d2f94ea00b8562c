"""Lists, quotations and tables run in the direction of their text."""

import pytest
from markdown import Markdown

from portfolio.markdown_ext.direction import DirectionExtension


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- עברית\n", '<ul dir="rtl">\n<li>עברית</li>\n</ul>'),
        ("> 1. עברית\n", '<blockquote dir="rtl">\n<ol>\n<li>עברית</li>\n</ol>\n</blockquote>'),
        ("- 1 a עברית\n", "<ul>\n<li>1 a עברית</li>\n</ul>"),
        (
            "> عنصر\n>\n> - a\n",
            '<blockquote dir="rtl">\n<p>عنصر</p>\n<ul dir="ltr">\n<li>a</li>\n</ul>\n</blockquote>',
        ),
        ("עברית\n", "<p>עברית</p>"),
        ("- <b>עברית</b>\n", '<ul dir="rtl">\n<li><b>עברית</b></li>\n</ul>'),
    ],
)
def test_direction(text: str, html: str) -> None:
    assert Markdown(extensions=[DirectionExtension(lambda _: "en")]).convert(text) == html


def test_text_of_another_direction_than_the_page() -> None:
    converter = Markdown(extensions=[DirectionExtension(lambda _: "ar")])
    assert converter.convert("- a\n\n> نص\n") == (
        '<ul dir="ltr">\n<li>a</li>\n</ul>\n<blockquote>\n<p>نص</p>\n</blockquote>'
    )
