"""Redirects from old URLs in a browser."""

from collections.abc import Iterator

import pytest

from tests.support import server
from tests.support.browsing import NewPage
from tests.support.built import Built

CABLES = "/notes/2025/04/05/why-a-cable-hangs-as-it-does/"


@pytest.fixture(scope="module")
def url(persona_site: Built) -> Iterator[str]:
    with server.serve(persona_site.site, "/layla") as url:
        yield url


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/posts/cables.html", CABLES),
        ("/posts/cables.html?utm=a#References", f"{CABLES}?utm=a#References"),
        ("/السلك/#References", f"{CABLES}#References"),
        ("/tag/cables.html", "/notes/tags/#tag:cables"),
        ("/tag/cables.html?q=1", "/notes/tags/?q=1#tag:cables"),
    ],
)
def test_a_redirect_passes_the_query_and_the_fragment_on(
    url: str, new_page: NewPage, old: str, new: str
) -> None:
    page = new_page()
    page.goto("about:blank")
    page.goto(f"{url}{old}", wait_until="commit")
    page.wait_for_url(f"{url}{new}")
    page.wait_for_load_state()
    assert page.url == f"{url}{new}"
    assert new_page.record(page).errors == []
    # The old page is not in the history: "back" would lead to it, and from there to the new one again.
    page.go_back()
    assert page.url == "about:blank"


def test_a_redirect_works_without_javascript(url: str, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"{url}/posts/cables.html", wait_until="commit")
    page.wait_for_url(f"{url}{CABLES}")
