"""Reads a Pelican site: its content folder, with or without the project around it.

Metadata, slugs and URLs follow Pelican 4.12 (`pelican_settings`). Links such as ``{filename}a.md`` become
URLs of the old site.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from html import unescape
from math import ceil
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.etree
import lxml.html

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.markdown_scan import heading_text
from portfolio.core.positions import load_json
from portfolio.importer.front_matter import divide_text
from portfolio.importer.html_text import divide_url, strip_tags
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import (
    PYTHON_MARKDOWN,
    Link,
    rewrite_html_links,
    rewrite_links,
    rewrite_text_cells,
)
from portfolio.importer.model import (
    BodyFormat,
    ImportedAuthor,
    ImportedPage,
    ImportedSite,
    OldList,
)
from portfolio.importer.python_markdown import convert_python_markdown, extension_names
from portfolio.importer.readers import Progress
from portfolio.importer.readers.folder_reader import FolderReader
from portfolio.importer.readers.pelican.settings import (
    CONFIGURATION,
    expand_pattern,
    is_exact_in_ascii,
    read_settings,
)
from portfolio.importer.values import as_texts, find_zone, parse_time

_MARKDOWN = (".md", ".markdown", ".mkd", ".mdown")
_RST = (".rst",)
_HTML = (".html", ".htm")
_NOTEBOOK = (".ipynb",)
_NOTEBOOK_METADATA = (".nbdata", ".ipynb-meta")
_CONTENT = (*_MARKDOWN, *_RST, *_HTML, *_NOTEBOOK)
# As Python-Markdown's extension "meta".
_META = re.compile(r"[ ]{0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)")
_META_MORE = re.compile(r"[ ]{4,}(?P<value>.*)")
_META_BEGIN, _META_END = re.compile(r"-{3}(?:\s.*)?"), re.compile(r"(?:-{3}|\.{3})(?:\s.*)?")
_TITLE_LINE = re.compile(r"(?:---[ \t]*\n)?(?:[\w-]+:.*\n)*?title:[ \t]*\S", re.IGNORECASE)
_RST_FIELD = re.compile(r"^:(?:date|slug|tags|category|status):[ \t]*\S", re.MULTILINE | re.IGNORECASE)
# A notation of Pelican before a path or a name; the bars are from before version 3.6.
_INTRASITE = re.compile(r"[{|](?P<what>[A-Za-z]*)[|}](?P<value>.*)", re.DOTALL)
_STATUSES = ("published", "draft", "hidden", "skip")
_IMAGE_KEYS = ("image", "cover", "featured_image", "og_image", "header_cover", "thumbnail", "cover_image")
# What `_Content` and Pelican itself use; other metadata has no counterpart.
_KNOWN_KEYS = {
    "title", "date", "modified", "updated", "slug", "tags", "keywords", "category", "author", "authors",
    "summary", "description", "status", "lang", "translation", "save_as", "url", "series", "series_index",
    "subtitle", "template", "path", "timezone", *_IMAGE_KEYS,
}  # fmt: skip
_DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y",
    "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%A, %d %B %Y", "%a, %d %b %Y", "%A %d %B %Y", "%a %d %b %Y",
    "%a %b %d %Y", "%m/%d/%Y",
)  # fmt: skip
_MONTH_FORMATS = ("%Y-%m", "%Y/%m", "%B %Y", "%b %Y")
_TIME_FORMATS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%Hh%M")
_TIME = re.compile(
    r"[T \t,]+(?P<time>\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AaPp][Mm])?)"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?\Z"
)
_MOST_FILES_TO_DETECT = 200


@dataclass
class _Content:
    """An article or page. ``metadata`` has texts and lines by key; dates and names are read from it."""

    path: str
    is_page: bool
    metadata: dict[str, list[tuple[str, int]]]
    body: str
    format: BodyFormat = "markdown"
    line: int = 1
    problems: list[Diagnostic] = field(default_factory=list)
    title: str = ""
    slug: str = ""
    status: str = "published"
    lang: str = ""
    is_default_lang: bool = True
    created: date | None = None
    updated: date | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    url: str = ""
    save_as: str = ""
    # Of reStructuredText, whose links are converted with the rest.
    is_rst: bool = False

    def text(self, key: str) -> str:
        """Return the first value of a key, or an empty text."""
        values = self.metadata.get(key)
        return values[0][0].strip() if values else ""

    def line_of(self, key: str) -> int:
        """Return the line of a key."""
        return self.metadata[key][0][1] if self.metadata.get(key) else 1


def detect(files: InputFiles) -> bool:
    """Whether the files are a Pelican project or a folder of content with Pelican's metadata."""
    if any(posixpath.basename(path) in CONFIGURATION for path in files.paths):
        return True
    candidates = [path for path in files.paths if path.endswith((*_MARKDOWN, *_RST))]
    return any(_has_metadata(files, path) for path in candidates[:_MOST_FILES_TO_DETECT])


