"""Read a JSON Resume file: the entries of the record."""

from __future__ import annotations

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress


def detect(files: InputFiles) -> bool:
    """Whether there is such a file."""
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return ImportedSite("a JSON Resume file")


def read_json_resume(files: InputFiles, path: str) -> ImportedRecord:
    """Read a JSON Resume file, such as ``assets/json/resume.json``."""
    return ImportedRecord()
