"""External links: the URLs of other sites in pages and data, and whether these URLs still work.

Requests are few and slow on purpose: HEAD before GET, a second between two requests to a host, at most eight
hosts at a time, and none to a host that asks for fewer (status 429, or ``Retry-After``). The link checker
lychee 0.24 was considered instead. It caps every ``Retry-After`` at a minute and then goes on with that host,
its report lacks that header, and its cache forgets redirects.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import display_path, read_text
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document, Lines, iter_texts, load_yaml
from portfolio.core.text import is_valid_url
from portfolio.lint.documents import Documents

# How long a URL that worked is not requested again.
MAX_AGE = timedelta(days=6)
# With any other status the page may still exist, for a browser or tomorrow.
_DEAD = {404, 410}
_TOO_MANY_REQUESTS = 429
_PERMANENT_REDIRECTS = {301, 308}
_MAX_HOSTS = 8
_MAX_REDIRECTS = 5
_TIMEOUT_SECONDS = 20
_PAUSE_SECONDS = 1.0
_MAX_RETRY_AFTER_LENGTH = 60
# Exceptions of requests and their base classes, by name; some URLs are rejected before a request.
_ERRORS = {
    "SSLError": "its certificate is not trusted",
    "ConnectTimeout": "no connection in time",
    "ReadTimeout": "no answer in time",
    "TooManyRedirects": f"it redirects more than {_MAX_REDIRECTS} times",
    "ConnectionError": "no connection",
    "ValueError": "not a valid URL",
}

# In BibTeX a backslash escapes characters that are special in TeX.
_PLAIN_URL = re.compile(r"https?://(?:[^\s\"'<>{}\[\]|\\^`]|\\[_&%#~$])+", re.IGNORECASE)
_WHOLE_URL = re.compile(r"(?:https?:)?//[^\s\"'<>]+", re.IGNORECASE)
# Characters that end a sentence, not a URL.
_TRAILING = ".,;:!?*"
_CLOSING = {"<": ">", '"': '"', "'": "'", "{": "}"}
_ENTITY = re.compile(r"&#?\w+;")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+.!-])")
_TEX_ESCAPE = re.compile(r"\\([_&%#~$])")
# What precedes the URL of an inline link or of a reference.
_LINK_START = re.compile(r"\](?:\(|:)[ \t\n]{0,4}<?\Z")


@dataclass(frozen=True)
class Answer:
    """The answer to a request: the HTTP status (0 without one), and the reason phrase or error.

    ``moved_to`` is the new URL after permanent redirects. ``retry_after`` is the header of that name
    (RFC 9110, section 10.2.3). ``day`` is that of the request.
    """

    status: int
    reason: str = ""
    moved_to: str = ""
    retry_after: str = ""
    day: date = date.min

    @property
    def verdict(self) -> Literal["works", "dead", "unknown"]:
        """Whether the URL works; "unknown" after a refusal or an error, which proves nothing."""
        if 200 <= self.status < 400:
            return "works"
        return "dead" if self.status in _DEAD else "unknown"

    @property
    def is_rate_limited(self) -> bool:
        """Whether the host asks for no more requests for now."""
        return self.status == _TOO_MANY_REQUESTS or (self.verdict == "unknown" and bool(self.retry_after))


_NOT_REQUESTED = Answer(0, "not requested, because the host asks for fewer requests")


def collect_external_links(documents: Documents, data: Path, root: Path) -> dict[str, list[Diagnostic]]:
    """Return every external URL in the documents and in the data folder, sorted and without fragments.

    Each has its positions, as diagnostics without a message. Invalid URLs are left out: the check of links
    reports them.
    """
    links: dict[str, list[Diagnostic]] = {}
    for written, position in _iter_links(documents, data, root):
        if is_valid_url(written) and (parts := urlsplit(written, "https")).hostname:
            positions = links.setdefault(parts._replace(fragment="").geturl(), [])
            if position not in positions:
                positions.append(position)
    return dict(sorted(links.items()))


def check_urls(
    urls: Collection[str],
    request: Callable[[str], Answer],
    cached: Mapping[str, Answer],
    today: date,
    *,
    wait: Callable[[float], object] = time.sleep,
) -> dict[str, Answer]:
    """Request each URL: several hosts at a time, but each host only once a second.

    URLs that worked within `MAX_AGE` are not requested again, nor are others of a host that limits requests.
    """
    answers = {
        url: cached[url]
        for url in cached.keys() & urls
        if cached[url].verdict == "works" and timedelta(0) <= today - cached[url].day < MAX_AGE
    }
    hosts: dict[str, list[str]] = {}
    for url in sorted({*urls} - answers.keys()):
        hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def request_all(urls: list[str]) -> dict[str, Answer]:
        of_host: dict[str, Answer] = {}
        is_rate_limited = False
        for url in urls:
            if is_rate_limited:
                of_host[url] = _NOT_REQUESTED
                continue
            if of_host:
                wait(_PAUSE_SECONDS)
            of_host[url] = replace(request(url), day=today)
            is_rate_limited = of_host[url].is_rate_limited
        return of_host

    with ThreadPoolExecutor(_MAX_HOSTS) as pool:
        for of_host in pool.map(request_all, hosts.values()):
            answers.update(of_host)
    return dict(sorted(answers.items()))


class LinkClient:
    """Requests URLs, with a user agent that names the site.

    Threads may share a client. ``wait`` is called with the seconds between two requests for a URL.
    """

    def __init__(self, site: str, url: str, wait: Callable[[float], object] = time.sleep) -> None:
        self._wait = wait
        agent = f"{site} link check{f' (+{url})' if url else ''}"
        # Headers are Latin-1: requests refuses a name in another script.
        self._headers = {"User-Agent": agent.encode("ascii", "ignore").decode().strip(), "Accept": "*/*"}

    def __call__(self, url: str) -> Answer:
        """Request the header of a page, and the page itself only if that may give another answer."""
        answer = self._request("HEAD", url)
        if answer.verdict != "unknown" or answer.is_rate_limited:
            return answer
        self._wait(_PAUSE_SECONDS)
        return self._request("GET", url)

    def _request(self, method: str, url: str) -> Answer:
        # It takes longer to import than everything else that `make check` needs.
        import requests

        try:
            with requests.Session() as session:
                session.max_redirects = _MAX_REDIRECTS
                # The body is never read: the connection is closed after the header.
                with session.request(
                    method, url, headers=self._headers, timeout=_TIMEOUT_SECONDS, stream=True
                ) as response:
                    statuses = {redirect.status_code for redirect in response.history}
                    return Answer(
                        response.status_code,
                        response.reason or "",
                        response.url if statuses and statuses <= _PERMANENT_REDIRECTS else "",
                        response.headers.get("Retry-After", "")[:_MAX_RETRY_AFTER_LENGTH],
                    )
        except (requests.RequestException, ValueError) as error:
            names = [kind.__name__ for kind in type(error).__mro__]
            return Answer(0, next((_ERRORS[name] for name in names if name in _ERRORS), names[0]))


def report_dead_links(
    links: Mapping[str, list[Diagnostic]], answers: Mapping[str, Answer]
) -> tuple[list[Diagnostic], list[str]]:
    """Return a diagnostic for each position of a dead URL, sorted, and lines about unclear and moved URLs."""
    dead, notes = [], []
    for url, answer in answers.items():
        if answer.verdict == "dead":
            message = f"{url} is gone ({answer.status} {answer.reason})."
            dead += [replace(position, message=message) for position in links.get(url, ())]
        elif answer.verdict == "unknown":
            status = f"{answer.status} " if answer.status else ""
            retry = f"; retry after: {answer.retry_after}" if answer.retry_after else ""
            notes.append(f"unclear: {url} ({status}{answer.reason}{retry})")
        elif answer.moved_to:
            notes.append(f"moved: {url} to {answer.moved_to}")
    return sorted(dead), sorted(notes)


def load_cache(path: Path) -> dict[str, Answer]:
    """Load the answers of earlier runs, by URL; empty if the file is missing or damaged."""
    with suppress(OSError, ValueError):
        return TypeAdapter(dict[str, Answer]).validate_json(path.read_bytes())
    return {}


def save_cache(path: Path, answers: dict[str, Answer]) -> None:
    """Save answers for the next run; nothing is saved if the file cannot be written."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(TypeAdapter(dict[str, Answer]).dump_json(answers, indent=1))


