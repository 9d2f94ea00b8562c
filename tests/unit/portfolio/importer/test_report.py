"""What the report of an import says on the terminal and in its file."""

from __future__ import annotations

from portfolio.core.diagnostics import Diagnostic, Severity
from portfolio.importer.model import ImportedPage
from portfolio.importer.planned import PlannedPage
from portfolio.importer.report import Report

NEXT = ["make serve", "make build && make check-urls", 'git add docs mkdocs.yml && git commit -m "Move in"']


def diagnose(line: int, code: str = "import.dead-link", severity: Severity = "warning") -> Diagnostic:
    return Diagnostic("a.xml", line, 1, "", "it is broken.", code=code, severity=severity)


def make_report(*problems: Diagnostic, findings: int = 0, is_dry_run: bool = False) -> Report:
    """Return the report of a post with these problems, a page without one, and findings of the check."""
    post = ImportedPage(source="a.xml", title="A *post*", body="")
    page = ImportedPage(source="about.md", title="About", body="", is_post=False)
    return Report(
        "a.xml",
        "a feed",
        is_dry_run=is_dry_run,
        pages=[
            PlannedPage(page, "about.md"),
            PlannedPage(post, "blog/posts/a-post.md", problems=list(problems)),
        ],
        written=["docs/about.md", "docs/blog/posts/a-post.md"],
        problems=list(problems),
        findings=[diagnose(line, "link.broken") for line in range(findings)],
    )


def test_the_terminal_shows_warnings_and_what_to_do_next() -> None:
    report = make_report(diagnose(2), diagnose(1), diagnose(3, "import.kept-as-html", "info"))
    assert report.format_terminal() == [
        "a.xml:1:1: it is broken.",
        "a.xml:2:1: it is broken.",
        "",
        "Read a.xml as a feed: 1 post and 1 page. 2 files written. 2 lines need a look.",
        "import-report.md has the details of each page.",
        "Next:",
        *(f"  {command}" for command in NEXT),
    ]


def test_the_terminal_shows_a_few_lines_of_each_kind_if_there_are_many() -> None:
    report = make_report(*(diagnose(line) for line in range(1, 31)), findings=20)
    lines = report.format_terminal()
    assert lines[:4] == [
        "a.xml:1:1: it is broken.",
        "a.xml:2:1: it is broken.",
        "a.xml:3:1: it is broken.",
        "… and 27 more lines like these, see import-report.md.",
    ]
    assert lines[4:9] == [
        "make check will report:",
        "  a.xml:0:1: it is broken.",
        "  a.xml:1:1: it is broken.",
        "  a.xml:2:1: it is broken.",
        "  … and 17 more lines like these, see import-report.md.",
    ]
    assert lines[10].endswith(" 50 lines need a look.")


def test_a_dry_run_shows_all_lines_and_no_commands() -> None:
    lines = make_report(*(diagnose(line) for line in range(50)), is_dry_run=True).format_terminal()
    assert len(lines) == 53
    assert lines[-2:] == [
        "Read a.xml as a feed: 1 post and 1 page. 2 files would be written. 50 lines need a look.",
        "Nothing was written, because this is a dry run.",
    ]


def test_a_record_is_counted_and_has_no_urls_to_check() -> None:
    report = Report("cv.yaml", "a RenderCV file", entries=12, publications=1, unchanged=3, has_lock=False)
    summary, _, *commands = report.format_terminal()[1:]
    assert summary == (
        "Read cv.yaml as a RenderCV file: 12 entries of the record and 1 publication. "
        "0 files written, 3 unchanged. Nothing needs a look."
    )
    assert commands == ["Next:", "  make serve", "  make build", f"  {NEXT[2]}"]


def test_a_project_without_git_commits_nothing() -> None:
    report = Report("a.xml", "a feed", has_git=False)
    assert report.format_terminal()[-3:] == ["Next:", *(f"  {command}" for command in NEXT[:2])]
    assert "Read a.xml as a feed: it has nothing to import. " in report.format_terminal()[1]


def test_the_owner_sees_which_edited_files_stay_and_what_to_add_to_the_settings() -> None:
    edited = Diagnostic("docs/c.md", 1, 1, "", "it was edited.", code="import.edited", severity="info")
    report = Report("a.xml", "a feed", problems=[edited], settings_lines=["not_in_nav: |", "  /c.md"])
    assert report.format_terminal()[:5] == [
        "docs/c.md:1:1: it was edited.",
        "Add these lines to mkdocs.yml:",
        "  not_in_nav: |",
        "    /c.md",
        "",
    ]
    assert report.format_terminal()[5].endswith(" Nothing needs a look.")


def test_only_errors_fail() -> None:
    assert make_report(diagnose(1, severity="error")).has_errors
    assert not make_report(diagnose(1), diagnose(2, severity="info")).has_errors


def test_the_file_groups_problems_by_page_and_kind() -> None:
    report = make_report(diagnose(2), diagnose(1, "import.kept-as-html", "info"), findings=1)
    report.settings_lines = ["draft_docs: |", "  /a.md"]
    report.problems.append(Diagnostic("menu.xml", 1, 1, "", "it is left out.", code="import.dropped"))
    assert (
        report.format_file()
        == """\
# Import of a.xml

Read a.xml as a feed: 1 post and 1 page. 2 files written. 3 lines need a look.

Add these lines to `mkdocs.yml`:

```yaml
draft_docs: |
  /a.md
```

## `make check` will report

- a.xml:0:1: it is broken.

## The whole site

Left out:

- menu.xml:1:1: it is left out.

## A *post*

`docs/blog/posts/a-post.md`, from `a.xml`

Links that lead nowhere:

- a.xml:2:1: it is broken.

Stays HTML:

- a.xml:1:1: it is broken.

## Converted as they are

- About: `docs/about.md`, from `about.md`

## Next

```sh
make check
make build && make check-urls
git add docs mkdocs.yml && git commit -m "Move in"
```
"""
    )
