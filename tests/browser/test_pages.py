"""The pages of the record, and citations, as a reader uses them: without script, on a phone, on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.support import html, project
from tests.support.browsing import NewPage

ADDRESSES = "links => links.map(a => a.href)"
SELECTED = "getSelection().toString()"
# Where an entry leads: its title, or else the links below; and all that paper adds to its text.
PRINTED = """entries => entries.map(entry => {
  const absolute = selector => [...entry.querySelectorAll(selector + '[href^="http"]')].map(a => a.href);
  const title = absolute(":scope > :is(h3, h4) a"), added = [...entry.querySelectorAll("*")]
    .filter(e => e.checkVisibility()).map(e => getComputedStyle(e, "::after").content).join(" ");
  return [title.length ? title : absolute(":scope > .more > a"), added];
})"""
PAGES = ("/publications/", "/talks/", "/software/", "/cv/")


def first_bibtex(page: Page, path: str) -> Page:
    page.goto(path)
    page.locator(".bibtex summary").first.click()
    return page


def a_post(site: Path) -> str:
    return next(path for path in html.page_paths(site) if path.startswith(f"{project.blog_path()}2"))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_header_leads_to_every_page_without_script(site_url: str, new_page: NewPage, width: int) -> None:
    page = new_page(width=width, javascript=False)
    page.goto(site_url + "/")
    sections = page.locator("header .sections a").evaluate_all(ADDRESSES)
    found = set(sections)
    for section in sections:
        page.goto(section)
        siblings = page.locator("header .siblings a")
        assert all(sibling.is_visible() for sibling in siblings.all())
        found |= set(siblings.evaluate_all(ADDRESSES))
    assert {site_url + path for path in PAGES} <= found
    for path in PAGES:
        page.goto(site_url + path)
        words = page.locator('header [aria-current="page"]').all_inner_texts()
        assert len(words) == 1


def test_what_is_folded_opens_without_script(site_url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    first_bibtex(page, site_url + "/publications/")
    text = page.locator(".bibtex pre").first
    assert text.is_visible()
    assert page.locator(".bibtex pre:visible").count() == 1
    assert page.locator("[data-copy]:visible").count() == 0
    text.click()
    # One click takes all of it.
    assert page.evaluate(SELECTED).strip() == text.inner_text().strip()


@pytest.mark.parametrize("kind", ["publications", "post"])
def test_bibtex_is_copied_by_a_button_that_tells_of_it(
    site: Path, site_url: str, new_page: NewPage, kind: str
) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    first_bibtex(page, site_url + ("/publications/" if kind == "publications" else a_post(site)))
    button = page.locator(".bibtex button").first
    assert button.evaluate("b => b.textContent").startswith("Copy the BibTeX of ")
    button.focus()
    page.keyboard.press("Enter")
    status = page.locator(".bibtex [role=status]").first
    status.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".bibtex pre").first.inner_text().strip()
    assert copied.startswith("@")


def test_where_copying_is_forbidden_the_text_is_selected(
    site: Path, site_url: str, new_page: NewPage
) -> None:
    page = new_page()
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(site_url + a_post(site))
    page.locator('[data-copy="_citation"]').click()
    page.locator(".cite > .more > .copy [role=status]").get_by_text("Selected").wait_for()
    assert page.evaluate(SELECTED).strip() == page.locator("#_citation").inner_text().strip()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_citation_leads_to_its_reference(
    site: Path, site_url: str, new_page: NewPage, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    posts = [path for path in html.page_paths(site) if path.startswith(f"{project.blog_path()}2")]
    citing = [path for path in posts if html.parse(site / path[1:] / "index.html").css("ol.references")]
    assert citing
    page.goto(site_url + citing[0])
    page.locator(".citation a").first.click()
    assert page.locator("ol.references > li:target").count() == 1
    assert page.locator("ol.references > li:target").is_visible()


def test_the_cv_on_paper_is_one_to_three_pages_with_name_and_roles(
    site_url: str, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    page.goto(site_url + "/cv/")
    paper = tmp_path / "cv.pdf"
    page.pdf(path=paper, format="A4", prefer_css_page_size=True)
    assert 1 <= len(PdfReader(paper).pages) <= 3
    page.emulate_media(media="print")
    assert page.locator(".cv .whose").is_visible()
    shown = page.locator(".cv h4")
    assert shown.count() > 2
    assert all(one.is_visible() for one in shown.all())
    assert page.locator(".imprint:visible, .downloads:visible, .md-header:visible").count() == 0


def test_paper_has_references_and_no_tools(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    first_bibtex(page, site_url + "/publications/")
    page.emulate_media(media="print")
    assert page.locator(".works .entry").count() == page.locator(".works .entry:visible").count()
    assert page.locator(".works :is(.bibtex, .source, .anchor, button):visible").count() == 0


def test_paper_tells_where_the_work_is(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(media="print")
    met = 0
    for path in ("/publications/", "/talks/", "/software/"):
        page.goto(site_url + path)
        for addresses, added in page.locator(".works .entry").evaluate_all(PRINTED):
            assert [address for address in addresses if f"<{address}>" not in added] == []
            met += len(addresses)
    assert met >= 2


def test_a_link_to_an_entry_shows_it(site_url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(site_url + "/publications/")
    anchor = page.locator(".works .anchor").last
    anchor.focus()
    page.keyboard.press("Enter")
    assert page.locator(".works .reference:target").count() == 1
