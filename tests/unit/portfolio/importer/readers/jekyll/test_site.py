"""What Jekyll reads; the URLs and ids are those that Jekyll 4.3.1 printed for the same files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.readers.jekyll.site import JekyllDocument, JekyllSource, find_base

NEW_YORK = ZoneInfo("America/New_York")
Read = Callable[[Mapping[str, str]], JekyllSource]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_files(files: Mapping[str, str]) -> JekyllSource:
        root = tmp_path / "source"
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return JekyllSource(InputFiles(root, tmp_path))

    return read_files


def read_one(read: Read, path: str, front: str, config: str = "") -> tuple[JekyllSource, JekyllDocument]:
    source = read({"_config.yml": config, path: f"---\n{front}\n---\ntext\n"})
    (document,) = source.documents
    return source, document


@pytest.mark.parametrize(
    ("style", "url"),
    [
        ("date", "/log/2021/03/04/A_title.html"),
        ("pretty", "/log/2021/03/04/A_title/"),
        ("ordinal", "/log/2021/063/A_title.html"),
        ("weekdate", "/log/2021/W09/Thu/A_title.html"),
        ("none", "/log/A_title.html"),
        ("/blog/:year/:title/", "/blog/2021/A_title/"),
        ("/:title:output_ext", "/A_title.html"),
        ("/:categories/:title", "/log/A_title"),
        ("/:year_:month_:title", "/2021_03_A_title"),
    ],
)
def test_styles_of_permalinks(read: Read, style: str, url: str) -> None:
    _, post = read_one(read, "_posts/2021-03-04-A_title.md", "category: log", f'permalink: "{style}"')
    assert (post.url, post.id) == (url, f"{url.rstrip('/').rpartition('/')[0]}/A_title")


def test_every_placeholder(read: Read) -> None:
    template = (
        "/:categories/:slugified_categories/:short_year/:i_month/:short_month/:long_month/:i_day/:y_day/:w_year/:week"
        "/:w_day/:short_day/:long_day/:hour/:minute/:second/:title/:slug/:name/:collection:output_ext"
    )
    front = f"permalink: {template}\ndate: 2021-03-04 23:30:05 +0000\ncategories: [Foo Bar, x]"
    _, post = read_one(read, "_posts/2021-03-04-Post_all É.md", front, "timezone: America/New_York")
    assert post.url == (
        "/foo%20bar/x/foo-bar/x/21/3/Mar/March/4/063/2021/09/4/Thu/Thursday/18/30/05/Post_all-%C3%89/post-all-%C3%A9"
        "/2021-03-04-post-all-%C3%A9/posts.html"
    )


@pytest.mark.parametrize(
    ("path", "front", "config", "url"),
    [
        ("page.md", "", "", "/page.html"),
        ("page.md", "", "permalink: pretty", "/page/"),
        ("page.md", "", "permalink: /x/:title", "/page"),
        ("docs/index.md", "", "", "/docs/"),
        ("docs/a.md", "permalink: /:basename/x/", "", "/a/x/"),
        ("list.json", "", "permalink: pretty", "/list.json"),
        ("a.html", "permalink: a/../b//c.html", "", "/a/b/c.html"),
        ("_things/One Thing.md", "", "collections: {things: {output: true}}", "/things/One%20Thing.html"),
        ("_things/a/b.md", "", "collections: {things: {permalink: '/t/:path/'}}", "/t/a/b/"),
        ("_posts/2021-01-02-a.md", "slug: Other Slug", "permalink: /:title", "/Other-Slug"),
        ("cat/_posts/2021-01-02-a.md", "categories: [z, cat]", "permalink: none", "/cat/z/a.html"),
    ],
)
def test_urls(read: Read, path: str, front: str, config: str, url: str) -> None:
    source, document = read_one(read, path, front, config)
    assert (document.url, source.problems, document.problems) == (url, [], [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", date(2021, 1, 2)),
        ("date: 2021-05-06", date(2021, 5, 6)),
        # A time without a zone: YAML's are in UTC, and texts in the zone of the site.
        ("date: 2021-05-06 01:00:00", datetime(2021, 5, 5, 21, tzinfo=NEW_YORK)),
        ("date: '2021-05-06 01:00:00'", datetime(2021, 5, 6, 1, tzinfo=NEW_YORK)),
        ("date: 2021-05-06 01:00", datetime(2021, 5, 6, 1, tzinfo=NEW_YORK)),
        ("date: 2021-05-06 01:00:00 +02:00", datetime(2021, 5, 5, 19, tzinfo=NEW_YORK)),
        ("date: 2021-05-06T01:00:00Z", datetime(2021, 5, 5, 21, tzinfo=NEW_YORK)),
        ("date: 2021-05-06 01:00:00 -0400", datetime(2021, 5, 6, 1, tzinfo=NEW_YORK)),
        ("date: May 6, 2021", date(2021, 5, 6)),
    ],
)
def test_dates(read: Read, written: str, expected: date) -> None:
    _, post = read_one(read, "_posts/2021-01-02-a.md", written, "timezone: America/New_York")
    assert (post.date, post.problems) == (expected, [])


@pytest.mark.parametrize(
    ("front", "categories", "tags"),
    [
        ("categories: One two\ntags: a b", ["One", "two"], ["a", "b"]),
        ("category: One two\ntag: a b", ["One two"], ["a b"]),
        ("categories: [One two, x]\ntags: [a b, 2020]", ["One two", "x"], ["a b", "2020"]),
        ("categories: a\ncategory: b", ["a", "b"], []),
        ("categories:\ntags:", [], []),
    ],
)
def test_categories_and_tags(read: Read, front: str, categories: list[str], tags: list[str]) -> None:
    _, post = read_one(read, "_posts/2021-01-02-a.md", front)
    assert (post.categories, post.tags) == (categories, tags)


def test_defaults_of_front_matter(read: Read) -> None:
    config = """
