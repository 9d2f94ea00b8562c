"""Code blocks: focusable boxes, annotations, and fences that are not understood."""

import re
from collections.abc import Callable

import pytest
from markdown import Markdown
from markdown.extensions import Extension
from selectolax.lexbor import LexborHTMLParser

from portfolio.markdown_ext.code_blocks import (
    CodeBlockExtension,
    CodeTextExtension,
    FenceHeaderExtension,
    label_task_checkbox,
    make_code_focusable,
    remove_output,
)
from portfolio.markdown_ext.lists import ListExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

LONG = "x = " + " + ".join(map(str, range(20)))


def convert_code(text: str) -> LexborHTMLParser:
    extensions: list[str | Extension] = [
        "pymdownx.superfences",
        "pymdownx.highlight",
        "pymdownx.tasklist",
        CodeBlockExtension(),
    ]
    return LexborHTMLParser(Markdown(extensions=extensions).convert(text))


def test_only_code_with_long_lines_is_focusable() -> None:
    html = convert_code(
        f'``` python title="long.py" linenums="1"\n{LONG} < "&"\n```\n\n``` python\nx = 1\n```\n'
    )
    boxes = [code.attributes for code in html.css("code")]
    assert boxes == [{"tabindex": "0", "role": "group", "aria-label": "long.py"}, {}]
    assert html.css("code")[0].text() == f'{LONG} < "&"\n'


def test_only_outputs_with_many_lines_are_focusable() -> None:
    def stops(fence: str, lines: int) -> int:
        text = "x\n" * lines
        return len(convert_code(f"``` {fence}\n{text}```\n").css("code[tabindex]"))

    assert [stops("{ .text .output }", 15), stops("{ .text .output }", 14), stops("text", 15)] == [1, 0, 0]


def test_remove_output_removes_outputs_of_notebooks() -> None:
    html = (
        '<p>The output:</p><div class="highlight output"><pre>1</pre></div> and <p class="output-is">so</p>'
    )
    read = remove_output(html)
    assert LexborHTMLParser(read).text() == "The output: and so"
    assert remove_output("<p>a<br>b") == "<p>a<br>b"


def test_task_check_boxes_have_a_name() -> None:
    boxes = [box.attributes for box in convert_code("- [x] a\n- [ ] b\n").css("input")]
    assert [(box["aria-label"], "checked" in box, "disabled" in box) for box in boxes] == [
        ("done", True, True),
        ("to do", False, True),
    ]


def test_label_task_checkbox_does_not_change_other_html() -> None:
    for block in (
        '<input type="checkbox" id="mine">',
        '<input type="radio" checked title="checkbox">',
        '<label><input type="checkbox"></label>',
        "checkbox",
        '<input type="checkbox"> a',
    ):
        assert label_task_checkbox(block) == block
    text = convert_code('<input type="checkbox" data-as="checked">\n').css_first("input")
    assert text is not None
    assert "disabled" not in text.attributes


def test_make_code_focusable_does_not_change_other_html() -> None:
    for block in (
        '<div class="highlight"><br></div>',
        '<div class="highlight">&nbsp;</div>',
        "<div>",
        f'<div class="highlighted"><pre><code>{LONG}</code></pre></div>',
    ):
        assert make_code_focusable(block) == block


CODE = "``` python\nx = f(1)  # first (1), then (2)! and (9)\n```\n"


def convert_annotated(text: str) -> LexborHTMLParser:
    extensions: list[str | Extension] = [
        "pymdownx.superfences",
        "pymdownx.highlight",
        "sane_lists",
        CodeBlockExtension(),
    ]
    return LexborHTMLParser(Markdown(extensions=extensions).convert(text))


def test_annotations_link_to_the_items_of_the_list_below() -> None:
    html = convert_annotated(CODE + "\n1. one\n2. two\n3. three\n")
    links = {link.text(): link.attributes["href"] for link in html.css("a.code-note")}
    assert {mark: html.css(f"ol.code-notes > {href}")[0].text() for mark, href in links.items() if href} == {
        "(1)": "one",
        "(2)": "two",
    }
    assert html.css("code")[0].text() == "x = f(1)  # first (1), then (2) and (9)\n"
    assert [item.id is None for item in html.css("li")] == [False, False, True]


def test_equal_code_blocks_have_different_ids() -> None:
    html = convert_annotated((CODE + "\n1. one\n2. two\n\nText.\n\n") * 2)
    ids = [item.id for item in html.css("li")]
    assert len(set(ids)) == 4
    assert [f"#{id}" for id in ids] == [link.attributes["href"] for link in html.css("a.code-note")]


def test_annotations_use_the_start_number_of_the_list() -> None:
    html = convert_annotated(CODE + "\n9. nine\n")
    assert [link.text() for link in html.css("a.code-note")] == ["(9)"]


