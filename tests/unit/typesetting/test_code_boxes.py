from markdown import Markdown
from markdown.extensions import Extension
from selectolax.lexbor import LexborHTMLParser

from typesetting.code_boxes import CodeBoxExtension, reachable

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


def test_tasks_say_whether_they_are_done() -> None:
    boxes = [one.attributes for one in convert("- [x] a\n- [ ] b\n").css("input")]
    assert [(box["aria-label"], "checked" in box, "disabled" in box) for box in boxes] == [
        ("done", True, True),
        ("to do", False, True),
    ]


def test_other_html_is_left_alone() -> None:
    for block in ('<div class="highlight"><br></div>', '<div class="highlight">&nbsp;</div>', "<div>"):
        assert reachable(block) == block
