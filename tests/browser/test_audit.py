"""The checks of the audit find the faults of a page that has every one of them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.audit import checks
from tests.audit.checks import Target
from tests.audit.content import Audited
from tests.audit.report import Figure
from tests.support import server
from tests.support.built import Built

_BAD = """<!doctype html><html lang="en"><title>Bad</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'self' 'unsafe-inline'; style-src-attr 'none'">
<link rel="stylesheet" href="a.css">
<script src="search.js"></script>
<header><nav><a href="#content" id="first">Unbreakable</a></nav></header>
<main><p style="color: red">Text</p><img src="http://other.invalid/a.png"></main>
<a href="https://example.org" target="_blank">Other</a>
<div tabindex="-1"><a href="#a" tabindex="-1">Not reached by design</a></div>
<script>setTimeout(() => document.querySelector("main").prepend(Object.assign(
  document.createElement("div"), {className: "late", textContent: "Late"})), 300)</script>
"""
_STYLE = """
:focus-visible { outline: none }
#first { display: block; width: 3em; overflow-wrap: anywhere }
.late { height: 200px }
main { width: 2000px }
"""


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figure]:
    """The figures of the page, by metric."""
    folder = tmp_path_factory.mktemp("bad")
    for name, text in (
        ("index.html", _BAD),
        ("blog.html", _BAD),
        ("a.css", _STYLE),
        ("search.js", "console.info('x')"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    site = Audited("bad", Built(folder, folder), {"home": "", "blog": "blog.html"})
    # In a thread of its own: Playwright starts only once in each, and other tests may have started it here.
    with server.serve(folder, compressed=True) as url, ThreadPoolExecutor(1) as executor:
        figures = executor.submit(_measure, Target(site, "home", url)).result()
    return {figure.metric: figure for figure in figures}


def _measure(target: Target) -> list[Figure]:
    with checks.open_browsers() as browsers:
        return [figure for check in checks.CHECKS.values() for figure in check(browsers, target)]


def _has(figure: Figure, text: str) -> bool:
    return any(text in finding for finding in figure.findings)


@pytest.mark.parametrize(
    ("metric", "finding"),
    [
        ("axe", "image-alt"),
        ("overflow", "2008 px: div.late"),
        ("overflow", "a word is broken: a#first"),
        ("policy", "default-src is not 'none'"),
        ("policy", "unsafe source 'unsafe-inline'"),
        ("policy", "no base-uri"),
        ("policy", "no referrer policy"),
        ("policy", "request to another host: http://other.invalid/a.png"),
        ("policy", "requested before the search was opened: /search.js"),
        ("policy", "console: x"),
        ("policy", "violation: style-src-attr inline"),
        ("shift", "1280 px"),
        ("keyboard", "no visible focus: a#first"),
        ("keyboard", "the first link does not skip to the content"),
        ("keyboard", "/ does not lead to the search"),
        ("keyboard", "the theme switch is missing"),
    ],
)
def test_fault_is_found(figures: dict[str, Figure], metric: str, finding: str) -> None:
    assert _has(figures[metric], finding), figures[metric]
    assert not figures[metric].is_within


def test_bytes_are_those_on_the_network(figures: dict[str, Figure]) -> None:
    first, second, blocking = (figures[name].value or 0 for name in ("first", "second", "blocking"))
    # Three files with headers; the second page has only HTML.
    assert 1000 < blocking <= first < 3000
    assert 0 < second < blocking
