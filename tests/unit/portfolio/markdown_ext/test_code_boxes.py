from markdown import Markdown
from markdown.extensions import Extension
from selectolax.lexbor import LexborHTMLParser

from portfolio.markdown_ext.code_blocks import (
    CodeBoxExtension,
    label_task_checkbox,
    make_focusable,
    remove_output,
)

LONG = "x = " + " + ".join(map(str, range(20)))


def convert(text: str) -> LexborHTMLParser:
    extensions: list[str | Extension] = [
        "pymdownx.superfences",
        "pymdownx.highlight",
        "pymdownx.tasklist",
        CodeBoxExtension(),
    ]
    return LexborHTMLParser(Markdown(extensions=extensions).convert(text))


def test_long_lines_can_be_reached_and_short_ones_are_no_stop() -> None:
    html = convert(f'``` python title="long.py" linenums="1"\n{LONG} < "&"\n```\n\n``` python\nx = 1\n```\n')
    boxes = [code.attributes for code in html.css("code")]
    assert boxes == [{"tabindex": "0", "role": "group", "aria-label": "long.py"}, {}]
    assert html.css("code")[0].text() == f'{LONG} < "&"\n'


def test_long_outputs_can_be_reached_and_short_ones_and_code_are_no_stop() -> None:
    def stops(fence: str, lines: int) -> int:
        text = "x\n" * lines
        return len(convert(f"``` {fence}\n{text}```\n").css("code[tabindex]"))

    assert [stops("{ .text .output }", 15), stops("{ .text .output }", 14), stops("text", 15)] == [1, 0, 0]


def test_outputs_are_not_read() -> None:
    html = (
        '<p>The output:</p><div class="highlight output"><pre>1</pre></div> and <p class="output-is">so</p>'
    )
    read = remove_output(html)
    assert LexborHTMLParser(read).text() == "The output: and so"
    assert remove_output("<p>a<br>b") == "<p>a<br>b"


def test_tasks_say_whether_they_are_done() -> None:
    boxes = [one.attributes for one in convert("- [x] a\n- [ ] b\n").css("input")]
    assert [(box["aria-label"], "checked" in box, "disabled" in box) for box in boxes] == [
        ("done", True, True),
        ("to do", False, True),
    ]


def test_boxes_of_others_are_left_alone() -> None:
    for block in (
        '<input type="checkbox" id="mine">',
        '<input type="radio" checked title="checkbox">',
        '<label><input type="checkbox"></label>',
        "checkbox",
        '<input type="checkbox"> a',
    ):
        assert label_task_checkbox(block) == block
    text = convert('<input type="checkbox" data-as="checked">\n').css_first("input")
    assert text is not None
    assert "disabled" not in text.attributes


def test_other_html_is_left_alone() -> None:
    for block in (
        '<div class="highlight"><br></div>',
        '<div class="highlight">&nbsp;</div>',
        "<div>",
        f'<div class="highlighted"><pre><code>{LONG}</code></pre></div>',
    ):
        assert make_focusable(block) == block
