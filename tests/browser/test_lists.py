"""Long lists in a browser: the filter of publications, links to their parts, printing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from portfolio.record.dates import format_date
from portfolio.record.models import Publication, classify_publication
from tests.support import server
from tests.support.browsing import NewPage, find_axe_violations
from tests.support.built import Built

# The references abbreviate the given name. The query has other letters and another order.
_AUTHOR, _QUERY = "Kowalczyk, Łukasz", "LUKASZ  kowalczyk"
_VISIBLE = "entries => entries.filter(e => e.checkVisibility()).map(e => e.querySelector('h4').id)"
_HEADINGS = """headings => headings.filter(h => h.checkVisibility()).map(h => h.textContent.trim())"""


@pytest.fixture(scope="module")
def url(academic_site: Built) -> Iterator[str]:
    """The URL of the academic's site."""
    with server.serve(academic_site.site) as url:
        yield url


@pytest.fixture(scope="module")
def publications(academic_site: Built) -> list[Publication]:
    entries = academic_site.portfolio.entries("publications")
    return [entry for entry in entries if isinstance(entry, Publication)]


@pytest.fixture
def page(new_page: NewPage, url: str) -> Page:
    """The list of publications."""
    page = new_page()
    page.goto(f"{url}/publications/")
    return page


def visible_ids(page: Page) -> set[str]:
    return {*page.locator(".works .entry").evaluate_all(_VISIBLE)}


def status(page: Page) -> str:
    return page.locator(".filter [role=status]").inner_text()


def type_query(page: Page, query: str) -> None:
    page.get_by_role("searchbox", name="Filter by title").press_sequentially(query)


def test_without_script_all_publications_are_listed_and_no_control(
    url: str, publications: list[Publication], new_page: NewPage
) -> None:
    page = new_page(javascript=False)
    page.goto(f"{url}/publications/")
    assert visible_ids(page) == {entry.id for entry in publications}
    assert page.locator("article :is(input, select, button):visible").count() == 0
    page.locator(".jump").get_by_role("link", name="Books").click()
    assert page.locator("h2:target").inner_text().startswith("Books and theses")


def test_text_is_found_without_its_case_and_accents(page: Page, publications: list[Publication]) -> None:
    everything = {entry.id for entry in publications}
    assert status(page) == f"{len(everything)} publications"
    type_query(page, _QUERY)
    expected = {entry.id for entry in publications if _AUTHOR in entry.author}
    assert 0 < len(expected) < len(everything)
    assert visible_ids(page) == expected
    assert status(page) == f"{len(expected)} of {len(everything)} publications"
    page.keyboard.press("Escape")
    assert visible_ids(page) == everything
    assert status(page) == f"{len(everything)} publications"


def test_kind_and_year_are_chosen_and_empty_headings_hidden(
    page: Page, publications: list[Publication]
) -> None:
    page.get_by_label("Kind", exact=True).select_option("kind-papers")
    page.get_by_label("Year", exact=True).select_option("2012")
    # Also "about 2012".
    expected = [
        entry.id
        for entry in publications
        if classify_publication(entry) == "papers" and entry.date and "2012" in format_date(entry.date)
    ]
    assert len(expected) > 1
    assert visible_ids(page) == {*expected}
    headings = page.locator("h2.kind, .works h3").evaluate_all(_HEADINGS)
    assert headings[0].split()[:2] == ["Papers", str(len(expected))]
    assert all("2012" in heading for heading in headings[1:])


def test_no_match_leads_back_to_all(page: Page, publications: list[Publication]) -> None:
    type_query(page, "no such publication")
    assert visible_ids(page) == set()
    assert status(page) == "No publication matches."
    page.get_by_role("button", name="Show all").press("Enter")
    assert visible_ids(page) == {entry.id for entry in publications}
    assert page.evaluate("document.activeElement.name") == "text"
    assert page.get_by_role("button", name="Show all").count() == 0


def test_the_url_has_the_filter(page: Page, url: str) -> None:
    type_query(page, "kowalczyk ")
    page.get_by_label("Year", exact=True).select_option("2019")
    expect(page).to_have_url(f"{url}/publications/?text=kowalczyk&year=2019")
    found = visible_ids(page)
    page.reload()
    assert visible_ids(page) == found
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Show all").click()
    expect(page).to_have_url(f"{url}/publications/")


