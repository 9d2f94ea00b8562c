"""Reading BibTeX files of any exporter."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.citations import biblatex
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support.imported_record import are_located, merge, read_text, report
from tests.unit.portfolio.exports import samples


def read_publications(folder: Path, text: str) -> tuple[str, list[str]]:
    """Return what is added to publications.bib, and the problems."""
    site = read_text("bibtex", folder, "a.bib", text)
    return merge(site, folder).get("publications.bib", ""), report(site)


@pytest.mark.parametrize(
    ("text", "expected", "problems"),
    [
        ("Only text", "", []),
        ("@article{a, title = {A}", "", ["a.bib:1:1: this is not BibTeX: Unexpectedly reached end of f"]),
        ("@article a, title = {A}\n", "", ["a.bib:1:1: this is not an entry."]),
        (
            "@artcle{a, title = {A}, year = nineteen}",
            "@misc{a,\n  title = {A},\n}\n",
            [
                "a.bib:1:1: a: unknown entry type '@artcle'. It becomes '@misc'. Did you mean 'article'?",
                "a.bib:1:1: a.year: 'nineteen' is not a date: it does not have the form of a date.",
                "a.bib:1:25: a.year: there is no @string 'nineteen'. Text needs braces: {nineteen}.",
            ],
        ),
        (
            "@misc{a, title = {A}, title = {B}, note = }",
            "@misc{a,\n  title = {A},\n}\n",
            [
                "a.bib:1:10: a.title: this field is a duplicate. Remove one of them.",
                "a.bib:1:36: a.note: this is not a value. Write a text in braces, a number",
            ],
        ),
        (
            "@misc{a, title = {A}}\n@misc{a, title = {A}}\n@misc{a, title = {Another}}\n",
            "@misc{a,\n  title = {A},\n}\n\n@misc{a-2,\n  title = {Another},\n}\n",
            [
                "a.bib:2:1: a: this is the same as the entry on line 1, and is left out.",
                "a.bib:3:1: a: this citation key is that of another entry, so the entry gets the key 'a-2'.",
            ],
        ),
        (
            "@misc{a, title = {A}, crossref = {b}}\n@misc{b, title = {B}, crossref = {a}}",
            "@misc{a,\n  title = {A},\n}\n\n@misc{b,\n  title    = {B},\n  crossref = {a},\n}\n",
            ["a.bib:1:1: a.crossref: these entries are part of each other: 'a' and 'b'. It is left out."],
        ),
        (
            "@misc{a#1, title = {A}}\n@misc{c, title = {C}, crossref = {a#1}}",
            "@misc{a1,\n  title = {A},\n}\n\n@misc{c,\n  title    = {C},\n  crossref = {a1},\n}\n",
            ["a.bib:1:1: a#1: this citation key cannot be an id, so the entry gets the key 'a1'."],
        ),
        (
            "@misc{a\\=\\,1, title = {A}}",
            "@misc{a1,\n  title = {A},\n}\n",
            ["a.bib:1:1: a\\=\\,1: this citation key cannot be an id, so the entry gets the key 'a1'."],
        ),
        (
            "@misc{a, title = {" + "{" * 60 + "A" + "}" * 60 + "}}",
            "",
            ["a.bib:1:1: a: this has no title that can be read, and is left out."],
        ),
    ],
)
def test_faults_are_left_out_and_located(
    tmp_path: Path, text: str, expected: str, problems: list[str]
) -> None:
    added, lines = read_publications(tmp_path, text)
    assert added == expected
    assert [line[: len(problem)] for line, problem in zip(lines, problems, strict=True)] == problems


def test_a_string_that_doubles_at_each_step_is_not_expanded(tmp_path: Path) -> None:
    strings = "".join(
        f"@string{{{name} = {inner} # {inner}}}\n"
        for inner, name in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
    )
    text = f'@string{{a = "{"x" * 40}"}}\n{strings}@misc{{k, title = {{K}}, note = u}}'
    added, lines = read_publications(tmp_path, text)
    assert added == "@misc{k,\n  title = {K},\n}\n"
    assert lines == ["a.bib:12:1: l: this text has more than 50,000 characters. Shorten it."]


@example("\\ ")
@example("a\\\\ ")
@given(st.text('@{}",=#%\\ \nabc1', max_size=80) | st.text(max_size=80))
def test_any_text_is_read_or_reported(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        for content in (
            text,
            f"@misc{{k, title = {{K}}, note = {text}}}\n",
            f"@misc{{{text}, title = {{K}}}}",
        ):
            site = read_text("bibtex", Path(name), "a.bib", content)
            assert are_located(site.problems, "a.bib")
            with tempfile.TemporaryDirectory() as target:
                merge(site, Path(target))


@settings(max_examples=40)
@given(samples.records())
def test_the_site_s_own_export_is_read(record: Record) -> None:
    text = biblatex.render(Portfolio(record), samples.PROFILE)
    with tempfile.TemporaryDirectory() as name:
        site = read_text("bibtex", Path(name), "a.bib", text)
        assert not [problem for problem in site.problems if problem.severity == "error"]
        merge(site, Path(name))
    assert sum(bibliography.bibtex.count("\n}\n") for bibliography in site.bibliographies) == len(
        (*record.publications, *record["patents"])
    )
