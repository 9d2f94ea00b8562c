"""The CV as a PDF: whole, in order, and nothing but text, whatever the record says."""

import io
import os
import random
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.cache import FileCache
from portfolio.renderers import cv_pdf, typefaces
from portfolio.renderers.profile import Profile, account
from portfolio.renderers.typefaces import Typefaces
from portfolio.views import Portfolio
from tests.support import pdf as reading
from tests.support import project
from tests.unit.portfolio import records

HEAD = Profile(
    "A Person", "Site", "Builder", "https://example.org/", (account("Code", "https://example.com/a"),)
)


@pytest.fixture(scope="module")
def faces() -> Typefaces:
    return typefaces.packaged()


def data_of(folder: Path, *roles: dict[str, Any], **files: Any) -> dict[str, Any]:
    record, problems = records.career(folder, *roles, **files)
    assert problems == []
    return cv_pdf.data(Portfolio(record), HEAD)


def entry(**given: Any) -> dict[str, Any]:
    empty = {"id": "x", "when": "2019", "duration": "", "title": "Title", "url": "", "summary": ""}
    empty |= {"organisation": "", "location": "", "venue": "", "inferred": ""}
    return {**empty, "below": [], "highlights": [], "links": [], **given}


def with_entry(**given: Any) -> dict[str, Any]:
    section = {"title": "Roles", "kind": "roles", "entries": [entry(**given)]}
    return {"name": "A", "tagline": "", "lang": "en", "profiles": [], "sections": [section]}


MARKUP = '#panic("no") $x^2$ *bold* _it_ `raw` <label> @ref \\ // = [x] #import "/etc/passwd": * "quoted"'


def test_markup_in_the_record_is_text(tmp_path: Path, faces: Typefaces) -> None:
    cv = data_of(
        tmp_path,
        {"id": "one", "company": MARKUP, "position": MARKUP, "summary": MARKUP, "highlights": [MARKUP]},
    )
    made, notes = cv_pdf.render({**cv, "name": MARKUP, "tagline": MARKUP}, faces)
    assert notes == []
    for text in reading.texts(made).values():
        assert text.count(reading.squeezed(MARKUP)) >= 6


def test_letters_that_no_font_has_are_told_and_stood_for(faces: Typefaces) -> None:
    made, notes = cv_pdf.render(with_entry(id="cherokee", title="ᏣᎳᎩ school"), faces)
    assert [(note.face, note.id) for note in notes] == [("cv.pdf", "cherokee")]
    assert "CHEROKEE LETTER TSA" in notes[0].message
    assert "\ufffd\ufffd\ufffdschool" in reading.texts(made)["pypdf"]


def test_notes_are_the_same_without_typesetting(tmp_path: Path) -> None:
    record, _ = records.career(tmp_path, {"id": "one", "company": "ᏣᎳᎩ", "summary": "Plain – enough: “é”"})
    faces = typefaces.packaged()
    found = cv_pdf.notes(Portfolio(record), HEAD, faces)
    assert [note.id for note in found] == ["one"]
    assert found == cv_pdf.render(cv_pdf.data(Portfolio(record), HEAD), faces)[1]


