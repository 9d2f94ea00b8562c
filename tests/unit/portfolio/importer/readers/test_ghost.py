"""The reader of Ghost exports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import ghost

POST = {
    "id": "1",
    "title": "A kiln",
    "slug": "a-kiln",
    "html": "<p>Slow.</p>",
    "type": "post",
    "status": "published",
    "visibility": "public",
    "published_at": "2022-03-01T09:30:00.000Z",
}


def read_site(root: Path, data: Mapping[str, Any], files: Mapping[str, str | bytes] = {}) -> ImportedSite:
    """Write an export with tables, and read it."""
    root.mkdir(parents=True, exist_ok=True)
    export = {"db": [{"meta": {"version": "5.75.0"}, "data": {"posts_tags": [], **data}}]}
    (root / "a.json").write_text(json.dumps(export, indent=1))
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    source = InputFiles(root, root)
    assert ghost.detect(source)
    return ghost.read(source, lambda _done, _total: None)


def read_post(root: Path, **values: Any) -> ImportedPage:
    """Read an export with one post."""
    (page,) = read_site(root, {"posts": [{**POST, **values}]}).pages
    return page


def problems(page: ImportedPage) -> list[str]:
    return [f"{problem.severity} {problem.message}" for problem in page.problems]


def test_a_post_has_its_metadata(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "posts": [
                {
                    **POST,
                    "updated_at": "2022-03-02T00:00:00.000Z",
                    "custom_excerpt": "Short.",
                    "feature_image": "__GHOST_URL__/content/images/size/w600/2022/03/a.png",
                    "featured": 1,
                }
            ],
            "posts_meta": [
                {
                    "post_id": "1",
                    "feature_image_alt": "A <kiln>",
                    "feature_image_caption": "An <em>old</em> one",
                }
            ],
            "tags": [
                {"id": "k", "name": "Kilns", "slug": "kilns"},
                {"id": "g", "name": "Glaze", "slug": "glaze"},
                {"id": "i", "name": "#wide", "slug": "hash-wide"},
            ],
            "posts_tags": [
                {"post_id": "1", "tag_id": "k", "sort_order": 1},
                {"post_id": "1", "tag_id": "g", "sort_order": 0},
                {"post_id": "1", "tag_id": "i", "sort_order": 2},
            ],
            "users": [
                {"id": "u", "name": "Mara", "slug": "mara", "bio": "Pots", "website": "https://m.example/"}
            ],
            "posts_authors": [{"post_id": "1", "author_id": "u", "sort_order": 0}],
            "settings": [{"key": "posts_per_page", "value": "5"}],
        },
        {"content/images/2022/03/a.png": b"1"},
    )
    (page,) = site.pages
    assert (page.title, page.slug, page.url, page.is_post) == ("A kiln", "a-kiln", "/a-kiln/", True)
    assert page.created == datetime(2022, 3, 1, 9, 30, tzinfo=UTC)
    assert page.updated == datetime(2022, 3, 2, tzinfo=UTC)
    assert (page.tags, page.authors) == (("Glaze", "Kilns"), ("Mara",))
    assert (page.description, page.image) == ("Short.", "/content/images/2022/03/a.png")
    assert page.front_matter == {"pin": True}
    assert page.body.startswith(
        '<figure><img src="/content/images/2022/03/a.png" alt="A &lt;kiln&gt;">'
        "<figcaption>An <em>old</em> one</figcaption></figure>"
    )
    assert site.files["/content/images/2022/03/a.png"]() == b"1"
    assert site.authors == [ImportedAuthor("Mara", "Pots", "", "https://m.example/")]
    assert site.lists == {
        "/": OldList("index"),
        "/rss/": OldList("feed"),
        "/tag/kilns/": OldList("tag", "Kilns"),
        "/tag/kilns/rss/": OldList("tag feed", "Kilns"),
        "/tag/glaze/": OldList("tag", "Glaze"),
        "/tag/glaze/rss/": OldList("tag feed", "Glaze"),
        "/author/mara/": OldList("author", "Mara"),
        "/author/mara/rss/": OldList("feed"),
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "draft", "published_at": None}, (True, "")),
        ({"status": "sent"}, (True, "/a-kiln/")),
        ({"status": "scheduled", "published_at": "2990-01-01T00:00:00.000Z"}, (False, "/a-kiln/")),
        ({"visibility": "members"}, (True, "/a-kiln/")),
        ({}, (False, "/a-kiln/")),
    ],
)
def test_only_what_everyone_could_read_is_published(
    tmp_path: Path, values: dict[str, Any], expected: tuple[bool, str]
) -> None:
    page = read_post(tmp_path, **values)
    assert (page.draft, page.url) == expected


def test_what_is_lost_is_reported_at_the_line_of_the_post(tmp_path: Path) -> None:
    page = read_post(tmp_path, codeinjection_head="<script>", visibility="paid", updated_at="soon")
    assert problems(page) == [
        "warning A kiln: this was only for members, and becomes a draft.",
        "warning A kiln: the injected code (codeinjection_head) is left out.",
    ]
    assert {(problem.path, problem.line) for problem in page.problems} == {("a.json", 10)}
    broken = read_post(tmp_path / "b", html=None, lexical="{", published_at="soon")
    assert problems(broken) == [
        "error A kiln: 'soon' is not a date.",
        "error A kiln: its text (lexical) cannot be read.",
    ]


def test_paths_follow_the_routes(tmp_path: Path) -> None:
    routes = """
