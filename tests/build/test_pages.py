"""Built pages: publications, talks, software, the CV, and citations in posts."""

import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from portfolio.record.kinds import Entry
from portfolio.record.models import Publication
from tests.support import html, persona, project
from tests.support.built import Built, build
from tests.unit.portfolio.sources.test_bibtex import BROKEN

KINDS = ("publications", "talks", "software")
ACCENTS = {
    r"{\'e}": "é", r"\"{u}": "ü", r"{\O}": "Ø", r"{\v{s}}": "š", r"{\l}": "ł", "{DNA}": "DNA", r"\&": "&",
    "λ": "λ", "漢": "漢", "ب": "ب", "n": "n", "o": "o",
}  # fmt: skip


def entries(built: Built, kind: str) -> list[Entry]:
    return built.portfolio.entries(kind)


def words(text: str) -> str:
    # Subscripts in titles are elements on the page.
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("kind", KINDS)
def test_page_has_every_entry_once_with_all_its_links(built: Built, kind: str) -> None:
    page = built.page(f"{kind}/")
    ids = [html.attribute_value(node, "id") for node in page.css(".works .entry > :is(h2, h3, h4)")]
    assert sorted(ids) == sorted(entry.id for entry in entries(built, kind))
    for entry in entries(built, kind):
        (node,) = page.css(f'[id="{entry.id}"]')
        assert node.parent is not None
        links = set(html.attribute_values(html.Document(node.parent.html or ""), "a", "href"))
        for name in ("slides", "video", "code", "pdf"):
            link = getattr(entry, name, None)
            assert link is None or link in links
        title = str(getattr(entry, "title", None) or getattr(entry, "name", ""))
        assert words(title) in words(node.text())


def test_publications_have_owner_venue_year_and_bibtex(built: Built) -> None:
    page = built.page("publications/")
    owner = words(page.css(".site-name")[0].text())
    for entry in entries(built, "publications"):
        assert isinstance(entry, Publication)
        (title,) = page.css(f'[id="{entry.id}"]')
        assert title.parent is not None
        (bibtex,) = title.parent.css(".bibtex pre")
        assert bibtex.text().startswith(f"@{entry.type}{{{entry.id},\n")
        assert not entry.venue or [fact.text() for fact in title.parent.css(".facts i")] == [entry.venue]
        # The owner is not named as the only author.
        authors = [words(line.text()) for line in title.parent.css(".authors")]
        assert len(authors) == (" and " in entry.author), entry.id
        assert all(owner.split()[-1] in line for line in authors), entry.id
        # The reference has the year, which is also the heading of the group.
        (reference,) = title.parent.css(".bibtex p")
        assert reference.css(".owner")
    years = [node.text() for node in page.css("h3")]
    assert years
    assert all(re.search(r"\d{4}", year) for year in years)


def test_related_entries_are_the_same_on_every_page(built: Built) -> None:
    timeline = built.page("timeline/")
    count = 0
    for kind in KINDS:
        page = built.page(f"{kind}/")
        for entry in entries(built, kind):
            related = []
            for document in (timeline, page):
                (node,) = document.css(f'[id="{entry.id}"]')
                assert node.parent is not None
                related.append([words(dd.text()) for dd in node.parent.css(".related dd")])
            assert related[0] == related[1]
            count += len(related[0])
            # And back: related entries link to it there.
            for back in timeline.css(f'.story .related a[href$="{kind}/#{entry.id}"]'):
                assert back.text() == (getattr(entry, "title", None) or getattr(entry, "name", ""))
    assert count


def test_post_and_entry_link_to_each_other(persona_site: Built) -> None:
    post = next(path for path in persona_site.pages if "why-a-cable" in path)
    links = {
        words(link.text()): html.attribute_value(link, "href")
        for link in persona_site.page(post).css(".linked .related a")
    }
    assert {link.rpartition("/")[2][:1] for link in links.values()} == {"#"}
    for page in ("talks/", "timeline/"):
        back = html.attribute_values(persona_site.page(page), ".related a", "href")
        assert any(post.rstrip("/") in link for link in back)
    assert any("talks/#" in link for link in links.values())


def test_cv_has_every_entry(built: Built) -> None:
    cv = words(built.page("cv/").css_first("article").text())  # type: ignore[union-attr]
    for kind in ("roles", "education", *KINDS):
        for entry in entries(built, kind):
            names = [
                getattr(entry, name, None) for name in ("position", "company", "institution", "title", "name")
            ]
            assert all(words(name) in cv for name in names if name)
    assert {"../cv.pdf", "../resume.json"} <= set(
        html.attribute_values(built.page("cv/"), ".record a[download]", "href")
    )


def test_posts_cite_and_say_how_to_cite_them(persona_site: Built) -> None:
    post = next(path for path in persona_site.pages if "why-a-cable" in path)
    page = persona_site.page(post)
    ids = [html.attribute_value(node, "id") for node in page.css("[id]")]
    assert {id: count for id, count in Counter(ids).items() if count > 1} == {}
    listed = {f"#{html.attribute_value(node, 'id')}" for node in page.css("ol.references > li")}
    assert (
        listed
        == set(html.attribute_values(page, ".citation a", "href"))
        == {"#ref-hooke1676", "#ref-joints", "#ref-berg", "#ref-deck"}
    )
    assert [node.text() for node in page.css("code") if "@" in node.text()] == [
        "[@nobody]",
        "[@not-a-citation]: code\n",
    ]
    (sentence,) = page.css("#_citation")
    assert persona_site.url + post in sentence.text()
    (bibtex,) = page.css(".cite .bibtex pre")
    assert "@online{cables," in bibtex.text()


