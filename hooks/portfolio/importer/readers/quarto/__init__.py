"""Reads a Quarto website: its posts and pages, with the outputs of code if they are at hand.

The outputs come from the folder ``_freeze``, or else from the rendered site beside the source.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.markdown_scan import heading_text
from portfolio.core.positions import Document, load_yaml
from portfolio.core.text import is_valid_url, slugify_title
from portfolio.importer.front_matter import DividedText, divide_text, divide_title
from portfolio.importer.html_text import divide_url, is_relative
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import (
    PANDOC,
    Link,
    rewrite_html_links,
    rewrite_links,
    rewrite_text_cells,
)
from portfolio.importer.model import (
    BodyFormat,
    ImportedAuthor,
    ImportedBibliography,
    ImportedPage,
    ImportedSite,
    OldList,
)
from portfolio.importer.readers import Progress
from portfolio.importer.readers.folder_reader import FolderReader
from portfolio.importer.readers.quarto.markdown import convert_quarto_markdown
from portfolio.importer.values import as_texts, parse_iso_date, parse_time

_CONFIGURATION = ("_quarto.yml", "_quarto.yaml")
_SUFFIXES = (".qmd", ".md", ".rmd", ".Rmd", ".ipynb")
_CELL = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*\{(?:python|r|julia|ojs|bash|sql)\b", re.MULTILINE)
_DATE_FORMATS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%m-%d-%Y",
    "%d %b %Y",
)
_KNOWN_KEYS = frozenset(
    "title subtitle description abstract date date-modified author categories keywords image image-alt "
    "draft aliases bibliography csl format execute jupyter freeze listing toc editor lang page-layout "
    "title-block-banner citation lightbox comments engine kernel code-fold filters toc-depth toc-title "
    "number-sections link-citations nocite website about params css include-in-header "
    "include-before-body include-after-body search".split()
)


@dataclass
class _Source:
    """A page before its links are resolved. ``path`` is below the project's folder."""

    path: str
    document: Document
    values: dict[str, Any]
    title: str
    body: str
    line: int
    url: str
    is_post: bool = False
    created: date | None = None
    updated: date | None = None
    problems: list[Diagnostic] = field(default_factory=list)


