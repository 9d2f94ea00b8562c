"""Reading Ghost exports. What a whole export becomes is tested with its fixture."""

import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite, OldList
from portfolio.importer.readers import ghost


def read(folder: Path, data: Any) -> ImportedSite:
    """Read an export with the tables of ``data``."""
    (folder / "a.json").write_text(json.dumps({"db": [{"meta": {}, "data": data}]}), encoding="utf-8")
    return ghost.read(InputFiles(folder / "a.json", folder), lambda *_: None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-04-01T10:00:00.000Z", datetime(2022, 4, 1, 10, tzinfo=UTC)),
        ("2022-04-01 10:00:00", datetime(2022, 4, 1, 10, tzinfo=UTC)),
        (1648807200000, datetime(2022, 4, 1, 10, tzinfo=UTC)),
        ("2022-04-01", date(2022, 4, 1)),
        ("soon", None),
        (10**20, None),
        (True, None),
    ],
)
def test_dates_are_in_utc(tmp_path: Path, value: object, expected: date | None) -> None:
    post = {"id": 1, "title": "A", "html": "<p>A</p>", "published_at": value, "created_at": "2001-02-03"}
    (page,) = read(tmp_path, {"posts": [post]}).pages
    assert page.created == expected
    messages = [problem.message for problem in page.problems if problem.code == "import.invalid-date"]
    assert messages == ([] if expected else [f"'{value}' is not a date."])


def test_only_what_everybody_could_read_is_published(tmp_path: Path) -> None:
    posts = [
        {"id": index, "slug": f"p{index}", "html": "<p>A</p>", "status": status, "visibility": visibility}
        for index, (status, visibility) in enumerate(
            [("published", "public"), ("published", "paid"), ("draft", "public"), ("scheduled", "public")]
        )
    ]
    site = read(tmp_path, {"posts": posts})
    assert [(page.title, page.draft, page.url) for page in site.pages] == [
        ("Post 0", False, "/p0/"),
        ("Post 1", True, ""),
        ("Post 2", True, ""),
        ("Post 3", False, "/p3/"),
    ]


def test_images_are_found_beside_the_export(tmp_path: Path) -> None:
    folder = tmp_path / "content" / "images" / "2022"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"png")
    html = '<img src="__GHOST_URL__/content/images/size/w600/format/webp/2022/a.png">'
    site = read(tmp_path, {"posts": [{"id": 1, "html": html}]})
    assert site.pages[0].body == '<img src="/content/images/2022/a.png">'
    assert site.files["/content/images/2022/a.png"]() == b"png"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "a.json:1:2: this is not JSON: expecting property name enclosed in double quotes."),
        ('{"db": []}', "a.json:1:2: this is not a Ghost export: it has no list of posts."),
        (
            '{"db": [{"data": {"posts": 5}}]}',
            "a.json:1:10: this is not a Ghost export: it has no list of posts.",
        ),
    ],
)
def test_a_broken_export_has_a_diagnostic(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    site = ghost.read(InputFiles(tmp_path / "a.json", tmp_path), lambda *_: None)
    assert [str(problem) for problem in site.problems] == [expected]


_KEYS = (
    "posts tags users posts_tags posts_authors posts_meta id slug title html status sort_order name".split()
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(_KEYS), st.lists(_VALUES, max_size=3) | _VALUES))
def test_values_of_any_type_are_read_or_reported(data: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        read(Path(name), data)


def test_the_image_above_a_post_is_in_its_text(tmp_path: Path) -> None:
    data = {
        "posts": [{"id": "1", "html": "<p>A</p>", "feature_image": "__GHOST_URL__/content/images/a.png"}],
        "posts_meta": [
            {"post_id": "1", "feature_image_alt": "A <b>", "feature_image_caption": "By <em>Noor</em>"}
        ],
    }
    (page,) = read(tmp_path, data).pages
    assert page.body == (
        '<figure><img src="/content/images/a.png" alt="A &lt;b&gt;">'
        "<figcaption>By <em>Noor</em></figcaption></figure>\n<p>A</p>"
    )


def test_injected_code_is_reported(tmp_path: Path) -> None:
    (page,) = read(tmp_path, {"posts": [{"html": "<p>A</p>", "codeinjection_foot": "<script>"}]}).pages
    assert [problem.message for problem in page.problems] == [
        "the injected code (codeinjection_foot) is left out."
    ]


def test_paths_follow_the_routes(tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text(
        "collections:\n"
        "  /pots/: {permalink: '/pots/{year}/{slug}/', filter: 'tag:pots'}\n"
        "  /: {permalink: '/{primary_tag}/{slug}/'}\n"
        "taxonomies: {tag: '/topic/{slug}/', author: '/by/{slug}/'}\n",
        encoding="utf-8",
    )
    post = {"html": "<p>A</p>", "status": "published", "published_at": "2022-03-01T00:00:00.000Z"}
    data = {
        "posts": [
            {**post, "id": "1", "slug": "a"},
            {**post, "id": "2", "slug": "b"},
            {**post, "id": "3", "slug": "c", "type": "page"},
        ],
        "tags": [{"id": "t", "name": "Pots", "slug": "pots"}],
        "posts_tags": [{"post_id": "1", "tag_id": "t"}],
    }
    text = json.dumps({"db": [{"meta": {}, "data": data}]})
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    site = ghost.read(InputFiles(tmp_path, tmp_path), lambda *_: None)
    assert [page.url for page in site.pages] == ["/pots/2022/a/", "/all/b/", "/c/"]
    assert site.lists["/topic/pots/"] == OldList("tag", "Pots")
    assert site.lists["/pots/"] == OldList("index")


def test_the_document_of_the_editor_is_read_if_there_is_no_html(tmp_path: Path) -> None:
    lexical = {"root": {"children": [{"type": "paragraph", "children": [{"type": "text", "text": "A < b"}]}]}}
    posts = [{"html": None, "lexical": json.dumps(lexical)}, {"html": "", "mobiledoc": "{"}]
    first, second = read(tmp_path, {"posts": posts}).pages
    assert (first.body, first.problems) == ("<p>A &lt; b</p>", [])
    assert [problem.message for problem in second.problems] == [
        "this post has no text in the export that can be read."
    ]


def test_rows_that_are_no_posts_are_reported(tmp_path: Path) -> None:
    site = read(tmp_path, {"posts": [None, {"id": 1, "title": "A", "html": "<p>B</p>"}, 3]})
    assert [page.title for page in site.pages] == ["A"]
    assert [problem.message for problem in site.problems] == [
        "'None' is not a post, and is left out.",
        "'3' is not a post, and is left out.",
    ]
