import pytest
from markdown import Markdown

from portfolio.markdown_ext.code_blocks import FenceHeaderExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics


def told(text: str) -> list[tuple[int, int]]:
    misprints: list[RenderError] = []
    markdown = Markdown(extensions=["pymdownx.superfences", FenceHeaderExtension(misprints.append)])
    markdown.convert(text)
    assert {misprint.kind for misprint in misprints} <= {"code"}
    return [(place.line, place.column) for place in to_diagnostics(misprints, text, "page.md")]


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
def test_fences_that_are_none_are_told(text: str, places: list[tuple[int, int]]) -> None:
    assert told(text) == places


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
def test_what_is_code_is_not(text: str) -> None:
    assert told(text) == []
