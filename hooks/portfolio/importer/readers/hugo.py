"""Read a Hugo site, or only its content folder.

The configuration and the front matter are data; templates are never run. What a theme adds to Hugo is known
for PaperMod, Congo, Blowfish and HugoBlox (`hugoblox` reads the record of the last).
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, partial
from typing import Any, cast
from urllib.parse import quote as quote_url
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.positions import load_json, load_yaml
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import Link, rewrite_links
from portfolio.importer.model import ImportedPage, ImportedSite, ListKind, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.hugo_markdown import HugoMarkdown, Settings
from portfolio.importer.readers.hugo_shortcodes import Surroundings, make_image
from portfolio.sources.posts import construct_values

_CONFIG = re.compile(
    r"(?P<root>(?:[^/]+/)?)(?:(?P<name>hugo|config)\.(?:toml|ya?ml|json)|config/_default/.+)"
)
_DATA_SUFFIXES = (".toml", ".yaml", ".yml", ".json")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mmark", ".rmd", ".rmarkdown")
_HTML_SUFFIXES = (".html", ".htm")
_OTHER_SUFFIXES = (".org", ".rst", ".adoc", ".asciidoc", ".ad", ".pandoc", ".pdc")
_POST_SECTIONS = frozenset("article articles blog blogs note notes post posts writing writings".split())
_DEFAULT_TAXONOMIES = {"tag": "tags", "category": "categories"}
_LIST_KINDS: dict[str, tuple[ListKind, ListKind]] = {
    "tags": ("tags", "tag"),
    "categories": ("categories", "category"),
    "authors": ("authors", "author"),
}
_FRONT_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?P<data>.*?)^(?P=mark)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_TOML_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PERMALINK_TOKEN = re.compile(r":(?P<name>\w+)(?:\[(?P<selection>[^\]]*)\])?")
_FILE_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)(?:T[\d-]+Z?)?[-_]?(?P<slug>.*)")
_DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M %z", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
# Go's reference time, in the order in which its parts are looked for.
_GO_DATES = {
    "2006": "%Y", "January": "%B", "Monday": "%A", "Jan": "%b", "Mon": "%a", "002": "%j", "01": "%m",
    "02": "%d", "06": "%y", "15": "%H", "03": "%I", "04": "%M", "05": "%S",
}  # fmt: skip
# Keys that are read, and those that only change the look of a page or are for other programs.
_READ_KEYS = frozenset(
    "_build aliases author authors banner build cascade categories cover date description draft "
    "expirydate featured_image featuredimage featureimage headless image images katex lang lastmod "
    "latex math mathjax modified params pubdate publishdate published series series_order slug "
    "summary tags thumbnail title translationkey unpublishdate url usemath weight".split()
)
_LOOK_KEYS = frozenset(
    "canonicalurl commentable comments css disablehlj disableshare editpost featured hidefooter "
    "hideheader hidemeta hidesummary id iscjklanguage js keywords layout linktitle markup menu menus "
    "outputs pager profile projects reading_time resources robotsnoindex searchhidden share "
    "show_breadcrumb show_date show_related showbreadcrumbs showcodecopybuttons showpostnavlinks "
    "showreadingtime showrssbuttoninsectiontermlist showtoc showwordcount sitemap subtitle toc "
    "tocopen tocsidebar type unlisted usehugotoc".split()
)


def detect(files: InputFiles) -> bool:
    """Whether this is a Hugo site or its content folder."""
    root, has_config = _find_root(files)
    if has_config:
        return any(
            path.startswith((f"{root}content/", f"{root}config/_default/", f"{root}hugo."))
            for path in files.paths
        )
    if files.match("_index.md", "*/_index.md", "*/_index.*.md"):
        return True
    for path in files.match("*.md")[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and (text.startswith("+++\n") or "{{< " in text or "{{% " in text):
            return True
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the site."""
    return _HugoReader(files).read(progress)


def _find_root(files: InputFiles) -> tuple[str, bool]:
    """Return the folder of the site, with a slash at its end, and whether its configuration is there.

    An archive of a repository has one folder with everything in it.
    """
    matches = [match for path in files.paths if (match := _CONFIG.fullmatch(path))]
    roots = {match["root"] for match in matches}
    for root in sorted(roots, key=len):
        is_site = any(path.startswith(f"{root}content/") for path in files.paths)
        if is_site or any(match["name"] == "hugo" for match in matches if match["root"] == root):
            return root, True
    return "", False


@dataclass
class SourcePage:
    """A content file, before its text is converted.

    ``name`` is its path below the content folder without suffix and language, ``folder`` its folder. ``kind``
    is "page", "bundle" for a leaf bundle, or "section" for a list with its own text (``_index.md``). The keys
    of ``front`` are in lower case.
    """

    path: str
    name: str
    kind: str
    language: str
    front: dict[str, Any]
    body: str
    body_line: int
    front_text: str
    problems: list[Diagnostic] = field(default_factory=list)
    url: str = ""

    @property
    def folder(self) -> str:
        """The folder of the file, or of its bundle; empty for the content folder itself."""
        return self.name if self.kind != "page" else posixpath.dirname(self.name)

    @property
    def section(self) -> str:
        """The first folder that it is in, or an empty text."""
        if self.kind == "section":
            return self.name.partition("/")[0]
        return self.name.partition("/")[0] if "/" in self.name else ""

    @property
    def stem(self) -> str:
        """The name of the file or of its bundle."""
        return posixpath.basename(self.name)

    @property
    def is_html(self) -> bool:
        """Whether the text is HTML."""
        return self.path.lower().endswith(_HTML_SUFFIXES)

    def line_of(self, key: str) -> int:
        """Return the line of a key of the front matter, or the first."""
        pattern = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[:=]", re.MULTILINE | re.IGNORECASE)
        match = pattern.search(self.front_text)
        return self.front_text.count("\n", 0, match.start()) + 2 if match else 1


