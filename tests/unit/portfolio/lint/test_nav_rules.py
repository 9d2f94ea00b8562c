"""The navigation: entries without a file, and pages without an entry, each as one line."""

from pathlib import Path

import pytest

from portfolio.config import load_site
from portfolio.lint.check import check_site
from portfolio.sources import mkdocs_yml
from tests.unit.portfolio.lint.test_check import CONFIGURATION, NOW, check_lines

NAV = """\
nav:
  - Home: index.md
  - Life: timeline.md
  - Part:
      - X: {}
not_in_nav: /hidden.md
validation: {{nav: {{omitted_files: warn, absolute_links: warn}}}}
"""


def nav_lines(root: Path, target: str, files: dict[str, str]) -> list[str]:
    settings = CONFIGURATION.partition("validation:")[0] + NAV.format(target)
    lines = check_lines(root, {"mkdocs.yml": settings, "docs/x.md": "# X\n", **files})
    return [line for line in lines if "nav" in line]


def test_entries_that_lead_somewhere(tmp_path: Path) -> None:
    for target in ("x.md", "x.md\n      - https://example.org/", "x.md\n      - blog/archive.md"):
        assert nav_lines(tmp_path, target, {"docs/hidden.md": "# Hidden\n"}) == []


def test_entries_that_do_not(tmp_path: Path) -> None:
    line = CONFIGURATION.partition("validation:")[0].count("\n") + 5
    place = f"mkdocs.yml:{line}:9: nav[2].Part[0].X:"
    x = (
        "docs/x.md:1:1: nav: this page is not in the nav of mkdocs.yml. Add 'x.md' to nav or to not_in_nav, "
        "or delete the page."
    )
    assert nav_lines(tmp_path, "xx.md", {}) == [
        x, f"{place} there is no 'xx.md'. Did you mean 'x.md'?"
    ]  # fmt: skip
    assert nav_lines(tmp_path, "/x.md", {}) == [
        x,
        f"{place} '/x.md' begins with '/', which is the root of the server and not of this site. Write the "
        "path of a page below the documents folder, or a full URL.",
    ]


def test_a_page_that_the_navigation_omits(tmp_path: Path) -> None:
    assert nav_lines(tmp_path, "x.md", {"docs/more/y.md": "# Y\n"}) == [
        "docs/more/y.md:1:1: nav: this page is not in the nav of mkdocs.yml. Add 'more/y.md' to nav or to "
        "not_in_nav, or delete the page."
    ]


PROJECTS = "projects:\n  - {id: river-map, name: Map}\n  - {id: kite, name: Kite}\n"
SOFTWARE = "software:\n  - {id: parser, name: Parser}\n  - {id: kit, name: Kit, project: true}\n"
DATA = {"docs/data/projects.yml": PROJECTS, "docs/data/software.yml": SOFTWARE}


def test_the_stories_of_projects_need_no_entry(tmp_path: Path) -> None:
    stories = ("river-map.md", "kite/index.md", "kit.md")
    files = {**DATA, **{f"docs/projects/{name}": "Words.\n" for name in stories}}
    assert nav_lines(tmp_path, "x.md", files) == []
    assert nav_lines(tmp_path, "x.md\n      - projects/river-map.md", files) == []


@pytest.mark.parametrize(
    ("path", "id", "hint"),
    [
        ("projects/river-mpa.md", "river-mpa", "Did you mean 'river-map'?"),
        ("projects/moon.md", "moon", "Rename it to the id of a project."),
        # Software is a project only if it is marked.
        ("projects/parser/index.md", "parser", "Rename it to the id of a project."),
    ],
)
def test_a_story_of_no_project(tmp_path: Path, path: str, id: str, hint: str) -> None:
    files = {**DATA, f"docs/{path}": "Words.\n"}
    assert nav_lines(tmp_path, "x.md", files) == [
        f"docs/{path}:1:1: there is no project '{id}' whose story this page could be. {hint} Or add "
        f"'{path}' to nav or not_in_nav in mkdocs.yml."
    ]
    # The owner may use the folder for other pages.
    assert nav_lines(tmp_path, f"x.md\n      - {path}", files) == []


def test_nothing_follows_from_projects_that_cannot_be_read(tmp_path: Path) -> None:
    assert (
        nav_lines(tmp_path, "x.md\n      - projects.md", {**DATA, "docs/projects/kite.md": "Words.\n"}) == []
    )
    (tmp_path / "docs/data/projects.yml").write_text("- {id: kite, name: Kite}\n", encoding="utf-8")
    (tmp_path / "docs/data/software.yml").unlink()
    paths, _ = mkdocs_yml.read_paths(tmp_path / "mkdocs.yml")
    site, problems = load_site(paths, tmp_path / "mkdocs.yml")
    assert [str(problem) for problem in problems] == [
        "docs/data/projects.yml:1:1: expected projects: at the top, found a list."
    ]
    assert check_site(site, paths, tmp_path / "mkdocs.yml", NOW) == []


def test_a_page_of_projects_is_generated_if_there_is_none(tmp_path: Path) -> None:
    nav = "x.md\n      - projects.md"
    assert nav_lines(tmp_path / "generated", nav, DATA) == []
    (line,) = nav_lines(tmp_path / "without", nav, {})
    assert "there is no 'projects.md'." in line
    other = {"docs/projects/index.md": "# Not a list\n"}
    (line,) = nav_lines(tmp_path / "other", f"{nav}\n      - projects/index.md", {**DATA, **other})
    assert "there is no 'projects.md'." in line
    own = {"docs/work.md": "---\ntemplate: entries.html\nkind: projects\n---\n# Work\n"}
    (line,) = nav_lines(tmp_path / "own", f"{nav}\n      - work.md", {**DATA, **own})
    assert "there is no 'projects.md'." in line
