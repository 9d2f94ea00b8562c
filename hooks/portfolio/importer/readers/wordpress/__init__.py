"""Read a WordPress export (WXR): its posts and pages, with the uploads at hand.

The export is one XML file or several, alone or with the folder of uploads beside it. Comments, menus and the
items of plugins have no counterpart, and are reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property, partial
from urllib.parse import parse_qs, unquote, urlsplit

from bs4 import BeautifulSoup
from lxml import etree

from portfolio.core.diagnostics import Diagnostic, Severity, join_words, quote
from portfolio.core.text import is_valid_url, normalize_host
from portfolio.importer.html_text import strip_tags
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.wordpress.content import Attachment, Library, convert_content

_HEAD_BYTES = 4000
_MARK = b"wordpress.org/export/"
_UPLOADS = ("wp-content/uploads", "uploads")
_UPLOAD = re.compile(r"(?:^|/)(?:wp-content/)?uploads/")
# The size that WordPress adds to the name of a smaller copy of an image.
_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)")
_DESCRIPTIONS = (
    "_yoast_wpseo_metadesc",
    "rank_math_description",
    "_aioseo_description",
    "_aioseop_description",
)
_POST_TYPES = ("post", "page")
# Items that are no content of their own: what is read elsewhere, and versions of posts.
_INTERNAL_TYPES = ("attachment", "wp_block", "revision", "customize_changeset", "oembed_cache")
_LEFT_OUT = ("trash", "auto-draft", "inherit")
_POSTS_PER_PAGE = 10
_NO_DATE = "0000-00-00 00:00:00"
_LARGEST_OFFSET = timedelta(hours=15)


def detect(files: InputFiles) -> bool:
    """Whether the source is an export, or a folder with one."""
    return bool(_find_exports(files))


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    site = ImportedSite("a WordPress export", problems=list(files.problems))
    exports = _find_exports(files) or files.paths[:1]
    items: list[_Item] = []
    channels: list[etree._Element] = []
    for path in exports:
        root = files.load_xml(path)
        if isinstance(root, Diagnostic):
            site.problems.append(root)
            continue
        channel = next(root.iter("channel"), None)
        if channel is None:
            site.problems.append(
                files.diagnose(
                    path, "this is not a WordPress export: it has no channel.", code="import.invalid"
                )
            )
            continue
        channels.append(channel)
        items += [_Item(files.display(path), element) for element in channel.iter("item")]
    if channels:
        _Reader(files, site, channels, items).read(progress)
    return site


def _find_exports(files: InputFiles) -> list[str]:
    paths = files.paths if files.path.is_file() and not files.is_archive else files.match("*.xml")
    exports = []
    for path in paths:
        data = files.read_bytes(path)
        if not isinstance(data, Diagnostic) and _MARK in data[:_HEAD_BYTES]:
            exports.append(path)
    return exports


@dataclass
class _Item:
    """An item of the export, with the path of its file."""

    source: str
    element: etree._Element
    problems: list[Diagnostic] = field(default_factory=list)

    def find(self, name: str) -> etree._Element | None:
        """Return a child by its name in the export, such as ``wp:post_id`` or ``content:encoded``."""
        return _find(self.element, name)

    def text(self, name: str) -> str:
        """Return the text of a child by its name, or an empty string."""
        return _text(self.find(name))

    @cached_property
    def id(self) -> int:
        """The number by which others refer to it; 0 without one."""
        return _number(self.text("wp:post_id"))

    @cached_property
    def type(self) -> str:
        """What it is, such as ``post``."""
        return self.text("wp:post_type").strip()

    @cached_property
    def status(self) -> str:
        """Whether it is published, such as ``draft``."""
        return self.text("wp:status").strip()

    @cached_property
    def metadata(self) -> dict[str, str]:
        """The values of ``wp:postmeta`` by their keys."""
        pairs = (
            (_text(_find(element, "wp:meta_key")).strip(), _text(_find(element, "wp:meta_value")))
            for element in _find_all(self.element, "wp:postmeta")
        )
        return {key: value for key, value in pairs if value}

    def report(
        self, message: str, hint: str = "", *, code: str, severity: Severity = "warning", line: int = 0
    ) -> None:
        """Report a problem of the item, on the line where it begins unless another is passed."""
        place = line or self.element.sourceline or 1
        problem = Diagnostic(self.source, int(place), 1, "", message, hint, code=code, severity=severity)
        self.problems.append(problem)


class _Reader:
    def __init__(
        self,
        files: InputFiles,
        site: ImportedSite,
        channels: list[etree._Element],
        items: list[_Item],
    ) -> None:
        self.files = files
        self.site = site
        self.channels = channels
        self.items = items
        self.uploads = _find_uploads(files)
        self.base_path = "/"
        self.hosts: set[str] = set()
        # The paths of posts and uploads by their numbers.
        self.paths: dict[int, str] = {}
        self.library = Library()
        self.by_guid: dict[str, _Item] = {}

    def read(self, progress: Progress) -> None:
        """Read everything."""
        self._find_site_url()
        self._list_attachments()
        posts = [item for item in self.items if item.type in _POST_TYPES and item.status not in _LEFT_OUT]
        for item in self.items:
            path = self._path_of(_text(_find(item.element, "link")))
            if path and item.status == "publish" and item.type != "attachment":
                self.paths[item.id] = path
            if item.type == "wp_block":
                self.library.blocks[item.id] = item.text("content:encoded")
        for number, item in enumerate(posts, 1):
            self.site.pages.append(self._read_post(item))
            progress(number, len(posts))
        self._add_authors(posts)
        self._add_lists(posts)
        self._report_others()

    def _find_site_url(self) -> None:
        channel = self.channels[0]
        url = (_text(_find(channel, "wp:base_blog_url")) or _text(_find(channel, "link"))).strip()
        if is_valid_url(url) and (parts := urlsplit(url)).netloc:
            self.base_path = f"{parts.path.rstrip('/')}/"
            self.hosts = {normalize_host(parts.netloc)}
            self.site.url = f"{parts.scheme}://{parts.netloc}{self.base_path}"

    def _path_of(self, url: str) -> str:
        """Return the path of a URL of the old site; empty for that of another, or one with a query."""
        url = url.strip()
        if not is_valid_url(url):
            return ""
        parts = urlsplit(url)
        if parts.query or (parts.netloc and normalize_host(parts.netloc) not in self.hosts):
            return ""
        path = parts.path or "/"
        path = path[len(self.base_path) :] if path.startswith(self.base_path) else path
        return f"/{path.lstrip('/')}"

    # Uploads

    def _list_attachments(self) -> None:
        """List the uploads: those of the export, and all files of the folder of uploads."""
        if self.uploads is not None:
            paths = [path for path in self.uploads.paths if not path.endswith(".xml")]
            for path in [path for path in paths if _UPLOAD.search(path)] or paths:
                relative = _UPLOAD.split(path, maxsplit=1)[-1]
                self.site.files[f"/wp-content/uploads/{relative}"] = partial(self.uploads.read_bytes, path)
        for item in self.items:
            if item.type == "attachment":
                url = item.text("wp:attachment_url").strip() or _text(_find(item.element, "guid")).strip()
                self.library.attachments[item.id] = Attachment(
                    item.id,
                    self._upload_path(url),
                    _one_line(item.metadata.get("_wp_attachment_image_alt", "")),
                    strip_tags(item.text("excerpt:encoded")),
                    _number(item.text("wp:post_parent")),
                )

    def _upload_path(self, url: str) -> str:
        """Return the path of an upload on this site; that of the original for a smaller copy of an image.

        The URL is returned as it is if the file is not at hand.
        """
        if not is_valid_url(url):
            return url
        parts = urlsplit(url)
        host = normalize_host(parts.netloc)
        if host and host not in self.hosts and not host.endswith((".files.wordpress.com", ".wp.com")):
            return url
        path = unquote(parts.path)
        relative = _UPLOAD.split(path, maxsplit=1)[-1] if _UPLOAD.search(path) else path.lstrip("/")
        for name in (relative, _SIZE.sub("", relative)):
            if (known := f"/wp-content/uploads/{name}") in self.site.files:
                return known
        return url

    # Posts

    def _read_post(self, item: _Item) -> ImportedPage:
        created = _read_time(item.text("wp:post_date"), item.text("wp:post_date_gmt"))
        updated = _read_time(item.text("wp:post_modified"), item.text("wp:post_modified_gmt"))
        content = item.find("content:encoded")
        line = int((content.sourceline if content is not None else 0) or 1)
        path = self.paths.get(item.id, "")
        page = ImportedPage(
            source=item.source,
            title=strip_tags(item.text("title")),
            body=self._convert_body(item, _text(content), line),
            format="html",
            line=line,
            is_post=item.type == "post",
            url=path,
            slug=unquote(item.text("wp:post_name").strip()),
            created=created,
            updated=updated if created and updated and updated.date() > created.date() else None,
            draft=item.status not in ("publish", "future"),
            categories=tuple(self._terms(item, "category")),
            tags=tuple(self._terms(item, "post_tag")),
            authors=tuple(filter(None, [self._author_name(item.text("dc:creator").strip())])),
            description=self._description(item),
            image=self._image(item),
            feed_id=self._feed_id(item),
            problems=item.problems,
        )
        self._check_post(item, page)
        return page

    def _feed_id(self, item: _Item) -> str:
        """Return the id of a post in the old feed, which is not always unique."""
        guid = item.text("guid").strip()
        first = self.by_guid.setdefault(guid, item)
        if not guid or first is item:
            return guid
        message = f"its id in the old feed is also that of the post on line {first.element.sourceline}."
        item.report(message, "It gets a new id.", code="import.duplicate")
        return f"{guid}#{item.id}"

    def _check_post(self, item: _Item, page: ImportedPage) -> None:
        if not page.title:
            item.report("this has no title.", "Its first words become its title.", code="import.incomplete")
            page.title = " ".join(strip_tags(page.body).split()[:6]) or f"Post {item.id}"
        for name in ("wp:post_date", "wp:post_modified"):
            text = item.text(name).strip()
            if text not in ("", _NO_DATE) and _parse_time(text) is None:
                item.report(f"{quote(text)} is not a date.", code="import.invalid-date")
        if item.text("wp:post_password").strip():
            page.draft, page.url = True, ""
            message = "this needs a password on the old site, and becomes a draft."
            item.report(message, "Publish it if everybody may read it.", code="import.unsupported")
        elif item.status in ("private", "pending"):
            message = f"this is {item.status} on the old site, and becomes a draft."
            item.report(message, code="import.unsupported")
        elif item.status == "publish" and not page.url:
            message = "its URL is a query, which a static site cannot answer."
            item.report(message, code="import.unsupported")
        comments = [
            comment
            for comment in _find_all(item.element, "wp:comment")
            if _text(_find(comment, "wp:comment_approved")).strip() == "1"
            and _text(_find(comment, "wp:comment_type")).strip() in ("", "comment")
        ]
        if comments:
            count = "1 comment" if len(comments) == 1 else f"{len(comments)} comments"
            item.report(f"{count} left out, because this site has none.", code="import.dropped")

    def _convert_body(self, item: _Item, content: str, line: int) -> str:
        def report(offset: int, message: str) -> None:
            item.report(message, code="import.unsupported", line=line + offset)

        body = convert_content(
            content, self.library, report, post=item.id, footnotes=item.metadata.get("footnotes", "")
        )
        soup = BeautifulSoup(body, "html.parser")
        for element in soup.find_all(True):
            for name in ("href", "src", "poster"):
                value = element.get(name)
                if isinstance(value, str):
                    element[name] = self._resolve(value)
            if element.has_attr("srcset"):
                del element["srcset"]
        return str(soup)

    def _resolve(self, url: str) -> str:
        """Return a URL with the path of a post that it names by number, or of an upload at hand."""
        if not is_valid_url(url):
            return url
        parts = urlsplit(url)
        if not parts.netloc or normalize_host(parts.netloc) in self.hosts:
            query = parse_qs(parts.query)
            for name in ("p", "page_id", "attachment_id"):
                number = _number(query.get(name, [""])[0])
                if number in self.paths:
                    fragment = f"#{parts.fragment}" if parts.fragment else ""
                    return f"{self.paths[number]}{fragment}"
                if number in self.library.attachments:
                    return self.library.attachments[number].url
        return self._upload_path(url)

    def _terms(self, item: _Item, domain: str) -> Iterator[str]:
        for element in item.element.findall("category"):
            if element.get("domain") == domain and (name := _one_line(_text(element))):
                yield name

    def _description(self, item: _Item) -> str:
        texts = (item.metadata.get(key, "") for key in _DESCRIPTIONS)
        # "%%excerpt%%" is a template of Yoast.
        text = next((text for text in texts if text and "%%" not in text), item.text("excerpt:encoded"))
        return strip_tags(text)

    def _image(self, item: _Item) -> str:
        attachment = self.library.attachments.get(_number(item.metadata.get("_thumbnail_id", "")))
        return attachment.url if attachment is not None else ""

    # The rest of the site

    @cached_property
    def _author_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for channel in self.channels:
            for element in _find_all(channel, "wp:author"):
                login = _text(_find(element, "wp:author_login")).strip()
                names[login] = " ".join(_text(_find(element, "wp:author_display_name")).split()) or login
        return names

    def _author_name(self, login: str) -> str:
        return self._author_names.get(login, login)

    def _add_authors(self, posts: Iterable[_Item]) -> None:
        logins = dict.fromkeys(login for item in posts if (login := item.text("dc:creator").strip()))
        self.site.authors += [ImportedAuthor(self._author_name(login)) for login in logins]
        for login in logins:
            self.site.lists[f"/author/{login.lower()}/"] = OldList("author", self._author_name(login))

    def _add_lists(self, posts: Iterable[_Item]) -> None:
        """Add the lists and feeds of WordPress's default URLs."""
        lists = self.site.lists
        lists |= {"/feed/": OldList("feed"), "/feed/atom/": OldList("feed")}
        published = [item for item in posts if item.type == "post" and item.status == "publish"]
        parents = self._category_parents()
        for item in published:
            for element in item.element.findall("category"):
                name, slug = _one_line(_text(element)), element.get("nicename", "")
                if element.get("domain") == "category" and slug:
                    for path in (slug, "/".join([*_ancestors(slug, parents), slug])):
                        lists[f"/category/{unquote(path)}/"] = OldList("category", name)
                        lists[f"/category/{unquote(path)}/feed/"] = OldList("category feed", name)
                elif element.get("domain") == "post_tag" and slug:
                    lists[f"/tag/{unquote(slug)}/"] = OldList("tag", name)
                    lists[f"/tag/{unquote(slug)}/feed/"] = OldList("tag feed", name)
            if created := _read_time(item.text("wp:post_date"), ""):
                for path in (f"{created:%Y}", f"{created:%Y/%m}", f"{created:%Y/%m/%d}"):
                    lists[f"/{path}/"] = OldList("archive", f"{created:%Y}")
        for number in range(2, -(-len(published) // _POSTS_PER_PAGE) + 1):
            lists[f"/page/{number}/"] = OldList("index")

    def _category_parents(self) -> dict[str, str]:
        return {
            _text(_find(element, "wp:category_nicename")).strip(): _text(
                _find(element, "wp:category_parent")
            ).strip()
            for channel in self.channels
            for element in _find_all(channel, "wp:category")
        }

    def _report_others(self) -> None:
        """Report items of kinds without a counterpart, once for each kind, and those in the trash."""
        types = Counter(item.type for item in self.items)
        for item in self.items:
            count = types.pop(item.type, 0)
            if count and item.type not in (*_POST_TYPES, *_INTERNAL_TYPES):
                items = "1 item" if count == 1 else f"{count} items"
                item.report(
                    f"there is no counterpart of {quote(item.type)}: {items} left out.",
                    code="import.unsupported",
                )
                self.site.problems += item.problems
        removed = [item for item in self.items if item.type in _POST_TYPES and item.status in _LEFT_OUT]
        if removed:
            statuses = join_words(sorted({quote(item.status) for item in removed}))
            items = "1 post" if len(removed) == 1 else f"{len(removed)} posts"
            removed[0].report(
                f"{items} with the status {statuses} left out.", code="import.unsupported", severity="info"
            )
            self.site.problems += removed[0].problems
        missing = [
            attachment
            for attachment in self.library.attachments.values()
            if not attachment.url.startswith("/")
        ]
        if missing:
            item = next(item for item in self.items if item.id == missing[0].id)
            files = "1 upload is" if len(missing) == 1 else f"{len(missing)} uploads are"
            hint = "Put the folder wp-content/uploads of the server beside the export, and import again."
            item.report(f"{files} not at hand.", hint, code="import.missing-file")
            self.site.problems += item.problems


def _find_uploads(files: InputFiles) -> InputFiles | None:
    """Return the uploads in the source, or in a folder beside it."""
    if files.path.is_dir() or files.is_archive:
        return files
    folder = files.path.resolve().parent
    uploads = next((folder / name for name in _UPLOADS if (folder / name).is_dir()), None)
    return None if uploads is None else InputFiles(uploads, files.root)


def _find(element: etree._Element, name: str) -> etree._Element | None:
    return next(iter(_find_all(element, name)), None)


def _find_all(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the children with a name, whose prefix means the namespace of any version of the format."""
    prefix, colon, local = name.rpartition(":")
    return [
        child
        for child in element
        if isinstance(child.tag, str)
        and child.tag.rpartition("}")[2] == local
        and (_PREFIXES[prefix].search(child.tag) is not None if colon else not child.tag.startswith("{"))
    ]


_PREFIXES = {
    "wp": re.compile(r"wordpress\.org/export/[\d.]+/\}"),
    "excerpt": re.compile(r"wordpress\.org/export/[\d.]+/excerpt/\}"),
    "content": re.compile(r"/rss/1\.0/modules/content/\}"),
    "dc": re.compile(r"purl\.org/dc/elements/1\.1/\}"),
}


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(map(str, element.itertext()))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _number(text: str) -> int:
    return int(text) if text.strip().isascii() and text.strip().isdecimal() and len(text) < 20 else 0


def _ancestors(slug: str, parents: dict[str, str]) -> list[str]:
    """Return the categories above a category, the outermost first."""
    ancestors: list[str] = []
    while (slug := parents.get(slug, "")) and slug not in ancestors:
        ancestors.insert(0, slug)
    return ancestors


def _read_time(local: str, universal: str) -> datetime | None:
    """Return a local time with its offset from UTC, which the time in UTC shows, if there is one."""
    time = _parse_time(local)
    reference = _parse_time(universal)
    if time is None or reference is None:
        return time
    offset = time - reference
    if abs(offset) > _LARGEST_OFFSET:
        return time
    return time.replace(tzinfo=timezone(timedelta(minutes=round(offset.total_seconds() / 60))))


def _parse_time(text: str) -> datetime | None:
    text = text.strip()
    if not text or text == _NO_DATE:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
