"""References of works that differ in title, address and day alone: one is set, and the others are like it.

Citeproc takes some 7 ms for a reference, and a blog has one for each post. So a style is asked twice for
works that nobody has. If what it says of them differs in their titles, addresses and years and in nothing
else, that is the pattern of all plain works. Others are set one by one: those of a style that prints months,
and those to whose titles or addresses a style may add a mark, or leave one out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portfolio.citations.csl import Data
from portfolio.citations.runs import Run

# Sets references: `Typesetter.references`.
Setting = Callable[[Sequence[Data]], dict[str, tuple[Run, ...]]]
Runs = tuple[Run, ...]

# No style adds to these or takes from them: their marks are between letters, and they end as the probes do.
_TITLE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:[,:;]? |[-’])[A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?:/[A-Za-z0-9_-]+)*/")
_FIRST_YEAR, _LAST_YEAR = 1000, 9999


@dataclass(frozen=True)
class _Plain:
    """What differs between plain works; the ``day`` is year, month, day of the month."""

    title: str
    address: str
    day: tuple[int, int, int]

    def instead_of(self, other: _Plain, runs: Runs) -> Runs:
        """What is said of the other work, said of this one."""
        return tuple(
            replace(run, text=self._said(other, run.text), url=self._said(other, run.url)) for run in runs
        )

    def _said(self, other: _Plain, text: str) -> str:
        pairs = {
            other.title: self.title,
            other.address: self.address,
            str(other.day[0]): str(self.day[0]),
        }
        return re.sub("|".join(map(re.escape, pairs)), lambda found: pairs[found[0]], text)


# Nothing of the one is in the other, nor in any style.
_ONE = _Plain("Qwzx Vkjq", "https://qwzx.invalid/vkjq/", (7919, 10, 23))
_OTHER = _Plain("Jyhw", "https://jyhw.invalid/", (8642, 5, 4))


@dataclass(frozen=True)
class Patterns:
    """The patterns of one style; None where there is none. ``references`` sets as the style says."""

    references: Setting
    _known: dict[str, Runs | None] = field(default_factory=dict)

    def reference(self, item: Data) -> Runs:
        """The reference of a work, as ``references`` sets it."""
        plain = _plain(item)
        pattern = None if plain is None else self._pattern(item)
        if plain is None or pattern is None:
            return self.references([item])[item["id"]]
        return plain.instead_of(_ONE, pattern)

    def _pattern(self, item: Data) -> Runs | None:
        like = {name: value for name, value in item.items() if name not in {"id", "title", "URL", "issued"}}
        key = json.dumps(like, sort_keys=True)
        if key not in self._known:
            one, other = (self._set(like, probe) for probe in (_ONE, _OTHER))
            self._known[key] = one if _OTHER.instead_of(_ONE, one) == other else None
        return self._known[key]

    def _set(self, like: Data, probe: _Plain) -> Runs:
        given: dict[str, Any] = {
            "id": "probe",
            "title": probe.title,
            "URL": probe.address,
            "issued": {"date-parts": [list(probe.day)]},
        }
        return self.references([{**like, **given}])["probe"]


def _plain(item: Data) -> _Plain | None:
    """What is different in a work that may have a pattern; None for any other."""
    title, address = item.get("title", ""), item.get("URL", "")
    parts = item.get("issued", {}).get("date-parts")
    if not _TITLE.fullmatch(title) or not _ADDRESS.fullmatch(address) or not parts:
        return None
    first, *others = parts
    if others or len(first) != 3 or not _FIRST_YEAR <= first[0] <= _LAST_YEAR:
        return None
    return _Plain(title, address, (first[0], first[1], first[2]))
