"""Add imported entries to the files in ``docs/data``, whose text is otherwise not changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from portfolio.core.diagnostics import Diagnostic
from portfolio.importer.model import ImportedBibliography, ImportedEntry
from portfolio.sources.mkdocs_yml import SitePaths


def merge_record(
    entries: Iterable[ImportedEntry],
    bibliographies: Iterable[ImportedBibliography],
    paths: SitePaths,
    reserved_ids: Collection[str] = (),
) -> tuple[dict[Path, str], list[Diagnostic]]:
    """Return the new texts of the files in ``paths.data`` that change, and every problem.

    An entry that is there already, by its id or by what it is about, is left as it is; new entries are
    appended. ``reserved_ids`` are ids of imported posts, which no entry may have. The texts have the line
    ends of their files: write them with ``newline=""``.
    """
    return {}, []
