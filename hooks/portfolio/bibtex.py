"""BibTeX and BibLaTeX as plain data with places, in the keys of the record's Publication."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock
from pylatexenc.latex2text import LatexNodes2Text

from portfolio import bibtex_blocks
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
# al-folio's extra fields, and the record's own.
EXTRA = "abbr arxiv code pdf slides video selected basis source".split()

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
    "crossref",
}
_VENUES = (
    "journal",
    "journaltitle",
    "booktitle",
    "howpublished",
    "school",
    "institution",
    "organization",
    "publisher",
)
_BARE_AMPERSAND = re.compile(r"(?<!\\)&")
_MONTHS = "january february march april may june july august september october november december".split()
# Identifiers are often pasted as addresses.
_PREFIXES = {
    "doi": re.compile(r"(https?://(dx\.)?doi\.org/|doi:)\s*", re.IGNORECASE),
    "arxiv": re.compile(r"(https?://(www\.)?arxiv\.org/(abs|pdf)/|arxiv:)\s*", re.IGNORECASE),
}


def load(path: str, text: str) -> tuple[Document, list[Problem]]:
    """Read a BibTeX file.

    Returns a document whose data maps each citation key to a mapping for Publication, and every problem.
    """
    document = Document(path, data={})
    lines = text.split("\n")
    problems: list[Problem] = []
    for found in bibtex_blocks.read(lines):
        line = (found.start_line or 0) + 1
        block = found.ignore_error_block if isinstance(found, DuplicateBlockKeyBlock) else found
        if isinstance(block, ParsingFailedBlock):
            problems.append(Problem(path, line, 1, "", f"this is not BibTeX: {bibtex_blocks.reason(block)}."))
        elif isinstance(block, Entry) and block.key in document.data:
            first = document.keys[(block.key,)][0]
            problems.append(
                Problem(
                    path, line, 1, block.key, f"this citation key stands twice; the first is on line {first}."
                )
            )
        elif isinstance(block, Entry):
            problems += _read(document, block, line, lines)
    return document, problems


def _read(document: Document, entry: Entry, line: int, lines: list[str]) -> list[Problem]:
    """Put one entry into the document."""
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
    if month and _month(month) is None:
        message = f"{quoted(month)} is no month. Write jan to dec or 1 to 12; for anything else write a date."
        problems.append(document.problem((key, "month"), message))
    document.data[key] = _publication(document, key, kind, fields)
    return problems


def _publication(document: Document, key: str, kind: str, fields: dict[str, str]) -> dict[str, object]:
    """Name the fields as the model does; where a field comes from another, its place is that one's."""
    data: dict[str, object] = {"id": key, "type": kind, "fields": tuple(sorted(fields.items()))}
    for name in (*EXTRA, "title", "author", "authors", "date", "url", "doi", "abstract"):
        if fields.get(name):
            data[name] = fields[name]
    venue = next((name for name in _VENUES if fields.get(name)), None)
    derived = {"venue": venue}
    if venue:
        data["venue"] = fields[venue]
    if "basis" in fields:
        data["basis"] = _basis(fields["basis"])
    if "date" not in fields and fields.get("year"):
        data["date"], derived["date"] = _year_and_month(fields), "year"
    if "arxiv" not in fields and fields.get("archiveprefix", fields.get("eprinttype", "")).lower() == "arxiv":
        data["arxiv"], derived["arxiv"] = fields.get("eprint"), "eprint"
    for name, prefix in _PREFIXES.items():
        if data.get(name):
            data[name] = prefix.sub("", str(data[name]), count=1)
    for name, origin in derived.items():
        if origin and (key, origin) in document.keys:
            document.keys.setdefault((key, name), document.keys[(key, origin)])
    return data


def _basis(text: str) -> str | dict[str, str]:
    """``stated``, ``inferred``, or ``date: inferred, url: stated`` as a mapping."""
    if ":" not in text:
        return text.strip()
    pairs = (part.partition(":") for part in text.split(","))
    return {name.strip(): basis.strip() for name, _, basis in pairs}


def _year_and_month(fields: dict[str, str]) -> str:
    """BibTeX's year, month and day as an EDTF date. A month is added only to a plain year."""
    year, month = fields["year"], _month(fields.get("month", ""))
    if month is None or not re.fullmatch(r"\d{4}", year, re.ASCII):
        return year
    date = f"{year}-{month:02}"
    return f"{date}-{fields['day']:0>2}" if fields.get("day") else date


def _month(text: str) -> int | None:
    """The number of a month that is given by its name, its first letters or its number."""
    word = text.strip().rstrip(".").lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word, re.ASCII):
        return int(word)
    if word in _MONTHS:
        return _MONTHS.index(word) + 1
    # "sept" is as good as "sep".
    return next(
        (n for n, name in enumerate(_MONTHS, 1) if len(word) in (3, 4) and name.startswith(word)), None
    )


def _value(name: str, raw: str) -> str:
    """A field's text: as written where it is machine-readable, else with LaTeX turned into Unicode."""
    text = " ".join(raw.split())
    if name in _AS_WRITTEN or not set(text) & set("\\{}$~-"):
        return text
    # An ampersand in prose is itself; only LaTeX's tables make a column mark of it.
    return " ".join(_latex()(_BARE_AMPERSAND.sub(r"\\&", text)).split())


@functools.cache
def _latex() -> Callable[[str], str]:
    converter: Any = LatexNodes2Text
    convert: Callable[[str], str] = converter(math_mode="text", keep_comments=True).latex_to_text
    return convert
