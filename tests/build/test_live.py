"""What ``mkdocs serve`` shows when files are saved, and that it is what a build from nothing would make."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import live
from tests.support.live import Preview, post

INDEX = "/blog/"
FIRST = "/blog/2026/01/01/first/"


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    root = tmp_path_factory.mktemp("live") / "site"
    live.write(root)
    with live.serve(root) as preview:
        yield preview


@pytest.fixture
def posts(preview: Preview) -> Path:
    return preview.root / "docs" / "blog" / "posts"


def _is_true(preview: Preview, tmp_path: Path) -> None:
    """What is served is what a build makes, as soon as all is quiet."""
    built = live.build(preview.root, preview, tmp_path / "built")
    preview.until(lambda: not preview.differs(built), f"{preview.differs(built)} as built")


def test_the_first_build_is_served(preview: Preview, tmp_path: Path) -> None:
    _is_true(preview, tmp_path)
    status, body = preview.get("/no/such/page/")
    assert status == 404
    assert body == preview.get("/404.html")[1]


def test_posts(preview: Preview, posts: Path, tmp_path: Path) -> None:
    first = posts / "first.md"
    first.write_text(post("First", "Changed once."))
    preview.shows(FIRST, "Changed once.")
    preview.hears("pages")
    # As editors do.
    other = posts / ".first.md.swp"
    other.write_text(post("First", "Changed twice."))
    other.replace(first)
    preview.shows(FIRST, "Changed twice.")

    first.write_text(post("Headline", "Changed twice."))
    preview.shows(INDEX, "Headline")
    preview.shows("/blog/2026/01/01/headline/", "Changed twice.")
    preview.until(lambda: preview.get(FIRST)[0] == 404, "the end of the old address")

    (posts / "fourth.md").write_text(post("Fourth", "New.", day=4, category="Two"))
    preview.shows("/blog/2026/01/04/fourth/", "New.")
    preview.shows(INDEX, "An excerpt of Fourth.")
    (posts / "fourth.md").rename(posts / "moved.md")
    preview.shows("/blog/2026/01/04/fourth/", "New.")
    (posts / "second.md").unlink()
    preview.until(lambda: preview.get("/blog/2026/01/02/second/")[0] == 404, "the end of a post")
    assert b"Second" not in preview.get(INDEX)[1]
    _is_true(preview, tmp_path)
    assert b"Two" in preview.get("/blog/category/two/")[1]

    folder = posts / "folder"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "fifth.md").write_text(post("Fifth", "Newer.", day=5))
    elsewhere.rename(folder)
    preview.shows("/blog/2026/01/05/fifth/", "Newer.")
    folder.rename(elsewhere)
    preview.until(lambda: preview.get("/blog/2026/01/05/fifth/")[0] == 404, "the end of a folder")
    assert b"Fifth" not in preview.get(INDEX)[1]


def test_pages_templates_and_files(preview: Preview, tmp_path: Path) -> None:
    root = preview.root
    (root / "docs/about.md").write_text("# Who\n\nSomebody.\n")
    preview.shows("/about/", "Somebody.")
    preview.shows("/", "Who")  # in the navigation
    (root / "overrides/partials/copyright.html").write_text("<p>Copyright B</p>\n")
    preview.shows("/about/", "Copyright B")
    preview.told.clear()
    (root / "docs/assets/sheet.css").write_text("p { color: red }\n")
    preview.shows("/assets/sheet.css", "red")
    assert preview.hears("files", lambda files: "/assets/sheet.css" in files)
    (root / "docs/assets/picture.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="2"/>\n')
    preview.shows("/assets/picture.svg", 'width="2"')
    (root / "docs/new.md").write_text("# New page\n")
    preview.shows("/new/", "New page")
    (root / "docs/new.md").unlink()
    preview.until(lambda: preview.get("/new/")[0] == 404, "the end of a page")
    _is_true(preview, tmp_path)


def test_configuration_and_hooks(preview: Preview, tmp_path: Path) -> None:
    configuration = preview.root / "mkdocs.yml"
    configuration.write_text(configuration.read_text().replace("site_name: Small", "site_name: Large"))
    preview.shows("/", "Large")
    hook = preview.root / "hooks/stamp.py"
    hook.write_text(hook.read_text().replace("stamp 1", "stamp 2"))
    preview.shows("/", "stamp 2")
    assert b"stamp 1" not in preview.get(FIRST)[1]
    _is_true(preview, tmp_path)


def test_what_is_broken_is_told_and_the_last_good_page_stays(
    preview: Preview, posts: Path, tmp_path: Path
) -> None:
    third, address = posts / "third.md", "/blog/2026/01/03/third/"
    good = third.read_text()
    preview.told.clear()
    third.write_text(good.replace("date: ", "date: [").replace("Body", "Corpse"))
    (problem, *_) = preview.hears("problems", bool)
    assert (problem["path"], problem["line"]) == ("docs/blog/posts/third.md", 2)
    third.write_text(good.replace("<!-- more -->", ""))
    preview.hears("problems", lambda problems: "<!-- more -->" in str(problems))
    assert b"Body of third." in preview.get(address)[1]
    assert b"Third" in preview.get(INDEX)[1]
    third.write_text(good.replace("Body", "Whole body"))
    assert preview.hears("problems", lambda problems: not problems) == []
    preview.shows(address, "Whole body of third.")

    template = preview.root / "overrides/partials/copyright.html"
    template.write_text("<p>\n{% if %}</p>\n")
    preview.until(lambda: b"Whole body" in preview.get(address)[1], "the last good page")
    (problem, *_) = preview.hears("problems", bool)
    assert (problem["path"], problem["line"]) == ("overrides/partials/copyright.html", 2)
    template.write_text("<p>Copyright C</p>\n")
    preview.hears("problems", lambda problems: not problems)
    preview.shows(address, "Copyright C")

    hook = preview.root / "hooks/stamp.py"
    sound = hook.read_text()
    hook.write_text("def on_post_page(output, *, page, config:\n    return output\n")
    (problem, *_) = preview.hears("problems", bool)
    assert (problem["path"], problem["line"]) == ("hooks/stamp.py", 1)
    assert b"Copyright C" in preview.get(address)[1]
    hook.write_text(sound)
    preview.hears("problems", lambda problems: not problems)
    _is_true(preview, tmp_path)


def test_a_site_that_is_broken_from_the_start_is_shown_when_it_is_mended(tmp_path: Path) -> None:
    root = tmp_path / "site"
    live.write(root)
    hook = root / "hooks" / "stamp.py"
    sound = hook.read_text()
    hook.write_text(f"{sound}\n\ndef on_nav(nav, **_):\n    raise ValueError('no way')\n")
    with live.serve(root) as preview:
        (problem, *_) = preview.hears("problems", bool)
        assert (problem["path"], problem["line"]) == ("hooks/stamp.py", 6)
        status, body = preview.get("/")
        assert (status, b"no such page" in body) == (404, True)
        hook.write_text(sound)
        preview.shows("/", "Welcome.")
        preview.hears("problems", lambda problems: not problems)


def test_without_its_line_mkdocs_serves_and_builds_the_same(preview: Preview, tmp_path: Path) -> None:
    built = live.build(preview.root, preview, tmp_path / "built")
    configuration = preview.root / "mkdocs.yml"
    text = configuration.read_text()
    configuration.write_text(text.replace("hooks/live_preview.py, ", ""))
    without = live.build(preview.root, preview, tmp_path / "without")
    files = sorted(path.relative_to(built) for path in built.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(without) for path in without.rglob("*") if path.is_file())
    assert [name for name in files if (built / name).read_bytes() != (without / name).read_bytes()] == []
    assert not re.search(rb"livereload", (built / "index.html").read_bytes())
    configuration.write_text(text)
