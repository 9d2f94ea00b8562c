"""URLs of the old site, in every spelling in which links have them."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.old_site import OldSite, Target, encode_path, normalize_path

SEGMENT = st.text("abcdé 1-_.%#?&()<>\"'[]", min_size=1, max_size=8).filter(
    lambda text: text.strip(".") != ""
)


def make_site(url: str = "https://www.old.example/") -> OldSite:
    """Return a site with a page, a page with an index, one in another script, a file and a list."""
    site = OldSite(url)
    site.add("/posts/first.html", "page", "first.md")
    site.add("/notes/", "page", "notes.md")
    site.add("/café/", "page", "cafe.md")
    site.add("/?p=12", "page", "twelve.md")
    site.add("/images/a.png", "file", "/images/a.png")
    site.add("/tag/x.html", "list", "tags.md")
    return site


@pytest.mark.parametrize(
    "url",
    [
        "/posts/first.html",
        "/posts/first",
        "/posts/first/",
        "/posts/first/index.html",
        "first.html",
        "./first.html",
        "../posts/first.html",
        "/posts/../posts/./first.html",
        "https://old.example/posts/first.html",
        "http://www.old.example/posts/first",
        "//old.example/posts/first.html",
        "HTTPS://OLD.example:443/posts/first.html",
        "/posts/%66irst.html",
        "/posts/first.html?utm=1",
        " /posts/first.html ",
    ],
)
def test_a_page_has_many_urls(url: str) -> None:
    assert make_site().find(url, "/posts/other.html") == Target("page", "first.md")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/posts/first.html#a%20b", Target("page", "first.md", "a b")),
        ("#part", Target("page", "", "part")),
        ("/notes", Target("page", "notes.md")),
        ("/caf%C3%A9/", Target("page", "cafe.md")),
        ("/cafe\u0301/", Target("page", "cafe.md")),
        ("/?p=12", Target("page", "twelve.md")),
        ("https://old.example/?p=12", Target("page", "twelve.md")),
        ("/?p=13", Target("dead", "/")),
        ("../images/a.png", Target("file", "/images/a.png")),
        ("/tag/x.html", Target("list", "tags.md")),
        ("/gone", Target("dead", "/gone")),
        ("https://example.org/posts/first.html", Target("external")),
        ("mailto:ada@old.example", Target("external")),
        ("data:image/png;base64,AA", Target("external")),
        ("javascript:alert(1)", Target("script")),
        (" JavaScript:alert(1)", Target("script")),
        ("data:text/html,<script>", Target("script")),
        ("http://[::1/", Target("dead")),
    ],
)
def test_find_returns_what_a_url_leads_to(url: str, expected: Target) -> None:
    assert make_site().find(url, "/posts/other.html") == expected


def test_a_site_below_a_path_is_found_with_and_without_it() -> None:
    site = OldSite("https://user.example/blog/")
    site.add("/blog/a/", "page", "a.md")
    site.add("/b/", "page", "b.md")
    for url, path in (("/blog/a/", "a.md"), ("/a/", "a.md"), ("/blog/b/", "b.md"), ("../b/", "b.md")):
        assert site.find(url, "/blog/a/").path == path


def test_without_a_url_no_host_is_the_old_one() -> None:
    site = make_site("")
    assert site.find("https://old.example/posts/first.html", "/").kind == "external"
    assert site.find("/posts/first.html", "").path == "first.md"
    assert site.make_absolute("/gone", "/posts/a.html") == ""


def test_make_absolute_adds_the_host() -> None:
    assert make_site().make_absolute("../gone#a", "/posts/a.html") == "https://www.old.example/gone#a"


@given(st.lists(st.sampled_from(["..", ".", "", "a", "%2e%2e", "%2F", "é"]), max_size=8).map("/".join))
def test_no_normal_path_climbs_out(path: str) -> None:
    normal = normalize_path(path)
    assert normal.startswith("/")
    assert ".." not in normal.split("/")
    assert normalize_path(quote(normal, safe="/?")) == normal


@given(st.lists(SEGMENT, min_size=1, max_size=3), st.lists(SEGMENT, min_size=1, max_size=3))
def test_an_encoded_path_leads_to_the_file(target: list[str], page: list[str]) -> None:
    path, folder = "/".join([*target, "file"]), "/".join(page)
    url = encode_path(posixpath.relpath(f"/{path}", f"/{folder}"))
    assert not set(url) & set(" ()<>\"#?[]'") - {"'"}
    base = quote(f"https://x.example/{folder}/", safe=":/")
    assert unquote(urljoin(base, url)) == f"https://x.example/{path}"
