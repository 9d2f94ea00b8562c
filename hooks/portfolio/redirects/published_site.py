"""Reads a built site: its files, the ids and headings of its pages, and where its redirects lead."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from lxml import etree

from portfolio.core.cache import code_fingerprint
from portfolio.core.text import is_valid_url, normalize_host
from portfolio.redirects.url_paths import (
    InvalidPathError,
    UrlPath,
    find_answer,
    is_page,
    parse_url_path,
    path_of_file,
)

_MAX_REDIRECTS = 10
_REFRESH = re.compile(r"\s*\d+\s*[;,]\s*url\s*=\s*['\"]?(?P<url>[^'\"]*)", re.IGNORECASE)
# Fragments that no id must match: the top of the page, and a text that the browser searches for.
_WITHOUT_ID = re.compile(r"top$|:~:", re.IGNORECASE)
_find_ids = etree.XPath("//@id | //a/@name", smart_strings=False)
_find_refresh = etree.XPath(
    "//meta[translate(@http-equiv, 'REFSH', 'refsh') = 'refresh']/@content", smart_strings=False
)
_find_titles = etree.XPath("//main//h1 | //head/title")
# The headings of a page, without its title and what templates add to every post.
_find_headings = etree.XPath(
    "//main//*[self::h2 or self::h3 or self::h4 or self::h5 or self::h6][@id][not(starts-with(@id, '_'))]"
)
_find_articles = etree.XPath("//article")
# The link of the first title of an article in a list, which leads to its page.
_find_title_link = etree.XPath("(descendant::*[self::h1 or self::h2])[1]/a/@href", smart_strings=False)
# The headings of a page by any generator, without its title.
_find_sections = etree.XPath(
    "descendant::*[self::h1[preceding::h1] or self::h2 or self::h3 or self::h4 or self::h5 or self::h6][@id]"
    "[not(ancestor::nav or ancestor::aside or ancestor::header or ancestor::footer)]/@id",
    smart_strings=False,
)
_find_texts = etree.XPath(".//text()[not(ancestor::a[contains(@class, 'headerlink')])]", smart_strings=False)


@dataclass(frozen=True)
class PageFacts:
    """What a page has: its title, its ids, and its headings by id; ``redirect`` is a URL or ``""``."""

    redirect: str
    title: str
    ids: list[str]
    headings: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """The file that answers a URL, after all redirects; empty if the last one leads to another host.

    ``has_fragment`` is false if the file has no id for the fragment of the URL, which a redirect passes on.
    """

    file: str
    is_redirected: bool
    has_fragment: bool


class PublishedSite:
    """A site in a folder, which is served at ``site_url``, or at the root of any host.

    What pages have is stored in the file ``cache``, if there is one, so that only changed pages are parsed.
    """

    def __init__(self, folder: Path, site_url: str = "", cache: Path | None = None) -> None:
        self.folder = folder
        self.site_url = site_url
        self._cache = cache
        self._is_changed = False
        self._read: dict[str, PageFacts] = {}

    @cached_property
    def files(self) -> frozenset[str]:
        """The paths of all visible files, relative to the folder."""
        paths: list[str] = []
        start = len(f"{self.folder}{os.sep}")
        for parent, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            paths += (os.path.join(parent, name)[start:] for name in names)  # noqa: PTH118 - thousands of files
        return frozenset(path.replace(os.sep, "/") for path in paths)

    def read_page(self, file: str) -> PageFacts:
        """Return what a page has."""
        if (facts := self._read.get(file)) is not None:
            return facts
        path = self.folder / file
        status = path.stat()
        version = [status.st_mtime_ns, status.st_size]
        stored = self._stored.get(file)
        if stored is None or stored[:2] != version:
            stored = [*version, *astuple(_read_facts(path.read_bytes()))]
            self._stored[file] = stored
            self._is_changed = True
        facts = self._read[file] = PageFacts(*stored[2:])
        return facts

    def list_fragments(self, file: str) -> list[str]:
        """Return the ids of the headings in the text of a page, which any generator may have written.

        A page with several articles, or with one whose title leads to another page, is a list: nobody links
        to its parts.
        """
        tree = _parse((self.folder / file).read_bytes())
        articles = [] if tree is None else _find_articles(tree)
        if tree is None or len(articles) > 1:
            return []
        text = articles[0] if articles else tree
        links = _find_title_link(text) if articles else []
        is_own = all(_page_name(link) in ("", _page_name(path_of_file(file))) for link in links)
        return list(_find_sections(text)) if is_own else []

    def find(self, url: UrlPath) -> Answer | None:
        """Return how the site answers a URL as GitHub Pages serves it; None if it does not."""
        path = url.path
        for hops in range(_MAX_REDIRECTS):
            file = find_answer(path, self.files)
            if file is None:
                return None
            facts = self.read_page(file) if is_page(file) else None
            if facts is None or not facts.redirect:
                needs_id = url.fragment and not _WITHOUT_ID.match(url.fragment)
                return Answer(file, hops > 0, not facts or not needs_id or url.fragment in facts.ids)
            target = _join_redirect(file, facts.redirect)
            host = urlsplit(target).netloc
            if host and normalize_host(host) != normalize_host(urlsplit(self.site_url).netloc):
                return Answer("", is_redirected=True, has_fragment=True)
            try:
                path = parse_url_path(target, self.site_url).path
            except InvalidPathError:
                return None
        return None

    def find_redirect(self, file: str) -> UrlPath | None:
        """Return where a page redirects to on this site; None if it does not."""
        redirect = self.read_page(file).redirect
        try:
            return parse_url_path(_join_redirect(file, redirect), self.site_url) if redirect else None
        except InvalidPathError:
            return None

    def save(self) -> None:
        """Store what was read for the next time; a folder that cannot be written stores nothing."""
        if self._cache is None or not self._is_changed:
            return
        stored = {file: facts for file, facts in self._stored.items() if file in self.files}
        temporary = self._cache.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps([self._version, stored]), encoding="utf-8")
            temporary.replace(self._cache)

    @cached_property
    def _stored(self) -> dict[str, list[Any]]:
        with suppress(OSError, ValueError):
            data = json.loads(self._cache.read_text(encoding="utf-8")) if self._cache is not None else None
            if isinstance(data, list) and data[:1] == [self._version]:
                stored: dict[str, list[Any]] = data[1]
                return stored
        return {}

    @cached_property
    def _version(self) -> list[str]:
        return [code_fingerprint(modules=(__name__,), packages=("lxml",)), str(self.folder.absolute())]


def _page_name(url: str) -> str:
    """Return the last part of the path of a page's URL, without ``.html``; empty for a fragment."""
    path = urlsplit(url if is_valid_url(url) else "").path
    return path.rstrip("/").rpartition("/")[2].removesuffix(".html")


def _join_redirect(file: str, redirect: str) -> str:
    # Pages adds the slash to the URL of a folder before it answers.
    return urljoin(quote(path_of_file(file)), redirect)


def _parse(content: bytes) -> etree._Element | None:
    """Parse a page; return None if there is no element in it."""
    try:
        return etree.fromstring(content, etree.HTMLParser(encoding="utf-8", huge_tree=True))
    except etree.XMLSyntaxError:
        return None


def _read_facts(content: bytes) -> PageFacts:
    tree = _parse(content)
    if tree is None:
        return PageFacts("", "", [], {})
    refresh = _REFRESH.match(next(iter(_find_refresh(tree)), ""))
    titles = _find_titles(tree)
    return PageFacts(
        refresh["url"].strip() if refresh else "",
        _read_text(titles[-1]) if titles else "",
        sorted({*_find_ids(tree)}),
        {heading.get("id"): _read_text(heading) for heading in _find_headings(tree)},
    )


def _read_text(element: etree._Element) -> str:
    return " ".join("".join(_find_texts(element)).split())
