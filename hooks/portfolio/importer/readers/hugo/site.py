"""The structure of a Hugo site: its configuration, content files, files and URLs."""

from __future__ import annotations

import fnmatch
import posixpath
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote as quote_url
from urllib.parse import unquote, urlsplit

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.positions import load_json, load_yaml
from portfolio.core.text import is_valid_url
from portfolio.importer.input_files import InputFiles
from portfolio.importer.values import as_mapping, as_texts, find_zone, parse_iso_date, parse_time
from portfolio.sources.posts import construct_values

_CONFIG = re.compile(
    r"(?P<root>(?:[^/]+/)?)(?:(?P<name>hugo|config)\.(?:toml|ya?ml|json)|config/_default/.+)"
)
_DATA_SUFFIXES = (".toml", ".yaml", ".yml", ".json")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mmark", ".rmd", ".rmarkdown")
_HTML_SUFFIXES = (".html", ".htm")
_OTHER_SUFFIXES = (".org", ".rst", ".adoc", ".asciidoc", ".ad", ".pandoc", ".pdc")
_DEFAULT_TAXONOMIES = {"tag": "tags", "category": "categories"}
_FRONT_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?P<data>.*?)^(?P=mark)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_TOML_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
PERMALINK_TOKEN = re.compile(r":(?P<name>\w+)(?:\[(?P<selection>[^\]]*)\])?")
_FILE_DATE = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)(?:T[\d-]+Z?)?[-_]?(?P<slug>.*)")
_TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%d %H:%M %z",
    "%Y/%m/%d %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
)
_DATE_FORMATS = ("%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
# Go's reference time, in the order in which its parts are looked for.
_GO_DATES = {
    "2006": "%Y", "January": "%B", "Monday": "%A", "Jan": "%b", "Mon": "%a", "002": "%j", "01": "%m",
    "02": "%d", "06": "%y", "15": "%H", "03": "%I", "04": "%M", "05": "%S", "1": "", "2": "",
}  # fmt: skip
_GO_DATE = re.compile("|".join(_GO_DATES))


def find_root(files: InputFiles) -> tuple[str, bool]:
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
    of ``front`` are in lower case; those in ``inherited`` come from sections above it.
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
    inherited: set[str] = field(default_factory=set)

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

    def line_of(self, *keys: str) -> int:
        """Return the line of the first of these keys in the front matter, or the first line."""
        names = "|".join(map(re.escape, keys))
        pattern = re.compile(rf"^[ \t]*[\"']?(?:{names})[\"']?[ \t]*[:=]", re.MULTILINE | re.IGNORECASE)
        match = pattern.search(self.front_text)
        return self.front_text.count("\n", 0, match.start()) + 2 if match else 1


class HugoSite:
    """A Hugo site, or only its content folder.

    ``pages`` are its content files, ``resources`` the other files of the content folder with the folder of
    their page bundle or an empty text. ``files`` reads the images and other files by their old paths.
    """

    def __init__(self, source: InputFiles) -> None:
        self.source = source
        self.problems: list[Diagnostic] = list(source.problems)
        self.root, self.has_config = find_root(source)
        self.config = self._read_config() if self.has_config else {}
        self.pages: list[SourcePage] = []
        self.resources: dict[str, str] = {}
        self.files: dict[str, Callable[[], bytes | Diagnostic]] = {}
        self.urls_of_files: dict[str, str] = {}
        self._find_pages()
        for page in self.pages:
            self._apply_cascades(page)
        for page in self.pages:
            page.url = self._page_url(page)
        self._find_files()

    # Configuration

    def _read_config(self) -> dict[str, Any]:
        """Return the configuration, with keys in lower case."""
        config: dict[str, Any] = {}
        for path in self.source.paths:
            local = path.removeprefix(self.root)
            if not path.startswith(self.root) or not local.endswith(_DATA_SUFFIXES):
                continue
            folder, name = posixpath.split(local)
            stem = name.partition(".")[0].lower()
            if folder and folder not in ("config/_default", "config/production"):
                continue
            if not folder and stem not in ("hugo", "config"):
                continue
            text = self.source.read_text(path)
            if isinstance(text, Diagnostic):
                self.problems.append(text)
                continue
            data, problems = self._load(path, text, posixpath.splitext(name)[1], 1)
            self.problems += problems
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
                data, problems = {}, [self.source.diagnose(path, message, code="import.not-toml")]
        elif kind == ".json":
            document, problems = load_json(self.source.display(path), text)
            data = document.data
            problems = [replace(problem, line=problem.line + line - 1) for problem in problems]
        else:
            yaml_document, problems = load_yaml(self.source.display(path), text, first_line=line)
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
        return self.source.diagnose(
            path, message, line=line + first_line - 1, column=column, code="import.not-toml"
        )

    def setting(self, *keys: str) -> Any:
        """Return a setting, or None."""
        value: Any = self.config
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @cached_property
    def base_url(self) -> str:
        """The URL of the site with a slash at its end, or empty if it is only a path."""
        url = str(self.setting("baseurl") or "")
        if url and "://" not in url and re.match(r"[\w-]+(\.[\w-]+)+(/|$)", url):
            url = f"https://{url}"
        return f"{url.rstrip('/')}/" if is_valid_url(url) and urlsplit(url).netloc else ""

    @cached_property
    def content(self) -> str:
        """The content folder, with a slash at its end; empty if it is the source itself."""
        folder = str(self.setting("contentdir") or "content").strip("/")
        prefix = f"{self.root}{folder}/"
        return prefix if any(path.startswith(prefix) for path in self.source.paths) else self.root

    @cached_property
    def language(self) -> str:
        """The language whose pages are at the root."""
        return str(self.setting("defaultcontentlanguage") or "en").lower()

    @cached_property
    def languages(self) -> set[str]:
        """The languages that are configured."""
        return {str(name).lower() for name in as_mapping(self.setting("languages"))}

    @cached_property
    def zone(self) -> tzinfo:
        """The zone of times without a zone."""
        return find_zone(str(self.setting("timezone") or "UTC")) or UTC

    @cached_property
    def taxonomies(self) -> tuple[str, ...]:
        """The names of taxonomies in the plural, which are the keys of front matter."""
        configured = self.setting("taxonomies")
        values = as_mapping(configured) if configured is not None else _DEFAULT_TAXONOMIES
        return tuple(str(value).lower() for value in values.values())

    @cached_property
    def author_titles(self) -> dict[str, str]:
        """The names of authors by the folders of their pages, as in ``authors/admin/_index.md``."""
        return {
            page.stem.lower(): str(page.front["title"])
            for page in self.pages
            if page.section in ("authors", "author") and page.front.get("title") and page.name != page.section
        }

    # Content files

    def _find_pages(self) -> None:
        content = [path for path in self.source.paths if path.startswith(self.content)]
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
                problem = self.source.diagnose(path, message, code="import.dropped", severity="warning")
                self.problems.append(problem)
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
            problem = self.source.diagnose(
                path, message, "Convert it with pandoc.", code="import.unsupported"
            )
            self.problems.append(problem)
            return None
        text = self.source.read_text(path)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
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
            problems.append(self.source.diagnose(path, message, code="import.invalid-front-matter"))
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
        cascades = [section.front.get("cascade") for section in chain] + [self.setting("cascade")]
        for cascade in cascades:
            for values in cascade if isinstance(cascade, list) else [cascade]:
                if not isinstance(values, Mapping):
                    continue
                target = as_mapping(values.get("target") or values.get("_target"))
                if not _matches_target(page, target):
                    continue
                for key, value in {**as_mapping(values.get("params")), **values}.items():
                    if key not in ("target", "_target", "params") and key not in page.front:
                        page.front[key] = value
                        page.inherited.add(key)

    # URLs

    def _page_url(self, page: SourcePage) -> str:
        """Return the path of a page on the old site."""
        prefix = ""
        if page.language != self.language or self.setting("defaultcontentlanguageinsubdir") is True:
            prefix = f"/{page.language}"
        url = page.front.get("url")
        if isinstance(url, str) and url.strip("/ "):
            path = f"/{url.strip().lstrip('/')}"
            return prefix + (path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/")
        pattern = self._permalink_pattern(page)
        if pattern:
            path = f"/{self._expand_permalink(pattern, page).strip('/')}"
            return prefix + self._page_suffix(path, page)
        folder, stem = posixpath.split(page.name)
        slug = page.front.get("slug")
        if page.kind != "section":
            stem = str(slug) if slug else self._file_slug(page) or stem
        path = self.sanitize(f"/{posixpath.join(folder, stem)}".rstrip("/"))
        return prefix + (self._page_suffix(path, page) if path else "/")

    def _page_suffix(self, path: str, page: SourcePage) -> str:
        ugly = self.setting("uglyurls")
        is_ugly = ugly.get(page.section) if isinstance(ugly, Mapping) else ugly
        return f"{path}.html" if is_ugly is True and page.kind != "section" else f"{path}/"

    def _file_slug(self, page: SourcePage) -> str:
        """Return the name of a file without its date, if the configuration reads dates from names."""
        if ":filename" not in as_texts(self.setting("frontmatter", "date")):
            return ""
        match = _FILE_DATE.fullmatch(page.stem)
        return match["slug"] if match else ""

    def _permalink_pattern(self, page: SourcePage) -> str:
        if page.kind == "section" and "/" in page.name and page.section in self.taxonomies:
            return self._term_pattern(page.section)
        permalinks = as_mapping(self.setting("permalinks"))
        kind = "section" if page.kind == "section" else "page"
        for patterns in (as_mapping(permalinks.get(kind)), permalinks if kind == "page" else {}):
            pattern = patterns.get(page.section or "/") or (patterns.get("") if not page.section else None)
            if isinstance(pattern, str):
                return pattern
        return ""

    def _expand_permalink(self, pattern: str, page: SourcePage) -> str:
        moment = self.read_date(page, "date", "publishdate", "pubdate", "published", "lastmod")

        def expand(match: re.Match[str]) -> str:
            return self.sanitize(self._expand_token(match["name"], match["selection"], page, moment))

        return PERMALINK_TOKEN.sub(expand, pattern)

    def _expand_token(self, name: str, selection: str | None, page: SourcePage, moment: date | None) -> str:
        title, slug = str(page.front.get("title") or ""), str(page.front.get("slug") or "")
        stem = self._file_slug(page) or page.stem
        day = moment or date(1, 1, 1)
        token = name.lower()
        if token in ("sections", "sectionslugs"):
            return "/".join(_slice(self._find_sections(page), selection))
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
        return _GO_DATE.sub(lambda match: _format_go_date(match[0], day), name)

    def _find_sections(self, page: SourcePage) -> list[str]:
        """Return the names of the folders above a page that are sections: the first, and those with lists."""
        lists = {other.name for other in self.pages if other.kind == "section"}
        parts = posixpath.dirname(page.name).split("/")
        names = {"/".join(parts[: length + 1]): part for length, part in enumerate(parts) if part}
        return [part for name, part in names.items() if "/" not in name or name in lists]

    def sanitize(self, path: str) -> str:
        """Return a path as Hugo writes it: only letters, digits and a few symbols, in lower case."""
        if self.setting("removepathaccents") is True:
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
        return sanitized if self.setting("disablepathtolower") is True else sanitized.lower()

    # Dates

    def read_date(self, page: SourcePage, *keys: str) -> date | None:
        """Return the first date under these keys; a time without a zone is in that of the site."""
        for key in keys:
            value = page.front.get(key)
            if value in (None, "", False, True):
                continue
            parsed = self._parse_date(value)
            if parsed is not None:
                return parsed
            message = f"{quote(value)} is not a date."
            problem = self.source.diagnose(
                page.path,
                message,
                "Write it as in 2026-01-31.",
                line=page.line_of(key),
                code="import.invalid-date",
            )
            problem = replace(problem, field=key)
            if problem not in page.problems:
                page.problems.append(problem)
        if keys[0] == "date" and ":filename" in as_texts(self.setting("frontmatter", "date")):
            match = _FILE_DATE.fullmatch(page.stem)
            return self._parse_date(match["date"]) if match else None
        return None

    def _parse_date(self, value: object) -> date | None:
        parsed: date | None = None
        if isinstance(value, date):
            parsed = value
        elif isinstance(value, str):
            text = value.strip()
            parsed = parse_iso_date(text) or parse_time(text, _TIME_FORMATS)
            if parsed is None and (day := parse_time(text, _DATE_FORMATS)) is not None:
                parsed = day.date()
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
            for folder in as_texts(self.setting(f"{kind}dir")) or [kind]:
                prefix = f"{self.root}{folder.strip('/')}/"
                for path in self.source.paths:
                    if path.startswith(prefix):
                        self._add_file(f"/{path.removeprefix(prefix)}", path)

    def _add_file(self, url: str, path: str) -> None:
        self.files.setdefault(url, partial(self.source.read_bytes, path))
        self.urls_of_files.setdefault(path, url)

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

    def find_reference(self, page: SourcePage, reference: str) -> str | None:
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
        urls = {other.url for other in candidates if other.language == page.language}
        urls = urls or {other.url for other in candidates}
        return f"{urls.pop()}{mark}{fragment}" if len(urls) == 1 else None

    def find_title(self, url: str) -> str:
        for page in self.pages:
            if page.url.strip("/") == url.partition("#")[0].strip("/"):
                return str(page.front.get("title") or "")
        return ""

    def read_resource(self, page: SourcePage, name: str) -> str | None:
        folder = posixpath.dirname(page.path)
        paths = [posixpath.normpath(posixpath.join(folder, name))]
        paths += [f"{self.root}{kind}/{name.lstrip('/')}" for kind in ("assets", "static", "data")]
        for path in paths:
            if path in self.source and isinstance(text := self.source.read_text(path), str):
                return text
        return None

    def rewrite_target(self, page: SourcePage, url: str, *, is_image: bool) -> str:
        """Return the URL of what a link or image means: a content file, or a file beside the page."""
        path, mark, fragment = url.partition("#")
        if not path or not is_valid_url(url) or urlsplit(url).scheme or url.startswith("//"):
            return url
        bare = unquote(path.partition("?")[0])
        if not is_image and bare.lower().endswith(_MARKDOWN_SUFFIXES):
            return self.find_reference(page, url) or url
        joined = posixpath.normpath(
            posixpath.join(page.url if page.url.endswith("/") else posixpath.dirname(page.url), bare)
        )
        if joined in self.files or not (is_image or "." in posixpath.basename(bare)):
            return url
        # Themes also look beside the source and in static/ and assets/.
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), bare.lstrip("/")))
        if file_url := self.urls_of_files.get(beside):
            return f"{quote_url(file_url)}{mark}{fragment}"
        absolute = f"/{bare.lstrip('/')}"
        for candidate in (absolute, f"/media{absolute}", f"/images{absolute}"):
            if candidate in self.files:
                return f"{quote_url(candidate)}{mark}{fragment}"
        return url

    def term_url(self, taxonomy: str, term: str) -> str:
        """Return the path of the list of a term of a taxonomy."""
        name = self.sanitize(term)
        page = self._pages_by_name.get(f"/{taxonomy}/{name}")
        if page is not None and page.kind == "section":
            return page.url
        pattern = self._term_pattern(taxonomy)
        if pattern:
            path = PERMALINK_TOKEN.sub(
                lambda match: taxonomy if match["name"] == "section" else name, pattern
            )
            return f"/{path.strip('/')}/"
        return f"{self.sanitize(f'/{taxonomy}')}/{name}/"

    def _term_pattern(self, taxonomy: str) -> str:
        permalinks = as_mapping(self.setting("permalinks"))
        pattern = as_mapping(permalinks.get("term")).get(taxonomy) or permalinks.get(taxonomy)
        return pattern if isinstance(pattern, str) else ""

    def section_urls(self) -> dict[str, str]:
        """Return the URLs of the lists of sections, each with the folder of the section.

        Every first folder is a section, and every folder with ``_index.md``.
        """
        lists = {page.name: page.url for page in self.pages if page.kind == "section" and page.name}
        folders = {page.section for page in self.pages if page.section and page.section not in lists}
        urls = {f"{self.sanitize(f'/{folder}')}/": folder for folder in folders}
        return urls | {
            url: folder
            for folder, url in lists.items()
            if not ("/" in folder and folder.partition("/")[0] in self.taxonomies)
        }


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


def _format_go_date(part: str, day: date) -> str:
    """Return what a part of Go's reference time stands for; 1 and 2 have no leading zero."""
    if part in ("1", "2"):
        return str(day.month if part == "1" else day.day)
    return day.strftime(_GO_DATES[part])
