"""Hugo's Markdown in that of this site."""

from __future__ import annotations

import pytest

from portfolio.importer.readers.hugo.markdown import HeadingIds, heading_id
from tests.unit.portfolio.importer.readers.hugo.test_shortcodes import convert


# What Hugo 0.168 renders.
@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("A & B", "github", "a--b"),
        ("Über uns: Größe", "github", "über-uns-größe"),
        ("Über uns: Größe", "github-ascii", "uber-uns-groe"),
        ("日本", "github", "日本"),
        ("!!!", "github", "heading"),
        ("emoji 🎉 end", "github", "emoji--end"),
        ('"q" -- ...', "github", "q--"),
        ("AT&T © 2 < 3", "github", "att--2--3"),
        ("a --- b ... c", "github", "a--b--c"),
        ("snake_case - x", "github", "snake_case---x"),
        ("A & B: c_d", "blackfriday", "a-b-c-d"),
    ],
)
def test_ids_of_headings_are_those_of_hugo(text: str, kind: HeadingIds, expected: str) -> None:
    assert heading_id(text, kind) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("## Plain words", "## Plain words"),
        ("## A & B", "## A & B {#a--b}"),
        ("## A\n\n## A\n\n### A", "## A\n\n## A {#a-1}\n\n### A {#a-2}"),
        ("## A {#own .wide}", "## A {#own}"),
        ("## A{#own}", "## A {#own}"),
        ("## A {.wide}", "## A"),
        ("## A & B ##", "## A & B {#a--b}"),
        ("A & B\n=====", "A & B {#a--b}\n====="),
        ("## [A](b.md) & `c`", "## [A](b.md) & `c` {#a--c}"),
        ("## ![alt text](x.png) a & b", "## ![alt text](x.png) a & b {#alt-text-a--b}"),
        ("> ## A & B", "> ## A & B {#a--b}"),
        ("```\n## A & B\n```", "```\n## A & B\n```"),
        ("A\n\n## <!--more-->\n\nB", "A\n\n<!-- more -->\n\nB"),
    ],
)
def test_headings_keep_their_ids(source: str, expected: str) -> None:
    assert convert(source) == (expected, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '```go {linenos=table,hl_lines=[1,"3-4"],linenostart=5}\na\n```',
            '``` go linenums="5" hl_lines="1 3-4"\na\n```',
        ),
        ("```go{hl_lines=[2]}\na\n```", '``` go hl_lines="2"\na\n```'),
        ("```{r}\na\n```", "``` r\na\n```"),
        ("```js:a.js\na\n```", '``` js title="a.js"\na\n```'),
        ("```python\na_~b~\n```", "```python\na_~b~\n```"),
        ("~~~\na\n~~~", "~~~\na\n~~~"),
        ("- x\n\n  ```go {linenos=true}\n  a\n  ```", '- x\n\n  ``` go linenums="1"\n  a\n  ```'),
        ("```mermaid\ngraph LR\n```", "```mermaid\ngraph LR\n```"),
    ],
)
def test_fences_get_the_options_of_this_site(source: str, expected: str) -> None:
    assert convert(source) == (expected, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("See https://a.example/b_c. And", "See <https://a.example/b_c>. And"),
        ("(see https://a.example/b(c))", "(see <https://a.example/b(c)>)"),
        ("www.a.example, a", "[www.a.example](https://www.a.example), a"),
        ("write to a.b@c.example!", "write to <a.b@c.example>!"),
        ("[https://a.example](b) <https://a.example>", "[https://a.example](b) <https://a.example>"),
        ("[a](https://a.example/x) https://a.example/x", "[a](https://a.example/x) <https://a.example/x>"),
        ("[a]: https://a.example\n\nb", "[a]: https://a.example\n\nb"),
        ("`https://a.example` a", "`https://a.example` a"),
        ("~one~ and ~~two~~ H~2~O", "~~one~~ and ~~two~~ H~~2~~O"),
        ("x^2^ and ==m== and ++k++", "x\\^2^ and \\==m== and \\++k++"),
        ("a\\\nb", "a  \nb"),
        ('\\(a\\) \\[b\\] \\* \\"c\\"', "(a) &#91;b&#93; \\* &quot;c&quot;"),
        (":smile: at 10:30:45", "&#58;smile: at 10:30:45"),
        ("a <!--more--> b", "a \n\n<!-- more -->\n\n b"),
        ("a\n\n<!--more-->\n\nb", "a\n\n<!-- more -->\n\nb"),
        ("$x$ and $y$", "\\$x\\$ and \\$y\\$"),
        ("from $5 to $6", "from $5 to $6"),
        ("T\n: d", "T\n: d"),
        ("- [ ] a\n- [x] b", "- [ ] a\n- [x] b"),
        ("> [!NOTE]\n> a", "> [!NOTE]\n> a"),
        ("a[^1]\n\n[^1]: See https://a.example", "a[^1]\n\n[^1]: See <https://a.example>"),
        ("| a |\n|---|\n| https://a.example |", "| a |\n|---|\n| <https://a.example> |"),
        ("a <!-- hidden --> b", "a  b"),
    ],
)
def test_what_this_site_reads_differently_is_rewritten(source: str, expected: str) -> None:
    assert convert(source) == (expected, [])


