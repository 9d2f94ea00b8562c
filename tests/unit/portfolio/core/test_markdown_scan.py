"""The Markdown scan, compared with Python-Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.markdown_scan import MarkdownSource, find_inline_links
from tests.support import converting

PAGE = """\
---
title: "[no](link)"
---

# Title

Text with [a link](a.md "Title"), [nested ![picture](b.png)](c.md), [with (brackets)](d_(e).md) and
[broken
over lines](<f g.md>). `[no](code)` and ``[no](`code`)``, <!-- [no](comment) --> \\[no](escaped).

~~~python
# no heading
[no](fence)
~~~

> ## Quoted {#own .class}

Underlined
----------

[definition]: h.md "Title"

    [no](indented)

```
never closed [yes](i.md)
"""


def test_scan_finds_links_and_headings_but_not_code() -> None:
    markup = MarkdownSource(PAGE)
    assert [(link.target, link.image) for link in markup.links] == [
        ("a.md", False), ("c.md", False), ("b.png", True), ("d_(e).md", False), ("f g.md", False),
        ("h.md", False), ("indented", False), ("i.md", False),
    ]  # fmt: skip
    assert [(heading.level, heading.words) for heading in markup.headings] == [
        (1, "Title"), (2, "Quoted"), (2, "Underlined"),
    ]  # fmt: skip
    assert [markup.position(link.at) for link in markup.links[:2]] == [(7, 11), (7, 35)]
    assert len(markup.prose) == len(PAGE)


def test_conversion_dismisses_indented_code() -> None:
    converted = converting.conversions().convert("a.md", MarkdownSource(PAGE).text)
    assert {"a.md", "b.png", "c.md", "i.md"} <= converted.targets
    assert "indented" not in converted.targets
    assert converted.heading_levels == [1, 2, 2]
    assert {"title", "own", "underlined"} <= converted.ids


CODE = ["`[c](d)`", "`# n`", "```", "~~~", "<!-- ", "-->", "`", "    ", "$x$", "<img src=r.png>"]
PLAIN = ["# A", "## B", "### C #", "B\n---", "Text", "[w](t.md)", "![](p.png)", "![a](q.png)", "{#x}"]
PIECES = st.sampled_from([*CODE, *PLAIN, "> ", "- ", "\n", "\n\n", "[", "](", ")"])


@given(
    st.lists(PIECES, max_size=12).map(" ".join) | st.lists(PIECES, max_size=12).map("\n\n".join) | st.text()
)
def test_scan_accepts_any_text_and_returns_valid_positions(text: str) -> None:
    markup = MarkdownSource(text)
    assert len(markup.prose) == len(text)
    for at in [link.at for link in markup.links] + [heading.at for heading in markup.headings]:
        line, column = markup.position(at)
        assert text.split("\n")[line - 1][column - 1 :] == text[at:].split("\n")[0]


@given(
    st.lists(
        st.sampled_from(["# A", "## B b", "### C", "Text.", "[w](t.md)", "![](p.png)", "> q", "`# n`"]),
        max_size=8,
    )
)
def test_scan_agrees_with_the_conversion_of_plain_pages(blocks: list[str]) -> None:
    text = "\n\n".join(blocks)
    markup, converted = MarkdownSource(text), converting.conversions().convert("a.md", text)
    assert [heading.level for heading in markup.headings] == converted.heading_levels
    assert {link.target for link in markup.links} == converted.targets


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("# Plain words\n\nText.", "Plain words"),
        ("\n\n#Without a space", "Without a space"),
        ("Underlined\n===\n", "Underlined"),
        ("# Closed ##\n", "Closed"),
        ("## A section\n", None),
        ("Text.\n\n# Later\n", None),
        ("#\n", None),
        (
            "# A bound of $O(n \\log n)$ for [links](../a.md) and **bold**",
            "A bound of $O(n \\log n)$ for links and bold",
        ),
        ("# `x < y` <small>&amp;</small> ![an *image*](a.png) [a page][id]", "x < y & an image a page"),
        ("# Words[^1] of [@key] others {: #id .class }", "Words of  others"),
        ("# The set {v2}", "The set {v2}"),
        ("# \\*Literal\\* snake_case_name", "*Literal* snake_case_name"),
    ],
)
def test_title_is_the_text_of_the_first_heading(body: str, title: str | None) -> None:
    assert MarkdownSource(f"---\ntitle: x\n---\n{body}").title == title


def test_the_remains_of_a_link_do_not_end_the_scan() -> None:
    assert [link.target for link in find_inline_links("](x.md) [a](y.md)")] == ["y.md"]
