from textwrap import dedent

import pytest

from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics


def places(page: str, *errors: RenderError) -> list[tuple[int, int]]:
    return [(place.line, place.column) for place in to_diagnostics(errors, dedent(page), "page.md")]


def formula(source: str, offset: int = 0) -> RenderError:
    return RenderError("formula.invalid", source, "is wrong", offset=offset)


def diagram(source: str, offset: int = 0) -> RenderError:
    return RenderError("diagram.invalid", source, "is wrong", offset=offset)


@pytest.mark.parametrize("page", [r"Words $a \foo$ and", r"Word \(a \foo\)", r"Some $a$ and $a \foo$"])
def test_inline_formulas_become_mathml(page: str) -> None:
    assert places(page, formula(r"a \foo", 2)) == [(1, page.index(r"\foo") + 1)]


def test_a_longer_formula_with_the_same_beginning_is_skipped() -> None:
    assert places("$n_1$ and $n$", formula("n")) == [(1, 12)]


def test_equal_formulas_are_counted() -> None:
    page = "$\\foo$ b\n\n$\\foo$ and $\\foo$\n"
    assert places(page, *[formula("\\foo")] * 3) == [(1, 2), (3, 2), (3, 13)]


def test_code_is_skipped() -> None:
    page = """\
        Not `$\\foo$` and not

        ```tex
        $\\foo$
        ```

        but $\\foo$.
        """
    assert places(page, formula("\\foo")) == [(7, 6)]


def test_a_formula_in_a_quotation() -> None:
    page = """\
        - item

            > $$
            > \\alpha
            > b \\foo
            > $$
        """
    assert places(page, formula("\n\\alpha\nb \\foo\n", 10)) == [(5, 9)]


def test_an_environment() -> None:
    source = "\\begin{align}\na &= \\foo\n\\end{align}"
    assert places(f"Text.\n\n{source}\n", formula(source, source.index("\\foo"))) == [(4, 6)]


def test_a_diagram_in_a_list() -> None:
    page = """\
        1. item

            ```mermaid title="t"
            flowchart LR
              A -->
            ```
        """
    assert places(page, diagram("flowchart LR\n  A -->", 17)) == [(5, 9)]


def test_an_empty_diagram() -> None:
    page = "```mermaid\npie\n```\n\n~~~mermaid\n~~~\n"
    assert places(page, diagram("")) == [(6, 1)]
    assert places(f"> {page.replace(chr(10), chr(10) + '> ')}", diagram("")) == [(6, 1)]


def test_a_passage_included_from_another_file_is_at_the_beginning() -> None:
    assert places("--8<-- 'other.md'\n", formula("\\foo")) == [(1, 1)]


def image(source: str) -> RenderError:
    return RenderError("image", source, "is wrong")


def test_an_image_is_not_a_link_to_the_same_file() -> None:
    page = "[The file](a.png) and [more [of it]](a.png)\n\n[a.png]: a.png\n\n![It [here]](a.png)\n"
    assert places(page, image("a.png")) == [(5, 14)]
    assert places("[x](y.md)\n\n[![It](a.png)](a.png)\n", image("a.png")) == [(3, 8)]
    assert places("![It][a]\n\n[a]: <a.png> 'T'\n", image("a.png")) == [(3, 7)]


def test_a_very_long_passage_is_found_by_its_beginning() -> None:
    source = "<pre>" * 20_000
    assert places(f"Words\n\n{source}\n", RenderError("page.invalid-html", source, "is wrong")) == [(3, 1)]


def test_an_error_with_a_line_is_not_searched_for() -> None:
    page = "---\ntitle: T\n---\n\n# T\n\na\n\na b\n"
    assert places(page, RenderError("include.missing-file", "b", "is wrong", line=5)) == [(9, 3)]
