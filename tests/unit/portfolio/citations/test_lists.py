"""References in a list from which nobody cites: all authors, the owner among them, and no numbers."""

import pytest

from portfolio.citations import csl, owner
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.runs import Run
from portfolio.citations.styles import Style
from portfolio.citations.syntax import Cite
from portfolio.record import people
from tests.unit.portfolio.citations import works

FOUR = "Bo, Li and Chu, Mei and Dahl, Nils and Person, Ada Q."
# As al-folio's readers know them: the number in a column of its own.
ALIGNED = Style(
    "aligned",
    works.NUMERIC.text.replace(b"<bibliography>", b'<bibliography second-field-align="flush">').replace(
        b'suffix="] "/>', b'suffix="]"/>'
    ),
)


def listed(text: str, style: Style = works.HARVARD) -> tuple[Run, ...]:
    """The reference of the only work in a file, with the owner set apart."""
    ((key, work),) = works.publications(text).items()
    item = csl.with_owner(csl.items([work], works.OWNER)[0], work, works.OWNER)
    told = CitationFormatter(style).references([item])[key]
    authors = people.parse_authors(work.author)
    place = owner.among(authors, works.OWNER.name)
    return told if place is None else owner.set_apart(told, authors[place])


def text(told: tuple[Run, ...]) -> str:
    return "".join(run.text for run in told)


def own(told: tuple[Run, ...]) -> list[str]:
    return [run.text for run in told if run.owner]


def test_a_list_names_all_authors_and_a_citation_some() -> None:
    work = f"@book{{a, title = {{T}}, author = {{{FOUR}}}, year = 2000}}"
    told = listed(work)
    assert text(told) == "Bo, L., Chu, M., Dahl, N. and Person, A.Q. (2000) T."
    assert own(told) == ["Person, A.Q."]
    page = works.library(text=work).page([[Cite("a")]])
    assert "".join(run.text for run in page.citations[0]) == "(Bo et al., 2000)"
    assert page.references[0].text == "Bo, L. et al. (2000) T."


@pytest.mark.parametrize("style", [works.NUMERIC, ALIGNED], ids=lambda style: style.name)
def test_nobody_cites_by_the_numbers_of_a_list(style: Style) -> None:
    work = "@book{a, title = {T}, author = {Bo, Li}, year = 2000}"
    assert text(listed(work, style)) == "Li Bo, T, 2000."
    assert works.library(style, work).page([[Cite("a")]]).references[0].text == "[1] Li Bo, T, 2000."


@pytest.mark.parametrize(
    ("author", "style", "names"),
    [
        ("Person, Ada Q. and Bo, Li", works.HARVARD, ["Person, A.Q."]),
        ("Ada Person", works.NUMERIC, ["Ada Person"]),
        ("Bo, Li and Ada Q. Person", works.NUMERIC, ["Ada Q. Person"]),
        ("Person, A. and Persona, Ada", works.HARVARD, ["Person, A."]),
        # Both are written the same; one of them is the owner.
        ("Person, Alan and Person, Ada", works.HARVARD, ["Person, A."]),
        ("Person, A. and Person, Ada Q.", works.NUMERIC, ["Ada Q. Person"]),
        ("Other, Ada and Person, Bob", works.HARVARD, []),
    ],
)
def test_the_owner_is_set_apart_and_nobody_else(author: str, style: Style, names: list[str]) -> None:
    told = listed(
        f"@article{{a, title = {{Ada Q. Person}}, author = {{{author}}}, journal = {{Ada Q. Person, A.Q.}}, "
        "volume = 3}",
        style,
    )
    assert own(told) == names
    assert text(told).count("Ada Q. Person") > names.count("Ada Q. Person")


def test_the_first_of_two_that_are_written_the_same_is_not_the_owner() -> None:
    told = listed("@book{a, title = {T}, author = {Person, Alan and Person, Ada}, year = 2000}")
    assert [(run.text, run.owner) for run in told][:2] == [("Person, A. and ", False), ("Person, A.", True)]


def test_a_particle_is_a_part_of_the_name() -> None:
    (person,) = people.parse_authors("van den Berg, Ana B.")
    for before, after in [("Bo, van den ", ", A.B. (2000)"), ("Bo, Ana B. van den ", ", A. Li")]:
        told = owner.set_apart((Run(before), Run("Berg", owner=True), Run(after)), person)
        assert own(told) == [
            f"{before}Berg{after}".removeprefix("Bo, ").removesuffix(" (2000)").removesuffix(", A. Li")
        ]
        assert text(told) == f"{before}Berg{after}"


@pytest.mark.parametrize(
    ("entry", "reference"),
    [
        (
            "@book{a, title = {T}, editor = {Bo, Li}, publisher = {House}, year = 2019}",
            "Bo, L. (ed.) (2019) T",
        ),
        ("@misc{a, title = {T}, year = 2019}", "“T” (2019)."),
        (
            "@misc{a, title = {T}, author = {Bo, Li}, eprint = {2001.00001}, archiveprefix = {arXiv}}",
            "arXiv:2001.00001",
        ),
        ("@phdthesis{a, title = {T}, author = {Bo, Li}, school = {Here}, year = 2001}", "PhD thesis"),
        (
            "@techreport{a, title = {T}, author = {Bo, Li}, institution = {Here}, number = 42}",
            "Technical report 42",
        ),
    ],
)
def test_what_a_work_is_and_who_edited_it(entry: str, reference: str) -> None:
    assert reference in text(listed(entry))


def test_a_work_without_authors_is_cited_by_its_editor_or_title() -> None:
    library = works.library(
        text="@book{a, title = {T}, editor = {Bo, Li}, year = 2019}\n@book{b, title = {Untold}, year = 2019}"
    )
    page = library.page([[Cite("a")], [Cite("b")]])
    assert [text(told) for told in page.citations] == ["(Bo, 2019)", "(Untold, 2019)"]
