"""A feed in a browser: a readable page, in both schemes, without requests to other hosts."""

from pathlib import Path

import pytest

from tests.support import feeds
from tests.support.browsing import NewPage, Scheme

# How light a colour is, from 0 to 1.
LIGHTNESS = """(name) => {
  const colour = getComputedStyle(document.documentElement)[name];
  const [red, green, blue] = colour.match(/[0-9.]+/g).map(Number);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_feed_is_readable(site: Path, site_url: str, new_page: NewPage, scheme: Scheme) -> None:
    page = new_page(width=390, scheme=scheme)
    page.goto(f"{site_url}/feeds/all.atom.xml")
    entries = feeds.parse_feed((site / "feeds/all.atom.xml").read_bytes())["entries"]
    assert page.locator("entry > title").all_text_contents() == [entry["title"] for entry in entries]
    links = page.locator("entry > a")
    assert [link.get_attribute("href") for link in links.all()] == [entry["link"] for entry in entries]
    assert all(link.is_visible() for link in links.all())
    assert not any(content.is_visible() for content in page.locator("content, id, updated").all())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    paper, ink = page.evaluate(LIGHTNESS, "backgroundColor"), page.evaluate(LIGHTNESS, "color")
    assert (paper > 0.9 and ink < 0.2) if scheme == "light" else (paper < 0.2 and ink > 0.8)
    record = new_page.record(page)
    # A page of XML cannot name its icon, and the browser looks for one at the root.
    assert [error for error in record.errors if "/favicon.ico" not in error] == []
    assert [url for url in record.requests if not url.startswith(site_url + "/")] == []


def test_one_click_selects_the_url_of_a_feed(site_url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"{site_url}/feeds/")
    page.locator(".feeds code").first.click()
    selected = page.evaluate("getSelection().toString()").strip()
    assert selected.endswith("/feeds/all.atom.xml")
    links = [link.get_attribute("href") for link in page.locator("article a[type]").all()]
    assert links[:2] == ["all.atom.xml", "../feed.json"]
    assert len(links) == len({*links}) > 5
