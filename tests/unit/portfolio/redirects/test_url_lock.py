"""The URL lock, other lists of URLs, and their comparison with a site."""

import gzip
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.positions import Document
from portfolio.redirects.aliases import GoneUrl
from portfolio.redirects.published_site import PublishedSite
from portfolio.redirects.url_lock import Comparison, add_to_lock, list_published, read_lock, read_urls
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


def test_marks_of_a_merge_conflict_are_reported() -> None:
    text = "<<<<<<< HEAD\n/a/\n||||||| 1234567\n=======\n/b/\n>>>>>>> branch\n"
    urls, problems = read_lock("urls.lock", text)
    assert [str(item.url) for item in urls] == ["/a/", "/b/"]
    assert [str(problem) for problem in problems] == [
        f"urls.lock:{line}:1: this is a mark of a merge conflict. Remove it; keep the URLs of both sides."
        for line in (1, 3, 4, 6)
    ]


@given(st.sets(URLS))
def test_a_lock_is_read_as_it_was_written(urls: set[UrlPath]) -> None:
    listed, problems = read_lock("urls.lock", add_to_lock("", urls))
    assert problems == []
    assert {item.url for item in listed} == urls


GONE_HINT = "If nothing replaces it, add it to extra.portfolio.gone in mkdocs.yml, with the reason."


def page(title: str, *ids: str, before: str = "") -> str:
    headings = "".join(f"<h2 id={id}>{id.title()}</h2>" for id in ids)
    return f"<!doctype html><title>{title}</title>{before}<main><h1>{title}</h1>{headings}</main>"


def redirect(url: str) -> str:
    return f'<!doctype html><title>Moved</title><meta http-equiv="refresh" content="0; url={url}">'


def write_site(root: Path, files: Mapping[str, str]) -> PublishedSite:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return PublishedSite(root, "https://example.org/")


def compare(
    site: PublishedSite, lock: str, sources: Mapping[str, tuple[str, Collection[str]]], *gone: str
) -> tuple[list[str], list[str]]:
    """Return what became of each URL of a lock, and the diagnostics."""
    listed, problems = read_lock("urls.lock", lock)
    assert problems == []
    declared = [GoneUrl(path, "a reason", Document("mkdocs.yml"), ()) for path in gone]
    read_later = {file: (source, lambda texts=texts: texts) for file, (source, texts) in sources.items()}
    comparison = Comparison(site, declared, {item.url for item in listed}, read_later)
    results = comparison.compare(listed)
    return [result.status for result in results], [str(problem) for problem in comparison.diagnose(results)]


def test_each_url_is_the_same_redirected_gone_or_lost(tmp_path: Path) -> None:
    files = {
        "index.html": page("Home"),
        "a/index.html": page("A", "part"),
        "posts/a.html": redirect("../a/"),
        "posts/loop.html": redirect("loop.html"),
        "images/a.png": "",
    }
    lock = """\
/
/a/
/a/#part
/posts/a
/posts/a.html#part
/images/a.png
/drafts/one/
/drafts/one/#part
/old.html
/a/#gone
/posts/loop.html
/images/b.jpg
"""
    statuses, problems = compare(write_site(tmp_path, files), lock, {}, "/drafts/*", "/old.html", "/a/#gone")
    assert statuses == [
        *("same", "same", "same", "redirected", "redirected", "same", "gone", "gone", "gone", "gone"),
        *("lost", "lost"),
    ]
    assert problems == [
        "urls.lock:11:1: nothing answers '/posts/loop.html' any more. "
        f"Add it to the aliases of the page that replaces it. {GONE_HINT}",
        "urls.lock:12:1: nothing answers '/images/b.jpg' any more. "
        f"Add it to extra.portfolio.aliases, with the file that replaces it. {GONE_HINT}",
    ]


