"""Reads an al-folio site: a Jekyll site with a bibliography, projects, news and a record."""

from __future__ import annotations

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.jekyll import JekyllReader, find_base


def detect(files: InputFiles) -> bool:
    """Whether the files are an al-folio site."""
    base = find_base(files)
    if base is None:
        return False
    own = [path.removeprefix(base) for path in files.paths if path.startswith(base)]
    folders = {path.partition("/")[0] for path in own}
    return "_bibliography" in folders and not folders.isdisjoint({"_projects", "_news", "_pages"})


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read an al-folio site."""
    return JekyllReader(files, progress).read()
