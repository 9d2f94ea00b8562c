"""The CVs of a built site: as its settings order them, as PDF and as a page."""

import io
from pathlib import Path

import pikepdf
import pytest

from tests.support import html, images, project, small_site
from tests.support import pdf as pdf_reader
from tests.support.builder import Builder
from tests.support.built import Built

OPTIONS = """\
cv:
  short/resume.pdf: {sections: [talks, roles], entries: selected, design: compact, paper: letter, pages: 1}
  cv.pdf: {sections: [skills, roles: Work, publications, talks, press], picture: true}
  own.pdf: {design: docs/data/own/cv.typ}
"""
FILES = {
    "docs/data/career.yml": """\
roles:
  - {id: mill, company: Example Mill, position: Miller, start_date: 2019, selected: true}
  - {id: bakery, company: Bakery, position: Baker, start_date: 2010, end_date: 2018}
""",
    "docs/data/talks.yml": """\
talks: [{title: On flour, date: 2021, selected: true}, {title: On bread, date: 2020}]
""",
    "docs/data/skills.yml": "skills: [{name: Grains, level: good, keywords: [rye, oats]}, {name: Water}]\n",
    "docs/data/awards.yml": "awards: [{title: Best loaf, date: 2015}]\n",
    "docs/data/sections.yml": """\
sections: [{id: press, title: In print, entries: [{name: Interview, date: 2022}]}]
""",
    "docs/data/publications.bib": """\
@article{rye, title={Rye}, author={Doe, Jo}, journal={Grain}, date={2017}}
""",
    "docs/data/profile.yml": """\
name: Jo Doe
headline: Miller and baker
summary: I mill *slowly*.
location: Oslo
picture: jo.jpg
picture_alt: Jo at the mill
email: {value: jo@example.org, show: pdf}
phone: {value: +47 22 22 22 22, show: site}
""",
    "docs/data/own/cv.typ": """\
#import "/cv-base.typ": *
#show: document-of-cv
#cv.profile.name#read("note.txt")
""",
    "docs/data/own/note.txt": ": a note",
    "docs/cv.md": "---\ntemplate: cv.html\n---\n# Curriculum vitae\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, builder: Builder) -> Built:
    root = small_site.create(tmp_path_factory.mktemp("cvs") / "site", FILES, OPTIONS)
    (root / "docs" / "jo.jpg").write_bytes(images.photograph(400, 300, "JPEG"))
    assert builder.build(root / "mkdocs.yml", strict=True) == (0, [])
    return Built(root, root / "site")


def test_each_pdf_has_its_sections_and_entries(site: Built) -> None:
    def words(name: str) -> str:
        return pdf_reader.texts((site.site / name).read_bytes())["pypdf"].casefold()

    cv, resume = words("cv.pdf"), words("short/resume.pdf")
    places = [cv.find(word) for word in ("skills", "work", "bakery", "publications", "talks", "inprint")]
    assert -1 not in places
    assert places == sorted(places)
    assert "bestloaf" not in cv
    assert 0 < resume.find("onflour") < resume.find("miller,examplemill")
    assert not any(word in resume for word in ("onbread", "baker,", "grains"))
    assert "jo@example.org" in cv
    assert "+47" not in cv + resume
    assert words("own.pdf") == "jodoe:anote"
    with pikepdf.open(io.BytesIO((site.site / "short/resume.pdf").read_bytes())) as document:
        assert [round(float(side)) for side in document.pages[0].MediaBox[2:]] == [612, 792]


def test_the_page_is_that_of_cv_pdf(site: Built) -> None:
    page = site.page("cv/")
    headings = [heading.text(strip=True) for heading in page.css("article h2")]
    assert headings == ["Skills", "Work", "Publications", "Talks", "In print"]
    text = " ".join(page.css_first("article").text().split())  # type: ignore[union-attr]
    for phrase in (
        "Jo Doe",
        "Miller and baker",
        "Oslo",
        "+47 22 22 22 22",
        "I mill slowly.",
        "rye, oats good",
    ):
        assert phrase in text
    assert "jo@example.org" not in text
    assert "Best loaf" not in text
    assert [*html.attribute_values(page, ".portrait img", "alt")] == ["Jo at the mill"]
    downloads = {link.text(strip=True): html.attribute_value(link, "href") for link in page.css(".actions a")}
    assert downloads == {
        "Download cv.pdf": "../cv.pdf",
        "Download short/resume.pdf": "../short/resume.pdf",
        "Download own.pdf": "../own.pdf",
    }
    assert "[The CV as PDF: own.pdf]" in site.read("llms.txt")


def test_problems_of_typesetting_end_the_build(tmp_path: Path) -> None:
    options = "cv: {cv.pdf: {pages: 1}, own.pdf: {design: docs/data/own/cv.typ}}\n"
    role = "  - {{id: r{}, company: C, position: P, summary: '{}'}}\n"
    files = {
        "docs/data/career.yml": "roles:\n" + "".join(role.format(n, "Work. " * 90) for n in range(9)),
        "docs/data/own/cv.typ": "#let a = 1\n\n#nme\n",
    }
    root = small_site.create(tmp_path / "site", files, options)
    build = project.mkdocs(root, "build")
    assert build.returncode == 1
    for line in (
        "extra.portfolio.cv.cv.pdf.pages: cv.pdf has 2 pages. Select fewer entries or sections, or write",
        "docs/data/own/cv.typ:3:2: unknown variable: nme.",
        "The CVs have 2 problems.",
    ):
        assert build.stderr.count(line) == 1, build.stderr
    assert "Traceback" not in build.stderr
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert check.returncode == 1
    assert "docs/data/own/cv.typ:3:2: unknown variable: nme." in check.stdout
    assert "cv.pdf has 2 pages." in check.stdout