class _HugoReader:
    def __init__(self, files: InputFiles) -> None:
        self.files = files
        self.root, has_config = _find_root(files)
        self.site = ImportedSite("Hugo")
        self.site.problems += files.problems
        self.config = self._read_config() if has_config else {}
        self.has_config = has_config
        self.pages: list[SourcePage] = []
        self.resources: dict[str, str] = {}

    def read(self, progress: Progress) -> ImportedSite:
        """Read everything."""
        self.site.url = self.base_url
        self._find_pages()
        for page in self.pages:
            self._apply_cascades(page)
        for page in self.pages:
            page.url = self._page_url(page)
        self._find_files()
        for number, page in enumerate(self.pages):
            progress(number, len(self.pages))
            self._import_page(page)
        self._add_lists()
        progress(len(self.pages), len(self.pages))
        return self.site

    # Configuration

    def _read_config(self) -> dict[str, Any]:
        """Return the configuration, with keys in lower case."""
        config: dict[str, Any] = {}
        for path in self.files.paths:
            local = path.removeprefix(self.root)
            if not path.startswith(self.root) or not local.endswith(_DATA_SUFFIXES):
                continue
            folder, name = posixpath.split(local)
            stem = name.partition(".")[0].lower()
            if folder and folder not in ("config/_default", "config/production"):
                continue
            if not folder and stem not in ("hugo", "config"):
                continue
            text = self.files.read_text(path)
            if isinstance(text, Diagnostic):
                self.site.problems.append(text)
                continue
            data, problems = self._load(path, text, posixpath.splitext(name)[1], 1)
            self.site.problems += problems
            if isinstance(data, list):
                continue
            if stem not in ("hugo", "config"):
                # Such as params.toml and menus.en.toml.
                language = name.split(".")[1] if name.count(".") > 1 else ""
                data = {stem: data}
                data = {"languages": {language: data}} if language else data
            _merge(config, data)
        return config

    def _load(self, path: str, text: str, kind: str, line: int) -> tuple[Any, list[Diagnostic]]:
        """Load TOML, YAML or JSON; return its data with keys in lower case, and every problem."""
        problems: list[Diagnostic] = []
        data: Any
        if kind == ".toml":
            try:
                data = tomllib.loads(text)
            except tomllib.TOMLDecodeError as error:
                data, problems = {}, [self._diagnose_toml(path, text, str(error), line)]
            except RecursionError:
                message = "this TOML is nested too deeply."
                data, problems = {}, [self.files.diagnose(path, message, code="import.not-toml")]
        elif kind == ".json":
            document, problems = load_json(self.files.display(path), text)
            data = document.data
            problems = [replace(problem, line=problem.line + line - 1) for problem in problems]
        else:
            yaml_document, problems = load_yaml(self.files.display(path), text, first_line=line)
            data = None
            if not problems or yaml_document.data is not None:
                data, wrong = construct_values(yaml_document)
                problems = [*problems, *wrong]
        return _lower_keys(data) if isinstance(data, dict | list) else {}, problems

    def _diagnose_toml(self, path: str, text: str, error: str, first_line: int) -> Diagnostic:
        match = _TOML_POSITION.search(error)
        line, column = text.count("\n") + 1, 1
        if match and match[1]:
            line, column = int(match[1]), int(match[2])
        reason = _TOML_POSITION.sub("", error)
        message = f"this is not TOML: {reason[:1].lower()}{reason[1:]}."
        return self.files.diagnose(
            path, message, line=line + first_line - 1, column=column, code="import.not-toml"
        )

    def _setting(self, *keys: str) -> Any:
        """Return a setting, or None."""
        value: Any = self.config
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @cached_property
    def base_url(self) -> str:
        """The URL of the site with a slash at its end, or empty if it is only a path."""
        url = str(self._setting("baseurl") or "")
        if url and "://" not in url and re.match(r"[\w-]+(\.[\w-]+)+(/|$)", url):
            url = f"https://{url}"
        return f"{url.rstrip('/')}/" if urlsplit(url).netloc else ""

    @cached_property
    def content(self) -> str:
        """The content folder, with a slash at its end; empty if it is the source itself."""
        folder = str(self._setting("contentdir") or "content").strip("/")
        prefix = f"{self.root}{folder}/"
        return prefix if any(path.startswith(prefix) for path in self.files.paths) else self.root

    @cached_property
    def language(self) -> str:
        """The language whose pages are at the root."""
        return str(self._setting("defaultcontentlanguage") or "en").lower()

    @cached_property
    def languages(self) -> set[str]:
        """The languages that are configured."""
        return {str(name).lower() for name in _mapping(self._setting("languages"))}

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of times without a zone."""
        try:
            return ZoneInfo(str(self._setting("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @cached_property
    def taxonomies(self) -> tuple[str, ...]:
        """The names of taxonomies in the plural, which are the keys of front matter."""
        configured = self._setting("taxonomies")
        values = _mapping(configured) if configured is not None else _DEFAULT_TAXONOMIES
        return tuple(str(value).lower() for value in values.values())

    # Content files

    def _find_pages(self) -> None:
        content = [path for path in self.files.paths if path.startswith(self.content)]
        bundles = {
            posixpath.dirname(path)
            for path in content
            if _content_stem(path, self.languages)[0] == "index" and _is_content(path)
        }
        for path in content:
            if not _is_content(path):
                self._add_resource(path, bundles)
                continue
            stem, language = _content_stem(path, self.languages)
            folder = posixpath.dirname(path)
            bundle = _find_ancestor(folder, bundles)
            if bundle is not None and (folder != bundle or stem != "index"):
                message = "this file belongs to a page bundle and had no page, and is left out."
                problem = self.files.diagnose(path, message, code="import.dropped")
                self.site.problems.append(replace(problem, severity="warning"))
                continue
            local = folder.removeprefix(self.content.rstrip("/")).strip("/")
            kind = {"index": "bundle", "_index": "section"}.get(stem, "page")
            if kind == "bundle" and not local:
                kind = "section"
            name = posixpath.join(local, stem) if kind == "page" else local
            if (page := self._read_page(path, name, kind, language or self.language)) is not None:
                self.pages.append(page)

    def _add_resource(self, path: str, bundles: set[str]) -> None:
        if posixpath.basename(path).startswith("."):
            return
        self.resources[path] = _find_ancestor(posixpath.dirname(path), bundles) or ""

    def _read_page(self, path: str, name: str, kind: str, language: str) -> SourcePage | None:
        if path.lower().endswith(_OTHER_SUFFIXES):
            suffix = posixpath.splitext(path)[1]
            message = f"this is not Markdown or HTML ({suffix}), and is left out."
            problem = self.files.diagnose(path, message, "Convert it with pandoc.", code="import.unsupported")
            self.site.problems.append(problem)
            return None
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return None
        front, source, body, problems = self._split_front_matter(path, text)
        line = text.count("\n", 0, len(text) - len(body)) + 1
        return SourcePage(path, name, kind, language, front, body, line, source, problems)

    def _split_front_matter(self, path: str, text: str) -> tuple[dict[str, Any], str, str, list[Diagnostic]]:
        """Return the front matter, its source, the text below it, and every problem."""
        if match := _FRONT_MATTER.match(text):
            kind = ".toml" if match["mark"] == "+++" else ".yaml"
            data, problems = self._load(path, match["data"], kind, 2)
            front = data if isinstance(data, dict) else {}
            return front, match["data"], text[match.end() :], problems
        if text.startswith("{") and not text.startswith("{{"):
            end = _find_json_end(text)
            data, problems = self._load(path, text[:end], ".json", 1)
            # Its first line is that of the brace, and `line_of` counts from the second line of the file.
            return data if isinstance(data, dict) else {}, text[:end].partition("\n")[2], text[end:], problems
        problems = []
        if text.startswith(("---\n", "+++\n")):
            message = f"the front matter is never closed: there is no second line '{text[:3]}'."
            problems.append(self.files.diagnose(path, message, code="import.invalid-front-matter"))
        return {}, "", text, problems

    def _apply_cascades(self, page: SourcePage) -> None:
        """Add the values that sections above a page, and the configuration, pass down to it."""
        sections = {other.name: other for other in self.pages if other.kind == "section"}
        folder = page.folder
        chain = [page] if page.kind == "section" else []
        while True:
            if (section := sections.get(folder)) is not None and section is not page:
                chain.append(section)
            if not folder:
                break
            folder = posixpath.dirname(folder)
        cascades = [section.front.get("cascade") for section in chain] + [self._setting("cascade")]
        for cascade in cascades:
            for values in cascade if isinstance(cascade, list) else [cascade]:
                if not isinstance(values, Mapping):
                    continue
                target = _mapping(values.get("target") or values.get("_target"))
                if not _matches_target(page, target):
                    continue
                for key, value in {**_mapping(values.get("params")), **values}.items():
                    if key not in ("target", "_target", "params"):
                        page.front.setdefault(key, value)

    # URLs

    def _page_url(self, page: SourcePage) -> str:
        """Return the path of a page on the old site."""
        prefix = ""
        if page.language != self.language or self._setting("defaultcontentlanguageinsubdir") is True:
            prefix = f"/{page.language}"
        url = page.front.get("url")
        if isinstance(url, str) and url.strip("/ "):
            path = f"/{url.strip().lstrip('/')}"
            return prefix + (path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/")
        pattern = self._permalink_pattern(page)
        if pattern:
            path = f"/{self._expand_permalink(pattern, page).strip('/')}"
            has_suffix = "." in path.rpartition("/")[2] and not pattern.endswith("/")
            return prefix + (path if has_suffix else self._page_suffix(path, page))
        folder, stem = posixpath.split(page.name)
        slug = page.front.get("slug")
        if page.kind != "section":
            stem = str(slug) if slug else self._file_slug(page) or stem
        path = self._sanitize(f"/{posixpath.join(folder, stem)}".rstrip("/"))
        return prefix + (self._page_suffix(path, page) if path else "/")

    def _page_suffix(self, path: str, page: SourcePage) -> str:
        ugly = self._setting("uglyurls")
        is_ugly = ugly.get(page.section) if isinstance(ugly, Mapping) else ugly
        return f"{path}.html" if is_ugly is True and page.kind != "section" else f"{path}/"

    def _file_slug(self, page: SourcePage) -> str:
        """Return the name of a file without its date, if the configuration reads dates from names."""
        if ":filename" not in _list(self._setting("frontmatter", "date")):
            return ""
        match = _FILE_DATE.fullmatch(page.stem)
        return match["slug"] if match else ""

    def _permalink_pattern(self, page: SourcePage) -> str:
        permalinks = _mapping(self._setting("permalinks"))
        kind = "section" if page.kind == "section" else "page"
        for patterns in (_mapping(permalinks.get(kind)), permalinks if kind == "page" else {}):
            pattern = patterns.get(page.section or "/") or (patterns.get("") if not page.section else None)
            if isinstance(pattern, str):
                return pattern
        return ""

    def _expand_permalink(self, pattern: str, page: SourcePage) -> str:
        moment = self._date(page, "date", "publishdate", "pubdate", "published", "lastmod")

        def expand(match: re.Match[str]) -> str:
            return self._sanitize(self._expand_token(match["name"], match["selection"], page, moment))

        return _PERMALINK_TOKEN.sub(expand, pattern)

    def _expand_token(self, name: str, selection: str | None, page: SourcePage, moment: date | None) -> str:
        title, slug = str(page.front.get("title") or ""), str(page.front.get("slug") or "")
        stem = self._file_slug(page) or page.stem
        folders = [part for part in posixpath.dirname(page.name).split("/") if part]
        day = moment or date(1, 1, 1)
        token = name.lower()
        if token in ("sections", "sectionslugs"):
            return "/".join(_slice(folders, selection))
        texts: dict[str, Callable[[], str]] = {
            "title": lambda: title or stem,
            "slug": lambda: slug or title or stem,
            "filename": lambda: stem,
            "contentbasename": lambda: stem,
            "slugorfilename": lambda: slug or stem,
            "slugorcontentbasename": lambda: slug or stem,
            "section": lambda: page.section,
            "sectionslug": lambda: page.section,
            "year": lambda: f"{day.year:04d}",
            "month": lambda: f"{day.month:02d}",
            "monthname": lambda: day.strftime("%B"),
            "day": lambda: f"{day.day:02d}",
            "weekday": lambda: str(day.isoweekday() % 7),
            "weekdayname": lambda: day.strftime("%A"),
            "yearday": lambda: str(day.timetuple().tm_yday),
        }
        if token in texts:
            return texts[token]()
        # A format of Go, such as :06 or :2006.
        pattern = re.compile("|".join(_GO_DATES))
        return day.strftime(pattern.sub(lambda match: _GO_DATES[match[0]], name))

    def _sanitize(self, path: str) -> str:
        """Return a path as Hugo writes it: only letters, digits and a few symbols, in lower case."""
        if self._setting("removepathaccents") is True:
            decomposed = unicodedata.normalize("NFD", path)
            path = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
        characters: list[str] = []
        has_space = False
        for character in path:
            is_mark = unicodedata.category(character).startswith("M")
            if character.isalnum() or is_mark or character in "./\\_#+~-@":
                if has_space and character != "-":
                    characters.append("-")
                has_space = False
                characters.append(character)
            elif character.isspace() and characters and characters[-1] != "-":
                has_space = True
        sanitized = "".join(characters)
        return sanitized if self._setting("disablepathtolower") is True else sanitized.lower()

    # Dates

    def _date(self, page: SourcePage, *keys: str) -> date | None:
        """Return the first date under these keys; a time without a zone is in that of the site."""
        for key in keys:
            value = page.front.get(key)
            if value in (None, "", False, True):
                continue
            parsed = self._parse_date(value)
            if parsed is not None:
                return parsed
            message = f"{quote(value)} is not a date."
            problem = self.files.diagnose(
                page.path,
                message,
                "Write it as in 2026-01-31.",
                line=page.line_of(key),
                code="import.invalid-date",
            )
            problem = replace(problem, field=key)
            if problem not in page.problems:
                page.problems.append(problem)
        if keys[0] == "date" and ":filename" in _list(self._setting("frontmatter", "date")):
            match = _FILE_DATE.fullmatch(page.stem)
            return self._parse_date(match["date"]) if match else None
        return None

    def _parse_date(self, value: object) -> date | None:
        parsed: date | None = None
        if isinstance(value, date):
            parsed = value
        elif isinstance(value, str):
            text = value.strip()
            try:
                parsed = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
            except ValueError:
                parsed = _parse_loose_date(text)
        if isinstance(parsed, datetime) and parsed.tzinfo is None:
            return parsed.replace(tzinfo=self.zone)
        return parsed

    # Files

    def _find_files(self) -> None:
        """Add images and other files by their old paths."""
        urls = {page.folder: page.url for page in self.pages if page.kind == "section"}
        bundles = {page.path: page for page in self.pages if page.kind == "bundle"}
        by_folder = {posixpath.dirname(path): page for path, page in bundles.items()}
        for path, bundle in self.resources.items():
            if (page := by_folder.get(bundle)) is not None:
                base, local = page.url, path.removeprefix(f"{bundle}/")
                # With ugly URLs the folder has the name of the page.
                base = base if base.endswith("/") else f"{posixpath.splitext(base)[0]}/"
                self._add_file(f"{base}{local}", path)
                continue
            name = path.removeprefix(self.content)
            folder = posixpath.dirname(name)
            while folder and folder not in urls:
                folder = posixpath.dirname(folder)
            base = urls.get(folder, "/")
            local = name.removeprefix(folder).lstrip("/")
            self._add_file(posixpath.join(base, local), path)
        for kind in ("static", "assets"):
            for folder in _list(self._setting(f"{kind}dir")) or [kind]:
                prefix = f"{self.root}{folder.strip('/')}/"
                for path in self.files.paths:
                    if path.startswith(prefix):
                        self._add_file(f"/{path.removeprefix(prefix)}", path)

    def _add_file(self, url: str, path: str) -> None:
        self.site.files.setdefault(url, partial(self.files.read_bytes, path))
        self._urls_of_files.setdefault(path, url)

    @cached_property
    def _urls_of_files(self) -> dict[str, str]:
        return {}

    # Pages

    def _import_page(self, page: SourcePage) -> None:
        front = page.front
        build = _mapping(front.get("build") or front.get("_build"))
        is_hidden = front.get("headless") is True or build.get("render") in ("never", False)
        if page.kind == "section" and not page.body.strip():
            self.site.problems += page.problems
            return
        problems = page.problems
        created = self._date(page, "date", "publishdate", "pubdate", "published", "lastmod")
        published = self._date(page, "publishdate", "pubdate", "published")
        if created is not None and published is not None and _is_future(published):
            created = published
        is_post = self._is_post(page)
        is_home = page.kind == "section" and not page.name
        title = str(front.get("title") or "") or _title_from_name(page.stem or "Home")
        expiry = self._date(page, "expirydate", "unpublishdate")
        is_expired = expiry is not None and not _is_future(expiry)
        if is_expired:
            message = f"this page expired on {expiry:%Y-%m-%d}, and becomes a draft."
            self._report(page, page.line_of("expirydate"), 1, "import.unsupported", message, "", "info")
        if is_hidden:
            message = "this page was never published on its own, and becomes a draft."
            self._report(page, page.line_of("headless"), 1, "import.unsupported", message, "", "info")
        if page.language != self.language:
            message = f"this page is in another language ({page.language}) than the site."
            self._report(page, 1, 1, "import.unsupported", message, "", "info")
        self._report_keys(page)
        url = "" if is_hidden or is_home else page.url
        body = self._convert_body(page)
        slug = url.rstrip("/").rpartition("/")[2].removesuffix(".html")
        if page.language != self.language and slug:
            slug += f"-{page.language}"
        imported = ImportedPage(
            source=self.files.display(page.path),
            title=title,
            body=body,
            format="html" if page.is_html else "markdown",
            line=page.body_line,
            is_post=is_post,
            url=url,
            aliases=tuple(self._aliases(page)),
            slug=slug or "home",
            created=created,
            updated=self._date(page, "lastmod", "modified"),
            draft=front.get("draft") is True or is_expired or is_hidden or bool(problems and not front),
            categories=tuple(_list(front.get("categories"))),
            tags=tuple(_list(front.get("tags"))),
            authors=tuple(self._author_names(front)),
            description=str(front.get("description") or front.get("summary") or ""),
            image=self._cover(page)[0],
            feed_id=self._feed_id(url) if is_post and url else "",
            front_matter=self._series(page),
            problems=problems,
        )
        self.site.pages.append(imported)

    def _is_post(self, page: SourcePage) -> bool:
        if page.kind == "section":
            return False
        return page.section in self.post_sections

    @cached_property
    def post_sections(self) -> set[str]:
        """The sections whose pages are posts: by their names, or because nearly all pages have dates.

        An empty text is the content folder itself.
        """
        configured = {str(name).lower() for name in _list(self._setting("params", "mainsections"))}
        names = {page.section for page in self.pages if page.kind != "section"}
        dated = {
            name
            for name in names - {""}
            if all(
                page.front.get("date")
                for page in self.pages
                if page.section == name and page.kind != "section"
            )
        }
        posts = {name for name in names if name.lower() in configured | _POST_SECTIONS} | dated
        # A folder of posts alone.
        return posts or {
            "" for page in self.pages if not page.section and page.front.get("date") and not self.has_config
        }

    def _report(
        self, page: SourcePage, line: int, column: int, code: str, message: str, hint: str, severity: Severity
    ) -> None:
        problem = self.files.diagnose(page.path, message, hint, line=line, column=column, code=code)
        page.problems.append(replace(problem, severity=severity))

    def _report_keys(self, page: SourcePage) -> None:
        """Report the keys of front matter that this site has no counterpart of."""
        known = _READ_KEYS | _LOOK_KEYS | set(self.taxonomies)
        unknown = [key for key in page.front if key not in known]
        if unknown:
            message = f"front matter without a counterpart is left out: {', '.join(unknown)}."
            self._report(page, page.line_of(unknown[0]), 1, "import.dropped", message, "", "info")

    def _aliases(self, page: SourcePage) -> Iterator[str]:
        """Yield the paths of redirects to a page: absolute, or relative to the folder of its path."""
        base = posixpath.dirname(page.url.rstrip("/")) or "/"
        for alias in _list(page.front.get("aliases")):
            path = posixpath.normpath(posixpath.join(base, alias.strip()))
            path = re.sub(r"^/+", "/", path)
            yield path if posixpath.splitext(path)[1].startswith(".htm") else f"{path.rstrip('/')}/"

    def _author_names(self, front: Mapping[str, Any]) -> list[str]:
        names: list[str] = []
        for value in (front.get("authors"), front.get("author")):
            for item in value if isinstance(value, list) else [value]:
                name = item.get("name") if isinstance(item, Mapping) else item
                if name:
                    names.append(self._author_titles.get(str(name).lower(), str(name)))
        return list(dict.fromkeys(names))

    @cached_property
    def _author_titles(self) -> dict[str, str]:
        """The names of authors by the folders of their pages, as in ``authors/admin/_index.md``."""
        return {
            page.stem.lower(): str(page.front["title"])
            for page in self.pages
            if page.section in ("authors", "author") and page.front.get("title") and page.name != page.section
        }

    def _series(self, page: SourcePage) -> dict[str, Any]:
        """Return the front matter of a series: its name, and the number of the post in it."""
        series = _list(page.front.get("series"))
        if not series or not self._is_post(page):
            return {}
        if len(series) > 1:
            message = f"a post belongs to one series; left out: {', '.join(series[1:])}."
            self._report(page, page.line_of("series"), 1, "import.dropped", message, "", "warning")
        number = page.front.get("series_order")
        part = (
            {"part": number}
            if isinstance(number, int) and not isinstance(number, bool) and number > 0
            else {}
        )
        return {"series": series[0], **part}

    def _feed_id(self, url: str) -> str:
        """Return the id of a page in Hugo's RSS feed: its URL."""
        return (
            f"{self.base_url.rstrip('/')}{quote_url(url, safe='/:@!$&()*+,;=~-._')}" if self.base_url else ""
        )

    def _cover(self, page: SourcePage) -> tuple[str, str, str]:
        """Return the URL of the image at the top of a page, its alternative text and its caption."""
        front = page.front
        for key in (
            "cover",
            "image",
            "featured_image",
            "featuredimage",
            "featureimage",
            "banner",
            "thumbnail",
        ):
            value = front.get(key)
            if isinstance(value, str) and value:
                return self._image_url(page, value), "", ""
            if isinstance(value, Mapping):
                url = value.get("image") or value.get("src") or value.get("filename") or ""
                if url or key == "image":
                    url = self._image_url(page, str(url)) if url else self._featured_image(page)
                    alternative = value.get("alt") or value.get("alt_text") or ""
                    return url, str(alternative), str(value.get("caption") or "")
        if images := _list(front.get("images")):
            return self._image_url(page, images[0]), "", ""
        return self._featured_image(page), "", ""

    def _image_url(self, page: SourcePage, url: str) -> str:
        return self._rewrite_target(page, url, is_image=True)

    def _featured_image(self, page: SourcePage) -> str:
        """Return the URL of an image of the bundle that themes show at the top."""
        if page.kind != "bundle":
            return ""
        folder = posixpath.dirname(page.path)
        for path in self.resources:
            name = posixpath.basename(path).lower()
            if posixpath.dirname(path) == folder and fnmatch.fnmatchcase(name, "feature*.*"):
                return self._urls_of_files.get(path, "")
        return ""

    # Text

    def _convert_body(self, page: SourcePage) -> str:
        surroundings = Surroundings(
            find_page=partial(self._find_reference, page),
            read_file=partial(self._read_resource, page),
            find_title=self._find_title,
            parameters={
                **_mapping(self._setting("params")),
                **_mapping(page.front.get("params")),
                **page.front,
            },
        )
        report = cast("Any", partial(self._report, page))
        converter = HugoMarkdown(self._markdown_settings(page), surroundings, report)
        if page.is_html:
            return converter.convert_html(page.body, page.body_line)
        body = converter.convert(page.body, page.body_line)
        url, alternative, caption = self._cover(page)
        cover = _mapping(page.front.get("cover"))
        is_hidden = cover.get("hidden") is True or cover.get("hiddeninsingle") is True
        preview = _mapping(page.front.get("image")).get("preview_only") is True
        if url and not is_hidden and not preview and not self._shows(body, url):
            body = f"{make_image(alternative, url, caption)}\n\n{body}"
        return rewrite_links(body, partial(self._rewrite_link, page))

    @staticmethod
    def _shows(body: str, url: str) -> bool:
        """Whether a text has an image already."""
        return f"]({posixpath.basename(url)}" in body or f"]({url}" in body

    def _markdown_settings(self, page: SourcePage) -> Settings:
        goldmark = _mapping(self._setting("markup", "goldmark"))
        parser = _mapping(goldmark.get("parser"))
        extensions = _mapping(goldmark.get("extensions"))
        has_passthrough = _mapping(extensions.get("passthrough")).get("enable") is True
        extras = _mapping(extensions.get("extras"))
        params = _mapping(self._setting("params"))
        switches = ("math", "katex", "mathjax", "usemath", "latex")
        has_math = any(source.get(key) for source in (page.front, params) for key in switches)
        features = _mapping(_mapping(params.get("features")).get("math"))
        kind = str(parser.get("autoidtype") or parser.get("autoheadingidtype") or "github")
        highlight = _mapping(self._setting("markup", "highlight"))
        return Settings(
            is_unsafe=_mapping(goldmark.get("renderer")).get("unsafe") is True or not self.has_config,
            has_emoji=self._setting("enableemoji") is True,
            has_extras=any(_mapping(value).get("enable") is True for value in extras.values()),
            has_math=bool(has_math)
            or has_passthrough
            or features.get("enable") is True
            or not self.has_config,
            has_passthrough=has_passthrough,
            has_typographer=extensions.get("typographer") is not False
            and _mapping(extensions.get("typographer")).get("disable") is not True,
            has_linkify=extensions.get("linkify") is not False,
            has_heading_ids=(parser.get("autoheadingid") is not False),
            heading_ids=cast("Any", kind) if kind in ("github", "github-ascii", "blackfriday") else "github",
            numbers_lines=highlight.get("linenos") in (True, "true", "table", "inline"),
        )

    @cached_property
    def _pages_by_name(self) -> dict[str, SourcePage]:
        """The pages by their paths below the content folder, with and without suffix, in lower case."""
        names: dict[str, SourcePage] = {}
        for page in sorted(self.pages, key=lambda page: page.language != self.language):
            local = page.path.removeprefix(self.content)
            for name in (page.name, posixpath.splitext(local)[0], local):
                names.setdefault(f"/{name.lower()}".rstrip("/") or "/", page)
        return names

    @cached_property
    def _pages_by_stem(self) -> dict[str, list[SourcePage]]:
        stems: dict[str, list[SourcePage]] = {}
        for page in self.pages:
            stems.setdefault(page.stem.lower(), []).append(page)
        return stems

    def _find_reference(self, page: SourcePage, reference: str) -> str | None:
        """Return the URL of the page that ``ref`` or a link to a content file means, or None."""
        path, mark, fragment = reference.strip().partition("#")
        path = unquote(path.partition("?")[0]).lower()
        if not path:
            return f"#{fragment}"
        bare = path.removesuffix("/")
        parent = f"/{posixpath.dirname(page.path.removeprefix(self.content))}".lower()
        bases = ["/"] if path.startswith("/") else [parent, posixpath.dirname(parent), "/"]
        for base in bases:
            name = posixpath.normpath(posixpath.join(base, bare)).replace("//", "/")
            target = self._pages_by_name.get(name)
            if target is not None:
                return f"{target.url}{mark}{fragment}"
        stem = posixpath.splitext(posixpath.basename(bare))[0]
        candidates = self._pages_by_stem.get(stem, []) if "/" not in bare else []
        return f"{candidates[0].url}{mark}{fragment}" if len(candidates) == 1 else None

    def _find_title(self, url: str) -> str:
        for page in self.pages:
            if page.url.strip("/") == url.partition("#")[0].strip("/"):
                return str(page.front.get("title") or "")
        return ""

    def _read_resource(self, page: SourcePage, name: str) -> str | None:
        folder = posixpath.dirname(page.path)
        paths = [posixpath.normpath(posixpath.join(folder, name))]
        paths += [f"{self.root}{kind}/{name.lstrip('/')}" for kind in ("assets", "static", "data")]
        for path in paths:
            if path in self.files and isinstance(text := self.files.read_text(path), str):
                return text
        return None

    def _rewrite_link(self, page: SourcePage, link: Link) -> str:
        return self._rewrite_target(page, link.target, is_image=link.is_image)

    def _rewrite_target(self, page: SourcePage, url: str, *, is_image: bool) -> str:
        """Return the URL of what a link or image means: a content file, or a file beside the page."""
        path, mark, fragment = url.partition("#")
        if not path or urlsplit(url).scheme or url.startswith("//"):
            return url
        bare = unquote(path.partition("?")[0])
        if not is_image and bare.lower().endswith(_MARKDOWN_SUFFIXES):
            return self._find_reference(page, url) or url
        joined = posixpath.normpath(
            posixpath.join(page.url if page.url.endswith("/") else posixpath.dirname(page.url), bare)
        )
        if joined in self.site.files or not (is_image or "." in posixpath.basename(bare)):
            return url
        # Themes also look beside the source and in static/ and assets/.
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), bare.lstrip("/")))
        if found := self._urls_of_files.get(beside):
            return f"{quote_url(found)}{mark}{fragment}"
        absolute = f"/{bare.lstrip('/')}"
        for candidate in (absolute, f"/media{absolute}", f"/images{absolute}"):
            if candidate in self.site.files:
                return f"{quote_url(candidate)}{mark}{fragment}"
        return url

    # Lists

    def _add_lists(self) -> None:
        """Add the lists of posts with their continuations and feeds."""
        disabled = {kind.lower() for kind in _list(self._setting("disablekinds"))}
        shown = [page for page in self.site.pages if page.url and not page.draft]
        # Some themes list all pages there, others only posts.
        self._add_list("/", OldList("index"), OldList("feed"), len(shown))
        for url in sorted(self._section_urls()):
            if not any(page.url == url for page in self.site.pages):
                count = sum(page.url.startswith(url) for page in shown)
                self._add_list(url, OldList("index"), OldList("feed"), count)
        if "taxonomy" in disabled and "term" in disabled:
            return
        for taxonomy in self.taxonomies:
            all_kind, term_kind = _LIST_KINDS.get(taxonomy, ("index", "index"))
            terms: dict[str, list[str]] = {}
            for page in self.pages:
                if page.front.get("draft") is True:
                    continue
                for term in _list(page.front.get(taxonomy)):
                    terms.setdefault(self._term_url(taxonomy, term), []).append(term)
            base = self._sanitize(f"/{taxonomy}/")
            if terms:
                self._add_list(base, OldList(all_kind), OldList("feed"), len(terms))
            for url, names in terms.items():
                name = names[0] if term_kind != "index" else ""
                if term_kind == "author":
                    name = self._author_titles.get(name.lower(), name)
                feed_kinds: dict[str, ListKind] = {"tag": "tag feed", "category": "category feed"}
                feed = OldList(feed_kinds.get(term_kind, "feed"), name if term_kind in feed_kinds else "")
                self._add_list(url, OldList(term_kind, name), feed, len(names))

    def _term_url(self, taxonomy: str, term: str) -> str:
        permalinks = _mapping(self._setting("permalinks"))
        pattern = _mapping(permalinks.get("term")).get(taxonomy) or permalinks.get(taxonomy)
        name = self._sanitize(term)
        if isinstance(pattern, str):
            path = _PERMALINK_TOKEN.sub(
                lambda match: taxonomy if match["name"] == "section" else name, pattern
            )
            return f"/{path.strip('/')}/"
        return f"{self._sanitize(f'/{taxonomy}')}/{name}/"

    def _section_urls(self) -> set[str]:
        """Return the URLs of lists of sections: every first folder, and those with ``_index.md``."""
        urls = {page.url for page in self.pages if page.kind == "section" and page.name}
        named = {page.name for page in self.pages if page.kind == "section"}
        names = {page.section for page in self.pages if page.section and page.kind != "section"} - named
        return {url for url in urls | {f"{self._sanitize(f'/{name}')}/" for name in names} if url}

    def _add_list(self, url: str, old_list: OldList, feed: OldList, count: int) -> None:
        """Add a list with the pages that continue it, and its feed."""
        lists = self.site.lists
        lists.setdefault(url, old_list)
        lists.setdefault(f"{url}{self._feed_name}", feed)
        size = self._setting("pagination", "pagersize") or self._setting("paginate") or 10
        size = size if isinstance(size, int) and size > 0 else 10
        folder = str(self._setting("pagination", "path") or self._setting("paginatepath") or "page")
        for number in range(1, -(-count // size) + 1):
            lists.setdefault(f"{url}{folder}/{number}/", old_list)

    @cached_property
    def _feed_name(self) -> str:
        """The name of the file of a feed."""
        formats = _mapping(self._setting("outputformats"))
        return f"{_mapping(formats.get('rss')).get('basename') or 'index'}.xml"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[str]:
    """Return a list of texts, of which front matter may also have one alone."""
    items = value if isinstance(value, list) else [value]
    return [
        str(item).strip() for item in items if item not in (None, "") and not isinstance(item, Mapping | list)
    ]


def _lower_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key).lower(): _lower_keys(value) for key, value in data.items()}
    return [_lower_keys(item) for item in data] if isinstance(data, list) else data


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


