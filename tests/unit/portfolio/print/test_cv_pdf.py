"""The CV as a PDF: complete, in order, and without markup from the record."""

import io
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, get_args

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from portfolio.config import DESIGNS, CvOptions, load_options, load_site
from portfolio.core.cache import FileCache
from portfolio.print import cv_data, cv_pdf
from portfolio.print import fonts as typefaces
from portfolio.print.cv_pdf import CvTypesetter, Design, RenderedCv
from portfolio.print.fonts import Typefaces, font_order
from portfolio.print.typst_compiler import Limits, TypesettingError
from portfolio.record.people import Profile, ProfileDetails, parse_account
from portfolio.record.record import Record
from portfolio.sources import mkdocs_yml
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from portfolio.timeline.views import Portfolio
from tests.support import pdf as pdf_reader
from tests.support import people, persona, project
from tests.unit.portfolio import records

HEAD = Profile(
    "A Person", "Site", "Builder", "https://example.org/", (parse_account("Code", "https://example.com/a"),)
)


@pytest.fixture(scope="module")
def fonts() -> Typefaces:
    return typefaces.packaged_fonts()


def data_of(portfolio: Portfolio, profile: Profile = HEAD, **options: Any) -> dict[str, Any]:
    return cv_data.build(portfolio, profile, CvOptions(**options)).model_dump(mode="json")


def cv_with_roles(folder: Path, *roles: dict[str, Any], **files: Any) -> dict[str, Any]:
    record, problems = records.career(folder, *roles, **files)
    assert problems == []
    return data_of(Portfolio(record))


def text(value: str) -> list[dict[str, Any]]:
    return [{"text": value, "styles": [], "url": ""}] if value else []


def entry(**fields: Any) -> dict[str, Any]:
    whole = cv_data.Entry(id="x", title=(), date="2019").model_dump(mode="json")
    for name in ("title", "summary"):
        fields[name] = text(fields.get(name, "Title" if name == "title" else ""))
    fields["highlights"] = [text(item) for item in fields.get("highlights", ())]
    assert fields.keys() <= whole.keys()
    return {**whole, **fields}


def cv_with_entry(**fields: Any) -> dict[str, Any]:
    section = {"title": "Roles", "kind": "roles", "language": "en", "layout": "engagements"}
    cv = data_of(Portfolio(Record()), Profile("A"))
    cv["sections"] = [{**section, "entries": [entry(**fields)]}]
    cv["fonts"] = font_order(json.dumps(cv, ensure_ascii=False))
    return cv


MARKUP = '#panic("no") $x^2$ *bold* _it_ `raw` <label> @ref \\ // = [x] #import "/etc/passwd": * "quoted"'


# As text in inline Markdown.
MARKDOWN = re.sub(r"[*_`\[\\<]", r"\\\g<0>", MARKUP)


def test_markup_in_the_record_is_text(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(
        tmp_path,
        {"id": "one", "company": MARKUP, "position": MARKUP, "location": MARKUP},
        {"id": "two", "summary": MARKDOWN, "highlights": [MARKDOWN]},
    )
    head = {**cv["profile"], "name": MARKUP, "headline": MARKUP}
    rendered = cv_pdf.render({**cv, "profile": head}, fonts)
    assert rendered.losses == []
    for text in pdf_reader.texts(rendered.pdf).values():
        assert text.count(pdf_reader.without_spaces(MARKUP)) >= 6


def test_characters_without_a_font_are_replaced_and_reported(fonts: Typefaces) -> None:
    rendered = cv_pdf.render(cv_with_entry(id="cherokee", title="ᏣᎳᎩ school"), fonts)
    assert [(loss.export, loss.id) for loss in rendered.losses] == [("cv.pdf", "cherokee")]
    assert "CHEROKEE LETTER TSA" in rendered.losses[0].message
    assert "\ufffd\ufffd\ufffdschool" in pdf_reader.texts(rendered.pdf)["pypdf"]


# Without Bengali and Khmer, for which the compiler omits some ActualText.
COMPLEX = {
    "Tamil": "தமிழ் பொறியாளர் கோவை ஸ்ரீ க்ஷ",
    "Devanagari": "हिन्दी अभियंता क्षेत्र",
    "Malayalam": "മലയാളം എഞ്ചിനീയർ",
    "Myanmar": "မြန်မာ အင်ဂျင်နီယာ",
}


@pytest.mark.parametrize(("script", "title"), COMPLEX.items(), ids=COMPLEX)
def test_complex_scripts_have_actual_text_and_a_loss(fonts: Typefaces, script: str, title: str) -> None:
    rendered = cv_pdf.render(cv_with_entry(id="one", title=title), fonts)
    assert [str(loss) for loss in rendered.losses] == [
        f"cv.pdf: one: {script} is drawn correctly, but may be garbled when a program extracts the text "
        "of the PDF."
    ]
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        assert pdf_reader.without_spaces(title) in pdf_reader.actual_text(document)


def test_texts_are_in_the_language_of_the_site_or_of_their_section(fonts: Typefaces) -> None:
    cv = {**cv_with_entry(title="Brücke"), "language": "de"}
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts).pdf)) as document:
        assert str(document.Root.Lang) == "de"
        languages = pdf_reader.languages(document)
    assert languages["Roles"] == "en"
    assert languages["2019"] == languages["Brücke"] == "de"


