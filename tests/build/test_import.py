"""Every site of ``tests/imports``, imported and built: no word, URL or entry of a feed is lost."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from tests.support import feeds, imported, trees
from tests.support.builder import Builder
from tests.support.imported import Fixture, ImportedProject

FIXTURES = imported.load_fixtures()
SITES = [fixture for fixture in FIXTURES if fixture.published.is_dir()]
RECORDS = [fixture for fixture in FIXTURES if fixture not in SITES]
_MIN_RATIO = 0.995


@pytest.fixture(scope="module", params=SITES, ids=lambda fixture: fixture.name)
def not_built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ImportedProject:
    """A site, imported."""
    fixture: Fixture = request.param
    root = imported.create_site(tmp_path_factory.mktemp(fixture.name) / "site")
    return imported.import_fixture(fixture, root)


@pytest.fixture(scope="module")
def project(builder: Builder, not_built: ImportedProject) -> ImportedProject:
    """A site, imported and built."""
    not_built.build(builder)
    return not_built


def read_files(root: Path) -> dict[str, bytes]:
    """Return the files that an import writes, except its report."""
    return trees.read_tree(root / "docs") | {"mkdocs.yml": (root / "mkdocs.yml").read_bytes()}


def test_report_has_the_expected_lines(not_built: ImportedProject) -> None:
    assert not_built.reported == not_built.fixture.expected


def test_check_passes(not_built: ImportedProject) -> None:
    assert not_built.check() == []


def test_a_second_import_changes_nothing(not_built: ImportedProject) -> None:
    before = read_files(not_built.root)
    not_built.run_import()
    assert trees.diff_trees(read_files(not_built.root), before) == []


def test_records_are_merged(builder: Builder, tmp_path: Path) -> None:
    root = imported.create_site(tmp_path / "site")
    projects = [imported.import_fixture(fixture, root) for fixture in RECORDS]
    for project in projects:
        assert project.reported == project.fixture.expected
    assert projects[0].check() == []
    before = read_files(root)
    for project in projects:
        project.run_import()
        assert trees.diff_trees(read_files(root), before) == []
    projects[0].build(builder)


def test_every_old_url_is_answered(project: ImportedProject) -> None:
    paths = [*project.fixture.old_paths, *project.feeds]
    assert [path for path in paths if imported.follow(project.site, path) is None] == []


def test_the_comparison_with_the_old_site_finds_only_what_is_lost(project: ImportedProject) -> None:
    _, output = project.run("check-urls", "--from", str(project.fixture.published))
    lost = re.findall(
        r"^.*: (?:nothing answers )?'([^']+)'.*? (?:any more|'#([^']+)')\.", output, re.MULTILINE
    )
    assert [f"{path}#{part}" if part else path for path, part in lost] == project.fixture.lost
    assert f" {len(lost)} lost." in output


def test_feeds_have_the_same_ids(project: ImportedProject) -> None:
    for path, ids in project.feeds.items():
        file = imported.follow(project.site, path)
        assert file is not None
        entries = feeds.parse_feed(file.read_bytes())["entries"]
        assert ids - {entry["id"] for entry in entries} == set(), path


def test_texts_have_the_same_words(project: ImportedProject) -> None:
    matches = total = 0
    differences: list[str] = []
    for page in project.pages:
        before, after = page.before.words, page.after.words
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        matches += 2 * sum(block.size for block in matcher.get_matching_blocks())
        total += len(before) + len(after)
        for tag, start, end, new_start, new_end in matcher.get_opcodes():
            if tag != "equal":
                old, new = " ".join(before[start:end]), " ".join(after[new_start:new_end])
                differences.append(f"{page.path}: {old!r} became {new!r}")
    assert matches >= _MIN_RATIO * total, differences


@pytest.mark.parametrize("part", ["code_blocks", "code_spans", "cells", "notes"])
def test_texts_have_the_same_parts(project: ImportedProject, part: str) -> None:
    for page in project.pages:
        assert getattr(page.after, part) == getattr(page.before, part), page.path


def test_texts_have_the_same_formulas(project: ImportedProject) -> None:
    for page in project.pages:
        assert Counter(page.after.formulas) == Counter(page.before.formulas), page.path


def test_texts_have_the_same_images(project: ImportedProject) -> None:
    for page in project.pages:
        for path, text in page.before.images:
            old = imported.find_answer(project.fixture.published, path)
            new = imported.find_answer(project.site, path)
            if old is not None:
                assert new is not None, (page.path, path)
                assert new.read_bytes() == old.read_bytes()
                assert text in [text for _, text in page.after.images], (page.path, path)


def test_texts_have_the_same_links(project: ImportedProject) -> None:
    for page in project.pages:
        missing = Counter(page.old_links()) - Counter(page.new_links())
        assert not missing, page.path
