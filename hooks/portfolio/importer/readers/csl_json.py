"""Read a CSL JSON file: the entries of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress


def detect(files: InputFiles) -> bool:
    """Whether there is such a file."""
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return ImportedSite("a CSL JSON file")


def read_csl_json(files: InputFiles, path: str) -> ImportedRecord:
    """Read a list of CSL items."""
    return ImportedRecord()


def bibtex_from_csl(item: Mapping[str, Any], key: str = "") -> tuple[str, tuple[str, ...]]:
    """Write a CSL item as a BibTeX entry; also return the variables that BibTeX has no field for.

    ``key`` replaces the citation key that is derived from the item. A name is a mapping as in CSL, or a text
    such as ``Ana Rossi``. ``issued`` is a date variable or EDTF. The text is empty without a title.
    """
    return "", ()
