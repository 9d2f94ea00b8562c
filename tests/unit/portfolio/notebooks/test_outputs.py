"""What programs put into notebooks cannot run on the page, load anything or break out of its box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from portfolio.notebooks import outputs

_PARTS = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<iframe src=/>",
        "<img src='https://other.example/a.png'>",
        "<a href='javascript:alert(1)'>b</a>",
        "<style>*{}</style>",
        "<link rel=stylesheet href=//other.example/a.css>",
        "</div></div></table>",
        "<table><tr><td>1",
        "<!--",
        "-->",
        "<math><mtext></table><mglyph><style><img src=x onerror=alert(1)>",
        "<form action=/a><button>",
        "text",
        "&lt;",
        "<p style='background:url(//other.example)'>",
        "<img src='data:text/html,<script>'>",
        "<div id=content>",
    ]
)


@given(st.lists(_PARTS | st.text(max_size=5), max_size=8).map("".join))
def test_sanitize_html_removes_what_runs_or_loads(source: str) -> None:
    box = outputs.sanitize_html(source)
    document = LexborHTMLParser(f"<main>{box}</main><footer></footer>")
    assert document.css("main + footer"), "it broke out of its box"
    found = document.css(
        "script, style, iframe, link, form, input, svg, math, object, embed, base, meta[content]"
    )
    assert found == []
    for node in document.css("main *"):
        names = set(node.attributes)
        assert not {name for name in names if name.startswith("on")} | (names & {"style", "id"})
        url = node.attributes.get("src") or node.attributes.get("href") or ""
        assert not url.startswith(("javascript", "data:text", "//"))
        assert "other.example" not in url


def test_sanitize_html_wraps_tables() -> None:
    box = outputs.sanitize_html(
        "<style>x</style><table border=1><tr><th scope=row>a</th><td colspan=2>1</td></tr></table>"
    )
    document = LexborHTMLParser(box)
    assert [cell.text() for cell in document.css("div.output > div.table[tabindex='0'] th[scope=row]")] == [
        "a"
    ]
    assert document.css("td[colspan='2']")
    assert not document.css("[border]")


@pytest.mark.parametrize(
    "nothing", ["", "<script>plot()</script>", "<div id=a></div>", "<style>a{}</style> \n"]
)
def test_sanitize_html_returns_nothing_for_invisible_html(nothing: str) -> None:
    assert outputs.sanitize_html(nothing) == ""
