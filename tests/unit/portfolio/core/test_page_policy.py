"""The content security policy of a page, and the headers of a site."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.page_policy import add_policy, format_headers, format_policy, make_policy

START = '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="">'
SITE = '<link rel="stylesheet" href="../a.css"><script type="module" src="../a.js"></script>'
# The SHA-256 of "f()", in base64.
HASH = "'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo='"
SELF = {"'self'"}


def sources(page: str, *other_hosts: str) -> dict[str, set[str]]:
    """Return the directives that this page has beyond those of every page."""
    policy = make_policy(page, other_hosts)
    assert policy.pop("default-src") == {"'none'"}
    assert policy.pop("base-uri") == {"'none'"}
    assert policy.pop("form-action") == SELF
    return policy


def test_a_page_may_load_the_site_and_nothing_else() -> None:
    assert sources(SITE) == {
        "script-src": {"'self'", "'wasm-unsafe-eval'"},
        **dict.fromkeys(("style-src", "img-src", "font-src", "connect-src"), SELF),
    }


def test_only_scripts_in_the_head_run() -> None:
    page = "<head><script>f()</script></head><body><script>g()</script></body>"
    assert sources(page) == {"script-src": {HASH}}
    data = '<head><script type="application/ld+json">{"a": "b"}</script></head>'
    assert sources(data) == {}


@pytest.mark.parametrize(
    ("element", "directive", "source"),
    [
        ('<img src="https://a.example/b.png?c=1&amp;d=2" alt="">', "img-src", "https://a.example"),
        ('<img alt="x > y" srcset="//a.example/b 1x, c.png 2x">', "img-src", "a.example"),
        ("<IMG SRC='data:image/png;base64,AA'>", "img-src", "data:"),
        ('<video controls poster="https://a.example/p.jpg">', "img-src", "https://a.example"),
        ('<source src="https://a.example:8080/v.mp4">', "media-src", "https://a.example:8080"),
        ('<video\n  src="v.mp4">', "media-src", "'self'"),
        ('<img src="https://münchen.example/a.png">', "img-src", "https://xn--mnchen-3ya.example"),
        ('<iframe title="a" src="https://me@tube.example/embed/1">', "frame-src", "https://tube.example"),
        ('<object data="a.pdf">', "object-src", "'self'"),
        ('<link rel="apple-touch-icon" href="https://a.example/i.png">', "img-src", "https://a.example"),
        ('<link as=font rel=preload href="f.woff2">', "font-src", "'self'"),
        ('<link rel="manifest" href="m.json">', "manifest-src", "'self'"),
        ('<link rel="stylesheet" href="https://a.example/s.css">', "style-src", "https://a.example"),
        ('<form action="https://a.example/send">', "form-action", "https://a.example"),
    ],
)
def test_an_element_may_load_what_it_names(element: str, directive: str, source: str) -> None:
    assert source in make_policy(element)[directive]


@pytest.mark.parametrize(
    "element",
    [
        '<a href="https://a.example/">',
        '<link rel="canonical" href="https://a.example/">',
        '<link rel="alternate" type="a" href="https://a.example/">',
        '<meta property="og:image" content="https://a.example/i.png">',
        '<p>&lt;img src="https://a.example/b.png"></p>',
    ],
)
def test_what_is_not_loaded_is_not_allowed(element: str) -> None:
    assert sources(element) == {}


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://a.example/s.js"></script>',
        '<button data-ask="https://a.example/s.js" data-id="1" hidden>',
    ],
)
def test_a_script_of_another_host_may_use_its_host_and_those_of_the_settings(element: str) -> None:
    needed = "script-src style-src img-src font-src connect-src media-src frame-src".split()
    hosts = {"https://a.example", "b.example"}
    assert sources(element, "b.example") == dict.fromkeys(needed, hosts)


def test_a_style_sheet_of_another_host_may_use_its_host_and_those_of_the_settings() -> None:
    policy = sources('<link rel="stylesheet" href="https://a.example/fonts.css">', "b.example")
    hosts = {"https://a.example", "b.example"}
    assert policy == {"style-src": {"https://a.example"}, "font-src": hosts, "img-src": hosts}


def test_the_settings_of_a_script_name_hosts() -> None:
    element = '<button data-ask="https://a.example/s.js" data-to="https://c.example/count">'
    assert sources(element)["connect-src"] == {"https://a.example", "https://c.example"}


def test_the_policy_is_written_into_its_element() -> None:
    assert add_policy(f"{START}<p>").startswith(
        '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; form-action 'self'; base-uri 'none'\"><p>"
    )
    assert add_policy("<p>") == "<p>"


@given(st.lists(st.sampled_from(["<img ", "<script ", "src=", '"', "'", ">", "https://", "a;b", "é", "\n"])))
def test_no_page_ends_the_policy_or_its_element(parts: list[str]) -> None:
    policy = format_policy(make_policy("".join(parts)))
    assert not {'"', "<", ">", "\n"} & set(policy)
    assert all(re.fullmatch(r"[a-z-]+( [^ ;]+)+", directive) for directive in policy.split("; "))


def test_headers_allow_what_any_page_allows() -> None:
    pages = [add_policy(START + SITE), add_policy(f'{START}<img src="https://a.example/b.png">')]
    text = format_headers(pages, ["assets/fonts/b.woff2", "assets/a.css"])
    policy = (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
        "img-src 'self' https://a.example; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    header = f"Content-Security-Policy: {policy}"
    immutable = "Cache-Control: public, max-age=31536000, immutable"
    assert text.split("\n") == [
        "/*",
        "  X-Content-Type-Options: nosniff",
        "  Referrer-Policy: strict-origin-when-cross-origin",
        "  Permissions-Policy: browsing-topics=(), camera=(), geolocation=(), microphone=()",
        *(line for path in ("/", "/*/", "/*.html") for line in (path, f"  {header}")),
        *(line for name in ("a.css", "fonts/b.woff2") for line in (f"/assets/{name}", f"  {immutable}")),
        "",
    ]


def test_a_file_of_the_owner_has_no_policy() -> None:
    text = format_headers([add_policy(START + SITE), "<!doctype html><p>"], [])
    assert "\n/*.html\n  Content-Security-Policy: frame-ancestors 'none'\n" in text
