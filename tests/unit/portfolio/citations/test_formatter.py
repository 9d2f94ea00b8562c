"""Citations and references in styles of both kinds, and what is kept of them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.citations import csl, runs
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.library import Library
from portfolio.citations.runs import Run
from portfolio.citations.styles import Style
from portfolio.citations.syntax import Cite
from portfolio.core.cache import FileCache
from tests.unit.portfolio.citations import works


def text(told: tuple[Run, ...]) -> str:
    return "".join(run.text for run in told)


def test_authors_and_years() -> None:
    page = works.library().page(
        [[Cite("one", "page", "3")], [Cite("one"), Cite("two")], [Cite("old", "", "passim")], [Cite("Two")]]
    )
    assert [text(citation) for citation in page.citations] == [
        "(Person and Bo, 2021b, p. 3)",
        "(Person and Bo, 2021a; Person and Bo, 2021b)",
        "(van der Berg, about 1676, passim)",
        "(Person, the 2010s, inferred)",
    ]
    assert [(one.id, one.text) for one in page.references] == [
        ("Two", "Person, A. (the 2010s, inferred) “Not that one”."),
        ("two", "Person, A.Q. and Bo, L. (2021a) “Second”, Journal, 4."),
        (
            "one",
            "Person, A.Q. and Bo, L. (2021b) “The <first> & DNA”, Journal, 3, pp. 1–9. "
            "Available at: https://doi.org/10.1/one.",
        ),
        ("old", "van der Berg, J. (about 1676) Old. House."),
    ]
    assert [run.url for run in page.references[2].runs if run.url] == ["https://doi.org/10.1/one"]


def test_numbers() -> None:
    page = works.library(works.NUMERIC).page(
        [[Cite("old"), Cite("one", "page", "3")], [Cite("Two")], [Cite("old")]]
    )
    assert [text(citation) for citation in page.citations] == ["[1, 2, p. 3]", "[3]", "[1]"]
    assert [one.id for one in page.references] == ["old", "one", "Two"]
    assert page.references[1].text == "[2] Ada Q. Person and Li Bo, The <first> & DNA, 2021."
    assert "".join(run.text for run in page.references[1].runs if run.italic) == "The <first> & DNA"


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC], ids=lambda style: style.name)
def test_each_work_of_a_citation_is_known(style: Style) -> None:
    (citation,) = works.library(style).page([[Cite("old"), Cite("one"), Cite("site")]]).citations
    told = {place: text(tuple(run for run in citation if run.work == place)) for place in range(3)}
    expected = ["1", "2", "3"] if style is works.NUMERIC else ["van der Berg", "Person and Bo", "Some Body"]
    assert all(name in told[place] for place, name in enumerate(expected))


def test_what_is_kept_is_what_was_set(tmp_path: Path) -> None:
    fresh = works.library()
    kept = Library(fresh.publications, CitationFormatter(works.HARVARD, FileCache(tmp_path)), fresh.profile)
    citations = [[Cite("one", "page", "3"), Cite("two")], [Cite("old")]]
    bare = csl.items(fresh.publications.values(), fresh.profile)
    for _ in range(2):
        assert kept.page(citations) == fresh.page(citations)
        assert kept.typesetter.references(bare) == fresh.typesetter.references(bare)
    assert len(list(tmp_path.iterdir())) == 2
    other = works.publications(works.TEXT.replace("Second", "Changed"))
    changed = Library(other, kept.typesetter, fresh.profile).page(citations)
    assert "Changed" in "".join(one.text for one in changed.references)
    numeric = CitationFormatter(works.NUMERIC, FileCache(tmp_path)).page(fresh.items, citations)
    assert text(numeric.citations[1]) == "[3]"


def test_a_journal_s_article_without_volume_is_no_preprint() -> None:
    library = works.library(text="@article{a, title = {T}, author = {A, B}, journal = {J}, year = 2000}")
    assert library.page([[Cite("a")]]).references[0].text == "A, B. (2000) “T”, J."


def test_further_authors_are_told_of() -> None:
    library = works.library(text="@book{a, title = {T}, author = {Bo, Li and others}, year = 2000}")
    page = library.page([[Cite("a")]])
    assert text(page.citations[0]) == "(Bo and others, 2000)"
    assert page.references[0].text == "Bo, L. and others (2000) T."


def test_no_data_becomes_markup() -> None:
    nasty = "".join(runs.marked("x", style) for style in runs.STYLES) + "<i>&amp;\uefff\uf000</i>"
    library = works.library(
        text=f"@misc{{a, title = {{{nasty}}}, author = {{A, B}}, howpublished = {{{nasty}}}}}"
    )
    page = library.page([[Cite("a", "", nasty)]])
    shown = "".join(run.text for run in page.references[0].runs if run.title)
    assert shown == runs.without_marks(nasty)
    assert not any(run.bold or run.superscript for run in page.references[0].runs)


@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_every_title_is_whole(title: str) -> None:
    work = next(iter(works.publications("@misc{a, title = {T}, author = {A, B}}").values()))
    item = csl.items([work.model_copy(update={"title": title, "fields": ()})], works.OWNER)
    item[0]["title"] = title
    told = CitationFormatter(works.HARVARD).references(item)["a"]
    assert "".join(run.text for run in told if run.title) == runs.without_marks(title)
