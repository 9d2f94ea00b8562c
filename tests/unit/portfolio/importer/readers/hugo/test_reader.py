"""The reader of Hugo sites: configuration, front matter, URLs, dates, bundles and lists."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import hugo

# Keys of front matter and of the configuration.
_KEYS = (
    "_build aliases author authors baseurl build cascade categories config contentdir cover date "
    "disablekinds education event expirydate externalurl front frontmatter goldmark headless image images "
    "interests languages lastmod links markup math name outputs page params permalinks posts publication "
    "publication_types rss section sections series slides slug social tags target taxonomies term "
    "timezone title uglyurls url url_code work"
).split()
CONFIG = 'baseURL = "https://a.example/"\n'


def read_site(root: Path, files: Mapping[str, str | bytes]) -> ImportedSite:
    """Write files, and read them as a Hugo site."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = InputFiles(root, root)
    assert hugo.detect(source)
    return hugo.read(source, lambda _done, _total: None)


def read_page(root: Path, text: str, path: str = "posts/a.md", config: str = CONFIG) -> ImportedPage:
    """Read a site with a single page."""
    (page,) = read_site(root, {"hugo.toml": config, f"content/{path}": text}).pages
    return page


def problems(page: ImportedPage | ImportedSite) -> list[str]:
    return [f"{problem.severity} {problem}" for problem in page.problems]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["hugo.toml"], True),
        (["hugo.yaml", "content/a.md"], True),
        (["config.toml", "content/a.md"], True),
        (["config/_default/hugo.yaml", "content/a.md"], True),
        (["site-main/hugo.yml", "site-main/content/a.md"], True),
        (["posts/_index.md"], True),
        (["config.toml", "src/a.rs"], False),
        (["a.md"], False),
        (["index.html"], False),
    ],
)
def test_a_site_is_recognized_by_its_files(tmp_path: Path, files: list[str], expected: bool) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert hugo.detect(InputFiles(tmp_path, tmp_path)) is expected


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("hugo.toml", 'baseURL = "https://a.example/b"\n[params]\nname = "X"\n[pagination]\npagerSize = 1'),
        ("hugo.yaml", "baseURL: https://a.example/b/\nparams: {name: X}\npagination: {pagerSize: 1}"),
        ("config.json", '{"baseurl": "https://a.example/b", "params": {"Name": "X"}, "paginate": 1}'),
        ("config.toml", 'BaseURL = "a.example/b"\npaginate = 1\n[Params]\nname = "X"'),
    ],
)
def test_the_configuration_may_have_any_format(tmp_path: Path, name: str, config: str) -> None:
    text = "---\ntitle: A\ndate: 2020-01-02\n---\n{{< param name >}}"
    site = read_site(tmp_path, {name: config, "content/posts/a.md": text, "content/posts/b.md": text})
    assert site.url == "https://a.example/b/"
    assert site.pages[0].body == "X\n"
    assert "/posts/page/2/" in site.lists
    assert site.problems == []


def test_the_configuration_may_be_in_a_folder(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "config/_default/hugo.yaml": "baseURL: https://a.example/",
            "config/_default/params.toml": 'name = "X"',
            "config/_default/permalinks.yaml": "posts: /p/:slug/",
            "config/production/params.toml": 'name = "Y"',
            "config/_default/menus.en.toml": "[[main]]\nname = 'x'",
            "content/posts/a.md": "---\ntitle: A B\n---\n{{< param name >}}",
        },
    )
    assert (site.pages[0].url, site.pages[0].body) == ("/p/a-b/", "Y\n")


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "A"\ndate = 2020-01-02\ntags = ["x", "y"]\ndraft = true\n[params]\nboat = "M"\n+++\n',
        "---\ntitle: A\ndate: 2020-01-02\ntags: [x, y]\ndraft: true\nparams: {boat: M}\n---\n",
        '{"title": "A", "Date": "2020-01-02", "tags": ["x", "y"], "draft": true, "boat": "M"}\n',
    ],
)
def test_front_matter_may_be_toml_yaml_or_json(tmp_path: Path, text: str) -> None:
    page = read_page(tmp_path, f"{text}{{{{< param boat >}}}}")
    assert (page.title, page.created, page.tags, page.draft) == ("A", date(2020, 1, 2), ("x", "y"), True)
    assert page.body == "M\n"
    assert page.is_post


