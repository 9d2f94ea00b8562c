"""What is indexed for a page, and how text without spaces is split."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.cache import CacheFile
from portfolio.search.documents import LETTER, SearchDocument, list_words, split_runs
from tests.support import project

_PAIR = re.compile(f"({LETTER}){LETTER} ")
_LETTERS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no run", "no run"),
        ("é, ü and Ελένη", "é, ü and Ελένη"),
        ("桥", " 桥 "),
        ("大桥梁", " 大桥 桥梁 梁 "),
        ("用Python写", " 用 Python 写 "),
        ('<p title="大桥">大桥</p>', '<p title="大桥"> 大桥 桥 </p>'),
        # A vowel sign belongs to its consonant.
        ("ที่นี่", " ที่นี่ นี่ "),
        ("검색", " 검색 색 "),
    ],
)
def test_runs_are_split_into_pairs(text: str, expected: str) -> None:
    assert split_runs(text) == expected


@given(_LETTERS)
def test_pairs_can_be_joined(run: str) -> None:
    assert _PAIR.sub(r"\1", split_runs(run)).strip() == run


def test_the_script_has_the_same_letters() -> None:
    script = (project.ROOT / "overrides/assets/javascripts/search.js").read_text(encoding="utf-8")
    literal = script.partition("const LETTER =")[2].partition(";")[0]
    source = "".join(re.findall(r'"([^"]*)"', literal))
    escapes = re.compile(r"\\u\{?([0-9a-f]+)\}?")
    assert escapes.sub(lambda match: chr(int(match[1], 16)), source) == LETTER


def test_a_document_has_its_metadata_and_its_text() -> None:
    document = SearchDocument(
        "notes/a/",
        'Rock & "roll"',
        "Notes",
        "May 2019",
        ("stone",),
        '<h1>Rock</h1><p>An <abbr title="High &amp; low">HL</abbr>.</p>',
    )
    assert document.to_html() == (
        '<html><body><i data-pagefind-meta="title[title]" title="Rock &amp; &quot;roll&quot;"></i>'
        '<i data-pagefind-meta="when[title]" title="May 2019"></i>'
        '<i data-pagefind-meta="words[title]" title="stone High &amp; low"></i>'
        '<i data-pagefind-filter="kind[title]" title="Notes"></i>'
        '<i data-pagefind-filter="year[title]" title="2019"></i>'
        '<div><h1>Rock</h1><p>An <abbr title="High &amp; low">HL</abbr>.</p></div></body></html>'
    )


def test_a_document_without_text_has_its_title_as_text() -> None:
    html = SearchDocument("a/", "A <b>", "Pages", body="<h1>A</h1><svg><text>B</text></svg>").to_html()
    assert html.endswith("<div><p>A &lt;b&gt;</p></div></body></html>")


def test_a_boost_is_a_weight() -> None:
    assert '<div data-pagefind-weight="2.5">' in SearchDocument("a/", "A", "Pages", boost=2.5).to_html()


def test_words_are_listed_by_how_many_documents_have_them() -> None:
    first = SearchDocument(
        "a/", "Stone bridges", "Pages", words=("Ørsted",), body="<p>Bridges &amp; bridges</p>"
    )
    second = SearchDocument(
        "b/", "Bridges", "Pages", body="<pre>old_bridge2 = 桥梁桥梁</pre><script>code</script>"
    )
    cache = CacheFile()
    for _ in range(2):
        assert list_words([first, second], cache).split("\n") == ["bridges", "bridge", "stone", "ørsted"]
    assert list_words([first, second._replace(title="")], cache).split("\n")[0] == "bridge"
