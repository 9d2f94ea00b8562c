"""Read a LinkedIn data export ("Get a copy of your data"): a zip archive or a folder of CSV files.

The headers are English in every export. Files that a spreadsheet has saved again are read as well: with
semicolons or tabs, and in UTF-16.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from portfolio.core.diagnostics import Diagnostic, join_words
from portfolio.core.positions import Document
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import SECTIONS, ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    Keys,
    RecordCollector,
    build_profile_url,
    report_unused,
)

_MARKS = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"", "utf-8-sig"),
)
_DESCRIPTION = {"summary": ("Description",)}
_PERIOD: Keys = {"start_date": ("Started On",), "end_date": ("Finished On",)}
# The kinds of the entries in a file, and its names for their fields.
_FILES: Mapping[str, tuple[str, Keys]] = {
    "positions.csv": (
        "roles",
        {
            "company": ("Company Name",),
            "position": ("Title",),
            "location": ("Location",),
            **_PERIOD,
            **_DESCRIPTION,
        },
    ),
    "volunteering.csv": (
        "service",
        {"organization": ("Company Name",), "position": ("Role", "Title"), **_PERIOD, **_DESCRIPTION},
    ),
    "organizations.csv": (
        "service",
        {"organization": ("Name",), "position": ("Position",), **_PERIOD, **_DESCRIPTION},
    ),
    "education.csv": (
        "education",
        {
            "institution": ("School Name",),
            "area": ("Field Of Study",),
            "degree": ("Degree Name",),
            "start_date": ("Start Date",),
            "end_date": ("End Date",),
            "summary": ("Notes",),
        },
    ),
    "projects.csv": ("projects", {"name": ("Title",), **_PERIOD, **_DESCRIPTION, "url": ("Url",)}),
    "honors.csv": ("awards", {"title": ("Title",), "date": ("Issued On",), **_DESCRIPTION}),
    "certifications.csv": (
        "certificates",
        {"name": ("Name",), "issuer": ("Authority",), **_PERIOD, "url": ("Url",)},
    ),
    "patents.csv": (
        "patents",
        {
            "title": ("Title",),
            "number": ("Patent Number", "Number", "Application Number"),
            "office": ("Office",),
            "status": ("Status",),
            "date": ("Issued On", "Issue Date", "Filed On", "Filing Date"),
            **_DESCRIPTION,
            "url": ("Url",),
        },
    ),
    "languages.csv": ("languages", {"language": ("Name",), "fluency": ("Proficiency",)}),
    "courses.csv": (SECTIONS, {"name": ("Name",), "organization": ("Number",)}),
    "test scores.csv": (
        SECTIONS,
        {
            "name": ("Name",),
            "date": ("Date", "Test Date"),
            "summary": ("Score",),
            "highlights": ("Description",),
        },
    ),
    "recommendations_received.csv": (
        SECTIONS,
        {"organization": ("Company",), "summary": ("Text",)},
    ),
}
# The titles of the sections of the owner's own.
_SECTIONS = {
    "courses.csv": "Courses",
    "test scores.csv": "Test scores",
    "recommendations_received.csv": "References",
}
# What the files about the owner say about the account.
_ABOUT_ACCOUNT = ("Confirmed", "Extension", "Primary", "Type", "Updated On")
# What lasts until today in this format if its end is not stated.
_LASTING = {"positions.csv", "volunteering.csv", "organizations.csv", "projects.csv"}


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
    for name, read_rows in _READERS.items():
        if path := by_name.get(name):
            rows = list(_read_rows(files, path, collector))
            read_rows(rows)
            report_unused(rows)
    others = sorted(path for name, path in by_name.items() if name not in _READERS)
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


def _read_entries(name: str, rows: Sequence[Item]) -> None:
    kind, keys = _FILES[name]
    for row in rows:
        data = row.fields(keys, missing_end_is_present=name in _LASTING)
        if name == "volunteering.csv":
            data["type"] = "volunteering"
        elif name == "organizations.csv":
            data.setdefault("position", "Member")
        elif name == "recommendations_received.csv":
            data["name"] = row.join_lines("First Name", "Last Name")
            row.use("Creation Date")
            data["organization"] = row.join_lines("Job Title", "Company", separator=", ")
            if row.line("Status") not in ("", "VISIBLE"):
                row.report((), "this is not visible on LinkedIn, and is left out.", severity="info")
                continue
        row.collector.add_entry(kind, data, row, _SECTIONS.get(name, ""))


def _read_skills(rows: Sequence[Item]) -> None:
    """Read skills, which have no groups, as one."""
    if skills := [skill for row in rows if (skill := row.line("Name"))]:
        rows[0].collector.add_entry("skills", {"name": "Skills", "keywords": skills}, rows[0])


def _read_profile(rows: Sequence[Item]) -> None:
    for row in rows:
        websites = re.findall(r"https?://[^\s,\]]+", row.line("Websites"))
        handles = re.findall(r"[\w]+", row.line("Twitter Handles"))
        data = {
            "name": row.join_lines("First Name", "Last Name"),
            "headline": row.line("Headline"),
            "summary": row.styled("Summary", "Profile Summary"),
            "location": row.line("Geo Location"),
            "email": row.line("Email Address") if row.line("Primary") != "No" else "",
            "phone": row.line("Number"),
            "links": [{"link": url} for url in websites]
            + [{"name": "X", "link": build_profile_url("X", handle)} for handle in handles],
        }
        row.use("Email Address", *_ABOUT_ACCOUNT)
        row.collector.add_profile(data, row)


def _read_publications(rows: Sequence[Item]) -> None:
    for row in rows:
        add_publication(row, "Name", "Publisher", "Published On", "Description", "Url")


_READERS: dict[str, Callable[[Sequence[Item]], None]] = {
    **{name: partial(_read_entries, name) for name in _FILES},
    "skills.csv": _read_skills,
    "publications.csv": _read_publications,
    "profile.csv": _read_profile,
    "profile summary.csv": _read_profile,
    "email addresses.csv": _read_profile,
    "phonenumbers.csv": _read_profile,
}
