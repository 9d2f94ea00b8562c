"""Reads a Jekyll folder: posts, drafts, pages and collections, by the rules of Jekyll 4.3.

The configuration, the front matter and the data are read as data, and templates are rendered by
`liquid`; nothing of the folder is executed. URLs are relative to the site's base (``baseurl``), which
`ImportedSite.url` contains.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from math import ceil
from typing import Any
from urllib.parse import quote as percent_encode
from urllib.parse import unquote

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.importer.html_text import strip_tags, write_figure
from portfolio.importer.html_to_markdown import convert_html
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import Link, rewrite_links
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, ListKind, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.jekyll.kramdown import convert_kramdown
from portfolio.importer.readers.jekyll.kramdown_spans import Element, KramdownOptions, write_fence
from portfolio.importer.readers.jekyll.liquid import Liquid, Rendered, TagCall, format_value, slugify
from portfolio.importer.readers.jekyll.site import (
    POST_NAME,
    JekyllDocument,
    JekyllSource,
    ProblemKind,
    encode_url,
    find_base,
    is_true,
)
from portfolio.importer.values import as_list, as_mapping, first_text

# Files that a template makes and that this site makes itself, or that no reader opens.
_MADE_ANYWAY = set(
    "sitemap.xml robots.txt redirects.json manifest.json site.webmanifest browserconfig.xml".split()
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
    "posts": "archive",
    "tags": "tags",
    "tag-archive": "tags",
    "categories": "categories",
    "category-archive": "categories",
    "category": "category",
    "tag": "tag",
}
# Texts in front matter that common themes show.
_UNUSED_KEYS = ("subtitle", "tagline", "lead")
_IMAGE_KEYS = tuple("image thumbnail teaser overlay_image cover img cover-img thumbnail-img".split())
# A page with fewer words beside its list of posts is nothing but the list.
_MIN_WORDS = 12


def detect(files: InputFiles) -> bool:
    """Whether the files are a Jekyll site."""
    return find_base(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read a Jekyll site."""
    return JekyllReader(files, progress).read()


