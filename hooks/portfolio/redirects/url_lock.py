"""The URL lock, ``docs/data/urls.lock``, and the comparison of its URLs, or of others, with a built site.

The lock is a text file with every URL that the site has published. Its sorted lines are paths such as
``/musings/2026/a/#part``. They are relative to the site, so the lock is the same wherever the site is served.

It has pages with the fragments of their headings, also the pages of categories, years and tags, and feeds,
exports, images and other files. It does not have files of the theme and the search, copies of images, social
cards, and continuations of lists such as ``page/2/``: which posts these list changes with each new post, so
nobody links to them.
"""

from __future__ import annotations

import difflib
import gzip
import posixpath
import re
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.files import check_file, display_path
from portfolio.core.positions import load_json
from portfolio.core.text import is_valid_url, normalize_host, slugify_title
from portfolio.redirects import url_paths
from portfolio.redirects.aliases import WRITTEN_BY_THEME, GoneUrl
from portfolio.redirects.published_site import PublishedSite
from portfolio.redirects.url_paths import InvalidPathError, UrlPath, parse_url_path

_COMMENT = "#"
_HEADER = (
    "# The URLs that this site has published. A build fails if one is lost; `make lock-urls` adds new ones."
)
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")
_CONTINUATION = re.compile(r"(?:^|/)page/\d+(?:/index)?\.html$")
_NOT_PUBLISHED = frozenset({"404.html"})
_THEME_FOLDERS = tuple(
    f"assets/{name}/" for name in ("cards", "images", "javascripts", "search", "stylesheets")
)
# More than any feed or sitemap has.
_MAX_MEGABYTES = 64
# Files of an old site that no reader opens by their URL.
_PARTS_OF_PAGES = (".css", ".js", ".mjs", ".map", ".woff", ".woff2", ".ttf", ".otf", ".eot", ".txt", ".gz")
# How similar the URL of a page must be, from 0 to 1: if it is new, if it is a new redirect, which may be to
# anything, and if it is in the lock.
_SIMILAR_NEW, _SIMILAR_REDIRECT, _SIMILAR_LOCKED = 0.4, 0.7, 0.9
_LONGEST_SHORT_WORD = 3
_GONE_HINT = "If nothing replaces it, add it to extra.portfolio.gone in mkdocs.yml, with the reason."

Status = Literal["same", "redirected", "gone", "lost"]
# In words, after a number.
STATUSES: dict[Status, str] = {
    "same": "same",
    "redirected": "redirected",
    "gone": "declared gone",
    "lost": "lost",
}


@dataclass(frozen=True)
class ListedUrl:
    """A URL in a list: the file of the list, as diagnostics name it, and the place in it."""

    url: UrlPath
    file: str
    line: int
    column: int = 1

    def diagnose(self, message: str, hint: str, *, code: str) -> Diagnostic:
        """Create a diagnostic at the URL."""
        return Diagnostic(self.file, self.line, self.column, "", message, hint, code=code, severity="warning")


def read_lock(name: str, text: str) -> tuple[list[ListedUrl], list[Diagnostic]]:
    """Return the URLs of a lock, and its lines that are not a URL of the site. ``name`` is its path."""
    urls: list[ListedUrl] = []
    problems: list[Diagnostic] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if _CONFLICT.match(words):
            message, hint = "this is a mark of a merge conflict.", "Remove it; keep the URLs of both sides."
            problems.append(Diagnostic(name, number, 1, "", message, hint, code="url.invalid"))
        elif words and not words.startswith(_COMMENT):
            _add(urls, problems, words, name, number)
    return urls, problems


def _add(
    urls: list[ListedUrl],
    problems: list[Diagnostic],
    text: str,
    name: str,
    line: int,
    column: int = 1,
    *,
    base: str = "",
) -> None:
    try:
        urls.append(ListedUrl(parse_url_path(text, base), name, line, column))
    except InvalidPathError as error:
        problems.append(Diagnostic(name, line, column, "", str(error), error.hint, code="url.invalid"))


