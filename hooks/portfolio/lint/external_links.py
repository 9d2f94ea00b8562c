"""Addresses of other sites, as they are written in pages, front matter and data: which, and where."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag, urlsplit

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document, Lines
from portfolio.lint.documents import Documents, SourcePage
from portfolio.sources.mkdocs_yml import display_path, read_text

# In BibTeX a backslash may stand before a sign of TeX.
_BARE = re.compile(r"https?://(?:[^\s\"'<>{}\[\]|\\^`]|\\[_&%#~$])+", re.IGNORECASE)
_WHOLE = re.compile(r"(?:https?:)?//[^\s\"'<>]+", re.IGNORECASE)
_HTTP_PREFIXES = ("http://", "https://", "//")
# What ends a sentence, not an address.
_TRAILING = ".,;:!?*"
_CLOSING = {"<": ">", '"': '"', "'": "'", "{": "}"}
_ENTITY = re.compile(r"&#?\w+;")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+.!-])")
_TEX_ESCAPE = re.compile(r"\\([_&%#~$])")
# What stands before the address of an inline link, or of the definition of one.
_LINKED = re.compile(r"\](?:\(|:)[ \t\n]{0,4}<?\Z")


def collect_links(tree: Documents, data: Path, root: Path) -> dict[str, list[Diagnostic]]:
    """Every URL of another site, without its fragment, and its places, as problems without words."""
    found: dict[str, list[Diagnostic]] = {}

    def keep(url: str, place: Diagnostic) -> None:
        plain = _plain(url)
        if plain is not None and place not in found.setdefault(plain, []):
            found[plain].append(place)

    for page in tree.pages.values():
        for url, at in _in_markdown(page.markup):
            keep(url, page.problem(at, "link", ""))
        for url, place in _in_front_matter(page):
            keep(url, page.moved(place))
    for path in sorted([*data.glob("*.yml"), *data.glob("*.bib")]):
        text, name = read_text(path, root), display_path(path, root)
        if not isinstance(text, str):
            continue
        if path.suffix == ".bib":
            lines = Lines(text)
            for url, at in _bare(text):
                keep(_TEX_ESCAPE.sub(r"\1", url), Diagnostic(name, *lines.position(at), "link", ""))
        else:
            for url, place in _in_yaml(positions.load_yaml(name, text)[0], text):
                keep(url, place)
    return dict(sorted(found.items()))


def _plain(url: str) -> str | None:
    """An address to ask for; None for one that cannot be taken apart, of which the check tells."""
    scheme, colon, rest = url.partition("://")
    url = f"{scheme.lower()}{colon}{rest}" if colon else url
    try:
        url = urldefrag(f"https:{url}" if url.startswith("//") else url).url
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _in_markdown(markup: MarkdownSource) -> Iterator[tuple[str, int]]:
    inline = [
        (link.target, link.at) for link in markup.links if link.target.lower().startswith(_HTTP_PREFIXES)
    ]
    targets = [target for target, _ in inline]
    prose = markup.prose
    for target, at in inline:
        yield _unescaped(target), at
    for url, at in _bare(prose):
        # The address of a link is met here again, without what only stands between parentheses.
        linked = _LINKED.search(prose, max(at - 8, 0), at)
        if linked is None or not any(target.startswith(url) for target in targets):
            yield _unescaped(url), at


def _unescaped(url: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _MARKDOWN_ESCAPE.sub(r"\1", url))


def _in_front_matter(page: SourcePage) -> Iterator[tuple[str, Diagnostic]]:
    if "//" in page.markup.front_matter:
        # What a notebook became has front matter, too, at the same place.
        yield from _in_yaml(page.front, page.markup.source)


def _in_yaml(document: Document, text: str) -> Iterator[tuple[str, Diagnostic]]:
    lines = text.split("\n")
    for path, value in positions.iter_texts(document.data):
        whole = _WHOLE.fullmatch(value.strip())
        for url in [value.strip()] if whole else [_unescaped(url) for url, _ in _bare(value)]:
            line, column = document.positions.get(path, (1, 1))
            # In a text of several lines, or behind a quotation mark, it begins later.
            for number in range(line - 1, min(line + value.count("\n") + 1, len(lines))):
                at = lines[number].find(url, column - 1 if number == line - 1 else 0)
                if at >= 0:
                    line, column = number + 1, at + 1
                    break
            yield url, Diagnostic(document.path, line, column, "link", "")


def _bare(text: str) -> Iterator[tuple[str, int]]:
    """The addresses in a text, each whole where signs enclose it, else without what follows it there."""
    for match in _BARE.finditer(text):
        url, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() :][:1]
        if before not in _CLOSING or _CLOSING[before] != after:
            url = _ended(url, before)
        yield url, match.start()


def _ended(url: str, before: str) -> str:
    """An address without the signs of the sentence around it; a bracket that it opens, it also closes."""
    # What stands in emphasis ends with the sign that began it.
    trailing = f"{_TRAILING}_" if before == "_" else _TRAILING
    while url:
        if url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1]
        elif (shorter := url.rstrip(trailing)) != url and not _ENTITY.fullmatch(url[url.rfind("&") :]):
            url = shorter
        else:
            break
    return url


# A site that says so may say otherwise to a browser or tomorrow.
_GONE = {404, 410}
_TOO_MANY = 429
_HOSTS_AT_ONCE = 8
# What was there stays trusted for so long.
FRESH = timedelta(days=6)

Verdict = Literal["there", "gone", "unsure"]


@dataclass(frozen=True)
class Answer:
    """What a site answered: the status of HTTP (0 for none), words on it, and where it moved for good.

    ``later`` is what it said of when to come again (``Retry-After``, RFC 9110, section 10.2.3).
    """

    status: int
    words: str = ""
    moved: str = ""
    later: str = ""

    @property
    def wants_peace(self) -> bool:
        """Whether the site asks to be asked no more for now."""
        return self.status == _TOO_MANY or (self.verdict == "unsure" and bool(self.later))

    @property
    def is_final(self) -> bool:
        """Whether asking in another way would tell no more, or is not wished."""
        return self.verdict != "unsure" or self.wants_peace

    @property
    def verdict(self) -> Verdict:
        """Whether the page is there; "unsure" where a refusal or a failure proves nothing."""
        if 200 <= self.status < 400:
            return "there"
        return "gone" if self.status in _GONE else "unsure"


@dataclass(frozen=True)
class CachedAnswer:
    """An answer and its day (ISO 8601), as the cache keeps it."""

    answer: Answer
    day: str


_NOT_ASKED = Answer(0, "not asked: its site wants to be left in peace for now")

Fetch = Callable[[str], Answer]


def check_urls(
    urls: Iterable[str],
    fetch: Fetch,
    kept: Mapping[str, CachedAnswer],
    today: date,
    *,
    pause: float = 1.0,
    wait: Callable[[float], object] = time.sleep,
) -> dict[str, CachedAnswer]:
    """Ask for each URL, several hosts at a time and one host never twice within ``pause`` seconds.

    What was there less than a week ago is not asked for again, and nothing of a site that asks for peace.
    """
    found: dict[str, CachedAnswer] = {}
    hosts: dict[str, list[str]] = {}
    for url in sorted(set(urls)):
        known = kept.get(url)
        if known is not None and known.answer.verdict == "there" and _is_fresh(known.day, today):
            found[url] = known
        else:
            hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def visit(host: str) -> list[tuple[str, CachedAnswer]]:
        answers: list[tuple[str, CachedAnswer]] = []
        asked_for_peace = False
        for number, url in enumerate(hosts[host]):
            if number and not asked_for_peace:
                wait(pause)
            answer = _NOT_ASKED if asked_for_peace else fetch(url)
            asked_for_peace = asked_for_peace or answer.wants_peace
            answers.append((url, CachedAnswer(answer, today.isoformat())))
        return answers

    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        for answers in pool.map(visit, sorted(hosts)):
            found.update(answers)
    return dict(sorted(found.items()))


def report_links(
    places: Mapping[str, list[Diagnostic]], found: Mapping[str, CachedAnswer]
) -> tuple[list[Diagnostic], list[str]]:
    """The links that are gone, as problems, sorted; and lines on what else there is to know."""
    gone, notes = [], []
    for url, seen in found.items():
        answer = seen.answer
        if answer.verdict == "gone":
            message = f"{url} is gone ({answer.status} {answer.words})."
            gone += [Diagnostic(at.path, at.line, at.column, at.field, message) for at in places.get(url, ())]
        elif answer.verdict == "unsure":
            status = f"{answer.status} " if answer.status else ""
            later = f"; come again: {answer.later}" if answer.later else ""
            notes.append(f"not sure: {url} ({status}{answer.words}{later})")
        elif answer.moved:
            notes.append(f"moved: {url} to {answer.moved}")
    return sorted(gone), sorted(notes)


def load_cache(path: Path) -> dict[str, CachedAnswer]:
    """What was seen before; empty where the file is not there or is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {url: CachedAnswer(Answer(**one["answer"]), str(one["day"])) for url, one in stored.items()}
    return {}


