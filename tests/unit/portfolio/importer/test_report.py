"""The report of an import, on the terminal and as a file."""

from __future__ import annotations

from dataclasses import replace

from portfolio.core.diagnostics import Diagnostic
from portfolio.importer.model import ImportedPage
from portfolio.importer.plan import PlannedPage
from portfolio.importer.report import Report

DEAD = Diagnostic(
    "a.md", 3, 5, "", "the old site has nothing at '/b'.", code="import.dead-link", severity="warning"
)
HTML = Diagnostic("a.md", 9, 1, "", "a table stays HTML.", code="import.kept-as-html", severity="info")
LOST = Diagnostic("b.md", 1, 1, "", "this cannot be read.", "Save it.", code="import.unreadable")
EDITED = Diagnostic("docs/c.md", 1, 1, "", "this file was edited.", code="import.edited", severity="info")
FINDING = Diagnostic("docs/a.md", 2, 1, "image", "has no text.", "Describe it.", code="image.missing-alt")


def make_report() -> Report:
    """Return a report with a problem of each kind."""
    first = PlannedPage(ImportedPage("a.md", "A *title*", ""), "blog/posts/a.md", problems=[HTML, DEAD])
    second = PlannedPage(ImportedPage("c.md", "", "", is_post=False), "c.md")
    return Report(
        "old",
        "a Jekyll site",
        pages=[first, second],
        written=["docs/blog/posts/a.md", "docs/c.md"],
        unchanged=1,
        problems=[HTML, DEAD, LOST, EDITED],
        findings=[FINDING],
        settings_lines=["not_in_nav: |", "  /c.md"],
    )


def test_the_terminal_has_what_needs_a_look_and_three_commands() -> None:
    assert make_report().format_terminal() == [
        "a.md:3:5: the old site has nothing at '/b'.",
        "b.md:1:1: this cannot be read. Save it.",
        "docs/c.md:1:1: this file was edited.",
        "make check will report:",
        "  docs/a.md:2:1: image: has no text. Describe it.",
        "Add these lines to mkdocs.yml:",
        "  not_in_nav: |",
        "    /c.md",
        "old is a Jekyll site: 1 post and 1 page; 2 files written, 1 unchanged; 3 lines above need a look.",
        "The details are in import-report.md.",
        "Next:",
        "  make check",
        "  make build && make check-urls",
        '  git add docs mkdocs.yml && git commit -m "Move in"',
    ]


def test_a_clean_import_needs_no_look() -> None:
    report = replace(make_report(), problems=[HTML], findings=[], settings_lines=[])
    assert not report.has_errors
    assert report.format_terminal()[0] == (
        "old is a Jekyll site: 1 post and 1 page; 2 files written, 1 unchanged; nothing needs a look."
    )
    assert report.format_terminal()[3] == "  make serve"


def test_only_errors_fail() -> None:
    assert make_report().has_errors
    assert not replace(make_report(), problems=[DEAD, EDITED]).has_errors


def test_the_file_lists_each_page() -> None:
    assert make_report().format_file() == (
        """\
# Import of old

old is a Jekyll site: 1 post and 1 page; 2 files written, 1 unchanged; 3 lines above need a look.

Add these lines to `mkdocs.yml`:

```yaml
not_in_nav: |
  /c.md
```

## `make check` will report

- docs/a.md:2:1: image: has no text. Describe it.

## The whole site

Needs a look:

- b.md:1:1: this cannot be read. Save it.
- docs/c.md:1:1: this file was edited.

## A *title*

`blog/posts/a.md`, from `a.md`

Links that lead nowhere:

- a.md:3:5: the old site has nothing at '/b'.

Stays HTML:

- a.md:9:1: a table stays HTML.

## c.md

`c.md`, from `c.md`

Converted.

## Next

    make check
    make build && make check-urls
    git add docs mkdocs.yml && git commit -m "Move in"
"""
    )
