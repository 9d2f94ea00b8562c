"""The head of a page: JSON-LD, and ``meta`` elements for Google Scholar and social networks."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portfolio.exports import json_ld, meta_tags
from portfolio.exports.meta_tags import PageInfo
from portfolio.record.models import Education, Publication
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import PROFILE, portfolio_with_role, read_publications

HOME = ("Home", "https://example.org/p/")
POST = PageInfo(
    "https://example.org/p/post/",
    'On "x" & <y>',
    description="Why\n so",
    published="2026-01-31",
    authors=("Ada Q. Person", "Guest"),
    tags=("t",),
    trail=(HOME, ("Post", "https://example.org/p/post/")),
    image="https://example.org/p/card.png",
)


RELATIONS = {"worksFor", "memberOf", "alumniOf", "affiliation"}  # all properties that could contain a role


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({"end_date": "present"}, "worksFor"),
        ({"date": "2019/.."}, "worksFor"),
        ({"end_date": "2019~"}, "alumniOf"),
        ({"date": "2019"}, "alumniOf"),
        ({"start_date": "2019"}, None),
        ({}, None),
        ({"end_date": "present", "basis": {"end_date": "inferred"}}, None),
        ({"end_date": "2019", "basis": "inferred"}, None),
    ],
)
def test_roles_that_are_neither_ongoing_nor_over_are_left_out(
    fields: dict[str, Any], relation: str | None
) -> None:
    person, losses = json_ld.person_node(portfolio_with_role(**fields), PROFILE)
    assert RELATIONS & person.keys() == {relation} - {None}
    assert any("it is left out" in loss.message for loss in losses) == (relation is None)


def test_a_role_without_certain_end_has_no_start() -> None:
    person, losses = json_ld.person_node(portfolio_with_role(start_date="2016", end_date="2019~"), PROFILE)
    (role,) = person["alumniOf"]
    assert not role.keys() & {"startDate", "endDate"}
    assert len([loss for loss in losses if loss.id == "r"]) == 2


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({"end_date": "2005"}, "alumniOf"),
        ({"end_date": "2025-12"}, "alumniOf"),
        # It may end in December.
        ({"end_date": "2026"}, None),
        ({"degree": "MSc"}, "alumniOf"),
        ({"degree": "MSc", "start_date": "2024"}, None),
        ({"degree": "MSc", "end_date": "present"}, "affiliation"),
        ({}, None),
    ],
)
def test_alumni_of_education_that_is_over(fields: dict[str, Any], relation: str | None) -> None:
    entry = Education.model_validate({"id": "e", "institution": "U", "area": "A", **fields})
    person = json_ld.person_node(Portfolio(Record(education=(entry,))), PROFILE, date(2026, 6, 1))[0]
    assert RELATIONS & person.keys() == {relation} - {None}


def test_a_publication_has_its_authors_and_venue(tmp_path: Path) -> None:
    portfolio = read_publications(
        tmp_path,
        "@article{a, title = {A}, author = {Guest, Some}, journal = {J}, publisher = {P}, date = {2018~}}\n"
        "@misc{b, title = {B}, author = {Person, Ada Q.}, howpublished = {arXiv:1}, arxiv = {1},"
        " date = {2019-05}}",
    )
    page = PageInfo(POST.url, "List", trail=(HOME,))
    publications = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    *_, b, a = json_ld.build_graph(page, portfolio, PROFILE, entries=publications)["@graph"]
    assert a["author"] == [{"@type": "Person", "name": "Some Guest"}]
    assert a["isPartOf"] == {"@type": "Periodical", "name": "J"}
    assert a["publisher"] == {"@type": "Organization", "name": "P"}
    assert "datePublished" not in a
    assert b["author"][0]["@id"] == f"{PROFILE.url}#person"
    assert b["datePublished"] == "2019-05"
    assert b["@id"] == f"{POST.url}#b"
    assert "publisher" not in b
    assert export_readers.count_valid_terms([a, b]) > 10


def test_a_site_without_url_has_valid_ids() -> None:
    profile = Profile(PROFILE.name, "S")
    trail = (("Home", ""), ("P", ""))
    post = PageInfo("", "P", published="2026-01-31", authors=(profile.name,), trail=trail)
    for page in (PageInfo("", "S"), post):
        text = json_ld.to_script_text(json_ld.build_graph(page, Portfolio(Record()), profile))
        assert '""' not in text
    (posting,) = json_ld.build_graph(post, Portfolio(Record()), profile)["@graph"]
    assert posting["author"] == [{"@type": "Person", "name": profile.name}]
    assert not any(name.startswith("og:url") for name, _ in meta_tags.social_tags(post, profile))


def test_posts_with_the_same_title_have_different_ids() -> None:
    pages = [
        PageInfo(f"https://example.org/p/{n}/", "T", published="2026-01-31", trail=(HOME,)) for n in (1, 2)
    ]
    nodes = [json_ld.build_graph(page, Portfolio(Record()), PROFILE)["@graph"][-1] for page in pages]
    assert [node["@id"] for node in nodes] == [page.url for page in pages]


def test_a_post_has_its_authors() -> None:
    graph = json_ld.build_graph(POST, Portfolio(Record()), PROFILE)
    breadcrumbs, post = graph["@graph"]
    assert [item["position"] for item in breadcrumbs["itemListElement"]] == [1, 2]
    assert post["author"] == [
        {"@type": "Person", "@id": f"{PROFILE.url}#person", "name": PROFILE.name},
        {"@type": "Person", "name": "Guest"},
    ]
    assert json.loads(json_ld.to_script_text(graph)) == graph
    assert export_readers.count_valid_terms(graph["@graph"]) > 5


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("@online{a, publisher = {preprints.org}", "ScholarlyArticle"),
        ("@misc{a, howpublished = {bioRxiv}", "ScholarlyArticle"),
        ("@unpublished{a, note = {N}", "ScholarlyArticle"),
        ("@article{a, journal = {J}", "ScholarlyArticle"),
        ("@online{a, organization = {Blog}", "Article"),
        ("@techreport{a, institution = {I}", "Report"),
    ],
)
def test_papers_and_preprints_are_scholarly(tmp_path: Path, entry: str, kind: str) -> None:
    (publication,) = read_publications(tmp_path, f"{entry}, title = {{A}}}}").record.publications
    assert json_ld.publication_node(publication, POST, PROFILE)["@type"] == kind


def test_authors_are_organisations_or_the_owner_in_any_spelling(tmp_path: Path) -> None:
    (publication,) = read_publications(
        tmp_path,
        "@book{a, title = {A}, author = {{Barnes and {N}oble, Inc.} and Person, A. Q. and Plato"
        " and {de la} {Tour}}, editor = {Guest, Some}, pdf = {https://example.org/p/files/a.pdf}}",
    ).record.publications
    node = json_ld.publication_node(publication, POST, PROFILE)
    assert node["author"] == [
        {"@type": "Organization", "name": "Barnes and Noble, Inc."},
        {"@type": "Person", "@id": f"{PROFILE.url}#person", "name": "A. Q. Person"},
        {"@type": "Person", "name": "Plato"},
        {"@type": "Person", "name": "de la Tour"},
    ]
    assert node["editor"] == [{"@type": "Person", "name": "Some Guest"}]
    assert node["encoding"]["contentUrl"] == f"{PROFILE.url}files/a.pdf"
    assert export_readers.count_valid_terms(node) > 5


def test_citation_tags_of_a_publication(tmp_path: Path) -> None:
    (publication,) = read_publications(
        tmp_path,
        "@article{a, title = {A}, author = {Guest, Some and Person, Ada}, journal = {J}, date = {2019-05},"
        " volume = 3, number = 2, pages = {1--9}, doi = {https://doi.org/10.1000/x}, pdf = {https://example.org/p/papers/a.pdf}}",
    ).record.publications
    page = PageInfo(f"{PROFILE.url}papers/a/", "Page", trail=(HOME,))
    assert meta_tags.citation_tags(page, PROFILE, publication) == [
        ("citation_title", "A"),
        ("citation_author", "Some Guest"),
        ("citation_author", "Ada Person"),
        ("citation_publication_date", "2019/05"),
        ("citation_journal_title", "J"),
        ("citation_issue", "2"),
        ("citation_volume", "3"),
        ("citation_firstpage", "1"),
        ("citation_lastpage", "9"),
        ("citation_doi", "10.1000/x"),
        ("citation_abstract_html_url", page.url),
        ("citation_pdf_url", f"{PROFILE.url}papers/a.pdf"),
    ]
    (approximate,) = read_publications(
        tmp_path / "b", "@misc{b, title = {B}, date = {2019~}}"
    ).record.publications
    assert dict(meta_tags.citation_tags(page, PROFILE, approximate)).keys() == {
        "citation_title",
        "citation_abstract_html_url",
    }


def test_tags_have_no_control_characters() -> None:
    assert dict(meta_tags.social_tags(PageInfo("", "A\x07 \x1b[B\x85"), PROFILE))["og:title"] == "A [B"


def test_citation_tags_of_a_post() -> None:
    pairs = meta_tags.citation_tags(POST, PROFILE)
    assert [value for name, value in pairs if name == "citation_author"] == ["Ada Q. Person", "Guest"]
    assert dict(pairs)["citation_publication_date"] == "2026/01/31"
    assert meta_tags.citation_tags(PageInfo("https://example.org/p/", "Home"), PROFILE) == []


def test_a_publication_is_the_same_as_its_doi_unless_that_is_its_url(tmp_path: Path) -> None:
    publications = read_publications(
        tmp_path,
        "@misc{a, title = {A}, doi = {10.1000/a}, arxiv = {2001.00001}, url = {https://example.org/a}}\n"
        "@misc{b, title = {B}, doi = {10.1000/b}}",
    ).record.publications
    nodes = {entry.id: json_ld.publication_node(entry, POST, PROFILE) for entry in publications}
    assert nodes["a"]["url"] == "https://example.org/a"
    assert nodes["a"]["sameAs"] == ["https://doi.org/10.1000/a", "https://arxiv.org/abs/2001.00001"]
    assert nodes["b"]["url"] == "https://doi.org/10.1000/b"
    assert "sameAs" not in nodes["b"]


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (PageInfo(PROFILE.url, "Home"), "profile"),
        (POST, "article"),
        (PageInfo(POST.url, "Page", trail=POST.trail), "website"),
    ],
)
def test_the_type_of_a_page(page: PageInfo, kind: str) -> None:
    assert dict(meta_tags.social_tags(page, PROFILE))["og:type"] == kind


def test_the_twitter_card_is_large_if_there_is_an_image() -> None:
    with_image = dict(meta_tags.social_tags(POST, PROFILE))
    assert with_image["twitter:card"] == "summary_large_image"
    assert with_image["og:image"] == POST.image
    assert with_image["og:description"] == "Why so"
    home = dict(meta_tags.social_tags(PageInfo("https://example.org/p/", "Home"), PROFILE))
    assert (home["twitter:card"], home["og:type"]) == ("summary", "profile")
    assert "og:image" not in home
