"""The first screen of the home page, with a picture and without."""

import pytest
from playwright.sync_api import Page

from tests.support.browsing import NewPage, Scheme, find_axe_violations

# The sum of all layout shifts so far (web.dev/articles/cls).
SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


def open_home(new_page: NewPage, url: str, width: int, height: int, scheme: Scheme = "light") -> Page:
    page = new_page(width=width, height=height, scheme=scheme)
    page.goto(url + "/")
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_who_what_now_and_where_to_go_are_on_the_first_screen(
    persona_url: str, site_url: str, new_page: NewPage, width: int, height: int
) -> None:
    for url in (persona_url, site_url):
        page = open_home(new_page, url, width, height)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for selector in ("h1", ".tagline", ".facts li", ".actions li", ".profiles li"):
            for element in page.locator(f".intro {selector}").all():
                box = element.bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= height, selector


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_the_picture_is_square_and_moves_nothing(persona_url: str, new_page: NewPage, width: int) -> None:
    page = open_home(new_page, persona_url, width, 844)
    box = page.locator(".portrait img").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert box["y"] + box["height"] <= 844
    assert page.evaluate("document.querySelector('.portrait img').currentSrc").endswith(".avif")
    assert page.evaluate(SHIFT) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_screen_is_accessible(persona_url: str, new_page: NewPage, scheme: Scheme) -> None:
    page = open_home(new_page, persona_url, 1280, 800, scheme)
    assert find_axe_violations(page) == []


def test_a_name_in_another_script_does_not_turn_the_line_around(persona_url: str, new_page: NewPage) -> None:
    page = open_home(new_page, persona_url, 1280, 800)
    boxes = [item.bounding_box() for item in page.locator(".names li").all()]
    places = [box["x"] for box in boxes if box is not None]
    assert len(places) == 4
    assert places == sorted(places)


def test_print_leaves_out_the_links_within_the_site(persona_url: str, new_page: NewPage) -> None:
    page = open_home(new_page, persona_url, 1280, 800)
    page.emulate_media(media="print")
    visible = [link.inner_text() for link in page.locator(".actions a").all() if link.is_visible()]
    assert visible == ["office@example.org"]
    assert page.locator(".portrait img").is_visible()


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_actions_fit_and_are_large_enough(persona_url: str, new_page: NewPage, width: int) -> None:
    page = open_home(new_page, persona_url, width, 800)
    boxes = [link.bounding_box() for link in page.locator(".actions a, .intro .profiles a").all()]
    assert len(boxes) >= 5
    for box in boxes:
        assert box is not None
        assert box["height"] >= 24
        assert 0 <= box["x"] <= width - box["width"]
