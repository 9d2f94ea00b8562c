"""Reads the posts of a blog of Material for MkDocs, and the other pages of its site.

Front matter is that of this site, and so is most of the Markdown; `python_markdown` rewrites what differs.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil
from typing import Any
from urllib.parse import unquote

import yaml
from babel.dates import format_date

from portfolio.blog.urls import BlogSettings, read_blog_settings
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.positions import Document, load_yaml
from portfolio.core.text import is_valid_url, slugify_name
from portfolio.importer.front_matter import divide_text, divide_title
from portfolio.importer.html_text import divide_url, is_relative
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import PYTHON_MARKDOWN, Link, rewrite_links
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.python_markdown import convert_python_markdown, extension_names
from portfolio.importer.readers import Progress
from portfolio.importer.readers.folder_reader import FolderReader
from portfolio.importer.values import as_texts
from portfolio.record.models import Post
from portfolio.sources.mkdocs_yml import blog_settings, find_options, merge_settings
from portfolio.sources.posts import FrontMatter, construct_values

_CONFIGURATION = ("mkdocs.yml", "mkdocs.yaml")
_AUTHORS = ".authors.yml"
_MARKDOWN = ".md"
# The keys that fields of `ImportedPage` contain, or that have no effect on another site.
_HANDLED = frozenset(
    "title date updated draft categories tags authors slug description links template".split()
)


@dataclass
class _Source:
    """A page before its links are resolved. ``path`` is below the documents folder."""

    path: str
    document: Document
    values: dict[str, Any]
    title: str
    body: str
    line: int
    is_post: bool
    url: str = ""
    created: date | None = None
    updated: date | None = None
    problems: list[Diagnostic] = field(default_factory=list)


def detect(files: InputFiles) -> bool:
    """Whether the files are a MkDocs project with Material's blog, or the posts of such a blog."""
    for path in files.match("mkdocs.y*ml"):
        settings = _load_settings(files, path)
        return blog_settings(settings.get("plugins")) is not None
    posts = [path for path in files.match("*.md") if "/_posts/" not in f"/{path}"]
    return any(posixpath.basename(path) == _AUTHORS for path in files.paths) and bool(posts)


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the posts and pages of a site of Material for MkDocs."""
    return _MaterialReader(files, progress).read()


def _load_settings(files: InputFiles, path: str) -> dict[str, Any]:
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        return {}
    # Tags such as !ENV and !!python/name are not evaluated.
    document, _ = load_yaml(files.display(path), text, compose=_compose)
    return merge_settings([document]) if isinstance(document.data, dict) else {}


def _compose(text: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, Loader=positions.Loader)
    return node


class _MaterialReader(FolderReader):
    def __init__(self, files: InputFiles, progress: Progress) -> None:
        self.files = files
        self.progress = progress
        self.settings = self._read_settings()
        self.has_blog = blog_settings(self.settings.get("plugins")) is not None
        if not self.has_blog:
            self.settings = {**self.settings, "plugins": ["blog"]}
        self.options = blog_settings(self.settings["plugins"]) or {}
        blog = read_blog_settings(self.settings)
        assert blog is not None
        self.blog: BlogSettings = replace(blog, has_default_slugs=True)
        self.root, self.posts = self._find_folders()
        self.extensions = self._find_extensions()
        self.authors = self._read_authors()
        self.sources: dict[str, _Source] = {}
        url = self.settings.get("site_url")
        # With !ENV the last item is the default.
        url = url[-1] if isinstance(url, list) and url else url
        self.site = ImportedSite(
            "a Material for MkDocs blog", url=_with_slash(url) if isinstance(url, str) else ""
        )

    def read(self) -> ImportedSite:
        site = self.site
        site.problems += self.files.problems
        paths = [path for path in self.files.paths if path.startswith(self.root)]
        pages = [path for path in paths if path.endswith(_MARKDOWN) and not self._is_index(path)]
        for number, path in enumerate(pages, 1):
            if (source := self._read_source(path)) is not None:
                self.sources[source.path] = source
            self.progress(number, len(pages))
        for path in paths:
            if not path.endswith(_MARKDOWN) and posixpath.basename(path) != _AUTHORS:
                self.add_file(path.removeprefix(self.root), path)
        for source in self.sources.values():
            site.pages.append(self._make_page(source))
        site.authors = list(self.authors.values())
        self._add_lists()
        return site

    # Settings

    def _read_settings(self) -> dict[str, Any]:
        path = next((path for path in _CONFIGURATION if path in self.files), None)
        return _load_settings(self.files, path) if path else {}

    def _find_folders(self) -> tuple[str, str]:
        """Return the folder of documents in the source, and that of posts below it, with slashes."""
        docs = self.settings.get("docs_dir")
        folder = f"{docs if isinstance(docs, str) else 'docs'}/"
        post_dir = self.options.get("post_dir")
        posts = post_dir if isinstance(post_dir, str) else "{blog}/posts"
        posts = posixpath.normpath(posts.replace("{blog}", self.blog.folder)).removeprefix("./")
        if any(path.startswith(folder) for path in self.files.paths):
            return folder, "" if posts == "." else f"{posts}/"
        # The source is the blog, or its posts.
        if any(path.startswith("posts/") for path in self.files.paths):
            self.blog = replace(self.blog, folder="blog")
            return "", "posts/"
        return "", ""

    def _find_extensions(self) -> set[str]:
        setting = self.settings.get("markdown_extensions")
        names = extension_names(setting) | {"toc", "tables", "fenced_code"}
        if (find_options(setting, "toc") or {}).get("slugify"):
            names = (names - {"toc"}) | {"toc_unicode"}
        return names

    def _read_authors(self) -> dict[str, ImportedAuthor]:
        """Return the authors by their ids."""
        path = next((path for path in self.files.paths if posixpath.basename(path) == _AUTHORS), None)
        text = self.files.read_text(path) if path else None
        if not isinstance(text, str) or path is None:
            return {}
        data = load_yaml(self.files.display(path), text)[0].data
        authors = data.get("authors", data) if isinstance(data, dict) else {}
        return {
            str(id): ImportedAuthor(
                *(str(author.get(key) or "") for key in ("name", "description", "avatar", "url"))
            )
            for id, author in (authors.items() if isinstance(authors, dict) else ())
            if isinstance(author, dict) and author.get("name")
        }

    def _is_index(self, path: str) -> bool:
        return path.removeprefix(self.root) in (
            f"{self.blog.folder}/index.md",
            f"{self.blog.folder}/README.md",
        )

    # Pages

    def _read_source(self, name: str) -> _Source | None:
        text = self.files.read_text(name)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return None
        path = name.removeprefix(self.root)
        divided = divide_text(self.files.display(name), text)
        document, problems = divided.document, divided.problems
        values: dict[str, Any] = {}
        if isinstance(document.data, dict):
            values, wrong = construct_values(document)
            problems = [*problems, *wrong]
        heading, body, line = divide_title(divided.body, divided.line)
        stem = posixpath.splitext(posixpath.basename(path))[0]
        title = str(values.get("title") or heading or stem.replace("-", " ").replace("_", " ").capitalize())
        source = _Source(path, document, values, title, body, line, path.startswith(self.posts))
        source.problems += [replace(problem, severity="warning") for problem in problems]
        self._read_dates(source)
        source.url = self._post_url(source) if source.is_post else _page_url(path, self.settings)
        return source

    def _read_dates(self, source: _Source) -> None:
        value = source.values.get("date")
        dates = dict(value) if isinstance(value, dict) else {"created": value}
        dates["updated"] = source.values.get("updated") or dates.get("updated")
        for key in ("created", "updated"):
            if dates.get(key) is not None and not isinstance(dates[key], date):
                self.report_invalid_date(source, dates[key], source.document.position_of(("date",))[0])
                dates[key] = None
        source.created, source.updated = dates.get("created"), dates.get("updated")

    def _post_url(self, source: _Source) -> str:
        created = source.created
        if created is None:
            return ""
        slug = source.values.get("slug")
        post = Post(
            id="post",
            path=source.path,
            date=created.date() if isinstance(created, datetime) else created,
            time=created if isinstance(created, datetime) else None,
            slug=str(slug) if slug else None,
            categories=_names(source.values, "categories"),
        )
        url = self.blog.post_url(post, source.title)
        return f"/{url}" if url else ""

    def _make_page(self, source: _Source) -> ImportedPage:
        values = source.values
        body = rewrite_links(
            source.body, lambda link: self._resolve(source, link), PYTHON_MARKDOWN, first_line=source.line
        )

        def report(line: int, code: str, message: str, hint: str) -> None:
            severity: Severity = "warning" if hint else "info"
            self.report(source, line, code, message, hint, severity=severity)

        body = convert_python_markdown(
            body,
            self.extensions,
            report,
            has_formulas="arithmatex" in self.extensions,
            first_line=source.line,
            include=self._include,
        )
        others: dict[str, Any] = {}
        for key, value in values.items():
            if key in FrontMatter.model_fields and key not in _HANDLED:
                others[key] = value
            elif key not in _HANDLED or key in ("links", "template"):
                self.report_unused_key(source, key, source.document.position_of((key,))[0])
        ids = _names(values, "authors") if source.is_post else ()
        return ImportedPage(
            source=self.files.display(self.root + source.path),
            title=source.title,
            body=body,
            line=source.line,
            is_post=source.is_post,
            url=source.url,
            slug=str(values.get("slug") or "")
            or (source.url.strip("/").rpartition("/")[2] if source.is_post else ""),
            created=source.created,
            updated=source.updated,
            draft=values.get("draft") is True,
            categories=_names(values, "categories"),
            tags=_names(values, "tags"),
            authors=tuple(self.authors[id].name if id in self.authors else id for id in ids),
            description=str(values.get("description") or ""),
            feed_id=self._feed_id(source),
            front_matter=others,
            problems=source.problems,
        )

    def _feed_id(self, source: _Source) -> str:
        """Return the id that mkdocs-rss-plugin gives the entry of a post, its URL."""
        has_feed = find_options(self.settings.get("plugins"), "rss") is not None
        is_entry = source.is_post and source.url and source.values.get("draft") is not True
        return f"{self.site.url}{source.url[1:]}" if has_feed and is_entry and self.site.url else ""

    def _include(self, path: str) -> str | None:
        """Return the text of a file that a page includes, or None if it is not at hand."""
        for folder in ("", self.root):
            name = posixpath.normpath(posixpath.join(folder, path))
            text = self.files.read_text(name) if name in self.files else None
            if isinstance(text, str):
                return text
        return None

    def _resolve(self, source: _Source, link: Link) -> str | None:
        """Return the URL of a link, which Markdown writes relative to its file, and HTML to its URL."""
        target = link.target
        if link.is_html or not is_relative(target):
            return target
        path, rest = divide_url(target)
        for candidate in (path, unquote(path)):
            file = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), candidate))
            if (page := self.sources.get(file)) is not None and page.url:
                return f"{page.url}{rest}"
            if self._is_index(self.root + file):
                return f"/{self.blog.folder}/{rest}"
            if self.root + file in self.files:
                return f"/{file}{rest}"
        if path.endswith(_MARKDOWN):
            message = f"there is no page for {quote(target)}."
            self.report(source, link.line, "import.dead-link", message)
            return None
        return target

    # Lists

    def _add_lists(self) -> None:
        posts = [
            s for s in self.sources.values() if s.is_post and s.url and s.values.get("draft") is not True
        ]
        if not posts:
            return
        lists, folder = self.site.lists, "" if self.blog.folder == "." else f"{self.blog.folder}/"
        per_page = _read_count(self.options, "pagination_per_page", 10)
        if self.options.get("pagination") is not False and per_page:
            pattern = _read_text(self.options, "pagination_url_format", "page/{page}")
            for page in range(2, ceil(len(posts) / per_page) + 1):
                lists[f"/{folder}{pattern.replace('{page}', str(page)).strip('/')}/"] = OldList("index")
        lists[f"/{folder}"] = OldList("index")
        if self.options.get("archive") is not False:
            pattern = _read_text(self.options, "archive_url_format", "archive/{date}")
            day_format = _read_text(self.options, "archive_url_date_format", "yyyy")
            for source in posts:
                day = format_date(source.created, format=day_format, locale="en")
                lists[f"/{folder}{pattern.replace('{date}', day).strip('/')}/"] = OldList("archive")
        if self.options.get("categories") is not False:
            pattern = _read_text(self.options, "categories_url_format", "category/{slug}")
            for name in {name for source in posts for name in _names(source.values, "categories")}:
                path = pattern.replace("{slug}", slugify_name(name)).strip("/")
                lists[f"/{folder}{path}/"] = OldList("category", name)
        if self.options.get("authors_profiles") is True:
            pattern = _read_text(self.options, "authors_profiles_url_format", "author/{slug}")
            for id in {id for source in posts for id in _names(source.values, "authors")}:
                name = self.authors[id].name if id in self.authors else id
                path = pattern.replace("{slug}", slugify_name(id)).strip("/")
                lists[f"/{folder}{path}/"] = OldList("author", name)
        if find_options(self.settings.get("plugins"), "rss") is not None:
            for name in (
                "feed_rss_created.xml",
                "feed_rss_updated.xml",
                "feed_json_created.json",
                "feed_json_updated.json",
            ):
                lists[f"/{name}"] = OldList("feed")


def _names(values: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(as_texts(values.get(key))))


def _page_url(path: str, settings: dict[str, Any]) -> str:
    bare = path.removesuffix(_MARKDOWN)
    bare = re.sub(r"(?:^|(?<=/))README$", "index", bare)
    if settings.get("use_directory_urls") is False:
        return f"/{bare}.html"
    bare = re.sub(r"(?:^|(?<=/))index$", "", bare)
    return f"/{bare}" if not bare or bare.endswith("/") else f"/{bare}/"


def _with_slash(url: str) -> str:
    is_site = url.startswith(("http://", "https://")) and is_valid_url(url)
    return f"{url.rstrip('/')}/" if is_site else ""


def _read_text(options: dict[str, Any], key: str, default: str) -> str:
    value = options.get(key)
    return value if isinstance(value, str) else default


def _read_count(options: dict[str, Any], key: str, default: int) -> int:
    value = str(options.get(key, default))
    return int(value) if value.isdecimal() and len(value) < 6 else default
