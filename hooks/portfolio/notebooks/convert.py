"""A notebook as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.validation import validate
from portfolio.notebooks import attachments, front_matter, outputs
from portfolio.notebooks.models import Cell, Notebook
from portfolio.notebooks.pictures import Words
from portfolio.notebooks.source_map import NotebookPage, Sheet, Source

_OPTION = re.compile(r"\s*(?:#|//|--)\|\s*(?P<key>[\w-]+)\s*:\s*(?P<value>.*?)\s*")
_MAGIC = re.compile(r"%%(bash|sh|html|javascript|js|latex|perl|ruby|sql)\b.*")


def convert(path: str, text: str, stem: str, separator: str) -> NotebookPage | list[Diagnostic]:
    """Make a page of a notebook's JSON, or say why it is no notebook.

    ``path`` is what problems call it; ``stem`` begins the names of the pictures, which the page expects
    beside its source. Code is shown, outputs are shown as they were saved, and nothing is executed. Of
    Quarto's options of a cell (lines that begin with ``#|``) these are heeded: ``fig-alt``, ``fig-cap``,
    ``echo``, ``output`` and ``include``; of Jupyter Book's tags ``remove-cell``, ``remove-input`` and
    ``remove-output``. An excerpt ends at the ``separator``; where the notebook has none, after its first cell
    of text.
    """
    document, problems = positions.load_json(path, text)
    if problems:
        return problems
    notebook, problems = validate(Notebook, document, ())
    if notebook is None or problems:
        # What another version of the format has, or has not, is no mistake.
        given = isinstance(document.data, dict) and "nbformat" in document.data
        return [one for one in problems if given and one.field == "nbformat"] or problems
    sheet = Sheet(document, stem)
    skipped = _front_matter(sheet, notebook)
    if not sheet.lines:
        return [document.diagnose((), front_matter.MISSING)]
    separated = any(separator in cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for index, cell in enumerate(notebook.cells):
        written = list(_lines(cell, index))[skipped if index == 0 else 0 :]
        shown = any(line.strip() for line, _ in written)
        if cell.cell_type == "code":
            _code(sheet, cell, index, written, notebook.language)
        elif shown and _is_markdown(cell):
            attachments.write(sheet, cell, index, written)
            if not separated and not all(line.startswith("#") or not line for line, _ in written):
                sheet.write(separator, written[-1][1])
                separated = True
        sheet.paragraph()
    if not separated:
        sheet.write(separator, sheet.sources[-1])
    return NotebookPage(
        document,
        _utf8("\n".join(sheet.lines) + "\n"),
        tuple(sheet.sources),
        sheet.files,
        tuple(sorted(sheet.problems)),
    )


def _front_matter(sheet: Sheet, notebook: Notebook) -> int:
    """Write the front matter; returns how many lines of the first cell it took."""
    if notebook.cells and (length := front_matter.length(notebook.cells[0])):
        taken = notebook.cells[0].source[:length].rstrip("\n").count("\n") + 1
        sheet.copy(list(_lines(notebook.cells[0], 0))[:taken])
        sheet.paragraph()
        return taken
    sheet.copy(front_matter.from_metadata(notebook.metadata))
    sheet.paragraph()
    return 0


def _lines(cell: Cell, index: int) -> Iterator[tuple[str, Source]]:
    """The lines of a cell's text, each with its place."""
    offset = 0
    for number, line in enumerate(cell.source.split("\n")):
        yield line, Source(f"cell {index + 1}, line {number + 1}", ("cells", index, "source"), offset)
        offset += len(line) + 1


def _is_markdown(cell: Cell) -> bool:
    kind = cell.metadata.get("raw_mimetype") or cell.metadata.get("format")
    return cell.cell_type == "markdown" or kind == "text/markdown"


def _code(sheet: Sheet, cell: Cell, index: int, lines: list[tuple[str, Source]], language: str) -> None:
    """Write a cell of code and its outputs, as far as its options and tags let them be seen."""
    options: dict[str, str] = {}
    while lines and (option := _OPTION.fullmatch(lines[0][0])):
        options[option["key"]] = _plain(option["value"])
        lines = lines[1:]
    given = cell.metadata.get("tags")
    tags = {str(tag).replace("_", "-") for tag in given} if isinstance(given, list) else set()
    off = {key for key, value in options.items() if value.casefold() in ("false", "no", "off")}
    if "remove-cell" in tags or "include" in off:
        return
    whole = Source(f"cell {index + 1}", ("cells", index))
    while lines and not lines[-1][0].strip():
        lines.pop()
    if lines and "remove-input" not in tags and "echo" not in off:
        magic = _MAGIC.fullmatch(lines[0][0])
        outputs.fenced(sheet, magic[1] if magic else language, lines, whole)
        sheet.paragraph()
    if "remove-output" not in tags and "output" not in off:
        words = Words(options.get("fig-alt", ""), options.get("fig-cap", ""))
        placed = [
            (output, Source(f"cell {index + 1}, output {number + 1}", ("cells", index, "outputs", number)))
            for number, output in enumerate(cell.outputs)
        ]
        outputs.write(sheet, placed, words)


def _plain(value: str) -> str:
    """The text of an option's value, which is YAML; what is none counts as it is written."""
    try:
        read = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):
        return value
    return read if isinstance(read, str) else value


def _utf8(text: str) -> str:
    """A text without halves of characters, which JSON can hold and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
