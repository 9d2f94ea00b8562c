"""Read a BibTeX file of any exporter: the publications that it has.

What the site could not read is left out and reported, so that the publications can be built.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from portfolio.core.diagnostics import Diagnostic, Severity, join_words, quote
from portfolio.core.validation import validate
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedBibliography, ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.items import count_entries
from portfolio.importer.values import unused_name
from portfolio.record import models
from portfolio.record.models import Publication
from portfolio.sources import bibtex
from portfolio.sources.bibtex import PRIVATE_FIELDS, SourceEntry

# Faults of a file that are not in its entries, or are no longer there once these are divided.
_SOURCE_PROBLEMS: dict[str, Severity] = {
    "bibtex.duplicate-field": "warning",
    "bibtex.invalid": "error",
    "bibtex.invalid-value": "warning",
    "bibtex.not-an-entry": "error",
    "bibtex.too-long": "warning",
    "bibtex.unknown-string": "warning",
}
_MAX_PASSES = 5


def detect(files: InputFiles) -> bool:
    """Whether the source is a BibTeX file, or a folder with such files."""
    return bool(files.match("*.bib", "*.bibtex"))


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    site = ImportedSite("a BibTeX file", problems=list(files.problems))
    paths = files.match("*.bib", "*.bibtex") or files.paths[:1]
    for number, path in enumerate(paths, 1):
        site.add_record(read_bibtex(files, path))
        progress(number, len(paths))
    return site


def read_bibtex(files: InputFiles, path: str) -> ImportedRecord:
    """Read a BibTeX file of any exporter. Text before and between its entries is skipped."""
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        return ImportedRecord(problems=[text])
    return _Reader(files.display(path), text).read()


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._problems: list[Diagnostic] = []

    def read(self) -> ImportedRecord:
        _, problems = bibtex.load(self._path, self._text)
        self._problems += [
            replace(problem, severity=_SOURCE_PROBLEMS[problem.code])
            for problem in problems
            if problem.code in _SOURCE_PROBLEMS
        ]
        entries = self._with_distinct_keys(bibtex.split_entries(self._text))
        entries = self._without_private_fields(entries)
        # What is left of an entry can have another fault, and an entry can refer to one that is left out.
        for _ in range(_MAX_PASSES):
            valid = self._without_faults(entries)
            if valid == entries:
                break
            entries = valid
        lines = {entry.key: entry.line for entry in entries}
        bibliography = ImportedBibliography("\n".join(map(str, entries)), self._path, lines)
        return ImportedRecord(
            bibliographies=[bibliography] if entries else [], problems=sorted(self._problems)
        )

    def _report(
        self, line: int, field: str, message: str, hint: str = "", *, code: str, severity: Severity
    ) -> None:
        self._problems.append(
            Diagnostic(self._path, line, 1, field, message, hint, code=code, severity=severity)
        )

    def _with_distinct_keys(self, entries: Iterable[SourceEntry]) -> list[SourceEntry]:
        """Give a new key to each entry whose key cannot be an id, or is that of an earlier entry."""
        distinct: dict[str, SourceEntry] = {}
        # The new keys of the first entry with each key.
        keys: dict[str, str] = {}
        for entry in entries:
            base = models.citation_key_from(entry.key) or "publication"
            key = unused_name(base, distinct)
            first = distinct.get(keys.get(entry.key, ""))
            if first is not None and (first.type, first.fields) == (entry.type, entry.fields):
                message = f"this is the same as the entry on line {first.line}, and is left out."
                self._report(entry.line, entry.key, message, code="import.changed-id", severity="info")
                continue
            keys.setdefault(entry.key, key)
            distinct[key] = replace(entry, key=key)
            if key != entry.key:
                reason = "is that of another entry" if entry.key == base else "cannot be an id"
                message = f"this citation key {reason}, so the entry gets the key {quote(key)}."
                self._report(entry.line, entry.key, message, code="import.changed-id", severity="info")
        return [entry.with_parent_in(keys) for entry in distinct.values()]

    def _without_private_fields(self, entries: list[SourceEntry]) -> list[SourceEntry]:
        private = [entry for entry in entries if PRIVATE_FIELDS & entry.fields.keys()]
        if private:
            names = sorted(set().union(*(PRIVATE_FIELDS & entry.fields.keys() for entry in private)))
            count = count_entries(len(private))
            message = f"the record does not read {join_words(names)}: left out of {count}."
            self._report(private[0].line, "", message, code="import.unsupported", severity="info")
        return [_without_fields(entry, PRIVATE_FIELDS) for entry in entries]

    def _without_faults(self, entries: list[SourceEntry]) -> list[SourceEntry]:
        """Return the entries without what the site could not read, and report that."""
        document, problems = bibtex.load(self._path, "\n".join(map(str, entries)))
        for entry in entries:
            _, invalid = validate(Publication, document, (entry.key,))
            problems += invalid
        by_entry: dict[str, list[Diagnostic]] = {}
        for problem in problems:
            by_entry.setdefault(problem.field.partition(".")[0], []).append(problem)
        return [
            fixed
            for entry in entries
            if (fixed := self._correct(entry, by_entry.get(entry.key.partition(".")[0], ()))) is not None
        ]

    def _correct(self, entry: SourceEntry, problems: Iterable[Diagnostic]) -> SourceEntry | None:
        """Return an entry without its faults, or None if it has no title."""
        for problem in problems:
            if problem.field == entry.key and problem.code == "bibtex.unknown-type":
                message = f"{problem.message} It becomes '@misc'."
                self._report(
                    entry.line, entry.key, message, problem.hint, code=problem.code, severity="warning"
                )
                entry = replace(entry, type="misc")
            if not problem.field.startswith(f"{entry.key}."):
                continue
            name = problem.field.removeprefix(f"{entry.key}.").partition(".")[0]
            names = [field for field in _written_fields(name, entry) if field in entry.fields]
            if name == "title":
                message = "this has no title that can be read, and is left out."
                self._report(entry.line, entry.key, message, code=problem.code, severity="error")
                return None
            if not names:
                continue
            line, field = entry.lines.get(names[0], entry.line), f"{entry.key}.{names[0]}"
            if problem.code == "bibtex.invalid-name":
                message = f"{problem.message} The whole text becomes a single name."
                braced = {names[0]: f"{{{entry.fields[names[0]]}}}"}
                entry = replace(entry, fields={**entry.fields, **braced})
            else:
                message = f"{problem.message} It is left out."
                entry = _without_fields(entry, set(names))
            self._report(line, field, message, problem.hint, code=problem.code, severity="warning")
        return entry


def _without_fields(entry: SourceEntry, names: AbstractSet[str]) -> SourceEntry:
    return replace(entry, fields={name: value for name, value in entry.fields.items() if name not in names})


def _written_fields(name: str, entry: SourceEntry) -> list[str]:
    """Return the fields of a file from which a field of the record is derived."""
    if name == "date" and "date" not in entry.fields:
        return ["year", "month", "day"]
    if name == "arxiv" and "arxiv" not in entry.fields:
        return ["eprint"]
    return [name]
