"""Reads a Jekyll folder: posts, drafts, pages and collections, by the rules of Jekyll 4.3.

The configuration, the front matter and the data are read as data, and templates are rendered by
`portfolio.importer.liquid`; nothing of the folder is executed. URLs are relative to the site's base
(``baseurl``), which `ImportedSite.url` contains.
"""

from __future__ import annotations

import csv
import fnmatch
import html
import io
import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, partial
from math import ceil
from typing import Any, Literal
from urllib.parse import quote as percent_encode
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, Severity, did_you_mean, quote
from portfolio.core.positions import Document, KeyPath, load_json, load_yaml
from portfolio.importer.html_to_markdown import convert_html
from portfolio.importer.input_files import InputFiles
from portfolio.importer.kramdown import Element, KramdownOptions, convert_kramdown
from portfolio.importer.liquid import Liquid, Rendered, TagCall, format_value, slugify
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, ListKind, OldList
from portfolio.importer.readers import Progress

_CONFIG_FILES = ("_config.yml", "_config.yaml", "_config.toml")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?\n?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_POST_NAME = re.compile(r"(?:.*/)?(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>[^/]*)(?P<suffix>\.[^.]+)$")
_DATE = re.compile(r"(\d{2,4})-(\d{1,2})-(\d{1,2})$")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:[Tt]|\s+)(?P<time>\d{1,2}:\d\d)(?P<seconds>:\d\d)?(?:\.\d*)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{1,2}:?(?:\d\d)?)?$"
)
# Other ways to write a date that Ruby's Time.parse reads in one way only.
_WORDY_DATES = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_STYLES = {
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}
_EXCLUDED = (
    ".sass-cache",
    ".jekyll-cache",
    "gemfiles",
    "Gemfile",
    "Gemfile.lock",
    "node_modules",
    "vendor/bundle/",
    "vendor/cache/",
    "vendor/gems/",
    "vendor/ruby/",
)
_DEFAULTS: dict[str, Any] = {
    "markdown_ext": "markdown,mkdown,mkdn,mkd,md",
    "permalink": "date",
    "excerpt_separator": "\n\n",
    "paginate_path": "/page:num",
    "collections_dir": "",
    "destination": "_site",
    "data_dir": "_data",
    "includes_dir": "_includes",
    "layouts_dir": "_layouts",
}
# Files that a template makes and that this site makes itself, or that no reader opens.
_MADE_ANYWAY = (
    "sitemap.xml",
    "robots.txt",
    "redirects.json",
    "manifest.json",
    "site.webmanifest",
    "browserconfig.xml",
)
_CODE_FILES = (".css", ".scss", ".sass", ".js", ".coffee", ".ts", ".map")
# The stand-in for the base of the site's URL, until it is known whether its host comes before it.
_BASE = "\ue0b4"
_FIGURE = re.compile(r"(?:^|[/_-])(?:figures?|fig|image|images|img|picture|photo)(?:[._-]|$)", re.IGNORECASE)
_PARAMETER = re.compile(
    r"""(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<value>[\w.-]+))""",
    re.DOTALL,
)
_HIGHLIGHT = re.compile(r"""^(?P<language>[\w.+#-]+)(?P<options>(?:\s+\w+(?:=(?:\w+|"[\d\s]*"))?)*)$""")
# How templates list posts, and what such a page is.
_LOOPS: tuple[tuple[str, ListKind], ...] = (
    (r"paginator\.posts", "index"),
    (r"site\.tags", "tags"),
    (r"site\.categories", "categories"),
    (r"site\.posts", "archive"),
)
# Layouts that list posts in common themes.
_LIST_LAYOUTS: dict[str, ListKind] = {
    "home": "index",
    "blog": "index",
    "archive": "archive",
    "archives": "archive",
    "tags": "tags",
    "tag-archive": "tags",
    "categories": "categories",
    "category-archive": "categories",
    "category": "category",
    "tag": "tag",
}
# A page with fewer words beside its list of posts is nothing but the list.
_MIN_WORDS = 12
_IMAGE_KEYS = (
    "image",
    "thumbnail",
    "teaser",
    "overlay_image",
    "cover",
    "feature",
    "img",
    "path",
    "src",
    "url",
)

ProblemKind = Literal["invalid", "unknown", "unsupported", "too-large", "dropped"]
_CODES: dict[str, tuple[str, Severity]] = {
    "invalid": ("import.invalid", "error"),
    "unknown": ("import.dropped", "warning"),
    "unsupported": ("import.unsupported", "warning"),
    "too-large": ("import.too-large", "error"),
    "dropped": ("import.dropped", "info"),
}


