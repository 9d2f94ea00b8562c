"""The navigation: entries without a file, and pages without an entry, each as one line."""

from pathlib import Path

from tests.unit.portfolio.lint.test_check import CONFIGURATION, check_lines

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
    for target in ("x.md", "x.md\n      - https://example.org/", "x.md\n      - blog/archive/2026.md"):
        assert nav_lines(tmp_path, target, {"docs/hidden.md": "# Hidden\n"}) == []


def test_entries_that_do_not(tmp_path: Path) -> None:
    line = CONFIGURATION.partition("validation:")[0].count("\n") + 5
    place = f"mkdocs.yml:{line}:9: nav[2].Part[0].X:"
    x = "docs/x.md:1:1: nav: this page is not in the nav of mkdocs.yml. Add 'x.md' to nav, or to not_in_nav."
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
        "docs/more/y.md:1:1: nav: this page is not in the nav of mkdocs.yml. Add 'more/y.md' to nav, or to "
        "not_in_nav."
    ]
