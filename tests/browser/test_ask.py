"""Comments and the counting of visits: off, and where they are on, only when the reader asks for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.support import html, persona, project, server
from tests.support.browsing import NewPage

OPTIONS = """\
comments: {repo: some/where, repo_id: R_1, category: Posts, category_id: C_1}
analytics: {src: "https://counts.example/count.js", attributes: {domain: example.org}}
"""
POST = "notes/2025/04/05/"
GISCUS, COUNTS = "https://giscus.app/client.js", "https://counts.example/count.js"
# What stands in for their scripts says what it was given.
STAND_IN = "document.body.dataset.{0} = JSON.stringify(document.currentScript.dataset)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = persona.copy(tmp_path_factory.mktemp("asking") / "project")
    project.set_options(root, OPTIONS)
    built = project.mkdocs(root, "build", "--strict")
    assert built.returncode == 0, built.stderr
    return root


@pytest.fixture
def post(root: Path) -> Iterator[str]:
    """The address of a post, on a site where both are on."""
    (page,) = (root / "site" / POST).glob("*/index.html")
    with server.serve(root / "site", "/layla") as address:
        yield f"{address}/{POST}{page.parent.name}/"


def others(page: Page, new_page: NewPage, address: str) -> list[str]:
    """The addresses on other hosts that were asked for."""
    own = address.partition("/layla")[0]
    return [url for url in new_page.record(page).requests if not url.startswith((own, "data:"))]


def stand_in(page: Page) -> None:
    def answer(route: Route) -> None:
        name = "giscus" if "giscus" in route.request.url else "counts"
        route.fulfill(content_type="text/javascript", body=STAND_IN.format(name))

    page.context.route(lambda url: url in (GISCUS, COUNTS), answer)


def test_nothing_is_loaded_until_it_is_asked_for(post: str, new_page: NewPage) -> None:
    page = new_page()
    stand_in(page)
    page.goto(post)
    page.wait_for_load_state("networkidle")
    assert others(page, new_page, post) == []
    page.get_by_role("button", name="Show comments").click()
    page.wait_for_function("document.body.dataset.giscus")
    given = page.evaluate("JSON.parse(document.body.dataset.giscus)")
    assert (given["repo"], given["categoryId"], given["mapping"]) == ("some/where", "C_1", "pathname")
    assert others(page, new_page, post) == [GISCUS]
    assert page.get_by_role("button", name="Show comments").count() == 0


def test_a_yes_to_being_counted_is_kept_and_can_be_taken_back(post: str, new_page: NewPage) -> None:
    page = new_page()
    stand_in(page)
    page.goto(post)
    page.get_by_role("button", name="Count my visits").click()
    page.wait_for_function("document.body.dataset.counts")
    assert page.evaluate("JSON.parse(document.body.dataset.counts)") == {"domain": "example.org"}
    page.goto(post)
    page.wait_for_function("document.body.dataset.counts")
    with page.expect_navigation():
        page.get_by_role("button", name="Stop counting my visits").click()
    page.get_by_role("button", name="Count my visits").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.body.dataset.counts") is None
    assert others(page, new_page, post) == [COUNTS, COUNTS]


def test_without_script_there_is_a_link_and_nothing_else(post: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(post)
    assert page.get_by_role("link", name="Discussions on GitHub").is_visible()
    assert page.locator("[data-ask]:visible").count() == 0
    assert others(page, new_page, post) == []


def test_both_are_off_unless_they_are_written(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert html.parse(path).css("[data-ask]") == [], path
