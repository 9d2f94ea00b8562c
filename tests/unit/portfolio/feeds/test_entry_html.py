"""The HTML of a post in a feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from portfolio.core.text import strip_invalid_xml
from portfolio.feeds.entry_html import render_entry_html

URL = "https://example.org/a/2025/one/"
MATH = (
    "<math{}><semantics><mrow><mi>x</mi><mo>&lt;</mo><mn>1</mn></mrow>"
    '<annotation encoding="application/x-tex">x &lt; 1</annotation></semantics></math>'
)
SVG = '<svg aria-labelledby="t"><title id="t">A flow</title>{}<g><text>loose</text><path d="M0"/></g></svg>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>Title<a class='headerlink' href='#t'>¶</a></h1><p>a</p>", "<p>a</p>"),
        ("<h2 id=b>B<a class=\"headerlink\" href='#b'>¶</a></h2>", "<h2>B</h2>"),
        ("<p><a href='../two/#x'>b</a> <img src='c.png' alt='d' width=1 height=2 loading=lazy></p>",
         '<p><a href="https://example.org/a/2025/two/#x">b</a> '
         '<img src="https://example.org/a/2025/one/c.png" alt="d" width="1" height="2"></p>'),
        (f"<p>if <span>{MATH.format('')}</span>, so</p>", "<p>if <code>x &lt; 1</code>, so</p>"),
        (MATH.format(' display="block"'), "<p><code>x &lt; 1</code></p>"),
        (f"<p>a <span>{MATH.format(' display=block')}</span> b</p>",
         "<p>a <br><code>x &lt; 1</code><br> b</p>"),
        ("<p>a <math><mi>y</mi></math></p>", "<p>a <code>y</code></p>"),
        (f"<div>{SVG.format('<desc>From a to b.</desc>')}</div>",
         f'<div><a href="{URL}">A flow</a>: From a to b.</div>'),
        (f"<div>{SVG.format('')} after</div>", f'<div><a href="{URL}">A flow</a> after</div>'),
        ("<p>a<svg><path d='M0'/></svg>b</p>", "<p>ab</p>"),
        ("<ul><li><input type=checkbox checked disabled> a</li></ul>", "<ul><li>☑ a</li></ul>"),
        ("<ul><li><label><input type=checkbox disabled></label>a</li></ul>", "<ul><li>☐ a</li></ul>"),
        ("<div class='admonition tip'><p class='admonition-title'>Tip</p><p>a</p></div>",
         "<blockquote><p><strong>Tip</strong></p><p>a</p></blockquote>"),
        ("<pre><span></span><code><a id=l href='#l'></a><span class=k>if</span></code></pre>",
         "<pre><code>if</code></pre>"),
        ("<img src='a.png#only-light' alt=a><img src='b.png#only-dark' alt=a>",
         '<img src="https://example.org/a/2025/one/a.png#only-light" alt="a">'),
        ("<p onclick=x()>a</p><script></script><iframe src=c></iframe><!-- d --><style></style>", "<p>a</p>"),
        ("<a href='javascript:x()'>a</a><p>\x0b\x00b</p>", "<a>a</a><p>b</p>"),
        ("<p>a<button type=button>Copy</button></p><p hidden>b</p>", "<p>a</p>"),
        (" \n", ""),
    ],
    ids=range(19),
)  # fmt: skip
def test_elements_that_readers_drop_become_text(html: str, expected: str) -> None:
    assert render_entry_html(html, URL) == expected


@given(st.text(alphabet="<>/\"'=& abimgsrchef#ponx:\x00\x0c\ud800", max_size=60))
def test_render_entry_html_of_any_html_is_safe(html: str) -> None:
    rendered = render_entry_html(html, URL)
    rendered.encode()
    assert strip_invalid_xml(rendered) == rendered
    for node in LexborHTMLParser(rendered).css("[src], [href]"):
        url = node.attributes.get("src") or node.attributes.get("href") or ""
        assert url.startswith(("http://", "https://", "mailto:")) or not url