def test_inline_markdown_is_styled(tmp_path: Path, fonts: Typefaces) -> None:
    text = "Led **ten**, see [the *report*](https://x.example/a) and `code`."
    cv = cv_with_roles(tmp_path, {"id": "one", "summary": text, "highlights": [text]})
    rendered = cv_pdf.render(cv, fonts)
    assert rendered.losses == []
    for words in pdf_reader.texts(rendered.pdf).values():
        assert words.count("Ledten,seethereportandcode.") == 2
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        urls = [
            str(link.A.URI) for page in document.pages for link in page.get("/Annots", []) if "/A" in link
        ]
    assert urls.count("https://x.example/a") >= 2


def test_an_error_of_the_compiler_is_one_line(fonts: Typefaces) -> None:
    with pytest.raises(TypesettingError, match=r"^\S.*\S$"):
        cv_pdf.render({**cv_with_entry(), "language": "no language"}, fonts)


def test_export_losses_equal_those_of_render(tmp_path: Path) -> None:
    record, _ = records.career(tmp_path, {"id": "one", "company": "ᏣᎳᎩ", "summary": "Plain – enough: “é”"})
    fonts = typefaces.packaged_fonts()
    losses = cv_pdf.export_losses(Portfolio(record), HEAD, fonts, {"a.pdf": CvOptions()})
    assert [(loss.export, loss.id) for loss in losses] == [("a.pdf", "one")]
    assert losses == cv_pdf.render(data_of(Portfolio(record)), fonts, file="a.pdf").losses