def test_a_url_with_an_unknown_kind_or_year_lists_everything(
    new_page: NewPage, url: str, publications: list[Publication]
) -> None:
    page = new_page()
    page.goto(f"{url}/publications/?kind=poems&year=1066#%")
    assert visible_ids(page) == {entry.id for entry in publications}
    assert page.locator(".filter select").evaluate_all(
        "list => list.map(s => s.selectedOptions[0].label)"
    ) == [
        "All kinds",
        "All years",
    ]
    assert new_page.record(page).errors == []


def test_a_link_to_a_filtered_publication_shows_it(
    new_page: NewPage, url: str, publications: list[Publication]
) -> None:
    target = next(entry.id for entry in publications if _AUTHOR not in entry.author)
    page = new_page()
    page.goto(f"{url}/publications/?text=kowalczyk#{target}")
    assert page.locator(f"[id='{target}']").is_visible()
    type_query(page, "kowalczyk")
    assert target not in visible_ids(page)
    expect(page).to_have_url(f"{url}/publications/?text=kowalczyk")
    page.evaluate("id => { location.hash = id }", target)
    expect(page.locator(f"[id='{target}']")).to_be_in_viewport()


def test_only_matches_are_printed_with_what_was_asked_for(
    page: Page, publications: list[Publication]
) -> None:
    page.emulate_media(media="print")
    assert page.locator(".filter").is_hidden()
    page.emulate_media(media="screen")
    type_query(page, "kowalczyk")
    page.get_by_label("Kind", exact=True).select_option("kind-papers")
    page.emulate_media(media="print")
    expected = {
        entry.id
        for entry in publications
        if _AUTHOR in entry.author and classify_publication(entry) == "papers"
    }
    assert visible_ids(page) == expected
    assert page.locator(".filter").inner_text() == (
        f"{len(expected)} of {len(publications)} publications (“kowalczyk”, Papers)"
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violations_in_a_filtered_list(new_page: NewPage, url: str, width: int) -> None:
    page = new_page(width=width)
    page.goto(f"{url}/publications/?year=2019")
    assert find_axe_violations(page) == []


def test_years_of_a_long_list_are_links(new_page: NewPage, url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{url}/talks/")
    years = page.locator(".jump a").all_inner_texts()
    assert years == sorted(years, reverse=True)
    page.locator(".jump").get_by_role("link", name="2012").click()
    expect(page.locator("h2:target")).to_be_in_viewport()
    assert page.locator("h2:target bdi").inner_text() == "2012"


def test_the_target_far_down_a_long_list_comes_into_view(new_page: NewPage, url: str) -> None:
    page = new_page(width=390, height=844)
    page.goto(f"{url}/publications/")
    last = page.locator(".works .entry > h4").last.get_attribute("id")
    page.evaluate("id => { location.hash = id }", last)
    expect(page.locator(f"[id='{last}']")).to_be_in_viewport()


def test_a_tag_of_a_post_leads_to_its_posts(new_page: NewPage, site_url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/musings/tags/")
    assert page.locator(".tagged:visible").count() == 0
    page.get_by_role("link", name="data", exact=True).click()
    section = page.locator(".tagged:visible")
    assert section.locator("h2").inner_text().startswith("data")
    section.get_by_role("link", name="Why a career has soft edges").click()
    page.locator(".tags").get_by_role("link", name="typography").click()
    assert section.get_by_role("listitem").count() == 1


def test_the_archive_has_anchors_for_years_and_months(new_page: NewPage, site_url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/musings/archive/2026/")
    expect(page).to_have_url(f"{site_url}/musings/archive/#2026")
    page.goto(f"{site_url}/musings/archive/#2026-10")
    assert page.locator("li:target").inner_text().startswith("26 Oct")


def test_short_lists_have_no_counts_and_no_filter(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    for path in ("/publications/", "/talks/", "/software/"):
        page.goto(site_url + path)
        assert page.locator("article :is(.count, .jump, .filter)").count() == 0
