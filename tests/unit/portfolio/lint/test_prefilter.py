"""The scan for what may not be rendered: it may report too much, but never too little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.cache import Cache, cache_key
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.lint.documents import Converter
from portfolio.lint.prefilter import Prefilter

CONVERTER = Converter()
# No fence that is never closed: only a conversion knows which part of it is code.
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
def test_every_page_with_render_errors_needs_conversion(text: str) -> None:
    markup = MarkdownSource(f"# T\n\n{text}\n")
    if CONVERTER.convert(markup.body).errors:
        assert Prefilter().needs_conversion(markup)


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
def test_a_valid_page_needs_no_conversion(text: str) -> None:
    markup = MarkdownSource(f"{text}\n")
    assert not Prefilter({"R": "\\mathbb{R}"}, {"known"}).needs_conversion(markup)


def test_a_valid_diagram_is_rendered_only_once() -> None:
    class RecordingCache(Cache):
        def __init__(self) -> None:
            self.entries: dict[str, bytes] = {}
            self.reads = 0

        def get(self, key: str) -> bytes | None:
            self.reads += 1
            return self.entries.get(key)

        def put(self, key: str, content: bytes) -> None:
            self.entries[key] = content

    cache = RecordingCache()
    page = MarkdownSource('```mermaid\npie\n  "a" : 1\n```\n')
    assert not Prefilter(cache=cache).needs_conversion(page)
    (key,) = cache.entries
    assert len(key) == len(cache_key(""))
    assert not Prefilter(cache=cache).needs_conversion(page)
    assert (len(cache.entries), cache.reads) == (1, 2)
    assert Prefilter(cache=cache).needs_conversion(MarkdownSource("```mermaid\noops\n```\n"))
    assert len(cache.entries) == 1
