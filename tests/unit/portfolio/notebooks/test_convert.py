"""Notebooks as Markdown, and each mistake at its place in the notebook's file."""

import json
from datetime import date
from typing import Any

import nbformat
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from portfolio.core.diagnostics import Diagnostic
from portfolio.notebooks import convert
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR
from tests.support import notebooks as nb


def converted(*cells: dict[str, Any], **metadata: Any) -> NotebookPage:
    page = convert.convert_notebook(
        "n.ipynb", json.dumps(nb.notebook(*cells, **metadata), indent=1), "n", EXCERPT_SEPARATOR
    )
    assert isinstance(page, NotebookPage), page
    return page


def body(*cells: dict[str, Any]) -> str:
    page = converted(nb.raw(nb.FRONT), *cells)
    assert page.diagnostics == ()
    return page.markdown.partition("---\n\n")[2]


def problems(*cells: dict[str, Any]) -> list[str]:
    return [f"{one.field}: {one.message}" for one in converted(nb.raw(nb.FRONT), *cells).diagnostics]


def test_text_code_and_what_it_printed() -> None:
    made = body(nb.text("# T\n\nFirst."), nb.code("print(1)\n", nb.stream("1\n"), nb.stream("2\n")))
    assert made == (
        "# T\n\nFirst.\n<!-- more -->\n\n```python\nprint(1)\n```\n\n``` { .text .output }\n1\n2\n```\n\n"
    )


def test_an_excerpt_ends_where_the_notebook_says() -> None:
    assert body(nb.text("a"), nb.text("b\n\n<!-- more -->\n\nc")).count("<!-- more -->") == 1
    assert body(nb.text("# only a title"), nb.text("b"), nb.text("c")).index("b\n<!-- more -->\n\nc")


@pytest.mark.parametrize(
    ("source", "tags", "seen"),
    [
        ("#| echo: false\nx", (), "out"), ("#| output: false\nx", (), "x"), ("#| include: false\nx", (), ""),
        ("x", ("remove-input",), "out"), ("x", ("remove_output",), "x"), ("x", ("remove-cell",), ""),
        ("#| label: fig-1\nx", (), "xout"),
    ],
)  # fmt: skip
def test_a_cell_says_what_of_it_is_seen(source: str, tags: tuple[str, ...], seen: str) -> None:
    made = body(nb.text("a"), nb.code(source, nb.stream("out"), tags=tags)).partition("more -->")[2]
    assert "".join(line for line in made.split() if line in ("x", "out")) == seen
    assert "#|" not in made


def test_a_raw_cell_is_text_where_it_says_so() -> None:
    def kind(**metadata: str) -> dict[str, Any]:
        return {**nb.raw("*raw*"), "metadata": metadata}

    assert "*raw*" in body(nb.text("a"), kind(raw_mimetype="text/markdown"))
    assert "*raw*" in body(nb.text("a"), kind(format="text/markdown"))
    assert "*raw*" not in body(nb.text("a"), kind(raw_mimetype="text/latex"), kind())


def test_a_picture_becomes_a_file() -> None:
    page = converted(
        nb.raw(nb.FRONT),
        nb.code(
            "#| fig-alt: 'A \"b\" [c]'\n#| fig-cap: D\n", nb.shown(image_png=nb.png(), text_plain="<Figure>")
        ),
        nb.text("![e](attachment:e.png)", attachments={"e.png": {"image/png": nb.png("red")}}),
    )
    (first, one), (second, two) = page.files.items()
    assert f'![A "b" \\[c\\]]({first} "D"){{ width="32" height="20" }}' in page.markdown
    assert f"![e]({second})" in page.markdown
    assert {one[:4], two[:4]} == {b"\x89PNG"}
    assert page.diagnostics == ()