LOSSES_SCRIPT = """
import sys
from pathlib import Path
from portfolio.config import DESIGNS, CvOptions, load_options, load_site
from portfolio.print import cv_pdf, fonts
from portfolio.record.people import Profile
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records
role = {"id": "one", "company": "Société – “Ö”", "position": sys.argv[2]}
record, _ = records.career(Path(sys.argv[1]), role)
cvs = {"cv.pdf": CvOptions()}
print(len(cv_pdf.export_losses(Portfolio(record), Profile("A"), fonts.packaged_fonts(), cvs)))
print(*sorted({"typst", "fontTools", "PIL"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(("position", "loaded"), [("Straßenbauer", ""), ("مهندسة 技師", "fontTools")])
def test_export_losses_open_fonts_only_for_uncommon_characters(
    tmp_path: Path, position: str, loaded: str
) -> None:
    path = {"PYTHONPATH": f"{project.ROOT / 'hooks'}{os.pathsep}{project.ROOT}"}
    result = project.python(project.ROOT, "-c", LOSSES_SCRIPT, tmp_path, position, env=path)
    assert result.stdout.splitlines() == ["0", loaded], result.stderr


def fail_to_compile(*arguments: object) -> NoReturn:
    raise AssertionError(f"compiled in spite of the cache: {arguments}")


def test_a_cached_pdf_has_its_losses(
    tmp_path: Path, fonts: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv, cache = cv_with_entry(title="Ꭳ"), FileCache(tmp_path)
    first = cv_pdf.render(cv, fonts, cache)
    monkeypatch.setattr(cv_pdf, "print_pages", fail_to_compile)
    assert cv_pdf.render(cv, fonts, cache) == first
    assert len(first.losses) == 1
    with pytest.raises(AssertionError, match="compiled in spite of the cache"):
        cv_pdf.render(cv_with_entry(title="O"), fonts, cache)


def test_the_same_record_gives_the_same_bytes(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(tmp_path, {"id": "one", "start_date": "2019~"})
    assert cv_pdf.render(cv, fonts).pdf == cv_pdf.render(cv, typefaces.packaged_fonts()).pdf
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts).pdf)) as document:
        assert "/CreationDate" not in document.docinfo


def test_links_are_absolute(tmp_path: Path, fonts: Typefaces) -> None:
    cv = cv_with_roles(
        tmp_path,
        {"id": "one"},
        talks_yml={"talks": [{"id": "t", "title": "T", "slides": "https://a.example/s"}]},
    )
    site_path = records.career(tmp_path, {"id": "two", "url": "talks/"})[0]
    cv["sections"] += data_of(Portfolio(site_path))["sections"]
    with pikepdf.open(io.BytesIO(cv_pdf.render(cv, fonts).pdf)) as document:
        assert {
            "https://a.example/s",
            "https://example.org/talks/",
            "https://example.com/a",
        } <= pdf_reader.links(document)


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
    rendered = cv_pdf.render(cv_with_roles(tmp_path, *roles), fonts)
    assert rendered.losses == []
    for text in pdf_reader.texts(rendered.pdf).values():
        at = 0
        for n in reversed(range(60)):
            at = pdf_reader.find(text, f"Position r{n} {1700 + n} to {1701 + n} Company r{n}", at)
            assert at >= 0, n


BRACKETS = "<a> (b) [c] {d} «e»"


@pytest.mark.parametrize("rtl_text", ["(جسر) <عريض> [كبير]", "(גשר) «רחב»"])
def test_brackets_are_not_mirrored_by_right_to_left_text(fonts: Typefaces, rtl_text: str) -> None:
    cv = cv_with_entry(title=rtl_text, summary=rtl_text, organization=BRACKETS, highlights=[rtl_text, "(a)"])
    cv["sections"][0]["entries"].append(entry(title=BRACKETS, highlights=[BRACKETS]))
    rendered = cv_pdf.render(cv, fonts)
    for text in pdf_reader.texts(rendered.pdf).values():
        assert text.count(pdf_reader.without_spaces(BRACKETS)) == 3


# All that YAML can contain, in every script.
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


LAYOUTS = get_args(cv_data.Layout)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\ufeffSeller", "\ufeff", ["\u0600\u06dd\u070f\u08e2", "\u1680"], "classic", "engagements")
@example(
    "a\u070f",
    "\U000110bd\U000110cd",
    ["\U00013430\U00013438", "\u180e\u2060\ufff9\U000e0001"],
    "compact",
    "groups",
)
@given(ANYTHING, ANYTHING, st.lists(ANYTHING, max_size=2), st.sampled_from(DESIGNS), st.sampled_from(LAYOUTS))
def test_every_text_can_be_typeset(
    fonts: Typefaces, title: str, summary: str, items: list[str], design: str, layout: str
) -> None:
    same = dict.fromkeys(("summary", "organization", "details", "note"), summary)
    cv = cv_with_entry(
        title=title or "x", highlights=items, occasions=[items], facts=items, keywords=items, **same
    )
    cv["sections"][0] |= {"title": title or "x", "layout": layout}
    cv["profile"] |= {"name": title or "x", "headline": summary, "location": summary, "summary": text(title)}
    rendered = cv_pdf.render(cv, fonts, design=cv_pdf.packaged_design(design))
    assert rendered.pdf.startswith(b"%PDF-1.7")


PUBLICATION = """
@article{paper, title={Paper}, author={Person, Ann and Roe, Ri}, journal={Journal}, volume={12}, number={3},
  pages={45--67}, date={2020}}
