"""The timeline in a browser: with and without JavaScript, by keyboard, on a phone, in print."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import html
from tests.support.browsing import NewPage
from tests.support.built import Built

# Texts of the chart that overlap a text or a bar, with a tolerance of a pixel for descenders, or leave it.
MISPLACED = """() => {
  const visible = selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length);
  const boxes = visible('.chart text, .lane-title').map(e => [e, e.getBoundingClientRect()]);
  const bars = visible('.chart .mark :is(rect, circle):not(.reach)').map(e => [e, e.getBoundingClientRect()]);
  const within = (low, high, start, end) => low < end - 1 && start < high - 1;
  const hit = (a, b) => within(a.left, a.right, b.left, b.right) && within(a.top, a.bottom, b.top, b.bottom);
  const chart = document.querySelector('.chart').getBoundingClientRect();
  const misplaced = [];
  boxes.forEach(([e, box], i) => {
    if (box.left < chart.left - 1 || box.right > chart.right + 1) misplaced.push(`outside: ${e.textContent}`);
    for (const [f, neighbour] of [...boxes.slice(i + 1), ...bars])
      if (hit(box, neighbour))
        misplaced.push(`${e.textContent.trim()} / ${(f.textContent || f.tagName).trim()}`);
  });
  return misplaced;
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('.chart a > .reach, .choice label')]
  .map(e => e.getBoundingClientRect()).filter(box => box.width < 24 || box.height < 24).length"""


def visible_entries(page: Page) -> int:
    return page.locator(".story .entry:visible").count()


@pytest.mark.parametrize("width", [1280, 1000, 768])
def test_chart_labels_are_apart_and_inside(
    new_page: NewPage, site_url: str, persona_url: str, width: int
) -> None:
    page = new_page(width=width)
    for url in (site_url, persona_url):
        page.goto(f"{url}/timeline/")
        assert page.evaluate(MISPLACED) == []
        assert page.evaluate(SMALL_TARGETS) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_a_strip_that_marks_the_place_of_the_reader(new_page: NewPage, site_url: str) -> None:
    page = new_page(width=390, height=844)
    page.goto(f"{site_url}/timeline/")
    assert not page.locator(".chart").is_visible()
    strip = page.locator(".strip")
    place = strip.locator(".place")
    before = "0"
    for role in (page.locator("#only-roles .entry").nth(1), page.locator("#only-roles .entry").last):
        role.evaluate("e => scrollTo({top: e.getBoundingClientRect().top + scrollY - 300})")
        expect(place).not_to_have_attribute("x", before)
        before = place.get_attribute("x") or ""
        box = strip.bounding_box()
        assert box
        assert box["y"] == 0
        assert box["height"] < 110
    assert page.locator(".story .entry p").first.evaluate("e => e.getBoundingClientRect().width") > 300


@pytest.mark.parametrize("javascript", [True, False])
def test_kinds_can_be_filtered_by_keyboard_without_javascript(
    new_page: NewPage, site_url: str, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.goto(f"{site_url}/timeline/")
    everything = visible_entries(page)
    roles = page.locator(".kind[data-kind=roles] .entry").count()
    page.locator(".choice input[value='']").focus()
    page.keyboard.press("ArrowRight")
    assert visible_entries(page) == roles < everything
    assert not page.locator(".chart [data-kind=talks]").is_visible()
    assert page.locator(".chart [data-kind=roles]").is_visible()
    page.keyboard.press("ArrowLeft")
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
    page.locator(".choice label", has_text="Roles").click()
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
    assert page.locator(".chart").is_visible()
    assert not page.locator(".provenance-switch").is_visible()


def test_a_mark_links_to_its_entry_and_shows_its_details(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    page.goto(f"{site_url}/timeline/")
    mark = page.locator(".chart [data-kind=roles] .mark").last
    mark.focus()
    entry = page.locator(".story .entry.lit")
    card = page.locator(".details-card")
    assert entry.locator("h4").inner_text() in card.inner_text()
    # The work that is linked with it is lit as well.
    linked = page.locator(".chart .mark.linked")
    assert linked.count() > 1
    page.keyboard.press("Enter")
    target = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert page.locator(f"[id='{target}']").evaluate("e => e.matches(':target')")
    page.keyboard.press("Escape")
    assert not card.is_visible()


def test_an_entry_that_is_pointed_at_lights_its_mark(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    page.goto(f"{site_url}/timeline/")
    entry = page.locator(".kind[data-kind=talks] .entry").first
    entry.hover()
    id = entry.locator("h4").get_attribute("id")
    assert page.locator(".chart .lit").get_attribute("href") == f"#{id}"


def test_how_facts_are_known_is_said_on_demand(new_page: NewPage, site_url: str) -> None:
    page = new_page()
    page.goto(f"{site_url}/timeline/")
    provenance = page.locator(".story .provenance")
    assert provenance.count() > 5
    assert provenance.locator("p:visible").count() == 0
    provenance.first.locator("summary").click()
    assert provenance.first.locator("p").first.is_visible()
    switch = page.locator(".provenance-switch")
    switch.click()
    assert switch.get_attribute("aria-pressed") == "true"
    assert page.locator(".story .provenance:not([open])").count() == 0
    switch.click()
    assert page.locator(".story .provenance[open]").count() == 0


def test_the_timeline_of_an_academic_stays_short(academic_site: Built) -> None:
    page = academic_site.page("timeline/")
    assert len(page.css("*")) < 2500
    assert len(academic_site.read("timeline/index.html")) < 130_000


@pytest.mark.parametrize("media", [{"media": "print"}, {"forced_colors": "active"}])
def test_the_chart_is_readable_in_print_and_with_forced_colours(
    new_page: NewPage, site_url: str, media: dict[str, str]
) -> None:
    page = new_page(width=900)
    page.goto(f"{site_url}/timeline/")
    page.emulate_media(**media)  # type: ignore[arg-type]
    assert page.locator(".chart").is_visible()
    assert page.evaluate(MISPLACED) == []
    assert page.locator(".choice").is_visible() == ("media" not in media)
    assert visible_entries(page) == page.locator(".story .entry").count()
