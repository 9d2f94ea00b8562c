"""Read the JSON export of a Ghost site, alone or with its images in ``content/images`` beside it.

Posts have HTML; a post without it has Lexical or Mobiledoc, which `_render_lexical` and `_render_mobiledoc`
write as HTML. The paths of posts are those of ``routes.yaml``, if it is there too.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from html import escape
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Comment

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.positions import JsonDocument, KeyPath, load_json, load_yaml
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import Progress

_SITE = "__GHOST_URL__"
_TOKEN = re.compile(r"[:{](?P<name>[a-z_]+)\}?")
_TAG_FILTER = re.compile(r"(?:primary_)?tags?:\[?'?(?P<slug>[\w-]+)'?\]?")
_SIZED_IMAGE = re.compile(r"(?<=/content/images/)size/w\d+(?:h\d+)?/(?:format/\w+/)?")
_BOOKMARK_TEXTS = ".kg-bookmark-description, .kg-bookmark-author, .kg-bookmark-publisher, figcaption"
_POSTS_PER_PAGE = 5
_INSIDE_POSTS = re.compile(rb'"(?:mobiledoc|lexical|posts_tags|posts_authors)"')
# Of text in Lexical, by bit.
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup", 128: "mark"}
# Cards that only work on a Ghost site.
_LEFT_OUT = {
    "kg-signup-card": "a form to sign up",
    "kg-cta-card": "a call to action",
    "kg-email-card": "a text for e-mail only",
    "kg-product-rating": "a rating",
}


def detect(files: InputFiles) -> bool:
    """Whether there is a Ghost export."""
    return _find_export(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the export."""
    site = ImportedSite("Ghost", problems=list(files.problems))
    path = _find_export(files) or next(iter(files.match("*.json")), files.path.name)
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        site.problems.append(text)
        return site
    document, problems = load_json(files.display(path), text)
    site.problems += problems
    if document.data is not None:
        _GhostReader(files, path, document, site).read(progress)
    return site


def _find_export(files: InputFiles) -> str | None:
    for path in files.match("*.json")[:20]:
        data = files.read_bytes(path)
        if isinstance(data, bytes) and b'"posts"' in data and _INSIDE_POSTS.search(data):
            return path
    return None


@dataclass(frozen=True)
class _Collection:
    """A collection of posts in ``routes.yaml``: its list, the pattern of its posts' paths, and their tag."""

    path: str
    permalink: str
    tag: str = ""