def add_to_lock(text: str, urls: Iterable[UrlPath]) -> str:
    """Return the text of a lock with more URLs; ``text`` is empty if there is no lock yet.

    No URL is ever removed. Lines that are not URLs stay as they are, at the top.
    """
    listed, _ = read_lock("", text)
    known = {item.line for item in listed}
    lines = enumerate(text.splitlines(), 1)
    rest = [line for number, line in lines if number not in known and line.strip()]
    paths = sorted({str(url) for url in [*(item.url for item in listed), *urls]})
    return "\n".join([*(rest or [_HEADER]), *paths, ""])


def list_published(site: PublishedSite, own_files: Collection[str], hidden: Collection[str]) -> set[UrlPath]:
    """Return the URLs of a site that belong into its lock.

    ``own_files`` are its files besides pages that the owner publishes; ``hidden`` are pages that are drafts.
    """
    urls = {UrlPath(f"/{file}") for file in own_files if file in site.files and not url_paths.is_page(file)}
    for file in site.files - _NOT_PUBLISHED - {*hidden}:
        if url_paths.is_page(file) and not _CONTINUATION.search(file):
            path = url_paths.path_of_file(file)
            urls |= {UrlPath(path), *(UrlPath(path, id) for id in site.read_page(file).headings)}
    return urls


def read_urls(source: Path, root: Path, site_url: str) -> tuple[list[ListedUrl], list[Diagnostic]]:
    """Return the URLs of an old site, and what cannot be read.

    ``source`` is a sitemap, an index of the sitemaps beside it, an Atom, RSS or JSON feed, a text file with a
    URL on each line, any of them compressed with gzip, or the folder of the published site, whose pages have
    fragments. Of several hosts, that of this site counts, or else the most frequent one.
    """
    name = display_path(source, root)
    if source.is_dir():
        site = PublishedSite(source)
        urls = [
            ListedUrl(UrlPath(url_paths.path_of_file(file), fragment), f"{name}/{file}", 1)
            for file in sorted(site.files - _NOT_PUBLISHED)
            if not file.endswith(_PARTS_OF_PAGES) and _is_published(source / file)
            for fragment in ("", *(site.list_fragments(file) if url_paths.is_page(file) else ()))
        ]
        return urls, []
    entries, problems = _read_entries(source, root)
    if not entries and not problems:
        message = "there is no URL of a page in this file."
        problems.append(Diagnostic(name, 1, 1, "", message, code="url.not-a-list"))
    base = _find_base([entry.url for entry in entries], site_url)
    urls = []
    for url, file, line, column in entries:
        message, code = "", ""
        host = urlsplit(url).netloc if is_valid_url(url) else ""
        if host and normalize_host(host) != normalize_host(urlsplit(base).netloc):
            message = f"{quote(url)} is not a URL of the old site, and is not compared."
            code = "url.other-host"
        else:
            _add(urls, problems, url, file, line, column, base=base)
            if "?" in url.partition("#")[0]:
                message = f"{quote(url)} is compared without its query, which servers of static files ignore."
                code = "url.query"
        if message:
            problems.append(Diagnostic(file, line, column, "", message, code=code, severity="info"))
    return urls, problems


class _Entry(NamedTuple):
    """A URL as a list of URLs has it, and where."""

    url: str
    file: str
    line: int
    column: int = 1


def _read_entries(
    source: Path, root: Path, *, of_index: bool = False
) -> tuple[list[_Entry], list[Diagnostic]]:
    """Return the URLs in a sitemap, a feed or a text file, and what cannot be read.

    ``of_index`` is whether an index of sitemaps lists this file.
    """
    name, content = display_path(source, root), _read_source(source, root)
    if isinstance(content, Diagnostic):
        return [], [content]
    if content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        return _read_xml(source, root, content, of_index=of_index)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message, hint = f"this is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        return [], [Diagnostic(name, 1, 1, "", message, hint, code="file.unreadable")]
    if source.suffix == ".json":
        document, problems = load_json(name, text)
        items = document.value_at(("items",))
        places = [("items", index, "url") for index in range(len(items) if isinstance(items, list) else 0)]
        urls = [(document.value_at(at), document.position_of(at)) for at in places]
        return [_Entry(str(url), name, *position) for url, position in urls if url], problems
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [_Entry(line, name, number) for number, line in lines if line and line[0] != _COMMENT], []