def save_cache(path: Path, found: Mapping[str, CachedAnswer]) -> None:
    """Keep what was seen; a folder that cannot be written keeps nothing."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {url: asdict(seen) for url, seen in sorted(found.items())}, ensure_ascii=False, indent=1
        )
        path.write_text(f"{text}\n", encoding="utf-8")


def _is_fresh(day: str, today: date) -> bool:
    try:
        return timedelta(0) <= today - date.fromisoformat(day) < FRESH
    except ValueError:
        return False


_SECONDS = 20
_FOR_GOOD = {301, 308}
_REDIRECTS = 5
_LONGEST_WORDS = 60


class LinkClient:
    """Asks with a name and an address of its own, so that whoever is asked can see by whom.

    One object may be used by several threads: each request has a session of its own. ``wait`` is called with
    ``pause`` (seconds) before the second of two requests for a page.
    """

    def __init__(
        self, site: str, url: str, *, pause: float = 1.0, wait: Callable[[float], object] = time.sleep
    ) -> None:
        self._pause, self._wait = pause, wait
        about = f" (+{url})" if url else ""
        words = f"{site} link check{about}"
        # Headers are Latin-1; a name in another script would be refused.
        self._headers = {"User-Agent": words.encode("ascii", "ignore").decode().strip(), "Accept": "*/*"}

    def __call__(self, url: str) -> Answer:
        """Ask for the head of a page, and for the page itself only where that tells nothing."""
        answer = self._ask("HEAD", url)
        if answer.is_final:
            return answer
        self._wait(self._pause)
        return self._ask("GET", url)

    def _ask(self, method: str, url: str) -> Answer:
        import requests

        try:
            with requests.Session() as session:
                session.max_redirects = _REDIRECTS
                # The body is never read: the connection closes after the head.
                with session.request(
                    method, url, headers=self._headers, timeout=_SECONDS, stream=True
                ) as response:
                    moved = bool(response.history) and all(
                        one.status_code in _FOR_GOOD for one in response.history
                    )
                    return Answer(
                        response.status_code,
                        response.reason or "",
                        response.url if moved else "",
                        response.headers.get("Retry-After", "")[:_LONGEST_WORDS],
                    )
        # Some addresses are refused before anything is sent, not always by an error of requests' own.
        except (requests.exceptions.RequestException, ValueError) as error:
            return Answer(0, _why(error))


def _why(error: Exception) -> str:
    import requests

    kinds: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "its certificate is not trusted",
        requests.exceptions.ConnectTimeout: "no connection in time",
        requests.exceptions.ReadTimeout: "no answer in time",
        requests.exceptions.TooManyRedirects: f"it redirects more than {_REDIRECTS} times",
        requests.exceptions.ConnectionError: "no connection",
        ValueError: "no valid address",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), type(error).__name__)