@pytest.mark.parametrize(
    ("lost", "file"),
    [
        # Another slug on the same day, and another day with the same slug.
        ("/blog/2026/01/31/old-name/", "blog/2026/01/31/new-name/index.html"),
        ("/blog/2026/02/28/token-buckets/", "blog/2026/03/01/token-buckets/index.html"),
        # From another generator; by its title; a page that is in the lock only if it has that name.
        ("/posts/token-buckets.html", "blog/2026/03/01/token-buckets/index.html"),
        ("/posts/rate-limits.html", "x/index.html"),
        ("/pages/about.html", "about/index.html"),
        ("/pages/contact.html", None),
    ],
)
def test_the_hint_for_a_lost_page_names_the_most_similar_one(
    tmp_path: Path, lost: str, file: str | None
) -> None:
    files = {
        "about/index.html": page("About"),
        "contacts-of-all/index.html": page("Contacts of all"),
        "blog/2026/01/31/new-name/index.html": page("New name"),
        "blog/2026/03/01/token-buckets/index.html": page("Token buckets"),
        "blog/page/2/index.html": page("Old name"),
        "x/index.html": page("Rate limits"),
        "404.html": page("Old name"),
    }
    sources = {name: (f"docs/{number}.md", ()) for number, name in enumerate(files)}
    lock = f"/about/\n/contacts-of-all/\n{lost}\n"
    _, (problem,) = compare(write_site(tmp_path, files), lock, sources)
    hint = "Add it to the aliases of the page that replaces it."
    if file is not None:
        hint = (
            f"It is probably {sources[file][0]} now: add it to its front matter, as in 'aliases: [{lost}]'."
        )
    assert problem == f"urls.lock:3:1: nothing answers '{lost}' any more. {hint} {GONE_HINT}"


def test_a_page_without_a_source_and_a_file_get_a_line_of_mkdocs_yml(tmp_path: Path) -> None:
    files = {
        "blog/category/nlp/index.html": page("NLP"),
        "images/2026/a b.png": "",
        "assets/images/a.png": "",
    }
    lock = "/blog/category/nlp2/\n/images/a%20b.png\n"
    _, problems = compare(write_site(tmp_path, files), lock, {})
    assert problems == [
        "urls.lock:1:1: nothing answers '/blog/category/nlp2/' any more. It is probably /blog/category/nlp/ "
        f"now: write '/blog/category/nlp2/: /blog/category/nlp/' in extra.portfolio.aliases. {GONE_HINT}",
        "urls.lock:2:1: nothing answers '/images/a%20b.png' any more. It is probably "
        f"/images/2026/a%20b.png now: write ''/images/a%20b.png': /images/2026/a%20b.png' in "
        f"extra.portfolio.aliases. {GONE_HINT}",
    ]


def test_the_hint_for_a_lost_redirect_is_where_a_similar_one_leads(tmp_path: Path) -> None:
    files = {
        "tags/index.html": page("Tags", "tag:gpu-memory"),
        "tag/gpu-memory.html": redirect("../tags/#tag:gpu-memory"),
        "tag/loop.html": redirect("loop.html"),
        "posts/new-name.html": redirect("../new-name/"),
        "new-name/index.html": page("New name"),
    }
    sources = {"new-name/index.html": ("docs/new-name.md", ())}
    lock = "/tag/memory.html\n/posts/new-nam.html\n/tag/loops.html\n"
    _, problems = compare(write_site(tmp_path, files), lock, sources)
    assert problems == [
        "urls.lock:1:1: nothing answers '/tag/memory.html' any more. It is probably /tags/#tag:gpu-memory "
        f"now: write '/tag/memory.html: /tags/#tag:gpu-memory' in extra.portfolio.aliases. {GONE_HINT}",
        "urls.lock:2:1: nothing answers '/posts/new-nam.html' any more. It is probably docs/new-name.md "
        f"now: add it to its front matter, as in 'aliases: [/posts/new-nam.html]'. {GONE_HINT}",
        "urls.lock:3:1: nothing answers '/tag/loops.html' any more. "
        f"Add it to the aliases of the page that replaces it. {GONE_HINT}",
    ]


