"""BibTeX and BibLaTeX as plain data with places, in the keys of the record's Publication."""

from __future__ import annotations

import functools
import re
from graphlib import CycleError, TopologicalSorter

from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ImplicitComment, ParsingFailedBlock

from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote
from portfolio.core.positions import Document
from portfolio.sources import bibtex_blocks, bibtex_fields, bibtex_latex, bibtex_names
from portfolio.sources.bibtex_fields import Fields
from portfolio.sources.bibtex_latex import LatexError
from portfolio.sources.bibtex_strings import Fault

# The entry types of BibTeX and those of BibLaTeX that a person's own list has use for.
TYPES = (
    "article book booklet collection conference dataset inbook incollection inproceedings manual "
    "mastersthesis misc online patent phdthesis proceedings report software techreport thesis unpublished"
).split()
_AS_WRITTEN = {
    "url",
    "biburl",
    "file",
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
# LaTeX's ways to write signs of addresses, and an address.
_ESCAPED = re.compile(r"\\([_%&#$~])(?:\{\})?|\{?\\textasciitilde(?:\{\}|\s*\})?")
_URL = re.compile(r"\\url\s*\{(.*)\}")
_DOI = re.compile(r"10\.\d[\d.]*/\S+")


def load(path: str, text: str, *, foreign: bool = False) -> tuple[Document, list[Diagnostic]]:
    """Read a BibTeX file. ``foreign``: it holds entries as others export them, with fields of their own.

    Returns a document whose data maps each citation key to a mapping for Publication, and every problem.
    """
    document = Document(path, data={})
    entries: dict[str, tuple[str, Fields]] = {}
    lines = text.split("\n")
    blocks, faults = bibtex_blocks.read(lines)
    problems = [_fault(path, fault, lines) for fault in faults]
    for found in blocks:
        line = (found.start_line or 0) + 1
        block = found.ignore_error_block if isinstance(found, DuplicateBlockKeyBlock) else found
        if isinstance(block, ParsingFailedBlock):
            problems.append(
                Diagnostic(path, line, 1, "", f"this is not BibTeX: {bibtex_blocks.reason(block)}.")
            )
        elif isinstance(block, ImplicitComment):
            message = "this is no entry: after its type stands a brace, as in @article{key, …}."
            problems += [Diagnostic(path, at + 1, 1, "", message) for at in bibtex_blocks.lost(block)]
        elif isinstance(block, Entry) and block.key in document.data:
            first = document.key_positions[(block.key,)][0]
            problems.append(
                Diagnostic(
                    path, line, 1, block.key, f"this citation key stands twice; the first is on line {first}."
                )
            )
        elif isinstance(block, Entry):
            kind, fields, found_in_it = _read(document, block, line, lines, foreign=foreign)
            problems += found_in_it
            entries[block.key] = kind, fields
    for key, (kind, fields) in entries.items():
        document.data[key] = bibtex_fields.publication(
            document, key, kind, bibtex_fields.with_inherited(key, entries)
        )
        parent = fields.get("crossref")
        if parent and parent not in entries:
            message = f"there is no entry {quote(parent)}. {did_you_mean(parent, entries)}"
            problems.append(document.diagnose((key, "crossref"), message))
    return document, problems + _circle(document, entries)


def _circle(document: Document, entries: dict[str, tuple[str, Fields]]) -> list[Diagnostic]:
    """The first circle of entries that are part of one another, if there is one."""
    above = {key: [fields["crossref"]] for key, (_, fields) in entries.items() if fields.get("crossref")}
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        *members, last = error.args[1]
        message = "this entry cannot be part of itself."
        if len(members) > 1:
            message = f"these are part of one another: {join_words(quote(key) for key in sorted(members))}."
        return [document.diagnose((last, "crossref"), message)]
    return []


def _fault(path: str, fault: Fault, lines: list[str]) -> Diagnostic:
    if fault.field is None:
        return Diagnostic(path, (fault.block.start_line or 0) + 1, 1, fault.block.key, fault.message)
    mark = bibtex_blocks.mark(fault.field, lines)
    return Diagnostic(path, *mark, f"{fault.block.key}.{fault.field.key.lower()}", fault.message)


def _read(
    document: Document, entry: Entry, line: int, lines: list[str], *, foreign: bool
) -> tuple[str, Fields, list[Diagnostic]]:
    """The type and the fields of one entry, and what is wrong in it; its key is put into the document."""
    key = entry.key
    document.key_positions[(key,)] = document.positions[(key,)] = (
        line,
        bibtex_blocks.column(lines, line, "@"),
    )
    problems: list[Diagnostic] = []
    kind = entry.entry_type.lower()
    if kind not in TYPES:
        problems.append(
            document.diagnose(
                (key,),
                f"unknown entry type '@{kind}'. {did_you_mean(kind, TYPES)} Accepted: {', '.join(TYPES)}.",
            )
        )
    fields: dict[str, str] = {}
    for field in entry.fields:
        name = field.key.lower()
        mark = bibtex_blocks.mark(field, lines)
        if name in fields:
            problem = Diagnostic(document.path, *mark, f"{key}.{name}", "this field stands twice.")
            problems.append(problem)
            continue
        document.key_positions[(key, name)] = mark
        try:
            fields[name] = _value(name, str(field.value))
        except RecursionError:
            problems.append(document.diagnose((key, name), "this is nested too deeply."))
            fields[name] = "?"
        except LatexError:
            problems.append(document.diagnose((key, name), "this LaTeX cannot be read."))
            fields[name] = "?"
    problems += [
        document.diagnose((key, name), f"unknown field. {meant}")
        for name in fields
        if (meant := bibtex_fields.unknown(name, foreign=foreign)) is not None
    ]
    month = fields.get("month")
    if month and bibtex_fields.number_of_month(month) is None:
        message = f"{quote(month)} is no month. Write jan to dec or 1 to 12; for anything else write a date."
        problems.append(document.diagnose((key, "month"), message))
    for name in sorted(bibtex_names.FIELDS & fields.keys()):
        if unclear := bibtex_names.unclear(fields[name]):
            problems.append(document.diagnose((key, name), unclear))
    doi = bibtex_fields.identifier("doi", fields.get("doi", ""))
    if doi and not _DOI.fullmatch(doi):
        problems.append(document.diagnose((key, "doi"), f"{quote(doi)} is no DOI. Write 10.1000/182."))
    document.data[key] = None  # It is there, and made when all are known.
    return kind, fields, problems


@functools.lru_cache(maxsize=1 << 16)
def _value(name: str, raw: str) -> str:
    """A field's text: as written where it is machine-readable, else with LaTeX turned into Unicode."""
    text = " ".join(raw.split())
    if name in _AS_WRITTEN:
        whole = _URL.fullmatch(text)
        return _ESCAPED.sub(lambda sign: sign[1] or "~", whole[1] if whole else text)
    return " ".join(bibtex_latex.text(text, keep_braces=name in bibtex_names.FIELDS).split())