def test_every_key_with_a_counterpart_is_read(tmp_path: Path) -> None:
    page = read_page(
        tmp_path,
        """---
title: A *title*
description: One line.
summary: Another.
date: 2020-01-02
lastmod: 2020-02-03
categories: [C, D]
tags: x
author: {name: Ana}
authors: [Ana, Rui]
series: [S]
series_order: 2
weight: 3
slug: The Slug
showToc: true
aliases: [/old/a.html, b, ../c/]
image: cover.png
colour: red
---
Text.
""",
    )
    assert page.title == "A *title*"
    assert page.description == "One line."
    assert (page.created, page.updated) == (date(2020, 1, 2), date(2020, 2, 3))
    assert (page.categories, page.tags, page.authors) == (("C", "D"), ("x",), ("Ana", "Rui"))
    assert page.front_matter == {"series": "S", "part": 2}
    assert (page.url, page.slug) == ("/posts/the-slug/", "the-slug")
    assert page.aliases == ("/old/a.html", "/posts/b/", "/c/")
    assert page.image == "cover.png"
    assert page.feed_id == "https://a.example/posts/the-slug/"
    # The image above the text takes two lines.
    assert page.line == 18
    assert problems(page) == [
        "info content/posts/a.md:18:1: front matter without a counterpart is left out: colour."
    ]


# The paths that Hugo 0.168 writes.
@pytest.mark.parametrize(
    ("path", "front", "config", "expected"),
    [
        ("posts/a.md", "", "", "/posts/a/"),
        ("posts/Hello World (x).md", "", "", "/posts/hello-world-x/"),
        ("posts/Über.md", "", "", "/posts/über/"),
        ("posts/Über.md", "", "removePathAccents = true", "/posts/uber/"),
        ("posts/A.md", "", "disablePathToLower = true", "/posts/A/"),
        ("posts/a/index.md", "", "", "/posts/a/"),
        ("posts/a/index.md", "slug: b", "", "/posts/b/"),
        ("posts/x/a.md", "", "", "/posts/x/a/"),
        ("about.md", "", "", "/about/"),
        ("about.md", "", "uglyURLs = true", "/about.html"),
        ("posts/a/index.md", "", "uglyURLs = true", "/posts/a.html"),
        ("posts/a.md", "url: foo/bar", "", "/foo/bar/"),
        ("posts/a.md", "url: /foo/Bar.html", "", "/foo/Bar.html"),
        ("posts/a.md", "", "[permalinks]\nposts = '/:year/:month/:day/:slug/'", "/2024/03/04/the-title/"),
        ("posts/a.md", "", "[permalinks.page]\nposts = ':year/:monthname/:title'", "/2024/march/the-title/"),
        ("posts/a.md", "", "[permalinks]\nposts = '/:section/:filename.html'", "/posts/a.html/"),
        ("posts/a.md", "slug: s", "[permalinks]\nposts = '/:slugorcontentbasename/'", "/s/"),
        ("posts/a.md", "", "[permalinks]\nposts = '/:slugorfilename/'", "/a/"),
        ("posts/x/y/a.md", "", "[permalinks]\nposts = '/:sections[1:]/:contentbasename/'", "/a/"),
        ("posts/x/y/a.md", "", "[permalinks]\nposts = '/:sections[last]/:filename/'", "/posts/a/"),
        ("posts/a.md", "", "[permalinks]\nposts = '/:yearday/:weekday/:weekdayname/'", "/64/1/monday/"),
        ("posts/a.md", "", "[permalinks]\nposts = '/:06/:1/:2006-:01/:slug/'", "/24/3/2024-03/the-title/"),
        ("about.md", "", "[permalinks]\n'/' = '/p/:slug/'", "/p/the-title/"),
        ("posts/2020-01-02-a.md", "", "[frontmatter]\ndate = [':filename', ':default']", "/posts/a/"),
    ],
)
def test_urls_are_those_of_hugo(tmp_path: Path, path: str, front: str, config: str, expected: str) -> None:
    text = f"---\ntitle: The title\ndate: 2024-03-04\n{front}\n---\nText."
    assert read_page(tmp_path, text, path, f"{CONFIG}{config}").url == expected


