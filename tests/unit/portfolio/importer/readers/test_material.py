"""The reader of blogs of Material for MkDocs."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedSite, OldList
from portfolio.importer.readers import material

SETTINGS = """\
site_url: !ENV [SITE_URL, "https://a.example/docs/"]
plugins:
  - blog:
      blog_dir: notes
      post_url_format: "{date}/{slug}"
      post_url_date_format: yyyy
      pagination_per_page: 1
  - rss
markdown_extensions:
  - admonition
  - toc:
      slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}
  - pymdownx.snippets
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
"""


def _ignore(done: int, total: int) -> None:
    """Ignore the progress."""


def _files(folder: Path, files: Mapping[str, str | bytes]) -> InputFiles:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return InputFiles(folder, folder)


def _read(folder: Path, files: Mapping[str, str | bytes]) -> ImportedSite:
    return material.read(_files(folder, files), _ignore)


@pytest.mark.parametrize(
    ("files", "is_material"),
    [
        ({"mkdocs.yml": SETTINGS, "docs/a.md": ""}, True),
        ({"mkdocs.yml": "plugins: [search]", "docs/a.md": ""}, False),
        ({"mkdocs.yml": "a: [", "docs/a.md": ""}, False),
        ({".authors.yml": "a: {name: A}", "posts/a.md": ""}, True),
        ({"posts/a.md": ""}, False),
    ],
)
def test_detect(tmp_path: Path, files: dict[str, str | bytes], is_material: bool) -> None:
    assert material.detect(_files(tmp_path, files)) is is_material


def test_front_matter_and_urls(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "mkdocs.yml": SETTINGS,
            "docs/notes/.authors.yml": (
                "authors:\n  jane: {name: Jane Doe, description: Writer, avatar: /a.png}\n"
            ),
            "docs/notes/posts/a.md": (
                "---\ndate: {created: 2020-01-02 10:20:00, updated: 2020-02-03}\ncategories: [C]\n"
                "tags: [t, 2020]\nauthors: [jane, max]\npin: true\nreadtime: 3\nodd: x\n---\n\n"
                "# A *title*\n\nText\n"
            ),
            "docs/notes/posts/b.md": "---\ntitle: B\ndate: 2021-01-02\nslug: bee\n---\nText\n",
            "docs/notes/index.md": "# Notes\n",
            "docs/more/README.md": "# More\n",
            "docs/c.png": b"c",
        },
    )
    assert site.url == "https://a.example/docs/"
    first, second, page = (next(p for p in site.pages if p.title == t) for t in ("A title", "B", "More"))
    assert (first.url, first.slug, first.body, first.line) == (
        "/notes/2020/a-title/",
        "a-title",
        "\nText\n",
        12,
    )
    assert (first.created, first.updated) == (datetime.fromisoformat("2020-01-02T10:20"), date(2020, 2, 3))
    assert (first.categories, first.tags, first.authors) == (("C",), ("t", "2020"), ("Jane Doe", "max"))
    assert first.front_matter == {"pin": True, "readtime": 3}
    assert [str(problem) for problem in first.problems] == [
        "docs/notes/posts/a.md:8:1: 'odd' has no counterpart, and is left out."
    ]
    assert (second.url, second.feed_id) == ("/notes/2021/bee/", "https://a.example/docs/notes/2021/bee/")
    assert (page.url, page.is_post) == ("/more/", False)
    assert site.authors == [ImportedAuthor("Jane Doe", "Writer", "/a.png")]
    assert list(site.files) == ["/c.png"]
    assert site.lists == {
        "/notes/": OldList("index"), "/notes/page/2/": OldList("index"),
        "/notes/archive/2020/": OldList("archive"), "/notes/archive/2021/": OldList("archive"),
        "/notes/category/c/": OldList("category", "C"),
        **{f"/feed_{name}": OldList("feed") for name in (
            "rss_created.xml", "rss_updated.xml", "json_created.json", "json_updated.json")},
    }  # fmt: skip


def test_links_and_markdown(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "mkdocs.yml": SETTINGS,
            "docs/notes/posts/a.md": (
                "---\ndate: 2020-01-02\n---\n# A\n[b](b.md#x) [i](../index.md) ![c](../../c%20d.png) "
                "[u](https://a.b) "
                '[n](gone.md) <a href=\'../b/\'>x</a> [f](#y)\n\n--8<-- "part.md"\n\n--8<-- "none.md"\n\n'
                ":material-check: :material-fog: `:material-fog:`\n\n!!! odd\n    x\n"
            ),
            "docs/notes/posts/b.md": "---\ndate: 2020-01-03\n---\n# B\n",
            "docs/c d.png": b"c",
            "part.md": "*part*\n",
        },
    )
    page = next(page for page in site.pages if page.title == "A")
    assert page.body == (
        "[b](/notes/2020/b/#x) [i](/notes/) ![c](/c%20d.png) [u](https://a.b) n <a href='../b/'>x</a> "
        "[f](#y)\n\n"
        "*part*\n\n;--8<-- \"none.md\"\n\n✓ `:material-fog:`\n\n!!! note \"Odd\"\n    x\n"
    )  # fmt: skip
    assert [str(problem) for problem in page.problems] == [
        "docs/notes/posts/a.md:5:1: there is no page for 'gone.md'.",
        "docs/notes/posts/a.md:11:1: the icon ':material-fog:' is left out.",
        "docs/notes/posts/a.md:13:1: 'odd' is no kind of callout here, and becomes a note.",
        "docs/notes/posts/a.md:9:1: 'none.md' is not included. Insert its text.",
    ]


def test_what_is_wrong(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "mkdocs.yml": SETTINGS,
            "docs/notes/posts/a.md": "---\ndate: soon\n---\n# A\n",
            "docs/notes/posts/b.md": "---\ndate: [\n---\n# B\n",
            "docs/notes/posts/c.md": b"\xff",
        },
    )
    problems = [str(problem) for page in site.pages for problem in page.problems]
    assert problems == [
        "docs/notes/posts/a.md:2:1: 'soon' is not a date. Write it as in 2026-01-31.",
        "docs/notes/posts/b.md:3:1: this is not YAML: did not find expected node content.",
    ]
    assert [str(problem) for problem in site.problems] == [
        "docs/notes/posts/c.md:1:1: this is not UTF-8 text (byte 0). Save it as UTF-8."
    ]
    assert [page.url for page in site.pages] == ["", ""]
