"""Reading a built site: what a URL leads to, and what pages have."""

from pathlib import Path

import pytest

from portfolio.redirects.published_site import Answer, PublishedSite
from portfolio.redirects.url_paths import UrlPath

PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Über – Site</title></head><body>
<nav><h2 id="nav">Contents</h2></nav>
<main><svg><title id="picture">A picture</title></svg>
<h1 id="über">Über<a class="headerlink" href="#über">¶</a></h1>
<h2 id="part">A <code>part</code><a class="headerlink" href="#part">¶</a></h2>
<h2 id="_cite">Cite</h2><h3>No id</h3><a name="old">An anchor</a></main></body></html>
"""


def redirect(url: str, attribute: str = "http-equiv=refresh") -> str:
    return f'<!doctype html><title>Moved</title><meta {attribute} content="0; url={url}"><p>Moved'


@pytest.fixture
def site(tmp_path: Path) -> PublishedSite:
    files = {
        "index.html": PAGE,
        "über/index.html": PAGE,
        "posts/a.html": redirect("../%C3%BCber/"),
        "posts/b.html": redirect("https://example.org/base/posts/a.html#part", "HTTP-EQUIV='Refresh'"),
        "posts/c.html": redirect("d.html"),
        "posts/d.html": redirect("c.html"),
        "posts/e.html": redirect("https://b.example/"),
        "posts/f.html": redirect("../gone/"),
        "posts/g.html": redirect("https://example.org/elsewhere/"),
        "old/index.html": redirect("../posts/a.html"),
        "empty.html": "",
        "blank.html": "\n",
        "comment.html": "<!-- nothing -->",
        "a.pdf": "%PDF",
        ".hidden/a.html": PAGE,
    }
    for name, text in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return PublishedSite(tmp_path / "site", "https://example.org/base/", tmp_path / "cache/site.json")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (UrlPath("/über/"), Answer("über/index.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/über/", "part"), Answer("über/index.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/über/", "old"), Answer("über/index.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/über/", "top"), Answer("über/index.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/über/", ":~:text=A"), Answer("über/index.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/über/", "gone"), Answer("über/index.html", is_redirected=False, has_fragment=False)),
        (UrlPath("/posts/a"), Answer("über/index.html", is_redirected=True, has_fragment=True)),
        (UrlPath("/posts/b.html"), Answer("über/index.html", is_redirected=True, has_fragment=True)),
        (UrlPath("/posts/b.html", "gone"), Answer("über/index.html", is_redirected=True, has_fragment=False)),
        (UrlPath("/posts/e.html", "a"), Answer("", is_redirected=True, has_fragment=True)),
        (UrlPath("/a.pdf", "page=2"), Answer("a.pdf", is_redirected=False, has_fragment=True)),
        (UrlPath("/empty"), Answer("empty.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/blank", "a"), Answer("blank.html", is_redirected=False, has_fragment=False)),
        (UrlPath("/comment"), Answer("comment.html", is_redirected=False, has_fragment=True)),
        (UrlPath("/old/"), Answer("über/index.html", is_redirected=True, has_fragment=True)),
        (UrlPath("/old"), Answer("über/index.html", is_redirected=True, has_fragment=True)),
        (UrlPath("/posts/c.html"), None),
        (UrlPath("/posts/f.html"), None),
        (UrlPath("/posts/g.html"), None),
        (UrlPath("/.hidden/a.html"), None),
        (UrlPath("/posts/"), None),
    ],
)
def test_find_follows_redirects(site: PublishedSite, url: UrlPath, expected: Answer | None) -> None:
    assert site.find(url) == expected


def test_read_page_has_the_title_and_the_headings_of_the_text(site: PublishedSite) -> None:
    facts = site.read_page("über/index.html")
    assert (facts.title, facts.redirect) == ("Über", "")
    assert facts.headings == {"part": "A part"}
    assert facts.ids == ["_cite", "nav", "old", "part", "picture", "über"]


def test_only_a_changed_page_is_parsed_again(site: PublishedSite, tmp_path: Path) -> None:
    assert "part" in site.read_page("index.html").ids
    assert "part" in site.read_page("über/index.html").ids
    site.save()
    cache = tmp_path / "cache/site.json"
    stored = cache.read_text(encoding="utf-8")
    # An id that no page has shows what is read from the cache.
    cache.write_text(stored.replace('"old"', '"stored"'), encoding="utf-8")
    (tmp_path / "site/index.html").write_text(PAGE.replace("old", "other"), encoding="utf-8")
    again = PublishedSite(site.folder, site.site_url, cache)
    assert "other" in again.read_page("index.html").ids
    assert "stored" in again.read_page("über/index.html").ids
    # Nor is a damaged cache, or one of another folder, used.
    for damaged in (stored[:-9], "[]", "{}", "1"):
        cache.write_text(damaged, encoding="utf-8")
        assert "old" in PublishedSite(site.folder, site.site_url, cache).read_page("über/index.html").ids
    cache.write_text(stored.replace('"old"', '"stored"'), encoding="utf-8")
    (tmp_path / "other").symlink_to(site.folder)
    assert "old" in PublishedSite(tmp_path / "other", site.site_url, cache).read_page("über/index.html").ids