def _iter_links(documents: Documents, data: Path, root: Path) -> Iterator[tuple[str, Diagnostic]]:
    for page in documents.pages.values():
        for url, at in _find_in_markdown(page.markdown):
            yield url, page.diagnose(at, "link", "", code="link.dead")
        if "//" in page.markdown.front_matter:
            for url, position in _find_in_yaml(page.front_matter, page.markdown.source):
                yield url, page.map_to_file(position)
    for path in sorted([*data.glob("*.yml"), *data.glob("*.bib")]):
        text, name = read_text(path, root), display_path(path, root)
        if not isinstance(text, str):
            continue
        if path.suffix == ".yml":
            yield from _find_in_yaml(load_yaml(name, text)[0], text)
            continue
        lines = Lines(text)
        for url, at in _find_plain_urls(text):
            position = Diagnostic(name, *lines.position(at), "link", "", code="link.dead")
            yield _TEX_ESCAPE.sub(r"\1", url), position


def _find_in_markdown(markdown: MarkdownSource) -> Iterator[tuple[str, int]]:
    links = [link for link in markdown.links if _WHOLE_URL.match(link.target)]
    yield from ((_unescape(link.target), link.at) for link in links)
    for url, at in _find_plain_urls(markdown.prose):
        # The search finds the URLs of links again, but cuts them at a parenthesis.
        in_link = _LINK_START.search(markdown.prose, max(at - 8, 0), at)
        if in_link is None or not any(link.target.startswith(url) for link in links):
            yield _unescape(url), at


