"""A Jekyll site as Jekyll 4.3 reads it: its configuration, and the front matter, dates and URLs of documents.

Everything is data; nothing is executed. URLs are relative to the base of the site (``baseurl``).
"""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import posixpath
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote as percent_encode

from portfolio.core.diagnostics import Diagnostic, Severity, did_you_mean, quote
from portfolio.core.positions import Document, KeyPath, load_json, load_yaml
from portfolio.importer.front_matter import divide_text
from portfolio.importer.input_files import InputFiles
from portfolio.importer.readers.jekyll.liquid import slugify
from portfolio.importer.values import as_list, as_mapping, find_zone, parse_time

_CONFIG_FILES = ("_config.yml", "_config.yaml", "_config.toml")
POST_NAME = re.compile(r"(?:.*/)?(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>[^/]*)(?P<suffix>\.[^.]+)$")
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
# Files that cannot have front matter, and may be large.
_BINARY_SUFFIXES = {
    f".{name}"
    for name in "avif docx eot gif gz ico jpeg jpg m4a mov mp3 mp4 ogg otf pdf png pptx svg tiff ttf wav "
    "webm webp woff woff2 xlsx zip".split()
}
# Files that are no pages although they are Markdown.
_NO_PAGES = set(
    "README LICENSE LICENCE COPYING CODE_OF_CONDUCT CONTRIBUTING ISSUE_TEMPLATE PULL_REQUEST_TEMPLATE".split()
)
# How a post can be written.
_OTHER_SUFFIXES = (".html", ".htm", ".textile")
_UNREAD_SUFFIXES = (".rst", ".adoc", ".asciidoc", ".org")

ProblemKind = Literal["invalid", "unknown", "unsupported", "too-large", "dropped"]
_CODES: dict[str, tuple[str, Severity]] = {
    "invalid": ("import.invalid", "error"),
    "unknown": ("import.dropped", "warning"),
    "unsupported": ("import.unsupported", "warning"),
    "too-large": ("import.too-large", "error"),
    "dropped": ("import.dropped", "info"),
}


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

    @property
    def typed_front_matter(self) -> dict[str, Any]:
        """The front matter without defaults, with the types that YAML gives its values."""
        return as_mapping(self.front.map_scalars(_type_scalar))


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
    tops = {path.partition("/")[0] for path in files.paths}
    base = f"{min(tops)}/" if len(tops) == 1 and not files.match("_posts/*") else ""
    return base if any(map(POST_NAME.match, files.match("_posts/*", "*/_posts/*"))) else None


