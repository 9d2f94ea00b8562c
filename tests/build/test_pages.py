"""The pages of publications, talks and software, the CV and citations, as they are built."""

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from portfolio.record.models import Publication
from portfolio.record.record import Entry
from tests.support import html, persona, project
from tests.support.built import Built, build
from tests.unit.portfolio.sources.test_bibtex import BROKEN

KINDS = ("publications", "talks", "software")
ACCENTS = {
    r"{\'e}": "é", r"\"{u}": "ü", r"{\O}": "Ø", r"{\v{s}}": "š", r"{\l}": "ł", "{DNA}": "DNA", r"\&": "&",
    "λ": "λ", "漢": "漢", "ب": "ب", "n": "n", "o": "o",
}  # fmt: skip


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(persona.copy(tmp_path_factory.mktemp("pages") / "project"))


@pytest.fixture(params=["own", "other"])
def built(request: pytest.FixtureRequest, site: Path) -> Built:
    if request.param == "own":
        return Built(project.ROOT, site)
    made: Built = request.getfixturevalue("other")
    return made


def entries(built: Built, kind: str) -> list[Entry]:
    return built.portfolio.entries(kind)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_stands_once_with_all_its_links(built: Built, kind: str) -> None:
    page = built.page(f"{kind}/")
    shown = [html.attribute_value(node, "id") for node in page.css(".works .entry > :is(h3, h4)")]
    assert sorted(shown) == sorted(one.id for one in entries(built, kind))
    for one in entries(built, kind):
        (node,) = page.css(f'[id="{one.id}"]')
        assert node.parent is not None
        links = set(html.attribute_values(html.Document(node.parent.html or ""), "a", "href"))
        for name in ("slides", "video", "code", "pdf"):
            given = getattr(one, name, None)
            assert given is None or given in links
        title = str(getattr(one, "title", None) or getattr(one, "name", ""))
        assert words(title) in words(node.text())


def test_publications_have_their_owner_venue_year_and_bibtex(built: Built) -> None:
    page = built.page("publications/")
    for one in entries(built, "publications"):
        assert isinstance(one, Publication)
        (bibtex,) = page.css(f'[id="bibtex-{one.id}"]')
        assert bibtex.text().startswith(f"@{one.type}{{{one.id},\n")
        (reference,) = page.css(f'[id="{one.id}"]')
        assert (one.venue or "") in reference.text()
        assert [owner.text() for owner in reference.css(".owner")], one.id
    headings = [node.text() for node in page.css("h2")]
    assert headings == [node.text() for node in page.css(".contents li a")]
    years = [node.text() for node in page.css("h3")]
    assert years
    assert all(re.search(r"\d{4}|not stated", year) for year in years)


def test_backlinks_are_the_same_wherever_an_entry_stands(built: Built) -> None:
    timeline = built.page("timeline/")
    met = 0
    for kind in KINDS:
        page = built.page(f"{kind}/")
        for one in entries(built, kind):
            told = []
            for document in (timeline, page):
                (node,) = document.css(f'[id="{one.id}"]')
                assert node.parent is not None
                told.append([words(dd.text()) for dd in node.parent.css(".related dd")])
            assert told[0] == told[1]
            met += len(told[0])
            # And back: whatever it is linked with links to it there.
            for back in timeline.css(f'.story .related a[href$="{kind}/#{one.id}"]'):
                assert back.text() == (getattr(one, "title", None) or getattr(one, "name", ""))
    assert met


def test_a_post_tells_what_it_is_linked_with_and_the_entry_tells_of_it(other: Built) -> None:
    post = next(path for path in other.pages if "why-a-cable" in path)
    links = {
        words(link.text()): html.attribute_value(link, "href")
        for link in other.page(post).css(".linked .related a")
    }
    assert {link.rpartition("/")[2][:1] for link in links.values()} == {"#"}
    for page in ("talks/", "timeline/"):
        back = html.attribute_values(other.page(page), ".related a", "href")
        assert any(post.rstrip("/") in link for link in back)
    assert any("talks/#" in link for link in links.values())


def test_the_cv_has_everything_and_the_search_finds_it_elsewhere(built: Built) -> None:
    cv = words(built.page("cv/").css_first("article").text())  # type: ignore[union-attr]
    for kind in ("roles", "education", *KINDS):
        for one in entries(built, kind):
            names = [
                getattr(one, name, None) for name in ("position", "company", "institution", "title", "name")
            ]
            assert all(words(name) in cv for name in names if name)
    assert {"../cv.pdf", "../resume.json"} <= set(
        html.attribute_values(built.page("cv/"), ".downloads a", "href")
    )


