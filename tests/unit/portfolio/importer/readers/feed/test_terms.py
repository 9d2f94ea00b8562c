"""Categories, tags and authors of another site, and the URLs of their lists."""

import pytest

from portfolio.importer.model import OldList
from portfolio.importer.readers.feed.terms import TermLink, classify_list, own_terms, read_term_link


@pytest.mark.parametrize(
    ("url", "kind", "slug"),
    [
        ("/category/a-b.html", "category", "a-b"),
        ("https://a.example/blog/tags/C%2B%2B/", "tag", "C++"),
        ("/tags/#a", "tag", "a"),
        ("/author/ada/index.html", "author", "ada"),
        ("/tag/a/feed/", "tag", "a"),
    ],
)
def test_links_to_lists(url: str, kind: str, slug: str) -> None:
    term = read_term_link(url)
    assert term is not None
    assert (term.kind, term.slug) == (kind, slug)


def test_other_links_lead_to_no_list() -> None:
    assert read_term_link("/tags/") is None
    assert read_term_link("/posts/tags.html") is None
    assert read_term_link("/x/y", "Y", ["category", "tag"]) == TermLink("category", "y", "Y")


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("/index.html", OldList("index")),
        ("/index4.html", OldList("index")),
        ("/page/2/index.html", OldList("index")),
        ("/blog/page/3/index.html", OldList("index")),
        ("/archives.html", OldList("archive")),
        ("/2020/05/index.html", OldList("archive")),
        ("/tags.html", OldList("tags")),
        ("/categories/index.html", OldList("categories")),
        ("/tag/a2.html", OldList("tag", "a")),
        ("/tag/web2.html", OldList("tag", "web2")),
        ("/tag/b2.html", OldList("tag", "b2")),
        ("/category/a/page/2/index.html", OldList("category", "a")),
        ("/posts/a.html", None),
        ("/about.html", None),
    ],
)
def test_lists_by_their_paths(path: str, listed: OldList | None) -> None:
    paths = {"/tag/a.html", "/tag/a2.html", "/tag/web.html", "/tag/web2.html", "/tag/b2.html"}
    assert classify_list(path, paths, {"web2"}) == listed


def test_links_of_menus_do_not_count() -> None:
    menu = [TermLink("category", name, name) for name in ("a", "b", "c")]
    pages = [[*menu, TermLink("category", name, name)] for name in ("a", "b", "c")]
    assert own_terms(pages) == [[TermLink("category", name, name)] for name in ("a", "b", "c")]
    same = [[TermLink("category", "a", "a"), TermLink("tag", name, name)] for name in ("x", "y", "z")]
    assert own_terms(same) == same
