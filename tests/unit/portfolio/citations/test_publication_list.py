"""The list of publications: all authors, the owner marked, and no numbers."""

from typing import Any

import pytest

from portfolio.citations import publication_list
from portfolio.citations.csl import CitationFormatter, Cite, Style
from portfolio.core.runs import Run
from portfolio.record import people
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio.citations import works

FOUR = "Bo, Li and Chu, Mei and Dahl, Nils and Person, Ada Q."
# With the number in a column of its own, as in al-folio.
ALIGNED = Style(
    "aligned",
    works.NUMERIC.text.replace(b"<bibliography>", b'<bibliography second-field-align="flush">').replace(
        b'suffix="] "/>', b'suffix="]"/>'
    ),
)


def list_work(text: str, style: Style = works.HARVARD) -> publication_list.Work:
    """The only work in a file, with the owner set apart."""
    record = Record(publications=tuple(works.publications(text).values()))
    (kind,) = publication_list.list_publications(
        Portfolio(record), CitationFormatter(style), works.OWNER
    ).kinds
    return kind.years[0].works[0]


def format_listed(text: str, style: Style = works.HARVARD) -> tuple[Run, ...]:
    """The reference of the only work in a file."""
    return list_work(text, style).reference


def text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def own(runs: tuple[Run, ...]) -> list[str]:
    return [run.text for run in runs if run.owner]


@pytest.mark.parametrize(
    ("author", "names", "omitted"),
    [
        (FOUR, "Li Bo, Mei Chu, Nils Dahl, *Ada Q. Person", 0),
        ("Person, A. and others", "*A. Person", 0),
        (" and ".join("ABCDEFGH"), "A, B, C, D, E, F, G, H", 0),
        (" and ".join("ABCDEFGHI"), "A, B, C, D, E, F", 3),
        # The owner is never omitted.
        (" and ".join([*"ABCDEFGHI", "Person, Ada Q."]), "A, B, C, D, E, F, *Ada Q. Person", 3),
    ],
)
def test_a_list_names_the_first_authors_and_the_owner(author: str, names: str, omitted: int) -> None:
    work = list_work(f"@book{{a, title = {{T}}, author = {{{author}}}, year = 2000}}")
    assert ", ".join("*" * listed.is_owner + listed.name for listed in work.authors) == names
    assert (work.omitted, work.has_unnamed) == (omitted, author.endswith("others"))


def test_list_names_all_authors_and_citation_some() -> None:
    work = f"@book{{a, title = {{T}}, author = {{{FOUR}}}, year = 2000}}"
    runs = format_listed(work)
    assert text(runs) == "Bo, L., Chu, M., Dahl, N. and Person, A.Q. (2000) T."
    assert own(runs) == ["Person, A.Q."]
    page = works.library(text=work).format_page([[Cite("a")]])
    assert "".join(run.text for run in page.citations[0]) == "(Bo et al., 2000)"
    assert text(page.references["a"]) == "Bo, L. et al. (2000) T."


@pytest.mark.parametrize("style", [works.NUMERIC, ALIGNED], ids=lambda style: style.name)
def test_list_has_no_numbers(style: Style) -> None:
    work = "@book{a, title = {T}, author = {Bo, Li}, year = 2000}"
    assert text(format_listed(work, style)) == "Li Bo, T, 2000."
    assert (
        text(works.library(style, work).format_page([[Cite("a")]]).references["a"]) == "[1] Li Bo, T, 2000."
    )


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
        # A name without given names is the owner's only if it is the whole name.
        ("Person and Bo, Li", works.HARVARD, []),
    ],
)
def test_only_the_owner_is_marked(author: str, style: Style, names: list[str]) -> None:
    runs = format_listed(
        f"@article{{a, title = {{Ada Q. Person}}, author = {{{author}}}, journal = {{Ada Q. Person, A.Q.}}, "
        "volume = 3}",
        style,
    )
    assert own(runs) == names
    assert text(runs).count("Ada Q. Person") > names.count("Ada Q. Person")


def test_first_of_two_identical_names_is_not_the_owner() -> None:
    runs = format_listed("@book{a, title = {T}, author = {Person, Alan and Person, Ada}, year = 2000}")
    assert [(run.text, run.owner) for run in runs][:2] == [("Person, A. and ", False), ("Person, A.", True)]


def test_particle_is_part_of_the_name() -> None:
    (person,) = people.parse_authors("van den Berg, Ana B.")
    for before, after in [("Bo, van den ", ", A.B. (2000)"), ("Bo, Ana B. van den ", ", A. Li")]:
        runs = publication_list.mark_owner((Run(before), Run("Berg", owner=True), Run(after)), person)
        assert own(runs) == [
            f"{before}Berg{after}".removeprefix("Bo, ").removesuffix(" (2000)").removesuffix(", A. Li")
        ]
        assert text(runs) == f"{before}Berg{after}"


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
def test_reference_names_kind_and_editor(entry: str, reference: str) -> None:
    assert reference in text(format_listed(entry))


def test_work_without_authors_is_cited_by_editor_or_title() -> None:
    library = works.library(
        text="@book{a, title = {T}, editor = {Bo, Li}, year = 2019}\n@book{b, title = {Untold}, year = 2019}"
    )
    page = library.format_page([[Cite("a")], [Cite("b")]])
    assert [text(runs) for runs in page.citations] == ["(Bo, 2019)", "(Untold, 2019)"]


@pytest.mark.parametrize("reference", [(Run("Bo (2000)"),), ()])
def test_a_reference_without_a_title_is_a_link_as_a_whole(reference: tuple[Run, ...]) -> None:
    class Formatter(CitationFormatter):
        def format_references(self, items: Any) -> dict[str, tuple[Run, ...]]:
            return {item["id"]: reference for item in items}

    portfolio = Portfolio(Record(publications=tuple(works.publications("@book{a, title = {T}}").values())))
    (kind,) = publication_list.list_publications(portfolio, Formatter(works.HARVARD), works.OWNER).kinds
    runs = kind.years[0].works[0].reference
    assert [(run.text, run.title) for run in runs] == [(reference[0].text if reference else "T", True)]