def detect(files: InputFiles) -> bool:
    """Whether the files are a Jekyll site."""
    return find_base(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read a Jekyll site."""
    return JekyllReader(files, progress).read()


def find_base(files: InputFiles) -> str | None:
    """Return the folder of a Jekyll site, with a slash at its end unless it is empty; None without one.

    An archive often has everything in one folder.
    """
    for config in sorted(files.match(*_CONFIG_FILES, *(f"*/{name}" for name in _CONFIG_FILES)), key=len):
        base = config[: config.rindex("_config.")]
        own = [path.removeprefix(base) for path in files.paths if path.startswith(base)]
        if any(
            re.match(r"(?:_layouts|_includes|_drafts|_data)/|Gemfile$|(?:.*/)?_posts/", path) for path in own
        ):
            return base
    posts = [path for path in files.match("_posts/*", "*/_posts/*") if _POST_NAME.match(path)]
    return posts[0][: posts[0].index("_posts/")].partition("/")[0] and "" if posts else None


@dataclass
class JekyllDocument:
    """A post, draft, page or document of a collection.

    ``path`` is relative to the source, ``label`` the collection or "pages". ``data`` is the front matter with
    its defaults; scalars are texts. ``day`` is the date in the site's time zone, ``date`` as it was written.
    """

    path: str
    label: str
    data: dict[str, Any]
    body: str
    line: int
    front: Document
    is_draft: bool = False
    is_published: bool = True
    slug: str = ""
    title: str = ""
    url: str = ""
    id: str = ""
    date: date | None = None
    day: datetime = datetime(1, 1, 1, tzinfo=UTC)
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    @property
    def suffix(self) -> str:
        """The suffix of the file, with its dot."""
        return posixpath.splitext(self.path)[1]


class JekyllReader:
    """Reads a Jekyll site. A theme's reader can replace the methods that have no underscore."""

    def __init__(self, files: InputFiles, progress: Progress) -> None:
        self.files = files
        self.progress = progress
        self.site = ImportedSite(files.path.name)
        self.base = find_base(files) or ""
        self.config: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.documents: list[JekyllDocument] = []
        self.static_files: dict[str, str] = {}
        self._now = datetime.now(UTC)

    def read(self) -> ImportedSite:
        """Read the whole site."""
        self.site.problems += self.files.problems
        self._read_config()
        self.site.url = self.root_url
        self._read_files()
        posts = [document for document in self.documents if document.label == "posts"]
        posts.sort(key=lambda document: (document.day, document.path), reverse=True)
        self._add_feeds(posts)
        for index, document in enumerate(self.documents):
            self.progress(index, len(self.documents))
            self.add_document(document)
        self.progress(len(self.documents), len(self.documents))
        self._add_archives(posts)
        self._add_authors()
        return self.site

    # Settings

    def _read_config(self) -> None:
        self.config = dict(_DEFAULTS)
        self.settings = dict(_DEFAULTS)
        path = next((name for name in _CONFIG_FILES if f"{self.base}{name}" in self.files), None)
        if path is None:
            return
        raw, typed = self._load_data(f"{self.base}{path}")
        if isinstance(raw, dict):
            self.config |= {key: value for key, value in raw.items() if value is not None}
            self.settings |= typed
        elif raw is not None:
            self.report_at(f"{self.base}{path}", 1, "invalid", "expected a mapping of settings.")
        source = self.text_setting("source").strip("./")
        if source:
            self.base = f"{self.base}{source}/"

    def text_setting(self, name: str) -> str:
        """Return a setting of ``_config.yml`` that is a text, or an empty one."""
        value = self.config.get(name)
        return value if isinstance(value, str) else ""

    def list_setting(self, name: str) -> list[str]:
        """Return a setting of ``_config.yml`` that is a list of texts, or an empty one."""
        value = self.config.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    @cached_property
    def root_url(self) -> str:
        """The URL of the site with a slash at its end, or an empty text."""
        url = self.text_setting("url").rstrip("/")
        return f"{url}{self.base_path}/" if url else ""

    @cached_property
    def base_path(self) -> str:
        """The path of the site below its host, with a slash at its beginning, or empty."""
        base = self.text_setting("baseurl").strip("/")
        return f"/{base}" if base else ""

    @cached_property
    def plugins(self) -> set[str]:
        """The plug-ins that ``_config.yml`` names, in the present way or the one of Jekyll 2."""
        return {*self.list_setting("plugins"), *self.list_setting("gems")}

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone of the site."""
        name = self.text_setting("timezone")
        try:
            return ZoneInfo(name) if name else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"timezone: there is no time zone {quote(name)}; UTC is used."
            self.report_at(
                f"{self.base}_config.yml", 1, "invalid", message, "Write a name such as Europe/Paris."
            )
            return UTC

    @cached_property
    def collections(self) -> dict[str, dict[str, Any]]:
        """The settings of each collection."""
        value = self.config.get("collections")
        if isinstance(value, list):
            value = {name: {} for name in value if isinstance(name, str)}
        named = value if isinstance(value, dict) else {}
        collections = {name: item if isinstance(item, dict) else {} for name, item in named.items()}
        style = str(self.config["permalink"])
        posts = {"permalink": _STYLES.get(style, style), **collections.get("posts", {}), "output": "true"}
        return {**collections, "posts": posts}

    @cached_property
    def markdown_suffixes(self) -> set[str]:
        """The suffixes of Markdown files, with their dots."""
        return {f".{suffix.strip()}" for suffix in str(self.config["markdown_ext"]).split(",")}

    # Files

    def _read_files(self) -> None:
        paths = [path.removeprefix(self.base) for path in self.files.paths if path.startswith(self.base)]
        for path in paths:
            label = self._find_label(path)
            if label is None:
                continue
            if label in ("posts", "drafts") or self._has_front_matter(path):
                if (document := self._read_document(path, label)) is not None:
                    self.documents.append(document)
            elif label == "pages" or label in self.collections:
                url = self._static_url(path)
                self.static_files[url] = path
                self.site.files[url] = partial(self.files.read_bytes, f"{self.base}{path}")
        for document in self.documents:
            self._complete(document)

    def _find_label(self, path: str) -> str | None:
        """Return the collection of a file, "drafts" or "pages"; None if it is no part of the site."""
        parts = path.split("/")
        if self._is_excluded(path):
            return None
        collections_dir = str(self.config["collections_dir"]).strip("/")
        inner = parts
        if collections_dir and path.startswith(f"{collections_dir}/"):
            inner = path.removeprefix(f"{collections_dir}/").split("/")
        for index, part in enumerate(inner[:-1]):
            if part in ("_posts", "_drafts"):
                return None if self._is_special(inner[index + 1 :]) else part[1:]
            if index == 0 and part.startswith("_") and part[1:] in self.collections:
                return None if self._is_special(inner[1:]) else part[1:]
            if self._is_special([part]) and not self._is_included(part):
                # Pages that nobody can see yet.
                return "pages" if index == 0 and part == "_pages" else None
        if path in (*_CONFIG_FILES, *_EXCLUDED) or (
            self._is_special(parts[-1:]) and not self._is_included(path)
        ):
            return None
        return "pages"

    def _is_special(self, parts: list[str]) -> bool:
        return any(part[:1] in "._#~" or part.endswith("~") for part in parts)

    def _is_included(self, path: str) -> bool:
        return any(
            fnmatch.fnmatchcase(path, pattern.strip("/"))
            for pattern in [".htaccess", *self.list_setting("include")]
        )

    def _is_excluded(self, path: str) -> bool:
        destination = str(self.config["destination"]).removeprefix("./").rstrip("/")
        patterns = [*_EXCLUDED, *self.list_setting("exclude"), f"{destination}/"]
        return any(
            path.startswith(bare) or fnmatch.fnmatchcase(path, bare)
            for pattern in patterns
            if (bare := pattern.removeprefix("/")) and pattern not in self.list_setting("include")
        )

    def _has_front_matter(self, path: str) -> bool:
        if posixpath.splitext(path)[1] in (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".svg", ".mp4"):
            return False
        data = self.files.read_bytes(f"{self.base}{path}")
        return isinstance(data, bytes) and re.match(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n", data) is not None

    def _static_url(self, path: str) -> str:
        """Return the path of a file on the old site."""
        for label in self.collections:
            if path.startswith(f"_{label}/") and label != "posts":
                return f"/{path[1:]}"
        return f"/{path}"

    def _read_document(self, path: str, label: str) -> JekyllDocument | None:
        full = f"{self.base}{path}"
        suffix = posixpath.splitext(path)[1].lower()
        if label in ("posts", "drafts") and suffix not in (
            *self.markdown_suffixes,
            ".html",
            ".htm",
            ".textile",
        ):
            if suffix in (".rst", ".adoc", ".asciidoc", ".org"):
                message = f"{suffix[1:]} files are not read."
                self.report_at(
                    full, 1, "unsupported", message, "Convert it to Markdown, for example with pandoc."
                )
            return None
        text = self.files.read_text(full)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return None
        match = _FRONT_MATTER.match(text)
        front = Document(self.files.display(full))
        problems: list[Diagnostic] = []
        line = 1
        if match is not None:
            front, problems = load_yaml(self.files.display(full), match["yaml"], first_line=2)
            line = text.count("\n", 0, match.end()) + 1
        elif text.startswith("---\n"):
            problems.append(
                self.make_problem(
                    full, 1, "invalid", "the front matter is never closed.", "Write --- after it."
                )
            )
        if front.data is not None and not isinstance(front.data, dict):
            problems.append(self.make_problem(full, 2, "invalid", "the front matter is not a mapping."))
        own = front.data if isinstance(front.data, dict) else {}
        is_draft = label == "drafts"
        kind = "posts" if is_draft else label
        data = _merge(self._find_defaults(path, kind), own)
        body = text[match.end() :] if match else text
        return JekyllDocument(path, kind, data, body, line, front, is_draft=is_draft, problems=problems)

    def _find_defaults(self, path: str, kind: str) -> dict[str, Any]:
        """Return the front matter defaults of ``_config.yml`` for a file."""
        defaults: dict[str, Any] = {}
        previous: dict[str, Any] | None = None
        sets = self.config.get("defaults")
        for item in sets if isinstance(sets, list) else []:
            if not isinstance(item, dict) or not isinstance(item.get("values"), dict):
                continue
            scope = _as_mapping(item.get("scope"))
            wanted = scope.get("type")
            wanted = {"page": "pages", "post": "posts", "draft": "drafts"}.get(str(wanted), wanted)
            if wanted not in (None, kind) or not _is_in_scope(path, str(scope.get("path") or "")):
                continue
            if previous is None or _has_precedence(previous, scope):
                defaults, previous = _merge(defaults, item["values"]), scope
            else:
                defaults = _merge(item["values"], defaults)
        return defaults

    # Front matter

    def _complete(self, document: JekyllDocument) -> None:
        """Set the title, date, categories, tags and URL of a document."""
        data, full = document.data, f"{self.base}{document.path}"
        name = posixpath.splitext(posixpath.basename(document.path))[0]
        match = _POST_NAME.match(document.path) if document.label != "pages" else None
        document.slug = str(data.get("slug") or (match["slug"] if match else name).rstrip("."))
        if document.label == "posts" and match is None and not document.is_draft:
            message = "the name of this post does not begin with a date, so Jekyll did not publish it."
            hint = "Name it YYYY-MM-DD-title.md; it is imported as a draft."
            document.problems.append(self.make_problem(full, 1, "invalid", message, hint))
            document.is_draft = True
        titleized = " ".join(word.capitalize() for word in document.slug.split("-"))
        title = data.get("title")
        document.title = str(title) if isinstance(title, str) and title.strip() else ""
        if not document.title and document.label != "pages":
            document.title = titleized
        self._set_date(document, match["date"] if match else None)
        self._set_labels(document)
        document.is_published = (
            not document.is_draft
            and str(data.get("published", "true")).lower() not in ("false", "no", "off")
            and (
                _is_true(self.config.get("future")) or document.label != "posts" or document.day <= self._now
            )
            and (document.label == "pages" or _is_true(self.collections[document.label].get("output")))
            and not (
                document.path.startswith("_pages/")
                and document.label == "pages"
                and not self._is_included("_pages")
            )
        )
        document.url = self._make_url(document)
        slug = str(data.get("slug") or document.slug)
        document.id = posixpath.join(posixpath.dirname(document.url.rstrip("/") or "/"), slug)
        if document.label == "pages" and not document.title:
            heading = re.search(r"^#[ \t]+(.+?)[ \t#]*$", document.body, re.MULTILINE)
            title_text = heading[1] if heading else " ".join(re.split(r"[-_]", name)).capitalize()
            document.title = re.sub(r"[ \t]*\{[:#][^}]*\}$", "", title_text)

    def _set_date(self, document: JekyllDocument, name_date: str | None) -> None:
        written = document.data.get("date")
        is_own = isinstance(document.front.data, dict) and "date" in document.front.data
        parsed = None
        if isinstance(written, str):
            is_timestamp = document.front.tags.get(("date",), "").endswith(":timestamp") and is_own
            parsed = self.parse_date(written, is_timestamp=is_timestamp)
            if parsed is None:
                problem = document.front.diagnose(
                    ("date",),
                    f"{quote(written)} is not a date.",
                    "Write YYYY-MM-DD, or with a time YYYY-MM-DD hh:mm:ss +hhmm.",
                    code="import.invalid",
                )
                document.problems.append(problem)
        if parsed is None and name_date is not None:
            parsed = self.parse_date(name_date)
            if parsed is None:
                message = f"{quote(name_date)} is not a date."
                problem = self.make_problem(
                    f"{self.base}{document.path}", 1, "invalid", message, "Rename the file."
                )
                document.problems.append(problem)
        document.date = parsed
        if isinstance(parsed, datetime):
            document.day = parsed
        elif parsed is not None:
            document.day = datetime(parsed.year, parsed.month, parsed.day, tzinfo=self.zone)
        elif document.label != "pages":
            document.day = self._now.astimezone(self.zone)

    def parse_date(self, text: str, *, is_timestamp: bool = False) -> date | None:
        """Return a date, or a time in the site's zone, as Ruby reads it; None if it is neither.

        ``is_timestamp``: YAML reads the text as a time, which is in UTC if it names no zone.
        """
        text = text.strip()
        if match := _DATE.match(text):
            year, month, day = map(int, match.groups())
            try:
                return date(year + (0 if year > 99 else 1900 if year > 68 else 2000), month, day)
            except ValueError:
                return None
        if match := _TIME.match(text):
            year, month, day = map(int, match["date"].split("-"))
            hour, minute = map(int, match["time"].split(":"))
            second = int(match["seconds"][1:]) if match["seconds"] else 0
            try:
                moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
                zone = match["zone"]
                if zone is None and not is_timestamp:
                    return moment.replace(tzinfo=self.zone)
                if zone is not None and zone[0] in "+-":
                    digits = zone[1:].replace(":", "").ljust(4, "0") if len(zone) > 2 else f"0{zone[1:]}00"
                    moment = datetime.strptime(f"{moment:%Y%m%d%H%M%S}{zone[0]}{digits}", "%Y%m%d%H%M%S%z")
                return moment.astimezone(self.zone)
            except (ValueError, OverflowError):
                return None
        for pattern in _WORDY_DATES:
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        return None

    def _set_labels(self, document: JekyllDocument) -> None:
        data = document.data
        parts = document.path.split("/")
        folders = []
        if document.label == "posts":
            special = next(index for index, part in enumerate(parts) if part in ("_posts", "_drafts"))
            folders = parts[:special]
            collections_dir = str(self.config["collections_dir"]).strip("/")
            folders = folders[1:] if collections_dir and folders[:1] == [collections_dir] else folders
        categories = [
            *folders,
            *_list_names(data.get("categories")),
            *_list_names(data.get("category"), splits=False),
        ]
        document.categories = list(dict.fromkeys(categories))
        tags = _list_names(data["tag"], splits=False) if data.get("tag") else _list_names(data.get("tags"))
        document.tags = list(dict.fromkeys(tags))

    # URLs

    def _make_url(self, document: JekyllDocument) -> str:
        permalink = document.data.get("permalink")
        extension = self._output_suffix(document)
        if document.label == "pages":
            template = str(permalink) if permalink else self._page_template(document, extension)
            folder, name = posixpath.split(document.path)
            values = {
                "path": folder,
                "basename": posixpath.splitext(name)[0].rstrip("."),
                "output_ext": extension,
            }
        else:
            settings = self.collections[document.label]
            style = self.add_suffix("/:collection/:path", str(self.config["permalink"]))
            template = str(permalink or settings.get("permalink") or style)
            template = _STYLES.get(template, template) if not permalink else template
            values = self._placeholders(document, extension)

        def replace_placeholder(match: re.Match[str]) -> str:
            name = match[1]
            for key in (name, name.rstrip("_")):
                if key in values:
                    return _encode(values[key]) + name[len(key) :]
            if document.label == "pages":
                return match[0]
            message = f"permalink: there is no placeholder {quote(match[0])}."
            line, _ = document.front.position_of(("permalink",)) if permalink else (1, 1)
            path = f"{self.base}{document.path if permalink else '_config.yml'}"
            problem = self.make_problem(path, line, "invalid", message, did_you_mean(name, values))
            if problem not in self.site.problems:
                self.site.problems.append(problem)
            return ""

        url = _PLACEHOLDER.sub(replace_placeholder, template)
        return re.sub(r"/+", "/", f"/{url}".replace("..", "/").replace("./", ""))

    def _output_suffix(self, document: JekyllDocument) -> str:
        permalink = str(document.data.get("permalink") or "")
        if permalink and not permalink.endswith("/") and (suffix := posixpath.splitext(permalink)[1]):
            return suffix
        return ".html" if document.suffix in (*self.markdown_suffixes, ".textile") else document.suffix

    def _page_template(self, document: JekyllDocument, extension: str) -> str:
        if extension not in (".html", ".xhtml", ".htm"):
            return "/:path/:basename:output_ext"
        if posixpath.splitext(posixpath.basename(document.path))[0] == "index":
            return "/:path/"
        return self.add_suffix("/:path/:basename", str(self.config["permalink"]))

    def add_suffix(self, template: str, style: str) -> str:
        """Return a template of URLs with the end that a style of permalinks gives it."""
        if style == "pretty" or (style not in _STYLES and style.endswith("/")):
            return f"{template}/"
        if style in ("date", "ordinal", "none") or style.endswith(":output_ext"):
            return f"{template}:output_ext"
        return template

    def _placeholders(self, document: JekyllDocument, extension: str) -> dict[str, str]:
        name = posixpath.splitext(posixpath.basename(document.path))[0]
        match = _POST_NAME.match(document.path)
        given = document.data.get("slug")
        bare = match["slug"] if match else name
        day = document.day
        relative = posixpath.splitext(document.path)[0].partition(f"_{document.label}")[2]
        return {
            "collection": document.label,
            "path": relative.rstrip("."),
            "output_ext": extension,
            "name": slugify(bare),
            "title": slug_pretty(str(given or bare)),
            "slug": slugify(str(given or bare)),
            "categories": "/".join(dict.fromkeys(name.lower() for name in document.categories)),
            "slugified_categories": "/".join(dict.fromkeys(slugify(name) for name in document.categories)),
            "year": f"{day.year:04}",
            "short_year": f"{day:%y}",
            "month": f"{day:%m}",
            "i_month": str(day.month),
            "short_month": f"{day:%b}",
            "long_month": f"{day:%B}",
            "day": f"{day:%d}",
            "i_day": str(day.day),
            "y_day": f"{day:%j}",
            "w_year": f"{day:%G}",
            "week": f"{day:%V}",
            "w_day": f"{day:%u}",
            "short_day": f"{day:%a}",
            "long_day": f"{day:%A}",
            "hour": f"{day:%H}",
            "minute": f"{day:%M}",
            "second": f"{day:%S}",
        }

    # Pages

    def add_document(self, document: JekyllDocument) -> None:
        """Add the page of a document, or the list or feed that it makes."""
        full = f"{self.base}{document.path}"
        extension = self._output_suffix(document)
        if document.label == "pages" and extension not in (".html", ".htm", ".xhtml"):
            self._add_template(document)
            return
        if document.label not in ("pages", "posts") and not document.is_published:
            message = (
                f"the collection {quote(document.label)} has no pages on the old site, so this is left out."
            )
            document.problems.append(
                self.make_problem(full, 1, "unknown", message, "Copy its text where you want it.")
            )
            self.site.problems += document.problems
            return
        if document.url in ("/404.html", "/404"):
            return
        list_kind = self._find_list_kind(document)
        body, problems = self.render(document, has_posts=list_kind is None)
        if list_kind is not None and len(re.findall(r"\w+", _strip_tags(body))) < _MIN_WORDS:
            self._add_list(document, list_kind)
            self.site.problems += document.problems
            return
        if list_kind is not None:
            message = "the list of posts on this page is not imported, because this site makes its own lists."
            problems.append(self.make_problem(full, document.line, "unknown", message))
        page = self.make_page(document, body)
        page.problems += [*document.problems, *problems]
        self.site.pages.append(page)

    def make_page(self, document: JekyllDocument, body: str) -> ImportedPage:
        """Return the page of a document whose body is converted."""
        data = document.data
        aliases = [self._to_path(str(path)) for path in _as_list(data.get("redirect_from")) if path]
        if document.is_published:
            aliases += self._add_spellings(document.url)
        if target := data.get("redirect_to") or data.get("redirect"):
            target = str(_as_list(target)[0])
            body = (
                f"This page has moved to <{target}>.\n"
                if "://" in target
                else f"This page has moved to [{target}]({target}).\n"
            )
            message = f"this page sent its readers to {quote(target)}; it becomes a page with a link."
            hint = "Delete it, and add its URL to the aliases of that page."
            line, _ = document.front.position_of(("redirect_to",))
            document.problems.append(
                self.make_problem(f"{self.base}{document.path}", line, "unsupported", message, hint)
            )
        has_html_body = document.suffix in (".html", ".htm", ".xhtml")
        is_post = document.label == "posts"
        updated = next(
            (data[key] for key in ("last_modified_at", "updated", "modified", "lastmod") if data.get(key)),
            None,
        )
        updated = self.parse_date(updated) if isinstance(updated, str) else None
        own_description = data.get("description") or data.get("excerpt") or data.get("summary") or ""
        return ImportedPage(
            source=self.files.display(f"{self.base}{document.path}"),
            title=document.title,
            body=body,
            format="html" if has_html_body else "markdown",
            line=document.line,
            is_post=is_post,
            url=document.url if document.is_published else "",
            aliases=tuple(dict.fromkeys(aliases)),
            slug=slugify(unquote(posixpath.basename(document.url.rstrip("/")).removesuffix(".html")))
            if not is_post
            else slugify(document.slug),
            created=document.date,
            updated=updated,
            draft=document.is_draft or (not document.is_published and document.day <= self._now),
            categories=tuple(document.categories) if is_post else (),
            tags=tuple(document.tags),
            authors=tuple(self._author_name(author) for author in self._find_authors(data)),
            description=_strip_tags(own_description) if isinstance(own_description, str) else "",
            image=self._find_image(data),
            feed_id=self._feed_ids.get(document.url, "") if is_post and document.is_published else "",
        )

    def _add_spellings(self, url: str) -> list[str]:
        """Return other paths at which a host such as GitHub Pages serves a page."""
        return [f"{url}.html"] if not url.endswith("/") and not posixpath.splitext(url)[1] else []

    def _to_path(self, url: str) -> str:
        return url if url.startswith("/") else f"/{url}"

    def _find_authors(self, data: Mapping[str, Any]) -> list[Any]:
        value = data.get("authors") or data.get("author")
        return [author for author in _as_list(value) if author]

    def _author_name(self, author: Any) -> str:
        known = self._known_authors.get(author) if isinstance(author, str) else author
        if isinstance(known, dict):
            return str(known.get("name") or known.get("display_name") or author)
        return str(author)

    @cached_property
    def _known_authors(self) -> dict[str, Any]:
        known = self.data_files.get("authors")
        if isinstance(known, list):
            known = {
                str(item.get("username") or item.get("name")): item
                for item in known
                if isinstance(item, dict)
            }
        return known if isinstance(known, dict) else {}

    def _add_authors(self) -> None:
        names = {name for page in self.site.pages for name in page.authors}
        described: dict[str, dict[str, Any]] = {}
        candidates = [author for document in self.documents for author in self._find_authors(document.data)]
        for author in [*self._known_authors, *candidates]:
            details = self._known_authors.get(author) if isinstance(author, str) else author
            if isinstance(details, dict):
                described.setdefault(self._author_name(author), details)
        for name in sorted(names):
            details = described.get(name, {})
            self.site.authors.append(
                ImportedAuthor(
                    name,
                    description=_first_text(details, "bio", "description", "role"),
                    avatar=self._to_file_url(_first_text(details, "avatar", "picture", "image", "photo")),
                    url=_first_text(details, "url", "uri", "web", "website", "site"),
                )
            )

    def _find_image(self, data: Mapping[str, Any]) -> str:
        header = _as_mapping(data.get("header"))
        for values in (data, header):
            for key in (
                "image",
                "thumbnail",
                "teaser",
                "overlay_image",
                "cover",
                "img",
                "cover-img",
                "thumbnail-img",
            ):
                value = values.get(key)
                if isinstance(value, dict):
                    value = _first_text(value, "path", "src", "url", "feature", "teaser")
                if isinstance(value, list):
                    value = value[0] if value else None
                if isinstance(value, str) and value:
                    return self._to_file_url(value)
        return ""

    def _to_file_url(self, path: str) -> str:
        if not path or "://" in path or path.startswith("//"):
            return path
        return f"/{path.lstrip('/')}"

    def _find_list_kind(self, document: JekyllDocument) -> ListKind | None:
        if document.label != "pages":
            return None
        layout = str(document.data.get("layout") or "")
        for pattern, kind in _LOOPS:
            if re.search(r"\{%-?\s*(?:for\s|assign\s)[^%]*\b" + pattern, document.body):
                is_first = document.url in ("/", "/index.html", "/blog/", "/blog/index.html")
                return "index" if kind == "archive" and is_first else kind
        if isinstance(document.data.get("pagination"), dict):
            return "index"
        kind_of_layout = _LIST_LAYOUTS.get(layout)
        if kind_of_layout in ("category", "tag") and not document.data.get(kind_of_layout):
            return None
        return kind_of_layout

    def _add_list(self, document: JekyllDocument, kind: ListKind) -> None:
        name = str(document.data.get(kind) or "") if kind in ("category", "tag") else ""
        self.site.lists[document.url] = OldList(kind, name)
        for path in _as_list(document.data.get("redirect_from")):
            self.site.lists[self._to_path(str(path))] = OldList(kind, name)
        if kind == "index":
            self._add_pagination(document)

    def _add_pagination(self, document: JekyllDocument) -> None:
        posts = sum(item.label == "posts" and item.is_published for item in self.documents)
        values = _as_mapping(self.config.get("pagination"))
        values |= _as_mapping(document.data.get("pagination"))
        if _is_true(values.get("enabled")):
            size, pattern = values.get("per_page", "10"), str(values.get("permalink", "/page:num/"))
            template = posixpath.join(document.url, pattern.lstrip("/"))
        elif "paginate" in self.config and document.body.find("paginator") >= 0:
            size, template = self.config["paginate"], str(self.config["paginate_path"])
        else:
            return
        count = ceil(posts / int(size)) if str(size).isdigit() and int(size) else 1
        for number in range(2, min(count, 10_000) + 1):
            path = self._to_path(template.replace(":num", str(number)))
            self.site.lists[path if path.endswith(("/", ".html")) else f"{path}/"] = OldList("index")

    def _add_template(self, document: JekyllDocument) -> None:
        """Add a feed; report another file that a template makes."""
        name = posixpath.basename(document.url)
        if document.suffix in (".xml", ".rss", ".atom", ".json") and re.search(
            r"<(?:feed|rss)\b|jsonfeed\.org", document.body
        ):
            self.site.lists[document.url] = OldList("feed")
        elif document.suffix in _CODE_FILES or name in _MADE_ANYWAY:
            return
        else:
            message = "a template makes this file, and it is not imported."
            hint = "If others use it, copy the published file to docs/."
            self.report_at(f"{self.base}{document.path}", 1, "unsupported", message, hint)

    # Lists

    def _add_feeds(self, posts: list[JekyllDocument]) -> None:
        self._feed_ids: dict[str, str] = {}
        settings = _as_mapping(self.config.get("feed"))
        if self.plugins & {"jekyll-feed", "jekyll/feed"}:
            self.site.lists[self._to_path(str(settings.get("path") or "/feed.xml"))] = OldList("feed")
            for category in _as_list(settings.get("categories")):
                self.site.lists[f"/feed/{category}.xml"] = OldList("category feed", str(category))
            tags = settings.get("tags")
            if tags and tags != "false":
                values = _as_mapping(tags)
                names = _as_list(values.get("only")) or sorted({tag for post in posts for tag in post.tags})
                folder = str(values.get("path") or "/feed/by_tag/")
                for tag in names:
                    if tag not in _as_list(values.get("except")) and re.fullmatch(r"\w+", str(tag), re.ASCII):
                        self.site.lists[self._to_path(f"{folder}{tag}.xml")] = OldList("tag feed", str(tag))
            for post in posts:
                self._feed_ids[post.url] = self.absolute_url(post.id)
            return
        for document in self.documents:
            if document.label == "pages" and re.search(r"<(?:feed|rss)\b", document.body):
                self._feed_ids |= self._render_feed(document, posts)

    def _render_feed(self, document: JekyllDocument, posts: list[JekyllDocument]) -> dict[str, str]:
        """Return the id of each post, by its URL, in a feed that a template of the site makes."""
        paths = {self.absolute_url(post.url): post.url for post in posts}
        variables = {
            "site": {
                **self.settings,
                "baseurl": self.base_path,
                "posts": [
                    {"url": post.url, "id": post.id, "title": post.title, "date": str(post.day)}
                    for post in posts
                ],
            },
            "page": document.data,
        }
        filters = {**self.filters, "absolute_url": self.absolute_url, "relative_url": self.relative_url}
        liquid = Liquid(variables, lambda *_: None, {}, {**filters, "date_to_xmlschema": format_value})
        text = liquid.render(document.body).text.strip()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
        root = etree.fromstring(text.encode(), parser) if text else None
        ids: dict[str, str] = {}
        for entry in root.iter("{*}entry", "{*}item") if root is not None else ():
            links = [element.get("href") or element.text or "" for element in entry.iterfind("{*}link")]
            id = "".join(
                element.text or "" for element in (*entry.iterfind("{*}id"), *entry.iterfind("{*}guid"))[:1]
            )
            ids |= {paths[link.strip()]: id.strip() for link in links if link.strip() in paths and id.strip()}
        return ids

    def _add_archives(self, posts: list[JekyllDocument]) -> None:
        """Add the pages that jekyll-archives makes of categories, tags and years."""
        published = [post for post in posts if post.is_published]
        settings = self.config.get("jekyll-archives")
        if not isinstance(settings, dict) or not self.plugins & {"jekyll-archives", "jekyll-archives-v2"}:
            return
        values = _as_mapping(settings.get("posts")) or settings
        enabled = values.get("enabled", [])
        links = _as_mapping(values.get("permalinks"))
        mode = str(values.get("slug_mode", "default"))
        kinds: tuple[tuple[ListKind, str, set[str]], ...] = (
            ("category", "categories", {name for post in published for name in post.categories}),
            ("tag", "tags", {name for post in published for name in post.tags}),
        )
        for kind, plural, names in kinds:
            if enabled == "all" or plural in _as_list(enabled):
                template = str(links.get(kind) or links.get(plural) or f"/{kind}/:name/")
                for name in names:
                    path = template.replace(":type", kind).replace(":name", _encode(slugify(name, mode)))
                    self.site.lists[self._to_path(path)] = OldList(kind, name)
        for period, template, pattern in (
            ("year", "/:year/", "%Y"),
            ("month", "/:year/:month/", "%Y %m"),
            ("day", "/:year/:month/:day/", "%Y %m %d"),
        ):
            if enabled == "all" or period in _as_list(enabled):
                template = str(links.get(period) or template)
                for moment in {f"{post.day:{pattern}}" for post in published}:
                    path = template
                    for name, value in zip((":year", ":month", ":day"), moment.split(), strict=False):
                        path = path.replace(name, value)
                    self.site.lists[self._to_path(path)] = OldList("archive")

    # Bodies

    def render(self, document: JekyllDocument, *, has_posts: bool = True) -> tuple[str, list[Diagnostic]]:
        """Return the body of a document for this site, and its problems.

        ``has_posts``: templates can list posts.
        """
        problems: list[Diagnostic] = []
        full = f"{self.base}{document.path}"

        def report(kind: ProblemKind, line: int, message: str, hint: str) -> None:
            problem = self.make_problem(full, line, kind, message, hint)
            if problem not in problems:
                problems.append(problem)

        body = self._mark_excerpt(document)
        lines = [document.line + index for index in range(body.count("\n") + 1)]
        rendered = Rendered(body, lines)
        if str(document.data.get("render_with_liquid", "true")).lower() != "false" and "{" in body:
            variables = self.make_variables(document)
            if not has_posts:
                variables["site"] = {**variables["site"], "posts": [], "tags": {}, "categories": {}}
                variables["paginator"] = {"posts": [], "total_pages": 1}
            liquid = Liquid(variables, report, self.make_tags(document, report), self.filters)
            self._liquid = liquid
            rendered = liquid.render(body, document.line)
            rendered = Rendered(self._insert_base(rendered.text), rendered.lines)
        if document.suffix in self.markdown_suffixes:

            def convert_block(html_text: str, line: int) -> str:
                converted = convert_html(html_text, self.files.display(full), line)
                problems.extend(converted.problems)
                return converted.markdown.rstrip("\n")

            options = replace(
                self.kramdown_options,
                convert_html=convert_block,
                convert_element=partial(self.convert_element, report),
            )
            return convert_kramdown(rendered.text, rendered.lines, options, report), problems
        if document.suffix == ".textile":
            message = "Textile is not read, so the text is imported without its markup."
            report("unsupported", document.line, message, "Convert it to Markdown, for example with pandoc.")
        return rendered.text, problems

    def _mark_excerpt(self, document: JekyllDocument) -> str:
        separator = str(document.data.get("excerpt_separator") or self.config["excerpt_separator"])
        head, found, rest = document.body.partition(separator)
        if document.label != "posts" or not separator.strip() or not found or not rest.strip():
            return document.body
        return f"{head}<!-- more -->{'' if separator.startswith('<!--') else separator}{rest}"

    def _insert_base(self, text: str) -> str:
        """Replace the stand-in for the site's base: links begin with "/" at the base."""
        host = self.text_setting("url").rstrip("/")
        if host:
            text = text.replace(f"{host}{_BASE}", f"{host}{self.base_path}")
        return text.replace(f"{_BASE}//", "/").replace(_BASE, "")

    @cached_property
    def kramdown_options(self) -> KramdownOptions:
        """The options of kramdown in ``_config.yml``."""
        settings = _as_mapping(self.config.get("kramdown"))
        return KramdownOptions(
            is_gfm=str(settings.get("input", "GFM")) == "GFM",
            auto_ids=_is_true(settings.get("auto_ids", "true")),
            hard_wrap=_is_true(settings.get("hard_wrap", "false")),
            replaces_emoji="jemoji" in self.plugins,
        )

    def convert_element(self, _report: Callable[..., None], _element: Element) -> str | None:
        """Return the Markdown of an element, or None to leave it as it is."""
        return None

    def make_variables(self, document: JekyllDocument) -> dict[str, Any]:
        """Return the variables of a document's templates."""
        typed = document.front.map_scalars(_type_scalar) if isinstance(document.front.data, dict) else {}
        own = {**document.data, **typed}
        page = own | {
            "title": document.title,
            "url": document.url,
            "path": document.path,
            "name": posixpath.basename(document.path),
            "date": document.day if document.date else None,
            "categories": document.categories,
            "tags": document.tags,
            "slug": document.slug,
            "id": document.id,
        }
        return {"site": self._site_variables, "page": page, "jekyll": {"environment": "production"}}

    @cached_property
    def _site_variables(self) -> dict[str, Any]:
        lists = {label: self._describe(label) for label in (*self.collections, "pages")}
        return {**lists, **self.settings, "data": self.data_files, "baseurl": _BASE}

    def _describe(self, label: str) -> list[dict[str, Any]]:
        found = [document for document in self.documents if document.label == label and document.is_published]
        found.sort(key=lambda document: (document.day, document.path), reverse=label == "posts")
        return [
            {
                **document.data,
                "title": document.title,
                "url": document.url,
                "date": document.day,
                "categories": document.categories,
                "tags": document.tags,
                "path": document.path,
            }
            for document in found
        ]

    @cached_property
    def data_files(self) -> dict[str, Any]:
        """The values of the files in ``_data``, by their folders and names."""
        values: dict[str, Any] = {}
        folder = f"{self.base}{str(self.config['data_dir']).strip('/')}/"
        for path in self.files.paths:
            if path.startswith(folder):
                stem, suffix = posixpath.splitext(path.removeprefix(folder))
                *folders, name = stem.split("/")
                if suffix in (".yml", ".yaml", ".json"):
                    _, value = self._load_data(path)
                elif suffix in (".csv", ".tsv"):
                    text = self.files.read_text(path)
                    delimiter = "\t" if suffix == ".tsv" else ","
                    value = (
                        []
                        if isinstance(text, Diagnostic)
                        else list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
                    )
                else:
                    continue
                inner = values
                for part in folders:
                    inner = inner.setdefault(part, {})
                inner[name] = value
        return values

    def _load_data(self, path: str) -> tuple[Any, Any]:
        """Return the data of a file as texts and with types, or twice None; report what is wrong with it."""
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return None, None
        if path.endswith(".toml"):
            try:
                typed = tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                self.report_at(path, 1, "invalid", f"this is not TOML: {error}.")
                return None, None
            return json.loads(json.dumps(typed, default=str), parse_int=str, parse_float=str), typed
        if path.endswith(".json"):
            loaded, problems = load_json(self.files.display(path), text)
            self.site.problems += problems
            return loaded.data, loaded.data
        document, problems = load_yaml(self.files.display(path), text)
        self.site.problems += problems
        return document.data, document.map_scalars(_type_scalar)

    # Templates

    @cached_property
    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters that Jekyll adds to Liquid's."""
        return {
            "relative_url": self.relative_url,
            "absolute_url": self.relative_url,
            "strip_index": lambda value: re.sub(r"/index\.html?$", "/", format_value(value)),
            "markdownify": format_value,
            "jsonify": lambda value: json.dumps(value, ensure_ascii=False, default=str),
            "date_to_xmlschema": lambda value: (
                value.isoformat() if isinstance(value, date) else format_value(value)
            ),
            "bust_file_cache": lambda value: value,
        }

    def relative_url(self, value: Any) -> str:
        """Return a URL below the base of the site."""
        text = format_value(value).removeprefix(_BASE)
        return text if re.match(r"[a-z][\w+.-]*:|//", text) else f"/{text.lstrip('/')}"

    def absolute_url(self, value: Any) -> str:
        """Return a URL with its host, as Jekyll normalizes it."""
        path = percent_encode(unquote(format_value(value)), safe="/:@!$&'()*+,;=-._~")
        return f"{self.root_url.rstrip('/')}{path}" if self.root_url else f"{self.base_path}{path}"

    def make_tags(
        self, document: JekyllDocument, report: Callable[..., None]
    ) -> dict[str, Callable[[TagCall], str | None]]:
        """Return the tags that the templates of a document can use."""
        include = partial(self._include, document, report)
        return {
            "highlight": partial(self._highlight, report),
            "codeblock": partial(self._highlight, report),
            "link": partial(self._link, report),
            "post_url": partial(self._link_post, report),
            "include": include,
            "include_cached": include,
            "include_relative": include,
            "gist": lambda call: (
                f"[{call.markup}](https://gist.github.com/{call.markup.split()[0]})" if call.markup else None
            ),
            "youtube": partial(self._link_video, "https://www.youtube.com/watch?v="),
            "vimeo": partial(self._link_video, "https://vimeo.com/"),
            **{name: lambda _: "" for name in ("seo", "feed_meta", "toc", "increment", "decrement")},
        }

    def _highlight(self, report: Callable[..., None], call: TagCall) -> str:
        match = _HIGHLIGHT.match(call.markup)
        language, options = (match["language"].lower(), match["options"]) if match else ("", "")
        if match is None and call.name == "highlight":
            report("invalid", call.line, "highlight needs a language, and options such as linenos.", "")
        code = re.sub(r"\A\n+|\n+\Z", "", call.content or "")
        longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
        marks = "`" * max(3, longest + 1)
        attributes = ['linenums="1"'] if re.search(r"\blinenos\b", options) else []
        if lines := re.search(r'\b(?:hl_lines|mark_lines)="([\d\s]+)"', options):
            attributes.append(f'hl_lines="{" ".join(lines[1].split())}"')
        fence = [f"{marks}{language}", *code.split("\n"), marks]
        if attributes:
            fence.append(f"{{: {' '.join(attributes)}}}")
        return "\n".join([fence[0], *(f"{call.indentation}{line}" if line else "" for line in fence[1:])])

    def _link(self, report: Callable[..., None], call: TagCall) -> str:
        path = self._render_markup(call).lstrip("/")
        by_path = {document.path: document for document in self.documents}
        if document := by_path.get(path):
            return document.url
        if url := next((url for url, file in self.static_files.items() if file == path), None):
            return url
        message = f"there is no file {quote(path)} for {{% link %}}."
        report("invalid", call.line, message, did_you_mean(path, [*by_path, *self.static_files.values()]))
        return "#"

    def _link_post(self, report: Callable[..., None], call: TagCall) -> str:
        name = self._render_markup(call).lstrip("/")
        posts = [document for document in self.documents if document.label == "posts"]
        names: dict[str, JekyllDocument] = {}
        for document in posts:
            stem = posixpath.splitext(document.path)[0]
            before, _, after = stem.partition("_posts/")
            for spelling in (f"{before}{after}", after, posixpath.basename(after)):
                names.setdefault(spelling, document)
        if (named := names.get(name)) is not None:
            return named.url
        # As Jekyll does, accept the day and the slug.
        if match := _POST_NAME.match(f"{name}.md"):
            day = self.parse_date(match["date"])
            for document in posts:
                if document.slug == match["slug"] and document.day.date() == day:
                    return document.url
        message = f"there is no post {quote(name)}."
        report("invalid", call.line, message, did_you_mean(name, names))
        return "#"

    def _render_markup(self, call: TagCall) -> str:
        return self._liquid.render_with(call.markup, {}, call.line).strip()

    def _link_video(self, url: str, call: TagCall) -> str | None:
        words = call.markup.split()
        if not words:
            return None
        id = format_value(call.lookup(words[0])) or words[0]
        return f"[{url}{id}]({url}{id})"

    def _include(self, document: JekyllDocument, report: Callable[..., None], call: TagCall) -> str | None:
        markup = call.markup
        name_match = re.match(r"[^{\s]*(?:\{\{.*?\}\}[^\s{}]*)+|\S+", markup, re.DOTALL)
        if name_match is None:
            report("invalid", call.line, "include needs the name of a file.", "")
            return ""
        name = self._liquid.render_with(name_match[0], {}, call.line)
        parameters: dict[str, Any] = {}
        for match in _PARAMETER.finditer(markup, name_match.end()):
            quoted = match["double"] if match["double"] is not None else match["single"]
            value = re.sub(r"\\(['\"])", r"\1", quoted) if quoted is not None else call.lookup(match["value"])
            parameters[match["name"]] = value
        return self.include(document, name, parameters, call, report)

    def include(
        self,
        document: JekyllDocument,
        name: str,
        parameters: dict[str, Any],
        call: TagCall,
        report: Callable[..., None],
    ) -> str:
        """Return what an include becomes: a figure, the rendered file, or the texts of its parameters."""
        if _FIGURE.search(name) and (figure := self.make_figure(parameters)) is not None:
            return figure
        folder = (
            posixpath.dirname(f"{self.base}{document.path}")
            if call.name == "include_relative"
            else f"{self.base}{str(self.config['includes_dir']).strip('/')}"
        )
        path = posixpath.join(folder, name)
        if path in self.files and ".." not in name:
            text = self.files.read_text(path)
            if not isinstance(text, Diagnostic):
                return self._liquid.render_with(text, {"include": parameters}, call.line)
        message = (
            f"there is no file {quote(name)} to include, so only the texts of its parameters are imported."
        )
        report("invalid", call.line, message, "")
        texts = [
            value
            for value in parameters.values()
            if isinstance(value, str) and re.search(r"\s", value.strip())
        ]
        return " ".join(texts)

    def make_figure(self, parameters: Mapping[str, Any]) -> str | None:
        """Return the HTML of a figure, or None if the parameters do not name an image of the site."""
        source = _first_text(
            parameters, "path", "src", "url", "image_path", "image", "img", "file", "filename"
        )
        if not source:
            return None
        url = self.relative_url(source)
        if "://" not in url and unquote(url) not in self.static_files:
            same = [
                path for path in self.static_files if posixpath.basename(path) == posixpath.basename(source)
            ]
            if len(same) != 1:
                return None
            url = same[0]
        caption = _first_text(parameters, "caption", "figcaption", "description")
        alternative = _first_text(parameters, "alt", "title") or _strip_tags(caption)
        size = "".join(
            f' {name}="{html.escape(str(parameters[name]))}"'
            for name in ("width", "height")
            if re.fullmatch(r"\d+(?:px)?", str(parameters.get(name, "")))
        )
        image = f'<img src="{html.escape(url)}" alt="{html.escape(alternative)}"{size}>'
        link = _first_text(parameters, "link", "href", "linkto")
        image = f'<a href="{html.escape(link)}">{image}</a>' if link else image
        return f"<figure>{image}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"

    # Problems

    def make_problem(self, path: str, line: int, kind: str, message: str, hint: str = "") -> Diagnostic:
        """Create a diagnostic in a file of the source."""
        code, severity = _CODES[kind]
        return replace(self.files.diagnose(path, message, hint, line=line, code=code), severity=severity)

    def report_at(self, path: str, line: int, kind: str, message: str, hint: str = "") -> None:
        """Add a diagnostic to those of the site."""
        self.site.problems.append(self.make_problem(path, line, kind, message, hint))


def slug_pretty(text: str) -> str:
    """Return a text as Jekyll writes titles in URLs: with its case and some punctuation."""
    slug = re.sub(r"(?:(?![._~!$&'()+,;=@])[\W_])+", "-", text)
    return re.sub(r"^-|-$", "", slug)


def _encode(path: str) -> str:
    if re.fullmatch(r"[a-zA-Z0-9./-]*", path):
        return path
    return percent_encode(path, safe="/:?[]@!$&'()*+,;=%-._~")


def _type_scalar(_: KeyPath, tag: str, text: str) -> Any:
    """Return a scalar with the type that YAML gives it."""
    kind = tag.rpartition(":")[2]
    if kind == "bool":
        return _is_true(text)
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0b")) else 10)
        if kind == "float":
            return float(text.replace("_", ""))
    except ValueError:
        return text
    return text


def _is_true(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "on")


def _merge(values: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return mappings merged, as Jekyll merges settings: null changes nothing."""
    merged = dict(values)
    for key, value in others.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merge(old, value)
        elif key == "categories" and isinstance(old, list) and value is not None:
            merged[key] = list(dict.fromkeys([*old, *_list_names(value)]))
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def _is_in_scope(path: str, scope: str) -> bool:
    scope = scope.removeprefix("/")
    if "*" not in scope:
        return path.startswith(scope)
    parts = path.split("/")
    return any(fnmatch.fnmatchcase("/".join(parts[:count]), scope) for count in range(1, len(parts) + 1))


def _has_precedence(previous: Mapping[str, Any], scope: Mapping[str, Any]) -> bool:
    new, old = (str(item.get("path") or "").strip("/") for item in (scope, previous))
    return len(new) > len(old) if len(new) != len(old) else "type" in scope or "type" not in previous


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _as_mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _list_names(value: Any, *, splits: bool = True) -> list[str]:
    """Return names in front matter: a text is divided at its spaces, unless it is one name."""
    if isinstance(value, str):
        return value.split() if splits else [value]
    names: list[str] = []
    for item in _as_list(value):
        names += _list_names(item, splits=False) if isinstance(item, (str, list)) else []
    return names


def _first_text(values: Mapping[str, Any], *names: str) -> str:
    return next((str(values[name]) for name in names if values.get(name) not in (None, "", False)), "")


def _strip_tags(text: str) -> str:
    return " ".join(_iter_text(text)) if "<" in text else text.strip()


def _iter_text(text: str) -> Iterator[str]:
    root = etree.HTML(f"<div>{text}</div>") if text.strip() else None
    for element in root.itertext() if root is not None else ():
        yield from str(element).split()
