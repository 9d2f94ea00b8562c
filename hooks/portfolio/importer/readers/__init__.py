"""The readers: a module or package for each kind of source.

A reader's module has ``detect(files) -> bool``, which only looks at names and the beginnings of files, and
``read(files, progress) -> ImportedSite``, which reports every problem in the result and raises nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite

# Called with the number of pages read so far and their total.
Progress = Callable[[int, int], None]


class ReaderModule(Protocol):
    """What the module of a reader provides."""

    def detect(self, files: InputFiles) -> bool:
        """Whether the files are such a source."""

    def read(self, files: InputFiles, progress: Progress) -> ImportedSite:
        """Read the source."""


@dataclass(frozen=True)
class Reader:
    """A kind of source: its name for ``--as``, what people call it, and its module.

    ``folder_title`` is what people call it if it is a folder, where that differs.
    """

    name: str
    title: str
    module: str
    folder_title: str = ""

    @property
    def titles(self) -> list[str]:
        """What people call this kind of source."""
        return [title for title in (self.title, self.folder_title) if title]

    def describe(self, files: InputFiles) -> str:
        """Return what people call such files."""
        return self.folder_title if self.folder_title and not files.path.is_file() else self.title

    def load(self) -> ReaderModule:
        """Import the module of the reader."""
        return cast("ReaderModule", importlib.import_module(f"portfolio.importer.readers.{self.module}"))


# In this order: a more specific source comes before those that it resembles.
READERS = (
    Reader("al-folio", "an al-folio site", "jekyll.al_folio"),
    Reader("jekyll", "a Jekyll site", "jekyll"),
    Reader("hugo", "a Hugo site", "hugo"),
    Reader("pelican", "a Pelican site", "pelican"),
    Reader("quarto", "Quarto posts", "quarto"),
    Reader("material", "posts of a Material for MkDocs blog", "material"),
    Reader("wordpress", "a WordPress export", "wordpress"),
    Reader("ghost", "a Ghost export", "ghost"),
    Reader("medium", "a Medium export", "medium"),
    Reader("linkedin", "a LinkedIn data export", "record_files.linkedin"),
    Reader("rendercv", "a RenderCV file", "record_files.rendercv"),
    Reader("json-resume", "a JSON Resume file", "record_files.json_resume"),
    Reader("bibtex", "a BibTeX file", "record_files.bibtex"),
    Reader("csl-json", "a CSL JSON file", "record_files.csl_json"),
    Reader("feed", "a feed", "feed", "the folder of a published site"),
)
