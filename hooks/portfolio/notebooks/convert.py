"""Converts a notebook to a page of Markdown."""

from __future__ import annotations

import functools
import html
import json
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote as quote_url
from urllib.parse import unquote

import yaml

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.validation import validate
from portfolio.notebooks.models import Cell, Notebook
from portfolio.notebooks.outputs import IMAGE_SUFFIXES, add_image, write_code_block, write_outputs
from portfolio.notebooks.source_map import NotebookPage, Source

# The key of the front matter in a notebook's metadata.
_FRONT_MATTER_KEY = "front_matter"
# As MkDocs recognises it in a page.
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Characters that YAML reads as line breaks, or not at all (YAML 1.1, section 5.1).
_SPECIAL_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_QUOTED_DATE = re.compile(r'(?<!\\)"(\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]+)?)"')
_OPTION = re.compile(r"(?:#|//|--)\|\s*(?P<key>[\w-]+)\s*:\s*(?P<value>.*)")
# A longer page takes minutes to build; in characters.
_MOST_CELLS, _LONGEST_PAGE = 2000, 2_000_000
_MAGIC = re.compile(r"%%(bash|sh|html|javascript|js|latex|perl|ruby|sql)\b.*")
_DIVIDE = "Divide it into several notebooks, or tag cells 'remove-cell'."
# A reference to an attachment: in parentheses, after the id that it defines, or in an HTML attribute.
_ATTACHMENT = re.compile(
    r"(?P<before>(?:\]\(|\]:|\w=)[ \t]*)(?:<attachment:(?P<angled>[^<>\n]+)>|"
    r"(?P<mark>[\"'])attachment:(?P<marked>.+?)(?P=mark)|attachment:(?P<bare>(?:[^()\s<>\"']|\([^()\s]*\))+))",
    re.IGNORECASE,
)


# A build reads each notebook three times: for the record, for the check and for the page.
@functools.lru_cache(maxsize=256)
def convert_notebook(path: str, text: str, stem: str, separator: str) -> NotebookPage | list[Diagnostic]:
    """Convert the JSON of a notebook to a page; if it is invalid, return its diagnostics.

    ``path`` is its path in diagnostics; ``stem`` begins the names of its images, which the page expects
    beside its source. Code and outputs are shown as they were saved; nothing is executed. These options of a
    cell (Quarto's lines ``#| key: value``) are supported: ``fig-alt``, ``fig-cap``, ``echo``, ``output`` and
    ``include``; and these tags (Jupyter Book's): ``remove-cell``, ``remove-input`` and ``remove-output``. An
    excerpt ends at the ``separator``, or after the first text cell if the notebook does not contain it.
    """
    document, diagnostics = positions.load_json(path, text)
    if diagnostics:
        return diagnostics
    notebook, diagnostics = validate(Notebook, document, ())
    if notebook is None or diagnostics:
        # Other versions have different keys, so only the version is reported.
        has_version = isinstance(document.data, dict) and "nbformat" in document.data
        version_errors = [diagnostic for diagnostic in diagnostics if diagnostic.field == "nbformat"]
        return (has_version and version_errors) or diagnostics
    page = NotebookPage(document, stem)
    if len(notebook.cells) > _MOST_CELLS:
        message = f"this notebook has {len(notebook.cells):,} cells; at most {_MOST_CELLS:,} are converted."
        page.report(Source("", ("cells", _MOST_CELLS)), "notebook.too-long", message, _DIVIDE)
        return page.diagnostics
    skipped = _write_front_matter(page, notebook)
    if not page.lines:
        message = "this post has no front matter."
        hint = (
            "Add a first cell (raw or Markdown) with '---', 'date: 2026-01-31' and so on, '---', or a "
            f"mapping '{_FRONT_MATTER_KEY}' in the notebook's metadata."
        )
        return [Diagnostic(path, *document.positions[()], "", message, hint, code="front-matter.missing")]
    separated = any(separator in cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for index, cell in enumerate(notebook.cells):
        lines = list(_iter_lines(cell, index))[skipped if index == 0 else 0 :]
        if cell.cell_type == "code":
            _write_code_cell(page, cell, index, lines, notebook.language)
        elif cell.is_markdown and any(line.strip() for line, _ in lines):
            _write_text_cell(page, cell, index, lines)
            if not separated and not all(line.startswith("#") or not line for line, _ in lines):
                page.write(separator, lines[-1][1])
                separated = True
        page.end_paragraph()
        if page.length > _LONGEST_PAGE:
            message = f"the notebook is longer than {_LONGEST_PAGE:,} characters here."
            page.report(Source(f"cell {index + 1}", ("cells", index)), "notebook.too-long", message, _DIVIDE)
            break
    if not separated:
        page.write(separator, page.sources[-1])
    page.diagnostics.sort()
    return page


def _write_front_matter(page: NotebookPage, notebook: Notebook) -> int:
    """Write the front matter, if there is any; return how many lines of the first cell it takes up."""
    count = 0
    first = notebook.cells[0] if notebook.cells else None
    values = notebook.metadata.get(_FRONT_MATTER_KEY)
    if first and first.cell_type in ("raw", "markdown") and (match := _FRONT_MATTER.match(first.source)):
        count = match[0].rstrip("\n").count("\n") + 1
        for line, source in islice(_iter_lines(first, 0), count):
            page.write(line, source)
    elif isinstance(values, dict):
        path = ("metadata", _FRONT_MATTER_KEY)
        page.write("---", Source("", path))
        for key, value in values.items():
            page.write(f"{_to_yaml(key)}: {_to_yaml(value)}", Source("metadata", (*path, key)))
        page.write("---", Source("", path))
    page.end_paragraph()
    return count


def _to_yaml(value: object) -> str:
    """Write a value as JSON, which is YAML. JSON has no dates: text that looks like a date becomes one."""
    # Not ensure_ascii: JSON escapes characters beyond U+FFFF as two surrogates, which YAML reads as two.
    text = json.dumps(value, ensure_ascii=False)
    text = _SPECIAL_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return _QUOTED_DATE.sub(r"\1", text)


def _iter_lines(cell: Cell, index: int) -> Iterator[tuple[str, Source]]:
    """Yield the lines of a cell, each with its source."""
    offset = 0
    for number, line in enumerate(cell.source.split("\n")):
        yield line, Source(f"cell {index + 1}, line {number + 1}", ("cells", index, "source"), offset)
        offset += len(line) + 1


def _write_code_cell(
    page: NotebookPage, cell: Cell, index: int, lines: list[tuple[str, Source]], language: str
) -> None:
    """Write a code cell and its outputs, unless its options or tags hide them."""
    options: dict[str, str] = {}
    while lines and (option := _OPTION.fullmatch(lines[0][0].strip())):
        options[option["key"]] = _parse_option(option["value"])
        lines = lines[1:]
    tags = cell.metadata.get("tags")
    hidden = {str(tag).replace("_", "-") for tag in tags} if isinstance(tags, list) else set()
    off = {key for key, value in options.items() if value.casefold() in ("false", "no", "off")}
    if "remove-cell" in hidden or "include" in off:
        return
    while lines and not lines[-1][0].strip():
        lines.pop()
    if lines and "remove-input" not in hidden and "echo" not in off:
        magic = _MAGIC.fullmatch(lines[0][0])
        source = Source(f"cell {index + 1}", ("cells", index))
        write_code_block(page, magic[1] if magic else language, lines, source)
    if "remove-output" not in hidden and "output" not in off:
        outputs = [
            (output, Source(f"cell {index + 1}, output {number + 1}", ("cells", index, "outputs", number)))
            for number, output in enumerate(cell.outputs)
        ]
        write_outputs(page, outputs, options)


def _parse_option(value: str) -> str:
    """Return the text of an option's value, which is YAML; invalid YAML is returned unchanged."""
    try:
        parsed = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError, RecursionError):
        return value
    return parsed if isinstance(parsed, str) else value


