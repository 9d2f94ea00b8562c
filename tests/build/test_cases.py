"""What people write, and what the site makes of it: one YAML file in tests/cases for each case.

The files of a case are added to the small site of tests/support/small_site.py. The keys of a case:

shows: what the case shows, in one sentence.
files: the texts of files by their paths.
options: lines of YAML for ``extra.portfolio`` in mkdocs.yml, as one text.
check: the lines that ``make check`` and ``make build`` print, in their order; [] if the site has no problem.
pages: for files of the built site, what they must contain and lack, as lists of texts.

Cases without problems share a build, unless they change the same files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from portfolio import cli
from tests.support import project, small_site
from tests.support.builder import Builder

CASES = project.ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Case:
    """A case; see the top of this module."""

    name: str
    shows: str
    files: dict[str, str]
    check: list[str]
    options: str = ""
    pages: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def _read_case(path: Path) -> Case:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Case(path.stem, **data)


ALL = [_read_case(path) for path in sorted(CASES.glob("*.yml"))]
SOUND = [case for case in ALL if not case.check]
FAULTY = [case for case in ALL if case.check]


def _create_site(root: Path, cases: list[Case]) -> Path:
    files = {name: text for case in cases for name, text in case.files.items()}
    return small_site.create(root, files, "".join(case.options for case in cases))


def _group_cases() -> list[list[Case]]:
    """Group the cases without problems so that no two of a group change the same file or the options."""
    groups: list[tuple[set[str], list[Case]]] = []
    for case in SOUND:
        changed = {*case.files, *(["mkdocs.yml"] if case.options else [])}
        for paths, cases in groups:
            if paths.isdisjoint(changed):
                paths |= changed
                cases.append(case)
                break
        else:
            groups.append((changed, [case]))
    return [cases for _, cases in groups]


@pytest.fixture(scope="module")
def sites(builder: Builder) -> Iterator[dict[str, Path]]:
    """The folders of the built sites of all cases without problems, by the names of the cases."""
    with tempfile.TemporaryDirectory() as folder:
        built: dict[str, Path] = {}
        for number, cases in enumerate(_group_cases()):
            root = _create_site(Path(folder, str(number)), cases)
            status, messages = builder.build(root / "mkdocs.yml", strict=True)
            assert (status, messages) == (0, [])
            built |= {case.name: root / "site" for case in cases}
        yield built


@pytest.mark.parametrize("case", SOUND, ids=lambda case: case.name)
def test_a_page_has_what_its_author_meant(case: Case, sites: dict[str, Path]) -> None:
    assert case.pages, "a case without problems must say what its pages contain"
    for name, expected in case.pages.items():
        text = (sites[case.name] / name).read_text(encoding="utf-8")
        assert [part for part in expected.get("contains", []) if part not in text] == []
        assert [part for part in expected.get("lacks", []) if part in text] == []


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_check_and_build_report_the_same(
    case: Case, builder: Builder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = _create_site(tmp_path / "site", [case])
    before = Path.cwd()
    os.chdir(root)
    try:
        code = cli.main(["check"])
    finally:
        os.chdir(before)
    assert (capsys.readouterr().out.splitlines(), code) == (case.check, 1)
    status, messages = builder.build(root / "mkdocs.yml")
    assert status == 1
    assert [message.partition(" ")[2] for message in messages[:-1]] == case.check
    assert not (root / "site").exists()
