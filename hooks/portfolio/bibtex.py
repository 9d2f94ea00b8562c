"""BibTeX and BibLaTeX as plain data with places, in the keys of the record's Publication."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ImplicitComment, ParsingFailedBlock
from pylatexenc.latex2text import LatexNodes2Text

from portfolio import bibtex_blocks, bibtex_fields
from portfolio.bibtex_fields import EXTRA
from portfolio.bibtex_strings import Fault
from portfolio.problem import Problem, did_you_mean, quoted
from portfolio.yaml_marks import Document

# The entry types of BibTeX and those of BibLaTeX that a person's own list has use for.
TYPES = (
    "article book booklet collection conference dataset inbook incollection inproceedings manual "
    "mastersthesis misc online patent phdthesis proceedings report software techreport thesis unpublished"
).split()
# Standard fields, in BibTeX and BibLaTeX.
STANDARD = (
    "abstract address annote archiveprefix author authors booktitle chapter crossref date day doi edition "
    "editor eprint eprintclass eprinttype howpublished institution isbn issn journal journaltitle key "
    "keywords language location month note number organization pages primaryclass publisher pubstate school "
    "series shorttitle subtitle title translator type url urldate version volume year"
).split()

_AS_WRITTEN = {
    "url",
    "doi",
    "eprint",
    "arxiv",
    "code",
    "pdf",
    "slides",
    "video",
    "date",
    "basis",
    "urldate",
    "year",  # 1676~ is about 1676 there, and no tie
    "crossref",
}
# Braces in them keep a name whole, such as that of an organisation.
_NAMES = {"author", "editor", "translator"}
_BARE_AMPERSAND = re.compile(r"(?<!\\)&")
_DOI = re.compile(r"10\.\d[\d.]*/\S+")


def load(path: str, text: str) -> tuple[Document, list[Problem]]:
    """Read a BibTeX file.

    Returns a document whose data maps each citation key to a mapping for Publication, and every problem.
    """
    document = Document(path, data={})
    entries: dict[str, tuple[str, dict[str, str]]] = {}
    lines = text.split("\n")
    blocks, faults = bibtex_blocks.read(lines)
    problems = [_fault(path, fault, lines) for fault in faults]
    for found in blocks:
        line = (found.start_line or 0) + 1
        block = found.ignore_error_block if isinstance(found, DuplicateBlockKeyBlock) else found
        if isinstance(block, ParsingFailedBlock):
            problems.append(Problem(path, line, 1, "", f"this is not BibTeX: {bibtex_blocks.reason(block)}."))
        elif isinstance(block, ImplicitComment):
            message = "this is no entry: after its type stands a brace, as in @article{key, …}."
            problems += [Problem(path, at + 1, 1, "", message) for at in bibtex_blocks.lost(block)]
        elif isinstance(block, Entry) and block.key in document.data:
            first = document.keys[(block.key,)][0]
            problems.append(
                Problem(
                    path, line, 1, block.key, f"this citation key stands twice; the first is on line {first}."
                )
            )
        elif isinstance(block, Entry):
            kind, fields, found_in_it = _read(document, block, line, lines)
            problems += found_in_it
            entries[block.key] = kind, fields
    for key, (kind, fields) in entries.items():
        document.data[key] = bibtex_fields.publication(
            document, key, kind, bibtex_fields.with_inherited(key, entries)
        )
        parent = fields.get("crossref")
        if parent and parent not in entries:
            message = f"there is no entry {quoted(parent)}.{did_you_mean(parent, entries)}"
            problems.append(document.problem((key, "crossref"), message))
        elif parent == key:
            problems.append(document.problem((key, "crossref"), "this entry cannot be part of itself."))
    return document, problems


def _fault(path: str, fault: Fault, lines: list[str]) -> Problem:
    if fault.field is None:
        return Problem(path, (fault.block.start_line or 0) + 1, 1, fault.block.key, fault.message)
    mark = bibtex_blocks.mark(fault.field, lines)
    return Problem(path, *mark, f"{fault.block.key}.{fault.field.key.lower()}", fault.message)


def _read(
    document: Document, entry: Entry, line: int, lines: list[str]
) -> tuple[str, dict[str, str], list[Problem]]:
    """The type and the fields of one entry, and what is wrong in it; its key is put into the document."""
    key = entry.key
    document.keys[(key,)] = document.marks[(key,)] = (line, bibtex_blocks.column(lines, line, "@"))
    problems: list[Problem] = []
    kind = entry.entry_type.lower()
    if kind not in TYPES:
        problems.append(
            document.problem(
                (key,),
                f"unknown entry type '@{kind}'.{did_you_mean(kind, TYPES)} Accepted: {', '.join(TYPES)}.",
            )
        )
    fields: dict[str, str] = {}
    for field in entry.fields:
        name = field.key.lower()
        mark = bibtex_blocks.mark(field, lines)
        if name in fields:
            problem = Problem(document.path, *mark, f"{key}.{name}", "this field stands twice.")
            problems.append(problem)
            continue
        document.keys[(key, name)] = mark
        try:
            fields[name] = _value(name, str(field.value))
        except RecursionError:
            problems.append(document.problem((key, name), "this is nested too deeply."))
            fields[name] = "?"
    for name in fields:
        if name not in STANDARD and name not in EXTRA:
            problems.append(
                document.problem((key, name), f"unknown field.{did_you_mean(name, [*STANDARD, *EXTRA])}")
            )
    month = fields.get("month")
    if month and bibtex_fields.number_of_month(month) is None:
        message = f"{quoted(month)} is no month. Write jan to dec or 1 to 12; for anything else write a date."
        problems.append(document.problem((key, "month"), message))
    for name in sorted(_NAMES & fields.keys()):
        if unclear := _unclear_name(fields[name]):
            message = (
                f"{quoted(unclear)} is no name: it has too many commas. Write Family, Given, put 'and' "
                "between names, and the name of an organisation into braces."
            )
            problems.append(document.problem((key, name), message))
    doi = bibtex_fields.identifier("doi", fields.get("doi", ""))
    if doi and not _DOI.fullmatch(doi):
        problems.append(document.problem((key, "doi"), f"{quoted(doi)} is no DOI. Write 10.1000/182."))
    document.data[key] = None  # It is there, and made when all are known.
    return kind, fields, problems


def _unclear_name(names: str) -> str | None:
    """The first of the names that BibTeX's rules cannot divide."""
    for name in split_multiple_persons_names(names):
        try:
            parse_single_name_into_parts(name, strict=True)
        except InvalidNameError:
            return name
    return None


def _value(name: str, raw: str) -> str:
    """A field's text: as written where it is machine-readable, else with LaTeX turned into Unicode."""
    text = " ".join(raw.split())
    if name in _AS_WRITTEN or not set(text) & set("\\{}$~-"):
        return text
    # An ampersand in prose is itself; only LaTeX's tables make a column mark of it.
    convert = _latex(keep_braced_groups=name in _NAMES)
    return " ".join(convert(_BARE_AMPERSAND.sub(r"\\&", text)).split())


@functools.cache
def _latex(*, keep_braced_groups: bool) -> Callable[[str], str]:
    converter: Any = LatexNodes2Text
    convert: Callable[[str], str] = converter(
        math_mode="text", keep_comments=True, keep_braced_groups=keep_braced_groups
    ).latex_to_text
    return convert
