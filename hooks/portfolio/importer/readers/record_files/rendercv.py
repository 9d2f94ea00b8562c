"""Read a RenderCV file (versions 1 and 2): the entries of its sections, by the fields that they have.

Before it used RenderCV's format, al-folio had one of its own for the same file: a list of sections, of which
those with the type ``time_table`` have entries.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from portfolio.core.diagnostics import join_words
from portfolio.core.positions import Document
from portfolio.core.runs import parse_markdown, plain_text
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import EntryKind, ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_csl_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    RecordCollector,
    escape_markdown,
    import_file,
    join_texts,
    report_unsupported,
    report_unused,
)

# The words in titles of sections that say what their entries without a kind of their own are.
_SECTION_WORDS: dict[EntryKind, set[str]] = {
    "talks": set("talk talks presentation presentations lecture lectures keynote keynotes speaking".split()),
    "software": set("project projects software code tools libraries packages applications apps".split()),
}

_EXTERNAL = re.compile(r"https?://[^\s<>\"]+")


def detect(files: InputFiles) -> bool:
    """Whether the source is a YAML file with ``cv`` at its top, or a folder with one such file."""
    return _find_file(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return import_file(files, progress, "a RenderCV file", _find_file(files), read_rendercv)


def read_rendercv(files: InputFiles, path: str) -> ImportedRecord:
    """Read a RenderCV file, version 1 or 2, or al-folio's older ``_data/cv.yml``."""
    collector = RecordCollector()
    document = collector.load(files, path)
    if document.data is not None:
        _read_document(document, collector)
    return collector.finish()


