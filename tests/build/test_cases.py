"""What people write, and what the site makes of it: one YAML file in tests/cases for each case.

The files of a case are added to the small site of tests/support/small_site.py. The keys of a case:

shows: what the case shows, in one sentence.
files: the texts of files by their paths.
options: lines of YAML for ``extra.portfolio`` in mkdocs.yml, as one text.
check: the lines that ``make check`` and ``make build`` print, in their order; [] if the site has no problem.
pages: for files of the built site, what they must contain and lack, as lists of texts.

Cases without problems share a build, and so do cases with problems, unless they change the same files.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Collection, Iterator
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


def _group_cases(all_cases: list[Case]) -> list[list[Case]]:
    """Group cases so that no two of a group change the same file or the options."""
    groups: list[tuple[set[str], list[Case]]] = []
    for case in all_cases:
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
        for number, cases in enumerate(_group_cases(SOUND)):
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


@pytest.fixture(scope="module")
def reports(builder: Builder) -> Iterator[dict[str, list[str]]]:
    """The lines of the check for each case with problems, by its name; a build prints the same."""
    with tempfile.TemporaryDirectory() as folder:
        lines_of: dict[str, list[str]] = {}
        for number, cases in enumerate(_group_cases(FAULTY)):
            root = _create_site(Path(folder, str(number)), cases)
            with contextlib.chdir(root), contextlib.redirect_stdout(io.StringIO()) as output:
                assert cli.main(["check"]) == 1
            lines = output.getvalue().splitlines()
            status, messages = builder.build(root / "mkdocs.yml")
            assert (status, [message.partition(" ")[2] for message in messages[:-1]]) == (1, lines)
            assert not (root / "site").exists()
            lines_of |= {case.name: _select_lines(lines, case.files) for case in cases}
            assert sum(len(lines_of[case.name]) for case in cases) == len(lines)
        yield lines_of


def _select_lines(lines: list[str], paths: Collection[str]) -> list[str]:
    return [line for line in lines if line.partition(":")[0] in paths]


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.name)
def test_check_and_build_report_each_problem_once(case: Case, reports: dict[str, list[str]]) -> None:
    assert reports[case.name] == case.check