def test_annotations_need_a_list_right_below() -> None:
    for below in ("", "Text.\n\n1. one\n", "- one\n"):
        html = convert_annotated(f"{CODE}\n{below}")
        assert not html.css("a.code-note, .code-notes, li[id]")
        assert "(2)!" in html.css("code")[0].text()


def expected(text: str) -> list[tuple[int, int]]:
    errors: list[RenderError] = []
    markdown = Markdown(extensions=["pymdownx.superfences", FenceHeaderExtension(errors.append)])
    markdown.convert(text)
    assert {error.kind for error in errors} <= {"code"}
    return [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("One.\n\n```python title=a.py\nx\n```\n", [(3, 1)]),
        ("```python (3)\nx\n```\n\nTwo.\n\n```python\ny\n```\n", [(1, 1)]),
        ("> ~~~python hl_lines=2\n> x\n> ~~~\n", [(1, 3)]),
        ("```python\nnever closed", [(1, 1)]),
    ],
    ids=range(4),
)
def test_fences_that_are_not_understood_are_reported(text: str, places: list[tuple[int, int]]) -> None:
    assert expected(text) == places


@pytest.mark.parametrize(
    "text",
    [
        '```python title="a.py" hl_lines="2 3" linenums="1"\nx\n```',
        "``` { .python .numbered #id }\nx\n```",
        "```\nx\n```",
        "````text\n```python title=a.py\n````",
        "```a``` and `b`",
        "    ```python title=a.py",
        "- item\n\n    ```python\n    x\n    ```",
    ],
    ids=range(7),
)
def test_valid_fences_are_not_reported(text: str) -> None:
    assert expected(text) == []


@pytest.mark.parametrize(
    ("before", "prefix"),
    [
        ("", ""),
        ("", "> "),
        ("", "> > "),
        ("> Text.\n>\n", "> "),
        ("> - item\n>\n", "> "),
        ("> - item\n>\n", ">   "),
        ("> 1. item\n>\n", ">     "),
        ("- item\n\n", "> "),
        ("- item\n\n", "  "),
        ("- item\n\n", "    "),
        ("- item\n\n", "  > "),
        ("1. item\n   - inner\n\n", "     "),
    ],
)
def test_the_code_of_a_fence_is_what_is_written(before: str, prefix: str) -> None:
    code = "if a > b:\n\n    > c\n\td\n"
    lines = ["```text", *code.splitlines(), "```"]
    options = {"pymdownx.superfences": {"preserve_tabs": True}}
    markdown = Markdown(
        extensions=["pymdownx.superfences", ListExtension(), CodeTextExtension()], extension_configs=options
    )
    html = LexborHTMLParser(
        markdown.convert(before + "".join(f"{prefix}{line}".rstrip() + "\n" for line in lines))
    )
    assert [element.text() for element in html.css("pre")] == [code]


@pytest.mark.parametrize(
    ("before", "prefix"),
    [("", ""), ("", "> "), ("!!! note\n", "    "), ("- a\n\n", "    "), ("- a\n\n", "  ")],
)
def test_a_fence_ends_the_paragraph_before_it(before: str, prefix: str) -> None:
    lines = "Before.\n```text\ncode\n```\n~~~text\nmore\n~~~\nAfter.\n".splitlines()
    markdown = Markdown(
        extensions=["pymdownx.superfences", "admonition", ListExtension(), CodeTextExtension()]
    )
    html = markdown.convert(before + "".join(f"{prefix}{line}\n" for line in lines))
    paragraph = re.compile(
        r"<p>Before.</p>\n<div.*?>code\n</code></pre></div>\n<div.*?>more\n.*\n<p>After.</p>"
    )
    assert paragraph.search(html)


def test_highlighted_code_of_an_earlier_build_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: dict[tuple[str, ...], str] = {}

    def convert(text: str) -> str:
        def remember(compute: Callable[[], str], *inputs: str) -> str:
            return stored.get(inputs) or stored.setdefault(inputs, compute())

        extensions: list[str | Extension] = ["attr_list", "pymdownx.highlight", "pymdownx.superfences"]
        configs = {"pymdownx.highlight": {"anchor_linenums": True, "linenums_style": "pymdownx-inline"}}
        extensions.append(CodeTextExtension(remember))
        return Markdown(extensions=extensions, extension_configs=configs).convert(text)

    text = '```py title="a"\nx = 1\n```\n\n``` {.py linenums="2" #i}\nx = 1\n```\n\n'
    html = convert(text * 2)
    assert len(stored) == 4
    assert re.findall('id="__codelineno-([0-9])', html) == ["0", "2"]
    monkeypatch.setattr("pymdownx.highlight.highlight", lambda *_: pytest.fail("highlighted again"))
    assert convert(text * 2) == html
