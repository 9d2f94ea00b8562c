"""External links: the URLs of other sites in pages and data, and whether these URLs still work.

Requests are few and slow on purpose: HEAD before GET, a second between two requests to a host, at most eight
hosts at a time, and none to a host that asks for fewer (status 429, or ``Retry-After``). The link checker
lychee 0.24 was considered instead. It caps every ``Retry-After`` at a minute and then goes on with that host,
its report lacks that header, and its cache forgets redirects.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import display_path, read_text
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document, Lines
from portfolio.lint.documents import Documents, SourcePage

# How long a URL that worked is not requested again.
MAX_AGE = timedelta(days=6)
# With any other status the page may still exist, for a browser or tomorrow.
_DEAD = {404, 410}
_TOO_MANY_REQUESTS = 429
_PERMANENT_REDIRECTS = {301, 308}
_MAX_HOSTS = 8
_MAX_REDIRECTS = 5
_TIMEOUT_SECONDS = 20
_MAX_RETRY_AFTER_LENGTH = 60

# In BibTeX a backslash escapes characters that are special in TeX.
_PLAIN_URL = re.compile(r"https?://(?:[^\s\"'<>{}\[\]|\\^`]|\\[_&%#~$])+", re.IGNORECASE)
_WHOLE_URL = re.compile(r"(?:https?:)?//[^\s\"'<>]+", re.IGNORECASE)
_URL_PREFIXES = ("http://", "https://", "//")
# Characters that end a sentence, not a URL.
_TRAILING = ".,;:!?*"
_CLOSING = {"<": ">", '"': '"', "'": "'", "{": "}"}
_ENTITY = re.compile(r"&#?\w+;")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+.!-])")
_TEX_ESCAPE = re.compile(r"\\([_&%#~$])")
# What precedes the URL of an inline link or of a reference.
_LINK_START = re.compile(r"\](?:\(|:)[ \t\n]{0,4}<?\Z")

Verdict = Literal["works", "dead", "unknown"]


@dataclass(frozen=True)
class Answer:
    """The answer to a request: the HTTP status (0 without one), and the reason phrase or error.

    ``moved_to`` is the new URL after permanent redirects. ``retry_after`` is the header of that name
    (RFC 9110, section 10.2.3).
    """

    status: int
    reason: str = ""
    moved_to: str = ""
    retry_after: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the URL works; "unknown" after a refusal or an error, which proves nothing."""
        if 200 <= self.status < 400:
            return "works"
        return "dead" if self.status in _DEAD else "unknown"

    @property
    def is_rate_limited(self) -> bool:
        """Whether the host asks for no more requests for now."""
        return self.status == _TOO_MANY_REQUESTS or (self.verdict == "unknown" and bool(self.retry_after))


@dataclass(frozen=True)
class CachedAnswer:
    """An answer and its day (ISO 8601)."""

    answer: Answer
    day: str


Request = Callable[[str], Answer]
_NOT_REQUESTED = Answer(0, "not requested, because the host asks for fewer requests")


def collect_external_links(documents: Documents, data: Path, root: Path) -> dict[str, list[Diagnostic]]:
    """Return every external URL in the documents and in the data folder, sorted and without fragments.

    Each has its positions, as diagnostics without a message.
    """
    links: dict[str, list[Diagnostic]] = {}

    def add(url: str, position: Diagnostic) -> None:
        normalized = _normalize(url)
        if normalized is not None and position not in links.setdefault(normalized, []):
            links[normalized].append(position)

    for page in documents.pages.values():
        for url, at in _find_in_markdown(page.markdown):
            add(url, page.diagnose(at, "link", "", code="link.dead"))
        for url, position in _find_in_front_matter(page):
            add(url, page.map_to_file(position))
    for path in sorted([*data.glob("*.yml"), *data.glob("*.bib")]):
        text, name = read_text(path, root), display_path(path, root)
        if not isinstance(text, str):
            continue
        if path.suffix == ".bib":
            lines = Lines(text)
            for url, at in _find_plain_urls(text):
                add(
                    _TEX_ESCAPE.sub(r"\1", url),
                    Diagnostic(name, *lines.position(at), "link", "", code="link.dead"),
                )
        else:
            for url, position in _find_in_yaml(positions.load_yaml(name, text)[0], text):
                add(url, position)
    return dict(sorted(links.items()))


def check_urls(
    urls: Iterable[str],
    request: Request,
    cached: Mapping[str, CachedAnswer],
    today: date,
    *,
    pause: float = 1.0,
    wait: Callable[[float], object] = time.sleep,
) -> dict[str, CachedAnswer]:
    """Request each URL: several hosts at a time, but each host only once within ``pause`` seconds.

    URLs that worked within `MAX_AGE` are not requested again, nor are others of a host that limits requests.
    """
    answers: dict[str, CachedAnswer] = {}
    hosts: dict[str, list[str]] = {}
    for url in sorted(set(urls)):
        known = cached.get(url)
        if known is not None and known.answer.verdict == "works" and _is_fresh(known.day, today):
            answers[url] = known
        else:
            hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def request_all(host: str) -> dict[str, CachedAnswer]:
        of_host: dict[str, CachedAnswer] = {}
        is_rate_limited = False
        for url in hosts[host]:
            if of_host and not is_rate_limited:
                wait(pause)
            answer = _NOT_REQUESTED if is_rate_limited else request(url)
            is_rate_limited = is_rate_limited or answer.is_rate_limited
            of_host[url] = CachedAnswer(answer, today.isoformat())
        return of_host

    with ThreadPoolExecutor(_MAX_HOSTS) as pool:
        for of_host in pool.map(request_all, sorted(hosts)):
            answers.update(of_host)
    return dict(sorted(answers.items()))