def test_emoji_and_extras_stay_where_hugo_has_them_on() -> None:
    source, expected = ":smile: x^2^ ==m== H~2~O ++new++", ":smile: x^2^ ==m== H~2~O ^^new^^"
    assert convert(source, has_emoji=True, has_extras=True) == (expected, [])


@pytest.mark.parametrize(
    ("source", "has_passthrough", "expected"),
    [
        ("$a_b$ and *$c_d$*", True, "$a_b$ and *$c_d$*"),
        ("\\(a_b\\) \\[c\\]", True, "\\(a_b\\)\n\n$$\nc\n$$"),
        ("$$\na\n- b\\\\\nc\n$$", True, "$$\na\n- b\\\\\nc\n$$"),
        ("\\\\(a\\_b\\\\) and $c\\\\d$", False, "\\(a_b\\) and $c\\d$"),
        ("\\\\[\na\n\\\\]", False, "$$\na\n$$"),
        ("`$a$` costs $5 or $6", True, "`$a$` costs $5 or $6"),
        ("a $$b$$ c", True, "a\n\n$$\nb\n$$\n\nc"),
    ],
)
def test_formulas_are_those_that_the_old_page_showed(
    source: str, has_passthrough: bool, expected: str
) -> None:
    markdown, problems = convert(source, has_math=True, has_passthrough=has_passthrough)
    assert markdown.replace(" \n", "\n") == expected
    assert not problems


def test_html_that_hugo_left_out_is_left_out_and_reported() -> None:
    source = "a <b>c</b> <b>d</b><br>\n\n<div>\ne\n</div>\n\n<!-- hidden -->\n\nf"
    markdown, problems = convert(source)
    assert markdown.split() == ["a", "c", "d", "f"]
    assert problems == [
        "1:3 import.dropped: '<b>' is left out, as Hugo left it out.",
        "1:20 import.dropped: '<br>' is left out, as Hugo left it out.",
        "3:1 import.dropped: '<div>' is left out, as Hugo left it out.",
    ]
    assert convert(source, is_unsafe=True) == (source, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<div class="a">\n\nb *c*\n\n</div>', '<div class="a" markdown="1">\n\nb *c*\n\n</div>'),
        ("<div>\nb *c*\n</div>", "<div>\nb *c*\n</div>"),
        (
            "<table><tr><td>\n\nb\n\n</td></tr></table>",
            '<table markdown="1"><tr markdown="1"><td markdown="1">\n\nb\n\n</td></tr></table>',
        ),
        ("<pre>\n\nb\n</pre>", "<pre>\n\nb\n</pre>"),
        ("a <b>c</b><br>", "a <b>c</b><br>"),
    ],
)
def test_html_of_which_a_part_is_markdown_is_marked(source: str, expected: str) -> None:
    assert convert(source, is_unsafe=True) == (expected, [])


def test_a_position_is_that_in_the_source_behind_shortcodes_of_several_lines() -> None:
    source = (
        '{{< figure\n  src="a.png"\n>}}\n\nb <i>c</i>\n{{< details "D" >}}\nd\n\n<p>e</p>\n{{< /details >}}'
    )
    _, problems = convert(source)
    assert problems == [
        "5:3 import.dropped: '<i>' is left out, as Hugo left it out.",
        "9:1 import.dropped: '<p>e</p>' is left out, as Hugo left it out.",
    ]
