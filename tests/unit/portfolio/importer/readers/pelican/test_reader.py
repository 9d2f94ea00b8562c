"""The reader of Pelican sites: metadata, URLs, links, lists and what is wrong."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import pelican

FIXTURE = Path(__file__).parents[5] / "imports" / "pelican"


def _ignore(done: int, total: int) -> None:
    """Ignore the progress."""


def _read(folder: Path, files: Mapping[str, str | bytes]) -> ImportedSite:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return pelican.read(InputFiles(folder, folder), _ignore)


def _read_post(folder: Path, metadata: str, body: str = "Text.\n", name: str = "a.md") -> ImportedPage:
    site = _read(folder, {name: f"{metadata}\n{body}"})
    return site.pages[0]


def _problems(page: ImportedPage) -> list[str]:
    return [str(problem) for problem in page.problems]


@pytest.mark.parametrize(
    ("files", "is_pelican"),
    [
        ({"pelicanconf.py": "", "content/a.txt": ""}, True),
        ({"a.md": "Title: A\nDate: 2020-01-01\n\nText"}, True),
        ({"a.md": "Date: 2020-01-01\ntitle: A\n\nText"}, True),
        ({"a.rst": "A\n=\n\n:date: 2020-01-01\n\nText"}, True),
        ({"_posts/2020-01-01-a.md": "---\ntitle: A\n---\nText"}, False),
        ({"a.md": "# A\n\nText"}, False),
        ({"a.md": b"\xff"}, False),
    ],
)
def test_detect(tmp_path: Path, files: dict[str, str | bytes], is_pelican: bool) -> None:
    _read(tmp_path, files)
    assert pelican.detect(InputFiles(tmp_path, tmp_path)) is is_pelican


def test_the_metadata_of_markdown(tmp_path: Path) -> None:
    page = _read_post(
        tmp_path,
        "Title: A & <em>B</em>: C\nDATE: 2020-01-02 10:20\nModified: 2020-02-03\nTags: b, a,\n    c\n"
        "Authors: Doe, Jane; Roe, Max\nCategory: Notes\nSummary: Some *words*\n    on two lines\n"
        "Subtitle: D\nSeries: S\nSeries_index: 2\n",
    )
    assert (page.title, page.body, page.line) == ("A & B: C", "Text.\n", 14)
    assert page.created == datetime(2020, 1, 2, 10, 20, tzinfo=ZoneInfo("UTC"))
    assert page.updated == date(2020, 2, 3)
    assert not isinstance(page.updated, datetime)
    assert page.tags == ("b", "a", "c")
    assert page.authors == ("Doe, Jane", "Roe, Max")
    assert page.categories == ("Notes",)
    assert page.description == "Some words on two lines"
    assert page.front_matter == {"subtitle": "D", "series": "S", "part": 2}
    assert (page.url, page.slug, page.problems) == ("/a-b-c.html", "a-b-c", [])


def test_front_matter_in_yaml(tmp_path: Path) -> None:
    page = _read_post(
        tmp_path, '---\ntitle: "A: B"\ndate: 2020-01-02\ntags:\n  - a\n  - b, c\nauthor: Jane\n---'
    )
    assert (page.title, page.tags, page.authors, page.line) == ("A: B", ("a", "b", "c"), ("Jane",), 9)


def test_front_matter_that_is_no_yaml_is_read_as_lines(tmp_path: Path) -> None:
    page = _read_post(tmp_path, "---\ntitle: A: B\ndate: 2020-01-02\n---")
    assert (page.title, page.created, page.body) == ("A: B", date(2020, 1, 2), "Text.\n")


def test_metadata_from_paths_and_settings(tmp_path: Path) -> None:
    settings = (
        "AUTHOR = 'Jane'\nDEFAULT_CATEGORY = 'Rest'\nPATH_METADATA = r'(?P<slug>[^.]+)\\..*'\n"
        "EXTRA_PATH_METADATA = {'old': {'status': 'draft'}}\nDEFAULT_METADATA = {'tags': 'x'}\n"
    )
    site = _read(
        tmp_path,
        {
            "pelicanconf.py": settings,
            "content/2020-01-02-a.md": "Title: A\n\nText",
            "content/Code/b.md": "Title: B\nDate: 2020-01-02\nTags: y\n\nText",
            "content/old/c.md": "Title: C\n\nText",
        },
    )
    first, second, third = site.pages
    assert (first.created, first.categories, first.authors) == (date(2020, 1, 2), ("Rest",), ("Jane",))
    assert (first.tags, first.slug, first.url) == (("x",), "2020-01-02-a", "/2020-01-02-a.html")
    assert (second.categories, second.tags, second.slug) == (("Code",), ("y",), "Code/b")
    assert (third.draft, third.created) == (True, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02", date(2020, 1, 2)),
        ("2020-01-02 10:20", datetime(2020, 1, 2, 10, 20, tzinfo=ZoneInfo("UTC"))),
        ("2020-01-02T10:20:30Z", datetime(2020, 1, 2, 10, 20, 30, tzinfo=ZoneInfo("UTC"))),
        ("2 March 2020", date(2020, 3, 2)),
        ("March 2nd, 2020", date(2020, 3, 2)),
        ("Mon, 02 Mar 2020 10:20:30 +0200", datetime.fromisoformat("2020-03-02T10:20:30+02:00")),
        ("2020/03/02 3:05 pm", datetime(2020, 3, 2, 15, 5, tzinfo=ZoneInfo("UTC"))),
    ],
)
def test_dates(tmp_path: Path, text: str, expected: date) -> None:
    page = _read_post(tmp_path, f"Title: A\nDate: {text}\n")
    assert (page.created, page.problems) == (expected, [])
    assert type(page.created) is type(expected)


def test_what_is_wrong_with_metadata(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "a.md": "Title: A\nDate: soon\n\nText",
            "b.md": "Date: 2020-05\nStatus: public\nMood: calm\n\n# A *title*\n",
            "c.md": "Title: C\n\nText",
            "d.md": "Title: D\nDate: 2020-01-01\nSave_as: ../d.html\n\nText",
            "e.md": "Title: 日本\nDate: 2020-01-01\n\nText",
            "f.md": b"Title: F\nDate: 2020-01-01\n\n\xff",
            "g.ipynb": "{",
        },
    )
    problems = {page.source: _problems(page) for page in site.pages}
    assert problems == {
        "a.md": [
            "a.md:2:1: 'soon' is not a date, and this becomes a draft. Write it as in 2026-01-31.",
        ],
        "b.md": [
            "b.md:1:1: this has no title, and Pelican did not publish it; its title is 'A title'. Write its "
            "title.",
            "b.md:1:1: '2020-05' has no day, and becomes the first day. Write the day.",
            "b.md:2:1: 'public' is no status, and Pelican did not publish this; it becomes a draft.",
            "b.md:3:1: 'calm' of 'mood' has no counterpart, and is left out.",
        ],
        "c.md": [
            "c.md:1:1: this has no date, and Pelican did not publish it; it becomes a draft. Write its date, "
            "and remove 'draft'."
        ],
        "d.md": ["d.md:3:1: '../d.html' leads out of the site, and is not used."],
        "e.md": [
            "e.md:1:1: the URL that Pelican derived from '日本' is not known. Write it as 'Slug' or 'Url' "
            "and 'Save_as', as the old site has it."
        ],
    }  # fmt: skip
    assert [str(problem) for problem in site.problems] == [
        "f.md:4:1: this is not UTF-8 text (byte 27). Save it as UTF-8.",
        "g.ipynb:1:2: this is not JSON: expecting property name enclosed in double quotes.",
    ]
    assert {page.title for page in site.pages if page.draft} == {"A", "A title", "C"}


def test_links(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "pelicanconf.py": "TAG_URL = 'tags/{slug}/'\nSITEURL = 'https://a.example'\n",
            "content/notes/a.md": (
                "Title: A\nDate: 2020-01-01\n\n[b]({filename}b.md#part) [b](|filename|/notes/b.md) "
                "[c]({static}/images/c%20d.png?x=1) ![c]({attach}e.png) [n](%7Bcategory%7DMy notes) "
                "[t]({tag}C++) [a]({author}Jane Doe) [i]({index}) [plain](x.html) "
                "[p]({filename}../pages/p.md)\n\n"
                "[gone]({filename}gone.md) [odd]({odd}a) ![gone]({static}gone.png) "
                "`[b]({filename}b.md)`\n"
            ),
            "content/notes/b.md": "Title: B\nDate: 2020-01-02\nSlug: bee\n\nText",
            "content/notes/e.png": b"e",
            "content/images/c d.png": b"c",
            "content/pages/p.md": "Title: P\n\nText",
        },
    )
    page = next(page for page in site.pages if page.title == "A")
    assert page.body == (
        "[b](/bee.html#part) [b](/bee.html) [c](/images/c%20d.png?x=1) ![c](/e.png) "
        "[n](/category/my-notes.html) [t](/tags/c/) [a](/author/jane-doe.html) [i](/index.html) "
        "[plain](x.html) [p](/pages/p.html)\n\ngone odd gone `[b]({filename}b.md)`\n"
    )
    assert _problems(page) == [
        "content/notes/a.md:6:1: there is no file for '{filename}gone.md'.",
        "content/notes/a.md:6:1: '{odd}' is no notation of Pelican.",
        "content/notes/a.md:6:1: there is no file for '{static}gone.png'.",
    ]
    assert sorted(site.files) == ["/e.png", "/images/c d.png"]
    assert site.files["/e.png"]() == b"e"


def test_urls_of_their_own(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "a.md": "Title: A\nDate: 2020-01-01\nurl: /old/a/\nsave_as: old/a/index.html\n\nText",
            "b.md": "Title: B\nDate: 2020-01-02\nsave_as: //b.html\n\nText",
            "c.md": "Title: C\nDate: 2020-01-03\nurl: c\n\nText",
        },
    )
    assert {page.title: (page.url, page.aliases) for page in site.pages} == {
        "A": ("/old/a/", ()),
        "B": ("/b.html", ()),
        "C": ("/c", ("/c.html",)),
    }


def test_draft_hidden_and_skipped_articles(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "a.md": "Title: A\nStatus: draft\n\nText",
            "b.md": "Title: B\nDate: 2020-01-01\nStatus: Hidden\n\nText",
            "c.md": "Title: C\nDate: 2020-01-01\nStatus: skip\n\nText",
            "pages/d.md": "Title: D\nStatus: draft\n\nText",
        },
    )
    assert [(page.title, page.is_post, page.draft, page.url) for page in site.pages] == [
        ("B", False, False, "/b.html"),
        ("A", True, True, "/drafts/a.html"),
        ("D", False, True, "/drafts/pages/d.html"),
    ]
    assert [str(problem) for problem in site.problems] == ["c.md:1:1: this is skipped: its status is 'skip'."]
    assert not any(page.feed_id for page in site.pages)


def test_a_notebook_with_its_metadata_in_the_first_cell(tmp_path: Path) -> None:
    first = {"cell_type": "markdown", "metadata": {}, "source": ["- title: N\n", "- date: 2020-01-01"]}
    second = {"cell_type": "markdown", "metadata": {}, "source": "[a]({filename}a.md)"}
    notebook = json.dumps({"cells": [first, second], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    site = _read(tmp_path, {"n.ipynb": notebook, "a.md": "Title: A\nDate: 2020-01-01\n\nText"})
    page = next(page for page in site.pages if page.format == "notebook")
    assert (page.title, page.created) == ("N", date(2020, 1, 1))
    assert re.findall(r'"source": (".*")', page.body) == ['"[a](/a.html)"']


def test_restructured_text(tmp_path: Path) -> None:
    text = (
        "A *title*\n#########\n\n:date: 2020-01-01\n:tags: a; b\n:summary: **Short**\n\n"
        "`B <{filename}b.md>`_ :abbr:`HTML (Markup)` :odd:`x`\n\n"
        ".. code-block:: python\n   :linenos:\n\n   x < 1\n\n"
        ".. include:: /etc/passwd\n\n.. gist:: 1\n\n   words\n\n.. raw:: html\n   :url: https://a.example/\n"
    )
    site = _read(tmp_path, {"a.rst": text, "b.md": "Title: B\nDate: 2020-01-01\n\nText"})
    page = next(page for page in site.pages if page.format == "html")
    assert (page.title, page.tags, page.description) == ("A title", ("a", "b"), "Short")
    assert page.body == (
        '<p><a class="reference external" href="/b.html">B</a> '
        '<abbr title="Markup">HTML</abbr> :odd:`x`</p>\n'
        '<pre><code class="language-python">x &lt; 1</code></pre>\n'
        "<pre><code>.. include:: /etc/passwd</code></pre>\n"
        "<pre><code>.. gist:: 1\n\n   words</code></pre>\n"
        "<pre><code>.. raw:: html\n   :url: https://a.example/</code></pre>\n"
    )
    assert _problems(page) == [
        'a.rst:8:1: Unknown interpreted text role "odd".',
        'a.rst:15:1: "include" directive disabled.',
        'a.rst:17:1: Unknown directive type "gist".',
        'a.rst:21:1: "raw" directive disabled.',
    ]


def test_pagination_and_feeds(tmp_path: Path) -> None:
    posts = {f"content/{n}.md": f"Title: T{n}\nDate: 2020-01-0{n}\nTags: C#\n\nText" for n in range(1, 6)}
    settings = (
        "DEFAULT_PAGINATION = 2\nDEFAULT_ORPHANS = 1\nTAG_FEED_ATOM = 'feeds/tag/%s.xml'\nAUTHOR = 'J D'\n"
    )
    site = _read(tmp_path, {"pelicanconf.py": settings, **posts})
    tag, category = OldList("tag", "C#"), OldList("category", "misc")
    assert site.lists == {
        "/index.html": OldList("index"), "/index2.html": OldList("index"), "/tags.html": OldList("tags"),
        "/categories.html": OldList("categories"), "/authors.html": OldList("authors"),
        "/archives.html": OldList("archive"),
        "/category/misc.html": category, "/category/misc2.html": category,
        "/tag/c.html": tag, "/tag/c2.html": tag, "/author/j-d.html": OldList("author", "J D"),
        "/author/j-d2.html": OldList("author", "J D"), "/feeds/all.atom.xml": OldList("feed"),
        "/feeds/misc.atom.xml": OldList("category feed", "misc"),
        "/feeds/tag/c.xml": OldList("tag feed", "C#"),
        "/feeds/j-d.atom.xml": OldList("feed"), "/feeds/j-d.rss.xml": OldList("feed"),
        "/feeds/all-en.atom.xml": OldList("feed"),
    }  # fmt: skip


def test_the_fixture_has_every_url_and_feed_id_that_pelican_published() -> None:
    site = pelican.read(InputFiles(FIXTURE / "source", FIXTURE), _ignore)
    known = (
        {url for page in site.pages for url in (page.url, *page.aliases)} | set(site.lists) | set(site.files)
    )
    published = FIXTURE / "published"
    urls = {f"/{path.relative_to(published).as_posix()}" for path in published.rglob("*") if path.is_file()}
    assert {url for url in urls if url not in known and url.removesuffix("index.html") not in known} == set()
    feed = (published / "feeds" / "all.atom.xml").read_text()
    ids = {page.feed_id for page in site.pages if page.feed_id and page.format != "notebook"}
    assert ids == set(re.findall(r"<id>(tag:[^<]*)</id>", feed))