def _has_metadata(files: InputFiles, path: str) -> bool:
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        return False
    if path.endswith(_RST):
        return _RST_FIELD.search(text[:2000]) is not None
    # Front matter with lines around it is that of other generators, too.
    return not text.startswith("---") and _TITLE_LINE.match(text[:2000]) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read a Pelican site."""
    return _PelicanReader(files, progress).read()


class _PelicanReader(FolderReader):
    def __init__(self, files: InputFiles, progress: Progress) -> None:
        self.files = files
        self.progress = progress
        self.settings = read_settings(files)
        self.root = self._find_root()
        self.extensions = extension_names(self.settings["MARKDOWN"])
        if self.settings["TYPOGRIFY"]:
            self.extensions.add("smarty")
        plugins = self.settings["PLUGINS"]
        self.has_formulas = _has_formulas(plugins)
        self.zone = self._find_zone(self.settings["TIMEZONE"])
        self.contents: dict[str, _Content] = {}
        # The URL of each file by its path below the content folder, once something depends on it.
        self.static_urls: dict[str, str] = {}
        url = self.settings["SITEURL"]
        self.site = ImportedSite("a Pelican site", url=f"{url}/" if url else "")

    def read(self) -> ImportedSite:
        self.site.problems += [*self.files.problems, *self.settings.problems]
        paths = self._find_contents()
        for number, (path, is_page) in enumerate(paths, 1):
            content = self._read_content(path, is_page)
            if content is not None:
                self.contents[path] = content
            self.progress(number, len(paths))
        for content in self.contents.values():
            self._add_urls(content)
        self._add_static_files()
        for content in self._ordered():
            self.site.pages.append(self._make_page(content))
        names = {name for content in self.contents.values() for name in content.authors}
        self.site.authors = [ImportedAuthor(name) for name in sorted(names)]
        self._add_lists()
        self.site.problems += [p for p in self.settings.problems if p not in self.site.problems]
        for path in self.settings["TEMPLATE_PAGES"]:
            self.site.problems.append(
                self.make_problem(
                    str(path), 1, "import.unsupported", "a page that is a template is not imported."
                )
            )
        return self.site

    # Files

    def _find_root(self) -> str:
        """Return the content folder, with a slash at its end, or an empty string for the source itself."""
        folder, path = self.settings.folder, self.settings["PATH"]
        candidates = []
        if isinstance(path, str):
            candidates.append(posixpath.normpath(posixpath.join(folder, path)))
        candidates.append(posixpath.join(folder, "content"))
        for candidate in candidates:
            root = "" if candidate == "." else f"{candidate}/"
            if any(name.startswith(root) and name.endswith(_CONTENT) for name in self.files.paths):
                return root
        return f"{folder}/" if folder else ""

    def _find_zone(self, name: str) -> tzinfo:
        if (zone := find_zone(name)) is not None:
            return zone
        self.settings.report("TIMEZONE", f"there is no time zone {quote(name)}.")
        return UTC

    def _below(self, folders: list[Any], excluded: list[Any], suffixes: tuple[str, ...]) -> list[str]:
        """Return the paths below the content folder that are in some folders and not in others."""

        def is_in(path: str, folder: object) -> bool:
            bare = posixpath.normpath(str(folder)).strip("/") if folder else ""
            return bare in ("", ".") or path == bare or path.startswith(f"{bare}/")

        paths = []
        for name in self.files.paths:
            if not name.startswith(self.root) or not name.endswith(suffixes):
                continue
            path = name.removeprefix(self.root)
            if any(part.startswith(".") for part in path.split("/")):
                continue
            if any(is_in(path, f) for f in folders) and not any(f and is_in(path, f) for f in excluded):
                paths.append(path)
        return paths

    def _find_contents(self) -> list[tuple[str, bool]]:
        """Return the paths of articles and pages, and whether each is a page."""
        settings = self.settings
        pages = self._below(settings["PAGE_PATHS"], settings["PAGE_EXCLUDES"], _CONTENT)
        excluded = [*settings["ARTICLE_EXCLUDES"], *settings["PAGE_PATHS"]]
        articles = self._below(settings["ARTICLE_PATHS"], excluded, _CONTENT)
        # Without a content folder of its own, the project's other folders are no articles.
        output = (f"{settings.folder}/output/", "output/", "theme/", "themes/", "plugins/")
        articles = [path for path in articles if self.root or not path.startswith(output)]
        return [*((path, False) for path in articles), *((path, True) for path in pages)]

    def _add_static_files(self) -> None:
        paths = self._below(self.settings["STATIC_PATHS"], self.settings["STATIC_EXCLUDES"], ("",))
        self.static = {path for path in paths if path not in self.contents}
        for path in self.static:
            self.add_file(self._static_path(path, "SAVE_AS"), self.root + path)

    def _static_path(self, path: str, key: str) -> str:
        return self.settings.expand(f"STATIC_{key}", {"path": self._path_metadata(path).get("path", path)})

    # Metadata

    def _read_content(self, path: str, is_page: bool) -> _Content | None:
        text = self.files.read_text(self.root + path)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return None
        content = _Content(path, is_page, {}, text)
        if path.endswith(_MARKDOWN):
            self._read_markdown(content)
        elif path.endswith(_RST):
            self._read_rst(content)
        elif path.endswith(_HTML):
            _read_html(content)
        elif not self._read_notebook(content):
            return None
        for key, value in self._default_metadata(path, is_page).items():
            content.metadata.setdefault(key, [(value, 1)])
        self._use_metadata(content)
        if content.status == "skip":
            message = "this is skipped: its status is 'skip'."
            self.site.problems.append(self.make_problem(path, 1, "import.dropped", message, severity="info"))
            return None
        return content

    def _read_markdown(self, content: _Content) -> None:
        text = content.body
        divided = divide_text(self.files.display(self.root + content.path), text)
        if isinstance(divided.document.data, dict) and not divided.problems:
            for key, value in divided.document.data.items():
                line = divided.document.position_of((key,))[0]
                texts = as_texts(value)
                content.metadata[str(key).lower()] = [(item, line) for item in texts] or [("", line)]
            content.body, content.line = divided.body, divided.line
            return
        lines = text.split("\n")
        at = 1 if lines and _META_BEGIN.fullmatch(lines[0]) else 0
        key = ""
        while at < len(lines):
            if not lines[at].strip() or _META_END.fullmatch(lines[at]):
                at += 1
                break
            if match := _META.fullmatch(lines[at]):
                key = match["key"].lower().strip()
                content.metadata.setdefault(key, []).append((match["value"].strip(), at + 1))
            elif key and (more := _META_MORE.fullmatch(lines[at])):
                content.metadata[key].append((more["value"].strip(), at + 1))
            else:
                break
            at += 1
        content.body, content.line = "\n".join(lines[at:]), at + 1

    def _read_rst(self, content: _Content) -> None:
        from portfolio.importer.readers.pelican.restructured_text import convert_rst

        content.is_rst, content.format = True, "html"
        document = convert_rst(content.body, lambda target, is_image, line: target)  # noqa: ARG005
        content.metadata = document.fields
        if document.title:
            content.metadata.setdefault("title", [(document.title, 1)])
        if document.subtitle:
            content.metadata.setdefault("subtitle", [(document.subtitle, 1)])

    def _read_notebook(self, content: _Content) -> bool:
        document, problems = load_json(self.files.display(self.root + content.path), content.body)
        notebook = document.data
        if problems or not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
            self.site.problems += problems or [
                self.make_problem(content.path, 1, "import.unreadable", "this is no notebook of version 4.")
            ]
            return False
        content.format = "notebook"
        stem = (self.root + content.path).removesuffix(".ipynb")
        for suffix in _NOTEBOOK_METADATA:
            for name in (stem + suffix, f"{stem}.ipynb{suffix}"):
                text = self.files.read_text(name) if name in self.files else None
                if isinstance(text, str):
                    self._read_metadata_lines(content, text.split("\n"))
                    return True
        # Otherwise the first cell has it, as a list.
        first = notebook["cells"][0] if notebook["cells"] else {}
        source = first.get("source", "") if isinstance(first, dict) else ""
        lines = ("".join(source) if isinstance(source, list) else str(source)).split("\n")
        bare = [re.sub(r"^[-*#+][ \t]+", "", line) for line in lines if line.strip()]
        if bare and all(_META.fullmatch(line) for line in bare):
            self._read_metadata_lines(content, bare)
            del notebook["cells"][0]
            content.body = json.dumps(notebook, ensure_ascii=False)
        return True

    def _read_metadata_lines(self, content: _Content, lines: list[str]) -> None:
        for line in lines:
            if match := _META.fullmatch(line):
                content.metadata.setdefault(match["key"].lower(), []).append((match["value"].strip(), 1))

    def _path_metadata(self, path: str) -> dict[str, str]:
        """Return the metadata that the settings give a path, the most specific last."""
        defaults: dict[str, str] = {}
        for folder, values in sorted(
            self.settings["EXTRA_PATH_METADATA"].items(), key=lambda item: str(item[0])
        ):
            if path == folder or path.startswith(f"{str(folder).rstrip('/')}/"):
                defaults.update(values if isinstance(values, dict) else {})
        return {str(key).lower(): str(value) for key, value in defaults.items()}

    def _default_metadata(self, path: str, is_page: bool) -> dict[str, str]:
        settings = self.settings
        defaults = {str(key).lower(): str(value) for key, value in settings["DEFAULT_METADATA"].items()}
        if settings["CATEGORY_SAVE_AS"] and not is_page:
            defaults["category"] = str(settings["DEFAULT_CATEGORY"])
        default_date = settings["DEFAULT_DATE"]
        if isinstance(default_date, str) and default_date != "fs":
            defaults["date"] = default_date
        elif isinstance(default_date, list | tuple) and all(isinstance(part, int) for part in default_date):
            parts = [*default_date, 1, 1][:3]
            defaults["date"] = f"{parts[0]:04}-{parts[1]:02}-{parts[2]:02}"
        defaults |= self._path_metadata(path)
        folder, name = posixpath.split(path)
        checks = [
            (settings["FILENAME_METADATA"], posixpath.splitext(name)[0]),
            (settings["PATH_METADATA"], path),
        ]
        if settings["USE_FOLDER_AS_CATEGORY"] and settings["CATEGORY_SAVE_AS"] and not is_page:
            checks.append(("(?P<category>.*)", posixpath.basename(folder)))
        from_path: dict[str, str] = {}
        for pattern, text in checks:
            if pattern and text and (match := re.match(pattern, text)):
                for key, value in match.groupdict().items():
                    if value is not None:
                        from_path.setdefault(key.lower(), value)
        defaults |= from_path
        if settings["AUTHOR"] and isinstance(settings["AUTHOR"], str):
            defaults.setdefault("author", settings["AUTHOR"])
        return defaults

    def _use_metadata(self, content: _Content) -> None:
        path, settings = content.path, self.settings

        def report(key: str, code: str, message: str, hint: str = "") -> None:
            self.report(content, content.line_of(key), code, message, hint)

        content.title = strip_tags(content.text("title"))
        if not content.title:
            content.title = _find_title(content) or posixpath.splitext(posixpath.basename(path))[0]
            message = (
                f"this has no title, and Pelican did not publish it; its title is {quote(content.title)}."
            )
            report("title", "import.incomplete", message, "Write its title.")
        for key in ("date", "modified"):
            text = content.text(key)
            if not text:
                continue
            parsed = self._read_date(text.replace("_", " "), content.text("timezone"))
            if parsed is None:
                message = f"{quote(text)} is not a date"
                message += ", and this becomes a draft." if key == "date" and not content.is_page else "."
                report(key, "import.invalid-date", message, "Write it as in 2026-01-31.")
            elif isinstance(parsed, tuple):
                message = f"{quote(text)} has no day, and becomes the first day."
                report(key, "import.invalid-date", message, "Write the day.")
            day = parsed[0] if isinstance(parsed, tuple) else parsed
            if key == "date":
                content.created = day
            else:
                content.updated = day
        status = content.text("status").lower() or "published"
        if status not in _STATUSES:
            message = f"{quote(status)} is no status, and Pelican did not publish this; it becomes a draft."
            report("status", "import.unsupported", message)
            status = "draft"
        content.status = status
        if content.created is None and not content.is_page and content.status != "draft":
            content.status = "draft"
            if not content.text("date"):
                message = "this has no date, and Pelican did not publish it; it becomes a draft."
                report("date", "import.no-date", message, "Write its date, and remove 'draft'.")
        content.category = content.text("category")
        content.tags = _names(content, "tags") or _names(content, "keywords")
        content.authors = _names(content, "authors") or tuple(filter(None, [content.text("author")]))
        default_lang = str(settings["DEFAULT_LANG"] or "").lower()
        content.lang = content.text("lang") or default_lang
        content.is_default_lang = content.lang == default_lang
        self._add_slug(content)
        for key in content.metadata:
            if key not in _KNOWN_KEYS and content.text(key):
                message = (
                    f"{quote(content.metadata[key][0][0])} of '{key}' has no counterpart, and is left out."
                )
                self.report(content, content.line_of(key), "import.dropped", message, severity="info")

    def _add_slug(self, content: _Content) -> None:
        content.slug = content.text("slug")
        if content.slug:
            return
        source = content.title
        if self.settings["SLUGIFY_SOURCE"] == "basename":
            source = posixpath.splitext(posixpath.basename(content.path))[0]
        content.slug = self.settings.slugify(source)
        is_exact = self.settings["SLUGIFY_USE_UNICODE"] or is_exact_in_ascii(source)
        if not is_exact and not content.text("save_as"):
            message = f"the URL that Pelican derived from {quote(source)} is not known."
            hint = "Write it as 'Slug' or 'Url' and 'Save_as', as the old site has it."
            self.report(content, content.line_of("title"), "import.unsupported", message, hint)

    def _read_date(self, text: str, zone_name: str) -> date | tuple[date] | None:
        """Return a date or time; in a tuple, the first day of a month; None if the text is none."""
        text = " ".join(text.split())
        clock = _TIME.search(text)
        day = _parse_day(text[: clock.start()] if clock else text)
        if day is None:
            month = parse_time(text, _MONTH_FORMATS)
            return (month.date(),) if month else None
        if clock is None:
            return day
        words = " ".join(clock["time"].upper().split())
        parsed = parse_time(words, _TIME_FORMATS)
        if parsed is None:
            return None
        zone = self._find_zone(zone_name) if zone_name else self.zone
        if clock["zone"]:
            offset = parse_time(clock["zone"].replace(":", "").replace("Z", "+0000"), ("%z",))
            zone = offset.tzinfo or UTC if offset else UTC
        return datetime.combine(day, parsed.time(), zone)

    # URLs

    def _add_urls(self, content: _Content) -> None:
        kind = "PAGE" if content.is_page else "ARTICLE"
        if content.status == "draft":
            kind = "DRAFT_PAGE" if content.is_page else "DRAFT"
        if not content.is_default_lang:
            kind += "_LANG"
        values: dict[str, Any] = {key: texts[0][0] for key, texts in content.metadata.items() if texts}
        category, author = content.category, content.authors[0] if content.authors else ""
        values |= {
            "path": content.path,
            "slug": content.slug,
            "lang": content.lang,
            "date": self._moment(content.created),
            "author": self.settings.slugify(author, "AUTHOR"),
            "category": self.settings.slugify(category, "CATEGORY"),
        }
        if content.created is None:
            # Pelican fills in the present day.
            del values["date"]
        own = {key: content.text(key).lstrip("/") for key in ("save_as", "url")}
        content.save_as = own["save_as"] or self.settings.expand(f"{kind}_SAVE_AS", values)
        # What is not saved has no URL.
        content.url = own["url"] or own["save_as"]
        if not content.url and content.save_as:
            content.url = self.settings.expand(f"{kind}_URL", values)
        for key in ("save_as", "url"):
            if ".." in own[key].split("/"):
                message = f"{quote(content.text(key))} leads out of the site, and is not used."
                self.report(content, content.line_of(key), "import.outside", message)
                content.url = content.save_as = ""

    def _moment(self, day: date | None) -> datetime:
        if isinstance(day, datetime):
            return day
        return datetime.combine(day or date(1, 1, 1), time(), self.zone)

    def _ordered(self) -> list[_Content]:
        """Return all contents in the order in which Pelican writes them."""
        articles = [content for content in self.contents.values() if not content.is_page]
        articles.sort(key=lambda content: self._moment(content.created), reverse=True)
        return [*articles, *(content for content in self.contents.values() if content.is_page)]

    # Bodies

    def _make_page(self, content: _Content) -> ImportedPage:
        body = self._convert_body(content)
        url = f"/{content.url}" if content.url else ""
        aliases = []
        if content.save_as and content.save_as not in (content.url, f"{content.url}index.html"):
            aliases.append(f"/{content.save_as}")
        is_post = not content.is_page
        if content.status == "hidden" and is_post:
            # A page is in no list and no feed either.
            is_post = False
            message = "this hidden article becomes a page, because a post is in the lists of posts."
            self.report(content, content.line_of("status"), "import.unsupported", message, severity="info")
        slug = content.slug if content.is_default_lang else f"{content.slug}-{content.lang}"
        page = ImportedPage(
            source=self.files.display(self.root + content.path),
            title=content.title,
            body=body,
            format=content.format,
            line=content.line,
            is_post=is_post,
            url=url,
            aliases=tuple(aliases),
            slug=slug.strip("/"),
            created=content.created,
            updated=content.updated,
            draft=content.status == "draft",
            categories=tuple(filter(None, [content.category])) if is_post else (),
            tags=content.tags,
            authors=content.authors if is_post else (),
            description=strip_tags(self._summary(content)),
            image=self._find_image(content),
            feed_id=self._feed_id(content) if is_post and content.status == "published" else "",
            front_matter=_other_front_matter(content),
            problems=content.problems,
        )
        if not content.is_default_lang:
            message = f"this is in the language {quote(content.lang)}; it is imported as it is."
            self.report(content, content.line_of("lang"), "import.unsupported", message, severity="info")
        return page

    def _convert_body(self, content: _Content) -> str:
        if content.is_rst:
            return self._convert_rst(content)

        def resolve(link: Link) -> str | None:
            return self._resolve(content, link.target, link.is_image, link.line)

        if content.format == "html":
            return rewrite_html_links(content.body, resolve, first_line=content.line)
        if content.format == "notebook":
            return self._convert_notebook(content)
        return self._convert_markdown(content, content.body, resolve, content.line)

    def _convert_markdown(
        self, content: _Content, text: str, resolve: Callable[[Link], str | None], line: int
    ) -> str:
        body = rewrite_links(text, resolve, PYTHON_MARKDOWN, first_line=line)

        def report(line: int, code: str, message: str, hint: str) -> None:
            self.report(content, line, code, message, hint, severity="info")

        return convert_python_markdown(
            body, self.extensions, report, has_formulas=self.has_formulas, first_line=line
        )

    def _convert_rst(self, content: _Content) -> str:
        from portfolio.importer.readers.pelican.restructured_text import convert_rst

        def replace_target(target: str, is_image: bool, line: int) -> str | None:
            return self._resolve(content, target, is_image, line)

        document = convert_rst(content.body, replace_target)
        for message in document.messages:
            severity: Severity = "error" if message.is_error else "warning"
            text = message.text if message.text.endswith((".", "!", "?")) else f"{message.text}."
            self.report(content, message.line, "import.invalid-rst", text, severity=severity)
        # Its lines are not those of the source.
        return document.html

    def _convert_notebook(self, content: _Content) -> str:
        notebook = json.loads(content.body)

        def resolve(link: Link) -> str | None:
            return self._resolve(content, link.target, link.is_image, 1)

        rewrite_text_cells(notebook, lambda text: rewrite_links(text, resolve))
        return json.dumps(notebook, ensure_ascii=False, indent=1)

    def _summary(self, content: _Content) -> str:
        for key in ("description", "summary"):
            if values := content.metadata.get(key):
                return heading_text(" ".join(text for text, _ in values))
        return ""

    def _find_image(self, content: _Content) -> str:
        for key in _IMAGE_KEYS:
            if target := content.text(key):
                if _INTRASITE.match(target):
                    return self._resolve(content, target, True, content.line_of(key)) or ""
                return target if re.match(r"[a-z]+:|/", target) else f"/{target}"
        return ""

    def _feed_id(self, content: _Content) -> str:
        """Return the id of the entry of an article, as Pelican's feedgenerator makes it."""
        parts = urlsplit(f"{self.settings['SITEURL']}/{content.url}")
        if not parts.hostname:
            return ""
        return f"tag:{parts.hostname},{self._moment(content.created):%Y-%m-%d}:{parts.path}"

    # Links

    def _resolve(self, content: _Content, target: str, is_image: bool, line: int) -> str | None:
        """Return the URL of a target, or None if it leads nowhere."""
        match = _INTRASITE.match(target.replace("%7B", "{").replace("%7D", "}"))
        if match is None:
            return target
        what, value = match["what"].lower(), match["value"]
        path, suffix = divide_url(value)
        if what == "index":
            return f"/{self.settings['INDEX_SAVE_AS']}{suffix}"
        if what in ("category", "tag", "author"):
            name = unquote(path)
            url = self.settings.expand(f"{what.upper()}_URL", self._name_values(name, what))
            return f"/{url}{suffix}"
        if what not in ("filename", "static", "attach"):
            self._report_target(content, line, f"{quote('{' + what + '}')} is no notation of Pelican.")
            return None
        for candidate in (path, unquote(path), unescape(path)):
            file_url = self._find_file(content, what, candidate)
            if file_url is not None:
                return f"/{file_url}{suffix}" if file_url else None
        kind = "import.missing-file" if is_image or what != "filename" else "import.dead-link"
        self._report_target(content, line, f"there is no file for {quote(target)}.", kind)
        return None

    def _report_target(
        self, content: _Content, line: int, message: str, code: str = "import.unsupported"
    ) -> None:
        self.report(content, line, code, message)

    def _find_file(self, content: _Content, what: str, value: str) -> str | None:
        """Return the URL of an article, page or file, or None if there is none at a path."""
        folder = posixpath.dirname(content.path)
        path = posixpath.normpath(
            value.lstrip("/") if value.startswith("/") else posixpath.join(folder, value)
        )
        if what == "filename" and (target := self.contents.get(path)) is not None:
            return target.url
        if path.startswith("..") or self.root + path not in self.files:
            return None
        if path in self.static_urls:
            return self.static_urls[path]
        saved, url = self._static_path(path, "SAVE_AS"), self._static_path(path, "URL")
        if what == "attach" and "path" not in self._path_metadata(path):
            tail = posixpath.relpath(path, folder or ".")
            tail = posixpath.basename(path) if tail.startswith("../") else tail
            saved = url = posixpath.join(posixpath.dirname(content.save_as), tail)
            self.site.files.pop(f"/{path}", None)
        self.static_urls[path] = url
        self.add_file(saved, self.root + path)
        return url

    # Lists

    def _name_values(self, name: str, kind: str) -> dict[str, str]:
        return {"name": name, "slug": self.settings.slugify(name, kind.upper())}

    def _add_lists(self) -> None:
        settings = self.settings
        articles = [
            content for content in self._ordered() if not content.is_page and content.status == "published"
        ]
        originals = _without_translations(articles)
        for name in settings["DIRECT_TEMPLATES"]:
            kind = {"archives": "archive"}.get(name, name)
            saved = settings.values.get(f"{str(name).upper()}_SAVE_AS", f"{name}.html")
            url = settings.values.get(f"{str(name).upper()}_URL", f"{name}.html")
            if (
                isinstance(saved, str)
                and saved
                and kind in ("index", "archive", "tags", "categories", "authors")
            ):
                self._add_list(saved, url, kind, "", name, len(originals))
        for kind in ("category", "tag", "author"):
            # By slug: the first name and the number of articles.
            names: dict[str, str] = {}
            counts: dict[str, int] = defaultdict(int)
            for content in originals:
                for name in {"category": (content.category,), "tag": content.tags, "author": content.authors}[
                    kind
                ]:
                    if name:
                        slug = settings.slugify(name, kind.upper())
                        names.setdefault(slug, name)
                        counts[slug] += 1
            for slug, name in names.items():
                values = {"name": name, "slug": slug}
                if saved := settings.expand(f"{kind.upper()}_SAVE_AS", values):
                    url = settings.expand(f"{kind.upper()}_URL", values)
                    self._add_list(saved, url, kind, name, kind, counts[slug])
                for suffix in ("ATOM", "RSS"):
                    feed_kind = "feed" if kind == "author" else f"{kind} feed"
                    self._add_feed(f"{kind.upper()}_FEED_{suffix}", values, feed_kind, name)
        for name in ("FEED_ATOM", "FEED_RSS", "FEED_ALL_ATOM", "FEED_ALL_RSS"):
            self._add_feed(name, {}, "feed", "")
        for lang in {content.lang for content in articles}:
            for name in ("TRANSLATION_FEED_ATOM", "TRANSLATION_FEED_RSS"):
                self._add_feed(name, {"lang": lang}, "feed", "")
        for content in originals:
            for period in ("YEAR", "MONTH", "DAY"):
                day = {"date": self._moment(content.created)}
                for key in ("SAVE_AS", "URL"):
                    if settings[f"{period}_ARCHIVE_SAVE_AS"] and (
                        path := settings.expand(f"{period}_ARCHIVE_{key}", day)
                    ):
                        self.site.lists[f"/{path}"] = OldList("archive")

    def _add_feed(self, setting: str, values: dict[str, Any], kind: Any, name: str) -> None:
        if self.settings[setting] and (path := self.settings.expand(setting, values)):
            self.site.lists[f"/{path}"] = OldList(kind, "" if kind == "feed" else name)

    def _add_list(self, saved: str, url: object, kind: Any, name: str, template: str, count: int) -> None:
        """Add a list and its further pages."""
        old: OldList = OldList(kind, name)
        self.site.lists[f"/{saved.removeprefix('/')}"] = old
        if isinstance(url, str) and url:
            self.site.lists.setdefault(f"/{url.removeprefix('/')}", old)
        templates = self.settings["PAGINATED_TEMPLATES"]
        per_page = (
            (templates.get(template) or self.settings["DEFAULT_PAGINATION"]) if template in templates else 0
        )
        if not isinstance(per_page, int) or per_page < 1:
            return
        orphans = self.settings["DEFAULT_ORPHANS"]
        last = ceil(max(1, count - (orphans if isinstance(orphans, int) else 0)) / per_page)
        stem, extension = posixpath.splitext(saved)
        folder, file = posixpath.split(saved)
        for number in range(2, last + 1):
            rules = [rule for rule in self.settings["PAGINATION_PATTERNS"] if 0 < rule[0] <= number]
            last_rules = [rule for rule in self.settings["PAGINATION_PATTERNS"] if rule[0] == -1]
            rules = last_rules if number == last and last_rules else rules
            values = {
                "save_as": saved,
                "url": url if isinstance(url, str) else saved,
                "name": stem,
                "base_name": folder if file in ("index.html", "index.htm") else stem,
                "extension": extension,
                "number": number,
            }
            for pattern in rules[-1][1:] if rules else ():
                try:
                    path = expand_pattern(str(pattern), values).removeprefix("/")
                except ValueError as error:
                    self.settings.report("PAGINATION_PATTERNS", f"{quote(pattern)} cannot be read: {error}.")
                    continue
                if path:
                    self.site.lists.setdefault(f"/{path}", old)