def test_sections_in_permalinks_are_folders_with_lists(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": f"{CONFIG}[permalinks]\nposts = '/:sections[1:]/:filename/'",
            "content/posts/x/_index.md": "---\ntitle: X\n---\n",
            "content/posts/x/y/a.md": "---\ntitle: A\n---\n",
        },
    )
    assert site.pages[0].url == "/x/a/"


def test_pages_in_other_languages_have_their_own_urls(tmp_path: Path) -> None:
    config = f"{CONFIG}[languages.en]\nweight = 1\n[languages.pt]\nweight = 2\n"
    text = '---\ntitle: A\ndate: 2020-01-02\n---\n[b]({{< ref "b.md" >}})'
    files = {f"content/posts/{name}.md": text for name in ("a", "a.pt", "b.en")}
    site = read_site(tmp_path, {"hugo.toml": config, **files})
    assert [(page.url, page.slug) for page in site.pages] == [
        ("/posts/a/", "a"),
        ("/pt/posts/a/", "a-pt"),
        ("/posts/b/", "b"),
    ]
    assert problems(site.pages[1]) == [
        "info content/posts/a.pt.md:1:1: this page is in another language (pt) than the site."
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2020-01-02", date(2020, 1, 2)),
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=ZoneInfo("Asia/Tokyo"))),
        ("'2020-01-02 03:04:05'", datetime(2020, 1, 2, 3, 4, 5, tzinfo=ZoneInfo("Asia/Tokyo"))),
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05+02:00", datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("2020-01-02 03:04:05 +0200", datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("2 Jan 2020", date(2020, 1, 2)),
        ("January 2, 2020", date(2020, 1, 2)),
    ],
)
def test_dates_are_read_as_hugo_reads_them(tmp_path: Path, written: str, expected: date) -> None:
    config = f"{CONFIG}timeZone = 'Asia/Tokyo'\n"
    page = read_page(tmp_path, f"---\ntitle: A\ndate: {written}\n---\n", config=config)
    assert page.created == expected
    assert problems(page) == []


def test_a_post_that_is_not_out_yet_has_its_future_date_and_an_expired_one_is_a_draft(tmp_path: Path) -> None:
    future = "---\ntitle: A\ndate: 2020-01-02\npublishDate: 2990-01-01\n---\n"
    assert read_page(tmp_path / "a", future).created == date(2990, 1, 1)
    expired = read_page(tmp_path / "b", "---\ntitle: A\ndate: 2020-01-02\nexpiryDate: 2021-01-01\n---\n")
    assert expired.draft
    assert problems(expired) == [
        "info content/posts/a.md:4:1: this page expired on 2021-01-01, and becomes a draft."
    ]
    later = read_page(tmp_path / "c", "---\ntitle: A\ndate: 2020-01-02\nexpiryDate: 2990-01-01\n---\n")
    assert not later.draft


