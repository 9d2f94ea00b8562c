"""The sites of an academic with 300 entries and of a graduate with three: complete, and nothing more."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from urllib.parse import quote

import pytest

from portfolio.record.kinds import KINDS, POSTS
from portfolio.record.models import Fact
from portfolio.timeline.views import EntryView, Section, is_summarized
from tests.support import export_readers, html, pdf, search_index
from tests.support.built import Built

# The kinds of entries that the graduate has.
_GRADUATE_KINDS = {"education", "projects", "skills"}


@pytest.fixture(params=["academic", "graduate"])
def built(request: pytest.FixtureRequest) -> Built:
    """The academic's site, then the graduate's."""
    built_site: Built = request.getfixturevalue(f"{request.param}_site")
    return built_site


def list_entries(built: Built) -> list[tuple[Section, EntryView]]:
    """Return all entries but the posts, each with its section."""
    return [
        (section, entry)
        for section in built.portfolio.sections
        for entry in section.entries
        if section.kind != POSTS.name
    ]


def page_of(built: Built, section: Section) -> str:
    """Return the path of the page that lists a section; empty if there is none."""
    return f"{section.kind}/" if (built.root / "docs" / f"{section.kind}.md").exists() else ""


def title_of(entry: EntryView) -> str:
    return "".join(run.text for run in entry.title_runs)


def collapse_space(text: str) -> str:
    return " ".join(text.split())


@cache
def page(built: Built, path: str) -> html.Document:
    return built.page(path)


def page_text(built: Built, path: str) -> str:
    body = page(built, path).body
    assert body is not None
    return collapse_space(body.text())


@cache
def pdf_texts(built: Built, name: str) -> dict[str, str]:
    """Return the text of a PDF by the library that reads it."""
    return pdf.texts((built.site / name).read_bytes())


def test_the_academic_has_entries_of_every_kind(academic_site: Built) -> None:
    record = academic_site.portfolio.record
    assert all(record[kind.name] for kind in KINDS)
    assert len([*record]) >= 300


def test_the_graduate_has_three_entries(graduate_site: Built) -> None:
    record = graduate_site.portfolio.record
    assert {record.kind_of(entry).name for entry in record} == _GRADUATE_KINDS
    assert len([*record]) == 3


def test_every_entry_is_on_its_page_and_else_on_the_timeline_once(built: Built) -> None:
    ids: dict[str, Counter[str]] = {}
    for section, entry in list_entries(built):
        own_page = page_of(built, section)
        is_summary = is_summarized(
            section.kind, section.layout, len(section.entries), has_page=bool(own_page)
        )
        paths = [own_page, "timeline/" if section.on_timeline and not is_summary else ""]
        for path in filter(None, paths):
            if path not in ids:
                ids[path] = Counter(node.attributes["id"] or "" for node in page(built, path).css("[id]"))
            assert ids[path][entry.id] == 1, (path, entry.id)


def test_search_and_the_page_of_the_cv_have_every_entry(built: Built) -> None:
    # The search separates scripts without spaces from others.
    searched = "".join(search_index.text(built.site).split())
    cv, markdown = page_text(built, "cv/"), built.read("cv/index.md")
    for _, entry in list_entries(built):
        assert "".join(entry.title.split()) in searched, entry.id
        assert title_of(entry) in cv, entry.id
        assert entry.title in re.sub(r"\\(.)", r"\1", markdown), entry.id


def test_two_readers_find_every_entry_in_the_pdf(built: Built) -> None:
    for reader, text in pdf_texts(built, "cv.pdf").items():
        for section, entry in list_entries(built):
            assert pdf.find(text, section.title) >= 0, (reader, section.title)
            assert pdf.find(text, title_of(entry)) >= 0, (reader, entry.title)
            if entry.when.words and entry.dated_as_a_whole:
                assert pdf.find(text, entry.when.words) >= 0, (reader, entry.id)


def test_a_short_cv_has_the_selected_entries(academic_site: Built) -> None:
    kinds = {"roles", "education", "publications", "projects", "awards"}
    entries = [entry for section, entry in list_entries(academic_site) if section.kind in kinds]
    selected = {
        entry.id
        for kind in kinds
        for entry in academic_site.portfolio.entries(kind)
        if isinstance(entry, Fact) and entry.selected
    }
    assert len(selected) > 5
    for reader, text in pdf_texts(academic_site, "resume.pdf").items():
        assert {entry.id for entry in entries if pdf.find(text, title_of(entry)) >= 0} == selected, reader


def test_valid_exports_have_every_entry(built: Built) -> None:
    sections = {kind.name: kind.title for kind in built.portfolio.record.sections}
    for entries in (
        export_readers.read_resume(built.read("resume.json"), sections),
        export_readers.read_cv(built.read("cv.yaml"), sections),
    ):
        export_readers.assert_agrees(built.portfolio, entries)
        assert sum(map(len, entries.values())) == len(list_entries(built))


def test_schema_org_has_all_terms_of_every_page(built: Built) -> None:
    for path in built.pages:
        assert export_readers.count_valid_terms(built.graph(path)["@graph"]) > 0, path


def test_schema_org_says_what_the_person_has(academic_site: Built) -> None:
    (person,) = (node for node in academic_site.graph("")["@graph"] if node["@type"] == "Person")
    assert person["image"] == "https://papadaki.example/assets/eleni.jpg"
    for name, words in (
        ("award", ("Polar Medal", "低温科学賞")),
        ("hasCredential", ("Crevasse rescue instructor",)),
        ("knowsLanguage", ("Greek", "日本語")),
        ("knowsAbout", ("ice-penetrating radar", "Fortran")),
    ):
        text = json.dumps(person[name], ensure_ascii=False)
        assert all(word in text for word in words), name


def test_both_ends_of_every_link_show_it(built: Built) -> None:
    checked = 0
    for section, entry in list_entries(built):
        path = page_of(built, section) or ("timeline/" if section.on_timeline else "")
        heading = page(built, path).css_first(f'[id="{entry.id}"]') if path else None
        if heading is None or heading.parent is None:
            continue
        links = {html.attribute_value(link, "href") for link in heading.parent.css("a")}
        for reference in (reference for _, group in entry.related for reference in group):
            # The links of a project with a story lead to its page.
            ends = (f"#{quote(reference.id)}", f"/{quote(reference.id)}/")
            assert any(link.endswith(ends) for link in links), (entry.id, reference.id)
            checked += 1
    assert checked >= 2


def test_a_story_says_what_the_record_does(academic_site: Built) -> None:
    story = page(academic_site, "projects/quiet-radar/")
    text = page_text(academic_site, "projects/quiet-radar/")
    for phrase in (
        "Quiet radar",
        "since April 2019",
        "It began with a broken amplifier.",
        "What a quiet radar hears",
    ):
        assert phrase in text
    assert story.css_first('img[alt="A tripod with two flat antennas on a snowfield"]') is not None


def test_contacts_appear_only_where_the_profile_says(academic_site: Built) -> None:
    email, phone = "eleni@papadaki.example", ("22 12 34 56", "22123456", "22-12-34-56")
    assert f"mailto:{email}" in academic_site.read("index.html")
    for name in ("resume.json", "cv.yaml"):
        assert email not in academic_site.read(name)
    for path in academic_site.site.rglob("*"):
        if path.suffix in {".html", ".json", ".yaml", ".md", ".txt", ".xml"}:
            text = path.read_text(encoding="utf-8")
            assert not any(form in text for form in phone), path
    for name in ("cv.pdf", "resume.pdf"):
        text = pdf_texts(academic_site, name)["pypdf"]
        assert email in text
        assert "22123456" not in text


def test_nothing_names_a_kind_that_the_graduate_does_not_have(graduate_site: Built) -> None:
    absent = [kind for kind in (*KINDS, POSTS) if kind.name not in _GRADUATE_KINDS]
    titles = re.compile("|".join(rf"\b{kind.title}\b" for kind in absent))
    texts = {path: page_text(graduate_site, path) for path in graduate_site.pages}
    texts["llms.txt"] = graduate_site.read("llms.txt")
    for name in ("cv/index.md", "index.md", "timeline/index.md"):
        texts[name] = graduate_site.read(name)
    for name, text in texts.items():
        assert not titles.search(text), (name, titles.findall(text))
    for reader, text in pdf_texts(graduate_site, "cv.pdf").items():
        assert not re.search("|".join(kind.title for kind in absent), text), reader
    resume = json.loads(graduate_site.read("resume.json"))
    assert resume.keys() == {"basics", "education", "projects", "skills", "meta"}
    assert "feed" not in {path.name for path in graduate_site.site.iterdir()}
