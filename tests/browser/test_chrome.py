"""The header, the front page and the 404 page, with and without JavaScript."""

import pytest

from portfolio.config import load_site
from portfolio.record.people import list_accounts
from portfolio.sources import mkdocs_yml
from tests.support import project
from tests.support.browsing import NewPage

# The left, right and middle of the site name, unless it is missing, of the first section and of the tools.
FIRST_ROW = """() => [".site-name", ".sections a", ".tools"].map(selector => document.querySelector(selector))
  .filter(element => element).map(element => element.getBoundingClientRect())
  .map(box => [box.left, box.right, (box.top + box.bottom) / 2])"""


def test_header_lists_the_sections_on_a_phone_without_javascript(
    site_url: str, blog: str, new_page: NewPage
) -> None:
    page = new_page(width=390, height=844, javascript=False)
    page.goto(site_url + blog)
    sections = page.locator("header .sections a")
    assert sections.count() >= 3
    assert all(section.is_visible() for section in sections.all())
    assert page.locator("header [aria-current]").inner_text() == page.locator("h1").evaluate(
        "h => h.firstChild.data"
    )


@pytest.mark.parametrize("path", ["/", "/talks/"])
@pytest.mark.parametrize("has_many_sections", [False, True])
def test_site_name_sections_and_tools_share_the_first_row_of_the_header_at_every_width(
    site_url: str, new_page: NewPage, path: str, has_many_sections: bool
) -> None:
    page = new_page()
    page.goto(site_url + path)
    if has_many_sections:
        # So many that they wrap at every width.
        sections = page.locator(".sections ul")
        sections.evaluate(
            "list => list.append(...[...list.children, ...list.children].map(item => item.cloneNode(true)))"
        )
    failed = []
    for width in range(320, 1281, 24):
        page.set_viewport_size({"width": width, "height": 600})
        (first_left, first_right, first_middle), *sections, tools = page.evaluate(FIRST_ROW)
        # On a phone the sections are below the site name.
        beside = [section for section in sections if section[0] > first_left]
        if any(left < first_right or abs(middle - first_middle) > 2 for left, _, middle in [*beside, tools]):
            failed.append(width)
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
    newest = page.locator(".excerpt h2 a:first-child").evaluate_all(urls)
    page.goto(site_url + "/")
    listed = page.locator(".latest .dated a").evaluate_all(urls)
    assert listed
    assert [url.split("#")[0] for url in listed] == [a.split("#")[0] for a in newest][: len(listed)]


def test_404_page_links_to_the_sections(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    response = page.goto(site_url + "/no/such/page/")
    assert response is not None
    assert response.status == 404
    links = page.locator(".md-content a").evaluate_all("links => links.map(a => a.href)")
    assert links == page.locator("header .sections a").evaluate_all("links => links.map(a => a.href)")
    assert len(set(links)) >= 3
    for link in links:
        response = page.goto(link)
        assert response is not None
        assert response.status == 200, link
