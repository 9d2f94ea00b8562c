"""Lists have the structure that CommonMark gives them, and the four-space style renders as before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown import Markdown
from markdown_it import MarkdownIt

from portfolio.markdown_ext.lists import ListExtension

EXTENSIONS = [
    "admonition",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "pymdownx.superfences",
    "pymdownx.details",
    "pymdownx.quotes",
    "pymdownx.blocks.caption",
]
FENCE = "```\nx = 1\n\ny\n```"


def convert_lists(text: str) -> str:
    return Markdown(extensions=[*EXTENSIONS, ListExtension()]).convert(text)


def convert_before(text: str) -> str:
    return Markdown(extensions=EXTENSIONS).convert(text)


def convert_by_commonmark(text: str) -> str:
    return str(MarkdownIt().render(text))


Structure = tuple[object, ...]


def read_structure(source: str) -> Structure:
    """Return the elements and words of HTML, without white space between them."""

    def read(element: html.HtmlElement) -> Structure:
        if element.tag == "pre" or "highlight" in element.classes:
            return "pre", element.text_content().rstrip("\n")
        parts: list[object] = [element.tag, element.get("start"), *(element.text or "").split()]
        for child in element:
            parts += [read(child), *(child.tail or "").split()]
        return tuple(parts)

    return read(html.fragment_fromstring(source, create_parent="div"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Three things:\n- one\n- two\n", "<p>Three things:</p><ul><li>one</li><li>two</li></ul>"),
        ("Steps:\n1. one\n2) two\n", "<p>Steps:</p><ol><li>one</li></ol><ol start=2><li>two</li></ol>"),
        ("It was in\n1984. Then\n- \nit ended\n", "<p>It was in 1984. Then - it ended</p>"),
        ("- a\n  - b\n    - c\n- d\n", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"),
        ("1. a\n   - b\n2. c\n", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("- a\n    3. b\n    4. c\n", "<ul><li>a<ol start=3><li>b</li><li>c</li></ol></li></ul>"),
        ("3. a\n4. b\n", "<ol start=3><li>a</li><li>b</li></ol>"),
        ("- a\n* b\n", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("- a\n- b\n\n- c\n", "<ul><li><p>a</p></li><li><p>b</p></li><li><p>c</p></li></ul>"),
        (
            "- a\n  - b\n\n  - c\n- d\n",
            "<ul><li>a<ul><li><p>b</p></li><li><p>c</p></li></ul></li><li>d</li></ul>",
        ),
        ("- a\nlazy\n\nAfter.\n", "<ul><li>a lazy</li></ul><p>After.</p>"),
        ("- a\n---\n- - -\n", "<ul><li>a</li></ul><hr><hr>"),
        ("- a\n# b\n", "<ul><li>a</li></ul><h1>b</h1>"),
        ("-     code\n", "<ul><li><pre>code</pre></li></ul>"),
        ("1. a\n\n       code\n", "<ol><li><p>a</p><pre>code</pre></li></ol>"),
        (
            "1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b\n",
            "<ol><li><p>a</p><pre>x\n\ny</pre></li><li><p>b</p></li></ol>",
        ),
        ("- a\n\n  !!! note\n\n      b\n", "<ul><li><p>a</p><div><p>Note</p><p>b</p></div></li></ul>"),
        (
            "!!! note\n\n    - a\n      - b\n\n        c\n",
            "<div><p>Note</p><ul><li>a<ul><li><p>b</p><p>c</p></li></ul></li></ul></div>",
        ),
        (
            "a\n:   - b\n      - c\n\n        d\n",
            "<dl><dt>a</dt><dd><ul><li>b<ul><li><p>c</p><p>d</p></li></ul></li></ul></dd></dl>",
        ),
        ("a[^1]\n\n[^1]: b\n    - c\n", None),
    ],
)
def test_structure(text: str, expected: str | None) -> None:
    if expected is None:
        assert "<ul>\n<li>c" in convert_lists(text)
    else:
        assert read_structure(convert_lists(text)) == read_structure(expected)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n\n    b\n\n        code\n\n            more\n\n-   c\n\n    > d\n",
        "1.  a\n\n    !!! note\n\n        b\n\n        - c\n\n            d\n"
        "\n2.  e\n\n    ??? tip\n\n        f\n",
        "term\n:   a\n\n    - b\n\n        c\n\n    d\n\n:   e\n",
        "- a\n    - b\n        1. c\n        2. d\n    - e\n- f\n",
        "a[^1]\n\n[^1]: b\n\n    - c\n    - d\n\n    e\n",
        "- a\n\n    | b | c |\n    | - | - |\n    | d | e |\n\n    /// caption\n    f\n    ///\n\n- g\n",
        '!!! note "a"\n    - b\n    - c\n\n    d\n\n- e\n',
        "<div markdown>\n- a\n\n    b\n</div>\n",
        "[a]: b\n[c]: d\n\n- [a]\n- [c]\n",
    ],
)
def test_four_spaces_render_as_before(text: str) -> None:
    assert convert_lists(text) == convert_before(text)


@st.composite
def _items(draw: st.DrawFn, depth: int, after_text: bool) -> list[str]:
    """Draw the lines of a list. After a line of text it starts with 1, or it would be part of the text."""
    marker = draw(st.sampled_from(["-", "*", "+", "1.", "1)", *([] if after_text else ["3."])]))
    indentation = draw(st.sampled_from([None, None, 4]))
    is_loose = draw(st.booleans())
    lines: list[str] = []
    for index in range(draw(st.integers(1, 3))):
        number = f"{int(marker[:-1]) + index}{marker[-1]}" if len(marker) > 1 else marker
        start = number + " " * draw(st.integers(1, 3))
        first, *rest = draw(_item(depth + 1))
        width = max(len(start), indentation) if indentation else len(start)
        lines += [""] if is_loose and index else []
        lines += [start + first, *(" " * width + line if line else "" for line in rest)]
    return lines


@st.composite
def _item(draw: st.DrawFn, depth: int) -> list[str]:
    lines = [f"item {depth}", *draw(st.sampled_from([[], [], ["more text"]]))]
    if depth < 4 and draw(st.booleans()):
        after_text = draw(st.booleans())
        lines += [*([] if after_text else [""]), *draw(_items(depth, after_text))]
    return lines + draw(st.sampled_from([[], [], [], ["", "paragraph"], ["", *FENCE.split("\n")]]))


@st.composite
def _texts(draw: st.DrawFn) -> str:
    blocks = [
        ["text", *draw(_items(0, True))] if draw(st.booleans()) else draw(_items(0, False)) for _ in range(2)
    ]
    return "\n".join([*blocks[0], "", "text", "", *blocks[1], ""])


@settings(deadline=None, max_examples=100)
@given(_texts())
def test_any_list_has_the_structure_of_commonmark(text: str) -> None:
    assert read_structure(convert_lists(text)) == read_structure(convert_by_commonmark(text))
