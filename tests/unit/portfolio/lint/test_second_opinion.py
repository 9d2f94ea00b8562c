"""What CommonMark reads and the page loses is found; the site's own notations are no loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.lint import second_opinion
from portfolio.lint.conversions import Conversions
from portfolio.lint.second_opinion import find_losses
from portfolio.sources import mkdocs_yml
from tests.support import project

NAMES, OPTIONS = mkdocs_yml.read_markdown_extensions(project.ROOT / "mkdocs.yml")
CONVERSIONS = Conversions(project.ROOT, NAMES, OPTIONS, lambda _page, _url: None)


def list_losses(text: str) -> list[tuple[int, str]]:
    losses = find_losses(text, CONVERSIONS.convert("page.md", text).outline)
    return [(loss.line, loss.code.removeprefix("second-opinion.lost-")) for loss in losses]


@pytest.mark.parametrize(
    ("text", "losses"),
    [
        ("Words\n| a | b |\n| - | - |\n| 1 | 2 |\n", [(2, "row")]),
        ("- ```py\n  x = 1\n  ```\n", [(1, "code")]),
        ("Words\n\n<div>\n\n- b\n- c\n\n</div>\n", [(5, "item")]),
        ("```py no option\nx\n```\n", [(1, "code")]),
    ],
)
def test_losses_are_found(text: str, losses: list[tuple[int, str]]) -> None:
    assert list_losses(text) == losses


@pytest.mark.parametrize(
    "text",
    [
        "A claim.[^a] ++ctrl+x++, ==m==, H~2~O, x^2^ and :smile:.\n\n[^a]: b\n\n    - c\n\n    d\n",
        '!!! note "A title"\n\n    - a\n\n        - b\n\n            code\n\n- c\n',
        '??? "Python"\n\n    ```py\n    x\n    ```\n',
        "??? tip\n\n    ```py\n    x\n    ```\n\n    !!! note\n        a\n",
        "term\n:   - a\n    - b\n\n        c\n\n:   d\n",
        "> [!WARNING]\n> - a\n>   - b\n",
        "| a | b |\n| - | - |\n| $x$ | `c` |\n\n/// table-caption\nWords.\n///\n",
        "- [ ] a\n- [x] b $c$\n- $d$, e\n- f{.g}\n",
        "Costs \\$5 and $x_1$.\n\n$$\n- y\n$$\n\n\\begin{align}\nz\n\\end{align}\n",
        "# A { #b .c }\n\n![d](e.png){ width=30 } [f](g.md){ .h } `#!py i`\n",
        "<a@b.example> <https://c.example/> &copy; caf&eacute; d<br>e\n\n<div markdown>\n*g*\n</div>\n",
        "```mermaid\nflowchart LR\n  a --> b\n```\n\n```math\nx\n```\n",
        '[a]: b.md\n\n[a] and [c][a] -- "don\'t"...\n',
        "List<String> and <your-name>, {x | x > 0}.\n",
        "---\n\na\n\n---\n",
        "- a [b] `c\n  d` e\n- H~2~O<br>f[^1]\n[^1]: g\n- \u00a0h\n",
        "- a\n\n     b\n\n[c]:https://c.example/d-e\n\n[f][c] [c]\n",
        "# A\n\n    B <c@d.example> $e$ f $g$ ~~~~ {.h}\n\n```html\n&lt;i&gt;\n```\n\n`&amp;`\n",
        "[a](https://b.example/c d)\n",
        "<table>\n<tr><td>\n\n```sh\na\n```\n\n</td></tr>\n</table>\n",
    ],
)
def test_the_notations_of_the_site_are_no_loss(text: str) -> None:
    assert list_losses(text) == []


WORDS = st.lists(
    st.sampled_from(["alpha", "*beta*", "**gamma**", "`delta`", "[eps](a.md)", "$z$"]), min_size=1
)
LINES = WORDS.map(" ".join)
BLOCKS = st.one_of(
    LINES,
    LINES.map(lambda text: f"## {text}"),
    LINES.map(lambda text: f"> {text}"),
    st.lists(LINES, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(LINES, min_size=1, max_size=3).map(lambda items: "\n".join(f"1. {item}" for item in items)),
    LINES.map(lambda text: f"- a\n\n    {text}\n\n        code\n"),
    LINES.map(lambda text: f"!!! note\n\n    {text}\n\n    - b\n"),
    st.just("```py\nx = 1\n\ny\n```"),
    LINES.map(lambda text: f"| a | b |\n| - | - |\n| 1 | {text} |"),
)


@settings(deadline=None, max_examples=50)
@example(["- `delta` alpha $z$ alpha $z$ alpha\n- alpha $z$\n- `delta` alpha $z$ alpha $z$ alpha"], 0)
@example(["- alpha $z$ $z$ $z$\n- alpha alpha"], 0)
@example(["- alpha alpha\n- alpha $z$ $z$ $z$"], 0)
@given(st.lists(BLOCKS, min_size=1, max_size=5), st.integers(0, 3))
def test_only_what_is_lost_is_reported(blocks: list[str], place: int) -> None:
    assert list_losses("\n\n".join(blocks)) == []
    place = min(place, len(blocks))
    # A table right after a paragraph is none in Python-Markdown.
    seeded = [*blocks[:place], "words\n| head | er |\n| - | - |\n| seeded | row |", *blocks[place:]]
    line = "\n\n".join([*blocks[:place], "words"]).count("\n") + 2
    assert list_losses("\n\n".join(seeded)) == [(line, "row")]


@given(st.text("ab1 |-=#*_`~<>/[]()!:&;.+\\\n\t", max_size=100))
def test_rules_that_a_text_does_not_need_make_no_difference(text: str) -> None:
    tokens = second_opinion._parse(text)
    assert [token.as_dict() for token in tokens] == [
        token.as_dict() for token in second_opinion._parser().parse(text)
    ]


def test_a_long_list_with_formulas_has_no_losses() -> None:
    assert list_losses("- alpha $z$\n" * 3000) == []


def test_documentation_has_no_losses() -> None:
    pages = [project.ROOT / "README.md", *sorted(Path(project.ROOT, ".github/guide").glob("*.md"))]
    assert {page.name: list_losses(page.read_text(encoding="utf-8")) for page in pages} == {
        page.name: [] for page in pages
    }
