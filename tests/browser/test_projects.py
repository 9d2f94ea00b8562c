"""The page of projects in a browser: its filter, by keyboard and without JavaScript; its layout; axe."""

import pytest
from playwright.sync_api import Page

from tests.support.browsing import NewPage, Scheme, find_axe_violations

ALL = ["slab", "catenary", "جسر-معلق", "wind-on-a-bare-cable"]


def open_projects(new_page: NewPage, persona_url: str, fragment: str = "", **options: bool | int) -> Page:
    page = new_page(**options)  # type: ignore[arg-type]
    page.goto(f"{persona_url}/projects/{fragment}")
    return page


def visible_cards(page: Page) -> list[str]:
    ids = page.locator(".card h2").evaluate_all("all => all.filter(h => h.checkVisibility()).map(h => h.id)")
    return [str(id) for id in ids]


@pytest.mark.parametrize("javascript", [True, False])
def test_tags_filter_by_keyboard_without_javascript(
    new_page: NewPage, persona_url: str, javascript: bool
) -> None:
    page = open_projects(new_page, persona_url, javascript=javascript)
    assert visible_cards(page) == ALL
    page.get_by_role("navigation", name="Filter by tag").get_by_role("link", name="wind").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#tag:wind")
    assert visible_cards(page) == ALL[2:]
    # A screen reader reads what has the focus.
    line = page.locator(":focus")
    assert line.inner_text() == "2 of 4 projects: wind Show all"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#_all")
    assert visible_cards(page) == ALL


def test_a_filter_can_be_linked(new_page: NewPage, persona_url: str) -> None:
    page = open_projects(new_page, persona_url, "#tag:decks", javascript=False)
    assert visible_cards(page) == ALL[:2]
    assert page.evaluate("scrollY") == 0
    # From a card to another tag.
    page.locator("#catenary ~ .keywords").get_by_role("link", name="cables").click()
    assert visible_cards(page) == ALL[1:]
    # A link to a project shows all.
    page.goto(f"{persona_url}/projects/#slab")
    assert visible_cards(page) == ALL


def test_a_story_leads_to_the_projects_with_its_tag(new_page: NewPage, persona_url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{persona_url}/projects/slab/")
    page.locator(".story-head").get_by_role("link", name="decks").click()
    assert visible_cards(page) == ALL[:2]


def test_the_titles_of_neighbours_are_on_one_line(new_page: NewPage, persona_url: str) -> None:
    page = open_projects(new_page, persona_url, "#tag:decks")
    picture, title = (page.locator(f".card {part}").first.bounding_box() for part in (".image", "h2"))
    assert picture
    assert title
    assert picture["y"] + picture["height"] <= title["y"]
    assert picture["width"] / picture["height"] == pytest.approx(8 / 5, abs=0.1)


@pytest.mark.parametrize("width", [1280, 760, 390, 320])
def test_cards_fit_the_window(new_page: NewPage, persona_url: str, width: int) -> None:
    page = open_projects(new_page, persona_url, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    columns = {box["x"] for card in page.locator(".card").all() if (box := card.bounding_box())}
    assert len(columns) == (2 if width > 1000 else 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_fits_the_scheme(new_page: NewPage, persona_url: str, scheme: Scheme) -> None:
    page = new_page(scheme=scheme)
    page.goto(f"{persona_url}/projects/")
    names = page.locator(".card:first-child img:visible").evaluate_all("all => all.map(i => i.currentSrc)")
    assert ["deck.dark." in name for name in names] == [scheme == "dark"]


def test_a_card_in_arabic_runs_from_the_right(new_page: NewPage, persona_url: str) -> None:
    page = open_projects(new_page, persona_url)
    card = page.locator(".card", has=page.locator("[id='جسر-معلق']"))
    box, title = card.bounding_box(), card.locator("h2")
    right = title.evaluate("h => { const r = document.createRange(); r.selectNodeContents(h);"
                           " return r.getBoundingClientRect().right }")  # fmt: skip
    assert box
    assert right == pytest.approx(box["x"] + box["width"], abs=2)


@pytest.mark.parametrize("path", ["projects/", "projects/#tag:wind", "projects/slab/"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violations(new_page: NewPage, persona_url: str, path: str, width: int) -> None:
    page = new_page(width=width)
    page.goto(f"{persona_url}/{path}")
    assert find_axe_violations(page) == []