@pytest.fixture(scope="module")
def citing(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The persona's site with a citation on each page of the record, and a DOI as the only link of a work."""
    root = persona.copy(tmp_path_factory.mktemp("citing") / "project")

    def write(name: str, text: str) -> None:
        page = root / "docs" / name
        page.write_text(page.read_text(encoding="utf-8") + text, encoding="utf-8")

    for name in ("index", "timeline", "publications", "cv"):
        write(f"{name}.md", "\nAs [@hooke1676] has it[^1].\n\n[^1]: Noted.\n")
    write("talks.md", "\nAs [@hooke1676] has it[^1].\n\n[^1]: Noted.\n\n## References\n")
    write("notes/posts/cables.md", "\n## References\n")
    bib = root / "docs" / "data" / "publications.bib"
    text = bib.read_text(encoding="utf-8")
    bib.write_text(re.sub(r"\n  url .*|\n  code .*", "", text), encoding="utf-8")
    return build(root)


@pytest.mark.parametrize("path", ["", "timeline/", "publications/", "talks/", "cv/"])
def test_footnotes_and_references_come_after_the_record(citing: Built, path: str) -> None:
    page = citing.page(path)
    parts = []
    for node in page.css("article > *"):
        names = html.attribute_value(node, "class").split()
        if {"references", "footnote"} & set(names) or html.attribute_value(node, "id").startswith(
            "references"
        ):
            parts.append("back")
        elif {"record", "story", "works"} & set(names):
            parts.append("record")
        elif "has it" in node.text():
            parts.append("text")
    # The record is not part of the home page's article.
    assert list(dict.fromkeys(parts)) == (["text", "record", "back"] if path else ["text", "back"])
    assert parts.count("back") == 3
    assert len(page.css("#references + ol.references > li")) == 1


def test_references_use_the_heading_of_the_post(citing: Built) -> None:
    page = citing.page(next(path for path in citing.pages if "why-a-cable" in path))
    assert [html.attribute_value(node, "id") for node in page.css("h2[id^=references]")] == ["references"]
    assert len(page.css("#references + ol.references > li")) == 4


def test_title_links_to_the_doi_without_another_url(citing: Built) -> None:
    doi = "https://doi.org/10.1000/joints"
    page = citing.page("publications/")
    assert list(html.attribute_values(page, '[id="joints"] a', "href")) == [doi]
    assert doi in html.attribute_values(citing.page("cv/"), ".reference a.title", "href")


def test_unknown_key_is_reported_by_build_and_check(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    post = root / "docs" / "notes" / "posts" / "cables.md"
    text = post.read_text(encoding="utf-8").replace("[@berg,", "[@bergg,")
    post.write_text(text, encoding="utf-8")
    line = text[: text.index("[@bergg,")].count("\n") + 1
    message = (
        f"docs/notes/posts/cables.md:{line}:33: citation: there is no 'bergg' in publications.bib or "
        "references.bib. Did you mean 'berg'?"
    )
    result = project.mkdocs(root, "build", "--strict")
    assert (result.returncode, result.stderr.count(message)) == (1, 1)
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert (check.returncode, check.stdout) == (1, message + "\n")


def generate_entries(number: int) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return entries with accents, braces and particles, and the id and expected texts of each."""
    dice = random.Random(number)  # noqa: S311 - no secret
    text, expected = [], []
    for index in range(number):
        letters = [dice.choice(sorted(ACCENTS)) for _ in range(12)]
        plain = [ACCENTS[letter] for letter in letters]
        particle = dice.choice(["van der ", "de la ", "von ", ""])
        venue, year = f"rder {index % 9}", 1950 + index % 70
        text.append(
            f"@article{{k{index},\n  title = {{On {''.join(letters[:6])} and {{{''.join(letters[6:])}}}}},\n"
            f"  author = {{{particle}M{letters[0]}ller{index}, Ana and {{Body {index}}}}},\n"
            f"  journal = {{Journal of {{\\O}}{venue}}}, year = {year}, volume = 3\n}}\n"
        )
        title = f"On {''.join(plain[:6])} and {''.join(plain[6:])}"
        names = [f"{particle}M{plain[0]}ller{index}", f"Body {index}"]
        expected.append((f"k{index}", [title, *names, f"Journal of Ø{venue}", f"({year})"]))
    return "".join(text), expected


def test_500_entries_are_complete_and_20_mistakes_are_20_problems(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    file = root / "docs" / "data" / "publications.bib"
    valid = file.read_text(encoding="utf-8")
    text, expected = generate_entries(500)
    file.write_text(f"{valid}\n{text}", encoding="utf-8")
    page = build(root).page("publications/")
    texts_by_id = {
        html.attribute_value(entry.css("h4")[0], "id"): entry.text() for entry in page.css(".works .entry")
    }
    assert len(texts_by_id) == 502
    for id, parts in expected:
        assert [part for part in parts if part not in texts_by_id[id]] == []
    broken = [entry for entry in BROKEN if "valid" not in entry][:20]
    file.write_text(f"{valid}\n{text}" + "\n".join(broken) + "\n@string{proc = 1}\n", encoding="utf-8")
    result = project.mkdocs(root, "build")
    assert result.returncode == 1
    lines = [int(line) for line in re.findall(r"docs/data/publications\.bib:(\d+):\d+: ", result.stderr)]
    start = f"{valid}\n{text}".count("\n") + 1
    assert lines == list(range(start, start + 20))
    assert "The site has 20 problems." in result.stderr
