"""All that a site is made from besides its pages: the record, what posts can cite, and the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portfolio.citations import library
from portfolio.config import options
from portfolio.config.options import Options
from portfolio.core.diagnostics import Diagnostic
from portfolio.record.models import Publication
from portfolio.record.record import Record
from portfolio.sources import loader, record_checks
from portfolio.sources.mkdocs_yml import SitePaths


@dataclass(frozen=True)
class Site:
    """What was read. ``works`` has all that can be cited, by key: the record's publications and others."""

    record: Record
    works: Mapping[str, Publication]
    options: Options


def read(places: SitePaths, config: Path | None) -> tuple[Site, list[Diagnostic]]:
    """Read everything, and every problem in it, sorted; what is wrong is left out.

    ``config`` is the ``mkdocs.yml``, if there is one.
    """
    record, problems = loader.load_record(places)
    works, unsound = library.load_citable_works(places.data, record, places.root)
    chosen, wrong = options.read(config or places.root / "mkdocs.yml", places.root)
    found = {*problems, *unsound, *wrong, *record_checks.check_record(record, places.docs)}
    return Site(record, works, chosen), sorted(found)