def test_sections_and_the_configuration_pass_values_down(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": f"{CONFIG}[cascade]\nauthor = 'Ana'\nseries = 'All'",
            "content/posts/_index.md": "---\ncascade: {author: Rui, tags: [x]}\n---\n",
            "content/posts/sub/_index.md": "---\ncascade:\n  - tags: [y]\n"
            "    target: {path: '/posts/sub/b*'}\n---\n",
            "content/posts/a.md": "---\ntitle: A\n---\n",
            "content/posts/sub/b.md": "---\ntitle: B\n---\n",
            "content/posts/sub/c.md": "---\ntitle: C\nauthor: Eva\n---\n",
        },
    )
    assert {page.title: (page.authors, page.tags) for page in site.pages} == {
        "A": (("Rui",), ("x",)),
        "B": (("Rui",), ("y",)),
        "C": (("Eva",), ("x",)),
    }


def test_files_have_the_paths_at_which_hugo_publishes_them(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": f"{CONFIG}[permalinks]\nposts = '/:year/:slug/'",
            "content/posts/a/index.md": "---\ntitle: A\ndate: 2020-01-02\nslug: b\n---\n"
            "![](one.png) ![](img/two.png) ![](logo.png) ![](/x.svg)",
            "content/posts/a/one.png": b"1",
            "content/posts/a/img/two.png": b"2",
            "content/posts/beside.png": b"3",
            "content/posts/c.md": "---\ntitle: C\ndate: 2020-01-02\n---\n![](beside.png)",
            "static/x.svg": "<svg/>",
            "assets/logo.png": b"4",
        },
    )
    assert sorted(site.files) == [
        "/2020/b/img/two.png",
        "/2020/b/one.png",
        "/logo.png",
        "/posts/beside.png",
        "/x.svg",
    ]
    assert site.files["/2020/b/one.png"]() == b"1"
    bodies = {page.title: page.body for page in site.pages}
    assert bodies["A"] == "![](one.png) ![](img/two.png) ![](/logo.png) ![](/x.svg)\n"
    assert bodies["C"] == "![](/posts/beside.png)\n"


def test_links_to_content_files_are_links_to_their_pages(tmp_path: Path) -> None:
    body = (
        '[1](b.md) [2](../posts/b.md#x) [3](/about.md) [4]({{< ref "/about" >}}) [5]({{< relref "c" >}})'
        ' [6]({{< ref "#here" >}}) [7](https://a.example/posts/b/) [8](gone.md) `[9](b.md)`'
    )
    site = read_site(
        tmp_path,
        {
            "hugo.toml": CONFIG,
            "content/about.md": "---\ntitle: About\n---\n",
            "content/posts/a.md": f"---\ntitle: A\n---\n{body}",
            "content/posts/b.md": "---\ntitle: B\nslug: bb\n---\n",
            "content/posts/deep/c/index.md": "---\ntitle: C\n---\n",
        },
    )
    text = next(page.body for page in site.pages if page.title == "A")
    assert text == (
        "[1](/posts/bb/) [2](/posts/bb/#x) [3](/about/) [4](/about/) [5](/posts/deep/c/)"
        " [6](#here) [7](https://a.example/posts/b/) [8](gone.md) `[9](b.md)`\n"
    )


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("cover:\n  image: c.png\n  alt: An alt\n  caption: A *c*", '![An alt](c.png "A *c*")\n\nText.\n'),
        ("cover: {image: c.png, hidden: true}", "Text.\n"),
        ("cover: {image: c.png, hiddenInSingle: true}", "Text.\n"),
        ("image: {caption: Mine}", '![](/posts/a/featured.jpg "Mine")\n\nText.\n'),
        ("image: {preview_only: true}", "Text.\n"),
        ("images: [c.png]", "![](c.png)\n\nText.\n"),
        ("", "![](/posts/a/featured.jpg)\n\nText.\n"),
    ],
)
def test_the_image_at_the_top_of_a_page_is_in_its_text(tmp_path: Path, front: str, expected: str) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": CONFIG,
            "content/posts/a/index.md": f"---\ntitle: A\n{front}\n---\nText.",
            "content/posts/a/c.png": b"1",
            "content/posts/a/featured.jpg": b"2",
        },
    )
    assert site.pages[0].body == expected
    assert site.pages[0].image == ("c.png" if "c.png" in front else "/posts/a/featured.jpg")


