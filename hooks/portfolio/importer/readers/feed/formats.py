"""Reads the formats of feeds: Atom (RFC 4287), RSS 2.0 and its modules, RSS 1.0 and JSON Feed 1.1."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.positions import load_json
from portfolio.core.text import is_valid_url
from portfolio.importer.html_text import (
    escape_text,
    join_url,
    parse_fragment,
    render_content,
    strip_tags,
)
from portfolio.importer.input_files import InputFiles
from portfolio.importer.values import as_texts, parse_iso_date

_ROOTS = {"feed", "rss", "RDF"}
_HEAD_BYTES = 2000
# What namespaces of modules contain, and their usual prefixes.
_PREFIXES = (
    ("content/", "content"),
    ("dc/elements", "dc"),
    ("dc/terms", "dcterms"),
    ("mrss", "media"),
)


@dataclass(frozen=True)
class Term:
    """A category or tag of an entry; ``kind`` is empty if the feed does not say which."""

    name: str
    kind: str = ""


@dataclass
class Entry:
    """An entry of a feed, as the feed has it. ``content`` and ``summary`` are HTML; ``link`` is absolute."""

    source: str
    line: int
    title: str = ""
    id: str = ""
    link: str = ""
    created: date | None = None
    updated: date | None = None
    terms: list[Term] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    content: str = ""
    content_line: int = 0
    summary: str = ""
    image: str = ""
    problems: list[Diagnostic] = field(default_factory=list)

    def report(self, message: str, hint: str = "", *, code: str, line: int = 0) -> None:
        """Add a warning about this entry."""
        self.problems.append(
            Diagnostic(self.source, line or self.line, 1, "", message, hint, code=code, severity="warning")
        )


@dataclass
class Feed:
    """A feed: its path in the source, the site's URL and its own, and its entries."""

    path: str
    title: str = ""
    home: str = ""
    url: str = ""
    entries: list[Entry] = field(default_factory=list)


def is_feed(files: InputFiles, path: str) -> bool:
    data = files.read_bytes(path)
    if isinstance(data, Diagnostic):
        return False
    head = data[:_HEAD_BYTES].replace(b"\0", b"")
    return b"<feed" in head or b"<rss" in head or b"<rdf:RDF" in head or b"jsonfeed.org/version" in head


def read_feed(files: InputFiles, path: str, problems: list[Diagnostic]) -> Feed | None:
    """Read a feed; return None if the file is none, with a problem if it should be."""
    if not is_feed(files, path):
        return None
    data = files.read_bytes(path)
    if not isinstance(data, Diagnostic) and data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _read_json_feed(files, path, problems)
    root = files.load_xml(path)
    if isinstance(root, Diagnostic):
        problems.append(root)
        return None
    if local_name(root) not in _ROOTS:
        return None
    _replace_entities(root)
    return _read_atom(files, path, root) if local_name(root) == "feed" else _read_rss(files, path, root)


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace or prefix, or an empty string for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _full_name(element: etree._Element) -> str:
    """Return the name of an element with the usual prefix of its namespace, such as ``content:encoded``."""
    tag = element.tag if isinstance(element.tag, str) else ""
    namespace, _, name = tag.rpartition("}")
    for uri, prefix in _PREFIXES:
        if uri in namespace:
            return f"{prefix}:{name}"
    return name


def _replace_entities(root: etree._Element) -> None:
    """Replace the entities of a document, which are not resolved, by the text that they are in HTML."""
    for entity in list(root.iter(etree.Entity)):
        # libxml2 knows only the entities that the document declares.
        text = unescape(entity.text) + (entity.tail or "")
        parent, previous = entity.getparent(), entity.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + text
        else:
            parent.text = (parent.text or "") + text
        entity.tail = None
        parent.remove(entity)


def _text(element: etree._Element | None) -> str:
    """Return the text of an element, or an empty string."""
    return "" if element is None else "".join(element.itertext(etree.Element))


def line_text(element: etree._Element | None) -> str:
    return " ".join(_text(element).split())


def find_children(element: etree._Element, *names: str) -> list[etree._Element]:
    return [child for child in element if _full_name(child) in names]


def find_child(element: etree._Element, *names: str) -> etree._Element | None:
    """Return the first child with the first name that there is."""
    for name in names:
        for child in element:
            if _full_name(child) == name:
                return child
    return None


def _resolve_link(entry: Entry, base: str, url: str) -> str:
    """Return the URL of an entry, or an empty string if it has none; report one that is invalid."""
    url = url.strip()
    if url and not is_valid_url(url):
        entry.report(f"{quote(url)} is not a URL, and is left out.", code="import.dropped")
        return ""
    return join_url(base, url) if url else ""


