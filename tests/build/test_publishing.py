"""Which posts real builds and a real server publish, and where a post leads."""

import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from selectolax.lexbor import LexborNode

from tests.build.test_problems import serving
from tests.support import html, persona, project

NOW = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CATENARIES = "Chains and arches and catenaries, which hang or stand by their own weight. "


def write_post(root: Path, name: str, front: str, text: str = "Some words.") -> None:
    path = root / "docs/notes/posts" / f"{name}.md"
    path.write_text(
        f"---\ncategories: [Statik]\n{front}\n---\n\n# Post {name}\n\n{text}\n\n<!-- more -->\n\nMore.\n",
        encoding="utf-8",
    )


def build(root: Path, *, at: datetime = NOW) -> Path:
    epoch = {"SOURCE_DATE_EPOCH": str(int(at.timestamp()))}
    built = project.mkdocs(root, "build", "--strict", env=epoch)
    assert built.returncode == 0, built.stderr
    return root / "site"


def words(node: html.Document | LexborNode, selector: str) -> str:
    """The text of the first element that a selector finds; empty where there is none."""
    found = node.css_first(selector)
    return " ".join(found.text().split()) if found is not None else ""


def slugs(site: Path) -> set[str]:
    """The last parts of the URLs of all posts."""
    return {page.parent.name for page in (site / "notes").glob("2*/*/*/*/index.html")}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = persona.copy(tmp_path_factory.mktemp("publishing") / "project")
    write_post(root, "one", "date: 2026-01-01\nseries: Catenaries\npin: true", CATENARIES)
    write_post(root, "two", "date: 2026-01-02\nseries: Catenaries\nupdated: 2026-02-01", CATENARIES)
    write_post(root, "three", "date: 2026-01-03\nseries: Catenaries", CATENARIES)
    write_post(root, "alike", "date: 2026-01-04", CATENARIES)
    write_post(root, "chosen", "date: 2026-01-05\nrelated: [expansion]", CATENARIES)
    write_post(
        root,
        "draft",
        "date: 2026-01-06\ndraft: true\nseries: Catenaries",
        "![A](secret.png) ![B](shared.png)",
    )
    for name in ("secret", "shared"):
        Image.new("RGB", (8, 8), "teal").save(root / f"docs/notes/posts/{name}.png")
    write_post(root, "today", "date: 2026-03-01", "Some words. ![B](shared.png)")
    write_post(root, "ahead", "date: 2999-01-01")
    write_post(root, "later", "date: 2026-03-02\ndraft: false")
    return root


@pytest.fixture(scope="module")
def site(root: Path) -> Path:
    return build(root)


def test_a_build_omits_drafts_and_posts_with_a_later_date(site: Path) -> None:
    assert {"post-one", "post-chosen", "post-today"} <= slugs(site)
    assert slugs(site).isdisjoint({"post-draft", "post-later", "post-ahead"})
    for page in site.rglob("*"):
        if page.suffix in (".html", ".json", ".xml", ".txt", ".md"):
            text = page.read_text(encoding="utf-8")
            assert "Post draft" not in text, page
            assert "Post later" not in text, page


def test_files_that_only_a_draft_refers_to_are_not_published(site: Path) -> None:
    assert [path.name for path in site.rglob("secret*")] == []
    assert len(list(site.rglob("shared.png"))) == 1


@pytest.mark.parametrize(("zone", "out"), [("Pacific/Honolulu", False), ("Asia/Tokyo", True)])
def test_a_day_begins_in_the_time_zone_of_the_site(root: Path, tmp_path: Path, zone: str, out: bool) -> None:
    copy = tmp_path / "project"
    subprocess.run(["cp", "-r", root, copy], check=True)
    project.set_options(copy, f"time_zone: {zone}")
    # 05:00 of 1 March in Greenwich: the evening before in Honolulu.
    assert ("post-today" in slugs(build(copy))) is out
    # A day later the next post is published, although nothing else changed.
    assert "post-later" in slugs(build(copy, at=datetime(2026, 3, 2, 12, tzinfo=UTC)))


def test_a_post_of_a_series_lists_its_parts(site: Path) -> None:
    page = html.parse(site / "notes/2026/01/02/post-two/index.html")
    assert [node.text(strip=True) for node in page.css(".series li")] == [
        "Post one",
        "Post two",
        "Post three",
    ]
    assert [html.attribute_value(node, "value") for node in page.css(".series li")] == ["1", "2", "3"]
    assert [node.text(strip=True) for node in page.css(".series [aria-current]")] == ["Post two"]
    assert list(html.attribute_values(page, ".series li a", "href")) == [
        "../../01/post-one/",
        "../../03/post-three/",
    ]
    (mention,) = (
        node for node in page.css(".post-meta a") if html.attribute_value(node, "href") == "#__series"
    )
    assert mention.text() == "Part 2 of Catenaries"
    assert len(page.css("#__series")) == 1


def test_related_posts_are_similar_or_named_in_front_matter(site: Path) -> None:
    def related(day: str) -> list[str]:
        page = html.parse(site / f"notes/2026/01/{day}/index.html")
        return [node.text(strip=True) for node in page.css(".related-posts a")]

    # A longer vocabulary makes a post a little less similar; equals are sorted by id.
    assert related("04/post-alike") == ["Post one", "Post three", "Post two"]
    assert related("05/post-chosen") == [
        "“Room” & <room> for the summer: "
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    ]
    assert related("02/post-two") == ["Post alike", "Post chosen"]


