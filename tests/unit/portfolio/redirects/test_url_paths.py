"""Paths of URLs, and the files that answer them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.redirects.url_paths import (
    InvalidPathError,
    UrlPath,
    file_for_alias,
    find_answer,
    fold_path,
    is_page,
    parse_url_path,
    path_of_file,
)

SITE = "https://example.org/layla/"
# Any text that can be a part of a path.
PARTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="/\\"), min_size=1, max_size=20
).filter(lambda part: part not in (".", ".."))
PATHS = st.builds(
    lambda parts, end: "/" + "/".join(parts) + end,
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/", UrlPath("/")),
        ("/posts/a.html", UrlPath("/posts/a.html")),
        ("/a/#part", UrlPath("/a/", "part")),
        ("/a/?p=1#part", UrlPath("/a/", "part")),
        ("/caf%C3%A9.html", UrlPath("/café.html")),
        ("/café.html", UrlPath("/café.html")),
        # The Unicode form is that of the URL.
        ("/cafe%CC%81.html", UrlPath("/cafe\u0301.html")),
        ("https://example.org/layla/a.html#b%20c", UrlPath("/a.html", "b c")),
        ("https://EXAMPLE.org/layla", UrlPath("/")),
        ("http://example.org/layla/", UrlPath("/")),
        ("/a:b/c", UrlPath("/a:b/c")),
    ],
)
def test_a_path_or_a_url_of_the_site_is_read(text: str, expected: UrlPath) -> None:
    assert parse_url_path(text, SITE) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("posts/a.html", "'posts/a.html' does not begin with '/'.", "Write '/posts/a.html'."),
        ("", "'' does not begin with '/'.", "Write '/'."),
        (
            "/../a.html",
            "'/../a.html' has an empty part, or the part '.' or '..'.",
            "Write the path as browsers show it.",
        ),
        (
            "/a//b",
            "'/a//b' has an empty part, or the part '.' or '..'.",
            "Write the path as browsers show it.",
        ),
        (
            "/a/%2E%2E/b",
            "'/a/%2E%2E/b' has an empty part, or the part '.' or '..'.",
            "Write the path as browsers show it.",
        ),
        ("/100%", "'/100%' has a '%' that encodes nothing.", "Write '%25' for the character."),
        ("/caf%E9", "'/caf%E9' is not percent-encoded UTF-8.", ""),
        ("/a\\b", "'/a\\b' contains a character that no path has.", ""),
        ("/a%00b", "'/a%00b' contains a character that no path has.", ""),
        (
            "//b.example/a",
            "'//b.example/a' is not a URL of this site.",
            "Write a path of this site, such as '/posts/a.html'.",
        ),
        (
            "mailto:a@b.example",
            "'mailto:a@b.example' is not a URL of this site.",
            "Write a path of this site, such as '/posts/a.html'.",
        ),
        (
            "https://example.org/a",
            "'https://example.org/a' is outside of this site, whose URL is https://example.org/layla/.",
            "",
        ),
        (
            "https://example.org/laylas/",
            "'https://example.org/laylas/' is outside of this site, whose URL is https://example.org/layla/.",
            "",
        ),
        (
            f"/{'é' * 126}",
            f"'{'é' * 79}…' is too long for the name of a file: 252 bytes.",
            "",
        ),
    ],
)
def test_any_other_text_has_a_message(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidPathError) as caught:
        parse_url_path(text, SITE)
    assert (str(caught.value), caught.value.hint) == (message, hint)


@given(PATHS, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_written_url_is_read_as_it_was(path: str, fragment: str) -> None:
    url = UrlPath(path, fragment)
    assert len(str(url).splitlines()) == 1
    assert parse_url_path(str(url)) == url


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "index.html"),
        ("/a", "a.html"),
        ("/a.html", "a.html"),
        ("/b", "b/index.html"),
        ("/b/", "b/index.html"),
        ("/b/index", "b/index.html"),
        ("/b/index.html", "b/index.html"),
        ("/c.png", "c.png"),
        # A file without a suffix comes before a page.
        ("/d", "d"),
        ("/a/", None),
        ("/A", None),
        ("/c", None),
        ("/c.png/", None),
    ],
)
def test_find_answer_is_what_pages_answers(path: str, expected: str | None) -> None:
    files = {"index.html", "a.html", "b/index.html", "c.png", "d", "d.html"}
    assert find_answer(path, files) == expected


@pytest.mark.parametrize(
    ("path", "page", "copy"),
    [
        ("/posts/a.html", "posts/a.html", "posts/a.html"),
        ("/posts/a", "posts/a.html", "posts/a.html"),
        ("/posts/v1.2", "posts/v1.2.html", "posts/v1.2"),
        ("/a.php", "a.php.html", "a.php"),
        ("/old/dir/", "old/dir/index.html", "old/dir/index.html"),
        ("/feed.xml", "feed.xml.html", "feed.xml"),
        ("/", "index.html", "index.html"),
    ],
)
def test_the_file_of_an_alias_has_a_suffix_that_pages_adds(path: str, page: str, copy: str) -> None:
    assert file_for_alias(path) == page
    assert file_for_alias(path, is_copy=True) == copy


@given(PATHS)
def test_the_file_of_an_alias_answers_its_path(path: str) -> None:
    for is_copy in (False, True):
        file = file_for_alias(path, is_copy=is_copy)
        assert find_answer(path, {file, "index.html", "a.html"}) == file
        assert is_page(file) or is_copy


@given(PATHS)
def test_the_path_of_a_file_is_answered_by_it(path: str) -> None:
    file = file_for_alias(path)
    assert find_answer(path_of_file(file), {file}) == file


def test_paths_that_may_be_one_file_are_normalized_alike() -> None:
    assert fold_path("Posts/Café.html") == fold_path("posts/cafe\u0301.HTML")
    assert fold_path("a.html") != fold_path("á.html")
