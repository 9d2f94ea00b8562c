"""Cells of text, with the pictures that are attached to them."""

from __future__ import annotations

import html
import re
from urllib.parse import quote as quote_url
from urllib.parse import unquote

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.notebooks import pictures
from portfolio.notebooks.models import Cell
from portfolio.notebooks.pictures import SUFFIXES
from portfolio.notebooks.source_map import Sheet, Source

# A target in parentheses, behind the id that it defines, or in an attribute of HTML.
_ATTACHED = re.compile(
    r"(?P<before>(?:\]\(|\]:|\w=)[ \t]*)(?:<attachment:(?P<angled>[^<>\n]+)>|"
    r"(?P<mark>[\"'])attachment:(?P<marked>.+?)(?P=mark)|attachment:(?P<bare>(?:[^()\s<>\"']|\([^()\s]*\))+))",
    re.IGNORECASE,
)
_FORM = "Write it as in ![what it shows](attachment:picture.png)."


def write(sheet: Sheet, cell: Cell, index: int, lines: list[tuple[str, Source]]) -> None:
    """Write a cell of text, by its index in the notebook, with what is attached to it as pictures."""
    names = _kept(sheet, cell, index)
    # What is code stays as it stands; the line before keeps a rule from being taken for front matter.
    prose = MarkdownSource("\n" + "\n".join(line for line, _ in lines)).prose.split("\n")[1:]
    for (line, source), visible in zip(lines, prose, strict=True):
        at, parts = 0, []
        for match in _ATTACHED.finditer(visible):
            written = match["angled"] or match["marked"] or match["bare"]
            name = _meant(written, cell)
            if name is None:
                known = did_you_mean(written, cell.attachments)
                sheet.report(
                    source, f"nothing by the name of {quote(written)} is attached to this cell. {known}"
                )
            elif "=" in match["before"]:
                sheet.report(
                    source,
                    f"{quote(written)} is written as HTML, where its address leads nowhere. {_FORM}",
                )
            mark = match["mark"] or ""
            parts += [
                line[at : match.start()],
                match["before"],
                mark,
                names.get(name or "", quote_url(written)),
                mark,
            ]
            at = match.end()
        sheet.write("".join([*parts, line[at:]]), source)


def _meant(written: str, cell: Cell) -> str | None:
    """The name of what is attached, which may be written as addresses are, or as text in HTML is."""
    return next(
        (name for name in (written, unquote(written), html.unescape(written)) if name in cell.attachments),
        None,
    )


def _kept(sheet: Sheet, cell: Cell, index: int) -> dict[str, str]:
    """Keep what is attached; the addresses by the names."""
    names: dict[str, str] = {}
    for name, bundle in cell.attachments.items():
        at = ("cells", index, "attachments", name)
        source = Source(f"cell {index + 1}", at)
        shown = [mime for mime in bundle if mime in SUFFIXES]
        for mime in shown:
            try:
                names[name] = quote_url(sheet.keep(pictures.content(mime, bundle[mime]), SUFFIXES[mime]))
            except ValueError as error:
                sheet.report(source, f"this {mime} cannot be shown: {error}.")
        if not shown:
            message = (
                f"{quote(name)} is no picture that a page can show. Accepted: {', '.join(sorted(SUFFIXES))}."
            )
            sheet.report(source, message)
    return names