class JekyllReader(JekyllSource):
    """Reads a Jekyll site. A theme's reader can replace the methods that have no underscore."""

    def __init__(self, files: InputFiles, progress: Progress) -> None:
        super().__init__(files)
        self.progress = progress
        self.site = ImportedSite(files.path.name, self.root_url, problems=self.problems)
        self._feed_ids: dict[str, str] = {}

    def read(self) -> ImportedSite:
        """Read the whole site."""
        for url, path in self.static_files.items():
            self.site.files[url] = partial(self.files.read_bytes, f"{self.base}{path}")
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

    # Pages

    def add_document(self, document: JekyllDocument) -> None:
        """Add the page of a document, or the list or feed that it makes."""
        full = f"{self.base}{document.path}"
        extension = self.output_suffix(document)
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
            self.problems += document.problems
            return
        if document.url in ("/404.html", "/404"):
            message = "this site has its own page for URLs that do not exist, so this is left out."
            self.report_at(full, 1, "dropped", message)
            return
        list_kind = self._find_list_kind(document)
        body, problems = self.render(document, has_posts=list_kind is None)
        if list_kind is not None and len(re.findall(r"\w+", strip_tags(body))) < _MIN_WORDS:
            self._add_list(document, list_kind)
            self.problems += document.problems
            return
        if list_kind is not None:
            message = "the list of posts on this page is not imported, because this site makes its own lists."
            problems.append(self.make_problem(full, document.line, "unknown", message))
        elif document.label == "pages" and not body.strip():
            message = "this page has no text of its own; what its layout showed is not imported."
            problems.append(
                self.make_problem(full, document.line, "unknown", message, "Copy it from the old site.")
            )
        page = self.make_page(document, body)
        page.problems += [*document.problems, *problems, *self._find_unused_texts(document)]
        self.site.pages.append(page)

    def _find_unused_texts(self, document: JekyllDocument) -> list[Diagnostic]:
        """Return a diagnostic for each text in the front matter that themes show and this site does not."""
        return [
            document.front.diagnose(
                (key,), f"{quote(value)} is not imported.", code="import.dropped", severity="info"
            )
            for key in _UNUSED_KEYS
            if isinstance(value := as_mapping(document.front.data).get(key), str)
        ]

    def make_page(self, document: JekyllDocument, body: str) -> ImportedPage:
        """Return the page of a document whose body is converted."""
        data = document.data
        aliases = [self._to_path(str(path)) for path in as_list(data.get("redirect_from")) if path]
        if document.is_published:
            aliases += self._add_spellings(document.url)
        if target := data.get("redirect_to") or data.get("redirect"):
            target = str(as_list(target)[0])
            link = f"<{target}>" if "://" in target else f"[{target}]({target})"
            body = f"This page has moved to {link}.\n"
            message = f"this page sent its readers to {quote(target)}; it becomes a page with a link."
            hint = "Delete it, and add its URL to the aliases of that page."
            line, _ = document.front.position_of(("redirect_to",))
            document.problems.append(
                self.make_problem(f"{self.base}{document.path}", line, "unsupported", message, hint)
            )
        url_name = posixpath.basename(document.url.rstrip("/")).removesuffix(".html")
        has_html_body = document.suffix in (".html", ".htm", ".xhtml")
        is_post = document.label == "posts"
        updated = first_text(data, "last_modified_at", "updated", "modified", "lastmod")
        own_description = data.get("description") or data.get("excerpt") or data.get("summary") or ""
        return ImportedPage(
            source=self.files.display(f"{self.base}{document.path}"),
            title=document.title,
            body=body,
            format="html" if has_html_body else "markdown",
            # The converted body has no blank lines at its beginning.
            line=document.line + (0 if has_html_body else _count_blank_lines(document.body)),
            is_post=is_post,
            url=document.url if document.is_published else "",
            aliases=tuple(dict.fromkeys(aliases)),
            slug=slugify(document.slug if is_post else unquote(url_name)),
            created=document.date,
            updated=self.parse_date(updated) if updated else None,
            draft=document.is_draft or (not document.is_published and document.day <= self._now),
            categories=tuple(document.categories) if is_post else (),
            tags=tuple(document.tags),
            authors=tuple(self._author_name(author) for author in self._find_authors(data)),
            description=strip_tags(own_description) if isinstance(own_description, str) else "",
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
        return [author for author in as_list(value) if author]

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
                    description=first_text(details, "bio", "description", "role"),
                    avatar=self._to_file_url(first_text(details, "avatar", "picture", "image", "photo")),
                    url=first_text(details, "url", "uri", "web", "website", "site"),
                )
            )

    def _find_image(self, data: Mapping[str, Any]) -> str:
        header = as_mapping(data.get("header"))
        for values in (data, header):
            for key in _IMAGE_KEYS:
                value = values.get(key)
                if isinstance(value, dict):
                    value = first_text(value, "path", "src", "url", "feature", "teaser")
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
        for path in as_list(document.data.get("redirect_from")):
            self.site.lists[self._to_path(str(path))] = OldList(kind, name)
        if kind == "index":
            self._add_pagination(document)

    def _add_pagination(self, document: JekyllDocument) -> None:
        posts = sum(item.label == "posts" and item.is_published for item in self.documents)
        values = as_mapping(self.config.get("pagination"))
        values |= as_mapping(document.data.get("pagination"))
        if is_true(values.get("enabled")):
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
        settings = as_mapping(self.config.get("feed"))
        if self.plugins & {"jekyll-feed", "jekyll/feed"}:
            self.site.lists[self._to_path(str(settings.get("path") or "/feed.xml"))] = OldList("feed")
            for category in as_list(settings.get("categories")):
                self.site.lists[f"/feed/{category}.xml"] = OldList("category feed", str(category))
            tags = settings.get("tags")
            if tags and tags != "false":
                values = as_mapping(tags)
                names = as_list(values.get("only")) or sorted({tag for post in posts for tag in post.tags})
                folder = str(values.get("path") or "/feed/by_tag/")
                for tag in names:
                    if tag not in as_list(values.get("except")) and re.fullmatch(r"\w+", str(tag), re.ASCII):
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
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=True
        )
        try:
            root = etree.fromstring(text.encode(errors="replace"), parser)
        except etree.XMLSyntaxError:
            root = None
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
        values = as_mapping(settings.get("posts")) or settings
        enabled = values.get("enabled", [])
        links = as_mapping(values.get("permalinks"))
        mode = str(values.get("slug_mode", "default"))
        kinds: tuple[tuple[ListKind, str, set[str]], ...] = (
            ("category", "categories", {name for post in published for name in post.categories}),
            ("tag", "tags", {name for post in published for name in post.tags}),
        )
        for kind, plural, names in kinds:
            if enabled == "all" or plural in as_list(enabled):
                template = str(links.get(kind) or links.get(plural) or f"/{kind}/:name/")
                for name in names:
                    path = template.replace(":type", kind).replace(":name", encode_url(slugify(name, mode)))
                    self.site.lists[self._to_path(path)] = OldList(kind, name)
        for period, template, pattern in (
            ("year", "/:year/", "%Y"),
            ("month", "/:year/:month/", "%Y %m"),
            ("day", "/:year/:month/:day/", "%Y %m %d"),
        ):
            if enabled == "all" or period in as_list(enabled):
                template = str(links.get(period) or template)
                for moment in {f"{post.day:{pattern}}" for post in published}:
                    path = template
                    for name, value in zip((":year", ":month", ":day"), moment.split(), strict=False):
                        path = path.replace(name, value)
                    self.site.lists[self._to_path(path)] = OldList("archive", moment[:4])

    # Bodies

    def render(self, document: JekyllDocument, *, has_posts: bool = True) -> tuple[str, list[Diagnostic]]:
        """Return the body of a document for this site, and its problems.

        ``has_posts``: templates can list posts.
        """
        # Without duplicates: a loop can report the same again and again.
        problems: dict[Diagnostic, None] = {}
        full = f"{self.base}{document.path}"

        def report(kind: ProblemKind, line: int, message: str, hint: str) -> None:
            problems.setdefault(self.make_problem(full, line, kind, message, hint))

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
                problems.update(dict.fromkeys(converted.problems))
                return converted.markdown.rstrip("\n")

            options = replace(
                self.kramdown_options,
                convert_html=convert_block,
                convert_element=partial(self.convert_element, report),
            )
            body = convert_kramdown(rendered.text, rendered.lines, options, report)
            return self._resolve_paths(document, body), list(problems)
        if document.suffix == ".textile":
            message = "Textile is not read, so the text is imported without its markup."
            report("unsupported", document.line, message, "Convert it to Markdown, for example with pandoc.")
        return rendered.text, list(problems)

    def _resolve_paths(self, document: JekyllDocument, body: str) -> str:
        """Replace links to Markdown files by those to their pages, as jekyll-relative-links does."""

        def resolve(link: Link) -> str:
            path, mark, fragment = link.target.partition("#")
            if posixpath.splitext(path)[1] not in self.markdown_suffixes or "://" in path:
                return link.target
            folder = "" if path.startswith("/") else posixpath.dirname(document.path)
            source = posixpath.normpath(posixpath.join(folder, unquote(path).lstrip("/")))
            url = self._urls_by_path.get(source)
            return link.target if url is None else f"{url}{mark}{fragment}"

        if not any(suffix in body for suffix in self.markdown_suffixes):
            return body
        return rewrite_links(body, resolve)

    def _mark_excerpt(self, document: JekyllDocument) -> str:
        separator = str(document.data.get("excerpt_separator") or self.config["excerpt_separator"])
        if document.label != "posts" or not separator.strip():
            return document.body
        head, mark, rest = document.body.partition(separator)
        if not mark or not rest.strip():
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
        settings = as_mapping(self.config.get("kramdown"))
        return KramdownOptions(
            is_gfm=str(settings.get("input", "GFM")) == "GFM",
            auto_ids=is_true(settings.get("auto_ids", "true")),
            hard_wrap=is_true(settings.get("hard_wrap", "false")),
            replaces_emoji="jemoji" in self.plugins,
        )

    def convert_element(self, _report: Callable[..., None], element: Element) -> str | None:
        """Return the Markdown of an element, or None to leave it as it is."""
        attributes = element.attributes
        if element.name != "pre" or "data-language" not in attributes:
            return None
        code = html.unescape(element.content.partition(">")[2].removesuffix("</code>"))
        options = {"linenums": attributes.get("data-linenums"), "hl_lines": attributes.get("data-lines")}
        return "\n".join(write_fence(code, attributes["data-language"], options))

    def make_variables(self, document: JekyllDocument) -> dict[str, Any]:
        """Return the variables of a document's templates."""
        page = {**document.data, **document.typed_front_matter} | {
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
        published = [
            document for document in self.documents if document.label == label and document.is_published
        ]
        published.sort(key=lambda document: (document.day, document.path), reverse=label == "posts")
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
            for document in published
        ]

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
        code = html.escape(re.sub(r"\A\n+|\s+\Z", "", call.content or "")).replace("\n", "&#10;")
        attributes = ' data-linenums="1"' if re.search(r"\blinenos\b", options) else ""
        if lines := re.search(r'\b(?:hl_lines|mark_lines)="([\d\s]+)"', options):
            attributes += f' data-lines="{" ".join(lines[1].split())}"'
        # On one line, so that the indentation of a list does not change the code.
        code = f'<code class="language-{html.escape(language)}">{code}</code>'
        return f'<pre data-language="{html.escape(language)}"{attributes}>{code}</pre>'

    def _link(self, report: Callable[..., None], call: TagCall) -> str:
        path = self._render_markup(call).lstrip("/")
        if (url := self._urls_by_path.get(path)) is not None:
            return url
        message = f"there is no file {quote(path)} for {{% link %}}."
        report("invalid", call.line, message, did_you_mean(path, self._urls_by_path))
        return "#"

    @cached_property
    def _urls_by_path(self) -> dict[str, str]:
        urls = {document.path: document.url for document in self.documents}
        return {**{path: url for url, path in self.static_files.items()}, **urls}

    def _link_post(self, report: Callable[..., None], call: TagCall) -> str:
        name = self._render_markup(call).lstrip("/")
        if (post := self._posts_by_name.get(name)) is not None:
            return post.url
        # As Jekyll does, accept the day and the slug.
        if match := POST_NAME.match(f"{name}.md"):
            day = self.parse_date(match["date"])
            for document in self.documents:
                if document.slug == match["slug"] and document.day.date() == day:
                    return document.url
        message = f"there is no post {quote(name)}."
        report("invalid", call.line, message, did_you_mean(name, self._posts_by_name))
        return "#"

    @cached_property
    def _posts_by_name(self) -> dict[str, JekyllDocument]:
        """The posts by the names that ``{% post_url %}`` accepts."""
        names: dict[str, JekyllDocument] = {}
        for document in self.documents:
            if document.label == "posts":
                before, _, after = posixpath.splitext(document.path)[0].partition("_posts/")
                for name in (f"{before}{after}", after, posixpath.basename(after)):
                    names.setdefault(name, document)
        return names

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
        source = first_text(
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
        caption = first_text(parameters, "caption", "figcaption", "description")
        alternative = first_text(parameters, "alt", "title") or strip_tags(caption)
        size = "".join(
            f' {name}="{html.escape(str(parameters[name]))}"'
            for name in ("width", "height")
            if re.fullmatch(r"\d+(?:px)?", str(parameters.get(name, "")))
        )
        image = f'<img src="{html.escape(url)}" alt="{html.escape(alternative)}"{size}>'
        link = first_text(parameters, "link", "href", "linkto")
        image = f'<a href="{html.escape(link)}">{image}</a>' if link else image
        return write_figure(image, caption)


def _count_blank_lines(text: str) -> int:
    """Return the number of blank lines at the beginning of a text."""
    return text[: len(text) - len(text.lstrip())].count("\n")