def test_a_pinned_post_is_first_in_lists_but_its_neighbours_are_those_by_date(site: Path) -> None:
    listed = html.parse(site / "notes/index.html")
    first = listed.css_first("article.post")
    assert first is not None
    assert words(first, "h2").startswith("Post one")
    assert "Pinned" in words(first, ".post-meta")
    assert len([node for node in listed.css(".post-meta") if "Pinned" in node.text()]) == 1
    page = html.parse(site / "notes/2026/01/02/post-two/index.html")
    assert list(html.attribute_values(page, ".neighbours a[rel=prev]", "href")) == ["../../01/post-one/"]
    newest = html.parse(site / "notes/2026/03/01/post-today/index.html")
    assert not newest.css(".neighbours a[rel=next]")


def test_a_post_shows_the_day_of_its_last_change(site: Path) -> None:
    meta = words(html.parse(site / "notes/2026/01/02/post-two/index.html"), ".post-meta")
    assert "Updated 1 February 2026" in meta
    other = words(html.parse(site / "notes/2026/01/03/post-three/index.html"), ".post-meta")
    assert other
    assert "Updated" not in other


def test_git_gives_the_day_of_the_last_change_without_updated(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    subprocess.run(["cp", "-r", root, copy], check=True)

    def git(*arguments: str, at: str = "2026-02-02T00:00:00Z") -> None:
        env = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(
            ["git", *who, *arguments], cwd=copy, check=True, capture_output=True, env=project.environment(env)
        )

    git("init", "--quiet")
    git("add", "docs")
    git("commit", "--message", "first")
    for name in ("two", "three"):
        path = copy / f"docs/notes/posts/{name}.md"
        path.write_text(path.read_text() + "\nChanged.\n")
    git("commit", "--all", "--message", "second", at="2026-02-20T00:00:00Z")
    built = build(copy)
    metadata = [
        words(html.parse(built / f"notes/2026/01/0{day}/post-{name}/index.html"), ".post-meta")
        for day, name in ((1, "one"), (2, "two"), (3, "three"))
    ]
    assert ["Updated 20 February 2026" in text for text in metadata] == [False, False, True]
    assert "Updated 1 February 2026" in metadata[1]


def test_a_new_post_is_shown_after_one_command_and_one_edit(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    subprocess.run(["cp", "-r", root, copy], check=True)
    with serving(copy) as server:
        server.forget()
        command = ["-m", "portfolio", "post", "--title", "My new thought", "--port", str(server.port)]
        done = project.python(copy, *command, env={"PYTHONPATH": "hooks"})
        assert done.returncode == 0, done.stderr
        name, url = done.stdout.splitlines()
        assert url.startswith(f"http://127.0.0.1:{server.port}/")
        path = copy / name
        path.write_text(
            path.read_text().replace("What it is about, in a sentence or two", "Arches are chains")
        )
        # Both changes may fall into one rebuild or two.
        deadline = time.monotonic() + 60
        text = ""
        while "Arches are chains" not in text:
            assert time.monotonic() < deadline, server.log.read_text()
            time.sleep(0.1)
            try:
                with urllib.request.urlopen(url, timeout=60) as response:  # noqa: S310 - see above
                    text = response.read().decode()
            except urllib.error.HTTPError as error:
                assert error.code == 404  # noqa: PT017 - until the first rebuild it is not there
        assert words(html.Document(text), ".post-status") == "Draft: not part of builds"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/layla/notes/", timeout=60) as response:
            listed = html.Document(response.read())
        marks = {words(node, "h2"): words(node, ".post-status") for node in listed.css("article.post")}
        assert marks["My new thought"] == "Draft: not part of builds"
        assert marks["Post ahead"] == "Scheduled for 1 January 2999"
        assert marks["Post one"] == ""
        assert "Traceback" not in server.log.read_text()


def test_build_and_check_report_the_same_errors_in_pages(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    write_post(
        root,
        "bad",
        "date: 2026-01-01\ntag: [a]\nauthors: [lyla]",
        "[a](gone.md) ![](../../assets/monogram.svg)",
    )
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert (check.returncode, len(check.stdout.splitlines())) == (1, 4)
    done = project.mkdocs(root, "build")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [line.partition("- ")[2].strip() for line in done.stderr.splitlines() if "docs/" in line] == (
        check.stdout.splitlines()
    )


def test_the_image_of_a_post_is_its_social_card(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    write_post(root, "shown", "date: 2025-01-06\nimage: assets/bridge.png")
    Image.new("RGB", (640, 480), "teal").save(root / "docs/assets/bridge.png")
    write_post(root, "hidden", "date: 2025-01-07\nsearch: {exclude: true}")
    page = root / "docs/quiet.md"
    page.write_text("---\nsearch: {exclude: true}\n---\n\n# Quiet\n", encoding="utf-8")
    settings = root / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("  /sheets/\n", "  /sheets/\n  /quiet.md\n"), encoding="utf-8")
    site = build(root)
    (shown,) = site.glob("notes/2025/*/*/*shown/index.html")
    head = html.parse(shown)
    wanted = "https://example.org/layla/assets/bridge.png"
    for name in ('meta[property="og:image"]', 'meta[name="twitter:image"]'):
        assert [html.attribute_value(one, "content") for one in head.css(name)] == [wanted]
    assert head.css('meta[property="og:image:width"]') == []
    assert f'"image":"{wanted}"' in words(head, 'script[type="application/ld+json"]').replace('": "', '":"')
    # What the search leaves out is in no other list.
    sitemap, llms = ((site / name).read_text(encoding="utf-8") for name in ("sitemap.xml", "llms.txt"))
    assert "post-shown/" in sitemap
    assert "post-shown/" in llms
    for listed in (sitemap, llms):
        assert "quiet/" not in listed
        assert "post-hidden/" not in listed
    assert len(html.parse(site / "quiet/index.html").css('meta[name="robots"][content="noindex"]')) == 1
