"""The pages of an academic with 300 entries, and of a graduate with three, fit every screen."""

from collections.abc import Iterator

import pytest

from tests.support import server
from tests.support.browsing import NewPage, find_axe_violations
from tests.support.built import Built

_DESKTOP, _PHONE = 1280, 390
# The share of the width that the text has at least on a phone.
_TEXT_SHARE = 0.55
_NARROW_TEXT = """(least) => [...document.querySelectorAll("article p, article h4")]
  .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }))
  .map((element) => element.getBoundingClientRect())
  .filter((box) => box.width > 1 && box.height > 90 && box.width < least).length"""


@pytest.fixture(params=["academic", "graduate"])
def person(request: pytest.FixtureRequest) -> Iterator[tuple[str, list[str]]]:
    """The URL of a person's site and the paths of its pages."""
    built: Built = request.getfixturevalue(f"{request.param}_site")
    with server.serve(built.site) as url:
        yield f"{url}/", built.pages


def test_pages_fit_a_desktop_and_a_phone(person: tuple[str, list[str]], new_page: NewPage) -> None:
    url, paths = person
    page = new_page()
    findings = {}
    for path in paths:
        page.set_viewport_size({"width": _DESKTOP, "height": 900})
        page.goto(url + path)
        widths = [page.evaluate("document.scrollingElement.scrollWidth")]
        page.set_viewport_size({"width": _PHONE, "height": 844})
        widths.append(page.evaluate("document.scrollingElement.scrollWidth"))
        narrow = page.evaluate(_NARROW_TEXT, _PHONE * _TEXT_SHARE)
        fits = widths[0] <= _DESKTOP and widths[1] <= _PHONE
        if not fits or narrow or new_page.record(page).errors:
            findings[path] = widths, narrow, new_page.record(page).errors
    assert findings == {}


def test_axe_finds_no_violations(person: tuple[str, list[str]], new_page: NewPage) -> None:
    url, paths = person
    page = new_page(width=_PHONE, scheme="dark")
    findings = {}
    # The lists of the academic are too long for axe: those of other sites have the same elements.
    for path in ("", "projects/", "skills/"):
        if path in paths:
            page.goto(url + path)
            if violations := find_axe_violations(page):
                findings[path] = violations
    assert findings == {}
