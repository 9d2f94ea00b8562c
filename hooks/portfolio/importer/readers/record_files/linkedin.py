"""Read a LinkedIn data export ("Get a copy of your data"): a zip archive or a folder of CSV files.

The headers are English in every export. Files that a spreadsheet has saved again are read as well: with
semicolons or tabs, and in UTF-16.
"""

from __future__ import annotations

import csv
import io
import posixpath
from collections.abc import Callable, Iterator

from portfolio.core.diagnostics import Diagnostic, join_words
from portfolio.core.positions import Document
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_csl_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    RecordCollector,
    join_texts,
    report_unsupported,
    report_unused,
)

_MARKS = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"", "utf-8-sig"),
)
# Files about the person that the record has no kind of entries for, by what they have.
_UNSUPPORTED = {
    "certifications.csv": "certificates",
    "courses.csv": "courses",
    "honors.csv": "honors",
    "languages.csv": "languages",
    "organizations.csv": "memberships",
    "patents.csv": "patents",
    "profile.csv": "profile",
    "profile summary.csv": "profile",
    "recommendations_received.csv": "recommendations",
    "skills.csv": "skills",
    "test scores.csv": "test scores",
}


def detect(files: InputFiles) -> bool:
    """Whether the source has the files of an export."""
    names = {posixpath.basename(path).casefold() for path in files.paths}
    return len(names & {"positions.csv", "education.csv", "profile.csv"}) > 1 or (
        "positions.csv" in names and len(names) == 1
    )


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    site = ImportedSite("a LinkedIn data export", problems=list(files.problems))
    site.add_record(read_linkedin(files))
    progress(1, 1)
    return site


def read_linkedin(files: InputFiles) -> ImportedRecord:
    """Read all files of an export about the person; messages, contacts and the like are not read."""
    collector = RecordCollector()
    by_name = {posixpath.basename(path).casefold(): path for path in reversed(files.paths)}
    for name, read_row in _READERS.items():
        if path := by_name.get(name):
            items = list(_read_rows(files, path, collector))
            for item in items:
                read_row(item)
            report_unused(items)
    for name, what in _UNSUPPORTED.items():
        if path := by_name.get(name):
            report_unsupported(list(_read_rows(files, path, collector)), what)
    others = sorted(path for name, path in by_name.items() if name not in {*_READERS, *_UNSUPPORTED})
    if others:
        message = f"what is not about a career is not read: {join_words(others)}."
        file = Item(Document(files.display(others[0])), (), collector)
        file.report((), message, code="import.unsupported", severity="info")
    return collector.finish()


def _read_rows(files: InputFiles, path: str, collector: RecordCollector) -> Iterator[Item]:
    """Yield the rows of a CSV file (RFC 4180) as mappings from the names of its columns to texts."""
    document = Document(files.display(path), data={})
    text = _decode(files, path)
    if isinstance(text, Diagnostic):
        collector.add_problems([text])
        return
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] = []
    line = 1
    try:
        for row in reader:
            start, line = line, reader.line_num + 1
            if not any(value.strip() for value in row):
                continue
            if not names:
                names = [name.strip() for name in row]
                continue
            item = Item(document, (f"row {len(document.data) + 1}",), collector)
            document.positions[item.at] = (start, 1)
            extra = [value for value in row[len(names) :] if value.strip()]
            if extra:
                message = f"this row has {len(row)} fields and the header {len(names)}. The rest is left out."
                item.report((), message)
            document.data[item.at[0]] = dict(zip(names, row, strict=False))
            yield item
    except csv.Error as error:
        document.positions[()] = (line, 1)
        message = f"this is not CSV from here: {error}."
        Item(document, (), collector).report((), message, severity="error")


def _decode(files: InputFiles, path: str) -> str | Diagnostic:
    data = files.read_bytes(path)
    if isinstance(data, Diagnostic):
        return data
    encoding = next(encoding for mark, encoding in _MARKS if data.startswith(mark))
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"this is not {encoding.removesuffix('-sig').upper()} text (byte {error.start})."
        hint = "Save it as UTF-8."
        return files.diagnose(path, message, hint, line=line, code="import.unreadable")


def _read_position(item: Item) -> None:
    summary, highlights = item.description("Description")
    data = {
        "company": item.line("Company Name"),
        "position": item.line("Title", "Role"),
        "location": item.line("Location"),
        **item.period("Started On", "Finished On", missing_end_is_present=True),
        "summary": summary,
        "highlights": highlights,
    }
    item.collector.add_entry("roles", data, item)


def _read_education(item: Item) -> None:
    summary, highlights = item.description("Notes")
    data = {
        "institution": item.line("School Name"),
        "area": item.line("Field Of Study"),
        "degree": item.line("Degree Name"),
        **item.period("Start Date", "End Date"),
        "summary": summary,
        "highlights": highlights,
    }
    item.collector.add_entry("education", data, item)


def _read_publication(item: Item) -> None:
    csl = {
        "type": "document",
        "title": item.line("Name"),
        "publisher": item.line("Publisher"),
        "issued": item.date("Published On"),
        "URL": item.url("Url"),
        "abstract": item.line("Description"),
    }
    add_csl_publication(csl, item)


def _read_project(item: Item) -> None:
    summary, highlights = item.description("Description")
    data = {
        "name": item.line("Title"),
        "url": item.url("Url"),
        "summary": join_texts([summary, *highlights]),
        "date": item.interval("Started On", "Finished On", missing_end_is_present=True),
    }
    item.collector.add_entry("software", data, item)


_READERS: dict[str, Callable[[Item], None]] = {
    "positions.csv": _read_position,
    "volunteering.csv": _read_position,
    "education.csv": _read_education,
    "publications.csv": _read_publication,
    "projects.csv": _read_project,
}
