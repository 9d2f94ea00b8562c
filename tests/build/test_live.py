"""The live preview shows saved files, and serves what a build from scratch would write."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import live
from tests.support.live import Preview, post

pytestmark = pytest.mark.thorough

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


def _assert_equal_to_a_build(preview: Preview, tmp_path: Path) -> None:
    """Wait until the preview serves exactly what a build writes."""
    built = live.build(preview.root, preview, tmp_path / "built")
    preview.wait_until(lambda: not preview.differences(built), f"{preview.differences(built)} as built")


def test_the_first_build_is_served(preview: Preview, tmp_path: Path) -> None:
    _assert_equal_to_a_build(preview, tmp_path)
    status, body = preview.get("/no/such/page/")
    assert status == 404
    assert body == preview.get("/404.html")[1]


def test_posts(preview: Preview, posts: Path, tmp_path: Path) -> None:
    first = posts / "first.md"
    first.write_text(post("First", "Changed once."))
    preview.wait_for_text(FIRST, "Changed once.")
    preview.wait_for_event("pages")
    # As editors save: through a temporary file.
    temporary = posts / ".first.md.swp"
    temporary.write_text(post("First", "Changed twice."))
    temporary.replace(first)
    preview.wait_for_text(FIRST, "Changed twice.")

    first.write_text(post("Headline", "Changed twice."))
    preview.wait_for_text(INDEX, "Headline")
    preview.wait_for_text("/blog/2026/01/01/headline/", "Changed twice.")
    preview.wait_until(lambda: preview.get(FIRST)[0] == 302, "the redirect of the old URL")

    (posts / "fourth.md").write_text(post("Fourth", "New.", day=4, category="Two"))
    preview.wait_for_text("/blog/2026/01/04/fourth/", "New.")
    preview.wait_for_text(INDEX, "An excerpt of Fourth.")
    (posts / "fourth.md").rename(posts / "moved.md")
    preview.wait_for_text("/blog/2026/01/04/fourth/", "New.")
    (posts / "second.md").unlink()
    preview.wait_until(lambda: preview.get("/blog/2026/01/02/second/")[0] == 404, "the end of a post")
    assert b"Second" not in preview.get(INDEX)[1]
    _assert_equal_to_a_build(preview, tmp_path)
    assert b"Two" in preview.get("/blog/category/two/")[1]

    folder = posts / "folder"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "fifth.md").write_text(post("Fifth", "Newer.", day=5))
    elsewhere.rename(folder)
    preview.wait_for_text("/blog/2026/01/05/fifth/", "Newer.")
    folder.rename(elsewhere)
    preview.wait_until(lambda: preview.get("/blog/2026/01/05/fifth/")[0] == 404, "the end of a folder")
    assert b"Fifth" not in preview.get(INDEX)[1]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_changes_are_shown_after_all_workers_were_killed(preview: Preview, posts: Path) -> None:
    listed = subprocess.run(["pgrep", "-P", str(preview.pid)], capture_output=True, text=True, check=True)
    for pid in listed.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    (posts / "third.md").write_text(post("Survivor", "Written after a kill.", day=3))
    preview.wait_for_text(INDEX, "Survivor")
    preview.wait_for_text("/blog/2026/01/03/survivor/", "Written after a kill.")
    (posts / "third.md").write_text(post("Third", "Body of third.", day=3))
    preview.wait_for_text("/blog/2026/01/03/third/", "Body of third.")


def test_the_target_of_a_link_is_watched(preview: Preview, posts: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "linked.md", posts / "linked.md"
    target.write_text(post("Linked", "Written elsewhere.", day=6))
    link.symlink_to(target)
    url = "/blog/2026/01/06/linked/"
    preview.wait_for_text(url, "Written elsewhere.")
    target.write_text(post("Linked", "Changed elsewhere.", day=6))
    preview.wait_for_text(url, "Changed elsewhere.")
    link.unlink()
    preview.wait_until(lambda: preview.get(url)[0] == 404, "the end of the post")


def _neighbours(page: bytes) -> list[bytes]:
    return re.findall(rb'<link rel="(?:prev|next)"[^>]*>', page)


def test_a_new_pinned_post_has_the_neighbours_that_a_build_gives_it(
    preview: Preview, posts: Path, tmp_path: Path
) -> None:
    pinned = posts / "pinned.md"
    pinned.write_text(post("Pinned", "On top.", day=2, pin=True))
    url = "/blog/2026/01/02/pinned/"
    preview.wait_for_text(url, "On top.")
    neighbours = _neighbours(preview.get(url)[1])
    built = live.build(preview.root, preview, tmp_path / "built")
    assert neighbours == _neighbours((built / url.strip("/") / "index.html").read_bytes()) != []
    pinned.unlink()
    preview.wait_until(lambda: preview.get(url)[0] == 404, "the end of the post")


def test_pages_templates_and_files(preview: Preview, tmp_path: Path) -> None:
    root = preview.root
    (root / "docs/about.md").write_text("# Who\n\nSomebody.\n")
    preview.wait_for_text("/about/", "Somebody.")
    preview.wait_for_text("/", "Who")  # in the navigation
    (root / "overrides/partials/copyright.html").write_text("<p>Copyright B</p>\n")
    preview.wait_for_text("/about/", "Copyright B")
    preview.events.clear()
    (root / "docs/assets/sheet.css").write_text("p { color: red }\n")
    preview.wait_for_text("/assets/sheet.css", "red")
    assert preview.wait_for_event("files", lambda files: "/assets/sheet.css" in files)
    (root / "docs/assets/picture.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="2"/>\n')
    preview.wait_for_text("/assets/picture.svg", 'width="2"')
    (root / "docs/new.md").write_text("# New page\n")
    preview.wait_for_text("/new/", "New page")
    (root / "docs/new.md").unlink()
    preview.wait_until(lambda: preview.get("/new/")[0] == 404, "the end of a page")
    _assert_equal_to_a_build(preview, tmp_path)


def test_configuration_and_hooks(preview: Preview, tmp_path: Path) -> None:
    configuration = preview.root / "mkdocs.yml"
    configuration.write_text(configuration.read_text().replace("site_name: Small", "site_name: Large"))
    preview.wait_for_text("/", "Large")
    hook = preview.root / "hooks/stamp.py"
    hook.write_text(hook.read_text().replace("stamp 1", "stamp 2"))
    preview.wait_for_text("/", "stamp 2")
    assert b"stamp 1" not in preview.get(FIRST)[1]
    _assert_equal_to_a_build(preview, tmp_path)


def test_an_error_is_reported_and_the_last_good_page_stays(
    preview: Preview, posts: Path, tmp_path: Path
) -> None:
    third, url = posts / "third.md", "/blog/2026/01/03/third/"
    good = third.read_text()
    preview.events.clear()
    third.write_text(good.replace("date: ", "date: [").replace("Body", "Corpse"))
    (message, *_) = preview.wait_for_event("problems", bool)
    assert (message["path"], message["line"]) == ("docs/blog/posts/third.md", 2)
    third.write_text(good.replace("<!-- more -->", ""))
    preview.wait_for_event("problems", lambda messages: "<!-- more -->" in str(messages))
    assert b"Body of third." in preview.get(url)[1]
    assert b"Third" in preview.get(INDEX)[1]
    third.write_text(good.replace("Body", "The colour"))
    messages = preview.wait_for_event("problems", lambda messages: "colour" in str(messages))
    assert messages == [
        {
            "path": "docs/blog/posts/third.md",
            "line": good.splitlines().index("Body of third.") + 1,
            "column": 5,
            "field": "text",
            "message": "'colour' is British English.",
            "hint": "Write 'color'.",
            "code": "spelling.british",
        }
    ]
    third.write_text(good.replace("Body", "Whole body"))
    assert preview.wait_for_event("problems", lambda messages: not messages) == []
    preview.wait_for_text(url, "Whole body of third.")

    template = preview.root / "overrides/partials/copyright.html"
    template.write_text("<p>\n{% if %}</p>\n")
    preview.wait_until(lambda: b"Whole body" in preview.get(url)[1], "the last good page")
    (message, *_) = preview.wait_for_event("problems", bool)
    assert (message["path"], message["line"]) == ("overrides/partials/copyright.html", 2)
    template.write_text("<p>Copyright C</p>\n")
    preview.wait_for_event("problems", lambda messages: not messages)
    preview.wait_for_text(url, "Copyright C")

    hook = preview.root / "hooks/stamp.py"
    good = hook.read_text()
    hook.write_text("def on_post_page(output, *, page, config:\n    return output\n")
    (message, *_) = preview.wait_for_event("problems", bool)
    assert (message["path"], message["line"]) == ("hooks/stamp.py", 1)
    assert b"Copyright C" in preview.get(url)[1]
    hook.write_text(good)
    preview.wait_for_event("problems", lambda messages: not messages)
    _assert_equal_to_a_build(preview, tmp_path)


def test_a_site_whose_first_build_fails_is_shown_when_it_is_fixed(tmp_path: Path) -> None:
    root = tmp_path / "site"
    live.write(root)
    hook = root / "hooks" / "stamp.py"
    good = hook.read_text()
    hook.write_text(f"{good}\n\ndef on_nav(nav, **_):\n    raise ValueError('no way')\n")
    with live.serve(root) as preview:
        (message, *_) = preview.wait_for_event("problems", bool)
        assert (message["path"], message["line"]) == ("hooks/stamp.py", 6)
        status, body = preview.get("/")
        assert (status, b"no such page" in body) == (404, True)
        hook.write_text(good)
        preview.wait_for_text("/", "Welcome.")
        preview.wait_for_event("problems", lambda messages: not messages)


def test_a_build_is_the_same_without_the_hook(preview: Preview, tmp_path: Path) -> None:
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
