"""What a page's head tells: JSON-LD in schema.org's terms, and ``meta`` for scholars and social networks."""

import json
from pathlib import Path
from typing import Any

import pytest

from portfolio.loading import Record
from portfolio.models import Education
from portfolio.renderers import json_ld, json_ld_record, meta_tags
from portfolio.renderers.page import Page, Step
from portfolio.renderers.profile import Profile
from portfolio.views import Portfolio
from tests.support import faces
from tests.unit.portfolio.renderers.samples import PROFILE, of_publication, of_role

HOME = Step("Home", "https://example.org/p/")
POST = Page(
    "https://example.org/p/post/",
    'On "x" & <y>',
    description="Why\n so",
    published="2026-01-31",
    authors=("Ada Q. Person", "Guest"),
    tags=("t",),
    trail=(HOME, Step("Post", "https://example.org/p/post/")),
    image="https://example.org/p/card.png",
)


RELATIONS = {"worksFor", "memberOf", "alumniOf", "affiliation"}


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({"end_date": "present"}, "worksFor"),
        ({"date": "2019/.."}, "worksFor"),
        ({"end_date": "2019~"}, "memberOf"),
        ({"start_date": "2019"}, "memberOf"),
        ({}, "memberOf"),
        ({"end_date": "present", "basis": {"end_date": "inferred"}}, "memberOf"),
    ],
)
def test_somebody_works_where_it_is_stated_to_go_on(fields: dict[str, Any], relation: str) -> None:
    person = json_ld_record.person(of_role(**fields), PROFILE)[0]
    assert RELATIONS & person.keys() == {relation}


@pytest.mark.parametrize(
    ("fields", "relation"),
    [
        ({"end_date": "2005"}, "alumniOf"),
        ({"degree": "MSc"}, "alumniOf"),
        ({"degree": "MSc", "start_date": "2024"}, "affiliation"),
        ({"degree": "MSc", "end_date": "present"}, "affiliation"),
        ({}, "affiliation"),
    ],
)
def test_somebody_is_an_alumnus_of_what_is_over(fields: dict[str, Any], relation: str) -> None:
    entry = Education.model_validate({"id": "e", "institution": "U", "area": "A", **fields})
    person = json_ld_record.person(Portfolio(Record(education=(entry,))), PROFILE)[0]
    assert RELATIONS & person.keys() == {relation}


def test_a_publication_has_its_own_authors_and_place(tmp_path: Path) -> None:
    shown = of_publication(
        tmp_path,
        "@article{a, title = {A}, author = {Guest, Some}, journal = {J}, publisher = {P}, date = {2018~}}\n"
        "@misc{b, title = {B}, author = {Person, Ada Q.}, howpublished = {arXiv:1}, arxiv = {1},"
        " date = {2019-05}}",
    )
    page = Page(POST.url, "List", trail=(HOME,))
    *_, b, a = json_ld.graph(page, shown, PROFILE, publications=True)["@graph"]
    assert a["author"] == [{"@type": "Person", "name": "Some Guest"}]
    assert a["isPartOf"] == {"@type": "Periodical", "name": "J"}
    assert a["publisher"] == {"@type": "Organization", "name": "P"}
    assert "datePublished" not in a
    assert b["author"][0]["@id"] == f"{PROFILE.url}#person"
    assert b["datePublished"] == "2019-05"
    assert "publisher" not in b
    assert faces.check_terms([a, b]) > 10


def test_a_site_without_an_address_has_no_broken_ids() -> None:
    profile = Profile(PROFILE.name, "S")
    trail = (Step("Home", ""), Step("P", ""))
    post = Page("", "P", published="2026-01-31", authors=(profile.name,), trail=trail)
    for page in (Page("", "S"), post):
        text = json_ld.embed(json_ld.graph(page, Portfolio(Record()), profile))
        assert '""' not in text
    crumbs, posting = json_ld.graph(post, Portfolio(Record()), profile)["@graph"]
    assert [sorted(item) for item in crumbs["itemListElement"]] == [["@type", "name", "position"]] * 2
    assert posting["author"] == [{"@type": "Person", "name": profile.name}]
    assert not any(name.startswith("og:url") for name, _ in meta_tags.social(post, profile))


def test_two_posts_of_one_title_are_two() -> None:
    pages = [Page(f"https://example.org/p/{n}/", "T", published="2026-01-31", trail=(HOME,)) for n in (1, 2)]
    nodes = [json_ld.graph(page, Portfolio(Record()), PROFILE)["@graph"][-1] for page in pages]
    assert [node["@id"] for node in nodes] == [page.url for page in pages]


def test_a_post_says_whose_it_is() -> None:
    graph = json_ld.graph(POST, Portfolio(Record()), PROFILE)
    breadcrumbs, post = graph["@graph"]
    assert [item["position"] for item in breadcrumbs["itemListElement"]] == [1, 2]
    assert post["author"] == [
        {"@type": "Person", "@id": f"{PROFILE.url}#person", "name": PROFILE.name},
        {"@type": "Person", "name": "Guest"},
    ]
    assert json.loads(json_ld.embed(graph)) == graph
    assert faces.check_terms(graph["@graph"]) > 5


def test_scholar_is_told_of_posts_only() -> None:
    pairs = meta_tags.citation(POST)
    assert [value for name, value in pairs if name == "citation_author"] == ["Ada Q. Person", "Guest"]
    assert dict(pairs)["citation_publication_date"] == "2026/01/31"
    assert meta_tags.citation(Page("https://example.org/p/", "Home")) == []


def test_a_card_is_large_where_there_is_an_image() -> None:
    with_image = dict(meta_tags.social(POST, PROFILE))
    assert with_image["twitter:card"] == "summary_large_image"
    assert with_image["og:image"] == POST.image
    assert with_image["og:description"] == "Why so"
    home = dict(meta_tags.social(Page("https://example.org/p/", "Home"), PROFILE))
    assert (home["twitter:card"], home["og:type"]) == ("summary", "profile")
    assert "og:image" not in home
