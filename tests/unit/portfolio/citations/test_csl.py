"""Citations and references in both kinds of styles, their cache, and unusable styles."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.citations import csl, csl_json
from portfolio.citations.csl import CitationFormatter, Cite, Style
from portfolio.citations.library import Library
from portfolio.core.cache import FileCache
from portfolio.core.runs import RUN_STYLES, Run, add_markers, strip_markers
from tests.unit.portfolio.citations import works

NUMERIC = (Path(__file__).parent / "numeric.csl").read_text(encoding="utf-8")
BIBLIOGRAPHY = NUMERIC[NUMERIC.index("  <bibliography>") : NUMERIC.index("</style>")]
TITLE = '<text variable="title" font-style="italic"/>'
INFO = NUMERIC[NUMERIC.index("<style") : NUMERIC.index("  <citation>")]
LINK = '<link rel="independent-parent" href="http://www.zotero.org/styles/apa"/>'
STYLES = {
    "<style": "is not XML",
    "<html/>": "is not CSL 1.0.",
    NUMERIC.replace(BIBLIOGRAPHY, ""): "has no bibliography.",
    NUMERIC.replace(TITLE, '<text macro="titel"/>'): "has no macro 'titel'.",
    NUMERIC.replace(
        "  <citation>",
        '<macro name="a"><text macro="b"/></macro><macro name="b"><text macro="a"/></macro><citation>',
    ).replace(TITLE, '<text macro="a"/>'): "has macros that use themselves: 'a' and 'b'.",
    NUMERIC.replace('class="in-text"', 'class="note"'): "uses notes, which is not supported.",
    INFO.replace("    <updated", f"    {LINK}<updated").replace('class="in-text" ', "") + "</style>": (
        "is an alias. Use 'http://www.zotero.org/styles/apa'."
    ),
}


def text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def test_author_year_style() -> None:
    page = works.library().format_page(
        [[Cite("one", "page", "3")], [Cite("one"), Cite("two")], [Cite("old", "", "passim")], [Cite("Two")]]
    )
    assert [text(citation) for citation in page.citations] == [
        "(Person and Bo, 2021b, p. 3)",
        "(Person and Bo, 2021a; Person and Bo, 2021b)",
        "(van der Berg, about 1676, passim)",
        "(Person, the 2010s)",
    ]
    assert [(key, text(runs)) for key, runs in page.references.items()] == [
        ("Two", "Person, A. (the 2010s) “Not that one”."),
        ("two", "Person, A.Q. and Bo, L. (2021a) “Second”, Journal, 4."),
        (
            "one",
            "Person, A.Q. and Bo, L. (2021b) “The <first> & DNA”, Journal, 3, pp. 1–9. "
            "Available at: https://doi.org/10.1/one.",
        ),
        ("old", "van der Berg, J. (about 1676) Old. House."),
    ]
    assert [run.url for run in page.references["one"] if run.url] == ["https://doi.org/10.1/one"]


def test_numeric_style() -> None:
    page = works.library(works.NUMERIC).format_page(
        [[Cite("old"), Cite("one", "page", "3")], [Cite("Two")], [Cite("old")]]
    )
    assert [text(citation) for citation in page.citations] == ["[1, 2, p. 3]", "[3]", "[1]"]
    assert list(page.references) == ["old", "one", "Two"]
    assert text(page.references["one"]) == "[2] Ada Q. Person and Li Bo, The <first> & DNA, 2021."
    assert "".join(run.text for run in page.references["one"] if run.italic) == "The <first> & DNA"


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC], ids=lambda style: style.name)
def test_runs_name_their_works(style: Style) -> None:
    (citation,) = works.library(style).format_page([[Cite("old"), Cite("one"), Cite("site")]]).citations
    texts = {place: text(tuple(run for run in citation if run.work == place)) for place in range(3)}
    expected = ["1", "2", "3"] if style is works.NUMERIC else ["van der Berg", "Person and Bo", "Some Body"]
    assert all(name in texts[place] for place, name in enumerate(expected))


def test_cached_results_are_the_same(tmp_path: Path) -> None:
    uncached = works.library()
    cached = Library(
        uncached.publications, CitationFormatter(works.HARVARD, FileCache(tmp_path)), uncached.profile
    )
    citations = [[Cite("one", "page", "3"), Cite("two")], [Cite("old")]]
    bare = csl_json.reference_items(uncached.publications.values(), uncached.profile)
    for _ in range(2):
        page, expected = cached.format_page(citations), uncached.format_page(citations)
        assert page == expected
        assert list(page.references) == list(expected.references)
        assert cached.formatter.format_references(bare) == uncached.formatter.format_references(bare)
    assert len(list(tmp_path.iterdir())) == 2
    other = works.publications(works.TEXT.replace("Second", "Changed"))
    changed = Library(other, cached.formatter, uncached.profile).format_page(citations)
    assert "Changed" in "".join(map(text, changed.references.values()))
    numeric = CitationFormatter(works.NUMERIC, FileCache(tmp_path)).format_page(uncached.items, citations)
    assert text(numeric.citations[1]) == "[3]"


def test_article_without_volume_is_not_a_preprint() -> None:
    library = works.library(text="@article{a, title = {T}, author = {A, B}, journal = {J}, year = 2000}")
    assert text(library.format_page([[Cite("a")]]).references["a"]) == "A, B. (2000) “T”, J."


def test_further_authors_are_named_as_others() -> None:
    library = works.library(text="@book{a, title = {T}, author = {Bo, Li and others}, year = 2000}")
    page = library.format_page([[Cite("a")]])
    assert text(page.citations[0]) == "(Bo and others, 2000)"
    assert text(page.references["a"]) == "Bo, L. and others (2000) T."


def test_data_never_becomes_markup() -> None:
    nasty = "".join(add_markers("x", style) for style in RUN_STYLES) + "<u>&nbsp;\uefff\uf000</u>"
    library = works.library(
        text=f"@misc{{a, title = {{{nasty}}}, author = {{A, B}}, howpublished = {{{nasty}}}}}"
    )
    page = library.format_page([[Cite("a", "", nasty)]])
    title = "".join(run.text for run in page.references["a"] if run.title)
    assert title == strip_markers(nasty)
    assert not any(run.bold or run.superscript for run in page.references["a"])


@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_titles_are_complete(title: str) -> None:
    work = next(iter(works.publications("@misc{a, title = {T}, author = {A, B}}").values()))
    item = csl_json.reference_items([work.model_copy(update={"title": title, "fields": ()})], works.OWNER)
    item[0]["title"] = title
    runs = CitationFormatter(works.HARVARD).format_references(item)["a"]
    assert "".join(run.text for run in runs if run.title) == strip_markers(title)


@pytest.mark.parametrize(("text", "message"), STYLES.items(), ids=STYLES.values())
def test_unusable_style_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    assert text != NUMERIC
    (tmp_path / "own.csl").write_text(text, encoding="utf-8")
    with pytest.raises(csl.StyleError) as error:
        csl.find_style("own.csl", tmp_path)
    assert str(error.value).startswith("the style 'own.csl' ")
    assert message in f"{error.value} {error.value.hint}"


def test_missing_style_is_an_error(tmp_path: Path) -> None:
    for name, message in {
        "harvard-cite-them-rigth": "Did you mean 'harvard-cite-them-right'?",
        "gone.csl": "cannot be read: No such file or directory.",
    }.items():
        with pytest.raises(csl.StyleError) as error:
            csl.find_style(name, tmp_path)
        assert message in f"{error.value} {error.value.hint}"


def test_find_style_by_name_and_by_path(tmp_path: Path) -> None:
    (tmp_path / "own.csl").write_text(NUMERIC, encoding="utf-8")
    assert csl.find_style("own.csl", tmp_path).text == NUMERIC.encode()
    assert csl.find_style(csl.DEFAULT_STYLE, tmp_path).text
