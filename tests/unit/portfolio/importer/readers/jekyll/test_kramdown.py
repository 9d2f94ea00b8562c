"""Kramdown as this site's Markdown; what kramdown makes of each text was checked with kramdown 2.4."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.jekyll.kramdown import convert_kramdown
from portfolio.importer.readers.jekyll.kramdown_spans import Element, KramdownOptions

GFM = KramdownOptions()


def convert(text: str, options: KramdownOptions = GFM) -> tuple[str, list[tuple[str, int, str]]]:
    problems: list[tuple[str, int, str]] = []

    def report(kind: str, line: int, message: str, _hint: str) -> None:
        problems.append((kind, line, message))

    lines = list(range(1, text.count("\n") + 2))
    return convert_kramdown(text, lines, options, report), problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Headings: an id only where this site would generate another one.
        ("## Plain heading", "## Plain heading"),
        ("## Tides & moons", "## Tides & moons {: #tides--moons }"),
        ("## A\n\n## A", "## A\n\n## A {: #a-1 }"),
        ("## Own {#my-id}", "## Own {: #my-id }"),
        ("## With class\n{: .wide #x}", "## With class {: #x .wide }"),
        ("Title\n=====\n\nSection\n---", "# Title\n\n## Section"),
        ("## Ends with marks ##", "## Ends with marks"),
        ("#hashtag is text", "#hashtag is text"),
        # Code.
        ("~~~ ruby\n# **x**\n~~~", "``` ruby\n# **x**\n```"),
        ("```js?start_inline=1\nx\n```", "``` js\nx\n```"),
        ("```\na ``` b\n```", "````\na ``` b\n````"),
        ("    a <b>\n\n    c", "```\na <b>\n\nc\n```"),
        ('```\nx\n```\n{: .language-python file="a.py"}', '``` python title="a.py"\nx\n```'),
        ("text\n```\nx\n```\nmore", "text\n\n```\nx\n```\n\nmore"),
        ("`{{ x }}` and `` a`b ``", "`{{ x }}` and `` a`b ``"),
        ("``` `a $$b$$ \\$$c``", "``` `a $b$ &#36;&#36;c``"),
        ("a | ``b` | c", "|  |  |  |\n| --- | --- | --- |\n| a | ``b` | c |"),
        # Lists.
        ("* a\n  * b\n\n    c\n* d", "* a\n    * b\n\n        c\n* d"),
        ("1. a\n  - b", "1. a\n    - b"),
        ("- a\n\n^\n\n- b", "- a\n\n<!-- -->\n\n- b"),
        ("* TOC\n{:toc}", "[TOC]"),
        ("- ```ruby\n  x\n  ```", "-\n    ``` ruby\n    x\n    ```"),
        ("text\n1) no list", "text\n1\\) no list"),
        ("term\n: definition\n  continues\n: second", "term\n:   definition\n    continues\n:   second"),
        ("- [x] done", "- [x] done"),
        ("- \n\na", "-\n\na"),
        ("1. a\n2. \n", "1. a\n2."),
        ("term\n\nterm\n: d", "term\n\nterm\n:   d"),
        ("    a\n\n\n    b\n\nc", "```\na\n\n\nb\n```\n\nc"),
        # Quotations, rules, footnotes, abbreviations.
        ("> a\nb\n\n> c", "> a\n> b\n\n> c"),
        ("> [!NOTE] is text", "> \\[!NOTE] is text"),
        ("a\n\n* * *\n\nb", "a\n\n---\n\nb"),
        ("A[^1].\n\n[^1]: One.\n\n    Two.", "A[^1].\n\n[^1]: One.\n\n    Two."),
        ("*[KV]: Key-value", "*[KV]: Key-value"),
        # Tables.
        (
            "a | b\n--|:-:\n1 | `x|y`",
            "| a | b |\n| --- | :---: |\n| 1 | `x|y` |",
        ),
        ("| a | b |\n| c |", "|  |  |\n| --- | --- |\n| a | b |\n| c |  |"),
        ("| a |\n|---|\n| b |\n|---|\n| c |\n|===|\n| d |", "| a |\n| --- |\n| b |\n| c |\n| d |"),
        ("code `a | b` is no table", "code `a | b` is no table"),
        # Formulas.
        ("In $$ x^2 $$ words", "In $x^2$ words"),
        ("$$\n\\begin{a}\n\n x\n\\end{a}\n$$", "$$\n\\begin{a}\n x\n\\end{a}\n$$"),
        ("$$a$$\nand text", "$a$\nand text"),
        ("the $$n$$th", "the \\(n\\)th"),
        ("\\\\(x\\\\) and \\(not math\\)", "\\(x\\) and (not math)"),
        ("\\$$ 5", "&#36;&#36; 5"),
        ("1. \\$$ x $$\n2. a\n\n> b  \n> c", "1. $x$\n2. a\n\n> b  \n> c"),
        # Attributes.
        ("a\n{: #b}\n- c\n{: #d}", 'a\n{: #b }\n\n<a id="d"></a>\n\n- c'),
        ("{:.a}\ntext", "text\n{: .a }"),
        ("{:ref: .a #b}\n\ntext\n{: ref .c}", "text\n{: #b .a .c }"),
        ('[a](/b){:target="_blank"} *c*{: .d}', '[a](/b){: target="_blank" } *c*{: .d }'),
        ('text\n{: onclick="x()" style="color: red" title="t"}', 'text\n{: title="t" }'),
        # Extensions.
        ("{::comment}\nx\n{:/comment}\n\na {::comment}y{:/} b", "a  b"),
        ("{::nomarkdown}\n<b>x</b>\n{:/}", "<b>x</b>"),
        ('{::options auto_ids="false" /}\n\n## Tides & moons', "## Tides & moons"),
        # Text that only this site reads as markup, or reads in another way.
        ("a\\\\\nb  \nc", "a  \nb  \nc"),
        (
            "==no mark== H~2~O x^2^ ++ctrl++ [[page]]",
            "&#61;&#61;no mark== H&#126;2~O x&#94;2^ &#43;&#43;ctrl++ &#91;&#91;page]]",
        ),
        ("[@key, p. 3] and [@name](/x)", "[&#64;key, p. 3] and [@name](/x)"),
        (":rocket: {{ x }} {% y %}", "&#58;rocket: &#123;{ x }} &#123;% y %}"),
        ("!!! note\n\n??? x\n\n/// y", "&#33;!! note\n\n&#63;?? x\n\n&#47;// y"),
        ("<< bon >> \\<<", "« bon » &lt;&lt;"),
        ('\\:a\\: \\"b\\" \\<c\\>', ":a: &#34;b&#34; &#60;c\\>"),
        ("[a](my file.pdf)", "[a](<my file.pdf>)"),
        ("<https://a.example/> <a@b.example>", "<https://a.example/> <a@b.example>"),
        ("<kbd>*</kbd> <em>*x*</em> <x-y>*z*</x-y>", "<kbd>*</kbd> <em>*x*</em> <x-y>\\*z\\*</x-y>"),
        # HTML.
        ("<div>\n*a*\n\n*b*\n</div>\ntext", "<div>\n*a*\n\n*b*\n</div>\n\ntext"),
        ('<div markdown="1">\n*a*\n</div>', '<div markdown="1">\n\n*a*\n\n</div>'),
        ("<!-- a\n\nb -->\n\ntext", "<!-- a\n\nb -->\n\ntext"),
    ],
)
def test_converts(text: str, expected: str) -> None:
    assert convert(text) == (f"{expected}\n", [])


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        (replace(GFM, is_gfm=False), "text\n- no list", "text\n\\- no list"),
        (replace(GFM, is_gfm=False), "#Heading", "# Heading"),
        (replace(GFM, is_gfm=False), "## 1. First Part!", "## 1. First Part! {: #first-part }"),
        (replace(GFM, hard_wrap=True), "a\nb", "a  \nb"),
        (replace(GFM, auto_ids=False), "## Tides & moons", "## Tides & moons"),
        (replace(GFM, replaces_emoji=True), ":rocket:", ":rocket:"),
        (replace(GFM, convert_html=lambda html, line: f"{line}: {len(html)}"), "a\n\n<p>x</p>", "a\n\n3: 8"),
    ],
)
def test_options(options: KramdownOptions, text: str, expected: str) -> None:
    assert convert(text, options) == (f"{expected}\n", [])


def test_elements_can_be_replaced() -> None:
    found: list[Element] = []

    def replace_element(element: Element) -> str | None:
        found.append(element)
        return f"[{element.content}]" if element.name == "d-note" else None

    options = replace(GFM, convert_element=replace_element)
    text = 'a <d-note key="k">x *y*</d-note> b\n\n<d-note block>\nz\n</d-note>'
    assert convert(text, options) == ("a [x *y*] b\n\n[\nz\n]\n", [])
    assert [(element.attributes, element.line, element.is_block) for element in found] == [
        ({"key": "k"}, 1, False),
        ({"block": ""}, 3, True),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a\n\n```ruby\nx",
            ("invalid", 3, "this code is never closed: '```ruby' has no counterpart."),
        ),
        ("a\n\n{::comment}\nx", ("invalid", 3, "{::comment} is never closed, and is text.")),
        ("a\n\n<div>\nx", ("invalid", 3, "'<div>' is never closed.")),
        ("{::chart /}", ("unsupported", 1, "there is no counterpart of {::chart}.")),
        (
            "a\n\n[^1]: Not -- used.",
            ("dropped", 3, "nothing refers to the footnote '1', so it becomes a comment."),
        ),
        (
            "| a |\n| b |\n{: .wide}",
            ("dropped", 1, "the attributes '{: .wide }' have no counterpart here, and are left out."),
        ),
    ],
)
def test_reports(text: str, problem: tuple[str, int, str]) -> None:
    assert convert(text)[1] == [problem]


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "- b",
                "  c",
                "    d",
                "> e",
                "```",
                "| f | g",
                "---",
                "1. h",
                ": i",
                "",
                "# j",
                "{: .k}",
                "- ",
                ": ",
                "> ",
                "1. ",
                "{::comment}",
                "*[a]: b",
                "|",
                "$$a$$ b",
                "^",
                "<div>",
                "</div>",
                "$$",
                "[^1]: l",
                "\tm",
            ]
        ),
        max_size=12,
    )
)
def test_any_text_is_converted_without_an_error(lines: list[str]) -> None:
    converted, _ = convert("\n".join(lines))
    assert converted.endswith("\n")


@pytest.mark.parametrize(
    "text",
    [
        "> " * 300 + "a",
        "- " * 300 + "a",
        '<div markdown="1">\n' * 100 + "a",
        "{::comment}\n\n" * 2000,
        "$$\n\n" * 2001,
        "<x-y>" * 3000,
        "<!-- " * 3000,
        "==a " * 20_000,
        "`" * 20_000 + "a",
        "-" * 100_000 + "x",
        "|" + "-" * 100_000 + "|x\n|a|",
        "[" * 20_000,
        "## " + "`" * 20_000,
        "| " + "`" * 20_000 + " |",
        "| " + "<code " * 30_000 + " |",
        "## " + "{:a " * 4_000,
        "{:a " * 10_000,
        "\\\\(" * 5_000,
        "[[" * 10_000,
        "<div>\n\n" * 1000,
        "</div\n>\n<div>a</div\n>b",
        "<div>\n<![^1]: a\n</div>\n<x-y><![ b</x-y>",
    ],
)
def test_hostile_text_is_converted(text: str) -> None:
    assert convert(text)[0]


def test_nesting_has_a_limit() -> None:
    text, problems = convert(f"a\n\n{'> ' * 300}b")
    assert "b" in text
    assert problems == [("too-large", 3, "this is nested too deeply, and is left as it is.")]


@given(st.text(alphabet="ab`*_{}[]()<>#+-.!|$^~=:\\\"' \n"))
def test_fenced_code_never_changes(code: str) -> None:
    marks = "~" * 5
    converted, problems = convert(f"{marks} text\n{code}\n{marks}\n")
    header, _, rest = converted.partition("\n")
    fence = header.partition(" ")[0]
    assert rest == f"{code}\n{fence}\n"
    assert problems == []
