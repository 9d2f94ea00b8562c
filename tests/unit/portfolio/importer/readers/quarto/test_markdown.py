"""Quarto's Markdown to that of this site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.quarto.markdown import Attributes, convert_quarto_markdown, parse_attributes

NO_OUTPUT = (
    "the output of this code is not at hand. Import the site with its rendered folder, or with _freeze."
)
_PARTS = [
    "word ", "\n", "\n\n", "::: {.callout-note}\n", ":::\n", "::: {#fig-a}\n", ":::: a\n",
    "```{python}\n", "```\n", "#| echo: false\n", "# H {#sec-a}\n", "![a](b){#fig-b}\n", "@fig-a ",
    "[a]{.b} ", "^[note] ", "{{< include a >}}", "$$\nx\n$$ {#eq-a}\n", ": c {#tbl-a}\n",
    "| a |\n|---|\n| b |\n", "`x`{=html} ", "    code\n", "- a\n", "{", "}", "[",
]  # fmt: skip


def _convert(markdown: str, problems: list[str] | None = None, **options: bool) -> str:
    def report(line: int, code: str, message: str, hint: str) -> None:
        if problems is not None:
            problems.append(f"{line}: {code}: {message} {hint}".strip())

    files = {"a.qmd": "*included*\n"}
    variables = {"var name": "value", "meta title": "T"}
    return convert_quarto_markdown(
        markdown, report, first_line=10, include=files.get, variables=variables.get, **options
    )  # fmt: skip


def test_attributes() -> None:
    assert parse_attributes('#a .b c="d e" f=g') == Attributes("a", ("b",), {"c": "d e", "f": "g"})
    assert parse_attributes("callout-note") == Attributes("", ("callout-note",), {})
    assert parse_attributes("it's") == Attributes("", ("it's",), {})


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ('::: {.callout-note title="T"}\na\n\n- b\n:::\n', '\n!!! note "T"\n    a\n\n    - b\n\n'),
        ("::: callout-caution\n## A `b`\n\nc\n:::\n", '\n!!! danger "A `b`"\n    c\n\n'),
        ("::: {.callout-tip collapse=true}\na\n:::\n", "\n??? tip\n    a\n\n"),
        (
            '::: {.callout-tip collapse="false"}\n```\n:::\n```\n:::\n',
            "\n???+ tip\n    ```\n    :::\n    ```\n\n",
        ),
        (":::: {.columns}\n::: {.column}\na\n:::\n::::\nb\n", "\n\na\n\nb\n"),
        ("::: {.panel-tabset}\n## A\n\na\n\n## B\n\nb\n:::\n", "\n**A**\n\na\n\n**B**\n\nb\n\n"),
        ("::: {.content-visible when-format=pdf}\na\n:::\nb\n", "b\n"),
        ("::: {#refs}\n:::\n", ""),
        (
            "::: {#thm-a name=N}\nx\n:::\n@thm-a\n",
            "\n**Theorem 1 (N)**\n{ #thm-a }\n\nx\n\n[Theorem 1](#thm-a)\n",
        ),
        (
            "![C](a.png){#fig-a}\n\n@fig-a, [@fig-a], [-@fig-a]\n",
            '![C](a.png "Figure 1: C"){ #fig-a }\n\n[Figure 1](#fig-a), [Figure 1](#fig-a), [1](#fig-a)\n',
        ),
        ('![C](a.png){fig-alt="A" width=50%} b\n', "![A](a.png) b\n"),
        ("$$\nx\n$$ {#eq-a}\n\n@eq-a\n", "$$\nx \\label{eq-a}\n$$\n\nEquation $\\eqref{eq-a}$\n"),
        (
            "| a |\n|---|\n| b |\n\n: C {#tbl-a}\n\n@tbl-a\n",
            '| a |\n|---|\n| b |\n\n/// table-caption | <\n<span id="tbl-a"></span>C\n///\n\n'
            "[Table 1](#tbl-a)\n",
        ),
        ("# A {#sec-a .unnumbered}\n\n## B {-}\n\n@sec-a\n", "# A {#sec-a}\n\n## B\n\n[A](#sec-a)\n"),
        (
            "```{.python filename='a.py' code-line-numbers=true}\nx\n```\n",
            '```python title="a.py" linenums="1"\nx\n```\n',
        ),
        ("```{mermaid}\na\n```\n", "```mermaid\na\n```\n"),
        ("```{=html}\n<b>a</b>\n```\n\n```{=latex}\nb\n```\n", "<b>a</b>\n\n"),
        ("`<b>`{=html} `x`{=latex}\n", "<b> \n"),
        ("a^[b *c*] d^[e]\n", "a[^inline-1] d[^inline-2]\n\n[^inline-1]: b *c*\n\n[^inline-2]: e\n"),
        (
            "[a]{.smallcaps} [b]{.underline} [c]{#d} [e](f){.g}\n",
            'a <u>b</u> <span id="d">c</span> [e](f){.g}\n',
        ),
        (
            "{{< include a.qmd >}} {{< var name >}} {{< meta title >}}{{< pagebreak >}}\n",
            "*included* value T\n",
        ),
        ("{{< video https://a.b/c >}}\n", "[Video](https://a.b/c)\n"),
        (
            "`{{< var name >}}` ==a== @key [@key, p. 3]\n",
            "`{{< var name >}}` \\=\\=a\\=\\= @key [@key, p. 3]\n",
        ),
    ],
)
def test_constructs(markdown: str, expected: str) -> None:
    assert _convert(markdown) == expected


def test_cells_of_code() -> None:
    markdown = (
        "```{python}\n#| label: fig-a\nx\n```\n\n```{r}\n#| echo: false\ny\n```\n\n"
        "```{python}\n#| eval: false\nz\n```\n\n```{python}\n#| include: false\nw\n```\n"
    )
    problems: list[str] = []
    assert _convert(markdown, problems) == "```python\nx\n```\n\n\n```python\nz\n```\n\n"
    assert problems == [
        f"10: import.dropped: {NO_OUTPUT}",
        f"15: import.dropped: {NO_OUTPUT}",
        "25: import.dropped: this code is hidden, and is left out.",
    ]
    problems.clear()
    assert _convert("```{python}\nx\n```\n", problems, has_outputs=True) == "```python\nx\n```\n"
    assert problems == []


def test_what_has_no_counterpart_is_reported() -> None:
    problems: list[str] = []
    assert _convert("a\n\n{{< kbd x >}} {{< include b.qmd >}} {{< var c >}}\n", problems) == "a\n\n  \n"
    assert problems == [
        "12: import.unsupported: there is no counterpart of the shortcode 'kbd'.",
        "12: import.missing-file: 'b.qmd' is not included. Insert its text.",
        "12: import.dropped: the value of 'c' is not known. Write it.",
    ]


@given(st.lists(st.sampled_from(_PARTS), max_size=20).map("".join))
def test_any_text_is_converted(markdown: str) -> None:
    assert isinstance(_convert(markdown), str)
