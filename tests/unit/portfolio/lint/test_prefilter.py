"""The scan for what may not come out: it may find too much, and must not find too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.cache import cache_key
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.lint.documents import Converter
from portfolio.lint.prefilter import Prefilter

CONVERTER = Converter()
# A fence that is never closed is left out: what of it is code only a conversion knows.
PIECES = [
    "$x$",
    "$\\nosuch$",
    "\n\n$$\nx\n$$\n\n",
    "\n\n$$\n\\frac{1\n$$\n\n",
    "$$",
    "$$ y $$",
    "\n$$\ny\n$$\n",
    "\n\\[\n{y\n\\]\n",
    "\n\\begin{align}\n{a\n\\end{align}\n",
    "\\(y\\)",
    "\\(\\nosuch\\)",
    "\\[ z \\]",
    "\\[ {z \\]",
    "\\begin{align} a \\end{align}",
    "\\begin{align} {a \\end{align}",
    "a",
    "5 $",
    "\\$",
    "`$\\nosuch$`",
    "- ",
    "> ",
    "\n\n",
    "$$x \\label{a}$$",
    "$\\eqref{a}$",
    "$\\eqref{b}$",
    "{",
    "}",
    "*",
    "    ",
    "\n\n```mermaid\nflowchart LR\n  A --> B\n```\n\n",
    "\n\n```mermaid\noops\n```\n\n",
    "\n\n``` { .mermaid }\noops\n```\n\n",
    "\n\n| a | b |\n| - | - |\n| c | d |\n\n",
    "\n\na | b\n:-: | -\n| $c | d$ | e |\n\n",
    "\n\n```python one two=3\nx\n```\n\n",
    "![a](b){ width=50% }",
    "![a](b){width=50}",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join)
    | st.lists(st.sampled_from(PIECES)).map("".join)
)
def test_what_a_conversion_finds_wrong_is_suspect(text: str) -> None:
    markup = MarkdownSource(f"# T\n\n{text}\n")
    if CONVERTER.made(markup.body).misprints:
        assert Prefilter().of(markup.body, markup.prose)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "`$\\nosuch$`",
        "$x$ of $\\eqref{a}$\n\n$$\ny \\label{a}\n$$",
        "[@known]",
        "[a](b)",
        "```mermaid\nflowchart LR\n  A --> B\n```",
        "Mermaid and mermaid",
        "| a | b |\n| - | - |\n| `|` | d |",
        "```python\nx\n```",
        '![a](b){ width=50 height="60" .c }',
        "\\R is no macro outside",
        "$\\R$",
        "In $$x$$ words",
        "- $$x$$\n- a",
        "a\n\n$$\nx\n$$\n\nb",
    ],
)
def test_a_sound_page_is_not_converted(text: str) -> None:
    markup = MarkdownSource(f"{text}\n")
    assert not Prefilter({"R": "\\mathbb{R}"}, {"known"}).of(markup.body, markup.prose)


def test_a_diagram_that_is_known_to_be_sound_is_not_drawn_again() -> None:
    class Kept:
        def __init__(self) -> None:
            self.keys: dict[str, bytes] = {}
            self.asked = 0

        def get(self, key: str) -> bytes | None:
            self.asked += 1
            return self.keys.get(key)

        def put(self, key: str, content: bytes) -> None:
            self.keys[key] = content

    cache = Kept()
    page = '```mermaid\npie\n  "a" : 1\n```\n'
    assert not Prefilter(cache=cache).of(page, "")
    (key,) = cache.keys
    assert len(key) == len(cache_key(""))
    assert not Prefilter(cache=cache).of(page, "")
    assert (len(cache.keys), cache.asked) == (1, 2)
    assert Prefilter(cache=cache).of("```mermaid\noops\n```\n", "")
    assert len(cache.keys) == 1