"""


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_designs_have_everything_in_order(tmp_path: Path, fonts: Typefaces, design: str, paper: str) -> None:
    role = {"id": "one", "start_date": "2019", "end_date": "2021", "location": "Oslo", "summary": "Led it."}
    record, problems = records.career(
        tmp_path,
        {**role, "highlights": ["Built *one*", "مشروع كبير"]},
        publications_bib=PUBLICATION,
        talks_yml={"talks": [{"title": "Talk", "appearances": [{"event": "Conf", "date": "2020"}]}]},
        awards_yml={"awards": [{"title": "Prize", "awarder": "Town", "date": "2018", "summary": "For it."}]},
        skills_yml={"skills": [{"name": "Code", "level": "expert", "keywords": ["Python", "C"]}]},
        languages_yml={"languages": [{"language": "Danish", "fluency": "native"}, {"language": "عربي"}]},
    )
    assert problems == []
    cv = data_of(Portfolio(record), paper=paper)
    rendered = cv_pdf.render(cv, fonts, design=cv_pdf.packaged_design(design))
    for reader, extracted in pdf_reader.texts(rendered.pdf).items():
        words = extracted.casefold()
        at = 0
        for phrase in (
            "A Person Builder example.org",
            "Roles Position one",
            "2019 to 2021 (about 2 years)",
            "Led it.",
            "Built one",
            "Publications Paper, Journal, 12(3), pp. 45–67",
            "2020",
            "Ann Person",
            "Talks Talk 2020 Conf",
            "Awards Prize, Town 2018 For it.",
            "Skills Code (expert): Python, C",
            "Languages Danish (native), عربي",
        ):
            at = pdf_reader.find(words, phrase.casefold(), at)
            assert at >= 0, (reader, phrase)
        for phrase in ("Company one, Oslo", "مشروع كبير"):
            assert pdf_reader.find(words, phrase.casefold()) >= 0, (reader, phrase)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        assert [round(float(side)) for side in document.pages[0].MediaBox[2:]] == (
            [595, 842] if paper == "a4" else [612, 792]
        )
        tags = [name for name, _ in pdf_reader.tags(document)]
        assert (tags[:2], tags.count("H1"), tags.count("H2")) == (["Document", "Title"], 6, 1)
        order = pdf_reader.reading_order(document)
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("create", "design"),
    [
        (people.create_academic, "compact"),
        (people.create_graduate, "classic"),
        (persona.copy, "classic"),
        (persona.copy, "compact"),
    ],
)
def test_every_entry_of_a_record_is_extracted(
    tmp_path: Path, fonts: Typefaces, create: Callable[[Path], Path], design: str
) -> None:
    root = create(tmp_path / "site")
    paths, _ = mkdocs_yml.read_paths(root / "mkdocs.yml")
    site, problems = load_site(paths, root / "mkdocs.yml")
    assert problems == []
    cv = data_of(Portfolio(site.record))
    rendered = cv_pdf.render(cv, fonts, design=cv_pdf.packaged_design(design))
    assert rendered.losses == []
    for reader, words in pdf_reader.texts(rendered.pdf).items():
        words = words.casefold()
        at = 0
        for section in cv["sections"]:
            at = pdf_reader.find(words, section["title"].casefold(), at)
            assert at >= 0, (reader, section["title"])
            for view in section["entries"]:
                title = "".join(run["text"] for run in view["title"]).casefold()
                # In right-to-left text, readers may return the date of a line first.
                ends = [pdf_reader.find(words, part.casefold(), at) for part in (title, view["date"]) if part]
                assert min(ends) >= 0, (reader, view["id"])
                at = min(ends)


def test_the_number_of_pages_is_that_of_the_pdf(tmp_path: Path, fonts: Typefaces) -> None:
    roles = [{"id": f"r{number}", "summary": "Work. " * 60} for number in range(12)]
    rendered = cv_pdf.render(cv_with_roles(tmp_path, *roles), fonts)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        assert rendered.pages == len(document.pages) > 1


def small_image(image_format: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGBA" if image_format != "JPEG" else "RGB", (900, 1200), "teal").save(content, image_format)
    return content.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
PICTURES = {"png": small_image("PNG"), "jpg": small_image("JPEG"), "webp": small_image("WEBP"), "svg": SVG}


def typesetter(folder: Path, files: dict[str, Any], fonts: Typefaces, **profile: Any) -> CvTypesetter:
    """A site with ``docs`` and an ``mkdocs.yml`` that has options of CVs."""
    paths = SitePaths(folder, folder / "docs", folder / "docs/data", None, EXCERPT_SEPARATOR)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    record, problems = records.career(folder / "record", {"id": "one"}, {"id": "two"})
    assert problems == []
    details = ProfileDetails.model_validate({"picture_alt": "Ann", **profile})
    head = Profile("Ann Person", details=details)
    return CvTypesetter(Portfolio(record), head, paths, folder / "mkdocs.yml", fonts)


def typeset(
    folder: Path, options: str, fonts: Typefaces, files: dict[str, Any], **profile: Any
) -> tuple[RenderedCv | None, list[str]]:
    config = f"extra:\n  portfolio:\n    cv:\n      a.pdf: {options}\n"
    site = typesetter(folder, {"mkdocs.yml": config, **files}, fonts, **profile)
    loaded, problems = load_options(site.config, folder)
    assert problems == []
    rendered, problems = site.typeset("a.pdf", loaded.cv["a.pdf"])
    return rendered, list(map(str, problems))


def nodes(node: Any) -> Iterator[Any]:
    """The tags of a PDF, parents first."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from nodes(kid)
    elif isinstance(node, pikepdf.Dictionary):
        yield node
        yield from nodes(node.get("/K", 0))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("extension", PICTURES)
