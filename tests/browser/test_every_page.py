"""Every page: no request to another host, no error, fits a phone, accessible."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page

from tests.support import html, project
from tests.support.browsing import NewPage, Scheme, find_axe_violations
from tests.support.built import Built

# The lightness of the background, from 0 to 1, which differs in the schemes.
LIGHTNESS = """() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[0-9.]+/g).map(Number);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}"""


def _kinds_of_page(site: Path) -> list[str]:
    """Return the pages of every site, and one of each other kind: axe is too slow for all."""
    paths = html.page_paths(site)
    blog = project.blog_path()
    kinds = (f"{blog}2", f"{blog}category/", f"{blog}archive/")
    paths_of_kinds = [next((path for path in paths if path.startswith(kind)), None) for kind in kinds]
    record = ["/timeline/", "/publications/", "/talks/", "/software/", "/cv/"]
    return ["/", *record, blog, *filter(None, paths_of_kinds), "/404.html"]


def _settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => null)")


def test_pages_request_no_other_host_and_have_no_errors(site: Path, site_url: str, new_page: NewPage) -> None:
    """No error and no warning in the console, so that nothing violates the policy of a page."""
    assert _find_foreign_requests_and_errors(html.page_paths(site), site_url, new_page) == {}


def test_pages_of_the_persona_have_no_errors(
    persona_site: Built, persona_url: str, new_page: NewPage
) -> None:
    paths = html.page_paths(persona_site.site, urlsplit(persona_url).path)
    assert _find_foreign_requests_and_errors(paths, persona_url, new_page) == {}


def _find_foreign_requests_and_errors(
    paths: Iterable[str], site_url: str, new_page: NewPage
) -> dict[str, list[str]]:
    page = new_page()
    findings = {}
    for path in paths:
        record = new_page.record(page)
        record.requests.clear()
        record.errors.clear()
        page.goto(site_url + path)
        _settle(page)
        assert site_url + quote(path) in record.requests
        foreign = [
            url
            for url in record.requests
            if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(site_url + "/")
        ]
        if foreign or record.errors:
            findings[path] = foreign + record.errors
    return findings


def test_pages_do_not_scroll_sideways_on_a_phone(site: Path, site_url: str, new_page: NewPage) -> None:
    page = new_page(width=390, height=844)
    widths = {}
    for path in html.page_paths(site):
        page.goto(site_url + path)
        _settle(page)
        widths[path] = page.evaluate("document.scrollingElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > 390} == {}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violations(
    site: Path, site_url: str, new_page: NewPage, scheme: Scheme, width: int
) -> None:
    page = new_page(width=width, scheme=scheme)
    findings = {}
    for path in _kinds_of_page(site):
        page.goto(site_url + path)
        _settle(page)
        lightness = page.evaluate(LIGHTNESS)
        assert (lightness > 0.5) == (scheme == "light"), f"{path} is not {scheme}: lightness {lightness}"
        page.evaluate("document.querySelectorAll('article details').forEach(details => details.open = true)")
        if violations := find_axe_violations(page):
            findings[path] = violations
    assert findings == {}
