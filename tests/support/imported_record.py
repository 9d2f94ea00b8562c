"""Files about a career in a test, and what becomes of them in docs/data."""

from collections.abc import Mapping
from pathlib import Path

from portfolio.core.diagnostics import Diagnostic
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import READERS
from portfolio.importer.record_merge import merge_record
from portfolio.record.kinds import PUBLICATIONS_FILE
from portfolio.sources import bibtex
from portfolio.sources.loader import load_record
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths


def read(name: str, folder: Path, source: str = "") -> ImportedSite:
    """Read a source in a folder with a reader."""
    reader = next(reader for reader in READERS if reader.name == name)
    return reader.load().read(InputFiles(folder / source, folder), lambda *_: None)


def read_text(name: str, folder: Path, file: str, content: str | bytes) -> ImportedSite:
    """Write a file and read it."""
    data = content.encode() if isinstance(content, str) else content
    (folder / file).write_bytes(data)
    return read(name, folder, file)


def report(site: ImportedSite) -> list[str]:
    """Return the problems of a source as they are printed."""
    return list(map(str, site.problems))


def merge(site: ImportedSite, folder: Path) -> Mapping[str, str]:
    """Return the files of docs/data with what was read, in a project without a record.

    The record of these files is valid, and a second import changes nothing.
    """
    paths = SitePaths(folder, folder, folder / "data", folder / "posts", EXCERPT_SEPARATOR)
    paths.data.mkdir(exist_ok=True)
    imported = ImportedRecord(site.entries, site.bibliographies, site.profiles)
    merged = merge_record(imported, paths)
    for path, text in merged.texts.items():
        path.write_text(text, encoding="utf-8", newline="")
    record, problems = load_record(paths)
    assert problems == []
    # The record does not have the proceedings of others.
    path = paths.data / PUBLICATIONS_FILE
    works = bibtex.load_publications(path, folder, with_containers=True)[1]
    entries = len([*record]) - len(record.publications) + len(works)
    assert entries == len(site.entries) + sum(
        bibliography.bibtex.count("\n}\n") for bibliography in site.bibliographies
    )
    again = merge_record(imported, paths)
    assert not again.texts
    assert {*again.problems} <= {*merged.problems}
    return {path.name: text for path, text in merged.texts.items()}


def are_located(problems: list[Diagnostic], name: str) -> bool:
    """Whether each problem has a message and a place in the file."""
    return all(
        problem.path == name and problem.line > 0 and problem.message and "Traceback" not in problem.message
        for problem in problems
    )