def _has_formulas(plugins: object) -> bool | None:
    """Whether formulas are rendered by a plugin, None if the settings do not say."""
    if not isinstance(plugins, list | tuple):
        return None
    return any("math" in str(plugin) for plugin in plugins) or None


def _read_html(content: _Content) -> None:
    """Read an HTML file: its ``title`` and ``meta`` elements are the metadata."""
    content.format = "html"
    parser = lxml.html.HTMLParser(encoding="utf-8")
    try:
        root = lxml.html.document_fromstring(content.body.encode(), parser=parser)
    except lxml.etree.ParserError:  # There is no element.
        return
    for element in root.iter("title", "meta"):
        line = element.sourceline or 1
        name = "title" if element.tag == "title" else str(element.get("name", "")).lower()
        value = element.text_content() if name == "title" else element.get("content", "")
        if name and name not in ("viewport", "generator"):
            content.metadata.setdefault("tags" if name == "keywords" else name, []).append((value, line))
    if match := re.search(r"<body[^>]*>", content.body, re.IGNORECASE):
        end = content.body.lower().rfind("</body")
        content.line = content.body.count("\n", 0, match.end()) + 1
        content.body = content.body[match.end() : end if end >= match.end() else None]


def _find_title(content: _Content) -> str:
    """Return the text of the first heading of Markdown."""
    match = (
        re.search(r"^#{1,2}[ \t]+(.+)$", content.body, re.MULTILINE) if content.format == "markdown" else None
    )
    return heading_text(match[1]) if match else ""


