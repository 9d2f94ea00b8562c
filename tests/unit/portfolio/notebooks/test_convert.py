"""Notebooks as Markdown, and each mistake at its place in the notebook's file."""

import json
from datetime import date
from pathlib import Path
from typing import Any, cast

import nbformat
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown

from portfolio import cli
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
    assert page.diagnostics == []
    return page.markdown.partition("---\n\n")[2]


def messages(*cells: dict[str, Any]) -> list[str]:
    return [
        f"{problem.field}: {problem.message}" for problem in converted(nb.raw(nb.FRONT), *cells).diagnostics
    ]


def test_text_code_and_printed_output() -> None:
    markdown = body(nb.text("# T\n\nFirst."), nb.code("print(1)\n", nb.stream("1\n"), nb.stream("2\n")))
    assert markdown == (
        "# T\n\nFirst.\n<!-- more -->\n\n```python\nprint(1)\n```\n\n``` { .text .output }\n1\n2\n```\n\n"
    )


def test_an_excerpt_ends_at_the_separator() -> None:
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
def test_options_and_tags_hide_parts_of_a_cell(source: str, tags: tuple[str, ...], seen: str) -> None:
    markdown = body(nb.text("a"), nb.code(source, nb.stream("out"), tags=tags)).partition("more -->")[2]
    assert "".join(line for line in markdown.split() if line in ("x", "out")) == seen
    assert "#|" not in markdown


def test_a_raw_cell_of_markdown_is_text() -> None:
    def kind(**metadata: str) -> dict[str, Any]:
        return {**nb.raw("*raw*"), "metadata": metadata}

    assert "*raw*" in body(nb.text("a"), kind(raw_mimetype="text/markdown"))
    assert "*raw*" in body(nb.text("a"), kind(format="text/markdown"))
    assert "*raw*" not in body(nb.text("a"), kind(raw_mimetype="text/latex"), kind())


def test_an_image_becomes_a_file() -> None:
    page = converted(
        nb.raw(nb.FRONT),
        nb.code(
            "#| fig-alt: 'A \"b\" [c]'\n#| fig-cap: D\n",
            nb.display(image_png=nb.png(), text_plain="<Figure>"),
        ),
        nb.text("![e](attachment:e.png)", attachments={"e.png": {"image/png": nb.png("red")}}),
    )
    (first, first_content), (second, second_content) = page.files.items()
    assert f'![A "b" \\[c\\]]({first} "D"){{ width="32" height="20" }}' in page.markdown
    assert f"![e]({second})" in page.markdown
    assert {first_content[:4], second_content[:4]} == {b"\x89PNG"}
    assert page.diagnostics == []


@pytest.mark.parametrize(
    ("width", "size"),
    [
        ("16", (16, 9)),
        ("0", (32, 20)),
        ("true", (32, 20)),
        ("1.5", (32, 20)),
        ("9" * 400, (32, 20)),
        ("9" * 5000, (32, 20)),
    ],
)
def test_an_image_has_the_size_of_its_metadata_if_that_is_one(width: str, size: tuple[int, int]) -> None:
    output = nb.display(image_png=nb.png()) | {"metadata": {"image/png": {"width": "WIDTH", "height": 9}}}
    text = json.dumps(nb.notebook(nb.raw(nb.FRONT), nb.code("1", output))).replace('"WIDTH"', width)
    page = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    assert isinstance(page, NotebookPage)
    assert f'{{ width="{size[0]}" height="{size[1]}" }}' in page.markdown