def _find_file(files: InputFiles) -> str | None:
    candidates = [path for path in files.match("*.yaml", "*.yml") if "/" not in path]
    for path in candidates[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and re.search(r"^cv:[ \t]*(#.*)?$", text, re.MULTILINE):
            return path
    return None


def _read_document(document: Document, collector: RecordCollector) -> None:
    if isinstance(document.data, list):
        for index in range(len(document.data)):
            _read_al_folio_section(Item(document, (index,), collector))
        return
    top = Item(document, (), collector)
    header = Item(document, ("cv",), collector)
    if not header.data:
        message, hint = "this is not a RenderCV file: it has no mapping 'cv'.", "See docs.rendercv.com."
        top.report((), message, hint, severity="error")
        return
    look = [key for key in top.data if key != "cv"]
    if look:
        message = f"the record has no look: {join_words(look)} left out."
        top.report((look[0],), message, code="import.unsupported", severity="info")
    header.use("sections")
    report_unused([header])
    sections = Item(document, ("cv", "sections"), collector)
    for title, entries in sections.data.items():
        _read_section(sections, title, entries)
    if not sections.data and header.data.get("sections") is not None:
        sections.report((), "this is not a mapping of sections, and is left out.", severity="error")


def _read_al_folio_section(section: Item) -> None:
    """Read a section of al-folio's older format."""
    title, kind = section.line("title"), section.line("type")
    section.use("contents")
    report_unused([section])
    contents = section.data.get("contents")
    if not isinstance(contents, list):
        section.report(
            (), "this is not a section with a list of contents, and is left out.", severity="error"
        )
        return
    words = {*re.findall(r"\w+", title.casefold())}
    items = [
        Item(section.document, (*section.at, "contents", index), section.collector)
        for index in range(len(contents))
    ]
    reader = next((reader for names, reader in _AL_FOLIO_READERS if names & words), None)
    if reader is None or kind != "time_table":
        report_unsupported(items, "entries of this kind")
        return
    for item in items:
        reader(item)
    report_unused(items)


def _read_al_folio_role(item: Item) -> None:
    name, url = _split_link(item.line("title"))
    names = {"company": item.line("institution", "department"), "position": name}
    item.collector.add_entry("roles", {**names, **_read_al_folio_engagement(item, url)}, item)


def _read_al_folio_education(item: Item) -> None:
    name, url = _split_link(item.line("title"))
    institution, area = item.line("institution"), item.line("area", "department")
    names = {"institution": institution or area, "area": area if institution else "", "degree": name}
    item.collector.add_entry("education", {**names, **_read_al_folio_engagement(item, url)}, item)


def _read_al_folio_engagement(item: Item, url: str) -> dict[str, object]:
    """Return what roles and education have in common; ``url`` is that of the link in its title."""
    return {
        "location": item.line("location"),
        **item.period("start_date", "end_date", "year"),
        "highlights": _read_al_folio_description(item),
        "url": url,
    }


def _read_al_folio_software(item: Item) -> None:
    name, url = _split_link(item.line("title"))
    summary = join_texts(_read_al_folio_description(item))
    data = {"name": name, "url": url, "date": item.date("year"), "summary": summary}
    item.collector.add_entry("software", data, item)


def _read_al_folio_description(item: Item) -> list[str]:
    """Return the items of a description; one with items of its own is a single text with them."""
    description = item.data.get("description")
    if not isinstance(description, list):
        return item.lines("description")
    item.use("description")
    texts: list[str] = []
    for index, part in enumerate(description):
        inner = Item(item.document, (*item.at, "description", index), item.collector)
        if isinstance(part, dict):
            texts.append(join_texts([inner.line("title"), *inner.lines("contents")]))
            report_unused([inner])
        elif isinstance(part, str):
            texts.append(" ".join(part.split()))
    return [escape_markdown(_split_link(text)[0]) for text in texts if text]


def _split_link(html: str) -> tuple[str, str]:
    """Return the text of HTML, and the first URL of a link in it that is not relative."""
    if "<" not in html:
        return html, ""
    soup = BeautifulSoup(html, "lxml")
    urls = (str(link.get("href", "")) for link in soup.find_all("a"))
    return " ".join(soup.get_text().split()), next((url for url in urls if _EXTERNAL.fullmatch(url)), "")


# The words in the titles of sections, and how their items are read.
_AL_FOLIO_READERS = (
    ({"education", "studies", "degrees"}, _read_al_folio_education),
    (set("experience employment work positions appointments jobs career".split()), _read_al_folio_role),
    (_SECTION_WORDS["software"], _read_al_folio_software),
)


def _read_section(sections: Item, title: str, entries: object) -> None:
    if entries is None:
        return
    if not isinstance(entries, list):
        sections.report((title,), "this is not a list of entries, and is left out.", severity="error")
        return
    words = {*re.findall(r"\w+", title.casefold())}
    named_kind = next((kind for kind, names in _SECTION_WORDS.items() if names & words), None)
    items: list[Item] = []
    unsupported: list[Item] = []
    for index in range(len(entries)):
        at = (*sections.at, title, index)
        item = Item(sections.document, at, sections.collector, is_markdown=True)
        (items if _read_entry(item, named_kind) else unsupported).append(item)
    report_unsupported(unsupported, "entries of this kind")
    report_unused(items)


def _read_entry(item: Item, named_kind: EntryKind | None) -> bool:
    """Read an entry by the fields that it has; return whether the record has entries of its kind."""
    keys = item.data.keys()
    if keys & {"institution"}:
        _read_education(item)
    elif keys & {"company"} or keys >= {"position"}:
        _read_role(item)
    elif keys & {"title"}:
        _read_publication(item)
    elif "name" in keys and named_kind == "talks":
        _read_talk(item)
    elif "name" in keys and named_kind == "software":
        _read_software(item)
    else:
        return False
    return True


def _read_role(item: Item) -> None:
    company, url = _read_name(item, "company")
    data = {
        "company": company,
        "position": _read_plain(item, "position"),
        **_read_engagement(item, url),
    }
    item.collector.add_entry("roles", data, item)


def _read_education(item: Item) -> None:
    institution, url = _read_name(item, "institution")
    data = {
        "institution": institution,
        "area": _read_plain(item, "area"),
        "degree": _read_plain(item, "degree"),
        **_read_engagement(item, url),
    }
    item.collector.add_entry("education", data, item)


def _read_engagement(item: Item, url: str) -> dict[str, object]:
    """Return what roles and education have in common; ``url`` is that of the link in its name."""
    return {
        "location": _read_plain(item, "location"),
        **item.period("start_date", "end_date", "date", missing_end_is_present=True),
        "summary": item.styled("summary"),
        "highlights": item.styled_list("highlights"),
        "url": item.url("url") or url,
    }


def _read_plain(item: Item, key: str) -> str:
    """Return a text without its inline Markdown, which the record does not have there."""
    return plain_text(parse_markdown(item.line(key)))


def _read_name(item: Item, key: str) -> tuple[str, str]:
    """Return a name without inline Markdown, and the URL of the first link in it."""
    urls = (run.url for run in parse_markdown(item.line(key)))
    return _read_plain(item, key), next((url for url in urls if _EXTERNAL.fullmatch(url)), "")


def _read_publication(item: Item) -> None:
    journal = _read_plain(item, "journal")
    authors = [plain_text(parse_markdown(author)) for author in item.lines("authors")]
    csl = {
        "type": "article-journal" if journal else "document",
        "title": _read_plain(item, "title"),
        "author": authors,
        "container-title": journal,
        "issued": item.date("date"),
        "DOI": item.line("doi"),
        "URL": item.url("url"),
        "abstract": item.line("summary"),
    }
    add_csl_publication(csl, item)


def _read_talk(item: Item) -> None:
    name, url = _read_name(item, "name")
    when = item.interval("start_date", "end_date", "date")
    appearance = {"date": when, "location": _read_plain(item, "location")}
    occasion = {name: text for name, text in appearance.items() if text}
    data = {
        "title": name,
        "url": item.url("url") or url,
        "summary": join_texts([item.styled("summary"), *item.styled_list("highlights")]),
        "appearances": [occasion] if occasion else [],
    }
    item.collector.add_entry("talks", data, item)


def _read_software(item: Item) -> None:
    name, url = _read_name(item, "name")
    data = {
        "name": name,
        "url": item.url("url") or url,
        "date": item.interval("start_date", "end_date", "date", missing_end_is_present=True),
        "summary": join_texts([item.styled("summary"), *item.styled_list("highlights")]),
    }
    item.collector.add_entry("software", data, item)
