"""What readers find, how the keyboard leads through the results, and what the search loads."""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from playwright.sync_api import Page, Response, expect

from portfolio.search.documents import SearchDocument
from portfolio.search.indexing import FOLDER as INDEX_FOLDER
from portfolio.search.indexing import IndexJob
from tests.conftest import build_once
from tests.support import people, project, server, small_site
from tests.support.browsing import NewPage, find_axe_violations, wait_until
from tests.support.built import Built

FOLDER = project.ROOT / "tests" / "search"
QUERIES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "queries.yml").read_text(encoding="utf-8"))
_BASE = "/base"


def create_small_site(root: Path) -> Path:
    """Create a site with posts in several languages."""
    small_site.create(root, {"docs/data/glossary.yml": "HBM: High Bandwidth Memory\n"})
    shutil.copytree(FOLDER / "posts", root / "docs/musings/posts", dirs_exist_ok=True)
    return root


@pytest.fixture(scope="module")
def small(run_folder: Path) -> Built:
    return build_once(create_small_site, run_folder / "search")


@pytest.fixture(scope="module")
def urls(small: Built, academic_site: Built, persona_site: Built) -> Iterator[dict[str, str]]:
    """The URLs of the sites, below a folder of their hosts."""
    with (
        server.serve(small.site, _BASE) as first,
        server.serve(academic_site.site, _BASE) as second,
        server.serve(persona_site.site, _BASE) as third,
    ):
        yield {"small": first, people.ACADEMIC: second, "persona": third}


@pytest.fixture(scope="module")
def search_pages(urls: dict[str, str], chromium: Any) -> Iterator[dict[str, Page]]:
    """The page of the search of each site: loading it for each query would take most of the time."""
    pages = {name: chromium.new_page() for name in urls}
    for name, url in urls.items():
        pages[name].goto(f"{url}/search/")
    yield pages
    for page in pages.values():
        page.close()


def search(page: Page, query: str) -> None:
    """Type a query, and wait for the results."""
    page.get_by_role("searchbox").fill(query)
    page.keyboard.press("Enter")
    wait_until(page, "() => !document.querySelector('.results').ariaBusy")


def found_paths(page: Page) -> list[str]:
    """Return the paths of the results, below the site's."""
    links = page.locator(".result-title a").evaluate_all("links => links.map(link => link.href)")
    parts = [urlsplit(link) for link in links]
    paths = [unquote(part.path + (f"#{part.fragment}" if part.fragment else "")) for part in parts]
    return [path.removeprefix(f"{_BASE}/") for path in paths]


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: f"{case['site']}: {case['query']}")
def test_the_right_page_comes_first(case: dict[str, Any], search_pages: dict[str, Page]) -> None:
    page = search_pages[case["site"]]
    search(page, case["query"])
    first = next(iter(found_paths(page)), None)
    if case["first"] is None or case["first"] == "" or first is None:
        assert first == case["first"], case["why"]
    else:
        assert first == case["first"] or first.endswith(f"/{case['first']}/"), case["why"]


