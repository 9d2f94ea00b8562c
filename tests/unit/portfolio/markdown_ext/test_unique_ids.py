"""Excerpts on one page: ids are unique, and references to an id follow it."""

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from portfolio.markdown_ext import unique_ids

DRAWN = (
    '<h2 id="set-up">Set-up</h2>\n<svg aria-labelledby="t d" viewBox="0 0 1 1"><title id="t">é</title>'
    '<desc id="d"></desc><path marker-end="url(#m)"/><marker id=\'m\'/></svg><a href="#set-up">up</a> id="t"'
)


def test_make_ids_unique_renames_only_duplicates() -> None:
    first, second, third = unique_ids.make_ids_unique([DRAWN, DRAWN, '<p id="other" class="t">&amp;</p>'])
    assert (first, third) == (DRAWN, '<p id="other" class="t">&amp;</p>')
    assert second == (
        '<h2 id="set-up_1">Set-up</h2>\n<svg aria-labelledby="t_1 d_1" viewBox="0 0 1 1">'
        '<title id="t_1">é</title><desc id="d_1"></desc><path marker-end="url(#m_1)"/>'
        "<marker id='m_1'/></svg>"
        '<a href="#set-up_1">up</a> id="t"'
    )


def test_make_ids_unique_avoids_ids_of_the_page() -> None:
    page = unique_ids.collect_ids('<h1 id="notes">Notes</h1>')
    assert unique_ids.make_ids_unique(['<h2 id="notes">N</h2><h3 id="notes_1">x</h3>'], page) == [
        '<h2 id="notes_2">N</h2><h3 id="notes_1">x</h3>'
    ]


@given(
    st.lists(st.lists(st.sampled_from(["a", "a_1", "a_2", "b", "_1"]), unique=True, max_size=4), max_size=5)
)
def test_make_ids_unique_leaves_no_duplicates(pages: list[list[str]]) -> None:
    texts = ["".join(f'<i id="{id}"></i><a href="#{id}"></a>' for id in ids) for ids in pages]
    html = LexborHTMLParser("".join(unique_ids.make_ids_unique(texts)))
    ids = [element.attributes["id"] for element in html.css("i")]
    assert len(set(ids)) == len(ids)
    assert [link.attributes["href"] for link in html.css("a")] == [f"#{id}" for id in ids]