def _unescape(url: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _MARKDOWN_ESCAPE.sub(r"\1", url))


def _find_in_yaml(document: Document, text: str) -> Iterator[tuple[str, Diagnostic]]:
    lines = text.split("\n")
    for path, value in iter_texts(document.data):
        is_url = _WHOLE_URL.fullmatch(value.strip())
        for url in [value.strip()] if is_url else [_unescape(url) for url, _ in _find_plain_urls(value)]:
            line, column = document.positions[path]
            # The URL begins after the start of the value, if that is quoted or has several lines.
            for number, content in enumerate(lines[line - 1 : line + value.count("\n") + 1]):
                at = content.find(url, 0 if number else column - 1)
                if at >= 0:
                    line, column = line + number, at + 1
                    break
            yield url, Diagnostic(document.path, line, column, "link", "", code="link.dead")


def _find_plain_urls(text: str) -> Iterator[tuple[str, int]]:
    """Yield the URLs in a text, without punctuation at the end unless brackets or quotes enclose them."""
    for match in _PLAIN_URL.finditer(text):
        url, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() :][:1]
        if _CLOSING.get(before) != after:
            url = _strip_punctuation(url, before)
        yield url, match.start()


def _strip_punctuation(url: str, before: str) -> str:
    """Remove the punctuation of the sentence from the end of a URL; balanced parentheses are part of it."""
    # In emphasis, the character that begins it also ends it.
    trailing = f"{_TRAILING}_" if before == "_" else _TRAILING
    while url:
        if url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1]
        elif (shorter := url.rstrip(trailing)) != url and not _ENTITY.fullmatch(url[url.rfind("&") :]):
            url = shorter
        else:
            break
    return url
