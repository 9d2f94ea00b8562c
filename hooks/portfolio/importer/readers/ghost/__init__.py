"""Read a Ghost export (JSON): its posts and pages, with the images at hand.

The export has the HTML of each post, but no images: these are in the folder ``content`` of the server.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from html import escape
from typing import Any

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.positions import JsonDocument, KeyPath, load_json, load_yaml
from portfolio.importer.html_text import write_figure
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.ghost.documents import render_lexical, render_mobiledoc
from portfolio.importer.values import as_mapping, parse_iso_date

# What the export writes instead of the URL of the site.
_SITE_URL = "__GHOST_URL__"
_CONTENT = re.compile(r"(?:^|/)content/(?=(?:images|media|files)/)")
# A smaller copy of an image.
_SIZE = re.compile(r"(?<=/images/)size/w\d+/(?:format/\w+/)?")
_HEAD = 20_000
_PERMALINK = "/{slug}/"
_PLACEHOLDER = re.compile(r"[:{](?P<name>[a-z_]+)\}?")
# The tag in the filter of a collection.
_TAG = re.compile(r"(?:primary_)?tags?:\[?'?(?P<slug>[\w-]+)")
_POSTS_PER_PAGE = 25


def detect(files: InputFiles) -> bool:
    """Whether the source is an export, or a folder with one."""
    return _find_export(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    site = ImportedSite("a Ghost export", problems=list(files.problems))
    path = _find_export(files) or next(iter(files.match("*.json")), files.path.name)
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        site.problems.append(text)
        return site
    document, problems = load_json(files.display(path), text)
    site.problems += problems
    if document.data is not None:
        _Reader(files, site, document).read(progress)
    return site


def _find_export(files: InputFiles) -> str | None:
    for path in files.match("*.json"):
        text = files.read_text(path)
        if isinstance(text, str) and all(
            re.search(rf'"{name}"\s*:', text if name == "posts" else text[:_HEAD])
            for name in ("db", "meta", "posts")
        ):
            return path
    return None


class _Reader:
    def __init__(self, files: InputFiles, site: ImportedSite, document: JsonDocument) -> None:
        self.files = files
        self.site = site
        self.document = document
        self.at: KeyPath = ("db", 0, "data")

    def read(self, progress: Progress) -> None:
        """Read everything."""
        if not isinstance(self.document.value_at((*self.at, "posts")), list):
            self._report((), "this is not a Ghost export: it has no list of posts.", severity="error")
            return
        self._list_files()
        self._report_invalid_rows()
        posts = self._rows("posts")
        for number, (index, post) in enumerate(posts, 1):
            self.site.pages.append(self._read_post(index, post))
            progress(number, len(posts))
        self._add_authors()
        self._add_lists()

    def _report(
        self,
        at: KeyPath,
        message: str,
        hint: str = "",
        *,
        severity: Severity = "warning",
        code: str = "import.invalid",
    ) -> None:
        self.site.problems.append(self._diagnose(at, message, hint, severity=severity, code=code))

    def _diagnose(self, at: KeyPath, message: str, hint: str, *, severity: Severity, code: str) -> Diagnostic:
        # The path in an export is long, and the line says enough.
        problem = self.document.diagnose((*self.at, *at), message, hint, code=code, severity=severity)
        return replace(problem, field="")

    def _rows(self, table: str) -> list[tuple[int, Mapping[str, Any]]]:
        """Return the rows of a table that are mappings, with their indexes."""
        rows = self.document.value_at((*self.at, table))
        return [
            (index, row)
            for index, row in enumerate(rows if isinstance(rows, list) else ())
            if isinstance(row, dict)
        ]

    def _report_invalid_rows(self) -> None:
        """Report the rows of posts that are not mappings."""
        valid = {index for index, _ in self._rows("posts")}
        for index, row in enumerate(self.document.value_at((*self.at, "posts"))):
            if index not in valid:
                message = f"{quote(row)} is not a post, and is left out."
                self._report(("posts", index), message, severity="error")

    def _list_files(self) -> None:
        files = self.files
        if files.path.is_file() and not files.is_archive:
            folder = files.path.resolve().parent / "content"
            if not folder.is_dir():
                return
            files = InputFiles(folder, self.files.root)
        for path in files.paths:
            if path.endswith(".json"):
                continue
            full = path if _CONTENT.search(path) else f"content/{path}"
            self.site.files[f"/content/{_CONTENT.split(full, maxsplit=1)[-1]}"] = partial(
                files.read_bytes, path
            )

    # Posts

    def _read_post(self, index: int, post: Mapping[str, Any]) -> ImportedPage:
        # A published date that cannot be read is reported; that of the first draft does not replace it.
        created = _parse_time(post.get("published_at") or post.get("created_at"))
        updated = _parse_time(post.get("updated_at"))
        slug, status = _text(post.get("slug")), _text(post.get("status"))
        number = _text(post.get("id"))
        tags = [self._tags[tag] for tag in self._tags_of.get(number, ()) if tag in self._tags]
        html = self._convert_text(post)
        line, _ = self.document.position_of((*self.at, "posts", index, "html"))
        is_public = status in ("published", "scheduled", "sent") and _text(post.get("visibility")) in (
            "",
            "public",
        )
        is_post = _text(post.get("type")) != "page" and not post.get("page")
        # A page is in no feed, and a draft is not yet.
        feed_id = number if is_public else f"urn:uuid:{_text(post.get('uuid')) or number}"
        feed_id = feed_id if is_post or not is_public else ""
        page = ImportedPage(
            source=self.document.path,
            title=_text(post.get("title")) or f"Post {number}",
            body=self._make_cover(post) + html,
            format="html",
            line=line,
            is_post=is_post,
            url=self._find_path(post, created, is_post=is_post) if slug and is_public else "",
            slug=slug,
            created=created,
            updated=updated if created and updated and f"{updated:%Y%m%d}" > f"{created:%Y%m%d}" else None,
            draft=not is_public,
            tags=tuple(tags),
            authors=tuple(self._authors[key][0] for key in self._author_keys(post) if key in self._authors),
            description=_text(post.get("custom_excerpt")) or self._metadata.get(number, ""),
            image=_resolve_urls(_text(post.get("feature_image"))),
            feed_id=feed_id,
        )
        page.problems += [
            self._diagnose(
                ("posts", index, key),
                f"{quote(post[key])} is not a date.",
                "",
                severity="warning",
                code="import.invalid-date",
            )
            for key in ("published_at", "created_at", "updated_at")
            if post.get(key) and _parse_time(post[key]) is None
        ]
        if not is_public and status in ("published", "scheduled", "sent"):
            page.problems.append(
                self._diagnose(
                    ("posts", index),
                    f"only {quote(_text(post.get('visibility')))} can read this; it becomes a draft.",
                    "Publish it if everybody may read it.",
                    severity="warning",
                    code="import.unsupported",
                )
            )
        page.problems += [
            self._diagnose(
                ("posts", index),
                f"the injected code ({key}) is left out.",
                "",
                severity="warning",
                code="import.dropped",
            )
            for key in ("codeinjection_head", "codeinjection_foot")
            if _text(post.get(key))
        ]
        if not html.strip():
            page.problems.append(
                self._diagnose(
                    ("posts", index),
                    "this post has no text in the export that can be read.",
                    "Export it again with Ghost 1.0 or later.",
                    severity="error",
                    code="import.incomplete",
                )
            )
        return page

    @staticmethod
    def _convert_text(post: Mapping[str, Any]) -> str:
        """Return the HTML of a post, or what its editor's document says."""
        html = post.get("html")
        if isinstance(html, str) and html.strip():
            return _resolve_urls(html)
        for key, render in (("lexical", render_lexical), ("mobiledoc", render_mobiledoc)):
            source = post.get(key)
            if isinstance(source, str) and source:
                with suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
                    return _resolve_urls(render(json.loads(source)))
        return ""

    def _make_cover(self, post: Mapping[str, Any]) -> str:
        """Return the image above a post as a figure, or an empty text."""
        url = _resolve_urls(_text(post.get("feature_image")))
        row = self._rows_of_metadata.get(_text(post.get("id")), {})
        caption = _resolve_urls(_text(row.get("feature_image_caption")))
        if not url:
            return ""
        alternative = escape(_text(row.get("feature_image_alt")))
        return write_figure(f'<img src="{escape(url)}" alt="{alternative}">', caption) + "\n"

    # Routes

    @cached_property
    def _routes(self) -> Mapping[str, Any]:
        """The content of ``routes.yaml``, if it is at hand."""
        for path in self.files.match("routes.yaml", "*/routes.yaml"):
            text = self.files.read_text(path)
            if isinstance(text, str):
                document, problems = load_yaml(self.files.display(path), text)
                self.site.problems += problems
                return as_mapping(document.data)
        return {}

    @cached_property
    def _collections(self) -> list[tuple[str, str, str]]:
        """The path of each collection, the pattern of its posts' paths, and the slug of the tag it is of."""
        collections = [
            (
                f"/{path.strip('/')}/".replace("//", "/"),
                _text(as_mapping(value).get("permalink")) or _PERMALINK,
                match["slug"] if (match := _TAG.search(_text(as_mapping(value).get("filter")))) else "",
            )
            for path, value in as_mapping(self._routes.get("collections")).items()
        ]
        return collections or [("/", _PERMALINK, "")]

    def _find_path(self, post: Mapping[str, Any], created: date | None, *, is_post: bool) -> str:
        """Return the path of a post or a page."""
        number, slug = _text(post.get("id")), _text(post.get("slug"))
        if not is_post:
            return f"/{slug}/"
        slugs = {_text(row.get("id")): _text(row.get("slug")) for _, row in self._rows("tags")}
        tags = [slugs[tag] for tag in self._tags_of.get(number, ()) if tag in self._tags]
        permalink = next((pattern for _, pattern, tag in self._collections if tag in ("", *tags)), _PERMALINK)
        authors = [self._authors[key][1] for key in self._author_keys(post) if key in self._authors]
        values = {
            "slug": slug,
            "id": number,
            "primary_tag": tags[0] if tags else "all",
            "primary_author": authors[0] if authors else "",
        }
        if created is not None:
            values |= {"year": f"{created:%Y}", "month": f"{created:%m}", "day": f"{created:%d}"}
        path = _PLACEHOLDER.sub(lambda match: values.get(match["name"], match[0]), permalink)
        return f"/{path.strip('/')}/"

    def _find_term_path(self, kind: str, slug: str) -> str:
        """Return the path of the list of a tag or an author."""
        pattern = _text(as_mapping(self._routes.get("taxonomies")).get(kind)) or f"/{kind}/{{slug}}/"
        return f"/{pattern.replace('{slug}', slug).strip('/')}/"

    # Tables

    @cached_property
    def _tags(self) -> dict[str, str]:
        """The names of tags that readers see, by their numbers; those with "#" are internal."""
        names = ((_text(row.get("id")), _text(row.get("name"))) for _, row in self._rows("tags"))
        return {number: name for number, name in names if name and not name.startswith("#")}

    @cached_property
    def _tags_of(self) -> dict[str, list[str]]:
        """The numbers of the tags of each post."""
        return self._related("posts_tags", "tag_id")

    def _related(self, table: str, column: str) -> dict[str, list[str]]:
        """Return the numbers in a column by the number of the post, in the order of the export."""
        related: dict[str, list[tuple[int, str]]] = {}
        for index, row in self._rows(table):
            order = row.get("sort_order")
            rank = order if isinstance(order, int) else index
            related.setdefault(_text(row.get("post_id")), []).append((rank, _text(row.get(column))))
        return {post: [number for _, number in sorted(pairs)] for post, pairs in related.items()}

    @cached_property
    def _authors(self) -> dict[str, tuple[str, str, str, str]]:
        """The name, slug, biography and picture of each author."""
        keys = ("name", "slug", "bio", "profile_image")
        return {
            _text(row.get("id")): (name, slug, bio, _resolve_urls(picture))
            for _, row in self._rows("users")
            for name, slug, bio, picture in [[_text(row.get(key)) for key in keys]]
            if name
        }

    @cached_property
    def _authors_of(self) -> dict[str, list[str]]:
        """The numbers of the authors of each post."""
        return self._related("posts_authors", "author_id")

    def _author_keys(self, post: Mapping[str, Any]) -> list[str]:
        return self._authors_of.get(_text(post.get("id"))) or [_text(post.get("author_id"))]

    @cached_property
    def _rows_of_metadata(self) -> dict[str, Mapping[str, Any]]:
        """The metadata of posts, by the number of the post."""
        return {_text(row.get("post_id")): row for _, row in self._rows("posts_meta")}

    @cached_property
    def _metadata(self) -> dict[str, str]:
        """The descriptions for search engines, by the number of the post."""
        return {number: _text(row.get("meta_description")) for number, row in self._rows_of_metadata.items()}

    # The rest of the site

    def _add_authors(self) -> None:
        used = dict.fromkeys(key for _, post in self._rows("posts") for key in self._author_keys(post))
        for key in used:
            if key in self._authors:
                name, slug, bio, picture = self._authors[key]
                self.site.authors.append(ImportedAuthor(name, bio, picture))
                self.site.lists[self._find_term_path("author", slug)] = OldList("author", name)

    def _add_lists(self) -> None:
        """Add the lists and feeds of Ghost's default routes."""
        lists = self.site.lists
        lists["/rss/"] = OldList("feed")
        for path, _, _ in self._collections:
            lists[path] = OldList("index")
            lists[f"{path}rss/"] = OldList("feed")
        counts: Counter[str] = Counter()
        published = [page for page in self.site.pages if page.is_post and not page.draft]
        for page in published:
            counts.update(page.tags)
        for _, row in self._rows("tags"):
            name, slug = _text(row.get("name")), _text(row.get("slug"))
            if counts[name] and slug:
                path = self._find_term_path("tag", slug)
                lists[path] = OldList("tag", name)
                lists[f"{path}rss/"] = OldList("tag feed", name)
        for number in range(2, -(-len(published) // _POSTS_PER_PAGE) + 1):
            lists[f"/page/{number}/"] = OldList("index")


def _resolve_urls(html: str) -> str:
    """Return HTML with paths of the old site, and with originals in place of smaller copies of images."""
    return _SIZE.sub("", html.replace(_SITE_URL, ""))


def _text(value: object) -> str:
    """Return a text or a number as one line; empty for anything else."""
    if isinstance(value, str):
        return " ".join(value.split())
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _parse_time(value: object) -> date | None:
    """Return a time in UTC: ISO 8601, or the milliseconds since 1970 of old exports; a day stays a day."""
    with suppress(ValueError, OverflowError, OSError):
        if isinstance(value, str):
            time = parse_iso_date(value)
            return time.replace(tzinfo=UTC) if isinstance(time, datetime) and time.tzinfo is None else time
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    return None