def _read_atom(files: InputFiles, path: str, root: etree._Element) -> Feed:
    feed = Feed(path, _plain_text(find_child(root, "title")))
    for link in find_children(root, "link"):
        url = join_url(link.base or "", link.get("href", ""))
        if link.get("rel", "alternate") == "alternate" and not feed.home:
            feed.home = url
        elif link.get("rel") == "self":
            feed.url = url
    feed_authors = [line_text(find_child(author, "name")) for author in find_children(root, "author")]
    for element in find_children(root, "entry"):
        entry = Entry(files.display(path), element.sourceline or 1)
        entry.title = _plain_text(find_child(element, "title"))
        entry.id = line_text(find_child(element, "id"))
        for link in find_children(element, "link"):
            if link.get("rel", "alternate") == "alternate" and not entry.link:
                entry.link = _resolve_link(entry, link.base or feed.home, link.get("href", ""))
            elif link.get("rel") == "enclosure" and link.get("type", "").startswith("image/"):
                entry.image = link.get("href", "")
        entry.created = _read_date(entry, find_child(element, "published", "issued", "created"))
        entry.updated = _read_date(entry, find_child(element, "updated", "modified"))
        for category in find_children(element, "category"):
            name = " ".join((category.get("label") or category.get("term") or "").split())
            if name:
                entry.terms.append(Term(name, _kind_of_scheme(category.get("scheme", ""))))
        authors = [line_text(find_child(author, "name")) for author in find_children(element, "author")]
        entry.authors = list(dict.fromkeys(filter(None, authors or feed_authors)))
        content, summary = find_child(element, "content"), find_child(element, "summary")
        entry.content = _html_content(entry, content)
        entry.content_line = content.sourceline if content is not None else 0
        entry.summary = _html_content(entry, summary)
        if not entry.content and summary is not None:
            entry.content, entry.content_line = entry.summary, summary.sourceline or 0
        feed.entries.append(entry)
    return feed


def _read_rss(files: InputFiles, path: str, root: etree._Element) -> Feed:
    channel = find_child(root, "channel")
    feed = Feed(path, line_text(find_child(channel, "title")) if channel is not None else "")
    if channel is None:
        return feed
    for link in find_children(channel, "link"):
        if link.get("rel") == "self":
            feed.url = link.get("href", "")
        elif (home := line_text(link)) and not feed.home:
            feed.home = home
    # RSS 1.0 has its items beside the channel.
    for element in [*find_children(channel, "item"), *find_children(root, "item")]:
        entry = Entry(files.display(path), element.sourceline or 1)
        entry.title = _rss_title(line_text(find_child(element, "title")))
        guid = find_child(element, "guid")
        entry.id = line_text(guid) or next((v for k, v in element.attrib.items() if k.endswith("}about")), "")
        links = [link.get("href") or line_text(link) for link in find_children(element, "link")]
        entry.link = _resolve_link(entry, feed.home, next(filter(None, links), ""))
        if not entry.link and guid is not None and guid.get("isPermaLink", "true").lower() == "true":
            entry.link = entry.id
        entry.created = _read_date(
            entry, find_child(element, "pubDate", "dc:date", "published", "dcterms:created")
        )
        entry.updated = _read_date(entry, find_child(element, "updated", "dcterms:modified"))
        for category in find_children(element, "category", "dc:subject"):
            if name := line_text(category):
                entry.terms.append(Term(name, _kind_of_scheme(category.get("domain", ""))))
        for author in find_children(element, "dc:creator", "author"):
            # RSS: "ada@example.org (Ada Byron)".
            mail, _, name = line_text(author).partition("(")
            entry.authors.append(name.removesuffix(")").strip() or mail.strip())
        content, description = (
            find_child(element, "content:encoded", "encoded"),
            find_child(element, "description"),
        )
        entry.summary = _with_base(_text(description).strip(), description)
        entry.content = _with_base(_text(content).strip(), content)
        entry.content_line = content.sourceline if content is not None else 0
        if not entry.content and description is not None:
            entry.content, entry.content_line = entry.summary, description.sourceline or 0
        for media in find_children(element, "enclosure", "media:content", "media:thumbnail"):
            is_image = media.get("type", "").startswith("image/") or media.get("medium") == "image"
            if (is_image or local_name(media) == "thumbnail") and not entry.image:
                entry.image = media.get("url", "")
        feed.entries.append(entry)
    return feed