def detect(files: InputFiles) -> bool:
    """Whether the files are a Quarto project or posts of one."""
    return any(posixpath.basename(path) in _CONFIGURATION or path.endswith(".qmd") for path in files.paths)


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read a Quarto website."""
    return _QuartoReader(files, progress).read()


class _QuartoReader(FolderReader):
    def __init__(self, files: InputFiles, progress: Progress) -> None:
        self.files = files
        self.progress = progress
        candidates = (path for path in files.paths if posixpath.basename(path) in _CONFIGURATION)
        path = min(candidates, key=lambda path: path.count("/"), default="")
        folder = posixpath.dirname(path)
        self.root = f"{folder}/" if folder else ""
        self.problems: list[Diagnostic] = []
        self.loaded: dict[str, dict[str, Any]] = {}
        self.settings = self._load(path) if path else {}
        website = self.settings.get("website")
        url = str(website.get("site-url") or "") if isinstance(website, dict) else ""
        url = url if url.startswith(("http://", "https://")) and is_valid_url(url) else ""
        project = self.settings.get("project")
        output = str(project.get("output-dir") or "_site") if isinstance(project, dict) else "_site"
        self.output = f"{self.root}{output.strip('/')}/"
        variables = posixpath.join(folder, "_variables.yml")
        self.variables = self._load(variables) if variables in files else {}
        self.sources: dict[str, _Source] = {}
        self.site = ImportedSite("a Quarto website", url=f"{url.rstrip('/')}/" if url else "")

    def read(self) -> ImportedSite:
        site = self.site
        paths = [path for path in self.files.paths if path.startswith(self.root)]
        paths = [path for path in paths if not path.startswith(self.output)]
        visible = [path for path in paths if not re.search(r"(?:^|/)[_.]", path.removeprefix(self.root))]
        pages = [
            path for path in visible if path.endswith(_SUFFIXES) and posixpath.basename(path) != "README.md"
        ]
        for number, path in enumerate(pages, 1):
            if (source := self._read_source(path)) is not None:
                self.sources[source.path] = source
            self.progress(number, len(pages))
        for path in visible:
            if path not in pages:
                self.add_file(path.removeprefix(self.root), path)
        self._find_posts()
        ids = self._read_feed_ids()
        authors: dict[str, ImportedAuthor] = {}
        for source in self.sources.values():
            if source.values.get("listing") is not None:
                self._add_list(source)
                continue
            for author in _authors(source.values):
                authors.setdefault(author.name, author)
            site.pages.append(self._make_page(source, ids))
        site.authors = list(authors.values())
        self._add_bibliographies()
        site.problems += [*self.files.problems, *self.problems]
        return site

    # Files

    def _load(self, path: str) -> dict[str, Any]:
        """Return the mapping in a YAML file, whose problems are reported once."""
        if path not in self.loaded:
            self.loaded[path] = self._read_mapping(path)
        return self.loaded[path]

    def _read_mapping(self, path: str) -> dict[str, Any]:
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
            return {}
        document, problems = load_yaml(self.files.display(path), text)
        self.problems += problems
        return document.data if isinstance(document.data, dict) else {}

    def _read_source(self, name: str) -> _Source | None:
        text = self.files.read_text(name)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
            return None
        path = name.removeprefix(self.root)
        display = self.files.display(name)
        is_notebook = name.endswith(".ipynb")
        if is_notebook:
            document, body = self._read_notebook(display, text)
            divided = DividedText(document, body)
            if not body:
                return None
        else:
            divided = divide_text(display, text)
        document, body, line = divided.document, divided.body, divided.line
        values = dict(self._folder_values(path))
        if isinstance(document.data, dict):
            values |= document.data
        title = heading_text(str(values.get("title") or ""))
        if not title and not is_notebook:
            title, body, line = divide_title(body, line)
        stem = posixpath.splitext(path)[0]
        title = title or posixpath.basename(stem).replace("-", " ").capitalize()
        url = re.sub(r"(?:^|(?<=/))index\.html$", "", f"/{stem}.html")
        source = _Source(path, document, values, title, body, line, url)
        source.problems += [replace(problem, severity="warning") for problem in divided.problems]
        source.created, source.updated = (self._read_date(source, key) for key in ("date", "date-modified"))
        return source

    def _read_notebook(self, display: str, text: str) -> tuple[Document, str]:
        """Return the front matter in the first cell of a notebook, and the rest of it."""
        document = Document(display)
        try:
            notebook = json.loads(text)
            cells = notebook["cells"]
            first = cells[0] if cells else {}
            source = first.get("source", "")
            divided = divide_text(display, "".join(source))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            message = "this is not a notebook of version 4."
            self.problems.append(Diagnostic(display, 1, 1, "", message, code="import.unreadable"))
            return document, ""
        if divided.has_front_matter and first.get("cell_type") in ("raw", "markdown"):
            document = divided.document
            del cells[0]
        return document, json.dumps(notebook, ensure_ascii=False)

    def _folder_values(self, path: str) -> Iterator[tuple[str, Any]]:
        """Yield the values that ``_metadata.yml`` gives a page, those of its own folder last."""
        folder = ""
        for part in ["", *path.split("/")[:-1]]:
            folder = posixpath.join(folder, part)
            for name in ("_metadata.yml", "_metadata.yaml"):
                file = self.root + posixpath.join(folder, name)
                if file in self.files:
                    yield from self._load(file).items()

    def _read_date(self, source: _Source, key: str) -> date | None:
        text = str(source.values.get(key) or "").strip()
        if not text:
            return None
        if (parsed := parse_iso_date(text)) is not None:
            return parsed
        if (worded := parse_time(text, _DATE_FORMATS)) is not None:
            return worded.date()
        line = source.document.position_of((key,))[0]
        self.report_invalid_date(source, text, line)
        return None

    def _find_posts(self) -> None:
        """Mark the pages that a listing has as posts; without a listing, those with a date."""
        patterns: list[str] = []
        for source in self.sources.values():
            listing = source.values.get("listing")
            folder = posixpath.dirname(source.path)
            for item in listing if isinstance(listing, list) else [listing]:
                if item is None:
                    continue
                contents = item.get("contents", ".") if isinstance(item, dict) else "."
                for entry in contents if isinstance(contents, list) else [contents]:
                    if isinstance(entry, str):
                        patterns.append(posixpath.normpath(posixpath.join(folder, entry)))
        for source in self.sources.values():
            is_listed = any(
                source.path.startswith(f"{pattern}/") or fnmatchcase(source.path, pattern) or pattern == "."
                for pattern in patterns
            )
            has_date = source.created is not None
            source.is_post = has_date and (is_listed or not patterns)
            source.is_post |= is_listed and source.values.get("draft") == "true"

    # Pages

    def _make_page(self, source: _Source, ids: dict[str, str]) -> ImportedPage:
        values = source.values
        kind, body = self._convert_body(source)
        folder = posixpath.dirname(source.path)
        for key in source.document.data if isinstance(source.document.data, dict) else ():
            if key not in _KNOWN_KEYS:
                line = source.document.position_of((key,))[0]
                self.report_unused_key(source, key, line)
        aliases = tuple(
            posixpath.normpath(posixpath.join("/", folder, alias)) + ("/" if alias.endswith("/") else "")
            for alias in _texts(values.get("aliases"))
            if "://" not in alias
        )
        subtitle = str(values.get("subtitle") or "")
        image = str(values.get("image") or "")
        name = posixpath.splitext(posixpath.basename(source.path))[0]
        slug = posixpath.basename(folder) if name == "index" else name
        return ImportedPage(
            source=self.files.display(self.root + source.path),
            title=source.title,
            body=body,
            format=kind,
            line=source.line,
            is_post=source.is_post,
            url=source.url,
            aliases=aliases,
            slug=(slugify_title(slug) or slug) if source.is_post else "",
            created=source.created,
            updated=source.updated,
            draft=values.get("draft") == "true",
            categories=_texts(values.get("categories")) if source.is_post else (),
            tags=_texts(values.get("keywords")) if source.is_post else (),
            authors=tuple(author.name for author in _authors(values)) if source.is_post else (),
            description=heading_text(str(values.get("description") or "")),
            image=(self._find_target(source, image) or "") if image else "",
            feed_id=ids.get(source.url, "") if source.is_post else "",
            front_matter={"subtitle": heading_text(subtitle)} if subtitle else {},
            problems=source.problems,
        )

    def _convert_body(self, source: _Source) -> tuple[BodyFormat, str]:
        def resolve(link: Link) -> str | None:
            return self._resolve(source, link)

        if source.path.endswith(".ipynb"):
            notebook = json.loads(source.body)
            rewrite_text_cells(notebook, lambda text: rewrite_links(text, resolve, PANDOC))
            return "notebook", json.dumps(notebook, ensure_ascii=False, indent=1)
        body, has_outputs = source.body, False
        if _CELL.search(body):
            frozen = self._read_frozen(source)
            if frozen is not None:
                body, has_outputs = frozen, True
            elif (rendered := self._read_rendered(source)) is not None:
                # Its lines are not those of the source.
                return "html", rewrite_html_links(rendered, resolve)
        body = rewrite_links(body, resolve, PANDOC, first_line=source.line)

        def report(line: int, code: str, message: str, hint: str) -> None:
            severity: Severity = "warning" if hint else "info"
            self.report(source, line, code, message, hint, severity=severity)

        folder = posixpath.dirname(source.path)

        def include(path: str) -> str | None:
            name = self.root + posixpath.normpath(posixpath.join(folder, path)).lstrip("/")
            text = self.files.read_text(name) if name in self.files else None
            return text if isinstance(text, str) else None

        def find_variable(name: str) -> str | None:
            kind, _, path = name.partition(" ")
            value: Any = self.variables if kind == "var" else source.values
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            return value if isinstance(value, str) else None

        return "markdown", convert_quarto_markdown(
            body,
            report,
            first_line=source.line,
            include=include,
            variables=find_variable,
            has_outputs=has_outputs,
        )

    def _read_frozen(self, source: _Source) -> str | None:
        """Return the Markdown with outputs that ``_freeze`` has of a page, and add its figures."""
        stem = posixpath.splitext(source.path)[0]
        folder = f"{self.root}_freeze/{stem}"
        name = f"{folder}/execute-results/html.json"
        text = self.files.read_text(name) if name in self.files else None
        if not isinstance(text, str):
            return None
        try:
            markdown = json.loads(text)["result"]["markdown"]
        except (ValueError, LookupError, TypeError, RecursionError):
            self.problems.append(self.files.diagnose(name, "this has no results.", code="import.unreadable"))
            return None
        for path in self.files.match(f"{folder}/figure-html/*"):
            self.add_file(f"{stem}_files/figure-html/{posixpath.basename(path)}", path)
        if not isinstance(markdown, str):
            return None
        return divide_text(name, markdown.lstrip("\n")).body

    def _read_rendered(self, source: _Source) -> str | None:
        """Return the HTML of a page in the rendered site, and add its figures."""
        stem = posixpath.splitext(source.path)[0]
        name = f"{self.output}{stem}.html"
        text = self.files.read_text(name) if name in self.files else None
        if not isinstance(text, str):
            return None
        try:
            root = lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
        except lxml.etree.ParserError:
            return None
        main = root.find(".//main")
        if main is None:
            return None
        for element in main.xpath(".//header[@id='title-block-header'] | .//nav[@id='TOC'] | .//button"):
            element.drop_tree()
        for path in self.files.match(f"{self.output}{stem}_files/*"):
            self.add_file(path.removeprefix(self.output), path)
        parts = [lxml.html.tostring(child, encoding="unicode") for child in main]
        return (main.text or "") + "".join(parts)

    # Links

    def _resolve(self, source: _Source, link: Link) -> str | None:
        url = self._find_target(source, link.target)
        if url is None:
            message = f"there is no page for {quote(link.target)}."
            self.report(source, link.line, "import.dead-link", message)
        return url

    def _find_target(self, source: _Source, target: str) -> str | None:
        """Return the URL of a target, which is relative to the file; None if it is a page that is missing."""
        folder = posixpath.dirname(source.path)
        path, rest = divide_url(target)
        if not (is_relative(target) or target.startswith("/")) or not path:
            return target
        for candidate in (path, unquote(path)):
            file = posixpath.normpath(posixpath.join("/", folder, candidate)).lstrip("/")
            if (page := self.sources.get(file)) is not None:
                return f"{page.url}{rest}"
            if f"/{file}" in self.site.files or self.root + file in self.files:
                return f"/{file}{rest}"
        return None if path.endswith((".qmd", ".Rmd", ".rmd")) else target

    # Lists and feeds

    def _add_list(self, source: _Source) -> None:
        self.site.lists[source.url] = OldList("index")
        if self._has_feed(source):
            self.site.lists[posixpath.splitext("/" + source.path)[0] + ".xml"] = OldList("feed")

    def _has_feed(self, source: _Source) -> bool:
        listing = source.values.get("listing")
        items = listing if isinstance(listing, list) else [listing]
        return any(isinstance(item, dict) and item.get("feed") not in (None, "false") for item in items)

    def _read_feed_ids(self) -> dict[str, str]:
        """Return the ids of entries by URL: those in the rendered feeds, or else as Quarto makes them."""
        ids: dict[str, str] = {}
        for source in self.sources.values():
            if source.values.get("listing") is None or not self._has_feed(source):
                continue
            if self.site.url:
                for post in self.sources.values():
                    if post.is_post and post.values.get("draft") != "true":
                        ids.setdefault(post.url, f"{self.site.url}{post.url[1:]}")
            name = f"{self.output}{posixpath.splitext(source.path)[0]}.xml"
            root = self.files.load_xml(name) if name in self.files else None
            if root is None or isinstance(root, Diagnostic):
                continue
            for item in root.iter("item"):
                link, guid = item.findtext("link") or "", item.findtext("guid") or ""
                if is_valid_url(link):
                    path = re.sub(r"(?<=/)index\.html$", "", urlsplit(link).path)
                    ids[path.removeprefix(urlsplit(self.site.url).path.rstrip("/"))] = guid
        return ids

    def _add_bibliographies(self) -> None:
        folders = [(posixpath.dirname(source.path), source.values) for source in self.sources.values()]
        paths: dict[str, None] = {}
        for folder, values in [("", self.settings), *folders]:
            for name in _texts(values.get("bibliography")):
                paths[posixpath.normpath(posixpath.join(folder, name)).lstrip("/")] = None
        for path in paths:
            text = self.files.read_text(self.root + path) if path.endswith(".bib") else None
            if isinstance(text, str):
                display = self.files.display(self.root + path)
                self.site.bibliographies.append(ImportedBibliography(text, display, is_own=False))
            elif isinstance(text, Diagnostic):
                self.problems.append(text)
            else:
                message, hint = "this bibliography is not imported.", "Export it as BibTeX."
                self.problems.append(self.make_problem(path, 1, "import.unsupported", message, hint))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(as_texts(value)))


def _authors(values: dict[str, Any]) -> list[ImportedAuthor]:
    value = values.get("author")
    authors: list[ImportedAuthor] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item.strip():
            authors.append(ImportedAuthor(item.strip()))
        elif isinstance(item, dict):
            name = item.get("name")
            if isinstance(name, dict):
                name = name.get("literal") or " ".join(
                    str(name[key]) for key in ("given", "family") if name.get(key)
                )
            if name:
                authors.append(ImportedAuthor(str(name), url=str(item.get("url") or "")))
    return authors
