"""Read a BibTeX file: the publications of the record."""

from __future__ import annotations

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress


def detect(files: InputFiles) -> bool:
    """Whether there is such a file."""
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return ImportedSite("a BibTeX file")


def read_bibtex(files: InputFiles, path: str) -> ImportedRecord:
    """Read a BibTeX file of any exporter. Text before and between its entries, is skipped."""
    return ImportedRecord()