def _read_json_feed(files: InputFiles, path: str, problems: list[Diagnostic]) -> Feed | None:
    text = files.read_text(path)
    if isinstance(text, Diagnostic):
        problems.append(text)
        return None
    document, invalid = load_json(files.display(path), text)
    problems += invalid
    data = document.data
    if not isinstance(data, dict):
        return None
    feed = Feed(path, _string(data, "title"), _string(data, "home_page_url"), _string(data, "feed_url"))
    items = data.get("items")
    for index, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, dict):
            message = f"{quote(item)} is not an entry, and is left out."
            problems.append(document.diagnose(("items", index), message, code="import.dropped"))
            continue
        entry = Entry(files.display(path), document.position_of(("items", index))[0])
        feed.entries.append(entry)
        entry.title = _string(item, "title")
        id = item.get("id")
        entry.id = str(id) if isinstance(id, (str, int)) else ""
        entry.link = _resolve_link(entry, feed.home, _string(item, "url"))
        for key in ("date_published", "date_modified"):
            value = _string(item, key)
            parsed = _parse_date(value)
            if value and parsed is None:
                date_line = document.position_of(("items", index, key))[0]
                entry.report(f"{quote(value)} is not a date.", code="import.invalid-date", line=date_line)
            if key == "date_published":
                entry.created = parsed
            else:
                entry.updated = parsed
        entry.terms = [Term(name) for name in as_texts(item.get("tags"))]
        authors = item.get("authors") or [item.get("author")] if "author" in item else item.get("authors")
        authors = authors or data.get("authors") or [data.get("author")]
        authors = authors if isinstance(authors, list) else [authors]
        names = [_string(author, "name") for author in authors if isinstance(author, dict)]
        entry.authors = [*filter(None, names)]
        entry.summary = escape_text(_string(item, "summary"))
        entry.content = _string(item, "content_html") or _paragraphs(_string(item, "content_text"))
        key = "content_html" if item.get("content_html") else "content_text"
        entry.content_line = document.position_of(("items", index, key))[0] if key in item else 0
        entry.image = _string(item, "image") or _string(item, "banner_image")
    return feed


def _string(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""


def _kind_of_scheme(scheme: str) -> str:
    """Return what the scheme (Atom) or domain (RSS) of a category says it is."""
    name = scheme.rstrip("/#").rpartition("/")[2].lower()
    return "tag" if "tag" in name else "category" if name in ("category", "categories") else ""


def _read_date(entry: Entry, element: etree._Element | None) -> date | None:
    text = line_text(element)
    parsed = _parse_date(text)
    if element is not None and parsed is None:
        message = f"{quote(text)} is not a date." if text else "this date is empty."
        entry.report(message, code="import.invalid-date", line=element.sourceline or 0)
    return parsed


def _parse_date(text: str) -> date | None:
    """Parse a date of RFC 3339 or RFC 822; "-0000" says that the time is UTC and the zone unknown."""
    parsed = parse_iso_date(text)
    if parsed is not None or not text:
        return parsed
    try:
        time = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if text.endswith("-0000") else time


def _plain_text(element: etree._Element | None) -> str:
    """Return a text construct of Atom (RFC 4287, section 3.1) without its markup."""
    if element is None:
        return ""
    text = line_text(element)
    if element.get("type") == "html":
        return strip_tags(text)
    return _rss_title(text) if element.get("type") is None else text


def _rss_title(text: str) -> str:
    """Return a title of RSS without markup: HTML if it has an entity or a usual tag, else plain text."""
    plain = strip_tags(text)
    tags = ("em", "i", "b", "strong", "code", "sup", "sub", "span", "tt", "q", "cite", "small")
    has_tag = any(f"</{tag}>" in text.lower() for tag in tags)
    has_entity = "&" in text and ";" in text.partition("&")[2]
    return plain if has_tag or has_entity else text


def _html_content(entry: Entry, element: etree._Element | None) -> str:
    """Return content or a summary of Atom as HTML (RFC 4287, section 4.1.3)."""
    if element is None:
        return ""
    kind = element.get("type", "text").lower()
    if kind in ("xhtml", "application/xhtml+xml"):
        return _with_base(_xhtml(element), element)
    text = _text(element).strip()
    if kind in ("html", "text/html") or (kind == "text" and "type" not in element.attrib and "</" in text):
        return _with_base(text, element)
    if kind in ("text", "text/plain"):
        return _paragraphs(text)
    if text:
        entry.report(
            f"this content is {quote(kind)}, which is not text, and is left out.",
            code="import.dropped",
            line=element.sourceline or 0,
        )
    return ""


def _xhtml(element: etree._Element) -> str:
    """Return the XHTML in an element as HTML."""
    etree.strip_tags(element, etree.Comment, etree.ProcessingInstruction)
    root = etree.Element("div")
    root.text = element.text
    root.extend(list(element))
    for descendant in root.iterdescendants():
        descendant.tag = local_name(descendant)
        for name in descendant.attrib:
            if name.startswith("{"):
                del descendant.attrib[name]
    etree.cleanup_namespaces(root)
    # RFC 4287 requires a <div> around the content, which is not part of it.
    has_div = len(root) == 1 and root[0].tag == "div" and not (root.text or "").strip()
    return render_content(root[0] if has_div else root)


def _with_base(text: str, element: etree._Element | None) -> str:
    """Return HTML with its URLs resolved, if an element or its parents have xml:base."""
    if element is None or not text or not element.base:
        return text
    base = element.base
    fragment = parse_fragment(text)
    # A link to a part of the text is none to its base.
    fragment.rewrite_links(lambda url: url if url.startswith("#") else join_url(base, url))
    return render_content(fragment)


def _paragraphs(text: str) -> str:
    """Return plain text as paragraphs."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return "\n".join(f"<p>{escape_text(block)}</p>" for block in blocks if block)
