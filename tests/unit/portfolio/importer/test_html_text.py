"""The text of HTML, and the parts of URLs."""

import pytest

from portfolio.importer.html_text import divide_url, is_relative, strip_tags, write_figure


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a\n b", "a b"),
        ("a &amp; <b>b</b>c", "a & bc"),
        ("<p>a</p>\n<p>b<script>c</script><style>d</style></p>", "a b"),
        ("1 < 2", "1 < 2"),
        ("a\0<br>b", "ab"),
    ],
)
def test_tags_are_removed(html: str, text: str) -> None:
    assert strip_tags(html) == text


def test_figures() -> None:
    assert write_figure("<img>", "A <b>b</b>") == (
        "<figure><img><figcaption>A <b>b</b></figcaption></figure>"
    )
    assert write_figure("<img>") == "<figure><img></figure>"


@pytest.mark.parametrize(
    ("url", "path", "rest"),
    [("a.md", "a.md", ""), ("a.md#b?c", "a.md", "#b?c"), ("a\n.md?b#c", "a\n.md", "?b#c"), ("#b", "", "#b")],
)
def test_urls_are_divided(url: str, path: str, rest: str) -> None:
    assert divide_url(url) == (path, rest)


@pytest.mark.parametrize("url", ["", "#a", "?a", "/a", "//example.org", "mailto:a@example.org", "https://a"])
def test_urls_that_are_not_relative(url: str) -> None:
    assert not is_relative(url)
    assert is_relative(f"a/{url}")
