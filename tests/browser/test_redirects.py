"""The page of a redirect in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from portfolio.core import i18n, page_policy
from tests.support import project, server
from tests.support.browsing import NewPage


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a site with a page and redirects to it, which is not at the root of its host."""
    site = tmp_path_factory.mktemp("redirects")
    templates = Environment(loader=FileSystemLoader(project.ROOT / "overrides"), autoescape=True)
    templates.filters["with_policy"] = page_policy.add_policy
    i18n.install(templates)
    template = templates.get_template("redirect.html")

    def write(path: str, text: str) -> None:
        file = Path(site, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    texts = {"title": "A & B", "site_name": "S", "canonical": "https://example.org/new/"}
    write("new/index.html", "<!doctype html><title>New</title><link rel=icon href=data:,><p>New")
    write("old/a.html", template.render(url="../new/", **texts))
    write("old/b/index.html", template.render(url="../../new/#part", **texts))
    with server.serve(site, "/base") as url:
        yield url


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/old/a.html", "/new/"),
        ("/old/a.html#c", "/new/#c"),
        ("/old/a.html?q=1#c", "/new/?q=1#c"),
        ("/old/b/", "/new/#part"),
        ("/old/b/?q=1", "/new/?q=1#part"),
        ("/old/b/#c", "/new/#c"),
    ],
)
def test_a_redirect_passes_the_query_and_the_fragment_on(
    url: str, new_page: NewPage, old: str, new: str
) -> None:
    page = new_page()
    page.goto(f"{url}/new/?before")
    page.goto(f"{url}{old}", wait_until="commit")
    page.wait_for_url(f"{url}{new}")
    page.wait_for_load_state("networkidle")
    assert page.url == f"{url}{new}"
    assert new_page.record(page).errors == []
    # From the old page, the browser would come here again.
    page.go_back()
    assert page.url == f"{url}/new/?before"


def test_a_redirect_works_without_javascript(url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"{url}/old/a.html", wait_until="commit")
    page.wait_for_url(f"{url}/new/")