class LinkClient:
    """Requests URLs, with a user agent that names the site.

    Threads may share a client. ``wait`` is called with ``pause`` (seconds) between two requests for a URL.
    """

    def __init__(
        self, site: str, url: str, *, pause: float = 1.0, wait: Callable[[float], object] = time.sleep
    ) -> None:
        self._pause, self._wait = pause, wait
        agent = f"{site} link check{f' (+{url})' if url else ''}"
        # Headers are Latin-1: requests refuses a name in another script.
        self._headers = {"User-Agent": agent.encode("ascii", "ignore").decode().strip(), "Accept": "*/*"}

    def __call__(self, url: str) -> Answer:
        """Request the header of a page, and the page itself only if that may give another answer."""
        answer = self._request("HEAD", url)
        if answer.verdict != "unknown" or answer.is_rate_limited:
            return answer
        self._wait(self._pause)
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
        except requests.exceptions.SSLError:
            return Answer(0, "its certificate is not trusted")
        except requests.exceptions.ConnectTimeout:
            return Answer(0, "no connection in time")
        except requests.exceptions.ReadTimeout:
            return Answer(0, "no answer in time")
        except requests.exceptions.TooManyRedirects:
            return Answer(0, f"it redirects more than {_MAX_REDIRECTS} times")
        except requests.exceptions.ConnectionError:
            return Answer(0, "no connection")
        except (
            ValueError
        ):  # Some URLs are rejected before a request, not always by an error of requests' own.
            return Answer(0, "not a valid URL")
        except requests.exceptions.RequestException as error:
            return Answer(0, type(error).__name__)


def report_dead_links(
    links: Mapping[str, list[Diagnostic]], answers: Mapping[str, CachedAnswer]
) -> tuple[list[Diagnostic], list[str]]:
    """Return a diagnostic for each position of a dead URL, sorted, and lines about unclear and moved URLs."""
    dead, notes = [], []
    for url, cached in answers.items():
        answer = cached.answer
        if answer.verdict == "dead":
            message = f"{url} is gone ({answer.status} {answer.reason})."
            dead += [replace(position, message=message, code="link.dead") for position in links.get(url, ())]
        elif answer.verdict == "unknown":
            status = f"{answer.status} " if answer.status else ""
            retry = f"; retry after: {answer.retry_after}" if answer.retry_after else ""
            notes.append(f"unclear: {url} ({status}{answer.reason}{retry})")
        elif answer.moved_to:
            notes.append(f"moved: {url} to {answer.moved_to}")
    return sorted(dead), sorted(notes)


def load_cache(path: Path) -> dict[str, CachedAnswer]:
    """Load the answers of earlier runs; empty if the file is missing or damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            url: CachedAnswer(Answer(**entry["answer"]), str(entry["day"])) for url, entry in stored.items()
        }
    return {}


def save_cache(path: Path, answers: Mapping[str, CachedAnswer]) -> None:
    """Save answers for the next run; nothing is saved if the file cannot be written."""
    entries = {url: asdict(cached) for url, cached in sorted(answers.items())}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{json.dumps(entries, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


def _is_fresh(day: str, today: date) -> bool:
    try:
        return timedelta(0) <= today - date.fromisoformat(day) < MAX_AGE
    except ValueError:
        return False


def _normalize(url: str) -> str | None:
    """Return the URL to request; None if it is not valid, which the check of links reports."""
    scheme, colon, rest = url.partition("://")
    url = f"{scheme.lower()}{colon}{rest}" if colon else url
    try:
        url = urldefrag(f"https:{url}" if url.startswith("//") else url).url
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _find_in_markdown(markdown: MarkdownSource) -> Iterator[tuple[str, int]]:
    inline = [(link.target, link.at) for link in markdown.links]
    inline = [(target, at) for target, at in inline if target.lower().startswith(_URL_PREFIXES)]
    for target, at in inline:
        yield _unescape(target), at
    for url, at in _find_plain_urls(markdown.prose):
        # The search finds the URLs of links again, but cuts them at a parenthesis.
        in_link = _LINK_START.search(markdown.prose, max(at - 8, 0), at)
        if in_link is None or not any(target.startswith(url) for target, _ in inline):
            yield _unescape(url), at


def _unescape(url: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _MARKDOWN_ESCAPE.sub(r"\1", url))


def _find_in_front_matter(page: SourcePage) -> Iterator[tuple[str, Diagnostic]]:
    if "//" in page.markdown.front_matter:
        yield from _find_in_yaml(page.front_matter, page.markdown.source)


def _find_in_yaml(document: Document, text: str) -> Iterator[tuple[str, Diagnostic]]:
    lines = text.split("\n")
    for path, value in positions.iter_texts(document.data):
        is_url = _WHOLE_URL.fullmatch(value.strip())
        for url in [value.strip()] if is_url else [_unescape(url) for url, _ in _find_plain_urls(value)]:
            line, column = document.positions.get(path, (1, 1))
            # The URL begins after the start of the value, if that is quoted or has several lines.
            for number in range(line - 1, min(line + value.count("\n") + 1, len(lines))):
                at = lines[number].find(url, column - 1 if number == line - 1 else 0)
                if at >= 0:
                    line, column = number + 1, at + 1
                    break
            yield url, Diagnostic(document.path, line, column, "link", "", code="link.dead")


def _find_plain_urls(text: str) -> Iterator[tuple[str, int]]:
    """Yield the URLs in a text, without punctuation at the end unless brackets or quotes enclose them."""
    for match in _PLAIN_URL.finditer(text):
        url, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() :][:1]
        if before not in _CLOSING or _CLOSING[before] != after:
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
