"""Reading WordPress exports. What a whole export becomes is tested with its fixture."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite, OldList
from portfolio.importer.readers import wordpress

_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
)


def item(number: int, **values: str) -> str:
    """Return an item of an export, on one line, with elements by their names without prefix."""
    default = {"post_id": str(number), "post_type": "post", "status": "publish", "post_name": f"p{number}"}
    own = {"title", "link", "guid"}
    content = values.pop("content", "<p>Text</p>")
    body = f"<content:encoded><![CDATA[{content}]]></content:encoded>"
    more = values.pop("more", "")
    elements = (
        f"<{name}>{value}</{name}>" if name in own else f"<wp:{name}>{value}</wp:{name}>"
        for name, value in {**default, "title": f"Post {number}", **values}.items()
    )
    return f"<item>{''.join(elements)}{body}{more}</item>\n"


def read(folder: Path, *items: str, url: str = "https://a.example/blog") -> ImportedSite:
    """Read an export with items."""
    head = f"<wp:base_blog_url>{url}</wp:base_blog_url>"
    text = f'<rss version="2.0" {_NAMESPACES}><channel>{head}\n{"".join(items)}</channel></rss>'
    (folder / "export.xml").write_text(text, encoding="utf-8")
    files = InputFiles(folder / "export.xml", folder)
    assert wordpress.detect(files)
    return wordpress.read(files, lambda *_: None)


@pytest.mark.parametrize(
    ("local", "universal", "expected"),
    [
        (
            "2020-05-01 12:00:00",
            "2020-05-01 10:00:00",
            datetime(2020, 5, 1, 12, tzinfo=timezone(timedelta(hours=2))),
        ),
        (
            "2020-05-01 12:00:00",
            "2020-05-01 17:30:00",
            datetime(2020, 5, 1, 12, tzinfo=timezone(timedelta(hours=-5.5))),
        ),
        ("2020-05-01 12:00:00", "0000-00-00 00:00:00", datetime(2020, 5, 1, 12)),  # noqa: DTZ001
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", None),
        ("soon", "", None),
    ],
)
def test_a_date_has_the_offset_of_the_old_site(
    tmp_path: Path, local: str, universal: str, expected: datetime | None
) -> None:
    (page,) = read(tmp_path, item(1, post_date=local, post_date_gmt=universal)).pages
    assert page.created == expected


def test_a_date_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (page,) = read(tmp_path, item(1, post_date="soon", post_modified="0000-00-00 00:00:00")).pages
    assert [problem.message for problem in page.problems if problem.code == "import.invalid-date"] == [
        "'soon' is not a date."
    ]


def test_urls_are_paths_of_the_old_site(tmp_path: Path) -> None:
    content = (
        '<p><a href="https://www.a.example/blog/?p=2#x">a</a> <a href="/blog/?page_id=9">b</a> '
        '<a href="https://b.example/?p=2">c</a></p>'
    )
    site = read(
        tmp_path,
        item(1, link="https://a.example/blog/2020/one/", content=content, guid="https://a.example/?p=1"),
        item(2, link="https://a.example/blog/two/"),
        item(3, link="https://a.example/blog/?p=3"),
    )
    assert (site.url, [page.url for page in site.pages]) == (
        "https://a.example/blog/",
        ["/2020/one/", "/two/", ""],
    )
    assert site.pages[0].body.strip() == (
        '<p><a href="/two/#x">a</a> <a href="/blog/?page_id=9">b</a> <a href="https://b.example/?p=2">c</a></p>'
    )
    assert site.pages[0].feed_id == "https://a.example/?p=1"
    assert [str(problem) for problem in site.pages[2].problems] == [
        "export.xml:4:1: its URL is a query, which a static site cannot answer."
    ]


def test_what_was_not_public_becomes_a_draft(tmp_path: Path) -> None:
    site = read(
        tmp_path,
        *(
            item(number, status=status)
            for number, status in enumerate(("publish", "future", "draft", "pending"), 1)
        ),
        item(5, status="trash"),
        item(6, post_password="secret", link="https://a.example/blog/six/"),  # noqa: S106
    )
    assert [(page.title, page.draft) for page in site.pages] == [
        ("Post 1", False),
        ("Post 2", False),
        ("Post 3", True),
        ("Post 4", True),
        ("Post 6", True),
    ]


def test_an_id_that_two_posts_have_is_reported(tmp_path: Path) -> None:
    site = read(tmp_path, item(1, guid="https://a.example/?p=1"), item(2, guid="https://a.example/?p=1"))
    assert [page.feed_id for page in site.pages] == ["https://a.example/?p=1", "https://a.example/?p=1#2"]
    assert "export.xml:3:1: its id in the old feed is also that of the post on line 2. It gets a new id." in [
        str(problem) for problem in site.pages[1].problems
    ]


def test_categories_with_parents_have_both_urls(tmp_path: Path) -> None:
    categories = "".join(
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent></wp:category>"
        for slug, parent in (("a", "b"), ("b", "a"), ("c", "b"))
    )
    term = '<category domain="category" nicename="c">C &amp; D</category>'
    site = read(tmp_path, categories, item(1, more=term, post_date="2020-05-01 12:00:00"))
    assert site.pages[0].categories == ("C & D",)
    for path in ("/category/c/", "/category/a/b/c/"):
        assert site.lists[path] == OldList("category", "C & D")
        assert site.lists[f"{path}feed/"] == OldList("category feed", "C & D")
    assert site.lists["/2020/05/"] == OldList("archive", "2020")


def test_uploads_are_found_beside_the_export(tmp_path: Path) -> None:
    folder = tmp_path / "wp-content" / "uploads" / "2020"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"png")
    content = (
        '<img src="https://a.example/blog/wp-content/uploads/2020/a-300x200.png" srcset="x 2x">'
        '<img src="https://a.files.wordpress.com/2020/a.png"><img src="https://b.example/2020/a.png">'
    )
    site = read(tmp_path, item(1, content=content))
    assert site.pages[0].body.strip() == (
        '<p><img src="/wp-content/uploads/2020/a.png"/><img src="/wp-content/uploads/2020/a.png"/>'
        '<img src="https://b.example/2020/a.png"/></p>'
    )
    assert site.files["/wp-content/uploads/2020/a.png"]() == b"png"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<rss", "export.xml:1:"),
        ('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss>&e;</rss>', "it has no channel"),
        ("<rss/>", "export.xml:1:1: this is not a WordPress export: it has no channel."),
        ("", "export.xml:1:1: this is not XML"),
    ],
)
def test_a_broken_export_has_a_diagnostic(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "export.xml").write_text(text, encoding="utf-8")
    site = wordpress.read(InputFiles(tmp_path / "export.xml", tmp_path), lambda *_: None)
    assert expected in str(site.problems[0])
    assert not site.pages


def test_broken_values_are_no_values(tmp_path: Path) -> None:
    site = read(
        tmp_path,
        item(
            1,
            post_id="many",
            post_parent="-1",
            link="http://[::1/",
            title="",
            content="<p>A <b>title</b></p>",
        ),
    )
    (page,) = site.pages
    assert (page.title, page.url) == ("A title", "")
