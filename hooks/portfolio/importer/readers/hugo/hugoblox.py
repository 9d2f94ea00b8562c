"""The record of a HugoBlox site (also Wowchemy, Academic): authors, publications, events and projects.

Their pages stay pages, with what the theme shows of their front matter above the text. What the record has a
place for becomes its entries as well.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portfolio.core.positions import Document, KeyPath, Position
from portfolio.importer.model import (
    ImportedAuthor,
    ImportedEntry,
    ImportedRecord,
    ListKind,
    required_fields,
)
from portfolio.importer.readers.hugo.shortcodes import make_link
from portfolio.importer.readers.hugo.site import HugoSite, SourcePage
from portfolio.importer.readers.record_files.bibtex import read_bibtex
from portfolio.importer.readers.record_files.csl_json import add_csl_publication
from portfolio.importer.readers.record_files.items import (
    Item,
    Keys,
    RecordCollector,
    report_unused,
)
from portfolio.importer.values import as_list, as_mapping, as_texts, first_text
from portfolio.record.models import id_from

AUTHORS = frozenset({"author", "authors"})
PUBLICATIONS = frozenset({"paper", "papers", "publication", "publications"})
EVENTS = frozenset({"event", "events", "talk", "talks"})
PROJECTS = frozenset({"project", "projects"})
# The folder with the blocks of the landing page in old versions.
_LANDING = "home"
SECTIONS = AUTHORS | PUBLICATIONS | EVENTS | PROJECTS | {_LANDING, "slides"}
LIST_KINDS: dict[str, ListKind] = {
    **dict.fromkeys(PUBLICATIONS, "publications"),
    **dict.fromkeys(EVENTS, "talks"),
    **dict.fromkeys(PROJECTS, "projects"),
}
# Keys of front matter that are read here, and those that only change the look of a page.
KEYS = frozenset(
    "abstract address all_day avatar_filename awards bio button caption certifications date_end date_start "
    "doi education email event event_name event_url experience external_link feature featured first_name "
    "highlight_name hugoblox interests item languages last_name links location name name_pronunciation "
    "organizations profiles projects pronouns publication publication_short publication_types role skills "
    "slides social superuser url_code url_dataset url_pdf url_poster url_preprint url_project url_slides "
    "url_source url_video user_groups venue work".split()
)
# Numbers of publication types in old versions, and words of new ones, by types of CSL.
_CSL_TYPES = {
    "1": "paper-conference", "2": "article-journal", "3": "manuscript", "4": "report", "5": "book",
    "6": "chapter", "7": "thesis", "8": "patent", "preprint": "manuscript", "article": "article-journal",
}  # fmt: skip
_PUBLISHED_ALONE = frozenset({"book", "patent", "report", "thesis"})
_LINKS = {
    "url_pdf": "PDF", "url_preprint": "Preprint", "url_code": "Code", "url_dataset": "Dataset",
    "url_poster": "Poster", "url_project": "Project", "url_slides": "Slides", "url_source": "Source Document",
    "url_video": "Video",
}  # fmt: skip
# The kinds of the lists in the front matter of an author, and HugoBlox's names for their fields, also in old
# versions.
_PERIOD: Keys = {
    "start_date": ("date_start", "start_date", "start"),
    "end_date": ("date_end", "end_date", "end"),
}
_SUMMARY: Keys = {"summary": ("summary", "description")}
_LISTS: Mapping[str, tuple[str, Keys]] = {
    "education": (
        "education",
        {
            "institution": ("institution", "school"),
            "area": ("area",),
            "degree": ("degree", "course"),
            "location": ("location",),
            **_PERIOD,
            "end_date": (*_PERIOD["end_date"], "year"),
            **_SUMMARY,
            "url": ("institution_url", "url"),
        },
    ),
    "work": (
        "roles",
        {
            "company": ("company_name", "company", "org", "organization"),
            "position": ("position", "role", "title"),
            "location": ("location",),
            **_PERIOD,
            **_SUMMARY,
            "url": ("company_url", "url"),
        },
    ),
    "awards": (
        "awards",
        {
            "title": ("title", "name"),
            "awarder": ("awarder", "organization"),
            "date": ("date", "date_start"),
            **_SUMMARY,
            "url": ("url", "certificate_url"),
        },
    ),
    "certifications": (
        "certificates",
        {
            "name": ("title", "name"),
            "issuer": ("organization", "org", "issuer", "awarder"),
            "date": ("date", "date_start"),
            **_SUMMARY,
            "url": ("url", "certificate_url"),
        },
    ),
    "skills": ("skills", {"name": ("name",)}),
    "languages": ("languages", {"language": ("name", "language"), "fluency": ("label", "level", "fluency")}),
    "interests": ("interests", {"name": ("name",)}),
}
# The kinds of the lists that blocks of old landing pages have, by their widget, and the keys of these.
_WIDGETS = {"accomplishments": "certifications", "experience": "work", "featurette": "skills"}
_WIDGET_KEYS = ("experience", "item", "feature")
# What only changes the look of these entries.
_LOOK = tuple("button color color_border company_logo icon icon_pack logo organization_url percent".split())
# A degree and its field in one text.
_DEGREE = re.compile(
    r"(?P<degree>.+?)\s+in\s+(?P<area>.+)|"
    r"(?P<short>(?:Ph\.?D|D\.?Phil|M\.?Phil|[BM]\.?(?:Sc|S|A|E|Eng)|MBA)\.?)\s+(?P<field>.+)"
)
# Elements that change only how a text looks.
_LOOK_TAGS = re.compile(r"</?(?:mark|nobr|small|span|u)\b[^<>]*>")
_IN = re.compile(r"^In:?\s+")
_MARKS = re.compile(r"[*_`]")
_CODE_HOSTS = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")


@dataclass
class HugoBloxRecord:
    """What HugoBlox adds to a site.

    ``introductions`` has Markdown to put before the text of a page, and ``endings`` after it, by its path.
    ``projects`` has the entry of each page about a project.
    """

    record: ImportedRecord = field(default_factory=ImportedRecord)
    authors: list[ImportedAuthor] = field(default_factory=list)
    introductions: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    projects: dict[str, ImportedEntry] = field(default_factory=dict)


def is_hugoblox(hugo: HugoSite) -> bool:
    """Whether a site has the structure of HugoBlox."""
    sections = {page.section for page in hugo.pages if page.kind != "section"}
    has_author = any(page.section in AUTHORS and "/" in page.name for page in hugo.pages)
    return (has_author or bool(_list_author_files(hugo))) and bool(
        sections & (PUBLICATIONS | EVENTS | PROJECTS)
    )


def read_hugoblox(hugo: HugoSite) -> HugoBloxRecord:
    """Read the record of a HugoBlox site."""
    return _HugoBloxReader(hugo).read()


class _HugoBloxReader:
    def __init__(self, hugo: HugoSite) -> None:
        self.hugo = hugo
        self.collector = RecordCollector()
        self.result = HugoBloxRecord()
        self.bibliographies = ImportedRecord()

    def read(self) -> HugoBloxRecord:
        authors = [page for page in self.hugo.pages if page.section in AUTHORS and "/" in page.name]
        owner = next((page for page in authors if page.front.get("superuser") is True), None)
        if owner is None:
            owner = next(
                (page for page in authors if page.stem in ("admin", "me") or len(authors) == 1), None
            )
        for page in authors:
            self._read_author(page, is_owner=page is owner)
        self._read_author_files()
        for page in self.hugo.pages:
            if page.kind == "section" or page.front.get("draft") is True:
                continue
            if page.section in PUBLICATIONS:
                self._read_publication(page)
            elif page.section in EVENTS:
                self._read_event(page)
            elif page.section in PROJECTS:
                self._read_project(page)
            elif page.section == _LANDING:
                self._read_widget(page)
        self.result.record = self.collector.finish()
        self.result.record.entries += self.result.projects.values()
        self.result.record.bibliographies += self.bibliographies.bibliographies
        self.result.record.problems += self.bibliographies.problems
        return self.result

    def _item(self, page: SourcePage) -> Item:
        """Return the front matter as an item of the record, with the lines of its keys."""
        positions: dict[KeyPath, Position] = {(key,): (page.line_of(key), 1) for key in page.front}
        document = Document(
            self.hugo.source.display(page.path), _as_texts(page.front), key_positions=positions
        )
        return Item(document, (), self.collector, is_markdown=True)

    # Authors

    def _read_author(self, page: SourcePage, *, is_owner: bool) -> None:
        item = self._item(page)
        name = item.line("title", "name")
        if not name:
            return
        avatar = next(
            (self.hugo.urls_of_files[path] for path in self._files_beside(page) if "avatar" in path.lower()),
            "",
        )
        description = item.line("role", "bio")
        self.result.authors.append(ImportedAuthor(name, description, avatar))
        if interests := item.lines("interests"):
            items = "\n".join(f"- {interest}" for interest in interests)
            self.result.endings[page.path] = f"## Interests\n\n{items}"
        if is_owner:
            self._read_owner(item, name, avatar)

    def _read_author_files(self) -> None:
        """Read the authors of the newest versions, which are data."""
        paths = _list_author_files(self.hugo)
        for path in paths:
            document = self.collector.load(self.hugo.source, path)
            document.data = _as_texts(document.data)
            item, names = (Item(document, at, self.collector, is_markdown=True) for at in ((), ("name",)))
            name = names.line("display") or names.join_lines("given", "family")
            if not name:
                continue
            self.hugo.author_titles[(item.line("slug") or _stem(path)).lower()] = name
            self.result.authors.append(ImportedAuthor(name, item.line("role")))
            if item.line("is_owner") == "true" or len(paths) == 1:
                self.collector.add_profile(
                    {
                        "other_names": names.lines("alternate"),
                        "pronunciation": names.line("pronunciation"),
                        "pronouns": names.line("pronouns"),
                    },
                    item,
                )
                self._read_owner(item, name, "")
                item.use("schema", "name", "status", "experience", "links", *_LISTS)
                report_unused([item])

    def _read_owner(self, item: Item, name: str, avatar: str) -> None:
        """Read the profile and the entries of the owner of the site."""
        self._read_list(item, "work", ("experience",))
        for key in _LISTS:
            self._read_list(item, key, (key,))
        links: list[dict[str, str]] = []
        email = item.line("email")
        for key in ("social", "profiles", "links"):
            for link in as_list(item.data.get(key)):
                details = as_mapping(link)
                url, label = first_text(details, "link", "url"), first_text(details, "label", "name")
                if url.startswith("mailto:"):
                    email = email or url.removeprefix("mailto:")
                elif url.startswith(("http://", "https://")):
                    links.append({"name": label, "link": url} if label else {"link": url})
        profile = {
            "name": name,
            "pronunciation": item.line("name_pronunciation"),
            "pronouns": item.line("pronouns"),
            "headline": item.line("role"),
            "summary": item.styled("bio"),
            "picture": avatar,
            "email": email,
            "links": links,
        }
        self.collector.add_profile(profile, item)

    def _read_widget(self, page: SourcePage) -> None:
        """Read the entries of a block of a landing page of old versions."""
        name = _WIDGETS.get(str(page.front.get("widget")))
        if name and page.front.get("active") is not False:
            for key in _WIDGET_KEYS:
                self._read_list(self._item(page), name, (key,))

    def _read_list(self, item: Item, name: str, path: KeyPath) -> None:
        """Read a list of entries, which may be below a further key: ``courses`` or ``items``."""
        value = item.document.value_at(path)
        if isinstance(value, Mapping):
            path = (*path, "courses" if "courses" in value else "items")
            value = item.document.value_at(path)
        kind, keys = _LISTS[name]
        parts = []
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            part = Item(item.document, (*path, index), self.collector, is_markdown=True)
            if isinstance(entry, str):
                self.collector.add_entry(kind, {required_fields(kind)[0]: entry}, part)
                continue
            parts.append(part)
            data = part.fields(keys, missing_end_is_present=kind == "roles")
            if kind == "education":
                data |= _split_degree(data)
            elif kind == "skills":
                items = as_list(as_mapping(entry).get("items"))
                names = (first_text(as_mapping(skill), "name", "label") for skill in items)
                data["keywords"] = list(filter(None, names))
                part.use("items")
            part.use(*_LOOK)
            self.collector.add_entry(kind, data, part)
        report_unused(parts)

    # Publications, events and projects

    def _read_publication(self, page: SourcePage) -> None:
        item, front = self._item(page), page.front
        names = [self.hugo.author_titles.get(name.lower(), name) for name in as_texts(front.get("authors"))]
        venue = item.line("publication", "venue")
        line = ". ".join(filter(None, (", ".join(names), venue.rstrip("."))))
        self._introduce(page, f"{line}." if line else "", item.raw_text("abstract"))
        bibliography = f"{posixpath.dirname(page.path)}/cite.bib"
        if page.kind == "bundle" and bibliography in self.hugo.source:
            record = read_bibtex(self.hugo.source, bibliography)
            self.bibliographies.bibliographies += record.bibliographies
            self.bibliographies.problems += record.problems
            return
        identifiers = as_mapping(as_mapping(front.get("hugoblox")).get("ids"))
        kinds = as_texts(front.get("publication_types"))
        kind = _CSL_TYPES.get(kinds[0], kinds[0]) if kinds else ""
        container = _IN.sub("", _MARKS.sub("", venue))
        csl = {
            "id": page.stem,
            "type": kind,
            "title": item.line("title"),
            "author": names,
            "issued": item.line("date"),
            "publisher" if kind in _PUBLISHED_ALONE else "container-title": container,
            "container-title-short": _IN.sub("", _MARKS.sub("", item.line("publication_short"))),
            "DOI": item.line("doi") or str(identifiers.get("doi") or ""),
            "abstract": item.line("abstract"),
            "URL": next((url for url in (item.line("url_pdf", "url_source"),) if "://" in url), ""),
        }
        add_csl_publication(csl, item)

    def _read_event(self, page: SourcePage) -> None:
        item = self._item(page)
        event, url, location = item.line("event", "event_name"), item.url("event_url"), item.line("location")
        line = ", ".join(filter(None, (make_link(event, url) if event and url else event, location)))
        self._introduce(page, line, item.raw_text("abstract"))
        links = dict(self._links(page))
        appearance = {"event": event, "date": item.date("date"), "location": location, "url": url}
        self.collector.add_entry(
            "talks",
            {
                "title": item.line("title"),
                "slides": _absolute(links.get("Slides", "")),
                "video": _absolute(links.get("Video", "")),
                "summary": item.styled("summary", "abstract"),
                "appearances": [{key: value for key, value in appearance.items() if value}],
            },
            item,
        )

    def _read_project(self, page: SourcePage) -> None:
        item = self._item(page)
        self._introduce(page)
        links = {label: _absolute(url) for label, url in self._links(page)}
        code = links.get("Code", "") or next(
            (url for url in links.values() if any(host in url for host in _CODE_HOSTS)), ""
        )
        url = links.get("Link", "")
        data = {
            "id": id_from(page.stem) or "project",
            "name": item.line("title"),
            "date": item.date("date"),
            "summary": item.styled("summary"),
            "tags": as_texts(page.front.get("tags")),
            "image": next(
                (
                    self.hugo.urls_of_files[path]
                    for path in self._files_beside(page)
                    if posixpath.basename(path).lower().startswith("featured")
                ),
                "",
            ),
            "image_alt": first_text(as_mapping(page.front.get("image")), "alt", "alt_text", "caption"),
            "url": url if url != code else "",
            "code": code,
            "paper": links.get("PDF", ""),
            "video": links.get("Video", ""),
        }
        filled = {name: value for name, value in data.items() if value}
        if "name" in filled:
            source = self.hugo.source.display(page.path)
            self.result.projects[page.path] = ImportedEntry("projects", filled, source)

    def _introduce(self, page: SourcePage, *paragraphs: str) -> None:
        """Add paragraphs and the links of the front matter above the text of a page."""
        links = " ".join(make_link(label, url) for label, url in self._links(page))
        self.result.introductions[page.path] = "\n\n".join(filter(None, (*paragraphs, links)))

    def _links(self, page: SourcePage) -> Iterator[tuple[str, str]]:
        """Yield the labels and URLs of the links that the theme shows above a text."""
        front = page.front
        files = {posixpath.basename(path): self.hugo.urls_of_files[path] for path in self._files_beside(page)}
        if not front.get("url_pdf") and (pdf := files.get(f"{page.stem}.pdf")):
            yield "PDF", pdf
        for key, label in _LINKS.items():
            if isinstance(url := front.get(key), str) and url:
                yield label, files.get(url) or _from_root(url)
        slides = front.get("slides")
        if isinstance(slides, str) and slides and not front.get("url_slides"):
            target = self.hugo.find_reference(page, f"/slides/{slides}")
            if target:
                yield "Slides", target
        doi = front.get("doi") or as_mapping(as_mapping(front.get("hugoblox")).get("ids")).get("doi")
        if isinstance(doi, str) and doi:
            yield "DOI", doi if "://" in doi else f"https://doi.org/{doi}"
        links = front.get("links")
        for link in links if isinstance(links, list) else []:
            url = as_mapping(link).get("url")
            if isinstance(url, str) and url:
                label = str(link.get("name") or link.get("label") or link.get("type") or url)
                yield label, files.get(url) or _from_root(url)
        if isinstance(url := front.get("external_link"), str) and url:
            yield "Link", url

    def _files_beside(self, page: SourcePage) -> Iterator[str]:
        """Yield the paths of the files in the folder of a page."""
        if page.kind != "page":
            folder = posixpath.dirname(page.path)
            yield from (path for path in self.hugo.resources if posixpath.dirname(path) == folder)


def _list_author_files(hugo: HugoSite) -> list[str]:
    """Return the paths of files with an author each, as the newest versions have them."""
    folder = f"{hugo.root}data/authors/"
    return [
        path for path in hugo.source.paths if path.startswith(folder) and path.endswith((".yaml", ".yml"))
    ]


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _split_degree(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the degree and the field of an education, if one text has both."""
    match = _DEGREE.fullmatch(data.get("degree") or data.get("area") or "")
    if match is None or ("degree" in data and "area" in data):
        return {}
    return {"degree": match["degree"] or match["short"], "area": match["area"] or match["field"]}


def _from_root(url: str) -> str:
    """Return a URL; a path of a static file, as in ``uploads/cv.pdf``, gets a slash."""
    return url if "://" in url or url.startswith(("/", "#", "mailto:")) else f"/{url}"


def _absolute(url: str) -> str:
    """Return a URL of another site, or an empty text: the record has no links to pages of the old site."""
    return url if "://" in url else ""


def _as_texts(value: Any) -> Any:
    """Return data of front matter with dates as texts."""
    if isinstance(value, Mapping):
        return {str(key): _as_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    if isinstance(value, str):
        return _LOOK_TAGS.sub("", value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else value
