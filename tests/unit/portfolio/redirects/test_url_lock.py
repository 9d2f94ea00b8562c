"""The URL lock."""

from hypothesis import given
from hypothesis import strategies as st

from portfolio.redirects.url_lock import add_to_lock, read_lock
from portfolio.redirects.url_paths import UrlPath
from tests.unit.portfolio.redirects.test_url_paths import PATHS

URLS = st.builds(UrlPath, PATHS, st.text(st.characters(exclude_categories=["Cs"]), max_size=9))


def test_a_lock_is_sorted_and_only_grows() -> None:
    text = add_to_lock("", [UrlPath("/b/"), UrlPath("/b/", "part"), UrlPath("/"), UrlPath("/a b.png")])
    comment, *lines = text.splitlines()
    assert comment.startswith("# The URLs that this site has published.")
    assert lines == ["/", "/a%20b.png", "/b/", "/b/#part"]
    assert add_to_lock(text, []) == text
    assert add_to_lock(text, [UrlPath("/"), UrlPath("/aa/")]).splitlines() == [
        comment, "/", "/a%20b.png", "/aa/", "/b/", "/b/#part"
    ]  # fmt: skip


def test_lines_that_are_no_urls_stay_and_are_reported() -> None:
    text = "# Mine\n\n/b/\nposts/a.html\n"
    urls, problems = read_lock("docs/data/urls.lock", text)
    assert [(item.url, item.line) for item in urls] == [(UrlPath("/b/"), 3)]
    assert list(map(str, problems)) == [
        "docs/data/urls.lock:4:1: 'posts/a.html' does not begin with '/'. Write '/posts/a.html'."
    ]
    assert add_to_lock(text, [UrlPath("/a/")]) == "# Mine\nposts/a.html\n/a/\n/b/\n"


@given(st.sets(URLS))
def test_a_lock_is_read_as_it_was_written(urls: set[UrlPath]) -> None:
    listed, problems = read_lock("urls.lock", add_to_lock("", urls))
    assert problems == []
    assert {item.url for item in listed} == urls
