"""Links to other sites: where they stand, and whether they still lead somewhere."""

from __future__ import annotations

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

from portfolio.problem import Problem
from portfolio.settings import shown, text_of
from writing.markup import Markup
from writing.tree import Tree

_BARE = re.compile(r"https?://[^\s\"'<>{}\[\]|\\^`]+")
_TRAILING = ".,;:!?*_)"
# A site that says so may say otherwise to a browser or tomorrow.
_GONE = {404, 410}
_HOSTS_AT_ONCE = 8
# What was there stays trusted for so long.
FRESH = timedelta(days=6)

Verdict = Literal["there", "gone", "unsure"]


@dataclass(frozen=True)
class Answer:
    """What a site answered: the status of HTTP (0 for none), words on it, and where it moved for good."""

    status: int
    words: str = ""
    moved: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the page is there; "unsure" where a refusal or a failure proves nothing."""
        if 200 <= self.status < 400:
            return "there"
        return "gone" if self.status in _GONE else "unsure"


@dataclass(frozen=True)
class Seen:
    """An answer and its day (ISO 8601), as the cache keeps it."""

    answer: Answer
    day: str


Fetch = Callable[[str], Answer]


def collect(tree: Tree, data: Path, root: Path) -> dict[str, list[Problem]]:
    """Every URL of another site, without its fragment, and its places, as problems without words."""
    found: dict[str, list[Problem]] = {}
    for page in tree.pages.values():
        for url, at in _addresses(page.markup, page.markup.prose):
            found.setdefault(url, []).append(page.problem(at, "link", ""))
    for path in sorted([*data.glob("*.yml"), *data.glob("*.bib")]):
        text = text_of(path, root)
        if isinstance(text, str):
            markup = Markup(text)
            for url, at in _addresses(markup, text):
                found.setdefault(url, []).append(Problem(shown(path, root), *markup.mark(at), "link", ""))
    return dict(sorted(found.items()))


def _addresses(markup: Markup, text: str) -> Iterator[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    inline = [
        (link.target, link.at) for link in markup.links if link.target.startswith(("http://", "https://"))
    ]
    within = {target for target, _ in inline}
    bare = [(match[0].rstrip(_TRAILING), match.start()) for match in _BARE.finditer(text)]
    # The address of an inline link is met again as a bare one, perhaps cut off at a parenthesis.
    others = [(url, at) for url, at in bare if not any(target.startswith(url) for target in within)]
    for target, at in sorted({*inline, *others}, key=lambda one: one[1]):
        url = urldefrag(target).url
        if (url, at) not in seen and urlsplit(url).hostname:
            seen.add((url, at))
            yield url, at


def ask(
    urls: Iterable[str],
    fetch: Fetch,
    kept: Mapping[str, Seen],
    today: date,
    *,
    pause: float = 1.0,
    wait: Callable[[float], object] = time.sleep,
) -> dict[str, Seen]:
    """Ask for each URL, several hosts at a time and one host never twice within ``pause`` seconds.

    What was there less than a week ago is not asked for again.
    """
    found: dict[str, Seen] = {}
    hosts: dict[str, list[str]] = {}
    for url in sorted(set(urls)):
        known = kept.get(url)
        if known is not None and known.answer.verdict == "there" and _is_fresh(known.day, today):
            found[url] = known
        else:
            hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def visit(host: str) -> list[tuple[str, Seen]]:
        answers = []
        for number, url in enumerate(hosts[host]):
            if number:
                wait(pause)
            answers.append((url, Seen(fetch(url), today.isoformat())))
        return answers

    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        for answers in pool.map(visit, sorted(hosts)):
            found.update(answers)
    return dict(sorted(found.items()))


def report(places: Mapping[str, list[Problem]], found: Mapping[str, Seen]) -> tuple[list[Problem], list[str]]:
    """The links that are gone, as problems, sorted; and lines on what else there is to know."""
    gone, notes = [], []
    for url, seen in found.items():
        answer = seen.answer
        if answer.verdict == "gone":
            message = f"{url} is gone ({answer.status} {answer.words})."
            gone += [Problem(at.path, at.line, at.column, at.field, message) for at in places.get(url, ())]
        elif answer.verdict == "unsure":
            notes.append(f"not sure: {url} ({f'{answer.status} ' if answer.status else ''}{answer.words})")
        elif answer.moved:
            notes.append(f"moved: {url} to {answer.moved}")
    return sorted(gone), sorted(notes)


def load(path: Path) -> dict[str, Seen]:
    """What was seen before; empty where the file is not there or is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {url: Seen(Answer(**one["answer"]), str(one["day"])) for url, one in stored.items()}
    return {}


def save(path: Path, found: Mapping[str, Seen]) -> None:
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