def _read_source(source: Path, root: Path) -> bytes | Diagnostic:
    """Read a list of URLs, which may be larger than other texts, and compressed with gzip."""
    if (problem := check_file(source, root)) is not None:
        return problem
    limit = _MAX_MEGABYTES * 1_000_000
    try:
        with source.open("rb") as file:
            is_compressed = file.read(2) == b"\x1f\x8b"
        with gzip.open(source) if is_compressed else source.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) <= limit:
            return content
        message, code = f"this file is larger than {_MAX_MEGABYTES} MB.", "file.too-large"
    except (OSError, EOFError, zlib.error) as error:
        message = f"this cannot be read: {getattr(error, 'strerror', None) or error}."
        code = "file.unreadable"
    return Diagnostic(display_path(source, root), 1, 1, "", message, code=code)


def _is_published(path: Path) -> bool:
    """Whether a file is more than data of a site: of XML and JSON files, only feeds are read by people."""
    if path.suffix in (".xml", ".json", ".rss", ".atom"):
        start = path.read_bytes()[:2000]
        return any(mark in start for mark in (b"<feed", b"<rss", b"<rdf:RDF", b"jsonfeed.org"))
    return True


def _read_xml(
    source: Path, root: Path, content: bytes, *, of_index: bool
) -> tuple[list[_Entry], list[Diagnostic]]:
    """Return the URLs in a sitemap, in the sitemaps that an index lists, or in a feed."""
    name = display_path(source, root)
    try:
        parser = etree.XMLParser(resolve_entities="internal", no_network=True)
        tree = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        message = f"this is not XML: {error.msg}."
        return [], [Diagnostic(name, max(line, 1), max(column, 1), "", message, code="url.not-a-list")]
    entries: list[_Entry] = []
    problems: list[Diagnostic] = []
    for element in tree.iter("{*}loc", "{*}link"):
        parent = element.getparent()
        kind = etree.QName(parent).localname if parent is not None else ""
        # The image of an RSS feed has a link, too: that of the site.
        kinds = ("url", "image") if etree.QName(element).localname == "loc" else ("url", "entry", "item")
        url, line = (element.get("href") or element.text or "").strip(), element.sourceline or 1
        if kind == "sitemap":
            sitemap = source.parent / posixpath.basename(urlsplit(url if is_valid_url(url) else "").path)
            if sitemap.is_file() and not of_index:
                of_sitemap = _read_entries(sitemap, root, of_index=True)
                entries += of_sitemap[0]
                problems += of_sitemap[1]
            else:
                message, hint = f"{quote(url)} is not beside this index of sitemaps.", "Save it there."
                if of_index:
                    message, hint = "an index of sitemaps lists this one.", "Compare this one by itself."
                problems.append(Diagnostic(name, line, 1, "", message, hint, code="url.not-a-list"))
        elif url and kind in kinds and element.get("rel", "alternate") == "alternate":
            entries.append(_Entry(url, name, line))
    return entries, problems


def _find_base(urls: Sequence[str], site_url: str) -> str:
    """Return the URL of the site that most of the URLs belong to, or ``site_url`` if one of them does."""
    hosts = Counter(normalize_host(urlsplit(url).netloc) for url in urls if is_valid_url(url))
    del hosts[""]
    if not hosts or normalize_host(urlsplit(site_url).netloc) in hosts:
        return site_url
    return f"https://{hosts.most_common(1)[0][0]}/"


@dataclass(frozen=True)
class Result:
    """What became of a URL."""

    item: ListedUrl
    status: Status