def test_the_name_of_an_image_does_not_depend_on_other_cells() -> None:
    cell = nb.code("#| fig-alt: a\n", nb.display(image_png=nb.png()))
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
        (nb.display(text_html="<b>x</b><script>a</script>"), '<div class="output"><b>x</b></div>'),
        (nb.display(text_html="<script>a</script>", text_plain="y"), "\ny\n"),
        (nb.display(text_latex="$\\displaystyle x$", text_plain="x"), "\n$$\n"),
        (nb.display(text_latex="\\[\nx^2\n\\]", text_plain="y"), "\n$$\nx^2\n$$\n"),
        (
            nb.display(text_latex="\\begin{align*}\nx\n\\end{align*}\n"),
            "\n$$\n\\begin{align*}\nx\n\\end{align*}\n$$\n",
        ),
        (nb.display(text_markdown="*a* <script>b</script>"), "<em>a</em>"),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0mE: v"]}, "\nE: v\n"),
    ],
    ids=range(11),
)
def test_outputs_are_written_as_saved(output: dict[str, Any], seen: str) -> None:
    markdown = body(nb.text("a"), nb.code("x", output))
    assert seen in markdown
    assert "<script" not in markdown


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            nb.code("x", nb.display(image_png="!!")),
            "cell 2, output 1: this image/png cannot be shown: its base64 is invalid",
        ),
        (
            nb.code("x", nb.display(image_png="YQ==")),
            "cell 2, output 1: this image/png cannot be shown: it is no",
        ),
        (
            nb.code("x", nb.display(image_svg="<svg")),
            "cell 2, output 1: this image/svg+xml cannot be shown: it is no",
        ),
        (
            nb.code("x", nb.display(image_png=nb.png())),
            "cell 2, output 1: this image has no alternative text.",
        ),
        (
            nb.code("x", nb.display(application_javascript="a")),
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
def test_unsupported_content_is_reported(cell: dict[str, Any], expected: str) -> None:
    (problem,) = messages(cell)
    assert problem.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_an_invalid_notebook_is_reported(text: str, expected: str) -> None:
    diagnostics = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    assert isinstance(diagnostics, list)
    assert str(diagnostics[0]).startswith(expected), diagnostics
    assert len(diagnostics) == 1 or "cell_type" in expected


def test_front_matter_in_the_metadata() -> None:
    page = converted(nb.text("a"), front_matter={"date": "2025-08-09", "tags": ["é: b"], "draft": True})
    assert page.markdown.startswith('---\n"date": 2025-08-09\n"tags": ["é: b"]\n"draft": true\n---\n\na\n')
    moved = page.map_to_notebook(Diagnostic("", 3, 9, "tags", "is wrong", code="front-matter.invalid-tag"))
    assert (moved.field, page.document.text.split("\n")[moved.line - 1].strip()) == (
        "metadata: tags",
        '"tags": [',
    )


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]))
    | st.text(alphabet='😀é"\\u:#\x00\x7f\x85\u2028\ufeff\uffff{}\n')
)
@example("\x85😀")
def test_front_matter_in_the_metadata_is_written_as_equal_yaml(text: str) -> None:
    page = converted(nb.text("a"), front_matter={"date": "2025-08-09", text: [text, {"a": text}]})
    read = yaml.safe_load(page.markdown.partition("\n---\n")[0])
    assert read == {"date": date(2025, 8, 9), text: [text, {"a": text}]}


@given(st.text(), st.text(alphabet='ab"\\\té☃😀\u2028', max_size=8), st.booleans())
def test_map_to_notebook_finds_the_place_in_the_json(before: str, inside: str, in_lines: bool) -> None:
    cell = nb.text(f"{before}\n{inside}@@")
    cell["source"] = cell["source"] if in_lines else "".join(cell["source"])
    text = json.dumps(nb.notebook(nb.raw(nb.FRONT), cell), indent=1, ensure_ascii=not in_lines)
    page = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    assert isinstance(page, NotebookPage)
    line = next(number for number, line in enumerate(page.markdown.split("\n")) if line == f"{inside}@@")
    moved = page.map_to_notebook(
        Diagnostic("n.md", line + 1, len(inside) + 1, "formula", "is wrong", code="formula.invalid")
    )
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
def test_every_valid_notebook_is_converted(cells: list[dict[str, Any]]) -> None:
    markdown = nb.notebook(nb.raw(nb.FRONT), *cells)
    nbformat.validate(markdown)
    page = converted(nb.raw(nb.FRONT), *cells)
    assert len(page.sources) == page.markdown.count("\n")
    assert all(problem.line > 1 for problem in page.diagnostics)
    assert "<script" not in page.markdown or any("<script" in "".join(cell["source"]) for cell in cells)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.png", "![b](attachment:c.png)"),
        ("c.png", '![b]( <attachment:c.png> "T")'),
        ("my c.png", "![b](<attachment:my c.png>)"),
        ("my c.png", "![b](attachment:my%20c.png)"),
        ("my%20c.png", "![b](attachment:my%20c.png)"),
        ("c (1).png", "![b](attachment:c%20(1).png)"),
        ("c.png", "![b][1]\n\n[1]: attachment:c.png"),
        ("c.png", "![b][1]\n\n[1]: <attachment:c.png>"),
    ],
)
def test_an_attachment_becomes_a_file(name: str, text: str) -> None:
    page = converted(nb.raw(nb.FRONT), nb.text(text, attachments={name: {"image/png": nb.png()}}))
    (file,) = page.files
    assert page.diagnostics == []
    assert "attachment" not in page.markdown
    assert page.markdown.count(file) == 1