defaults:
  - scope: {path: "", type: posts}
    values: {layout: post, category: default, author: Ada}
  - scope: {path: _posts/old}
    values: {author: Finn}
  - scope: {path: "_posts/*/deep", type: post}
    values: {author: Glob}
  - scope: {path: "", type: pages}
    values: {author: Page}
"""
    source = read(
        {
            "_config.yml": config,
            "_posts/2021-01-01-a.md": "---\ncategory: own\n---\n",
            "_posts/old/2021-01-02-b.md": "---\n---\n",
            "_posts/new/deep/2021-01-03-c.md": "---\n---\n",
            "page.md": "---\n---\n",
        }
    )
    assert {document.path: document.data.get("author") for document in source.documents} == {
        "_posts/2021-01-01-a.md": "Ada",
        "_posts/old/2021-01-02-b.md": "Finn",
        "_posts/new/deep/2021-01-03-c.md": "Glob",
        "page.md": "Page",
    }
    assert [document.categories for document in source.documents if document.label == "posts"] == [
        ["own"],
        ["default"],
        ["default"],
    ]


def test_which_files_are_documents(read: Read) -> None:
    source = read(
        {
            "_config.yml": "include: [_pages]\nexclude: [private, '*.bak']\ncollections: [notes]",
            "index.md": "---\n---\n",
            "plain.md": "text",
            "_pages/a.md": "---\n---\n",
            "_notes/b.md": "---\n---\n",
            "_notes/c.png": "x",
            "_posts/2021-01-01-d.md": "---\n---\n",
            "x/_posts/y/2021-01-01-e.markdown": "---\n---\n",
            "_posts/image.png": "x",
            "_drafts/f.md": "text",
            "_other/g.md": "---\n---\n",
            ".hidden.md": "---\n---\n",
            "private/h.md": "---\n---\n",
            "i.bak": "---\n---\n",
            "node_modules/j.md": "---\n---\n",
            "_site/k.md": "---\n---\n",
            "images/l.png": "x",
        }
    )
    assert {document.path: document.label for document in source.documents} == {
        "index.md": "pages",
        "_pages/a.md": "pages",
        "_notes/b.md": "notes",
        "_posts/2021-01-01-d.md": "posts",
        "x/_posts/y/2021-01-01-e.markdown": "posts",
        "_drafts/f.md": "posts",
    }
    assert source.static_files == {
        "/images/l.png": "images/l.png",
        "/notes/c.png": "_notes/c.png",
        "/plain.md": "plain.md",
    }


def test_github_pages_need_no_front_matter(read: Read) -> None:
    files = {"Gemfile": "gem 'github-pages'", "a/b.md": "text", "README.md": "text", "c.txt": "text"}
    source = read({"_config.yml": "", **files})
    assert [(document.path, document.url) for document in source.documents] == [("a/b.md", "/a/b.html")]


@pytest.mark.parametrize(
    ("path", "front", "is_published"),
    [
        ("_posts/2021-01-01-a.md", "", True),
        ("_posts/2021-01-01-a.md", "published: false", False),
        ("_posts/2999-01-01-a.md", "", False),
        ("_drafts/a.md", "", False),
        ("_quotes/a.md", "", False),
        ("_recipes/a.md", "", True),
        ("_pages/a.md", "", False),
    ],
)
def test_what_is_published(read: Read, path: str, front: str, *, is_published: bool) -> None:
    config = "collections: {quotes: {}, recipes: {output: true}}"
    assert read_one(read, path, front, config)[1].is_published is is_published


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        (
            {"_posts/2021-01-01-a.md": "---\ntitle: a: b\n---\n"},
            "source/_posts/2021-01-01-a.md:2:9: this is not YAML: mapping values are not allowed in this "
            "context. Put quotation marks around a text that has ': ' in it or begins with @ ` % & * ! | >.",
        ),
        (
            {"_posts/2021-01-01-a.md": "---\ntitle: a\n\ntext"},
            "source/_posts/2021-01-01-a.md:1:1: the front matter is never closed. Write --- after it.",
        ),
        (
            {"_posts/2021-01-01-a.md": "---\n- a\n---\n"},
            "source/_posts/2021-01-01-a.md:2:1: the front matter is not a mapping.",
        ),
        (
            {"_posts/no-date.md": "---\n---\n"},
            "source/_posts/no-date.md:1:1: the name of this post does not begin with a date, so "
            "Jekyll did not "
            "publish it. Name it YYYY-MM-DD-title.md; it is imported as a draft.",
        ),
        (
            {"_posts/2021-13-01-a.md": "---\n---\n"},
            "source/_posts/2021-13-01-a.md:1:1: '2021-13-01' is not a date. Rename the file.",
        ),
        (
            {"_posts/2021-01-01-a.md": "---\ndate: soon\n---\n"},
            "source/_posts/2021-01-01-a.md:2:1: date: 'soon' is not a date. Write YYYY-MM-DD, or with a time "
            "YYYY-MM-DD hh:mm:ss +hhmm.",
        ),
        (
            {"_posts/2021-01-01-a.md": "---\npermalink: /:yaer/\n---\n"},
            "source/_posts/2021-01-01-a.md:2:1: permalink: there is no placeholder ':yaer'. Did you "
            "mean 'year'?",
        ),
        (
            {"_config.yml": "timezone: Mars"},
            "source/_config.yml:1:1: timezone: there is no time zone 'Mars'; UTC is used. Write a "
            "name such as Europe/Paris.",
        ),
        ({"_config.yml": "- a"}, "source/_config.yml:1:1: expected a mapping of settings."),
        (
            {"_posts/2021-01-01-a.org": "* a"},
            "source/_posts/2021-01-01-a.org:1:1: org files are not read. Convert it to Markdown, for "
            "example with pandoc.",
        ),
    ],
)
def test_problems(read: Read, files: dict[str, str], problem: str) -> None:
    source = read({"_posts/2020-01-01-other.md": "---\n---\n", **files})
    problems = [*source.problems, *(item for document in source.documents for item in document.problems)]
    assert list(map(str, problems)) == [problem]


def test_data_files_have_types_and_folders(read: Read) -> None:
    source = read(
        {
            "_config.yml": "count: 3\nopen: yes\nname: '7'",
            "_data/a.yml": "- x: 1\n  y: true",
            "_data/b/c.json": '{"d": 2}',
            "_data/e.csv": "k,v\n1,2\n",
        }
    )
    assert source.data_files == {
        "a": [{"x": 1, "y": True}],
        "b": {"c": {"d": 2}},
        "e": [{"k": "1", "v": "2"}],
    }
    assert {key: source.settings[key] for key in ("count", "open", "name")} == {
        "count": 3,
        "open": True,
        "name": "7",
    }


@pytest.mark.parametrize(
    ("paths", "base"),
    [
        (["_config.yml", "_posts/2021-01-01-a.md"], ""),
        (["site/_config.yml", "site/_layouts/a.html", "README.md"], "site/"),
        (["repo/_posts/2021-01-01-a.md"], "repo/"),
        (["_posts/2021-01-01-a.md", "a.md"], ""),
        (["_config.yml", "content/a.md"], None),
        (["a.md"], None),
    ],
)
def test_finds_the_folder_of_a_site(tmp_path: Path, paths: list[str], base: str | None) -> None:
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert find_base(InputFiles(tmp_path, tmp_path)) == base
