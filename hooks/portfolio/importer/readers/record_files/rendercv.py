"""Read a RenderCV file (versions 1 and 2): the entries of its sections, by the fields that they have.

Before it used RenderCV's format, al-folio had one of its own for the same file: a list of sections, of which
those with the type ``time_table`` have entries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup

from portfolio.core.diagnostics import join_words, quote
from portfolio.core.positions import Document
from portfolio.core.runs import parse_markdown, plain_text
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import MODELS, SECTIONS, ImportedRecord, ImportedSite, required_fields
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.csl_json import add_csl_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    Keys,
    RecordCollector,
    build_profile_url,
    escape_markdown,
    import_file,
    join_texts,
    parse_date,
    remove_controls,
    report_unused,
    select_keys,
    split_list,
)
from portfolio.record.dates import DateError
from portfolio.record.kinds import KINDS

# The kinds of the entries in a section that do not say it, by words in its title; the first that fits.
_SECTION_WORDS = {
    kind: set(words.split())
    for kind, words in {
        "talks": "talk talks presentation presentations lecture lectures keynote keynotes speaking",
        "awards": "award awards honor honors honour honours prize prizes distinction distinctions "
        "recognition scholarships fellowships achievements accomplishments",
        "certificates": "certificate certificates certification certifications credentials licenses licences",
        "grants": "grant grants funding",
        "patents": "patent patents",
        "service": "service services volunteer volunteering reviewing refereeing committees outreach",
        "teaching": "teaching taught supervision mentoring",
        "skills": "skill skills programming technology technologies expertise competences competencies",
        "languages": "language languages",
        "interests": "interest interests hobbies",
        "software": "software code tools libraries packages applications apps",
        "projects": "project projects portfolio",
        "publications": "publication publications papers articles preprints books",
    }.items()
}
# The kinds by the headings of this site's export, if an entry needs no more than a name.
_SECTION_TITLES = {kind.title.casefold(): kind.name for kind in KINDS if len(required_fields(kind.name)) == 1}
_NAME_FIELDS = {**{kind.name: kind.title_field for kind in KINDS}, SECTIONS: "name"}
# The titles of a section of texts that is about the owner.
_SUMMARY_TITLES = {"about", "about me", "objective", "profile", "professional summary", "summary"}
# The title of the section in which this site's export has profiles that RenderCV does not know.
_PROFILES = "Profiles"
# The words that titles do not begin with a capital letter.
_SMALL_WORDS = set(
    "a an and as at but by for from if in into like near nor of off on or over so the to".split()
)
# The fields with the organisation and the position.
_ENGAGEMENTS = {
    "roles": ("company", "position"),
    "service": ("organization", "position"),
    "teaching": ("institution", "title"),
}
_GROUPS = ("skills", "languages", "interests")
_BULLETS = ("bullet", "number", "reversed_number")
# The fields of a kind with an organisation, of which each kind has one at most.
_ORGANISATIONS = ("awarder", "entity", "funder", "institution", "issuer", "organization")
# RenderCV's names for fields of the record.
_FIELDS: Keys = {
    "location": ("location",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
    "date": ("date",),
    "summary": ("summary",),
    "highlights": ("highlights",),
    "url": ("url",),
}

# Not the hyphen of a range such as "2019 - 2020".
_NESTED_ITEM = re.compile(r"(?<!\d) - | - (?!\d)")
# What is in brackets at the end of a text, or a year after a comma.
_ENDING = re.compile(r"(.*\S)\s*\(([^()]+)\)\.?|(.*\S), ((?:19|20)\d\d)", re.DOTALL)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PATENT_NUMBER = re.compile(r".*\d[\d,./ ]{4,}.*")
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
    _read_header(header)
    sections = Item(document, ("cv", "sections"), collector)
    for title, entries in sections.data.items():
        _read_section(sections, title, entries)
    if not sections.data and header.data.get("sections") is not None:
        sections.report((), "this is not a mapping of sections, and is left out.", severity="error")


def _read_header(header: Item) -> None:
    """Read who the owner is, and how to reach him or her."""
    links: list[dict[str, str]] = []
    parts: list[Item] = []
    for key in ("social_networks", "custom_connections"):
        header.use(key)
        entries = header.data.get(key)
        for index in range(len(entries) if isinstance(entries, list) else 0):
            part = Item(header.document, (*header.at, key, index), header.collector)
            parts.append(part)
            name = part.line("network", "placeholder")
            url = part.url("url") or build_profile_url(name, part.line("username"))
            part.use("fontawesome_icon")
            if name and url:
                links.append({"name": name, "link": url})
            else:
                part.report((), "the URL of this profile is missing, so it is left out.")
    websites, emails, phones = (header.lines(key) for key in ("website", "email", "phone"))
    for key, values in (("email", emails), ("phone", phones)):
        if len(values) > 1:
            message = f"only the first is imported: {join_words(values[1:])} left out."
            header.report((key,), message, code="import.unsupported")
    data = {
        "name": header.line("name"),
        "headline": _read_plain(header, "headline" if header.data.get("headline") else "label"),
        "location": _read_plain(header, "location"),
        "picture": header.line("photo"),
        "email": "".join(emails[:1]),
        "phone": "".join(phones[:1]).removeprefix("tel:"),
        "links": [*({"link": website} for website in websites), *links],
    }
    header.use("sections", "headline", "label")
    header.collector.add_profile(data, header)
    report_unused([header])
    report_unused(parts)


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
    items = [
        Item(section.document, (*section.at, "contents", index), section.collector)
        for index in range(len(contents))
    ]
    words = _split_words(title)
    reader = next((reader for names, reader in _AL_FOLIO_READERS if names & words), None)
    for item in items:
        if reader is not None and kind == "time_table":
            reader(item)
        elif kind == "map":
            _read_al_folio_pair(item)
        else:
            _read_al_folio_other(item, title)
    report_unused(items)


def _read_al_folio_pair(item: Item) -> None:
    """Read a name or languages; other lines may be private, such as a date of birth."""
    name = item.line("name")
    if name.casefold() in ("name", "full name"):
        item.collector.add_profile({"name": item.line("value")}, item)
    elif name.casefold() == "languages":
        for language in split_list(item.line("value")):
            _add_named(item, "languages", "", escape_markdown(language), "")
    elif item.data:
        item.use("value")
        message = f"{quote(name)} is not imported, because it may be private."
        item.report((), message, code="import.unsupported")


def _read_al_folio_other(item: Item, title: str) -> None:
    """Read an item of a list, or a row of a table about something else."""
    kind = _find_kind(title)
    value = item.document.value_at(item.at)
    name, url = _split_link(value if isinstance(value, str) else item.line("title", "name"))
    organisation = dict.fromkeys(_ORGANISATIONS, ("institution", "department"))
    keys = select_keys(kind, {"date": ("year",), **organisation, "location": ("location",)})
    data, texts = item.fields(keys), [escape_markdown(_split_link(text)[0]) for text in item.lines("items")]
    if name:
        data |= {"url": url, "highlights": [*texts, *_read_al_folio_description(item)]}
        _add_named(item, kind, title, escape_markdown(name), "", data)
        return
    for text in texts:
        _add_named(item, kind, title, text, "", data)


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
)


# The title of a section whose key has no visible character.
_UNTITLED = "Other"


def _read_section(sections: Item, title: str, entries: object) -> None:
    if entries is None:
        return
    if not isinstance(entries, list):
        sections.report((title,), "this is not a list of entries, and is left out.", severity="error")
        return
    items = [
        Item(sections.document, (*sections.at, title, index), sections.collector, is_markdown=True)
        for index in range(len(entries))
    ]
    heading = _format_heading(" ".join(remove_controls(title).split())) or _UNTITLED
    if items and heading.casefold() in _SUMMARY_TITLES and all(isinstance(entry, str) for entry in entries):
        text = " ".join(remove_controls(" ".join(entries)).split())
        sections.collector.add_profile({"summary": items[0].style((), text)}, sections)
        return
    for item in items:
        if not (heading == _PROFILES and _read_account(item)):
            _read_entry(item, heading)
    report_unused(items)


def _read_account(item: Item) -> bool:
    """Read a profile on another site in a section of them; return whether it is one."""
    name, url = item.line("label"), item.line("details")
    if not (name and _EXTERNAL.fullmatch(url)):
        return False
    item.collector.add_profile({"links": [{"name": name, "link": url}]}, item)
    return True


def _split_words(title: str) -> set[str]:
    return {*re.findall(r"[^\W_]+", title.casefold())}


def _find_kind(title: str) -> str:
    """Return the kind of the entries in a section, if they do not say it: by default a section of its own."""
    words = _split_words(title)
    by_word = (kind for kind, names in _SECTION_WORDS.items() if names & words)
    return _SECTION_TITLES.get(title.casefold()) or next(by_word, SECTIONS)


def _format_heading(title: str) -> str:
    """Return the heading that RenderCV makes of the key of a section."""
    heading = title.replace("_", " ")
    if " " not in title and title == title.lower():
        words = heading.split()
        heading = " ".join(word if word in _SMALL_WORDS else word.capitalize() for word in words)
    return heading[:1].upper() + heading[1:]


def _read_entry(item: Item, heading: str) -> None:
    """Read an entry by the fields that it has, and else by the heading of its section."""
    kind, keys = _find_kind(heading), item.data.keys()
    value = item.document.value_at(item.at)
    if "institution" in keys:
        _read_education(item)
    elif keys & {"company", "position"}:
        _read_engagement(item, kind)
    elif "title" in keys and kind == "patents":
        people = " and ".join(map(_plain, item.lines("authors")))
        data = {"inventors": people, "number": _read_plain(item, "journal"), **_read_fields(item, kind)}
        _add_named(item, kind, heading, item.line("title"), "", data)
    elif "title" in keys:
        _read_publication(item)
    elif bullet := next((key for key in _BULLETS if key in keys), ""):
        _add_named(item, kind, heading, item.line(bullet), "")
    elif isinstance(value, str):
        _add_named(item, kind, heading, " ".join(remove_controls(value).split()), "")
    elif item.data:
        name, details = item.line("name", "label"), item.line("details")
        _add_named(item, kind, heading, name, details, _read_fields(item, kind))
    else:
        item.report((), "this is no entry, and is left out.", severity="error")


def _read_fields(item: Item, kind: str) -> dict[str, Any]:
    """Return the fields of an entry that its kind has."""
    texts = {name: _FIELDS[name] for name in ("summary", "highlights")}
    keys = {**select_keys(kind, _FIELDS), **texts}
    # People put a link in its place, to have it at the right.
    _, url = _read_name(item, "date")
    if url:
        keys.pop("date", None)
    fields = _with_url(item.fields(keys, missing_end_is_present=True), url)
    if "highlights" in fields:
        # RenderCV recognizes what is below a highlight by a hyphen between spaces.
        fields["highlights"] = [
            part
            for text in fields["highlights"]
            for part in _NESTED_ITEM.split(text.removeprefix("- "))
            if part
        ]
    return fields


def _read_engagement(item: Item, kind: str) -> None:
    """Read a role, or something else that has a position at an organisation."""
    (company, url), position = _read_name(item, "company"), _read_plain(item, "position")
    kind = kind if kind in _ENGAGEMENTS else "roles"
    organisation, name = _ENGAGEMENTS[kind]
    data = {organisation: company, name: position, **_read_fields(item, kind)}
    item.collector.add_entry(kind, _with_url(data, url), item)


def _read_education(item: Item) -> None:
    institution, url = _read_name(item, "institution")
    data = {
        "institution": institution,
        "area": _read_plain(item, "area"),
        "degree": _read_plain(item, "degree"),
        **_read_fields(item, "education"),
    }
    item.collector.add_entry("education", _with_url(data, url), item)


def _add_named(
    item: Item, kind: str, heading: str, text: str, details: str, fields: Mapping[str, Any] | None = None
) -> None:
    """Add an entry of which little more than a name is known, which may end with a date in brackets.

    ``text`` is the name, and ``details`` what follows it in an entry of one line, both with inline Markdown.
    """
    data = dict(fields or {})
    name, url = _split_name(text)
    has_date = "date" in MODELS[kind].model_fields or kind == "publications"
    if not data and (ending := _ENDING.fullmatch(name)):
        before, inner = filter(None, ending.groups())
        # A grant may have its amount before the date.
        amount, _, inner = inner.rpartition(", ") if kind == "grants" else ("", "", inner)
        if has_date and not _YEAR.search(before) and (when := _parse_date(inner)):
            name, data["date"], data["amount"] = before, when, amount
        elif kind == "patents" and _PATENT_NUMBER.fullmatch(inner):
            name, data["number"] = before, inner
        elif kind == "languages" and not details:
            name, details = before, inner
    if details and has_date and (when := _parse_date(details)):
        data["date"], details = when, ""
    plain = _plain(details)
    if kind in _GROUPS:
        listed = [_plain(text) for text in data.pop("highlights", ())]
        texts = [plain, _plain(data.pop("summary", ""))]
        if kind == "languages":
            data["fluency"] = join_texts([*texts, *listed])
        else:
            data["keywords"] = [*(part for text in texts for part in split_list(text)), *listed]
    elif kind == "service" and not plain:
        before, _, after = name.partition(": ")
        name, plain = (before, after) if after else (heading, name)
    if kind == "service":
        data["organization"] = plain
    elif plain and "summary" in MODELS[kind].model_fields:
        data["summary"] = join_texts([item.style((), details), data.get("summary", "")])
    if kind == "publications":
        csl = {"type": "document", "title": name, "URL": data.get("url") or url}
        add_csl_publication({**csl, "issued": data.get("date"), "abstract": data.get("summary")}, item)
        return
    data = {_NAME_FIELDS[kind]: name, **data}
    item.collector.add_entry(kind, _with_url(data, url), item, heading if kind == SECTIONS else "")


def _with_url(data: dict[str, Any], url: str) -> dict[str, Any]:
    """Return data with a URL if it has none."""
    return {**data, "url": data.get("url") or url} if url else data


def _parse_date(text: str) -> str:
    """Return a text as EDTF if it is a date, else an empty text."""
    try:
        return parse_date(text)
    except DateError:
        return ""


def _plain(text: str) -> str:
    """Return a text without its inline Markdown, which the record does not have everywhere."""
    return plain_text(parse_markdown(text))


def _read_plain(item: Item, key: str) -> str:
    return _plain(item.line(key))


def _read_name(item: Item, key: str) -> tuple[str, str]:
    return _split_name(item.line(key))


def _split_name(text: str) -> tuple[str, str]:
    """Return a text without inline Markdown, and the URL of the link in it; with more links, none is lost."""
    runs = parse_markdown(text)
    urls = list(dict.fromkeys(run.url for run in runs if _EXTERNAL.fullmatch(run.url)))
    return plain_text(runs, with_urls=len(urls) > 1), urls[0] if len(urls) == 1 else ""


def _read_publication(item: Item) -> None:
    journal = _read_plain(item, "journal")
    authors = [_plain(author) for author in item.lines("authors")]
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