def test_no_hint_names_a_file_that_no_alias_can_lead_to(tmp_path: Path) -> None:
    files = {"sitemap.xml": "", "CNAME": "", "a/index.html": page("Other")}
    lock = "/feeds/a.atom.xml\n/tag/cname/\n/a/\n"
    _, problems = compare(write_site(tmp_path, files), lock, {})
    assert [problem.partition("any more. ")[2] for problem in problems] == [
        f"Add it to extra.portfolio.aliases, with the file that replaces it. {GONE_HINT}",
        f"Add it to the aliases of the page that replaces it. {GONE_HINT}",
    ]


def test_the_hint_for_a_page_that_is_a_draft_again_names_it(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"a/index.html": page("Draft of a")})
    item, _ = read_lock("urls.lock", "/draft/\n")
    comparison = Comparison(site, [], set(), {}, {"draft/index.html": "docs/posts/draft.md"})
    (problem,) = comparison.diagnose(comparison.compare(item))
    assert (
        problem.hint
        == f"It is the URL of docs/posts/draft.md, which is not published: publish it. {GONE_HINT}"
    )


def test_the_hint_for_a_lost_fragment_names_the_heading(tmp_path: Path) -> None:
    files = {
        "a/index.html": page("A", "first", "the-promise", "generated"),
        "old.html": redirect("a/"),
        "tags/index.html": page("Tags", "tag:new"),
    }
    sources = {
        "a/index.html": ("docs/a.md", {"First", "The-Promise"}),
        "tags/index.html": ("docs/tags.md", {"Tags"}),
    }
    # The fragments of a page that is lost have no lines of their own.
    # A heading whose own fragment is in the lock is not the new name of another one.
    lock = "/b/#part\n/a/#first\n/a/#the-guarantee\n/old.html#start\n/tags/#tag:old\n/lost/\n/lost/#part\n"
    statuses, problems = compare(write_site(tmp_path, files), lock, sources)
    assert statuses == ["lost", "same", "lost", "lost", "lost", "lost", "lost"]
    assert problems[1:-1] == [
        "urls.lock:3:1: '/a/' has no '#the-guarantee' any more. It is probably 'The-Promise' now: "
        f"add '{{#the-guarantee}}' to this heading in docs/a.md. {GONE_HINT}",
        "urls.lock:4:1: '/old.html' leads to docs/a.md, which has no '#start'. It is probably "
        "'The-Promise' now: "
        f"add '{{#start}}' to this heading in docs/a.md. {GONE_HINT}",
        f"urls.lock:5:1: '/tags/' has no '#tag:old' any more. {GONE_HINT}",
    ]
    assert problems[0].startswith("urls.lock:1:1: nothing answers '/b/' any more.")
    assert problems[-1].startswith("urls.lock:6:1: nothing answers '/lost/' any more.")


def test_the_hint_names_a_heading_that_its_page_typesets(tmp_path: Path) -> None:
    heading = "<h2 id=dont>Don’t <code>go</code> – “now”</h2>"
    site = write_site(tmp_path, {"a/index.html": f"<!doctype html><title>A</title><main>{heading}</main>"})
    _, (problem,) = compare(site, "/a/#stay\n", {"a/index.html": ("docs/a.md", {'Don\'t `go` -- "now"'})})
    assert "It is probably 'Don’t go – “now”' now: add '{#stay}' to this heading in docs/a.md." in problem


def test_list_published_has_what_people_link_to(tmp_path: Path) -> None:
    files = {
        "index.html": page("Home", "part", "_cite"),
        "old.html": redirect("./"),
        "draft/index.html": page("Draft", "part"),
        "blog/page/2/index.html": page("Blog", "part"),
        "404.html": page("Not found", "part"),
        "a.png": "",
        "theme.js": "",
    }
    published = list_published(write_site(tmp_path, files), {"a.png", "b.png"}, {"draft/index.html"})
    assert published == {UrlPath("/"), UrlPath("/", "part"), UrlPath("/old.html"), UrlPath("/a.png")}


SITEMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url><loc>https://old.example/</loc></url>
  <url>
    <loc> https://old.example/posts/a.html </loc>
  </url>
  <url><loc>https://b.example/elsewhere/</loc></url>
</urlset>
"""
ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom">
<link href="https://example.org/" />
<entry><link href="https://example.org/posts/a" rel="alternate"/>
<link href="https://example.org/comments" rel="replies"/></entry>
<entry><link href="https://b.example/c"/></entry>
</feed>
"""
RSS = """\
<rss version="2.0"><channel><link>https://example.org/</link>
<item><link>https://example.org/posts/a.html?utm_source=rss</link></item>
</channel></rss>
"""
JSON = """\
{"version": "https://jsonfeed.org/version/1.1", "items": [
  {"id": "1", "url": "https://example.org/a/"}, {"id": "2"},
  {"id": "3", "url": "https://example.org/b/"}]}
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sitemap.xml", SITEMAP, [("/", 3, 1), ("/posts/a.html", 5, 1)]),
        ("all.atom.xml", ATOM, [("/posts/a", 3, 1)]),
        ("rss.xml", RSS, [("/posts/a.html", 2, 1)]),
        ("feed.json", JSON, [("/a/", 2, 15), ("/b/", 3, 15)]),
        ("urls.txt", "# Old\n\n/a/#b\nhttps://example.org/c.html\n", [("/a/#b", 3, 1), ("/c.html", 4, 1)]),
    ],
)
def test_a_list_of_urls_is_read(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, int, int]]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    urls, problems = read_urls(tmp_path / name, tmp_path, "https://example.org/")
    assert {problem.severity for problem in problems} <= {"info"}
    codes = [problem.code for problem in problems]
    assert codes.count("url.other-host") == text.count("https://b.example/")
    assert codes.count("url.query") == text.count("?utm")
    assert [(str(item.url), item.line, item.column) for item in urls] == expected
    assert {item.file for item in urls} == {name}


def test_a_list_in_any_encoding_is_read(tmp_path: Path) -> None:
    rss = RSS.replace("<channel>", "<channel><title>Ümlaut</title>").replace("?utm_source=rss", "")
    contents = {
        "utf-16.xml": f"<?xml version='1.0' encoding='utf-16'?>{rss}".encode("utf-16"),
        "latin.xml": f"<?xml version='1.0' encoding='iso-8859-1'?>{rss}".encode("iso-8859-1"),
        "bom.txt": b"\xef\xbb\xbf  # Old\r\n/posts/a.html\r\n",
        "rss.xml.gz": gzip.compress(rss.encode()),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        urls, problems = read_urls(tmp_path / name, tmp_path, "https://example.org/")
        assert (problems, [str(item.url) for item in urls]) == ([], ["/posts/a.html"]), name


def test_an_index_of_sitemaps_has_the_urls_of_those_beside_it(tmp_path: Path) -> None:
    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")

    def index(*names: str) -> str:
        sitemaps = "".join(f"<sitemap><loc>https://o.example/x/{name}</loc></sitemap>\n" for name in names)
        return f"<sitemapindex>{sitemaps}</sitemapindex>"

    write("index.xml", index("posts.xml", "nested.xml", "..", "gone.xml"))
    write("nested.xml", index("index.xml"))
    write(
        "posts.xml",
        "<urlset><url><loc>https://o.example/a/</loc>\n"
        "<image><loc>https://o.example/a.png</loc></image></url></urlset>",
    )
    urls, problems = read_urls(tmp_path / "index.xml", tmp_path, "")
    assert [(str(item.url), item.file, item.line) for item in urls] == [
        ("/a/", "posts.xml", 1),
        ("/a.png", "posts.xml", 2),
    ]
    assert list(map(str, problems)) == [
        "nested.xml:1:1: an index of sitemaps lists this one. Compare this one by itself.",
        "index.xml:3:1: 'https://o.example/x/..' is not beside this index of sitemaps. Save it there.",
        "index.xml:4:1: 'https://o.example/x/gone.xml' is not beside this index of sitemaps. Save it there.",
    ]


def test_hosts_of_one_site_are_compared(tmp_path: Path) -> None:
    lines = ["https://old.example/a/", "http://www.old.example/b/", "HTTPS://OLD.example:443/c/?p=1"]
    (tmp_path / "a.txt").write_text("\n".join([*lines, "https://b.example/"]), encoding="utf-8")
    urls, problems = read_urls(tmp_path / "a.txt", tmp_path, "https://new.example/")
    assert [str(item.url) for item in urls] == ["/a/", "/b/", "/c/"]
    assert list(map(str, problems)) == [
        f"a.txt:3:1: '{lines[2]}' is compared without its query, which servers of static files ignore.",
        "a.txt:4:1: 'https://b.example/' is not a URL of the old site, and is not compared.",
    ]


def test_a_folder_of_a_published_site_is_read(tmp_path: Path) -> None:
    files = {
        "index.html": page("Home"),
        "posts/a.html": "<nav><h2 id=menu>M</h2></nav><article><h1 id=a>A</h1><h2 id=part>P</h2></article>",
        "index2.html": "<article><h2><a href=/posts/a>A</a></h2><h2 id=part>P</h2></article>",
        "own.html": "<article><h2><a href=/own.html>O</a></h2><h3 id=part>P</h3></article>",
        "posts.html": "<article><h2 id=a>A</h2></article><article><h2 id=b>B</h2></article>",
        "404.html": page("Not found"),
        "images/a.png": "",
        "theme/main.css": "",
        "sitemap.xml": SITEMAP,
        "feeds/all.atom.xml": ATOM,
        "feed.json": JSON,
        "search.json": "[]",
        "talk.pdf": "",
    }
    write_site(tmp_path / "old", files)
    urls, problems = read_urls(tmp_path / "old", tmp_path, "")
    assert problems == []
    assert [(str(item.url), item.file) for item in urls] == [
        ("/feed.json", "old/feed.json"),
        ("/feeds/all.atom.xml", "old/feeds/all.atom.xml"),
        ("/images/a.png", "old/images/a.png"),
        ("/", "old/index.html"),
        ("/index2.html", "old/index2.html"),
        ("/own.html", "old/own.html"),
        ("/own.html#part", "old/own.html"),
        ("/posts.html", "old/posts.html"),
        ("/posts/a.html", "old/posts/a.html"),
        ("/posts/a.html#part", "old/posts/a.html"),
        ("/talk.pdf", "old/talk.pdf"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "a.txt",
            "/a/\nposts/b.html\n",
            "a.txt:2:1: 'posts/b.html' does not begin with '/'. Write '/posts/b.html'.",
        ),
        ("a.xml", "<feed>\n<entry></feed>", "a.xml:2:15: this is not XML: Opening and ending tag mismatch"),
        ("a.json", "{", "a.json:1:2: this is not JSON"),
        ("b.json", "{}", "b.json:1:1: there is no URL of a page in this file."),
        (
            "b.xml",
            "<sitemapindex><sitemap><loc>https://example.org/a.xml</loc></sitemap></sitemapindex>",
            "b.xml:1:1: 'https://example.org/a.xml' is not beside this index of sitemaps. Save it there.",
        ),
        ("a.xml.gz", b"\x1f\x8b rubbish", "a.xml.gz:1:1: this cannot be read: "),
        ("gone.txt", None, "gone.txt:1:1: there is no such file."),
    ],
)
def test_what_is_no_list_is_reported(
    tmp_path: Path, name: str, text: str | bytes | None, problem: str
) -> None:
    if text is not None:
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    _, problems = read_urls(tmp_path / name, tmp_path, "https://example.org/")
    assert [str(reported)[: len(problem)] for reported in problems] == [problem]
