"""The timeline in a browser: with and without JavaScript, by keyboard, on a phone, in print."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import html
from tests.support.browsing import NewPage

# Texts that overlap a text or a bar, with a tolerance of one pixel for descenders.
OVERLAPS = """() => {
  const visible = selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length);
  const boxes = visible('.picture text').map(e => [e, e.getBoundingClientRect()]);
  const bars = visible('.picture .mark :is(rect, circle):not(.reach)')
    .map(e => [e, e.getBoundingClientRect()]);
  const within = (low, high, start, end) => low < end - 1 && start < high - 1;
  const hit = (a, b) => within(a.left, a.right, b.left, b.right) && within(a.top, a.bottom, b.top, b.bottom);
  const overlaps = [];
  boxes.forEach(([e, box], i) => {
    for (const [f, neighbour] of [...boxes.slice(i + 1), ...bars])
      if (hit(box, neighbour))
        overlaps.push(`${e.textContent.trim()} / ${(f.textContent || f.tagName).trim()}`);
  });
  return overlaps;
}"""


def visible_entries(page: Page) -> int:
    return page.locator(".story .entry:visible").count()


@pytest.mark.parametrize("width", [1280, 1000, 760, 390, 320])
def test_chart_labels_do_not_overlap(new_page: NewPage, site_url: str, width: int) -> None:
    page = new_page(width=width)
    page.goto(f"{site_url}/timeline/")
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_the_upright_chart_beside_the_list(new_page: NewPage, site_url: str) -> None:
    page = new_page(width=390, height=844)
    page.goto(f"{site_url}/timeline/")
    assert not page.locator(".picture .wide").is_visible()
    picture = page.locator(".picture .upright").bounding_box()
    story = page.locator(".story").bounding_box()
    assert picture
    assert story
    assert picture["height"] > 2 * picture["width"]
    assert picture["x"] + picture["width"] <= story["x"]
    page.locator(".story .entry").nth(3).evaluate("e => e.scrollIntoView({behavior: 'instant'})")
    assert page.evaluate("scrollY") > picture["y"]
    top = page.evaluate("document.querySelector('.picture .upright').getBoundingClientRect().top")
    assert 0 <= top < 844 - picture["height"]


@pytest.mark.parametrize("javascript", [True, False])
def test_kinds_can_be_filtered_by_keyboard_without_javascript(
    new_page: NewPage, site_url: str, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.goto(f"{site_url}/timeline/")
    everything = visible_entries(page)
    roles = page.locator(".kind[data-kind=roles] .entry").count()
    page.locator(".choice input[value=roles]").focus()
    page.keyboard.press("Space")
    assert visible_entries(page) == everything - roles
    assert not page.locator(".picture .wide [data-kind=roles]").is_visible()
    page.keyboard.press("Space")
    assert visible_entries(page) == everything


def test_a_filter_can_be_linked_and_reset(new_page: NewPage, site_url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/timeline/")
    everything = visible_entries(page)
    talks = page.locator(".kind[data-kind=talks] .entry").count()
    page.goto(f"{site_url}/timeline/#only-talks")
    assert visible_entries(page) == talks
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Show all").click()
    assert visible_entries(page) == everything


def test_a_link_to_a_hidden_entry_shows_it(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    page.goto(f"{site_url}/timeline/")
    page.locator(".choice input[value=talks]").uncheck()
    talk = page.locator(".kind[data-kind=talks] .entry").first
    target = talk.locator("h4").get_attribute("id")
    assert not talk.is_visible()
    page.evaluate("id => { location.hash = id }", target)
    assert talk.is_visible()


def test_all_entries_are_visible_without_javascript(new_page: NewPage, site_url: str, site: Path) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/timeline/")
    built = html.parse(site / "timeline" / "index.html").css(".story .entry")
    assert visible_entries(page) == len(built)
    assert page.locator(".picture .wide").is_visible()


def test_a_mark_links_to_its_entry(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    page.goto(f"{site_url}/timeline/")
    mark = page.locator(".picture .wide [data-kind=roles] .mark").last
    mark.focus()
    page.keyboard.press("Enter")
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.locator(f"[id='{target}']").evaluate("e => e.matches(':target')")


def test_sources_are_collapsed_by_default(new_page: NewPage, site_url: str) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/timeline/")
    source = page.locator(".story .source").first
    assert not source.locator("p").first.is_visible()
    source.locator("summary").click()
    assert source.locator("p").first.is_visible()


def test_print_has_the_wide_chart_and_all_entries(new_page: NewPage, site_url: str) -> None:
    page = new_page(width=794)
    page.goto(f"{site_url}/timeline/")
    page.emulate_media(media="print")
    assert page.locator(".picture .wide").is_visible()
    assert not page.locator(".choice").is_visible()
    assert visible_entries(page) == page.locator(".story .entry").count()
