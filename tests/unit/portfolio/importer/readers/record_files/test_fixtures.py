"""The files about a career in tests/imports: each reader recognizes its own, and reads all of it."""

import shutil
import zipfile
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.readers import READERS
from tests.support import imported, imported_record
from tests.support.imported import Fixture

FIXTURES = [fixture for fixture in imported.load_fixtures() if "record" in fixture.settings]


def copy(fixture: Fixture, folder: Path) -> Path:
    """Copy the source of a fixture into a folder, and return it."""
    source = fixture.folder / str(fixture.settings["from"])
    target = folder / source.name
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
    return target


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_a_fixture_becomes_the_expected_files(fixture: Fixture, tmp_path: Path) -> None:
    source = copy(fixture, tmp_path)
    site = imported_record.read(fixture.name, tmp_path, source.name)
    lines = [str(problem) for problem in site.problems if problem.severity != "info"]
    assert lines == fixture.settings["expect"]
    assert imported_record.merge(site, tmp_path) == fixture.settings["record"]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_only_the_reader_of_a_fixture_recognizes_it(fixture: Fixture, tmp_path: Path) -> None:
    files = InputFiles(copy(fixture, tmp_path), tmp_path)
    names = {fixture.name for fixture in FIXTURES}
    readers = [reader for reader in READERS if reader.name in names]
    assert [reader.name for reader in readers if reader.load().detect(files)] == [fixture.name]


def test_a_zip_archive_is_read_like_its_folder(tmp_path: Path) -> None:
    fixture = next(fixture for fixture in FIXTURES if fixture.name == "linkedin")
    source = copy(fixture, tmp_path)
    with zipfile.ZipFile(tmp_path / "source.zip", "w") as archive:
        for file in sorted(source.iterdir()):
            archive.write(file, f"Basic_LinkedInDataExport_01-02-2024/{file.name}")
        archive.writestr("../Skills.csv", "Name\nClimbing out\n")
    site = imported_record.read("linkedin", tmp_path, "source.zip")
    lines = [str(problem) for problem in site.problems if problem.severity != "info"]
    assert lines == [
        "source.zip/../Skills.csv:1:1: this path leads out of the archive, and is not read.",
        *(
            line.replace("source/", "source.zip/Basic_LinkedInDataExport_01-02-2024/")
            for line in fixture.settings["expect"]
        ),
    ]
    assert imported_record.merge(site, tmp_path) == fixture.settings["record"]
