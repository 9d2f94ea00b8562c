"""How to cite a post, and BibTeX entries as another library reads them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from portfolio.citations import biblatex
from portfolio.citations.cite_post import PostCitations
from portfolio.citations.csl import CitationFormatter, Style
from portfolio.core.runs import Run
from tests.unit.portfolio.citations import works

# With month and day, as in many styles for web pages.
DAILY = Style(
    "daily",
    works.HARVARD.text.replace(
        b'<date-part name="year"/>', b'<date-part name="year"/><date-part name="month" prefix=" "/>'
    ),
)
SIMPLE = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}(([,:;]? |[-’])[A-Za-z0-9]{1,8}){0,5}", fullmatch=True)


def item(title: str, url: str = "https://a.example/b_c/d-1/", day: date = date(2024, 5, 17)) -> Any:
    return {
        "id": "a",
        "type": "webpage",
        "title": title,
        "author": [{"family": "Person", "given": "Ada"}],
        "publisher": "Site",
        "URL": url,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
    }


@dataclass(frozen=True)
class CountingFormatter(CitationFormatter):
    """Records the ids of the references that it formats."""

    ids: list[str] = field(default_factory=list)

    def format_references(self, items: Any) -> dict[str, tuple[Run, ...]]:
        self.ids.extend(item["id"] for item in items)
        return super().format_references(items)


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC], ids=lambda style: style.name)
def test_post_is_cited_in_a_sentence_and_in_bibtex(style: Style) -> None:
    post = PostCitations(CitationFormatter(style), works.OWNER).cite(
        id="a-post",
        title="50 % of & <all> {x}",
        authors=["Ada Q. Person", "Sons, Daughters and Co", "The working group"],
        day=date(2025, 3, 29),
        url="https://example.org/a_post/",
    )
    sentence = "".join(run.text for run in post.reference)
    assert "50 % of & <all> {x}" in sentence
    assert "2025" in sentence
    entry = parse_string(post.bibtex, "bibtex").entries["a-post"]
    assert entry.type == "online"
    assert entry.fields["date"] == "2025-03-29"
    assert entry.fields["url"] == "https://example.org/a_post/"
    assert "The working group" in sentence
    assert [" ".join(person.last_names) for person in entry.persons["author"]] == [
        "Person",
        "{Sons, Daughters and Co}",
        "{The working group}",
    ]


def test_missing_date_and_url_are_left_out() -> None:
    post = PostCitations(CitationFormatter(works.HARVARD), works.OWNER).cite(
        id="p",
        title="T",
        authors=["Ada Person"],
        day=None,
        url="",
    )
    assert not {"date", "url", "year"} & parse_string(post.bibtex, "bibtex").entries["p"].fields.keys()


def test_bibtex_entry_has_only_known_fields() -> None:
    text = (
        "@misc{a, title = {T}, author = {A, B}, abstract = {L}, code = {https://a.example}, pages = {1--2}, "
        "annote = {x}, key = {k}, keywords = {w}, eprint = {2001.1}, archiveprefix = {arXiv}}"
    )
    entry = parse_string(biblatex.bibtex_entry(works.publications(text)["a"], works.OWNER), "bibtex").entries[
        "a"
    ]
    assert set(entry.fields) == {"title", "pages", "eprint", "eprinttype"}
    assert entry.fields["pages"] == "1-2"


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC, DAILY], ids=lambda style: style.name)
@settings(deadline=None, max_examples=20)
@given(
    st.one_of(SIMPLE, st.text(min_size=1, max_size=12).filter(str.strip)),
    st.sampled_from(["https://a.example/b_c/", "http://a.example/", "https://a.example/x.", "/b/"]),
    st.dates(date(900, 1, 1)),
)
def test_template_gives_the_same_reference_as_citeproc(style: Style, title: str, url: str, day: date) -> None:
    formatter = CitationFormatter(style)
    work = item(title, url, day)
    posts = PostCitations(formatter, works.OWNER)
    assert posts.format_reference(work) == formatter.format_references([work])["a"]


def test_simple_works_need_two_references() -> None:
    formatter = CountingFormatter(works.HARVARD)
    posts = PostCitations(formatter, works.OWNER)
    for number in range(20):
        post = posts.format_reference(item(f"Title {number}", day=date(2000 + number, 1, 1)))
        assert f"{2000 + number}) Title {number}" in "".join(run.text for run in post)
    assert len(formatter.ids) == 2
    # Punctuation that a style may not repeat.
    posts.format_reference(item("Why?"))
    assert len(formatter.ids) == 3


def test_style_with_months_formats_each_reference() -> None:
    assert DAILY.text != works.HARVARD.text
    formatter = CountingFormatter(DAILY)
    posts = PostCitations(formatter, works.OWNER)
    for number in range(3):
        posts.format_reference(item(f"Title {number}"))
    assert len(formatter.ids) == 5