def test_lists_have_continuations_and_feeds(tmp_path: Path) -> None:
    front = "---\ntitle: {0}\ndate: 2020-01-02\ntags: [C++, Two Words]\ncategories: [D]\nseries: [S]\n---\n"
    site = read_site(
        tmp_path,
        {
            "hugo.toml": f"{CONFIG}paginate = 1\n[taxonomies]\na = 'tags'\nb = 'categories'\nc = 'series'\n",
            **{f"content/posts/{name}.md": front.format(name) for name in "ab"},
            "content/notes/c.md": "---\ntitle: C\ndraft: true\ntags: [Never]\n---\n",
        },
    )
    feed_of_tag = OldList("tag feed", "C++")
    assert site.lists["/"] == OldList("index")
    assert site.lists["/index.xml"] == OldList("feed")
    assert site.lists["/posts/"] == OldList("index")
    assert site.lists["/posts/page/2/"] == OldList("index")
    assert site.lists["/posts/index.xml"] == OldList("feed")
    assert site.lists["/tags/"] == OldList("tags")
    assert site.lists["/tags/c++/"] == OldList("tag", "C++")
    assert site.lists["/tags/c++/page/2/"] == OldList("tag", "C++")
    assert site.lists["/tags/c++/index.xml"] == feed_of_tag
    assert site.lists["/tags/two-words/"] == OldList("tag", "Two Words")
    assert site.lists["/categories/d/"] == OldList("category", "D")
    assert site.lists["/categories/d/index.xml"] == OldList("category feed", "D")
    assert site.lists["/series/s/"] == OldList("index")
    assert "/posts/page/3/" not in site.lists
    assert "/tags/never/" not in site.lists


def test_only_lists_that_the_configuration_gives_feeds_have_one(tmp_path: Path) -> None:
    outputs = "[outputs]\nterm = ['html']\nsection = ['HTML', 'RSS']\n"
    config = f"{CONFIG}{outputs}[outputFormats.RSS]\nbaseName = 'feed'"
    text = "---\ntitle: A\ndate: 2020-01-02\ntags: [x]\n---\n"
    site = read_site(tmp_path, {"hugo.toml": config, "content/posts/a.md": text})
    assert {path for path in site.lists if path.endswith(".xml")} == {
        "/feed.xml",
        "/posts/feed.xml",
        "/tags/feed.xml",
    }


def test_a_section_with_a_text_is_a_page(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": CONFIG,
            "content/_index.md": "---\ntitle: Home\n---\nWelcome.",
            "content/work/_index.md": "---\ntitle: Work\n---\nWhat I do.",
            "content/work/a.md": "---\ntitle: A\n---\nOne.",
            "content/tags/x/_index.md": "---\ntitle: About x\n---\nWhat x is.",
        },
    )
    assert [(page.title, page.url, page.is_post) for page in site.pages] == [
        ("Home", "", False),
        ("About x", "", False),
        ("Work", "/work/", False),
        ("A", "/work/a/", False),
    ]
    assert "/work/" not in site.lists


def test_a_page_that_hugo_never_published_is_a_draft(tmp_path: Path) -> None:
    page = read_page(tmp_path / "a", "---\ntitle: A\nbuild: {render: never}\n---\nText.")
    assert (page.url, page.draft) == ("", True)
    assert problems(page) == [
        "info content/posts/a.md:3:1: this page was never published on its own, and becomes a draft."
    ]
    assert read_page(tmp_path / "b", "---\ntitle: A\nheadless: true\n---\nText.", "posts/a/index.md").draft


def test_html_is_read_with_its_shortcodes(tmp_path: Path) -> None:
    text = '---\ntitle: A\n---\n<p>{{< param title >}} {{< figure src="a.png" >}}</p>\n'
    page = read_page(tmp_path, text, "posts/a.html")
    assert (page.format, page.body) == ("html", "<p>A </p>\n")
    assert problems(page) == [
        "warning content/posts/a.html:4:24: the shortcode 'figure' in HTML is left out. "
        "Only its inner text stays. Write what the old page shows."
    ]


