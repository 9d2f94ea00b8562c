"""What a cell printed and showed, as Markdown: as it was saved, without what could run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from markdown import Markdown

from portfolio.notebooks import pictures, sanitize
from portfolio.notebooks.models import Output, joined
from portfolio.notebooks.pictures import SUFFIXES, Words
from portfolio.notebooks.source_map import Sheet, Source

_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# A line with which pymdownx.snippets would put a file into the page.
_SNIPPET = re.compile(r"^(\s*)(;*-{1,}8<-{1,})", re.MULTILINE)
_DISPLAYED = r"\displaystyle"
_FORMULA = re.compile(
    r"\s*(?:(\${1,2})(?P<dollars>[^$]+)\1|\\\[(?P<brackets>.+)\\\]|\\\((?P<round>.+)\\\)"
    r"|(?P<environment>\\begin\s*\{(?P<name>[A-Za-z]+\*?)\}.+\\end\s*\{(?P=name)\}))\s*",
    re.DOTALL,
)


def write(sheet: Sheet, outputs: Iterable[tuple[Output, Source]], words: Words) -> None:
    """Write the outputs of one cell into the page. ``words`` are those on its pictures."""
    for (kind, _), run in groupby(outputs, key=lambda one: (one[0].output_type, one[0].name)):
        group = list(run)
        if kind == "stream":
            printed(sheet, group[0][1], "".join(output.text for output, _ in group))
            continue
        for output, source in group:
            if kind == "error":
                printed(sheet, source, "\n".join(output.traceback))
            else:
                _show(sheet, source, output, words)


def printed(sheet: Sheet, source: Source, text: str) -> None:
    """Write what a program printed, without the colours of a terminal and without what it wrote over."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in _ESCAPE.sub("", text).split("\n")]
    plain = _CONTROL.sub("", "\n".join(lines)).strip("\n")
    if plain.strip():
        fenced(sheet, "text", [(line, source) for line in plain.split("\n")], source, " .output")
        sheet.paragraph()


def fenced(
    sheet: Sheet, language: str, lines: list[tuple[str, Source]], source: Source, classes: str = ""
) -> None:
    """Write a code block whose fence is longer than any in it."""
    longest = max((len(run) for line, _ in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    sheet.write(f"{fence} {{ .{language}{classes} }}" if classes else f"{fence}{language}", source)
    sheet.copy((_SNIPPET.sub(r"\1;\2", line), place) for line, place in lines)
    sheet.write(fence, source)


def _show(sheet: Sheet, source: Source, output: Output, words: Words) -> None:
    """Write the best of the kinds in which an output was saved that a page can show."""
    texts = {mime: joined(data) for mime, data in output.data.items()}
    for mime in SUFFIXES:
        if isinstance(given := texts.get(mime), str):
            pictures.write(sheet, source, mime, given, words, output.metadata.get(mime))
            sheet.paragraph()
            return
    for mime, show in _KINDS.items():
        if isinstance(given := texts.get(mime), str) and show(sheet, source, given):
            sheet.paragraph()
            return
    if texts:
        sheet.report(
            source,
            f"this output is only {', '.join(sorted(texts))}, which a page without script cannot show. Save "
            "it as a picture or as text too, or tag the cell 'remove-output'.",
        )


def _html(sheet: Sheet, source: Source, given: str) -> bool:
    box = sanitize.html(given)
    if box:
        sheet.write(box, source)
    return bool(box)


def _markdown(sheet: Sheet, source: Source, given: str) -> bool:
    # Not as Markdown of the page: what a program wrote could hold any element and any attribute.
    return _html(sheet, source, Markdown(extensions=["tables", "fenced_code"]).convert(given))


def _latex(sheet: Sheet, source: Source, given: str) -> bool:
    formula = _FORMULA.fullmatch(given)
    if formula is None:
        return False
    given = next(formula[name] for name in ("dollars", "brackets", "round", "environment") if formula[name])
    if "$" in given:
        return False
    tex = "\n".join(line for line in given.split("\n") if line.strip())
    sheet.write(f"$$\n{tex.strip().removeprefix(_DISPLAYED)}\n$$", source)
    return True


def _text(sheet: Sheet, source: Source, given: str) -> bool:
    printed(sheet, source, given)
    return True


# In the order in which they are preferred, after pictures.
_KINDS: dict[str, Callable[[Sheet, Source, str], bool]] = {
    "text/html": _html,
    "text/markdown": _markdown,
    "text/latex": _latex,
    "text/plain": _text,
}