@dataclass(frozen=True)
class Comparison:
    """Compares URLs with a built site.

    ``locked`` are the URLs in the lock. ``sources`` has, for each page that is written in Markdown, the path
    of its source as diagnostics name it, and a function that returns its headings. ``unpublished`` has the
    path of the source of each page that is not published yet.
    """

    site: PublishedSite
    gone: Sequence[GoneUrl]
    locked: Collection[UrlPath]
    sources: Mapping[str, tuple[str, Callable[[], Collection[str]]]]
    unpublished: Mapping[str, str] = field(default_factory=dict)

    def compare(self, items: Iterable[ListedUrl]) -> list[Result]:
        """Return what became of each URL."""
        return [Result(item, self._find_status(item.url)) for item in items]

    def _find_status(self, url: UrlPath) -> Status:
        answer = self.site.find(url)
        if answer is not None and answer.has_fragment:
            return "redirected" if answer.is_redirected else "same"
        return "gone" if any(item.matches(url) for item in self.gone) else "lost"

    def diagnose(self, results: Iterable[Result]) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each URL that is lost, with what to do.

        A page that is lost has one, and its fragments have none.
        """
        lost_pages: set[UrlPath] = set()
        for result in results:
            item = result.item
            if result.status != "lost":
                continue
            path = UrlPath(item.url.path)
            answer = self.site.find(path)
            if answer is None and path not in lost_pages:
                lost_pages.add(path)
                message, hint = f"nothing answers {quote(path)} any more.", self._suggest_page(path)
                yield item.diagnose(message, hint, code="url.lost")
            elif answer is not None:
                place, _ = self.sources.get(answer.file, (str(path), list))
                fragment = quote(f"#{item.url.fragment}")
                message = f"{quote(path)} has no {fragment} any more."
                if answer.is_redirected:
                    message = f"{quote(path)} leads to {place}, which has no {fragment}."
                hint = self._suggest_heading(item.url, answer.file)
                yield item.diagnose(message, hint, code="url.lost-fragment")

    def _suggest_page(self, url: UrlPath) -> str:
        """Return a hint that names the file that probably answered the URL before."""
        draft = url_paths.find_answer(url.path, self.unpublished)
        if draft is not None:
            source = self.unpublished[draft]
            return f"It is the URL of {source}, which is not published: publish it. {_GONE_HINT}"
        file = self._find_similar(url.path)
        if file is None:
            is_page = _url_kind(url.path) == ".html"
            place = "the aliases of the page" if is_page else "extra.portfolio.aliases, with the file"
            return f"Add it to {place} that replaces it. {_GONE_HINT}"
        target = UrlPath(url_paths.path_of_file(file))
        if self._is_redirect(file):
            # An alias cannot lead to another one.
            target = self.site.find_redirect(file) or target
        source, _ = self.sources.get(url_paths.find_answer(target.path, self.site.files) or "", ("", list))
        if source and not target.fragment:
            line = f"aliases: [{_yaml_text(url)}]"
            return f"It is probably {source} now: add it to its front matter, as in '{line}'. {_GONE_HINT}"
        line = f"{_yaml_text(url)}: {target}"
        return f"It is probably {target} now: write '{line}' in extra.portfolio.aliases. {_GONE_HINT}"

    def _find_similar(self, path: str) -> str | None:
        """Return the file whose path or title is most similar; those that are not in the lock come first."""
        kind = _url_kind(path)
        folder, name = posixpath.split(_bare_path(path))
        # Usually the name is the same, and comparing a path with all files takes long.
        same_name = self._candidates.get((kind, name), ())
        keys = (folder, *_list_words(name))
        candidates: list[tuple[bool, float, str]] = []
        for file in same_name or {file for key in keys for file in self._related.get((kind, key), ())}:
            is_new = UrlPath(url_paths.path_of_file(file)) not in self.locked
            least = _SIMILAR_REDIRECT if self._is_redirect(file) else _SIMILAR_NEW
            similarity = self._compare_paths(path, file)
            if same_name or similarity >= (least if is_new else _SIMILAR_LOCKED):
                candidates.append((is_new, similarity, file))
        return max(candidates)[2] if candidates else None

    @cached_property
    def _candidates(self) -> dict[tuple[str, str], list[str]]:
        """The files that people may link to, by the kind and the name in their paths."""
        candidates: dict[tuple[str, str], list[str]] = {}
        for file in sorted(self.site.files.difference(WRITTEN_BY_THEME)):
            path = url_paths.path_of_file(file)
            leads_nowhere = self._is_redirect(file) and self.site.find(UrlPath(path)) is None
            if not file.startswith(_THEME_FOLDERS) and not _CONTINUATION.search(file) and not leads_nowhere:
                name = posixpath.basename(_bare_path(path))
                candidates.setdefault((_file_kind(file), name), []).append(file)
        return candidates

    @cached_property
    def _related(self) -> dict[tuple[str, str], list[str]]:
        """The same files, by their kind and their folder or a word of their names."""
        related: dict[tuple[str, str], list[str]] = {}
        for (kind, _), files in self._candidates.items():
            for file in files:
                folder = posixpath.dirname(_bare_path(url_paths.path_of_file(file)))
                words = {word for name in self._list_names(file) for word in _list_words(name)}
                for key in (folder, *words):
                    related.setdefault((kind, key), []).append(file)
        return related

    def _list_names(self, file: str) -> list[str]:
        """Return the name in the path of a file, and the one that its title would have."""
        names = [posixpath.basename(_bare_path(url_paths.path_of_file(file)))]
        if url_paths.is_page(file) and not self._is_redirect(file):
            names.append(slugify_title(self.site.read_page(file).title))
        return names

    def _is_redirect(self, file: str) -> bool:
        return url_paths.is_page(file) and self.site.read_page(file).redirect != ""

    def _compare_paths(self, path: str, file: str) -> float:
        """Return the similarity of a path and a file, from 0 to 1: above all that of the last parts."""
        folder, name = posixpath.split(_bare_path(path))
        other_folder = posixpath.dirname(_bare_path(url_paths.path_of_file(file)))
        similarity = max(_similarity(name, other) for other in self._list_names(file))
        return 0.6 * similarity + 0.4 * _similarity(folder, other_folder)

    def _suggest_heading(self, url: UrlPath, file: str) -> str:
        """Return a hint that names the heading that probably had the fragment as its id.

        It is not in the lock: with another id, it would lose its own fragment.
        """
        source, list_headings = self.sources.get(file, ("", list))
        written = set(map(_extract_letters, list_headings()))
        path = url_paths.path_of_file(file)
        headings = [
            (_similarity(id, url.fragment), text)
            for id, text in (self.site.read_page(file).headings if file else {}).items()
            if _extract_letters(text) in written and UrlPath(path, id) not in self.locked
        ]
        if not headings:
            return _GONE_HINT
        _, heading = max(headings)
        hint = f"It is probably {quote(heading)} now: add '{{#{url.fragment}}}' to this heading in {source}."
        return f"{hint} {_GONE_HINT}"


def _extract_letters(heading: str) -> str:
    """Return the letters and digits of a heading, which are the same in Markdown and on its page."""
    return re.sub(r"[\W_]", "", heading)


@lru_cache(maxsize=100_000)
def _similarity(first: str, second: str) -> float:
    return difflib.SequenceMatcher(None, first.casefold(), second.casefold(), autojunk=False).ratio()


def _list_words(name: str) -> list[str]:
    """Return the words of a name in a path, without short ones such as "the"."""
    return [word for word in re.split(r"[\W_]+", name.casefold()) if len(word) > _LONGEST_SHORT_WORD]


def _file_kind(file: str) -> str:
    """Return the suffix of a file, in lower case; that of pages is ``.html``."""
    return ".html" if url_paths.is_page(file) else posixpath.splitext(file)[1].casefold()


def _url_kind(path: str) -> str:
    """Return the suffix of the file that answers a path: ``.html`` if the path has none."""
    return _file_kind(path) or ".html"


def _bare_path(path: str) -> str:
    """Return a path without what differs between the URLs of a page."""
    return path.removesuffix("/").removesuffix(".html").removesuffix("/index")


def _yaml_text(url: UrlPath) -> str:
    """Write a URL as a text in YAML."""
    text = str(url)
    return text if re.fullmatch(r"[\w./~+#-]+", text) else "'" + text.replace("'", "''") + "'"
