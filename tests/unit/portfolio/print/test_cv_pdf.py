"""The CV as a PDF: complete, in order, and without markup from the record."""

import io
import os
import random
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portfolio.core.cache import FileCache
from portfolio.print import cv_pdf
from portfolio.print import fonts as typefaces
from portfolio.print.fonts import Typefaces
from portfolio.print.typst_compiler import TypesettingError
from portfolio.record.people import Profile, parse_account
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support import pdf as pdf_reader
from tests.support import project
from tests.unit.portfolio import records

HEAD = Profile(
    "A Person", "Site", "Builder", "https://example.org/", (parse_account("Code", "https://example.com/a"),)
)


@pytest.fixture(scope="module")
def fonts() -> Typefaces:
    return typefaces.packaged_fonts()


def cv_with_roles(folder: Path, *roles: dict[str, Any], **files: Any) -> dict[str, Any]:
    record, problems = records.career(folder, *roles, **files)
    assert problems == []
    return cv_pdf.cv_data(Portfolio(record), HEAD)


def entry(**fields: Any) -> dict[str, Any]:
    empty = {"id": "x", "when": "2019", "duration": "", "title": "Title", "url": "", "summary": ""}
    empty |= {"organisation": "", "location": "", "venue": "", "details": "", "inferred": ""}
    return {**empty, "below": [], "highlights": [], "links": [], **fields}


def cv_with_entry(**fields: Any) -> dict[str, Any]:
    section = {"title": "Roles", "kind": "roles", "entries": [entry(**fields)]}
    return {"name": "A", "tagline": "", "lang": "en", "profiles": [], "sections": [section]}


MARKUP = '#panic("no") $x^2$ *bold* _it_ `raw` <label> @ref \\ // = [x] #import "/etc/passwd": * "quoted"'


# As text in inline Markdown.
MARKDOWN = re.sub(r"[*_`\[\\<]", r"\\\g<0>", MARKUP)


def test_markup_in_the_record_is_text(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(
        tmp_path,
        {"id": "one", "company": MARKUP, "position": MARKUP, "location": MARKUP},
        {"id": "two", "summary": MARKDOWN, "highlights": [MARKDOWN]},
    )
    pdf, losses = cv_pdf.render({**cv, "name": MARKUP, "tagline": MARKUP}, fonts)
    assert losses == []
    for text in pdf_reader.texts(pdf).values():
        assert text.count(pdf_reader.without_spaces(MARKUP)) >= 6


def test_characters_without_a_font_are_replaced_and_reported(fonts: Typefaces) -> None:
    pdf, losses = cv_pdf.render(cv_with_entry(id="cherokee", title="ᏣᎳᎩ school"), fonts)
    assert [(loss.export, loss.id) for loss in losses] == [("cv.pdf", "cherokee")]
    assert "CHEROKEE LETTER TSA" in losses[0].message
    assert "\ufffd\ufffd\ufffdschool" in pdf_reader.texts(pdf)["pypdf"]


# Without Bengali and Khmer, for which the compiler omits some ActualText.
COMPLEX = {
    "Tamil": "தமிழ் பொறியாளர் கோவை ஸ்ரீ க்ஷ",
    "Devanagari": "हिन्दी अभियंता क्षेत्र",
    "Malayalam": "മലയാളം എഞ്ചിനീയർ",
    "Myanmar": "မြန်မာ အင်ဂျင်နီယာ",
}


@pytest.mark.parametrize(("script", "title"), COMPLEX.items(), ids=COMPLEX)
def test_complex_scripts_have_actual_text_and_a_loss(fonts: Typefaces, script: str, title: str) -> None:
    pdf, losses = cv_pdf.render(cv_with_entry(id="one", title=title), fonts)
    assert [str(loss) for loss in losses] == [
        f"cv.pdf: one: {script} is drawn correctly, but may be garbled when a program extracts the text "
        "of the PDF."
    ]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert pdf_reader.without_spaces(title) in pdf_reader.actual_text(document)


def test_words_of_the_template_are_english_in_a_german_cv(fonts: Typefaces) -> None:
    cv = {**cv_with_entry(title="Brücke"), "lang": "de"}
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts)[0])) as document:
        assert str(document.Root.Lang) == "de"
        languages = pdf_reader.languages(document)
    assert languages["Roles"] == languages["2019"] == "en"
    assert languages["Brücke"] == "de"


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("gsw", "gsw"), ("x-klingon", "en"), ("", "en")]
)
def test_the_language_is_valid_for_the_compiler(tag: str, language: str) -> None:
    assert cv_pdf.cv_data(Portfolio(Record()), Profile("A", language=tag))["lang"] == language


