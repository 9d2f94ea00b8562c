"""Read a JSON Resume file (jsonresume.org, schema 1.0.0, and the names of keys of earlier versions)."""

from __future__ import annotations

import re
from collections.abc import Callable

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import SECTIONS, ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    Keys,
    RecordCollector,
    build_profile_url,
    import_file,
    report_unused,
)
from portfolio.record.kinds import KINDS, PROJECTS, Kind, own_kind
from portfolio.record.models import OwnSection

# Fields of the record by the names with which the export of a kind has them.
_FIELDS = {"start": "start_date", "end": "end_date"}
# Keys that earlier versions have, or that people confuse.
_OTHER_KEYS = {
    "name": ("company", "organization", "title"),
    "organization": ("name",),
    "title": ("name",),
    "url": ("website",),
    "description": ("summary",),
    "language": ("name",),
    "fluency": ("level",),
}
_REFERENCES = own_kind(OwnSection(id="references", title="References"))


def _invert(kind: Kind) -> Keys:
    """Return JSON Resume's keys for the fields of a kind, by which its export has them."""
    keys: dict[str, tuple[str, ...]] = {}
    for key, (name, *_) in (kind.json_resume.fields if kind.json_resume else {}).items():
        # What a kind has no key for is among its highlights.
        field = key if key == "highlights" else _FIELDS.get(name, name)
        keys[field] = (key, *_OTHER_KEYS.get(key, ()))
    return {**keys, "event": ("entity",)} if kind.name == "talks" else keys


# The kinds by their sections, and those that are types of projects.
_EXPORTED = [(kind, kind.json_resume) for kind in (*KINDS, _REFERENCES) if kind.json_resume]
_KINDS = {export.place: kind for kind, export in _EXPORTED if not export.type}
_PROJECT_TYPES = {export.type: kind for kind, export in _EXPORTED if export.type}
_PROJECT_TYPES |= dict.fromkeys(("presentation", "lecture", "keynote"), _PROJECT_TYPES["talk"])
_PROJECT_TYPES["course"] = _PROJECT_TYPES["teaching"]
# The lists that a JSON Resume file may have.
_LISTS = {"work", "education", *_KINDS}


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
    _read_basics(Item(document, ("basics",), collector))
    readers: dict[str, Callable[[Item], None]] = {
        **dict.fromkeys(_KINDS, _read_entry),
        PROJECTS: _read_project,
        "publications": lambda item: add_publication(
            item, "name", "publisher", "releaseDate", "summary", "url", "website"
        ),
    }
    top.use("$schema", "meta", "basics", *readers)
    for section, read_item in readers.items():
        _read_section(top, section, read_item)
    report_unused([top])
    return collector.finish()


def _find_file(files: InputFiles) -> str | None:
    for path in files.match("*.json")[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and re.match(r"\s*\{", text):
            names = set(re.findall(r'"([\w$]+)"\s*:', text))
            if "basics" in names and names & _LISTS:
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


def _read_basics(item: Item) -> None:
    """Read who the owner is, and how to reach him or her."""
    place = Item(item.document, (*item.at, "location"), item.collector)
    location = place.fields({"city": ("city",), "region": ("region",), "country_code": ("countryCode",)})
    item.use("profiles", "location")
    profiles = item.data.get("profiles")
    accounts = [
        Item(item.document, (*item.at, "profiles", index), item.collector)
        for index in range(len(profiles) if isinstance(profiles, list) else 0)
    ]
    links = [{"link": url}] if (url := item.url("url", "website")) else []
    for account in accounts:
        name, username = account.line("network"), account.line("username")
        if url := account.url("url") or build_profile_url(name, username):
            links.append({"name": name, "link": url} if name else {"link": url})
        elif account.data:
            account.report((), "the URL of this profile is missing, so it is left out.")
    data = {
        "name": item.line("name"),
        "headline": item.line("label"),
        "summary": item.styled("summary"),
        "picture": item.line("image", "picture"),
        "location": location or ("" if place.data else item.line("location")),
        "email": item.line("email"),
        "phone": item.line("phone"),
        "links": links,
    }
    item.collector.add_profile(data, item)
    report_unused([item])
    report_unused([place])
    report_unused(accounts)


def _read_entry(item: Item) -> None:
    kind = _KINDS[str(item.at[0])]
    data = item.fields(_invert(kind), missing_end_is_present=True)
    if kind.name == "service":
        data.setdefault("type", "volunteering")
    elif kind.name == "education":
        score = item.line("score", "gpa")
        texts = [f"Score: {score}"] if score else []
        data["highlights"] = [*data.get("highlights", ()), *texts, *item.styled_list("courses")]
    if kind is _REFERENCES:
        item.collector.add_entry(SECTIONS, data, item, kind.title)
    else:
        item.collector.add_entry(kind.name, data, item)


def _read_project(item: Item) -> None:
    """Read a project, or what this format has as a project of another type."""
    kind = _PROJECT_TYPES.get(item.line("type").casefold(), _KINDS[PROJECTS])
    if kind.name == "software" and (item.data.get("entity") or item.data.get("highlights")):
        # Software has neither an organisation nor results.
        kind = _KINDS[PROJECTS]
    data = item.fields(_invert(kind), missing_end_is_present=kind.name != "talks")
    item.collector.add_entry(kind.name, data, item)
