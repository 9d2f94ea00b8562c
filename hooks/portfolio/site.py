"""All that a site is made from besides its pages: the record, what posts can cite, and the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portfolio import checks, loading, options
from portfolio.citing import library
from portfolio.loading import Record
from portfolio.models import Publication
from portfolio.options import Options
from portfolio.problem import Problem
from portfolio.settings import Places


@dataclass(frozen=True)
class Site:
    """What was read. ``works`` has all that can be cited, by key: the record's publications and others."""

    record: Record
    works: Mapping[str, Publication]
    options: Options


def read(places: Places, config: Path | None) -> tuple[Site, list[Problem]]:
    """Read everything, and every problem in it, sorted; what is wrong is left out.

    ``config`` is the ``mkdocs.yml``, if there is one.
    """
    record, problems = loading.load(places)
    works, unsound = library.load(places.data, record, places.root)
    chosen, wrong = options.read(config or places.root / "mkdocs.yml", places.root)
    found = {*problems, *unsound, *wrong, *checks.check(record, places.docs)}
    return Site(record, works, chosen), sorted(found)
