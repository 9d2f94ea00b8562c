"""The reader of feeds and published sites: entries, articles, categories and tags, lists and files."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import feed
from tests.support import project

PUBLISHED = project.ROOT / "tests" / "imports" / "published-site" / "published"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.example/"/>'


def read_files(root: Path, files: Mapping[str, str | bytes], name: str = "") -> ImportedSite:
    """Write files and read them, or only the one with a name."""
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = InputFiles(root / name, root)
    assert feed.detect(source)
    return feed.read(source, lambda _done, _total: None)


def read_entry(root: Path, entry: str) -> ImportedPage:
    """Read an Atom feed with a single entry."""
    (page,) = read_files(root, {"a.xml": f"{ATOM}\n<entry>{entry}</entry></feed>"}, "a.xml").pages
    return page


def problems(page: ImportedPage | ImportedSite) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in page.problems]


@pytest.fixture(scope="module")
def published() -> ImportedSite:
    """The published site of the fixture."""
    return feed.read(InputFiles(PUBLISHED, PUBLISHED), lambda _done, _total: None)


def find_page(site: ImportedSite, url: str) -> ImportedPage:
    return next(page for page in site.pages if page.url == url)


def test_an_entry_has_its_id_dates_and_terms(published: ImportedSite) -> None:
    page = find_page(published, "/posts/fog-horn")
    assert page.title == "How to tune a fog horn"
    assert page.feed_id == "tag:mira.example,2021-03-14:/posts/fog-horn"
    zone = timezone(timedelta(hours=1))
    assert page.created == datetime(2021, 3, 14, 18, 40, tzinfo=zone)
    assert page.updated == datetime(2022, 1, 5, 9, 0, tzinfo=zone)
    assert page.aliases == ("/posts/fog-horn.html",)
    assert page.categories == ("sound",)
    assert page.tags == ("fog", "physics", "Lamp oil")
    assert page.authors == ("Mira Holt",)
    assert page.description == "Three valves, one ear and a table of pressures."
    assert page.problems == []
    assert published.url == "https://mira.example/"


def test_a_tag_may_have_the_name_of_the_category(published: ImportedSite) -> None:
    page = find_page(published, "/posts/lamps-and-oil")
    assert (page.title, page.categories) == ("Lamps & oil: a list", ("lamps",))
    assert page.tags == ("oil", "Lamp oil", "lamps")


def test_a_post_in_no_feed_is_read_from_its_page(published: ImportedSite) -> None:
    page = find_page(published, "/posts/before-the-feed")
    assert page.is_post
    assert page.feed_id == "tag:mira.example,2015-01-20:/posts/before-the-feed"
    assert page.body.startswith("<p>This post is too old for the feed")
    assert page.body.endswith("<p>Its text is complete nevertheless.</p>")
    assert (page.categories, page.tags, page.description) == (("lamps",), ("history",), "")
    assert page.created == datetime(2015, 1, 20, tzinfo=timezone(timedelta(hours=1)))
    assert problems(page) == [
        "info posts/before-the-feed.html:1:1: this post is in no feed; all of it is read from this page.",
        "info posts/before-the-feed.html:22:1: the box 'Cite this post Mira Holt (Jan …' is left out, "
        "because this site makes its own.",
    ]


def test_pages_lists_and_files_are_distinguished(published: ImportedSite) -> None:
    assert [page.url for page in published.pages if not page.is_post] == [
        "/pages/about.html",
        "/pages/talks.html",
    ]
    assert find_page(published, "/pages/talks.html").title == "Talks"
    assert published.lists["/"] == OldList("index")
    assert published.lists["/index3.html"] == OldList("index")
    assert published.lists["/archives.html"] == OldList("archive")
    assert published.lists["/tags.html"] == OldList("tags")
    assert published.lists["/category/lamps2.html"] == OldList("category", "lamps")
    assert published.lists["/tag/lamp-oil.html"] == OldList("tag", "Lamp oil")
    assert published.lists["/author/mira-holt3.html"] == OldList("author", "Mira Holt")
    assert published.lists["/feeds/all.rss.xml"] == OldList("feed")
    assert published.lists["/feeds/sound.atom.xml"] == OldList("category feed", "sound")
    assert sorted(published.files) == [
        "/files/lamp-days.pdf",
        "/files/storm.mp4",
        "/images/horn.png",
        "/images/tower.png",
        "/images/unused.png",
    ]
    assert published.files["/images/horn.png"]() == (PUBLISHED / "images/horn.png").read_bytes()


def test_the_folder_is_found_from_the_feed(published: ImportedSite) -> None:
    source = InputFiles(PUBLISHED / "feeds" / "all.atom.xml", PUBLISHED)
    site = feed.read(source, lambda _done, _total: None)
    assert site.pages == published.pages
    assert site.lists == published.lists


def test_rss_with_modules(tmp_path: Path) -> None:
    rss = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://a.example/blog/</link>
    <item><title>Salt &amp;amp; &lt;em>pepper&lt;/em></title>
    <link>https://a.example/blog/2020/salt/?utm_source=rss</link>
    <guid isPermaLink="false">https://a.example/?p=7</guid>
    <pubDate>Fri, 03 Jan 2020 10:00:00 -0500</pubDate>
    <dc:creator><![CDATA[Ada Byron]]></dc:creator><category domain="category">Food</category>
    <category domain="tag">salt</category><description>About salt.</description>
    <content:encoded><![CDATA[<p>Salt is <b>white</b>.</p>]]></content:encoded></item>
    </channel></rss>"""
    site = read_files(tmp_path, {"feed.xml": rss}, "feed.xml")
    (page,) = site.pages
    assert site.url == "https://a.example/blog/"
    assert page.title == "Salt & pepper"
    assert page.url == "/2020/salt/"
    assert page.feed_id == "https://a.example/?p=7"
    assert page.created == datetime(2020, 1, 3, 10, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert (page.authors, page.categories, page.tags) == (("Ada Byron",), ("Food",), ("salt",))
    assert (page.body, page.description) == ("<p>Salt is <b>white</b>.</p>", "About salt.")
    assert page.line == 9


def test_rss_1(tmp_path: Path) -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>A</title>
    <link>https://a.example/</link></channel><item rdf:about="https://a.example/b"><title>B</title>
    <link>https://a.example/b</link><description>Text.</description><dc:date>2004-05-06T07:08:09Z</dc:date>
    <dc:subject>news</dc:subject></item></rdf:RDF>"""
    (page,) = read_files(tmp_path, {"index.rdf": rdf}, "index.rdf").pages
    assert (page.title, page.url, page.feed_id) == ("B", "/b", "https://a.example/b")
    assert (page.body, page.created) == ("Text.", datetime(2004, 5, 6, 7, 8, 9, tzinfo=UTC))


def test_json_feed(tmp_path: Path) -> None:
    json = """{"version": "https://jsonfeed.org/version/1.1", "home_page_url": "https://a.example/",
    "authors": [{"name": "Ada Byron"}], "items": [
    {"id": "1", "url": "https://a.example/a.html", "title": "A", "content_html": "<p>One</p>",
     "summary": "The first", "tags": ["x", "y"], "date_published": "2020-02-03T04:05:06+02:00",
     "date_modified": "2021-02-03T04:05:06+02:00", "image": "https://a.example/a.png"},
    {"id": 2, "url": "/b.html", "title": "B", "content_text": "a < b\\n\\nc", "date_published": "soon"}]}"""
    first, second = read_files(tmp_path, {"feed.json": json}, "feed.json").pages
    zone = timezone(timedelta(hours=2))
    assert (first.title, first.url, first.feed_id, first.line) == ("A", "/a.html", "1", 3)
    assert (first.created, first.updated) == (
        datetime(2020, 2, 3, 4, 5, 6, tzinfo=zone),
        datetime(2021, 2, 3, 4, 5, 6, tzinfo=zone),
    )
    assert (first.body, first.description, first.tags) == ("<p>One</p>", "The first", ("x", "y"))
    assert (first.authors, first.image) == (("Ada Byron",), "https://a.example/a.png")
    assert (second.feed_id, second.url, second.body) == ("2", "/b.html", "<p>a &lt; b</p>\n<p>c</p>")
    assert problems(second) == [
        "warning feed.json:6:1: 'soon' is not a date.",
    ]


@pytest.mark.parametrize("authors", ["3", "true", '"Ada"', '[3, {"name": 4}]', '{"name": ["Ada"]}'])
def test_values_of_a_json_feed_may_have_any_type(tmp_path: Path, authors: str) -> None:
    item = f'{{"id": null, "url": "http://[", "title": "A", "content_text": "a", "authors": {authors}}}'
    json = f'{{"version": "https://jsonfeed.org/version/1.1",\n"items": [{item}]}}'
    (page,) = read_files(tmp_path, {"feed.json": json}, "feed.json").pages
    assert (page.feed_id, page.url, page.authors) == ("", "", ())
    assert "warning feed.json:2:1: 'http://[' is not a URL, and is left out." in problems(page)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>a &lt; b</title>", "a < b"),
        ('<title type="html">a &amp;lt; &lt;i>b&lt;/i> &amp;amp; c</title>', "a < b & c"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <em>b</em></div></title>', "a b"),
        ("<title>List&lt;int&gt;</title>", "List<int>"),
    ],
)
def test_titles_are_plain_text(title: str, expected: str, tmp_path: Path) -> None:
    assert read_entry(tmp_path, f"{title}<content>x</content>").title == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<content type="html">&lt;p>a &amp;amp; b&lt;/p></content>', "<p>a &amp; b</p>"),
        ("<content>a &lt; b</content>", "<p>a &lt; b</p>"),
        (
            '<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p>a<h:br/>b</h:p>'
            "<!-- c --></h:div></content>",
            "<p>a<br>b</p>",
        ),
        (
            '<content type="html" xml:base="https://a.example/x/">&lt;img src="b.png"></content>',
            '<img src="https://a.example/x/b.png">',
        ),
        ("<summary>Only this</summary>", "<p>Only this</p>"),
    ],
)
def test_contents_are_html(content: str, expected: str, tmp_path: Path) -> None:
    assert read_entry(tmp_path, f"<title>t</title>{content}").body == expected


def test_what_an_entry_lacks_is_reported(tmp_path: Path) -> None:
    page = read_entry(tmp_path, '<link href="https://a.example/my-post"/><published>never</published>')
    assert (page.title, page.created) == ("My post", None)
    assert problems(page) == [
        "warning a.xml:2:1: 'never' is not a date.",
        "warning a.xml:2:1: this post has no title. Its first words or its URL become its title.",
        "warning a.xml:2:1: this post has no text.",
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.xml", f"{ATOM}</feed>", "warning a.xml:1:1: this feed has no entries."),
        ("a.xml", "<rss><channel/></rss>", "warning a.xml:1:1: this feed has no entries."),
        (
            "a.json",
            '{"version": "https://jsonfeed.org/version/1.1"}',
            "warning a.json:1:1: this feed has no entries.",
        ),
        (
            "a.json",
            '{"version": "https://jsonfeed.org/version/1",\n "items": [1, {"id": "a", "content_text": "b"}]}',
            "error a.json:2:12: items[0]: '1' is not an entry, and is left out.",
        ),
        (
            "a.json",
            '{"version": "https://jsonfeed.org/version/1", "items": [}',
            "error a.json:1:57: this is not JSON: expecting value.",
        ),
    ],
)
def test_what_a_feed_lacks_is_reported(name: str, text: str, problem: str, tmp_path: Path) -> None:
    assert problems(read_files(tmp_path, {name: text}, name)) == [problem]


def test_entries_with_the_same_id_are_all_imported(tmp_path: Path) -> None:
    entry = (
        '\n<entry><id>i</id><title>{0}</title><link href="https://a.example/{0}"/><content>{0}</content>'
        "<updated>2020-01-01T00:00:00Z</updated></entry>"
    )
    site = read_files(tmp_path, {"a.xml": f"{ATOM}{entry.format('a')}{entry.format('b')}</feed>"}, "a.xml")
    assert [(page.title, page.feed_id) for page in site.pages] == [("a", "i"), ("b", "")]
    assert problems(site.pages[1]) == [
        "warning a.xml:3:1: its id 'i' is also that of the entry on line 2. "
        "Feed readers show only one of them."
    ]


def test_entries_with_the_same_url_are_all_imported(tmp_path: Path) -> None:
    entry = (
        '<entry><id>{0}</id><title>{0}</title><link href="https://a.example/x"/><content>{0}</content>'
        "<published>2020-01-01</published></entry>"
    )
    files = {"a.xml": f"{ATOM}{entry.format('a')}\n{entry.format('b')}</feed>", "x.html": "<p>a</p>"}
    site = read_files(tmp_path, files)
    assert [(page.title, page.url, page.body) for page in site.pages] == [
        ("a", "/x", "<p>a</p>"),
        ("b", "", "<p>b</p>"),
    ]
    assert problems(site.pages[1]) == [
        "warning a.xml:2:1: another entry has its URL '/x', too, so this post has none."
    ]


def test_other_encodings_and_undeclared_prefixes(tmp_path: Path) -> None:
    rss = (
        '<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><item><title>é</title>'
        "<pubDate>Fri, 03 Jan 2020 10:00:00 GMT</pubDate>"
        "<content:encoded>&lt;p>ü&lt;/p></content:encoded></item></channel></rss>"
    ).encode("iso-8859-1")
    (page,) = read_files(tmp_path, {"feed.xml": rss}, "feed.xml").pages
    assert (page.title, page.body, page.problems) == ("é", "<p>ü</p>", [])


def test_entities_that_the_feed_declares(tmp_path: Path) -> None:
    rss = (
        '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY bomb "&nbsp;&nbsp;">]>'
        "<rss><channel><item><title>a&nbsp;b</title><description>c&nbsp;d</description></item></channel>"
        "</rss>"
    )
    (page,) = read_files(tmp_path, {"feed.xml": rss}, "feed.xml").pages
    assert (page.title, page.body) == ("a b", "c\xa0d")


def test_invalid_xml_is_reported(tmp_path: Path) -> None:
    broken = f"{ATOM}{ENTRY.format('a', 'Text.')}\n<title></feed>"
    site = read_files(tmp_path, {"feed.xml": broken}, "feed.xml")
    assert [page.title for page in site.pages] == ["a"]
    assert problems(site) == [
        "error feed.xml:3:15: this is not XML: Opening and ending tag mismatch: title line 3 and feed. "
        "What can be read of it is imported."
    ]


PAGE = """<html><head><title>{title} | Site</title></head><body>
<nav><a href="/category/x.html">x</a></nav>
<main><h1>{title}</h1><p class="byline">by Ada</p>{body}<div class="comments">Nice!</div></main>
</body></html>"""
ENTRY = """<entry><title>{0}</title><link href="https://a.example/{0}"/><content type="html">{1}</content>
<published>2020-01-01T00:00:00Z</published></entry>"""


def test_the_page_has_the_text_that_the_feed_cuts_short(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    site = read_files(
        tmp_path,
        {
            "feed.xml": ATOM
            + ENTRY.format("a", "&lt;p>word0 word1 word2 […]&lt;/p>")
            + ENTRY.format("b", "&lt;p>word0 word1 word2 word3 word4&lt;/p>")
            + ENTRY.format("c", f"&lt;p>{words}&lt;/p>")
            + ENTRY.format("d", "&lt;p>word0 … Read more&lt;/p>")
            + "</feed>",
            "a.html": PAGE.format(title="a", body=f"<p>{words}</p>"),
            "b/index.html": PAGE.format(title="b", body=f"<p>{words}</p>"),
            "c.html": PAGE.format(title="c", body=f"<p>{words}</p>"),
        },
    )
    bodies = {page.title: (page.body, page.source) for page in site.pages}
    assert bodies["a"] == (f"<p>{words}</p>", "a.html")
    assert bodies["b"] == (f"<p>{words}</p>", "b/index.html")
    assert bodies["c"] == (f"<p>{words}</p>", "feed.xml")
    assert bodies["d"] == ("<p>word0 … Read more</p>", "feed.xml")
    assert [problems(page) for page in site.pages] == [
        ["info a.html:3:1: the feed has only 4 of 60 words: the page has the text."],
        ["info b/index.html:3:1: the feed has only 5 of 60 words: the page has the text."],
        [],
        [
            "warning feed.xml:4:1: the feed has only the beginning of this text, and there is no page of "
            "it. Put the folder of the published site beside the feed."
        ],
    ]


def test_a_site_in_a_subfolder_of_its_host(tmp_path: Path) -> None:
    site = read_files(
        tmp_path,
        {
            "mirror/feed.xml": '<feed xmlns="http://www.w3.org/2005/Atom">'
            '<link rel="self" href="https://a.example/blog/feed.xml"/>'
            '<entry><title>A</title><link href="https://a.example/blog/posts/a/"/>'
            "<content>text</content><published>2020-01-01</published></entry></feed>",
            "mirror/posts/a/index.html": PAGE.format(title="A", body="<p>text</p>"),
            "mirror/about/index.html": PAGE.format(title="About", body="<p>me</p>"),
            "mirror/sitemap.xml": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            "<url><loc>https://a.example/blog/gone/</loc></url></urlset>",
            "mirror/old.html": '<meta http-equiv="refresh" content="0; url=/blog/posts/a/">',
            "mirror/404.html": PAGE.format(title="Not found", body="<p>Nothing here</p>"),
        },
    )
    assert site.url == "https://a.example/blog/"
    assert [(page.url, page.aliases, page.created) for page in site.pages] == [
        ("/posts/a/", ("/old.html",), date(2020, 1, 1)),
        ("/about/", (), None),
    ]
    assert site.lists == {"/feed.xml": OldList("feed")}
    assert site.old_urls == {"/gone/", "/sitemap.xml", "/about/", "/old.html"}


def test_pages_without_an_ending(tmp_path: Path) -> None:
    site = read_files(
        tmp_path,
        {
            "feed.xml": f"{ATOM}{ENTRY.format('posts/a', '&lt;p>text&lt;/p>')}</feed>",
            "posts/a": "<!DOCTYPE html>" + PAGE.format(title="A", body="<p>text</p>"),
            "posts/b": "<!DOCTYPE html>" + PAGE.format(title="B", body="<p>text</p>"),
            "CNAME": "a.example",
        },
    )
    assert [(page.title, page.url, page.aliases) for page in site.pages] == [
        ("posts/a", "/posts/a", ()),
        ("B", "/posts/b", ()),
    ]
    assert list(site.files) == ["/CNAME"]


def test_a_citation_in_the_feed_is_left_out(tmp_path: Path) -> None:
    page = read_entry(
        tmp_path,
        '<title>Salt</title><link href="https://a.example/salt"/><published>2020-01-02</published>'
        '<content type="html">&lt;p>Text.&lt;/p>&lt;h2>Citation&lt;/h2>'
        "&lt;pre>@misc{salt, title={Salt}}&lt;/pre></content>",
    )
    assert page.body == "<p>Text.</p>"
    assert problems(page) == [
        "info a.xml:2:1: the box 'Citation @misc{salt, title={Salt}} …' is left out, because this site makes "
        "its own."
    ]


def test_terms_of_a_feed_alone(tmp_path: Path) -> None:
    def read_terms(*terms: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        entries = "".join(
            f"<entry><title>{n}</title><id>{n}</id><content>x</content>"
            + "".join(f'<category term="{term}"/>' for term in names.split())
            + "</entry>"
            for n, names in enumerate(terms)
        )
        site = read_files(tmp_path, {"a.xml": f"{ATOM}{entries}</feed>"}, "a.xml")
        return [(page.categories, page.tags) for page in site.pages]

    # As Pelican writes them.
    assert read_terms("java x", "java y", "math x y", "math z")[0] == (("java",), ("x",))
    assert read_terms("java x java", "math x") == [(("java",), ("x", "java")), (("math",), ("x",))]
    # As others write tags.
    assert read_terms("a b", "b c", "c d", "d a")[0] == ((), ("a", "b"))
    assert read_terms("a b")[0] == ((), ("a", "b"))


_TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)


@given(
    entries=st.lists(st.tuples(_TEXTS, _TEXTS, _TEXTS, _TEXTS, st.lists(_TEXTS, max_size=3)), max_size=5),
    kind=st.sampled_from(["atom", "rss"]),
)
def test_no_entry_is_lost(
    entries: list[tuple[str, str, str, str, list[str]]], kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("feed")
    text = ""
    for title, link, day, content, terms in entries:
        title, link, day, content = (escape(part) for part in (title, link, day, content))
        categories = "".join(f"<category term={quoteattr(term)}>{escape(term)}</category>" for term in terms)
        if kind == "atom":
            text += (
                f'<entry><title type="html">{title}</title><link href={quoteattr(link)}/><id>{link}</id>'
                f'<published>{day}</published>{categories}<content type="html">{content}</content></entry>'
            )
        else:
            text += (
                f"<item><title>{title}</title><link>{link}</link><pubDate>{day}</pubDate>{categories}"
                f"<description>{content}</description></item>"
            )
    whole = f"{ATOM}{text}</feed>" if kind == "atom" else f"<rss><channel>{text}</channel></rss>"
    site = read_files(root, {"a.xml": whole, "index.html": "<p>x</p>"})
    posts = [page for page in site.pages if page.is_post]
    assert len(posts) == len(entries)
    assert all(page.title for page in posts)
