"""Tags of projects that are probably meant to be the same; test_check.py has the names of posts."""

from pathlib import Path

from tests.unit.portfolio.lint.test_check import CONFIGURATION, check_lines

PROJECTS = """\
projects:
  - {name: New, date: 2020, tags: [Open-Data, sonar]}
  - {name: Old, date: 2010, tags: [open data, radar]}
"""
SOFTWARE = "software:\n  - {name: S, project: true, tags: [open data, maps]}\n  - {name: T, tags: [map]}\n"


def test_similar_tags_of_projects_are_reported_where_the_rarer_is_written(tmp_path: Path) -> None:
    files = {"docs/data/projects.yml": PROJECTS, "docs/data/software.yml": SOFTWARE}
    assert check_lines(tmp_path, files) == [
        "docs/data/projects.yml:2:36: projects[0].tags[0]: 'Open-Data' differs from 'open data' only in "
        "case, spaces or hyphens. Write 'open data'. If both are meant, add 'Open-Data' to "
        "extra.portfolio.distinct_names in mkdocs.yml."
    ]
    allowed = f"{CONFIGURATION}\nextra: {{portfolio: {{distinct_names: [Open-Data]}}}}\n"
    assert check_lines(tmp_path, {**files, "mkdocs.yml": allowed}) == []