class _GhostReader:
    def __init__(self, files: InputFiles, path: str, document: JsonDocument, site: ImportedSite) -> None:
        self.files = files
        self.folder = posixpath.dirname(path)
        self.document = document
        self.site = site
        data = document.data
        self.at: KeyPath = ()
        database = _mapping(data).get("db")
        if isinstance(database, list) and database:
            data, self.at = database[0], ("db", 0)
        self.data = _mapping(_mapping(data).get("data"))
        self.at = (*self.at, "data")

    def read(self, progress: Progress) -> None:
        """Read everything."""
        self._find_files()
        for author in self.users.values():
            name = _text(author, "name")
            if name:
                avatar, url = _old_url(_text(author, "profile_image")), _text(author, "website")
                self.site.authors.append(ImportedAuthor(name, _text(author, "bio"), avatar, url))
        posts = self._rows("posts")
        for number, (index, post) in enumerate(posts):
            progress(number, len(posts))
            self._read_post(index, post)
        self._add_lists()
        if any(page.is_post and page.url for page in self.site.pages):
            message = "the ids of posts in Ghost's feed are no URIs, which Atom requires."
            hint = "Feed readers will show the posts as new."
            problem = Diagnostic(self.document.path, 1, 1, "", message, hint, code="import.unsupported")
            self.site.problems.append(replace(problem, severity="warning"))
        progress(len(posts), len(posts))

    # Tables

    def _rows(self, table: str) -> list[tuple[int, Mapping[str, Any]]]:
        rows = self.data.get(table)
        if not isinstance(rows, list):
            return []
        return [(index, row) for index, row in enumerate(rows) if isinstance(row, Mapping)]

    @cached_property
    def settings(self) -> dict[str, str]:
        """The settings of the site."""
        return {_text(row, "key"): _text(row, "value") for _, row in self._rows("settings")}

    @cached_property
    def users(self) -> dict[str, Mapping[str, Any]]:
        """The users by their ids."""
        return {str(row.get("id")): row for _, row in self._rows("users")}

    @cached_property
    def tags(self) -> dict[str, Mapping[str, Any]]:
        """The public tags by their ids; an internal one begins with ``#``."""
        return {
            str(row.get("id")): row
            for _, row in self._rows("tags")
            if _text(row, "name") and not _text(row, "name").startswith("#")
        }

    @cached_property
    def metadata(self) -> dict[str, Mapping[str, Any]]:
        """The metadata of posts by their ids."""
        return {str(row.get("post_id")): row for _, row in self._rows("posts_meta")}

    def _related(self, table: str, key: str) -> dict[str, list[str]]:
        """Return the ids that a table relates posts to, in order, by the ids of posts."""
        related: dict[str, list[str]] = {}
        rows = [row for _, row in self._rows(table)]
        for row in sorted(rows, key=lambda row: _number(row.get("sort_order"))):
            related.setdefault(str(row.get("post_id")), []).append(str(row.get(key)))
        return related

    @cached_property
    def tags_of_posts(self) -> dict[str, list[str]]:
        """The ids of the tags of each post."""
        return self._related("posts_tags", "tag_id")

    @cached_property
    def authors_of_posts(self) -> dict[str, list[str]]:
        """The ids of the authors of each post."""
        return self._related("posts_authors", "author_id")

    # Routes

    @cached_property
    def collections(self) -> list[_Collection]:
        """The collections of ``routes.yaml``, or the one that Ghost has without it."""
        default = self.settings.get("permalinks") or "/{slug}/"
        collections = [
            _Collection(str(path), _text(value, "permalink") or default, _read_filter(_text(value, "filter")))
            for path, value in _mapping(self.routes.get("collections")).items()
            if isinstance(value, Mapping)
        ]
        return collections or [_Collection("/", default)]

    @cached_property
    def routes(self) -> Mapping[str, Any]:
        """The content of ``routes.yaml``."""
        for path in self.files.match("routes.yaml", "*/routes.yaml", "routes.yml", "*/routes.yml"):
            text = self.files.read_text(path)
            if isinstance(text, str):
                document, problems = load_yaml(self.files.display(path), text)
                self.site.problems += problems
                return _mapping(document.data)
        return {}

    def _term_path(self, kind: str, slug: str) -> str:
        pattern = _text(_mapping(self.routes.get("taxonomies")), kind) or f"/{kind}/{{slug}}/"
        return pattern.replace("{slug}", slug)

    def _post_path(self, post: Mapping[str, Any], created: date | None) -> str:
        id, slug = str(post.get("id")), _text(post, "slug")
        tags = [_text(self.tags[tag], "slug") for tag in self.tags_of_posts.get(id, ()) if tag in self.tags]
        if self._is_page(post):
            return f"/{slug}/"
        collection = next(
            (one for one in self.collections if one.tag in ("", *tags)), _Collection("/", "/{slug}/")
        )
        day = created or date(1, 1, 1)
        authors = self.authors_of_posts.get(id, [])
        values = {
            "slug": slug,
            "id": id,
            "year": f"{day.year:04d}",
            "month": f"{day.month:02d}",
            "day": f"{day.day:02d}",
            "primary_tag": tags[0] if tags else "all",
            "primary_author": _text(self.users.get(authors[0], {}), "slug") if authors else "",
        }
        path = _TOKEN.sub(lambda match: values.get(match["name"], match[0]), collection.permalink)
        return f"/{path.strip('/')}/"

    @staticmethod
    def _is_page(post: Mapping[str, Any]) -> bool:
        return post.get("type") == "page" or post.get("page") in (1, True)

    # Files

    def _find_files(self) -> None:
        """Add the images and other files of ``content`` by their old paths."""
        for path in self.files.paths:
            start = f"/{path}".find("/content/")
            if start >= 0 and not path.endswith((".json", ".yaml")):
                self.site.files.setdefault(f"/{path}"[start:], partial(self.files.read_bytes, path))

    # Posts

    def _read_post(self, index: int, post: Mapping[str, Any]) -> None:
        title, slug, id = _text(post, "title"), _text(post, "slug"), str(post.get("id"))
        problems: list[Diagnostic] = []
        line, _ = self.document.position_of((*self.at, "posts", index))

        def report(message: str, hint: str = "", severity: Severity = "warning", code: str = "") -> None:
            problem = Diagnostic(
                self.document.path, line, 1, "", f"{title or slug}: {message}", hint,
                code=code or "import.dropped", severity=severity,
            )  # fmt: skip
            problems.append(problem)

        def parse_date(key: str) -> date | None:
            value = post.get(key)
            if not value:
                return None
            if (moment := _parse_date(value)) is None:
                report(f"{quote(value)} is not a date.", "", "error", "import.invalid-date")
            return moment

        status = _text(post, "status")
        created = parse_date("published_at") or (parse_date("created_at") if status != "published" else None)
        is_draft = status not in ("published", "scheduled")
        visibility = _text(post, "visibility")
        if status == "sent":
            message = "this was only sent by e-mail, and becomes a draft."
            report(message, "", "info", "import.unsupported")
        if visibility not in ("", "public") and not is_draft:
            is_draft = True
            report("this was only for members, and becomes a draft.", "To publish it, remove 'draft'.")
        for key in ("codeinjection_head", "codeinjection_foot"):
            if _text(post, key):
                report(f"the injected code ({key}) is left out.")
        metadata = self.metadata.get(id, {})
        image = _old_url(_text(post, "feature_image") or _text(post, "image"))
        body = self._convert_body(post, report)
        if image:
            caption = _text(metadata, "feature_image_caption")
            alternative = escape(_text(metadata, "feature_image_alt"))
            caption = f"<figcaption>{_replace_site(caption)}</figcaption>" if caption else ""
            body = f'<figure><img src="{escape(image)}" alt="{alternative}">{caption}</figure>\n{body}'
        tags = [_text(self.tags[tag], "name") for tag in self.tags_of_posts.get(id, ()) if tag in self.tags]
        authors = [
            _text(self.users[user], "name")
            for user in self.authors_of_posts.get(id) or [str(post.get("author_id"))]
            if user in self.users
        ]
        page = ImportedPage(
            source=self.document.path,
            title=title or slug or "Untitled",
            body=body,
            format="html",
            line=line,
            is_post=not self._is_page(post),
            url=self._post_path(post, created) if slug and not (is_draft and status == "draft") else "",
            slug=slug,
            created=created,
            updated=parse_date("updated_at") if not is_draft else None,
            draft=is_draft,
            tags=tuple(tags),
            authors=tuple(filter(None, authors)),
            description=_text(post, "custom_excerpt") or _text(metadata, "meta_description"),
            image=image,
            front_matter={"pin": True}
            if post.get("featured") in (1, True) and not self._is_page(post)
            else {},
            problems=problems,
        )
        self.site.pages.append(page)

    def _convert_body(self, post: Mapping[str, Any], report: Callable[..., None]) -> str:
        html = _text(post, "html")
        if not html:
            for key, render in (("lexical", _render_lexical), ("mobiledoc", _render_mobiledoc)):
                if not (source := _text(post, key)):
                    continue
                try:
                    html = render(json.loads(source))
                except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
                    report(f"its text ({key}) cannot be read.", "", "error", "import.unreadable")
        return _simplify_cards(_replace_site(html), report)

    # Lists

    def _add_lists(self) -> None:
        posts = [page for page in self.site.pages if page.is_post and page.url and not page.draft]
        size = _number(self.settings.get("posts_per_page")) or _POSTS_PER_PAGE
        for collection in self.collections:
            path = f"/{collection.path.strip('/')}/".replace("//", "/")
            self._add_list(path, OldList("index"), OldList("feed"), len(posts), size)
        for tag in self.tags.values():
            name, path = _text(tag, "name"), self._term_path("tag", _text(tag, "slug"))
            count = sum(name in page.tags for page in posts)
            if count:
                self._add_list(path, OldList("tag", name), OldList("tag feed", name), count, size)
        for author in self.users.values():
            name, path = _text(author, "name"), self._term_path("author", _text(author, "slug"))
            count = sum(name in page.authors for page in posts)
            if count:
                self._add_list(path, OldList("author", name), OldList("feed"), count, size)

    def _add_list(self, path: str, old_list: OldList, feed: OldList, count: int, size: int) -> None:
        self.site.lists.setdefault(path, old_list)
        self.site.lists.setdefault(f"{path}rss/", feed)
        for number in range(2, -(-count // max(size, 1)) + 1):
            self.site.lists.setdefault(f"{path}page/{number}/", old_list)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _read_filter(text: str) -> str:
    """Return the tag that a filter of a collection names, or an empty text."""
    match = _TAG_FILTER.search(text)
    return match["slug"] if match else ""


def _parse_date(value: object) -> date | None:
    """Return a time of Ghost, which is in UTC; old versions have milliseconds."""
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1000, UTC)
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)


