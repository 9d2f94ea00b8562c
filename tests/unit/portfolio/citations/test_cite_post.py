"""How to cite a post, and a work's BibTeX: read again by another library."""

from datetime import date

import pytest
from pybtex.database import parse_string

from portfolio.citations import bibtex_entry
from portfolio.citations.cite_post import how_to_cite
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.styles import Style
from tests.unit.portfolio.citations import works


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC], ids=lambda style: style.name)
def test_a_post_is_cited_in_a_sentence_and_in_bibtex(style: Style) -> None:
    told = how_to_cite(
        CitationFormatter(style),
        works.OWNER,
        id="a-post",
        title="50 % of & <all> {x}",
        authors=["Ada Q. Person", "Sons, Daughters and Co", "The working group"],
        day=date(2025, 3, 29),
        url="https://example.org/a_post/",
    )
    sentence = "".join(run.text for run in told.reference)
    assert "50 % of & <all> {x}" in sentence
    assert "2025" in sentence
    entry = parse_string(told.bibtex, "bibtex").entries["a-post"]
    assert entry.type == "online"
    assert entry.fields["date"] == "2025-03-29"
    assert entry.fields["url"] == "https://example.org/a_post/"
    assert "The working group" in sentence
    assert [" ".join(person.last_names) for person in entry.persons["author"]] == [
        "Person",
        "{Sons, Daughters and Co}",
        "{The working group}",
    ]


def test_without_date_and_address_none_is_told() -> None:
    told = how_to_cite(
        CitationFormatter(works.HARVARD),
        works.OWNER,
        id="p",
        title="T",
        authors=["Ada Person"],
        day=None,
        url="",
    )
    assert not {"date", "url", "year"} & parse_string(told.bibtex, "bibtex").entries["p"].fields.keys()


def test_an_entry_has_what_bibtex_knows_and_nothing_else() -> None:
    text = (
        "@misc{a, title = {T}, author = {A, B}, abstract = {L}, code = {https://a.example}, pages = {1--2}, "
        "annote = {x}, key = {k}, keywords = {w}, eprint = {2001.1}, archiveprefix = {arXiv}}"
    )
    entry = parse_string(bibtex_entry.of(works.publications(text)["a"], works.OWNER), "bibtex").entries["a"]
    assert set(entry.fields) == {"title", "pages", "eprint", "eprinttype"}
    assert entry.fields["pages"] == "1-2"
