"""Comments and analytics: off by default, and loaded only after a click."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.support import html, persona, project, server
from tests.support.browsing import NewPage, wait_until

POST = "notes/2025/04/05/"
GISCUS, COUNTS = "https://giscus.app/client.js", "https://counts.example/count.js"
# Replaces their scripts, and reports the settings.
STUB = "document.body.dataset.{0} = JSON.stringify(document.currentScript.dataset)"
HASH = base64.b64encode(hashlib.sha256(STUB.format("counts").encode()).digest()).decode()
OPTIONS = f"""\
comments: {{repo: some/where, repo_id: R_1, category: Posts, category_id: C_1}}
analytics:
  src: "https://counts.example/count.js"
  integrity: sha256-{HASH}
  attributes: {{domain: example.org}}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = persona.copy(tmp_path_factory.mktemp("asking") / "project")
    project.set_options(root, OPTIONS)
    built = project.mkdocs(root, "build", "--strict")
    assert built.returncode == 0, built.stderr
    return root


@pytest.fixture
def post(root: Path) -> Iterator[str]:
    """The URL of a post on a site with both."""
    (page,) = (root / "site" / POST).glob("*/index.html")
    with server.serve(root / "site", "/layla") as url:
        yield f"{url}/{POST}{page.parent.name}/"


def other_requests(page: Page, new_page: NewPage, url: str) -> list[str]:
    """Return the requests to other hosts."""
    own = url.partition("/layla")[0]
    return [request for request in new_page.record(page).requests if not request.startswith((own, "data:"))]


def stub_scripts(page: Page, body: str = "") -> None:
    def answer(route: Route) -> None:
        name = "giscus" if "giscus" in route.request.url else "counts"
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(content_type="text/javascript", headers=headers, body=body or STUB.format(name))

    page.context.route(lambda url: url in (GISCUS, COUNTS), answer)


def test_comments_load_after_a_click_only(post: str, new_page: NewPage) -> None:
    page = new_page()
    stub_scripts(page)
    page.goto(post)
    page.wait_for_load_state("networkidle")
    assert other_requests(page, new_page, post) == []
    page.get_by_role("button", name="Show comments").click()
    wait_until(page, "document.body.dataset.giscus")
    assert new_page.record(page).errors == []
    settings = page.evaluate("JSON.parse(document.body.dataset.giscus)")
    assert (settings["repo"], settings["categoryId"], settings["mapping"]) == (
        "some/where",
        "C_1",
        "pathname",
    )
    assert other_requests(page, new_page, post) == [GISCUS]
    assert page.get_by_role("button", name="Show comments").count() == 0


def test_consent_to_analytics_is_remembered_and_can_be_withdrawn(post: str, new_page: NewPage) -> None:
    page = new_page()
    stub_scripts(page)
    page.goto(post)
    page.get_by_role("button", name="Count my visits").click()
    wait_until(page, "document.body.dataset.counts")
    assert page.evaluate("JSON.parse(document.body.dataset.counts)") == {"domain": "example.org"}
    # On all pages.
    page.goto(f"{post.partition('/layla')[0]}/layla/")
    wait_until(page, "document.body.dataset.counts")
    with page.expect_navigation():
        page.get_by_role("button", name="Stop counting my visits").click()
    page.get_by_role("button", name="Count my visits").wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.body.dataset.counts") is None
    assert other_requests(page, new_page, post) == [COUNTS, COUNTS]


def test_consent_is_for_the_page_where_storage_is_blocked(post: str, new_page: NewPage) -> None:
    page = new_page()
    stub_scripts(page)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })"
    )
    page.goto(post)
    page.get_by_role("button", name="Count my visits").click()
    wait_until(page, "document.body.dataset.counts")
    with page.expect_navigation():
        page.get_by_role("button", name="Stop counting my visits").click()
    page.get_by_role("button", name="Count my visits").wait_for()
    assert new_page.record(page).errors == []


def test_a_script_of_counts_with_another_hash_does_not_run(post: str, new_page: NewPage) -> None:
    page = new_page()
    stub_scripts(page, "document.body.dataset.counts = 'changed'")
    page.goto(post)
    page.get_by_role("button", name="Count my visits").click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.body.dataset.counts") is None
    (error,) = new_page.record(page).errors
    assert "integrity" in error


def test_only_a_link_is_visible_without_javascript(post: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(post)
    assert page.get_by_role("link", name="Discussions on GitHub").is_visible()
    assert page.locator("[data-ask]:visible").count() == 0
    assert other_requests(page, new_page, post) == []


def test_comments_and_analytics_are_off_by_default(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert html.parse(path).css("[data-ask]") == [], path
