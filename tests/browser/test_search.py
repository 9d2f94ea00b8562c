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

from tests.conftest import build_once
from tests.support import people, persona, project, server, small_site
from tests.support.browsing import NewPage, find_axe_violations
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
    page.wait_for_function("() => !document.querySelector('.results').ariaBusy")


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
