"""Parts of pages on another page: ids are unique, references to an id follow it, and URLs stay right."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mkdocs.utils import get_relative_url
from selectolax.lexbor import LexborHTMLParser

from portfolio.markdown_ext import page_parts

DRAWN = (
    '<h2 id="set-up">Set-up</h2>\n<svg aria-labelledby="t d" viewBox="0 0 1 1"><title id="t">é</title>'
    '<desc id="d"></desc><path marker-end="url(#m)"/><marker id=\'m\'/></svg><a href="#set-up">up</a> id="t"'
)


def test_make_ids_unique_renames_only_duplicates() -> None:
    first, second, third = page_parts.make_ids_unique([DRAWN, DRAWN, '<p id="other" class="t">&amp;</p>'])
    assert (first, third) == (DRAWN, '<p id="other" class="t">&amp;</p>')
    assert second == (
        '<h2 id="set-up_1">Set-up</h2>\n<svg aria-labelledby="t_1 d_1" viewBox="0 0 1 1">'
        '<title id="t_1">é</title><desc id="d_1"></desc><path marker-end="url(#m_1)"/>'
        "<marker id='m_1'/></svg>"
        '<a href="#set-up_1">up</a> id="t"'
    )


def test_make_ids_unique_avoids_ids_of_the_page() -> None:
    page = page_parts.collect_ids('<h1 id="notes">Notes</h1>')
    assert page_parts.make_ids_unique(['<h2 id="notes">N</h2><h3 id="notes_1">x</h3>'], page) == [
        '<h2 id="notes_2">N</h2><h3 id="notes_1">x</h3>'
    ]


@given(
    st.lists(st.lists(st.sampled_from(["a", "a_1", "a_2", "b", "_1"]), unique=True, max_size=4), max_size=5)
)
def test_make_ids_unique_leaves_no_duplicates(pages: list[list[str]]) -> None:
    texts = ["".join(f'<i id="{id}"></i><a href="#{id}"></a>' for id in ids) for ids in pages]
    html = LexborHTMLParser("".join(page_parts.make_ids_unique(texts)))
    ids = [element.attributes["id"] for element in html.css("i")]
    assert len(set(ids)) == len(ids)
    assert [link.attributes["href"] for link in html.css("a")] == [f"#{id}" for id in ids]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="../b/">b</a>', '<a href="../posts/b/">b</a>'),
        ('<a href="../../../about/?x#y">', '<a href="../../about/?x#y">'),
        ("<a href='#part'>part</a>", "<a href='../posts/a/#part'>part</a>"),
        ('<img src="x.png" alt="src=x">', '<img src="../posts/a/x.png" alt="src=x">'),
        (
            '<source srcset="x.webp 1w, y.webp 2w">',
            '<source srcset="../posts/a/x.webp 1w, ../posts/a/y.webp 2w">',
        ),
        ('<a href="/b"></a><a href="//b.org"></a><a href="mailto:b">', None),
        ('<a href="&#109;&#97;">mail</a> <a id="b"></a> &lt;a href="b"&gt;', None),
    ],
)
def test_urls_lead_to_the_same_places_from_another_page(html: str, expected: str | None) -> None:
    rebased = page_parts.rebase_urls(html, "blog/posts/a/", lambda url: get_relative_url(url, "blog/page/"))
    assert rebased == (html if expected is None else expected)


@given(
    st.sampled_from(["", "a/", "a/b/c/", "a/b.html"]),
    st.sampled_from(["", "d/", "a/b/", "a/b/c/e/", "f.html"]),
    st.sampled_from(["", "#x", "../", "../../a/?b#c", "g.png", "a/../h/", "https://example.org/", "/i"]),
)
def test_rebased_url_is_the_same_url(source: str, target: str, url: str) -> None:
    site = "https://example.com/"
    html = page_parts.rebase_urls(f'<a href="{url}">', source, lambda path: get_relative_url(path, target))
    rebased = LexborHTMLParser(html).css("a")[0].attributes["href"]
    assert urljoin(site + target, rebased) == urljoin(site + source, url)
