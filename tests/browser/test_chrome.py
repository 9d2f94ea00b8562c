"""The header, the front page and the 404 page, with and without JavaScript."""

import pytest

from portfolio.config import load_site
from portfolio.core.assets import menu_width
from portfolio.record.people import list_accounts
from portfolio.sources import mkdocs_yml
from tests.support import project
from tests.support.browsing import NewPage

# The boxes of the parts of the header that can be seen, from left to right, as left, right and middle.
PARTS = """() => [".site-name", ".menu-button", "#menu", ".search-link", ".theme"]
  .map(selector => document.querySelector(selector))
  .filter(element => element?.checkVisibility()).map(element => element.getBoundingClientRect())
  .map(box => [box.left, box.right, (box.top + box.bottom) / 2])"""
# Whether the sections are on one line.
LINES = """() => new Set([...document.querySelectorAll("#menu a")]
  .map(link => link.getBoundingClientRect().top)).size"""
SECTIONS = "Über mich, Zeitleiste, Veröffentlichungen, Vorträge, Software, Lebenslauf, Gedanken".split(", ")


def test_menu_lists_the_sections_on_a_phone_without_javascript(
    site_url: str, blog: str, new_page: NewPage
) -> None:
    page = new_page(width=390, height=844, javascript=False)
    page.goto(site_url + blog)
    sections = page.locator("header .sections a")
    assert sections.count() >= 3
    assert not any(section.is_visible() for section in sections.all())
    page.get_by_role("button", name="Menu").click()
    assert all(section.is_visible() for section in sections.all())
    assert page.locator("header [aria-current]").inner_text() == page.locator("h1").evaluate(
        "h => h.firstChild.data"
    )
    page.keyboard.press("Escape")
    assert not any(section.is_visible() for section in sections.all())


@pytest.mark.parametrize("path", ["/", "/talks/"])
@pytest.mark.parametrize("titles", [None, SECTIONS], ids=["short", "long"])
def test_header_is_on_one_line_or_two_at_every_width(
    site_url: str, new_page: NewPage, path: str, titles: list[str] | None
) -> None:
    page = new_page()
    page.goto(site_url + path)
    if titles is not None:
        page.evaluate(
            """([titles, width]) => {
              const links = document.querySelectorAll("#menu a");
              links.forEach((link, index) => (link.textContent = titles[index]));
              document.querySelector(".site-header > .grid").className = `grid fold-${width}`;
            }""",
            [titles, menu_width(titles)],
        )
    failed = []
    for width in range(320, 1281, 24):
        page.set_viewport_size({"width": width, "height": 600})
        parts = page.evaluate(PARTS)
        rows = {round(middle / 4) for _, _, middle in parts}
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        is_menu = page.locator(".menu-button").is_visible()
        if len(rows) > (1 if is_menu else 2) or overflow > 0 or page.evaluate(LINES) > 1:
            failed.append((width, rows, overflow, is_menu))
    assert failed == []


def test_every_page_links_to_the_profiles(site_url: str, blog: str, new_page: NewPage) -> None:
    paths, _ = mkdocs_yml.read_paths(project.ROOT / "mkdocs.yml")
    owner, _ = load_site(paths, None)
    profiles = [account.url for account in list_accounts((*owner.details.links, *owner.options.social))]
    page = new_page(javascript=False)
    for path in ("/", blog, "/404.html"):
        page.goto(site_url + path)
        assert (
            page.locator('a[rel~="me"]').evaluate_all("links => links.map(a => a.getAttribute('href'))")
            == profiles
        )


def test_front_page_lists_the_newest_posts_without_javascript(
    site_url: str, blog: str, new_page: NewPage
) -> None:
    urls = "links => links.map(a => a.href)"
    page = new_page(javascript=False)
    page.goto(site_url + blog)
    newest = page.locator(".post h2 a").evaluate_all(urls)
    page.goto(site_url + "/")
    listed = page.locator(".latest .dated a").evaluate_all(urls)
    assert listed
    assert [url.split("#")[0] for url in listed] == [a.split("#")[0] for a in newest][: len(listed)]


def test_404_page_links_to_the_sections(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    response = page.goto(site_url + "/no/such/page/")
    assert response is not None
    assert response.status == 404
    search, *links = page.locator(".content .actions a").evaluate_all("links => links.map(a => a.href)")
    assert search == page.locator("header .search-link").evaluate("a => a.href")
    assert links == page.locator("header .sections a").evaluate_all("links => links.map(a => a.href)")
    assert len(set(links)) >= 3
    for link in links:
        response = page.goto(link)
        assert response is not None
        assert response.status == 200, link
