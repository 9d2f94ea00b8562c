"""The reader of Quarto websites."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedBibliography, ImportedSite, OldList
from portfolio.importer.readers import quarto

SETTINGS = "website:\n  site-url: https://a.example/\nbibliography: refs.bib\n"
LISTING = "---\nlisting:\n  contents: posts\n  feed: true\n---\n"


def _ignore(done: int, total: int) -> None:
    """Ignore the progress."""


def _files(folder: Path, files: Mapping[str, str | bytes]) -> InputFiles:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return InputFiles(folder, folder)


def _read(folder: Path, files: Mapping[str, str | bytes]) -> ImportedSite:
    return quarto.read(_files(folder, files), _ignore)


@pytest.mark.parametrize(
    ("name", "is_quarto"), [("_quarto.yml", True), ("posts/a/index.qmd", True), ("a.md", False)]
)
def test_detect(tmp_path: Path, name: str, is_quarto: bool) -> None:
    assert quarto.detect(_files(tmp_path, {name: ""})) is is_quarto


def test_front_matter_urls_and_lists(tmp_path: Path) -> None:
    post = (
        '---\ntitle: "A *b*"\nsubtitle: S\ndate: 03/04/2020\ndate-modified: 2020-05-06 07:08\nauthor:\n'
        "  - name: {given: Ann, family: Lee}\n    url: https://ann.example\n  - Bo\ncategories: [x, y]\n"
        "keywords: k\nimage: i.png\naliases: [/old.html, ../older/]\ndescription: D\nodd: 1\n---\n"
        "[b](../b.qmd#c) [p](../../page.qmd) ![i](i.png) [gone](gone.qmd) [u](https://u.example)\n"
    )
    site = _read(
        tmp_path,
        {
            "_quarto.yml": SETTINGS,
            "index.qmd": LISTING,
            "posts/_metadata.yml": "categories: [z]\nauthor: Folder\n",
            "posts/a/index.qmd": post,
            "posts/a/i.png": b"i",
            "posts/b.qmd": "---\ntitle: B\ndate: 2021-02-03\n---\nText\n",
            "posts/c.qmd": "---\ntitle: C\ndate: 2021-02-03\ndraft: true\n---\nText\n",
            "page.qmd": "# Page\n\nText\n",
            "refs.bib": "@misc{k, title={T}}\n",
            "README.md": "no page",
        },
    )
    pages = {page.title: page for page in site.pages}
    assert set(pages) == {"A b", "B", "C", "Page"}
    page = pages["A b"]
    assert (page.url, page.slug, page.is_post) == ("/posts/a/", "a", True)
    assert page.aliases == ("/old.html", "/posts/older/")
    assert (page.created, page.updated) == (date(2020, 3, 4), datetime.fromisoformat("2020-05-06 07:08"))
    assert (page.categories, page.tags, page.authors) == (("x", "y"), ("k",), ("Ann Lee", "Bo"))
    assert (page.description, page.image) == ("D", "/posts/a/i.png")
    assert (page.feed_id, page.front_matter) == ("https://a.example/posts/a/", {"subtitle": "S"})
    assert page.body == (
        "[b](/posts/b.html#c) [p](/page.html) ![i](/posts/a/i.png) gone [u](https://u.example)\n"
    )
    assert [str(problem) for problem in page.problems] == [
        "posts/a/index.qmd:17:1: there is no page for 'gone.qmd'.",
        "posts/a/index.qmd:15:1: 'odd' has no counterpart, and is left out.",
    ]
    assert (pages["B"].categories, pages["B"].authors, pages["B"].url) == (
        ("z",),
        ("Folder",),
        "/posts/b.html",
    )
    assert (pages["C"].draft, pages["C"].feed_id) == (True, "")
    assert (pages["Page"].is_post, pages["Page"].url, pages["Page"].body) == (False, "/page.html", "\nText\n")
    assert site.lists == {"/": OldList("index"), "/index.xml": OldList("feed")}
    assert site.bibliographies == [ImportedBibliography("@misc{k, title={T}}\n", "refs.bib", is_own=False)]
    assert site.authors == [
        ImportedAuthor("Ann Lee", url="https://ann.example"),
        ImportedAuthor("Bo"),
        ImportedAuthor("Folder"),
    ]


def test_outputs_of_code(tmp_path: Path) -> None:
    cell = "---\ntitle: {}\ndate: 2020-01-02\n---\n```{{python}}\nx\n```\n"
    frozen = {"result": {"markdown": "---\ntitle: A\n---\n``` {.python .cell-code}\nx\n```\n\n1\n"}}
    html = (
        "<html><body><main><header id='title-block-header'><h1>B</h1></header><p>2 <a href='a.qmd'>a</a>"
        "<img src='b_files/f.png'></p></main></body></html>"
    )
    site = _read(
        tmp_path,
        {
            "_quarto.yml": "project: {type: website}",
            "a.qmd": cell.format("A"),
            "b.qmd": cell.format("B"),
            "c.qmd": cell.format("C"),
            "_freeze/a/execute-results/html.json": json.dumps(frozen),
            "_freeze/a/figure-html/f.png": b"f",
            "_site/b.html": html,
            "_site/b_files/f.png": b"g",
        },
    )
    first, second, third = site.pages
    assert (first.format, first.body) == ("markdown", "```python\nx\n```\n\n1\n")
    assert (second.format, second.body) == (
        "html", '<p>2 <a href="/a.html">a</a><img src="/b_files/f.png"></p>',
    )  # fmt: skip
    assert third.body == "```python\nx\n```\n"
    assert [problem.line for problem in third.problems] == [5]
    assert sorted(site.files) == ["/a_files/figure-html/f.png", "/b_files/f.png"]


def test_ids_of_the_rendered_feed(tmp_path: Path) -> None:
    feed = "<rss><channel><item><link>https://a.example/posts/a.html</link><guid>id-1</guid></item></channel></rss>"
    site = _read(
        tmp_path,
        {
            "_quarto.yml": SETTINGS.replace("bibliography: refs.bib\n", ""),
            "index.qmd": LISTING,
            "posts/a.qmd": "---\ntitle: A\ndate: 2020-01-02\n---\nText\n",
            "_site/index.xml": feed,
        },
    )
    assert [page.feed_id for page in site.pages] == ["id-1"]


def test_a_notebook(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: N\ndate: 2020-01-02\n---"},
        {"cell_type": "markdown", "metadata": {}, "source": ["[a](a.qmd)"]},
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    site = _read(tmp_path, {"n.ipynb": notebook, "a.qmd": "Text", "bad.ipynb": "{"})
    page = next(page for page in site.pages if page.format == "notebook")
    assert (page.title, page.created) == ("N", date(2020, 1, 2))
    assert [cell["source"] for cell in json.loads(page.body)["cells"]] == ["[a](/a.html)"]
    assert [str(problem) for problem in site.problems] == [
        "bad.ipynb:1:1: this is not a notebook of version 4."
    ]


def test_what_is_wrong(tmp_path: Path) -> None:
    site = _read(
        tmp_path,
        {
            "a.qmd": "---\ntitle: A\ndate: today\n---\nText\n",
            "b.qmd": "---\ntitle: [\n---\nText\n",
            "c.qmd": b"\xff",
            "_metadata.yml": "a: [",
        },
    )
    problems = [str(problem) for page in site.pages for problem in page.problems]
    assert problems == [
        "a.qmd:3:1: 'today' is not a date. Write it as in 2026-01-31.",
        "b.qmd:3:1: this is not YAML: did not find expected node content.",
    ]
    assert [str(problem) for problem in site.problems] == [
        "_metadata.yml:1:5: this is not YAML: did not find expected node content.",
        "c.qmd:1:1: this is not UTF-8 text (byte 0). Save it as UTF-8.",
    ]
