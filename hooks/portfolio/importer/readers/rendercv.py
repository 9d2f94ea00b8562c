"""Read a RenderCV file: the entries of the record."""

from __future__ import annotations

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress


def detect(files: InputFiles) -> bool:
    """Whether there is such a file."""
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return ImportedSite("a RenderCV file")


def read_rendercv(files: InputFiles, path: str) -> ImportedRecord:
    """Read a RenderCV file, version 1 or 2, such as ``_data/cv.yml``."""
    return ImportedRecord()