def _is_content(path: str) -> bool:
    return path.lower().endswith((*_MARKDOWN_SUFFIXES, *_HTML_SUFFIXES, *_OTHER_SUFFIXES))


def _content_stem(path: str, languages: Iterable[str]) -> tuple[str, str]:
    """Return the name of a content file without suffix and language, and its language or an empty text."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    bare, _, language = stem.rpartition(".")
    return (bare, language.lower()) if bare and language.lower() in languages else (stem, "")


def _find_ancestor(folder: str, folders: set[str]) -> str | None:
    """Return the folder itself or the nearest above it that is one of some folders, or None."""
    while folder:
        if folder in folders:
            return folder
        folder = posixpath.dirname(folder)
    return None


def _find_json_end(text: str) -> int:
    """Return the index after the object that a text begins with, or that of the text if it is not closed."""
    depth, at, in_text = 0, 0, False
    for match in re.finditer(r'\\.|["{}]', text, re.DOTALL):
        if match[0] == '"':
            in_text = not in_text
        elif not in_text and match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                at = match.end()
                return at + 1 if text[at : at + 1] == "\n" else at
    return len(text)


def _matches_target(page: SourcePage, target: Mapping[str, Any]) -> bool:
    path, kind, language = target.get("path"), target.get("kind"), target.get("lang")
    if isinstance(path, str) and not fnmatch.fnmatchcase(
        f"/{page.name}".lower(), path.lower().replace("**", "*")
    ):
        return False
    if isinstance(kind, str) and kind.lower() != ("section" if page.kind == "section" else "page"):
        return False
    return not isinstance(language, str) or language.lower() == page.language


def _slice(parts: list[str], selection: str | None) -> list[str]:
    """Return a part of a list, as in ``:sections[1:]`` and ``:sections[last]``."""
    if selection is None:
        return parts
    names = selection.replace("last", str(len(parts) - 1))
    start, colon, end = names.partition(":")
    numbers = [int(text) if text.strip().isdecimal() else None for text in (start, end)]
    if not colon:
        return parts[numbers[0] : numbers[0] + 1] if numbers[0] is not None else []
    return parts[numbers[0] : numbers[1]]


def _parse_loose_date(text: str) -> date | None:
    for pattern in _DATE_FORMATS:
        try:
            parsed = datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
        return parsed if "%H" in pattern else parsed.date()
    return None


def _is_future(moment: date) -> bool:
    if isinstance(moment, datetime):
        return moment > datetime.now(UTC)
    return moment > datetime.now(UTC).date()


def _title_from_name(name: str) -> str:
    """Return the title that Hugo derives from a file name."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
