"""Dividing Markdown into prose, code, HTML and formulas, and rewriting its links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from portfolio.importer.markdown_text import (
    COMMONMARK,
    PYTHON_MARKDOWN,
    SITE,
    Dialect,
    Link,
    dedent_html,
    escape_formulas,
    remove_unsafe_html,
    rewrite_around_code,
    rewrite_links,
    rewrite_prose,
    split_code,
)

# Parts of Markdown that begin or end something.
_PARTS = [
    "word", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\r", "- ", "1. ", "> ", "# ", "`", "``",
    "```", "~~~", "```py\n", "\\", "\\`", "[", "]", "](", ")", "![", "(", "<", ">", "<b>", "</b>",
    "<!--", "-->", "<pre>", "</pre>", "<code>", "</code>", "<div>", "</div>", '<a href="x">',
    "<img src=y>", "[r]: x\n", "[^1]: ", "!!! note\n", ": ", "$", "$$", "\\(", "\\)", "|", "| - |",
    "\n---\n", "<https://a.b/>", "&amp;", "*", "_", "\u2028", "\x0c", "é", "\U000f0000",
    "\U00100000", "\0", "{: .c}", '"t"',
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PARTS), max_size=40).map("".join)
_DIALECTS = st.sampled_from([SITE, PYTHON_MARKDOWN, COMMONMARK])


def _code(markdown: str, dialect: Dialect = SITE) -> list[str]:
    return [piece.text for piece in split_code(markdown, dialect) if piece.is_code]


def _links(markdown: str, first_line: int = 1) -> list[Link]:
    links: list[Link] = []

    def collect(link: Link) -> str:
        links.append(link)
        return link.target

    assert rewrite_links(markdown, collect, first_line=first_line) == markdown
    return links


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("a `b` c", ["`b`"]),
        ("a \\`b\\` c", []),
        ("``a ` b`` `c\nd`", ["``a ` b``", "`c\nd`"]),
        ("`a \\` b`", ["`a \\`"]),
        ("a `b\n\nc` d", []),
        ("```py\n`a`\n```\n`b`", ["```py\n`a`\n```\n", "`b`"]),
        ("- a\n\n  ~~~\n  b\n  ~~~\n- c\n", ["  ~~~\n  b\n  ~~~\n"]),
        ("> ```\n> a\n> ```\nb", ["> ```\n> a\n> ```\n"]),
        ("a\n\n    b\n\n    c\n\nd", ["    b\n\n    c\n"]),
        ("a\n    b", []),
        ("- a\n\n      b\n", ["      b\n"]),
        ("- a\n\n    b\n", []),
        ("[^1]: a\n\n    b\n\n        c\n", ["        c\n"]),
        ("Term\n:   a\n\n    b\n", []),
        ('!!! note "`a`"\n    b\n\n    c\n\n        d\n\n    e\n', ["`a`", "        d\n"]),
        ('=== "Tab"\n\n    a\n\n    ```\n    b\n    ```\n', ["    ```\n    b\n    ```\n"]),
        ("<pre>a\n\n[b](c)</pre>\nd", ["<pre>a\n\n[b](c)</pre>"]),
        ("<div>\n\n    <p>a</p>\n\n<pre>b\n\nc</pre>\n</div>\n", ["<pre>b\n\nc</pre>"]),
        ("a <code>b `c`</code> <kbd>d</kbd>", ["<code>b `c`</code>", "<kbd>d</kbd>"]),
        ("a <!-- `b` --> c", ["<!-- `b` -->"]),
        ("<!-- a\n\nb -->\n", ["<!-- a\n\nb -->"]),
        ("<script>\na\n\nb\n</script>\n", ["<script>\na\n\nb\n</script>"]),
        ("| a | b |\n|---|---|\n| `c\\|d` | `e` |\n| `e` | `e` |\n", ["`c\\|d`", "`e`", "`e`", "`e`"]),
        ("## `a` ##\n\n`b`\n===\n", ["`a`", "`b`"]),
        ('<b title="`a`">`b`</b>', ["`b`"]),
        ("a\u2028`b`\n\n    c", ["`b`", "    c"]),
    ],
)  # fmt: skip
def test_code(markdown: str, code: list[str]) -> None:
    assert _code(markdown) == code


def test_an_html_block_ends_with_its_element_or_at_an_empty_line() -> None:
    markdown = "<div>\n\n    a\n\n</div>\n\n`b`\n"
    assert _code(markdown, PYTHON_MARKDOWN) == ["`b`"]
    assert _code(markdown, COMMONMARK) == ["    a\n", "`b`"]


def test_the_content_of_an_element_may_be_markdown() -> None:
    markdown = '<div class="a" markdown="1">\n\n`b`\n\n</div>\n'
    assert _code(markdown) == ["`b`"]


@pytest.mark.parametrize(
    ("markdown", "formulas"),
    [
        ("$a_i$ and `$b$`, $5 and $6", ["$a_i$"]),
        ("$$\na\n+ b\n- c\n$$\n\nd", ["$$\na\n+ b\n- c\n$$"]),
        (r"\(a\) and \$b\$", [r"\(a\)"]),
        ("\\[\na\n\\]\n", ["\\[\na\n\\]"]),
        ("\\begin{align}\na &= b\n\\end{align}\n", ["\\begin{align}\na &= b\n\\end{align}"]),
        ("$[a](b)$", ["$[a](b)$"]),
    ],
)
def test_formulas(markdown: str, formulas: list[str]) -> None:
    assert [piece.text for piece in split_code(markdown) if piece.kind == "formula"] == formulas


def test_a_dialect_may_have_no_formulas() -> None:
    markdown = "$a_i$ $$b_i$$"
    assert {piece.kind for piece in split_code(markdown, PYTHON_MARKDOWN)} == {"prose"}


def test_formulas_are_escaped_where_they_are_text() -> None:
    markdown = r"$a_i$ costs $5, `$b$`, <b title='$x_i$'>\(c\)</b>"
    assert escape_formulas(markdown) == r"\$a_i\$ costs $5, `$b$`, <b title='$x_i$'>\\(c\)</b>"


def test_prose_is_rewritten_around_code() -> None:
    markdown = "a `a` <b a>a</b>\n\n    a\n\na\n"
    rewritten = rewrite_prose(markdown, lambda piece: piece.text.replace("a", "x"))
    assert rewritten == "x `a` <b a>x</b>\n\n    a\n\nx\n"
    lines = [(piece.line, piece.text) for piece in split_code(markdown) if piece.kind == "prose"]
    assert lines == [(1, "a "), (1, " "), (1, "a"), (1, "\n\n"), (4, "\na\n")]


def test_a_whole_text_is_rewritten_around_code() -> None:
    markdown = "`a` a\n\n```\na\n```\n\na `a`{.a}\n"
    rewritten = rewrite_around_code(markdown, lambda text: text.replace("a", "x").replace("\n\nx", "\n\n# x"))
    assert rewritten == "`a` x\n\n```\na\n```\n\n# x `a`{.x}\n"
    texts: list[str] = []

    def collect(text: str) -> str:
        texts.append(text)
        return text

    rewrite_around_code(markdown, collect)
    assert [text.count("\n") for text in texts] == [markdown.count("\n")]


@pytest.mark.parametrize(
    ("markdown", "targets"),
    [
        ("[a](b) ![c](d 'e')", [("b", False), ("d", True)]),
        ("[![a](b.png)](c.md)", [("b.png", True), ("c.md", False)]),
        ("[a](<b c>) [d](e f.md 'g') ![h](i j)", [("b c", False), ("e f.md", False), ("i j", True)]),
        ("[a](b_(c).md) [`d`](e\\_f&amp;g)", [("b_(c).md", False), ("e_f&g", False)]),
        ("[a]({filename}../b.md#c)", [("{filename}../b.md#c", False)]),
        ("[a](|filename|b.md)", [("|filename|b.md", False)]),
        ("[a]: b 'c'\n[d]:\n  <e f>\n\n[a] [g][d]", [("b", False), ("e f", False)]),
        ("> [a]: b\n> [c]:\n> d\n", [("b", False), ("d", False)]),
        ("<https://a.b/c> <d@e.f>", [("https://a.b/c", False)]),
        ('<a href="b?c&amp;d">e</a> <img src=f.png alt="g">', [("b?c&d", False), ("f.png", True)]),
        ('<video src="a" poster="b"></video>', [("a", False), ("b", True)]),
        ('<img srcset="a.png 1x, b.png 2x">', [("a.png", True), ("b.png", True)]),
        ('<div>\n\n<p><object data="a"></object></p>\n</div>', [("a", False)]),
        ("`[a](b)` $[a](b)$ \\[a](b) <!-- [a](b) --> <code>[a](b)</code>\n\n    [a](b)\n", []),
        ("[^1]: a\n\n    [b](c)\n", [("c", False)]),
        ("| [a](b) | [a](b) |\n|-|-|\n| ![c](d) | e |", [("b", False), ("b", False), ("d", True)]),
        ("[a](javascript:b)", [("javascript:b", False)]),
    ],
)  # fmt: skip
def test_links(markdown: str, targets: list[tuple[str, bool]]) -> None:
    assert sorted((link.target, link.is_image) for link in _links(markdown)) == sorted(targets)


def test_the_lines_of_links() -> None:
    assert [link.line for link in _links("a\n[b](c)\n\n- d [e\nf](g)\n", first_line=10)] == [11, 13]


@pytest.mark.parametrize(
    ("markdown", "target", "expected"),
    [
        ('[a](b "t")', "c d", '[a](c%20d "t")'),
        ("[a](<b c>)", "d(e)", "[a](d(e))"),
        ("[a](b)", "c)d", "[a](c%29d)"),
        ("[a](b)", "c?d&copy;", "[a](c?d&amp;copy;)"),
        ("[a](b)", "", "[a](<>)"),
        ("> [a]:\n> b\n\n[a]", "c", "> [a]:\n> c\n\n[a]"),
        ("<https://a.b/>", "https://c.d/", "<https://c.d/>"),
        ("<https://a.b/_x>", "../c.md", "[https://a.b/\\_x](../c.md)"),
        ("<a href='b'>", 'c"&', "<a href='c&quot;&amp;'>"),
        ("<img srcset='a 1x'>", "b c", "<img srcset='b%20c 1x'>"),
    ],
)
def test_a_target_is_replaced(markdown: str, target: str, expected: str) -> None:
    assert rewrite_links(markdown, lambda _: target) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("x [a `b`](c 'd') y", "x a `b` y"),
        ("![a](b){: .c} d", "a d"),
        ("[a][b] [b][] [b] ![c][b]\n\n[b]: d\n", "a b b c\n\n\n"),
        ("<https://a.b/>", "https://a.b/"),
        ('<a class="x" href="b">c</a>', '<a class="x" >c</a>'),
        ('a <img src="b" alt="c &amp; d"> e', "a c &amp; d e"),
        ("[![a](b)](c)", "[![a](b)](c)"),
    ],
)
def test_a_link_is_removed(markdown: str, expected: str) -> None:
    if markdown.startswith("[!["):
        assert rewrite_links(markdown, lambda link: None if link.target == "c" else link.target) == "![a](b)"
        assert rewrite_links(markdown, lambda link: None if link.target == "b" else link.target) == "[a](c)"
    else:
        assert rewrite_links(markdown, lambda _: None) == expected


@given(_TEXTS, _DIALECTS)
def test_the_pieces_together_are_the_text(markdown: str, dialect: Dialect) -> None:
    pieces = split_code(markdown, dialect)
    assert "".join(piece.text for piece in pieces) == markdown
    assert all(piece.text for piece in pieces)


@given(_TEXTS, _DIALECTS)
def test_rewriting_nothing_changes_nothing(markdown: str, dialect: Dialect) -> None:
    assert rewrite_prose(markdown, lambda piece: piece.text, dialect) == markdown
    assert rewrite_around_code(markdown, lambda text: text, dialect) == markdown
    assert rewrite_links(markdown, lambda link: link.target, dialect) == markdown


@given(_TEXTS, _DIALECTS)
def test_code_is_never_changed(markdown: str, dialect: Dialect) -> None:
    code = _code(markdown, dialect)
    rewritten = rewrite_links(markdown, lambda _: "https://new.example/", dialect)
    assert [text for text in code if text not in rewritten] == []
    prose = rewrite_prose(markdown, lambda piece: piece.text.upper(), dialect)
    assert [text for text in code if text not in prose] == []


@given(st.lists(st.sampled_from([part for part in _PARTS if not set(part) & set("<>$:!=")]), max_size=40))
def test_code_is_what_commonmark_reads(parts: list[str]) -> None:
    markdown = "".join(parts).replace("\r", "").replace("\0", "")
    code = _code(markdown, COMMONMARK)
    expected: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.type in ("fence", "code_block"):
            expected.append("block")
        children = token.children or []
        nested = [inner for child in children for inner in child.children or []]
        spans = [child for child in [*children, *nested] if child.type == "code_inline"]
        expected += [span.content for span in spans]
    assert len(code) == len(expected)


def test_brackets_without_end_take_no_quadratic_time() -> None:
    markdown = "[" * 3000 + "`a`"
    assert _code(markdown) == ["`a`"]


def test_html_is_dedented() -> None:
    markdown = "<div>\n\n    <p>a</p>\n    <pre>\n    b\n    </pre>\n</div>\n\n    <c>\n"
    assert dedent_html(markdown) == "<div>\n\n<p>a</p>\n<pre>\n    b\n    </pre>\n</div>\n\n    <c>\n"


@pytest.mark.parametrize(
    ("markdown", "expected", "removed"),
    [
        ("a\n\n<p style='color: red' id=b>c</p>", "a\n\n<p  id=b>c</p>", [("style", 3)]),
        ('<b onclick="f()">c</b>', "<b >c</b>", [("onclick", 1)]),
        ('a\n# b {: #c style="color: red"}', "a\n# b {: #c}", [("style", 2)]),
        ('![a](b.png){ style="width: 50%" }', "![a](b.png)", [("style", 1)]),
        ('<p style="text-align: center">c</p>', '<p style="text-align: center">c</p>', []),
        ('`<p style="color: red">` is $a_{style=1}$', '`<p style="color: red">` is $a_{style=1}$', []),
    ],
)
def test_what_the_policy_of_pages_blocks_is_removed(
    markdown: str, expected: str, removed: list[tuple[str, int]]
) -> None:
    found: list[tuple[str, int]] = []
    assert remove_unsafe_html(markdown, lambda what, line: found.append((what, line))) == expected
    assert found == removed
