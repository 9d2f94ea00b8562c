"""Read a JSON Resume file (jsonresume.org, schema 1.0.0, and the names of keys of earlier versions)."""

from __future__ import annotations

import re
from collections.abc import Callable

from portfolio.core.diagnostics import join_words
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_csl_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    RecordCollector,
    import_file,
    join_texts,
    report_unsupported,
    report_unused,
)

_TALK_TYPES = ("talk", "presentation", "lecture", "keynote")
# The kinds of items that the record has no counterpart of.
_UNSUPPORTED = ("awards", "certificates", "skills", "languages", "interests", "references")


def detect(files: InputFiles) -> bool:
    """Whether the source is a JSON file with ``basics`` at its top, or a folder with such a file."""
    return _find_file(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return import_file(files, progress, "a JSON Resume file", _find_file(files), read_json_resume)


def read_json_resume(files: InputFiles, path: str) -> ImportedRecord:
    """Read a JSON Resume file, such as ``assets/json/resume.json``."""
    collector = RecordCollector()
    document = collector.load(files, path)
    if document.data is None:
        return collector.finish()
    top = Item(document, (), collector)
    if not isinstance(document.data, dict):
        top.report((), "this is not a JSON Resume file: it is not an object.", severity="error")
        return collector.finish()
    top.use("$schema", "meta", "basics", *_SECTIONS)
    report_unused([Item(document, ("basics",), collector)])
    for section, read_item in _SECTIONS.items():
        _read_section(top, section, read_item)
    for section in _UNSUPPORTED:
        entries = top.data.get(section)
        if isinstance(entries, list):
            top.use(section)
            items = [Item(document, (section, index), collector) for index in range(len(entries))]
            report_unsupported(items, section)
    report_unused([top])
    return collector.finish()


def _find_file(files: InputFiles) -> str | None:
    for path in files.match("*.json")[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and re.match(r"\s*\{", text):
            names = set(re.findall(r'"([\w$]+)"\s*:', text))
            if "basics" in names and names & {"work", "education", "projects", "publications", "skills"}:
                return path
    return None


def _read_section(top: Item, section: str, read_item: Callable[[Item], None]) -> None:
    entries = top.data.get(section)
    if entries is None:
        return
    if not isinstance(entries, list):
        top.report((section,), "this is not a list, and is left out.", severity="error")
        return
    items = []
    for index, entry in enumerate(entries):
        item = Item(top.document, (section, index), top.collector, is_markdown=True)
        if isinstance(entry, dict):
            read_item(item)
            items.append(item)
        else:
            item.report((), "this is not an object, and is left out.", severity="error")
    report_unused(items)


def _read_work(item: Item) -> None:
    data = {
        "company": item.line("name", "company", "organization"),
        "position": item.line("position"),
        "location": item.line("location"),
        **item.period("startDate", "endDate", missing_end_is_present=True),
        "summary": item.styled("summary"),
        "highlights": item.styled_list("highlights"),
        "url": item.url("url", "website"),
    }
    item.collector.add_entry("roles", data, item)


def _read_education(item: Item) -> None:
    data = {
        "institution": item.line("institution"),
        "area": item.line("area"),
        "degree": item.line("studyType"),
        "location": item.line("location"),
        **item.period("startDate", "endDate", missing_end_is_present=True),
        "summary": item.styled("summary"),
        "highlights": item.styled_list("highlights"),
        "url": item.url("url", "website"),
    }
    item.collector.add_entry("education", data, item)


def _read_publication(item: Item) -> None:
    csl = {
        "type": "document",
        "title": item.line("name"),
        "publisher": item.line("publisher"),
        "issued": item.date("releaseDate"),
        "URL": item.url("url", "website"),
        "abstract": item.line("summary"),
    }
    add_csl_publication(csl, item)


def _read_project(item: Item) -> None:
    texts = [item.styled("description", "summary"), *item.styled_list("highlights")]
    kind = item.line("type").casefold()
    if kind in _TALK_TYPES:
        when = item.interval("startDate", "endDate")
        event = item.line("entity")
        occasion = {name: text for name, text in (("event", event), ("date", when)) if text}
        data = {
            "title": item.line("name"),
            "url": item.url("url", "website"),
            "summary": join_texts(texts),
            "appearances": [occasion] if occasion else [],
        }
        item.collector.add_entry("talks", data, item)
        return
    data = {
        "name": item.line("name"),
        "url": item.url("url", "website"),
        "summary": join_texts(texts),
        "role": join_words(item.lines("roles")),
        "date": item.interval("startDate", "endDate", missing_end_is_present=True),
    }
    item.collector.add_entry("software", data, item)


_SECTIONS: dict[str, Callable[[Item], None]] = {
    "work": _read_work,
    "volunteer": _read_work,
    "education": _read_education,
    "publications": _read_publication,
    "projects": _read_project,
}