def _write_text_cell(page: NotebookPage, cell: Cell, index: int, lines: list[tuple[str, Source]]) -> None:
    """Write a text cell, with its attachments as image files."""
    urls = _add_attachments(page, cell, index)
    # Code does not change. After an empty line, a rule is not read as front matter.
    prose = MarkdownSource("\n" + "\n".join(line for line, _ in lines)).prose.split("\n")[1:]
    for (line, source), visible in zip(lines, prose, strict=True):
        end, parts = 0, []
        for match in _ATTACHMENT.finditer(visible):
            url = match["angled"] or match["marked"] or match["bare"]
            # It may be percent-encoded or escaped as HTML.
            names = (url, unquote(url), html.unescape(url))
            name = next((name for name in names if name in cell.attachments), None)
            if name is None:
                message = f"no attachment of this cell is called {quote(url)}."
                hint = did_you_mean(url, cell.attachments)
                page.report(source, "notebook.unknown-attachment", message, hint)
            elif "=" in match["before"]:
                message = f"{quote(url)} is written as HTML, where its URL does not work."
                hint = "Write it as in ![what it shows](attachment:image.png)."
                page.report(source, "notebook.html-attachment", message, hint)
            mark = match["mark"] or ""
            target = urls.get(name or "", quote_url(url))
            parts += [line[end : match.start()], match["before"], mark, target, mark]
            end = match.end()
        page.write("".join([*parts, line[end:]]), source)


def _add_attachments(page: NotebookPage, cell: Cell, index: int) -> dict[str, str]:
    """Add the attachments of a cell as files; return their URLs by their names."""
    urls: dict[str, str] = {}
    for name, bundle in cell.attachments.items():
        source = Source(f"cell {index + 1}", ("cells", index, "attachments", name))
        mime = next(filter(bundle.__contains__, IMAGE_SUFFIXES), None)
        if mime is None:
            message = f"{quote(name)} is not an image that a page can show."
            hint = f"Accepted: {', '.join(sorted(IMAGE_SUFFIXES))}."
            page.report(source, "notebook.unsupported-attachment", message, hint)
        elif image := add_image(page, source, mime, bundle[mime]):
            urls[name] = image.url
    return urls