def test_posts_cite_and_are_cited(other: Built) -> None:
    post = next(path for path in other.pages if "why-a-cable" in path)
    page = other.page(post)
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
    assert other.url + post in sentence.text()
    (bibtex,) = page.css("#_bibtex")
    assert "@online{cables," in bibtex.text()
    # On the list of posts, citations lead to the post, and no references stand.
    index = other.page("notes/")
    assert index.css("ol.references") == []
    assert set(html.attribute_values(index, ".citation a", "href")) == {
        f"{post.removeprefix('notes/')}#ref-{key}" for key in ("hooke1676", "joints")
    }


@pytest.fixture(scope="module")
def citing(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The person's site with a citation on each page of the record, and a DOI as the only link of a work."""
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
def test_footnotes_and_references_stand_behind_the_record(citing: Built, path: str) -> None:
    page = citing.page(path)
    found = []
    for node in page.css("article > *"):
        names = html.attribute_value(node, "class").split()
        if {"references", "footnote"} & set(names) or html.attribute_value(node, "id").startswith(
            "references"
        ):
            found.append("back")
        elif {"record", "story", "works"} & set(names):
            found.append("record")
        elif "has it" in node.text():
            found.append("text")
    assert list(dict.fromkeys(found)) == ["text", "record", "back"]
    assert found.count("back") == 3
    assert len(page.css("#references + ol.references > li")) == 1
    contents = [node.text() for node in page.css(".contents li a")]
    assert contents[-1:] in ([], ["References"])
    assert len(contents) == (3 if path == "publications/" else len(set(contents)))


def test_references_stand_under_the_heading_that_a_post_has_for_them(citing: Built) -> None:
    page = citing.page(next(path for path in citing.pages if "why-a-cable" in path))
    assert [html.attribute_value(node, "id") for node in page.css("h2[id^=references]")] == ["references"]
    assert len(page.css("#references + ol.references > li")) == 4


def test_a_title_leads_to_the_doi_where_there_is_no_other_address(citing: Built) -> None:
    doi = "https://doi.org/10.1000/joints"
    page = citing.page("publications/")
    assert list(html.attribute_values(page, '[id="joints"] a.title', "href")) == [doi]
    assert doi in html.attribute_values(citing.page("cv/"), ".reference a.title", "href")


def test_each_link_to_go_on_reading_says_what(built: Built) -> None:
    told = []
    for path in built.pages:
        for post in built.page(path).css(".md-post--excerpt"):
            (more,) = post.css(".post-more a")
            (heading,) = post.css("h2")
            (title,) = (link.text() for link in heading.css("a:first-child"))
            told.append((html.attribute_value(more, "aria-label"), f"Continue reading: {words(title)}"))
    assert told
    assert [pair for pair in told if pair[0] != pair[1]] == []


def test_an_unknown_key_ends_a_build_and_a_check_with_the_same_words(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    post = root / "docs" / "notes" / "posts" / "cables.md"
    post.write_text(post.read_text(encoding="utf-8").replace("[@berg,", "[@bergg,"), encoding="utf-8")
    told = (
        "docs/notes/posts/cables.md:24:33: citation: there is no 'bergg' in publications.bib or "
        "references.bib. Did you mean 'berg'?"
    )
    done = project.mkdocs(root, "build", "--strict")
    assert (done.returncode, done.stderr.count(told)) == (1, 1)
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert (check.returncode, check.stdout) == (1, told + "\n")


def many(number: int) -> tuple[str, list[tuple[str, list[str]]]]:
    """Entries with accents, braces and particles; and of each its id and what has to be told of it."""
    dice = random.Random(number)  # noqa: S311 - no secret
    text, told = [], []
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
        told.append((f"k{index}", [title, *names, f"Journal of Ø{venue}", f"({year})"]))
    return "".join(text), told


def test_500_entries_are_built_without_loss_and_20_mistakes_are_20_problems(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    file = root / "docs" / "data" / "publications.bib"
    sound = file.read_text(encoding="utf-8")
    text, told = many(500)
    file.write_text(f"{sound}\n{text}", encoding="utf-8")
    page = build(root).page("publications/")
    shown = {html.attribute_value(node, "id"): node.text() for node in page.css("h4.reference")}
    assert len(shown) == 502
    for id, parts in told:
        assert [part for part in parts if part not in shown[id]] == []
    broken = [entry for entry in BROKEN if "sound" not in entry][:20]
    file.write_text(f"{sound}\n{text}" + "\n".join(broken) + "\n@string{proc = 1}\n", encoding="utf-8")
    done = project.mkdocs(root, "build")
    assert done.returncode == 1
    lines = [int(line) for line in re.findall(r"docs/data/publications\.bib:(\d+):\d+: ", done.stderr)]
    start = f"{sound}\n{text}".count("\n") + 1
    assert lines == list(range(start, start + 20))
    assert "The record has 20 problems." in done.stderr