def test_all_parts_of_the_index_of_a_large_site_are_searched(
    small: Built, tmp_path: Path, new_page: NewPage
) -> None:
    site = shutil.copytree(small.site, tmp_path / "site")
    html = site / "search" / "index.html"
    documents = [SearchDocument(f"{number}/", f"Number {number}", "Pages") for number in range(3)]
    job = IndexJob(documents, "en", most=1)
    assert len(job.keys) > 1
    parts = f'data-parts="{len(job.keys)}" data-root='
    html.write_text(html.read_text(encoding="utf-8").replace("data-root=", parts), encoding="utf-8")
    for path, content in job.wait().items():
        (site / INDEX_FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (site / INDEX_FOLDER / path).write_bytes(content)
    with server.serve(site, _BASE) as url:
        page = new_page()
        page.goto(f"{url}/search/")
        search(page, "number")
        assert sorted(found_paths(page)) == ["0/", "1/", "2/"]


@pytest.fixture
def page(new_page: NewPage, urls: dict[str, str]) -> Page:
    """The home page of the academic's site."""
    page = new_page()
    page.goto(f"{urls[people.ACADEMIC]}/")
    return page


def open_dialog(page: Page, query: str) -> None:
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("searchbox").press_sequentially(query)
    expect(page.get_by_role("status")).not_to_be_empty()
    wait_until(page, "() => !document.querySelector('.results').ariaBusy")


def focused(page: Page) -> str:
    """Return the text of the element that has the focus, or its name if it is a field."""
    text: str = page.evaluate("document.activeElement.name || document.activeElement.textContent")
    return text


def test_the_keyboard_leads_through_the_results(page: Page) -> None:
    opener = page.locator(".search-link")
    opener.focus()
    open_dialog(page, "glacier")
    titles = page.locator(".result-title").all_inner_texts()
    page.keyboard.press("ArrowDown")
    assert focused(page) == titles[0]
    page.keyboard.press("ArrowDown")
    assert focused(page) == titles[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "q"
    # Tab goes round, in both directions.
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "More results"
    page.keyboard.press("Tab")
    assert focused(page) == "q"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    # The query stays for the next time.
    page.keyboard.press("Control+k")
    assert page.get_by_role("searchbox").input_value() == "glacier"


def test_enter_opens_the_first_result_even_before_it_is_shown(page: Page) -> None:
    page.keyboard.press("/")
    page.get_by_role("searchbox").press_sequentially("cv")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cv/")


def test_the_link_leads_to_the_page_if_the_script_is_gone(page: Page) -> None:
    page.route("**/javascripts/search.*.js", lambda route: route.abort())
    page.locator(".search-link").click()
    page.wait_for_url("**/search/")


def test_a_slash_in_a_field_is_a_slash(page: Page) -> None:
    open_dialog(page, "1/2")
    assert page.get_by_role("searchbox").input_value() == "1/2"


def test_results_say_what_they_are(page: Page) -> None:
    open_dialog(page, "quiet radar")
    first = page.locator(".result").first
    assert first.locator(".result-title mark").all_inner_texts() == ["Quiet radar"]
    assert first.locator(".result-facts").inner_text() == "Projects since April 2019"
    assert first.locator(".result-text mark").first.inner_text().casefold().startswith("radar")
    assert page.get_by_role("status").inner_text().startswith("Results: ")
    assert find_axe_violations(page) == []


def test_results_are_filtered_by_kind_and_year(page: Page) -> None:
    open_dialog(page, "drainage")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("button", name="Talks 4").click()
    expect(page.get_by_role("status")).to_have_text("Results: 4")
    assert {*page.locator(".results a").evaluate_all("links => links.map(link => link.pathname)")} == {
        f"{_BASE}/talks/"
    }
    assert focused(page) == "Talks 4"
    years = page.get_by_role("combobox", name="All years")
    years.select_option(index=1)
    expect(page.get_by_role("status")).not_to_have_text("Results: 4")
    page.get_by_role("button", name="Everything").click()
    years.select_option(index=0)
    expect(page.get_by_role("status")).to_have_text("Results: 25")


def test_a_long_list_continues_in_the_dialog_and_on_the_page(page: Page) -> None:
    open_dialog(page, "glacier")
    before = page.locator(".results .result-text").count()
    page.get_by_role("button", name="More results").click()
    wait_until(page, f"() => document.querySelectorAll('.results .result-text').length > {before}")
    for _ in range(4):
        page.get_by_role("button", name="More results").click()
        page.wait_for_timeout(200)
    page.get_by_role("link", name="All results").click()
    page.wait_for_url("**/search/?q=glacier")
    expect(page.locator(".result-title").first).to_be_visible()
    assert find_axe_violations(page) == []


def test_what_is_corrected_is_named(search_pages: dict[str, Page]) -> None:
    page = search_pages["small"]
    search(page, "backpresure")
    expected = "Nothing found for “backpresure”. These are results for “backpressure”."
    assert page.get_by_role("status").inner_text() == expected
    search(page, "xyzzyplugh")
    assert page.get_by_role("status").inner_text() == "Nothing found for “xyzzyplugh”."


def test_pairs_of_letters_are_shown_as_text(search_pages: dict[str, Page]) -> None:
    page = search_pages["small"]
    search(page, "自然语言处理")
    result = page.locator(".result").first
    assert result.locator(".result-title").inner_text() == "大型语言模型的推理"
    assert result.locator(".result-text").inner_text().startswith("我们使用自然语言处理技术分析文本。推理")
    assert "自然语言处理" in result.locator("mark").all_inner_texts()
    search(page, "Python 编写")
    assert "Python 编写" in page.locator(".result-text mark").all_inner_texts()


def test_nothing_is_loaded_before_the_search_opens_and_little_then(page: Page) -> None:
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert not [response.url for response in responses if "search" in response.url]
    responses.clear()
    open_dialog(page, "radar")
    sizes = {response.url: len(_compress(response)) for response in responses}
    assert sum(sizes.values()) <= 130 * 1024, sizes


def _compress(response: Response) -> bytes:
    """Return what a server that compresses text sends; the index is compressed already."""
    body = response.body()
    is_text = urlsplit(response.url).path.endswith((".js", ".json", ".txt"))
    return gzip.compress(body) if is_text else body


def test_without_script_the_link_leads_to_a_page_with_other_ways(
    new_page: NewPage, urls: dict[str, str]
) -> None:
    page = new_page(javascript=False)
    page.goto(f"{urls['small']}/")
    page.locator(".search-link").click()
    assert urlsplit(page.url).path == f"{_BASE}/search/"
    page.locator("noscript").get_by_role("link", name="Musings").click()
    assert urlsplit(page.url).path == f"{_BASE}/musings/"