def test_a_picture_keeps_its_name_when_cells_move() -> None:
    cell = nb.code("#| fig-alt: a\n", nb.shown(image_png=nb.png()))
    assert (
        converted(nb.raw(nb.FRONT), cell).files.keys()
        == converted(nb.raw(nb.FRONT), nb.text("b"), cell).files.keys()
    )


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        (nb.stream("\x1b[31mred\x1b[0m\n"), "\nred\n"),
        (nb.stream("10%\r100%\n"), "\n100%\n"),
        (nb.stream("```\n"), "\n```` { .text .output }\n```\n````\n"),
        (nb.stream('--8<-- "mkdocs.yml"\n'), '\n;--8<-- "mkdocs.yml"\n'),
        (nb.shown(text_html="<b>x</b><script>a</script>"), '<div class="output"><b>x</b></div>'),
        (nb.shown(text_html="<script>a</script>", text_plain="y"), "\ny\n"),
        (nb.shown(text_latex="$\\displaystyle x$", text_plain="x"), "\n$$\n"),
        (nb.shown(text_latex="\\[\nx^2\n\\]", text_plain="y"), "\n$$\nx^2\n$$\n"),
        (
            nb.shown(text_latex="\\begin{align*}\nx\n\\end{align*}\n"),
            "\n$$\n\\begin{align*}\nx\n\\end{align*}\n$$\n",
        ),
        (nb.shown(text_markdown="*a* <script>b</script>"), "<em>a</em>"),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0mE: v"]}, "\nE: v\n"),
    ],
    ids=range(11),
)
def test_outputs_are_shown_as_saved(output: dict[str, Any], seen: str) -> None:
    made = body(nb.text("a"), nb.code("x", output))
    assert seen in made
    assert "<script" not in made


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (
            nb.code("x", nb.shown(image_png="!!")),
            "cell 2, output 1: this image/png cannot be shown: its base64 is invalid",
        ),
        (
            nb.code("x", nb.shown(image_png="YQ==")),
            "cell 2, output 1: this image/png cannot be shown: it is no",
        ),
        (
            nb.code("x", nb.shown(image_svg="<svg")),
            "cell 2, output 1: this image/svg+xml cannot be shown: it is no",
        ),
        (
            nb.code("x", nb.shown(image_png=nb.png())),
            "cell 2, output 1: this image has no alternative text.",
        ),
        (
            nb.code("x", nb.shown(application_javascript="a")),
            "cell 2, output 1: this output is only application/j",
        ),
        (
            nb.text("a\n\n![b](attachment:c.png)"),
            "cell 2, line 3: no attachment of this cell is called 'c.png'",
        ),
        (
            nb.text("a", attachments={"c.png": {"image/png": "YQ=="}}),
            "cell 2: this image/png cannot be shown",
        ),
    ],
    ids=range(7),
)
def test_what_cannot_be_shown_is_told(cell: dict[str, Any], told: str) -> None:
    (problem,) = problems(cell)
    assert problem.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "n.ipynb:1:1: this is not JSON: expecting value."),
        ("[]", "n.ipynb:1:1: expected a mapping, found a list."),
        (
            '{"nbformat": 3, "cells": []}',
            "n.ipynb:1:2: nbformat: version 3 of the notebook format is not supported.",
        ),
        (
            '{"nbformat": 3,\n "worksheets": []}',
            "n.ipynb:1:2: nbformat: version 3 of the notebook format is not supported.",
        ),
        (
            '{"nbformat": 4,\n "cells": [{"cell_type": "cod", "source": 1}]}',
            "n.ipynb:2:13: cells[0].cell_type: ",
        ),
        ('{"nbformat": 4, "cells": []}', "n.ipynb:1:1: this post has no front matter. Add a first cell"),
    ],
    ids=range(6),
)
def test_what_is_no_notebook_is_told(text: str, told: str) -> None:
    found = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    assert isinstance(found, list)
    assert str(found[0]).startswith(told), found
    assert len(found) == 1 or "cell_type" in told


def test_front_matter_may_stand_in_the_metadata() -> None:
    page = converted(nb.text("a"), front_matter={"date": "2025-08-09", "tags": ["é: b"], "draft": True})
    assert page.markdown.startswith('---\n"date": 2025-08-09\n"tags": ["é: b"]\n"draft": true\n---\n\na\n')
    moved = page.map_to_notebook(Diagnostic("", 3, 9, "tags", "is wrong"))
    assert (moved.field, page.document.text.split("\n")[moved.line - 1].strip()) == (
        "metadata: tags",
        '"tags": [',
    )


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]))
    | st.text(alphabet='😀é"\\u:#\x00\x7f\x85\u2028\ufeff\uffff{}\n')
)
@example("\x85😀")
def test_front_matter_in_the_metadata_is_what_stands_there(text: str) -> None:
    page = converted(nb.text("a"), front_matter={"date": "2025-08-09", text: [text, {"a": text}]})
    read = yaml.safe_load(page.markdown.partition("\n---\n")[0])
    assert read == {"date": date(2025, 8, 9), text: [text, {"a": text}]}


@given(st.text(), st.text(alphabet='ab"\\\té☃😀\u2028', max_size=8), st.booleans())
def test_a_problem_of_the_page_is_placed_in_the_file(before: str, inside: str, in_lines: bool) -> None:
    cell = nb.text(f"{before}\n{inside}@@")
    cell["source"] = cell["source"] if in_lines else "".join(cell["source"])
    text = json.dumps(nb.notebook(nb.raw(nb.FRONT), cell), indent=1, ensure_ascii=not in_lines)
    page = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    assert isinstance(page, NotebookPage)
    line = next(number for number, line in enumerate(page.markdown.split("\n")) if line == f"{inside}@@")
    moved = page.map_to_notebook(Diagnostic("n.md", line + 1, len(inside) + 1, "formula", "is wrong"))
    assert text.split("\n")[moved.line - 1][moved.column - 1 :].startswith("@@")
    assert moved.field.startswith("cell 2, line ")
    assert moved.path == "n.ipynb"


_MIME = st.sampled_from(
    ["text/plain", "text/html", "image/png", "image/svg+xml", "text/latex", "application/json"]
)
_OUTPUT = st.builds(nb.stream, st.text()) | st.dictionaries(_MIME, st.text(), max_size=3).map(
    lambda data: {"output_type": "display_data", "data": data, "metadata": {}}
)
_CELL = st.builds(nb.text, st.text()) | st.builds(
    lambda source, outputs: nb.code(source, *outputs), st.text(), st.lists(_OUTPUT, max_size=3)
)


@given(st.lists(_CELL, max_size=4))
def test_every_notebook_that_jupyter_takes_becomes_a_page(cells: list[dict[str, Any]]) -> None:
    made = nb.notebook(nb.raw(nb.FRONT), *cells)
    nbformat.validate(made)
    page = converted(nb.raw(nb.FRONT), *cells)
    assert len(page.sources) == page.markdown.count("\n")
    assert all(problem.line > 1 for problem in page.diagnostics)
    assert "<script" not in page.markdown or any("<script" in "".join(cell["source"]) for cell in cells)
