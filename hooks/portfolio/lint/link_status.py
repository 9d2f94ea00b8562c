"""Links to other sites: whether they still lead somewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from portfolio.core.diagnostics import Diagnostic

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
class Seen:
    """An answer and its day (ISO 8601), as the cache keeps it."""

    answer: Answer
    day: str


_NOT_ASKED = Answer(0, "not asked: its site wants to be left in peace for now")

Fetch = Callable[[str], Answer]


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

    What was there less than a week ago is not asked for again, and nothing of a site that asks for peace.
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
        answers: list[tuple[str, Seen]] = []
        asked_for_peace = False
        for number, url in enumerate(hosts[host]):
            if number and not asked_for_peace:
                wait(pause)
            answer = _NOT_ASKED if asked_for_peace else fetch(url)
            asked_for_peace = asked_for_peace or answer.wants_peace
            answers.append((url, Seen(answer, today.isoformat())))
        return answers

    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        for answers in pool.map(visit, sorted(hosts)):
            found.update(answers)
    return dict(sorted(found.items()))


def report(
    places: Mapping[str, list[Diagnostic]], found: Mapping[str, Seen]
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
