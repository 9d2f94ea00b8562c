"""Pages of the record and citations in a browser: without JavaScript, on a phone, and printed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.support import html, project
from tests.support.browsing import NewPage

HREFS = "links => links.map(a => a.href)"
SELECTED = "getSelection().toString()"
# The links of an entry (its title, or else the links below), and the text that the print style adds.
PRINTED = """entries => entries.map(entry => {
  const absolute = selector => [...entry.querySelectorAll(selector + '[href^="http"]')].map(a => a.href);
  const title = absolute(":scope > :is(h3, h4) a"), added = [...entry.querySelectorAll("*")]
    .filter(e => e.checkVisibility()).map(e => getComputedStyle(e, "::after").content).join(" ");
  return [title.length ? title : absolute(":scope > .more > a"), added];
})"""
PAGES = ("/publications/", "/talks/", "/software/", "/cv/")


def first_bibtex(page: Page, path: str) -> Page:
    page.goto(path)
    for citation in page.locator(".cite > summary").all():
        citation.click()
    page.locator(".bibtex summary").first.click()
    return page


def path_of_a_post(site: Path) -> str:
    return next(path for path in html.page_paths(site) if path.startswith(f"{project.blog_path()}2"))


@pytest.mark.parametrize("width", [1280, 390])
def test_header_links_to_every_page_without_javascript(site_url: str, new_page: NewPage, width: int) -> None:
    page = new_page(width=width, javascript=False)
    page.goto(site_url + "/")
    sections = page.locator("header .sections a").evaluate_all(HREFS)
    links = set(sections)
    for section in sections:
        page.goto(section)
        siblings = page.locator("header .siblings a")
        assert all(sibling.is_visible() for sibling in siblings.all())
        links |= set(siblings.evaluate_all(HREFS))
    assert {site_url + path for path in PAGES} <= links
    for path in PAGES:
        page.goto(site_url + path)
        words = page.locator('header [aria-current="page"]').all_inner_texts()
        assert len(words) == 1


def test_details_open_without_javascript(site_url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    first_bibtex(page, site_url + "/publications/")
    text = page.locator(".bibtex pre").first
    assert text.is_visible()
    assert page.locator(".bibtex pre:visible").count() == 1
    assert page.locator(".bibtex button").count() == 0
    text.click()
    # One click selects all of it.
    assert page.evaluate(SELECTED).strip() == text.inner_text().strip()


@pytest.mark.parametrize("kind", ["publications", "post"])
def test_copy_button_copies_bibtex_and_reports_it(
    site: Path, site_url: str, new_page: NewPage, kind: str
) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    first_bibtex(page, site_url + ("/publications/" if kind == "publications" else path_of_a_post(site)))
    button, summary = (page.locator(f".bibtex {part}").first for part in ("button", "summary"))
    assert button.text_content() == "Copy"
    assert button.evaluate("button => button.ariaDescription") == summary.text_content()
    button.focus()
    page.keyboard.press("Enter")
    status = page.locator(".bibtex [role=status]").first
    status.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".bibtex pre").first.inner_text().strip()
    assert copied.startswith("@")


def test_text_is_selected_if_copying_is_forbidden(site: Path, site_url: str, new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(site_url + path_of_a_post(site))
    page.locator(".cite > summary").click()
    page.locator('[data-copy="_citation"] button').click()
    page.locator(".cite > .more > .copy [role=status]").get_by_text("Selected").wait_for()
    assert page.evaluate(SELECTED).strip() == page.locator("#_citation").inner_text().strip()


@pytest.mark.parametrize("javascript", [True, False])
def test_citation_links_to_its_reference(
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


def test_printed_cv_has_one_to_three_pages_with_name_and_roles(
    site_url: str, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    page.goto(site_url + "/cv/")
    paper = tmp_path / "cv.pdf"
    page.pdf(path=paper, format="A4", prefer_css_page_size=True)
    assert 1 <= len(PdfReader(paper).pages) <= 3
    page.emulate_media(media="print")
    assert page.locator(".cv .cv-owner").is_visible()
    headings = page.locator(".cv h4")
    assert headings.count() > 2
    assert all(heading.is_visible() for heading in headings.all())
    assert page.locator(":is(.imprint, .site-header, .cv [download]):visible").count() == 0


def test_printed_list_has_references_and_no_controls(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    first_bibtex(page, site_url + "/publications/")
    page.emulate_media(media="print")
    assert page.locator(".works .entry").count() == page.locator(".works .entry:visible").count()
    assert page.locator(".works :is(.bibtex, .source, .anchor, button):visible").count() == 0


def test_print_shows_urls(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(media="print")
    count = 0
    for path in ("/publications/", "/talks/", "/software/"):
        page.goto(site_url + path)
        for urls, added in page.locator(".works .entry").evaluate_all(PRINTED):
            assert [url for url in urls if f"<{url}>" not in added] == []
            count += len(urls)
    assert count >= 2


def test_link_to_an_entry_targets_it(site_url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(site_url + "/publications/")
    anchor = page.locator(".works .anchor").last
    anchor.focus()
    page.keyboard.press("Enter")
    assert page.locator(".works .entry > h4:target").count() == 1