def test_a_content_folder_alone_is_read_as_hugo_reads_it_without_configuration(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"a.md": "+++\ntitle = 'A'\ndate = 2020-01-02\n+++\n$x$ <b>y</b>"})
    (page,) = site.pages
    assert (page.is_post, page.url, page.feed_id, page.body) == (True, "/a/", "", "$x$ <b>y</b>\n")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.md",
            "+++\ntitle = 'A'\ndate =\n+++\nText.",
            "error content/posts/a.md:3:7: this is not TOML: invalid value.",
        ),
        (
            "a.md",
            "---\ntitle: A: B\n---\nText.",
            "error content/posts/a.md:2:9: this is not YAML: mapping values are not allowed in this context. "
            "Put quotation marks around a text that has ': ' in it or begins with @ ` % & * ! | >.",
        ),
        (
            "a.md",
            '{"title": "A",\n"b" 1}\nText.',
            "error content/posts/a.md:2:5: this is not JSON: expecting ':' delimiter.",
        ),
        (
            "a.md",
            "---\ntitle: A\nText.",
            "error content/posts/a.md:1:1: the front matter is never closed: there is no second line '---'.",
        ),
    ],
)
def test_a_page_with_broken_front_matter_becomes_a_draft(
    tmp_path: Path, path: str, text: str, expected: str
) -> None:
    page = read_page(tmp_path, text, f"posts/{path}")
    assert problems(page) == [expected]
    assert page.draft
    assert "Text." in page.body


def test_a_page_without_front_matter_is_published(tmp_path: Path) -> None:
    page = read_page(tmp_path, "Text {{< plot >}}.")
    assert (page.title, page.draft, len(page.problems)) == ("A", False, 1)


def test_an_invalid_date_is_reported_at_its_line(tmp_path: Path) -> None:
    page = read_page(tmp_path, "+++\ntitle = 'A'\nDate = 'soon'\n+++\nText.")
    assert page.created is None
    assert problems(page) == [
        "error content/posts/a.md:3:1: date: 'soon' is not a date. Write it as in 2026-01-31."
    ]


def test_a_broken_configuration_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"hugo.toml": "a = 1\nb =\n", "content/posts/a.md": "---\ntitle: A\n---\n"})
    assert problems(site) == ["error hugo.toml:2:4: this is not TOML: invalid value."]
    assert [page.title for page in site.pages] == ["A"]


def test_content_that_is_not_read_is_reported(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "hugo.toml": CONFIG,
            "content/posts/a/index.md": "---\ntitle: A\n---\n",
            "content/posts/a/part.md": "Part.",
            "content/posts/b.org": "#+title: B\n",
            "content/posts/c.md": b"\xff",
        },
    )
    assert problems(site) == [
        "warning content/posts/a/part.md:1:1: this file belongs to a page bundle and had no page, and is "
        "left out.",
        "error content/posts/b.org:1:1: this is not Markdown or HTML (.org), and is left out. "
        "Convert it with pandoc.",
        "error content/posts/c.md:1:1: this is not UTF-8 text (byte 0). Save it as UTF-8.",
    ]


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**9)
    | st.text(max_size=8)
    | st.sampled_from(["2020-01-02", "http://["]),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), values, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=8),
    st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=8),
)
def test_values_of_any_type_are_no_fault_of_the_program(config: object, front: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = f"{json.dumps(front)}\n# A [b](http://[) {{{{< param title >}}}}"
        files = {
            "hugo.json": json.dumps(config),
            "content/posts/a/index.md": text,
            "content/posts/_index.md": text,
            "content/authors/admin/_index.md": text,
            "content/publication/p/index.md": text,
            "content/event/e.md": text,
            "content/project/p.md": text,
        }
        read_site(Path(folder), files)