def test_a_reference_to_an_attachment_in_code_does_not_change() -> None:
    text = "---\n\n`![b](attachment:c.png)`\n\n```\n![b](attachment:c.png)\n```"
    assert text in body(nb.text("a"), nb.text(text))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            "[1]: attachment:d.png",
            "c.png",
            "no attachment of this cell is called 'd.png'.",
        ),
        ('<img alt="b" src="attachment:c.png">', "c.png", "'c.png' is written as HTML, where its URL does"),
        (
            "<img alt=b src=attachment:c.png>",
            "c.png",
            "'c.png' is written as HTML, where its URL does not",
        ),
        ("<img src='attachment:a &amp; b.png'>", "a & b.png", "'a &amp; b.png' is written as HTML, where it"),
    ],
)
def test_an_unusable_reference_to_an_attachment_is_reported(text: str, name: str, expected: str) -> None:
    (problem,) = messages(nb.text(f"![b][1]\n\n{text}", attachments={name: {"image/png": nb.png()}}))
    assert problem.startswith(f"cell 2, line 3: {expected}")


def test_an_attachment_that_is_not_an_image_is_reported() -> None:
    (problem,) = messages(nb.text("a", attachments={"c.pdf": {"application/pdf": "YQ=="}}))
    assert problem.startswith("cell 2: 'c.pdf' is not an image that a page can show.")


@pytest.mark.parametrize(
    "text",
    [
        "<VegaLite 4 object>\n\nIf you see this message, it means the renderer has not been properly enabled",
        "alt.Chart(...)",
        "HBox(children=(FloatProgress(value=0.0), HTML(value='')))",
        "<IPython.core.display.JSON object>",
        ":Curve   [x]   (y)",
    ],
)
def test_a_text_in_place_of_a_richer_output_is_not_published(text: str) -> None:
    rich = {"application/vnd.vegalite.v5+json": {"mark": "bar"}}
    output = nb.display(text_plain=text)
    output["data"] |= rich
    (problem,) = messages(nb.text("a"), nb.code("x", output))
    assert problem == (
        "cell 3, output 1: this output is only application/vnd.vegalite.v5+json, which a page without "
        "scripts cannot show."
    )
    assert text in body(nb.text("a"), nb.code("x", nb.display(text_plain=text)))
    shown = nb.display(text_plain=text, text_html="<b>A chart</b>")
    shown["data"] |= rich
    markdown = body(nb.text("a"), nb.code("x", shown))
    assert "<b>A chart</b>" in markdown
    assert text not in markdown