collections:
  /pots/: {permalink: '/pots/{year}/{slug}/', filter: 'tag:pots'}
  /: {permalink: '/{primary_tag}/{slug}/'}
taxonomies: {tag: '/topic/{slug}/', author: '/by/{slug}/'}
"""
    site = read_site(
        tmp_path,
        {
            "posts": [
                POST,
                {**POST, "id": "2", "slug": "b"},
                {**POST, "id": "3", "slug": "c", "type": "page"},
            ],
            "tags": [{"id": "p", "name": "Pots", "slug": "pots"}],
            "posts_tags": [{"post_id": "1", "tag_id": "p"}],
        },
        {"routes.yaml": routes},
    )
    assert [page.url for page in site.pages] == ["/pots/2022/a-kiln/", "/all/b/", "/c/"]
    assert [page.is_post for page in site.pages] == [True, True, False]
    assert site.lists["/topic/pots/"] == OldList("tag", "Pots")
    assert site.lists["/pots/"] == OldList("index")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<a href="__GHOST_URL__/b/">b</a> <a href="__GHOST_URL__">c</a>',
            '<a href="/b/">b</a> <a href="/">c</a>',
        ),
        ("<!--kg-card-begin: html--><b>x</b><!--kg-card-end: html-->", "<b>x</b>"),
        (
            '<div class="kg-card kg-callout-card"><div>💡</div><div>x</div></div>',
            "<blockquote><div>💡</div><div>x</div></blockquote>",
        ),
        (
            '<div class="kg-card kg-toggle-card"><div><h4 class="kg-toggle-heading-text">'
            "W</h4></div>"
            '<div class="kg-toggle-content"><p>x</p></div></div>',
            "<details><summary>W</summary><p>x</p></details>",
        ),
        (
            '<figure class="kg-card kg-bookmark-card"><a href="https://b.example">'
            '<div class="kg-bookmark-title">B</div><div class="kg-bookmark-description">D.</div></a></figure>',
            '<p><a href="https://b.example"><strong>B</strong> D.</a></p>',
        ),
        (
            '<div class="kg-card kg-audio-card"><audio src="/a.mp3"></audio>'
            '<div class="kg-audio-title">A</div></div>',
            '<p><a href="/a.mp3">A</a></p>',
        ),
        ('<img src="/a.png" srcset="/b.png 600w">', '<img src="/a.png"/>'),
    ],
)
def test_cards_become_ordinary_elements(tmp_path: Path, html: str, expected: str) -> None:
    assert read_post(tmp_path, html=html).body == expected


def test_lexical_is_read_if_there_is_no_html(tmp_path: Path) -> None:
    def text(words: str, style: int = 0) -> dict[str, Any]:
        return {"type": "extended-text", "text": words, "format": style}

    nodes = [
        {"type": "paragraph", "children": [text("a < "), text("b", 3), {"type": "linebreak"}, text("c", 16)]},
        {"type": "extended-heading", "tag": "h2", "children": [text("H")]},
        {
            "type": "list",
            "listType": "number",
            "children": [
                {"type": "listitem", "children": [{"type": "link", "url": "/x", "children": [text("l")]}]}
            ],
        },
        {"type": "codeblock", "language": "js", "code": "a < b"},
        {"type": "image", "src": "__GHOST_URL__/content/images/a.png", "alt": "A", "caption": "C"},
        {"type": "callout", "calloutEmoji": "💡", "calloutText": "x"},
        {"type": "toggle", "heading": "W", "content": "<p>x</p>"},
        {"type": "bookmark", "url": "https://b.example", "metadata": {"title": "B", "description": "D"}},
        {"type": "horizontalrule"},
        {"type": "html", "html": "<i>y</i>"},
        {"type": "markdown", "markdown": "*z*"},
        {"type": "signup"},
    ]
    page = read_post(tmp_path, html=None, lexical=json.dumps({"root": {"children": nodes}}))
    assert page.body.strip().split("\n") == [
        "<p>a &lt; <em><strong>b</strong></em><br/><code>c</code></p>",
        "<h2>H</h2>",
        '<ol><li><a href="/x">l</a></li></ol>',
        '<pre><code class="language-js">a &lt; b</code></pre>',
        '<figure><img alt="A" src="/content/images/a.png"/><figcaption>C</figcaption></figure>',
        "<blockquote><p>💡 x</p></blockquote>",
        "<details><summary>W</summary><p>x</p></details>",
        '<p><a href="https://b.example">B</a> D</p>',
        "<hr/>",
        "<i>y</i>",
        "<p><em>z</em></p>",
    ]


def test_mobiledoc_is_read_if_there_is_no_html(tmp_path: Path) -> None:
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["code", {"language": "py", "code": "a"}]],
        "markups": [["strong"], ["a", ["href", "/x"]]],
        "sections": [
            [1, "p", [[0, [], 0, "a "], [0, [0, 1], 2, "b"], [1, [], 0, 0], [0, [], 0, "c"]]],
            [3, "ul", [[[0, [], 0, "d"]]]],
            [10, 0],
            [2, "/a.png"],
        ],
    }
    page = read_post(tmp_path, html=None, mobiledoc=json.dumps(document))
    assert page.body.split("\n") == [
        '<p>a <strong><a href="/x">b</a></strong><br/>c</p>',
        "<ul><li>d</li></ul>",
        '<pre><code class="language-py">a</code></pre>',
        '<figure><img alt="" src="/a.png"/></figure>',
    ]


def test_an_archive_with_images_is_read(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("data/a.json", json.dumps({"data": {"posts": [POST], "posts_tags": []}}))
        archive.writestr("content/images/a.png", b"1")
    source = InputFiles(tmp_path / "a.zip", tmp_path)
    assert ghost.detect(source)
    site = ghost.read(source, lambda _done, _total: None)
    assert [page.title for page in site.pages] == ["A kiln"]
    assert site.files["/content/images/a.png"]() == b"1"


@pytest.mark.parametrize(
    "data",
    [{"posts": "x"}, {"posts": [1, None, {}]}, {"posts": [{"id": [], "title": 1, "published_at": {}}]}, {}],
)
def test_tables_of_another_form_are_no_fault_of_the_program(tmp_path: Path, data: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"db": [{"data": data}]}))
    ghost.read(InputFiles(tmp_path, tmp_path), lambda _done, _total: None)