def test_the_picture_has_an_alternative_text(
    tmp_path: Path, fonts: Typefaces, design: str, extension: str
) -> None:
    path = f"assets/ann.{extension}"
    options, files = f"{{picture: true, design: {design}}}", {f"docs/{path}": PICTURES[extension]}
    rendered, problems = typeset(tmp_path, options, fonts, files, picture=path)
    assert (problems, rendered is None) == ([], False)
    assert rendered
    assert len(rendered.pdf) < 120_000
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        (figure,) = (node for node in nodes(document.Root.StructTreeRoot) if node.get("/S") == "/Figure")
        assert str(figure.Alt) == "Ann"


@pytest.mark.parametrize("path", ["gone.png", "a.png", "../a.png", "a%00.png", "%2e%2e/a.png"])
def test_a_picture_that_cannot_be_used_is_left_out(tmp_path: Path, fonts: Typefaces, path: str) -> None:
    # The check of the profile reports it.
    files = {"docs/a.png": b"no image", "a.png": PICTURES["png"]}
    rendered, problems = typeset(tmp_path, "{picture: true}", fonts, files, picture=path)
    assert rendered is not None
    assert problems == []
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        assert "/Figure" not in {node.get("/S") for node in nodes(document.Root.StructTreeRoot)}


def test_too_many_pages(tmp_path: Path, fonts: Typefaces) -> None:
    template = '#import "/cv-base.typ": *\n#show: document-of-cv\n#pagebreak(weak: false)\n'
    options = "{pages: 1, design: docs/data/cv.typ}"
    _, problems = typeset(tmp_path, options, fonts, {"docs/data/cv.typ": template})
    assert problems == [
        "mkdocs.yml:4:15: extra.portfolio.cv.a.pdf.pages: a.pdf has 2 pages. Select fewer entries or "
        "sections, or write 'design: compact'."
    ]


OWN = '#import "/cv-base.typ": *\n#import "parts/title.typ": title-of\n#show: document-of-cv\n#title-of(cv)\n'


def test_an_own_template_opens_the_files_beside_it(tmp_path: Path, fonts: Typefaces) -> None:
    files = {
        "docs/data/cv/mine.typ": OWN,
        "docs/data/cv/parts/title.typ": '#let title-of(cv) = [By #cv.profile.name, #read("/note.txt")]',
        "docs/data/cv/note.txt": "a note",
    }
    rendered, problems = typeset(tmp_path, "{design: docs/data/cv/mine.typ}", fonts, files)
    assert problems == []
    assert rendered
    assert pdf_reader.texts(rendered.pdf)["pypdf"] == "ByAnnPerson,anote"


