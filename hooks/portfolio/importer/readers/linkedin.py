"""Read a LinkedIn data export: the entries of the record."""

from __future__ import annotations

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress


def detect(files: InputFiles) -> bool:
    """Whether there is such a file."""
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return ImportedSite("a LinkedIn data export")


def read_linkedin(files: InputFiles, path: str) -> ImportedRecord:
    """Read the export below a folder, or the whole source if the path is empty."""
    return ImportedRecord()