class JekyllSource:
    """The documents and settings of a Jekyll site, and what is wrong with them."""

    def __init__(self, files: InputFiles) -> None:
        self.files = files
        self.base = find_base(files) or ""
        # Settings as texts, and with the types that templates see.
        self.config: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.documents: list[JekyllDocument] = []
        # The path of each other file in the source, by its path on the old site.
        self.static_files: dict[str, str] = {}
        self.problems: list[Diagnostic] = list(files.problems)
        self._now = datetime.now(UTC)
        self._read_config()
        self._read_files()

    # Settings

    def _read_config(self) -> None:
        self.config = dict(_DEFAULTS)
        self.settings = dict(_DEFAULTS)
        path = next((name for name in _CONFIG_FILES if f"{self.base}{name}" in self.files), None)
        if path is None:
            return
        raw, typed = self.load_data(f"{self.base}{path}")
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
        if (zone := find_zone(name or "UTC")) is not None:
            return zone
        message = f"timezone: there is no time zone {quote(name)}; UTC is used."
        hint = "Write a name such as Europe/Paris."
        self.report_at(f"{self.base}_config.yml", 1, "invalid", message, hint)
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
            if (
                label in ("posts", "drafts")
                or self._has_front_matter(path)
                or self._is_page_on_github(path, label)
            ):
                if (document := self._read_document(path, label)) is not None:
                    self.documents.append(document)
            elif label == "pages" or label in self.collections:
                url = self._static_url(path)
                self.static_files[url] = path
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
            if self._is_special([part]) and not self.is_included(part):
                # Pages that nobody can see yet.
                return "pages" if index == 0 and part == "_pages" else None
        if path in (*_CONFIG_FILES, *_EXCLUDED) or (
            self._is_special(parts[-1:]) and not self.is_included(path)
        ):
            return None
        return "pages"

    def _is_special(self, parts: list[str]) -> bool:
        return any(part[:1] in "._#~" or part.endswith("~") for part in parts)

    def is_included(self, path: str) -> bool:
        """Whether ``include`` of ``_config.yml`` names a path."""
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
        if posixpath.splitext(path)[1].lower() in _BINARY_SUFFIXES:
            return False
        data = self.files.read_bytes(f"{self.base}{path}")
        return isinstance(data, bytes) and re.match(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n", data) is not None

    @cached_property
    def _uses_github_pages(self) -> bool:
        gems = self.files.read_text(f"{self.base}Gemfile") if f"{self.base}Gemfile" in self.files else ""
        return isinstance(gems, str) and "github-pages" in gems

    def _is_page_on_github(self, path: str, label: str) -> bool:
        """Whether a Markdown file without front matter is a page, as GitHub Pages makes it by default."""
        stem, suffix = posixpath.splitext(posixpath.basename(path))
        return (
            label == "pages"
            and suffix in self.markdown_suffixes
            and (self._uses_github_pages or "jekyll-optional-front-matter" in self.plugins)
            and stem.upper() not in _NO_PAGES
        )

    def _static_url(self, path: str) -> str:
        """Return the path of a file on the old site."""
        for label in self.collections:
            if path.startswith(f"_{label}/") and label != "posts":
                return f"/{path[1:]}"
        return f"/{path}"

    def _read_document(self, path: str, label: str) -> JekyllDocument | None:
        full = f"{self.base}{path}"
        suffix = posixpath.splitext(path)[1].lower()
        if label in ("posts", "drafts") and suffix not in (*self.markdown_suffixes, *_OTHER_SUFFIXES):
            if suffix in _UNREAD_SUFFIXES:
                message, hint = (
                    f"{suffix[1:]} files are not read.",
                    "Convert it to Markdown, for example with pandoc.",
                )
                self.report_at(full, 1, "unsupported", message, hint)
            return None
        text = self.files.read_text(full)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
            return None
        divided = divide_text(self.files.display(full), text)
        front, problems = divided.document, divided.problems
        if not divided.has_front_matter and text.startswith("---\n"):
            message = "the front matter is never closed."
            problems.append(self.make_problem(full, 1, "invalid", message, "Write --- after it."))
        if front.data is not None and not isinstance(front.data, dict):
            problems.append(self.make_problem(full, 2, "invalid", "the front matter is not a mapping."))
        own = front.data if isinstance(front.data, dict) else {}
        is_draft = label == "drafts"
        kind = "posts" if is_draft else label
        data = _merge(self._find_defaults(path, kind), own)
        return JekyllDocument(
            path, kind, data, divided.body, divided.line, front, is_draft=is_draft, problems=problems
        )

    def _find_defaults(self, path: str, kind: str) -> dict[str, Any]:
        """Return the front matter defaults of ``_config.yml`` for a file."""
        defaults: dict[str, Any] = {}
        previous: dict[str, Any] | None = None
        sets = self.config.get("defaults")
        for item in sets if isinstance(sets, list) else []:
            if not isinstance(item, dict) or not isinstance(item.get("values"), dict):
                continue
            scope = as_mapping(item.get("scope"))
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
        match = POST_NAME.match(document.path) if document.label != "pages" else None
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
            and (is_true(self.config.get("future")) or document.label != "posts" or document.day <= self._now)
            and (document.label == "pages" or is_true(self.collections[document.label].get("output")))
            and not (
                document.path.startswith("_pages/")
                and document.label == "pages"
                and not self.is_included("_pages")
            )
        )
        document.url = self._make_url(document)
        slug = str(data.get("slug") or document.slug)
        document.id = posixpath.join(posixpath.dirname(document.url.rstrip("/") or "/"), slug)
        if document.label == "pages" and not document.title:
            heading = re.search(r"^#[ \t]+(\S.{0,300}?)[ \t#]*$", document.body, re.MULTILINE)
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
        worded = parse_time(text, _WORDY_DATES)
        return None if worded is None else worded.date()

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
        extension = self.output_suffix(document)
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
                    return encode_url(values[key]) + name[len(key) :]
            if document.label == "pages":
                return match[0]
            message = f"permalink: there is no placeholder {quote(match[0])}."
            line, _ = document.front.position_of(("permalink",)) if permalink else (1, 1)
            path = f"{self.base}{document.path if permalink else '_config.yml'}"
            problem = self.make_problem(path, line, "invalid", message, did_you_mean(name, values))
            if problem not in self.problems:
                self.problems.append(problem)
            return ""

        url = _PLACEHOLDER.sub(replace_placeholder, template)
        return re.sub(r"/+", "/", f"/{url}".replace("..", "/").replace("./", ""))

    def output_suffix(self, document: JekyllDocument) -> str:
        """Return the suffix of the file that a document becomes."""
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
        match = POST_NAME.match(document.path)
        written_slug = document.data.get("slug")
        bare = match["slug"] if match else name
        day = document.day
        relative = posixpath.splitext(document.path)[0].partition(f"_{document.label}")[2]
        return {
            "collection": document.label,
            "path": relative.rstrip("."),
            "output_ext": extension,
            "name": slugify(name),
            "title": slug_pretty(str(written_slug or bare)),
            "slug": slugify(str(written_slug or bare)),
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
                    _, value = self.load_data(path)
                elif suffix in (".csv", ".tsv"):
                    value = self._load_table(path, "\t" if suffix == ".tsv" else ",")
                else:
                    continue
                inner = values
                for part in folders:
                    if not isinstance(inner.get(part), dict):
                        inner[part] = {}
                    inner = inner[part]
                inner[name] = value
        return values

    def _load_table(self, path: str, delimiter: str) -> list[dict[str, str]]:
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
            return []
        reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
        try:
            return list(reader)
        except csv.Error as error:
            self.report_at(path, max(reader.line_num, 1), "invalid", f"this is not a table: {error}.")
            return []

    def load_data(self, path: str) -> tuple[Any, Any]:
        """Return the data of a file as texts and with types, or twice None; report what is wrong with it."""
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
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
            self.problems += problems
            return loaded.data, loaded.data
        document, problems = load_yaml(self.files.display(path), text)
        self.problems += problems
        return document.data, document.map_scalars(_type_scalar)

    # Problems

    def make_problem(self, path: str, line: int, kind: str, message: str, hint: str = "") -> Diagnostic:
        """Create a diagnostic in a file of the source."""
        code, severity = _CODES[kind]
        return self.files.diagnose(path, message, hint, line=line, code=code, severity=severity)

    def report_at(self, path: str, line: int, kind: str, message: str, hint: str = "") -> None:
        """Add a diagnostic to those of the site."""
        self.problems.append(self.make_problem(path, line, kind, message, hint))


def slug_pretty(text: str) -> str:
    """Return a text as Jekyll writes titles in URLs: with its case and some punctuation."""
    slug = re.sub(r"(?:(?![._~!$&'()+,;=@])[\W_])+", "-", text)
    return re.sub(r"^-|-$", "", slug)


def encode_url(path: str) -> str:
    """Percent-encode a part of a URL as Jekyll does."""
    if re.fullmatch(r"[a-zA-Z0-9./-]*", path):
        return path
    return percent_encode(path, safe="/:?[]@!$&'()*+,;=%-._~")


def _type_scalar(_: KeyPath, tag: str, text: str) -> Any:
    """Return a scalar with the type that YAML gives it."""
    kind = tag.rpartition(":")[2]
    if kind == "bool":
        return is_true(text)
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0b")) else 10)
        if kind == "float":
            return float(text.replace("_", ""))
    except ValueError:
        return text
    return text


def is_true(value: Any) -> bool:
    """Whether a value means true in YAML."""
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


def _list_names(value: Any, *, splits: bool = True) -> list[str]:
    """Return names in front matter: a text is divided at its spaces, unless it is one name."""
    if isinstance(value, str):
        return value.split() if splits else [value]
    names: list[str] = []
    for item in as_list(value):
        names += _list_names(item, splits=False) if isinstance(item, (str, list)) else []
    return names