def _names(content: _Content, key: str) -> tuple[str, ...]:
    """Return a list of names, which a text separates by semicolons, or else by commas."""
    texts = [text for text, _ in content.metadata.get(key, ())]
    names: list[str] = []
    for text in texts:
        names += text.split(";") if ";" in text else text.split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _other_front_matter(content: _Content) -> dict[str, Any]:
    series, part, subtitle = content.text("series"), content.text("series_index"), content.text("subtitle")
    values: dict[str, Any] = {"subtitle": strip_tags(subtitle)} if subtitle else {}
    if series:
        values["series"] = series
        if part.isdigit() and int(part):
            values["part"] = int(part)
    return values


def _without_translations(articles: list[_Content]) -> list[_Content]:
    """Return the articles that Pelican lists: of each slug, those in the default language if any are."""
    groups: dict[str, list[_Content]] = defaultdict(list)
    for content in articles:
        groups[content.slug].append(content)
    listed: list[_Content] = []
    for group in groups.values():
        candidates = [c for c in group if c.text("translation").lower() in ("", "false")] or group
        originals = [content for content in candidates if content.is_default_lang]
        listed += originals or candidates[:1]
    return listed


def _parse_day(text: str) -> date | None:
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.strip().rstrip(","))
    day = parse_time(text, _DATE_FORMATS)
    return day.date() if day else None
