"""Reading times are those that Material's blog computes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from material.plugins.blog.readtime import readtime

from portfolio.mkdocs_glue.reading_time import count_minutes

_PAGES = Path(__file__).parents[3] / "imports"
_NAMES = st.sampled_from("p b img br svg path script style title object iframe textarea Img".split())
_PLAIN_ATTRIBUTES = ["", " a", ' a="b"', " a='<img>'", ' a=">"', "\n\thref = 'x'", " /"]
_ATTRIBUTES = st.sampled_from([*_PLAIN_ATTRIBUTES, " a=b", ' "', "/", ' a="x"b', "\f", "\xa0x"])
_TAGS = st.builds("<{}{}{}>".format, st.sampled_from(["", "", "/"]), _NAMES, _ATTRIBUTES)
_TEXTS = st.text("ab .&;<>'\"/!-?é中\n", max_size=8) | st.sampled_from(
    [
        "&amp;",
        "&am",
        "p;",
        "two words",
        "<!-- more -->",
        "<!-->",
        "<!-- a--b -->",
        "<!a>",
        "<?x?>",
        "</>",
        "</ p>",
    ]
)


@given(st.lists(_TAGS | _TEXTS, max_size=12).map("".join))
def test_reading_time_of_any_html_is_that_of_material(html: str) -> None:
    # At one word in a minute, the number of words is part of the result.
    assert count_minutes(html, 1) == readtime(html, 1)


def test_reading_time_of_pages_is_that_of_material() -> None:
    pages = [path.read_text("utf-8") for path in _PAGES.rglob("published/**/*.html")]
    assert len(pages) > 100
    assert [count_minutes(page, 1) for page in pages] == [readtime(page, 1) for page in pages]