def test_faults_of_an_own_template_are_located(tmp_path: Path, fonts: Typefaces) -> None:
    files = {
        "docs/data/cv/mine.typ": OWN,
        "docs/data/cv/parts/title.typ": "\n#let title-of(cv) = cv.profile.nme",
    }
    rendered, problems = typeset(tmp_path, "{design: docs/data/cv/mine.typ}", fonts, files)
    assert rendered is None
    assert problems == ['docs/data/cv/parts/title.typ:2:32: dictionary does not contain key "nme".']
    faulty = OWN.replace("title-of(cv)\n", "styled(1)")
    rendered, problems = typeset(
        tmp_path, "{design: docs/data/cv/mine.typ}", fonts, {"docs/data/cv/mine.typ": faulty}
    )
    # The fault is in cv-base.typ, called from here.
    assert problems == ["docs/data/cv/mine.typ:4:2: cannot loop over integer."]


def test_warnings_of_an_own_template_are_information(tmp_path: Path, fonts: Typefaces) -> None:
    template = (
        OWN.split('#import "parts')[0] + '#show: document-of-cv\n#set text(font: "Comic Sans MS")\nText'
    )
    site = typesetter(tmp_path, {"mkdocs.yml": "", "docs/data/cv.typ": template}, fonts)
    rendered, (problem,) = site.typeset("a.pdf", CvOptions(design="docs/data/cv.typ"))
    assert rendered is not None
    assert problem.severity == "info"
    assert str(problem) == "docs/data/cv.typ:3:17: unknown font family: comic sans ms."


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("#let f(x) = f(x + 1)\n#f(1)", ":1:13: maximum function call depth exceeded."),
        ("#while true {}", ":1:8: condition is always true."),
        ('#panic("a")', ":1:2: panicked with: a."),
        ('#read("/etc/passwd")', ":1:7: file not found (searched at etc/passwd)."),
        ('#read("../../mkdocs.yml")', ':1:7: path `"../../mkdocs.yml"` would escape the project root.'),
        ("Text", ":1:1: PDF/UA-1 error: missing document title."),
        (
            '#import "@" + "preview/cetz:0.3.4"',
            ":1:9: this is a package of the network, which a build does not use.",
        ),
        (
            "#range(2000000000)",
            ":1:1: the compiler failed: the template may need more than 1,000 MB of memory.",
        ),
        (
            "#for a in range(100000) { for b in range(100000) { let c = a + b } }",
            ":1:1: typesetting takes longer than 3 seconds.",
        ),
    ],
)
def test_an_own_template_cannot_harm(
    tmp_path: Path, fonts: Typefaces, monkeypatch: pytest.MonkeyPatch, template: str, problem: str
) -> None:
    monkeypatch.setattr(cv_pdf, "_LIMITS", Limits(seconds=3 if "longer" in problem else 60, megabytes=1000))
    files = {"docs/data/cv.typ": template}
    rendered, (line,) = typeset(tmp_path, "{design: docs/data/cv.typ}", fonts, files)
    assert rendered is None
    assert line.startswith(f"docs/data/cv.typ{problem}")


def test_the_folder_of_an_own_template_is_small(tmp_path: Path, fonts: Typefaces) -> None:
    files = {"docs/data/cv.typ": "Text"}
    (tmp_path / "docs/data").mkdir(parents=True)
    with (tmp_path / "docs/data/film.mp4").open("wb") as film:
        film.truncate(60_000_000)
    rendered, problems = typeset(tmp_path, "{design: docs/data/cv.typ}", fonts, files)
    assert (rendered, problems) == (
        None,
        [
            "docs/data/cv.typ:1:1: its folder has more than 50 MB. "
            "Put it into a folder with only the files that it opens."
        ],
    )


def test_the_cache_key_contains_the_files_of_a_template(
    tmp_path: Path, fonts: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv, cache = cv_with_entry(), FileCache(tmp_path)
    design = Design("a.typ", {"a.typ": b'#set document(title: "A")\n#read("b.txt")', "b.txt": b"one"}, "docs")
    first = cv_pdf.render(cv, fonts, cache, design=design)
    monkeypatch.setattr(cv_pdf, "print_pages", fail_to_compile)
    assert cv_pdf.render(cv, fonts, cache, design=design) == first
    for files in (
        {"b.txt": b"two"},
        {"a.typ": b'#set document(title: "A")\nText'},
        {"picture.jpg": PICTURES["jpg"]},
    ):
        with pytest.raises(AssertionError, match="compiled in spite of the cache"):
            cv_pdf.render(cv, fonts, cache, design=replace(design, files={**design.files, **files}))