PUBLICATIONS = r"""
@article{several, title = {\emph{In silico} H$_2$O}, author = {Person, A. and Rossi, Ana and others},
  journal = {Tests}, volume = {12}, number = {3}, pages = {45--67}, year = {2020}}
@article{partial, title = {Two}, author = {Rossi, Ana and Person, A.}, authors = {partial}, journal = {Tests},
  volume = {4}, pages = {9}, year = {2019}}
@techreport{number, title = {Three}, author = {Person, A.}, institution = {Lab}, number = {7}, year = {2018}}
"""


def test_publications_have_authors_volume_and_pages(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(tmp_path, {"id": "one"}, publications_bib=PUBLICATIONS)
    (section,) = [section for section in cv["sections"] if section["kind"] == "publications"]
    details = {view["id"]: view["details"] for view in section["entries"]}
    assert details == {"several": "12(3), pp. 45–67", "partial": "4, p. 9", "number": "no. 7"}
    authors = {view["id"]: view["below"] for view in section["entries"]}
    assert authors["several"][0][0] == [
        {"text": "A. Person", "url": "", "styles": ["owner"]},
        {"text": ", Ana Rossi et al.", "url": "", "styles": []},
    ]
    assert authors["number"] == []
    for text in pdf_reader.texts(cv_pdf.render(cv, fonts)[0]).values():
        for phrase in (
            "In silico H2O, Tests, 12(3), pp. 45–67",
            "A. Person, Ana Rossi et al.",
            "Ana Rossi and A. Person (not all authors are known)",
        ):
            assert pdf_reader.without_spaces(phrase) in text


def test_inline_markdown_is_styled(tmp_path: Path, fonts: Typefaces) -> None:
    text = "Led **ten**, see [the *report*](https://x.example/a) and `code`."
    cv = cv_with_roles(tmp_path, {"id": "one", "summary": text, "highlights": [text]})
    pdf, losses = cv_pdf.render(cv, fonts)
    assert losses == []
    for words in pdf_reader.texts(pdf).values():
        assert words.count("Ledten,seethereportandcode.") == 2
    with pikepdf.open(io.BytesIO(pdf)) as document:
        urls = [
            str(link.A.URI) for page in document.pages for link in page.get("/Annots", []) if "/A" in link
        ]
    assert urls.count("https://x.example/a") >= 2


def test_a_partly_dated_talk_has_no_date(tmp_path: Path) -> None:
    occasions = {
        "partly": [{"event": "E", "date": 2019}, {"event": "F"}],
        "all": [{"event": "E", "date": 2019}, {"event": "F", "date": 2019}],
        "none": [{"event": "E"}],
    }
    talks = [{"id": id, "title": "T", "appearances": appearances} for id, appearances in occasions.items()]
    cv = cv_with_roles(tmp_path, {"id": "one"}, talks_yml={"talks": talks})
    entries = {
        view["id"]: (view["when"], view["below"]) for section in cv["sections"] for view in section["entries"]
    }
    assert entries["partly"] == ("", [["E", "2019"], ["F", "date not stated"]])
    assert entries["all"] == ("2019", [["E"], ["F"]])
    assert entries["none"] == ("date not stated", [["E"]])


def test_an_error_of_the_compiler_is_one_line(fonts: Typefaces) -> None:
    with pytest.raises(TypesettingError, match=r"^\S.*\S$"):
        cv_pdf.render({**cv_with_entry(), "lang": "no language"}, fonts)


def test_export_losses_equal_those_of_render(tmp_path: Path) -> None:
    record, _ = records.career(tmp_path, {"id": "one", "company": "ᏣᎳᎩ", "summary": "Plain – enough: “é”"})
    fonts = typefaces.packaged_fonts()
    losses = cv_pdf.export_losses(Portfolio(record), HEAD, fonts)
    assert [loss.id for loss in losses] == ["one"]
    assert losses == cv_pdf.render(cv_pdf.cv_data(Portfolio(record), HEAD), fonts)[1]


LOSSES_SCRIPT = """
import sys
from pathlib import Path
from portfolio.print import cv_pdf, fonts
from portfolio.record.people import Profile
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records
role = {"id": "one", "company": "Société – “Ö”", "position": sys.argv[2]}
record, _ = records.career(Path(sys.argv[1]), role)
print(len(cv_pdf.export_losses(Portfolio(record), Profile("A"), fonts.packaged_fonts())))
print(*sorted({"typst", "fontTools", "PIL"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(("position", "loaded"), [("Straßenbauer", ""), ("مهندسة 技師", "fontTools")])
def test_export_losses_open_fonts_only_for_uncommon_characters(
    tmp_path: Path, position: str, loaded: str
) -> None:
    path = {"PYTHONPATH": f"{project.ROOT / 'hooks'}{os.pathsep}{project.ROOT}"}
    result = project.python(project.ROOT, "-c", LOSSES_SCRIPT, tmp_path, position, env=path)
    assert result.stdout.splitlines() == ["0", loaded], result.stderr


def fail_to_compile(*arguments: object) -> list[bytes]:
    raise AssertionError(f"compiled in spite of the cache: {arguments}")


def test_a_cached_pdf_has_its_losses(tmp_path: Path, fonts: Typefaces) -> None:
    cv, cache = cv_with_entry(title="Ꭳ"), FileCache(tmp_path)
    first = cv_pdf.render(cv, fonts, cache)
    assert cv_pdf.render(cv, fonts, cache, fail_to_compile) == first
    assert len(first[1]) == 1
    assert cv_pdf.render(cv_with_entry(title="O"), fonts, cache) != first


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(tmp_path, {"id": "one", "start_date": "2019~"})
    assert cv_pdf.render(cv, fonts)[0] == cv_pdf.render(cv, typefaces.packaged_fonts())[0]
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts)[0])) as document:
        assert "/CreationDate" not in document.docinfo


def test_links_are_absolute(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(
        tmp_path,
        {"id": "one"},
        talks_yml={"talks": [{"id": "t", "title": "T", "slides": "https://a.example/s"}]},
    )
    cv["sections"][0]["entries"][0]["url"] = cv_pdf.cv_data(  # a path of this site, as a record may have it
        Portfolio(records.career(tmp_path, {"id": "two", "url": "https://b.example/"})[0]), HEAD
    )["sections"][0]["entries"][0]["url"]
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts)[0])) as document:
        assert {"https://a.example/s", "https://b.example/", "https://example.com/a"} <= pdf_reader.links(
            document
        )


def test_several_authors_are_listed(tmp_path: Path) -> None:
    bib = """
@article{a, title={T}, author={van Beethoven, Ludwig and {ACME Inc}}, date={2019}}
@article{b, title={U}, author={Doe, Jane}, authors={partial}, date={2018}}
@article{c, title={V}, author={Doe, Jane and Roe, Ri}, authors={partial}, date={2017}}
"""
    cv = cv_with_roles(tmp_path, {"id": "one"}, publications_bib=bib)
    entries = {view["id"]: view["below"] for section in cv["sections"] for view in section["entries"]}
    assert entries["a"] == [["Ludwig van Beethoven and ACME Inc"]]
    assert entries["b"] == []
    assert entries["c"] == [["Jane Doe and Ri Roe (not all authors are known)"]]


def test_60_roles_are_complete_and_in_order(tmp_path: Path, fonts: Typefaces) -> None:
    dice = random.Random(60)  # noqa: S311 - no secret
    roles = [
        {
            "id": f"r{n}",
            "start_date": str(1700 + n),
            "end_date": str(1701 + n),
            "summary": "Work. " * dice.randrange(40),
        }
        for n in range(60)
    ]
    pdf, losses = cv_pdf.render(cv_with_roles(tmp_path, *roles), fonts)
    assert losses == []
    for text in pdf_reader.texts(pdf).values():
        at = 0
        for n in reversed(range(60)):
            at = pdf_reader.find(text, f"Position r{n} {1700 + n} to {1701 + n} Company r{n}", at)
            assert at >= 0, n


BRACKETS = "<a> (b) [c] {d} «e»"


@pytest.mark.parametrize("rtl_text", ["(جسر) <عريض> [كبير]", "(גשר) «רחב»"])
def test_brackets_are_not_mirrored_by_right_to_left_text(fonts: Typefaces, rtl_text: str) -> None:
    cv = cv_with_entry(title=rtl_text, summary=rtl_text, organisation=BRACKETS, highlights=[rtl_text, "(a)"])
    cv["sections"][0]["entries"].append(entry(title=BRACKETS, highlights=[BRACKETS]))
    pdf, _ = cv_pdf.render(cv, fonts)
    for text in pdf_reader.texts(pdf).values():
        assert text.count(pdf_reader.without_spaces(BRACKETS)) == 3


# All that YAML can contain, in every script.
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\ufeffSeller", "\ufeff", ["\u0600\u06dd\u070f\u08e2", "\u1680"])
@example("a\u070f", "\U000110bd\U000110cd", ["\U00013430\U00013438", "\u180e\u2060\ufff9\U000e0001"])
@given(ANYTHING, ANYTHING, st.lists(ANYTHING, max_size=2))
def test_every_text_can_be_typeset(fonts: Typefaces, title: str, summary: str, items: list[str]) -> None:
    cv = cv_with_entry(
        title=title or "x", summary=summary, organisation=summary, highlights=items, below=[items]
    )
    pdf, _ = cv_pdf.render(cv, fonts)
    assert pdf.startswith(b"%PDF-1.7")