NOTES = """
import sys
from pathlib import Path
from portfolio.renderers import cv_pdf, typefaces
from portfolio.renderers.profile import Profile
from portfolio.views import Portfolio
from tests.unit.portfolio import records
role = {"id": "one", "company": "Société – “Ö”", "position": sys.argv[2]}
record, _ = records.career(Path(sys.argv[1]), role)
print(len(cv_pdf.notes(Portfolio(record), Profile("A"), typefaces.packaged())))
print(*sorted({"typst", "fontTools", "PIL"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(("position", "loaded"), [("Straßenbauer", ""), ("مهندسة 技師", "fontTools")])
def test_notes_open_fonts_only_for_letters_out_of_the_ordinary(
    tmp_path: Path, position: str, loaded: str
) -> None:
    path = {"PYTHONPATH": f"{project.ROOT / 'hooks'}{os.pathsep}{project.ROOT}"}
    told = project.python(project.ROOT, "-c", NOTES, tmp_path, position, env=path)
    assert told.stdout.splitlines() == ["0", loaded], told.stderr


def test_a_note_is_told_again_when_the_pdf_comes_from_the_cache(tmp_path: Path, faces: Typefaces) -> None:
    cv, cache = with_entry(title="Ꭳ"), FileCache(tmp_path)
    first = cv_pdf.render(cv, faces, cache)
    start = time.perf_counter()
    assert cv_pdf.render(cv, faces, cache) == first
    assert time.perf_counter() - start < 0.05
    assert len(first[1]) == 1
    assert cv_pdf.render(with_entry(title="O"), faces, cache) != first


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, faces: Typefaces) -> None:
    cv = data_of(tmp_path, {"id": "one", "start_date": "2019~"})
    assert cv_pdf.render(cv, faces)[0] == cv_pdf.render(cv, typefaces.packaged())[0]
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, faces)[0])) as document:
        assert "/CreationDate" not in document.docinfo


def test_links_of_the_site_work_outside_of_it(tmp_path: Path, faces: Typefaces) -> None:
    cv = data_of(
        tmp_path,
        {"id": "one"},
        talks_yml={"talks": [{"id": "t", "title": "T", "slides": "https://a.example/s"}]},
    )
    cv["sections"][0]["entries"][0]["url"] = cv_pdf.data(  # a path of this site, as a record may have it
        Portfolio(records.career(tmp_path, {"id": "two", "url": "https://b.example/"})[0]), HEAD
    )["sections"][0]["entries"][0]["url"]
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, faces)[0])) as document:
        assert {"https://a.example/s", "https://b.example/", "https://example.com/a"} <= reading.links(
            document
        )


def test_authors_are_named_where_there_are_several(tmp_path: Path) -> None:
    bib = """
@article{a, title={T}, author={van Beethoven, Ludwig and {ACME Inc}}, date={2019}}
@article{b, title={U}, author={Doe, Jane}, authors={partial}, date={2018}}
@article{c, title={V}, author={Doe, Jane and Roe, Ri}, authors={partial}, date={2017}}
"""
    cv = data_of(tmp_path, {"id": "one"}, publications_bib=bib)
    told = {one["id"]: one["below"] for section in cv["sections"] for one in section["entries"]}
    assert told["a"] == [["Ludwig van Beethoven and ACME Inc"]]
    assert told["b"] == []
    assert told["c"] == [["Jane Doe and Ri Roe (not all authors are known)"]]


def test_300_roles_are_all_there_in_their_order(tmp_path: Path, faces: Typefaces) -> None:
    dice = random.Random(300)  # noqa: S311 - no secret
    roles = [
        {
            "id": f"r{n}",
            "start_date": str(1700 + n),
            "end_date": str(1701 + n),
            "summary": "Work. " * dice.randrange(40),
        }
        for n in range(300)
    ]
    made, notes = cv_pdf.render(data_of(tmp_path, *roles), faces)
    assert notes == []
    for text in reading.texts(made).values():
        at = 0
        for n in reversed(range(300)):
            at = reading.find(text, f"Position r{n} {1700 + n} to {1701 + n} Company r{n}", at)
            assert at >= 0, n


BRACKETS = "<a> (b) [c] {d} «e»"


@pytest.mark.parametrize("leftward", ["(جسر) <عريض> [كبير]", "(גשר) «רחב»"])
def test_brackets_are_not_turned_round_by_those_of_another_script(faces: Typefaces, leftward: str) -> None:
    cv = with_entry(title=leftward, summary=leftward, organisation=BRACKETS, highlights=[leftward, "(a)"])
    cv["sections"][0]["entries"].append(entry(title=BRACKETS, highlights=[BRACKETS]))
    made, _ = cv_pdf.render(cv, faces)
    for text in reading.texts(made).values():
        assert text.count(reading.squeezed(BRACKETS)) == 3


# What YAML can hold, and every script.
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING, ANYTHING, st.lists(ANYTHING, max_size=2))
def test_every_text_can_be_typeset(faces: Typefaces, title: str, summary: str, items: list[str]) -> None:
    given_ = with_entry(
        title=title or "x", summary=summary, organisation=summary, highlights=items, below=[items]
    )
    made, _ = cv_pdf.render(given_, faces)
    assert made.startswith(b"%PDF-1.7")