def _old_url(url: str) -> str:
    """Return a URL of the export as a path of the old site, and of a smaller image that of the original."""
    bare = url.removeprefix(_SITE) if url.startswith(_SITE) else url
    return _SIZED_IMAGE.sub("", bare or "/" if url else "")


def _replace_site(html: str) -> str:
    return _SIZED_IMAGE.sub("", html.replace(f'{_SITE}"', '/"').replace(_SITE, ""))


def _simplify_cards(html: str, report: Callable[..., None]) -> str:
    """Return HTML whose cards are ordinary elements: links, ``details`` and quotations."""
    soup = BeautifulSoup(html, "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        if "kg-card" in comment:
            comment.extract()
    for card in soup.select(".kg-bookmark-card"):
        link = card.select_one("a[href]")
        title = card.select_one(".kg-bookmark-title")
        parts = [part.get_text(" ", strip=True) for part in card.select(_BOOKMARK_TEXTS)]
        if link is not None:
            url = str(link["href"])
            paragraph, anchor, strong = soup.new_tag("p"), soup.new_tag("a", href=url), soup.new_tag("strong")
            strong.string = title.get_text(" ", strip=True) if title else url
            anchor.extend([strong, *(f" {part}" for part in filter(None, parts))])
            paragraph.append(anchor)
            card.replace_with(paragraph)
    for card in soup.select(".kg-toggle-card"):
        heading, content = card.select_one(".kg-toggle-heading-text"), card.select_one(".kg-toggle-content")
        details, summary = soup.new_tag("details"), soup.new_tag("summary")
        summary.string = heading.get_text(" ", strip=True) if heading else ""
        details.append(summary)
        for child in list(content.children) if content else []:
            details.append(child.extract())
        card.replace_with(details)
    for card in soup.select(".kg-callout-card"):
        card.name, card.attrs = "blockquote", {}
    for card in soup.select(".kg-audio-card, .kg-video-card, .kg-file-card"):
        media = card.select_one("audio[src], video[src], a[href]")
        name = card.select_one(".kg-audio-title, .kg-file-card-title, figcaption")
        if media is not None:
            paragraph = soup.new_tag("p")
            url = str(media.get("src") or media.get("href"))
            anchor = soup.new_tag("a", href=url)
            anchor.string = (name.get_text(" ", strip=True) if name else "") or posixpath.basename(url)
            paragraph.append(anchor)
            card.replace_with(paragraph)
    for class_name, what in _LEFT_OUT.items():
        for card in soup.select(f".{class_name}"):
            report(f"{what} is left out: {quote(card.get_text(' ', strip=True))}.")
            card.decompose()
    for image in soup.select("img[srcset]"):
        del image["srcset"]
    return str(soup)


# Texts without HTML


def _render_lexical(document: Any) -> str:
    """Write Lexical, the format of Ghost's editor since version 5.45, as HTML."""
    return "\n".join(_lexical_node(node) for node in document["root"]["children"])


def _lexical_node(node: Mapping[str, Any]) -> str:
    kind = str(node.get("type"))
    inner = "".join(_lexical_node(child) for child in node.get("children") or ())
    if kind in ("text", "extended-text"):
        text = escape(str(node.get("text") or ""), quote=False)
        for bit, tag in _FORMATS.items():
            if _number(node.get("format")) & bit:
                text = f"<{tag}>{text}</{tag}>"
        return text
    if kind == "linebreak":
        return "<br>"
    if kind in ("heading", "extended-heading"):
        return f"<{node['tag']}>{inner}</{node['tag']}>"
    if kind in ("quote", "extended-quote", "aside"):
        return f"<blockquote><p>{inner}</p></blockquote>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" else "ul"
        return f"<{tag}>{inner}</{tag}>"
    if kind == "listitem":
        return f"<li>{inner}</li>"
    if kind in ("link", "autolink"):
        return f'<a href="{escape(str(node.get("url")))}">{inner}</a>'
    if kind == "paragraph":
        return f"<p>{inner}</p>" if inner else ""
    return _render_card(kind, node) or inner


def _render_mobiledoc(document: Any) -> str:
    """Write Mobiledoc 0.3, the format of older versions, as HTML."""
    return "\n".join(_mobiledoc_section(section, document) for section in document["sections"])


def _mobiledoc_section(section: Any, document: Mapping[str, Any]) -> str:
    kind = section[0]
    if kind == 1:
        text = _mobiledoc_markers(section[2], document)
        tag = "blockquote" if section[1] in ("blockquote", "aside") else section[1]
        return f"<{tag}>{text}</{tag}>" if text else ""
    if kind == 2:
        return f'<figure><img src="{escape(str(section[1]))}" alt=""></figure>'
    if kind == 3:
        items = "".join(f"<li>{_mobiledoc_markers(item, document)}</li>" for item in section[2])
        return f"<{section[1]}>{items}</{section[1]}>"
    name, payload = document["cards"][section[1]]
    return _render_card(str(name).removeprefix("card-"), payload)


def _mobiledoc_markers(markers: Any, document: Mapping[str, Any]) -> str:
    parts: list[str] = []
    open_tags: list[str] = []
    for kind, opened, closed, value in markers:
        for index in opened:
            tag, *attributes = document["markups"][index]
            pairs = attributes[0] if attributes else []
            names = zip(pairs[::2], pairs[1::2], strict=False)
            written = "".join(f' {name}="{escape(str(text))}"' for name, text in names if name == "href")
            parts.append(f"<{tag}{written}>")
            open_tags.append(tag)
        # An atom is a line break.
        parts.append("<br>" if kind == 1 else escape(str(value), quote=False))
        parts += [f"</{open_tags.pop()}>" for _ in range(min(closed, len(open_tags)))]
    return "".join(parts)


def _render_card(kind: str, card: Mapping[str, Any]) -> str:
    """Write a card as HTML; it is empty for one that only works on a Ghost site."""
    caption = f"<figcaption>{card['caption']}</figcaption>" if card.get("caption") else ""
    if kind == "image":
        source, alternative = escape(_text(card, "src")), escape(_text(card, "alt"))
        return f'<figure><img src="{source}" alt="{alternative}">{caption}</figure>'
    if kind == "gallery":
        images = [_render_card("image", image) for image in card.get("images") or ()]
        return "".join(images) + (f"<p>{card['caption']}</p>" if card.get("caption") else "")
    if kind in ("codeblock", "code"):
        language = escape(_text(card, "language"))
        name = f' class="language-{language}"' if language else ""
        return f"<pre><code{name}>{escape(_text(card, 'code'), quote=False)}</code></pre>"
    if kind in ("horizontalrule", "hr"):
        return "<hr>"
    if kind in ("html", "embed"):
        return _text(card, "html")
    if kind in ("markdown", "card-markdown"):
        from markdown_it import MarkdownIt

        rendered: str = (
            MarkdownIt("commonmark", {"html": True}).enable("table").render(_text(card, "markdown"))
        )
        return rendered
    if kind == "callout":
        text = f"{_text(card, 'calloutEmoji')} {_text(card, 'calloutText')}".strip()
        return f"<blockquote><p>{text}</p></blockquote>"
    if kind == "toggle":
        return f"<details><summary>{_text(card, 'heading')}</summary>{_text(card, 'content')}</details>"
    if kind == "bookmark":
        metadata, url = _mapping(card.get("metadata")), _text(card, "url")
        title = escape(_text(metadata, "title") or url, quote=False)
        description = escape(_text(metadata, "description"), quote=False)
        return f'<p><a href="{escape(url)}">{title}</a> {description}</p>'
    if kind == "button":
        return f'<p><a href="{escape(_text(card, "buttonUrl"))}">{_text(card, "buttonText")}</a></p>'
    if kind in ("audio", "video", "file"):
        name = (
            _text(card, "title") or _text(card, "fileTitle") or _text(card, "fileName") or _text(card, "src")
        )
        return f'<p><a href="{escape(_text(card, "src"))}">{escape(name, quote=False)}</a></p>'
    return ""