def test_a_text_that_says_something_is_published_with_a_richer_output() -> None:
    output = nb.display(text_plain="100%|####| 10/10 [00:01<00:00]")
    output["data"]["application/vnd.jupyter.widget-view+json"] = {"model_id": "a"}
    assert "10/10" in body(nb.text("a"), nb.code("x", output))


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "secret.txt"',
        "  --8<-- 'secret.txt'",
        "--8<--",
        ';--8<-- "secret.txt"',
        "x = 1  # --8<-- [start:part]",
        "----8<-- [END: part] ;",
        "--8<-- secret.txt",
        'x --8<-- "secret.txt"',
        "-8<-8<-- [start:a] --8<-- [end:a]",
    ],
)
def test_code_and_outputs_do_not_include_files(line: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    latex = f"$$\na\n{line}\nb\n$$"
    markdown = body(nb.text("a"), nb.code(line, nb.stream(f"1\n{line}\n"), nb.display(text_latex=latex)))
    options = {"pymdownx.snippets": {"base_path": [str(tmp_path)], "check_paths": True}}
    reader = Markdown(extensions=["pymdownx.snippets"], extension_configs=options)
    included = reader.preprocessors["snippet"].run(markdown.split("\n"))
    assert "SECRET" not in included
    assert [text for text in included if "8<" in text] == [line] * 3


def test_long_notebooks_are_reported_at_their_place() -> None:
    assert messages(nb.code("x", nb.stream("x" * 600_000))) == [
        "cell 2, output 1: this output has 600,000 characters; at most 500,000 are shown."
    ]
    assert messages(*[nb.code("x", nb.stream("x" * 450_000))] * 9) == [
        "cell 6: the notebook is longer than 2,000,000 characters here."
    ]
    text = json.dumps(nb.notebook(nb.raw(nb.FRONT), *[nb.text("a")] * 2000), indent=1)
    (problem,) = cast(list[Diagnostic], convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR))
    assert problem.message == "this notebook has 2,001 cells; at most 2,000 are converted."
    assert "".join(text.split("\n")[problem.line :]).count("cell_type") == 1


@pytest.mark.parametrize(
    "cell",
    [
        nb.code("#| a: " + "\t" * 300_000 + "x"),
        nb.code("-" * 300_000 + "8<"),
        nb.code("x", nb.stream("\n" * 100_000 + "8<")),
        nb.code("x", nb.stream("\x1b]" * 150_000)),
        nb.code("x", nb.display(text_latex="$" + " " * 300_000 + "x", text_plain="x")),
        nb.code("x", nb.display(text_html="<div>" * 80_000 + "x", text_plain="x")),
        nb.code("x", nb.display(text_markdown="[" * 20_000, text_plain="x")),
        nb.code("x", nb.display(text_markdown=">" * 20_000 + "x", text_plain="x")),
    ],
    ids=range(8),
)
def test_long_runs_of_a_character_are_converted_in_linear_time(cell: dict[str, Any]) -> None:
    # With quadratic patterns each of them takes minutes.
    assert body(nb.text("a"), cell)


SURROGATE = "\ud800"


@pytest.mark.parametrize(
    "cell",
    [
        nb.code("x", nb.display(text_html=f"<p>{SURROGATE}</p>")),
        nb.code("x", nb.display(text_markdown=SURROGATE)),
        nb.code("x", {"output_type": "display_data", "data": {SURROGATE: "x"}, "metadata": {}}),
        nb.code("x", nb.display(image_png=SURROGATE)),
        nb.text(f"![x](attachment:a{SURROGATE}.png)", attachments={"b.png": {"image/png": nb.png()}}),
        nb.text(f"x{SURROGATE}\\ud800😀"),
        {"cell_type": SURROGATE, "metadata": {}, "source": "x"},
    ],
    ids=range(7),
)
def test_half_of_a_surrogate_pair_becomes_a_replacement_character(cell: dict[str, Any]) -> None:
    text = json.dumps(nb.notebook(nb.raw(nb.FRONT), nb.text("a"), cell))
    page = convert.convert_notebook("n.ipynb", text, "n", EXCERPT_SEPARATOR)
    problems = page.diagnostics if isinstance(page, NotebookPage) else page
    for problem in problems:
        cli.format_github(problem).encode()
        f"{problem}{cli.format_json([problem])}".encode()
    markdown = page.markdown if isinstance(page, NotebookPage) else ""
    assert problems or "\ufffd" in markdown
    if cell["cell_type"] == "markdown" and not cell.get("attachments"):
        assert "x\ufffd\\ud800😀" in markdown


def test_an_svg_image_without_a_size_is_reported() -> None:
    (problem,) = messages(nb.code("#| fig-alt: a", nb.display(image_svg="<svg><circle r='1'/></svg>")))
    assert problem.startswith(
        "cell 2, output 1: this image/svg+xml cannot be shown: it has neither a viewBox"
    )
    page = converted(
        nb.raw(nb.FRONT), nb.code("#| fig-alt: a", nb.display(image_svg="<svg viewBox='0 0 1 1'/>"))
    )
    assert b'xmlns="http://www.w3.org/2000/svg"' in next(iter(page.files.values()))
