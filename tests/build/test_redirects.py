"""Real builds: redirects from old URLs, and the URL lock."""

import contextlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portfolio import cli
from portfolio.redirects.published_site import PublishedSite
from portfolio.redirects.url_paths import UrlPath
from tests.support import html, persona, project, search_index
from tests.support.builder import Builder
from tests.support.built import Built
from tests.support.trees import diff_trees, read_tree

CABLES = "notes/2025/04/05/why-a-cable-hangs-as-it-does/"
LOCK = "docs/data/urls.lock"
POST = "docs/notes/posts/expansion.md"
GONE = "If nothing replaces it, add it to extra.portfolio.gone in mkdocs.yml, with the reason."
ALIASES = """\
aliases:
  /category/{category}.html: notes/category/{category}/
  /tag/{tag}.html: notes/tags.md#tag:{tag}
  /feed/: feeds/all.atom.xml
  /images/me.svg: assets/monogram.svg
"""


@pytest.fixture(scope="module")
def root(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The persona's project with more aliases, a heading and a draft, built."""
    root = persona.copy(tmp_path_factory.mktemp("redirects") / "project")
    project.set_options(root, ALIASES)
    change(root, POST, "A deck of 300 m", "## The summer\n\nA deck of 300 m")
    draft = root / "docs/notes/posts/draft.md"
    draft.write_text("---\ndate: 2025-06-08\ndraft: true\n---\n\n# A secret draft\n", encoding="utf-8")
    assert build(builder, root) == []
    project.save_caches(root)
    return root


@pytest.fixture
def persona_site(root: Path) -> Built:
    return Built(root, root / "site")


@pytest.mark.parametrize(
    ("file", "url"),
    [
        ("posts/cables.html", f"../{CABLES}"),
        ("السلك.html", CABLES),
        ("category/statik.html", "../notes/category/statik/"),
        ("tag/cables.html", "../notes/tags/#tag:cables"),
        ("tag/جسور.html", "../notes/tags/#tag:%D8%AC%D8%B3%D9%88%D8%B1"),
    ],
)
def test_an_alias_is_a_page_that_leads_to_the_new_url(persona_site: Built, file: str, url: str) -> None:
    page = persona_site.page(file)
    assert list(html.attribute_values(page, "main a", "href")) == [url]
    assert list(html.attribute_values(page, "meta[http-equiv=refresh]", "content")) == [f"0; url={url}"]
    target = f"https://example.org/layla/{url.removeprefix('../').partition('#')[0]}"
    assert list(html.attribute_values(page, "link[rel=canonical]", "href")) == [target]
    assert list(html.attribute_values(page, "meta[name=robots]", "content")) == ["noindex"]
    assert list(html.attribute_values(page, "html", "lang")) == ["en"]
    answer = PublishedSite(persona_site.site, persona_site.url).find(UrlPath(f"/{file}"))
    assert answer is not None
    assert answer.is_redirected


def test_the_title_of_a_redirect_is_that_of_its_page(persona_site: Built) -> None:
    title = persona_site.page("posts/cables.html").css_first("title")
    assert title is not None
    assert title.text() == "Why a cable hangs as it does – ليلى 王小明 Ørsted"


def test_an_alias_of_another_file_is_a_copy(persona_site: Built) -> None:
    assert persona_site.read("feed/index.html") == persona_site.read("feeds/all.atom.xml")
    assert persona_site.read("images/me.svg") == persona_site.read("assets/monogram.svg")


def test_no_list_of_pages_contains_a_redirect(persona_site: Built) -> None:
    texts = {
        name: persona_site.read(name)
        for name in ("sitemap.xml", "feeds/all.atom.xml", "feed.json", "llms.txt")
    }
    texts["search"] = "\n".join(search_index.read(persona_site.site))
    for name, text in texts.items():
        assert "posts/cables.html" not in text, name
        assert "category/statik.html" not in text, name


def run_command(root: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run a command of the project in this process; return its exit code and the lines that it printed."""
    command, *options = arguments
    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = cli.main([command, "--config", str(root / "mkdocs.yml"), *options])
    return code, output.getvalue().splitlines()


def build(builder: Builder, root: Path) -> list[str]:
    """Build strictly; return the warnings and errors."""
    status, messages = builder.build(root / "mkdocs.yml", strict=True)
    assert (status == 0) is (not messages), messages
    return [message.partition(" ")[2] for message in messages]


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_locked_url_is_never_lost_silently(builder: Builder, persona_site: Built, tmp_path: Path) -> None:
    root = tmp_path / "project"
    # With the metadata of files, so that unchanged pages are not built again.
    subprocess.run(["cp", "-a", persona_site.root, root], check=True)
    code, lines = run_command(root, "lock-urls")
    lock = (root / LOCK).read_text(encoding="utf-8").splitlines()
    assert (code, lines) == (0, [f"{LOCK} has {len(lock) - 1} URLs, {len(lock) - 1} of them new."])
    assert {
        "/",
        f"/{CABLES}",
        "/notes/2025/06/07/expansion/",
        "/notes/2025/06/07/expansion/#the-summer",
        "/posts/cables.html",
        "/feed/",
        "/assets/monogram.svg",
        "/feeds/all.atom.xml",
        "/cv.pdf",
        "/notes/category/statik/",
        "/notes/archive/#2025",
        "/notes/tags/#tag:جسور",
        "/timeline/#intern",
    } <= set(lock)
    excluded = (
        "/404",
        "/assets/search/",
        "/assets/cards/",
        "/assets/javascripts/",
        "/sitemap",
        "/CNAME",
        "#_",
    )
    assert [line for line in lock[1:] if any(part in line for part in (*excluded, "secret"))] == []

    # What the lock does not have, and what it has, is not noticed if nothing is lost.
    assert build(builder, root) == []
    assert run_command(root, "lock-urls") == (0, [f"{LOCK} has {len(lock) - 1} URLs, 0 of them new."])

    change(root, POST, "slug: expansion", "slug: room-for-summer")
    place = lock.index("/notes/2025/06/07/expansion/") + 1
    expected = [
        f"{LOCK}:{place}:1: nothing answers '/notes/2025/06/07/expansion/' any more. It is probably {POST} "
        f"now: add it to its front matter, as in 'aliases: [/notes/2025/06/07/expansion/]'. {GONE}"
    ]
    assert build(builder, root) == expected
    code, lines = run_command(root, "check-urls")
    assert (code, lines[1:]) == (1, expected)

    change(
        root,
        POST,
        "slug: room-for-summer\n",
        "slug: room-for-summer\naliases: [/notes/2025/06/07/expansion/]\n",
    )
    assert build(builder, root) == []
    counts = re.fullmatch(
        r"(\d+) URLs: (\d+) same, (\d+) redirected, 0 declared gone, 0 lost\.",
        run_command(root, "check-urls")[1][0],
    )
    assert counts is not None
    # The build with unchanged pages is that of a new copy.
    clean = project.copy(tmp_path / "clean")
    project.load_caches(clean)
    shutil.rmtree(clean / "docs")
    shutil.copytree(root / "docs", clean / "docs")
    shutil.copy(root / "mkdocs.yml", clean / "mkdocs.yml")
    assert build(builder, clean) == []
    assert diff_trees(read_tree(root / "site"), read_tree(clean / "site")) == []

    change(root, POST, "## The summer", "## The hot months")
    at = lock.index("/notes/2025/06/07/expansion/#the-summer") + 1
    assert build(builder, root) == [
        f"{LOCK}:{at}:1: '/notes/2025/06/07/expansion/' leads to {POST}, which has no '#the-summer'. It is "
        f"probably 'The hot months' now: add '{{#the-summer}}' to this heading in {POST}. {GONE}"
    ]
    change(root, POST, "## The hot months", "## The hot months {#the-summer}")
    assert build(builder, root) == []

    sitemap = persona_site.site / "sitemap.xml"
    code, lines = run_command(root, "check-urls", "--from", str(sitemap))
    assert code == 0
    assert lines[0].endswith(" 1 redirected, 0 declared gone, 0 lost.")
    for name in ("feeds/all.atom.xml", "feed.json"):
        code, lines = run_command(root, "check-urls", "--from", str(persona_site.site / name))
        assert (code, lines) == (0, ["2 URLs: 1 same, 1 redirected, 0 declared gone, 0 lost."])
