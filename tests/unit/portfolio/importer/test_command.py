"""An import as a whole, from a source that a test writes to the files of a small site."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest

from portfolio.cli import main
from portfolio.core.diagnostics import Diagnostic
from portfolio.importer import command
from portfolio.importer.model import ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import Reader
from tests.support import small_site, trees

NOW = datetime(2026, 11, 29, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small site, without a record of earlier imports."""
    return small_site.create(tmp_path / "site", {})


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Imports a site that a function returns; returns the exit code and what was printed."""

    def run_import(site: ImportedSite, *options: str) -> tuple[int, str, str]:
        module = ModuleType("portfolio.importer.readers.fake")
        module.detect = lambda _: True  # type: ignore[attr-defined]
        module.read = lambda *_: site  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(command, "READERS", (Reader("fake", "a made-up site", "fake"),))
        source = root.parent / "source"
        source.mkdir(exist_ok=True)
        code = main(["import", "--config", str(root / "mkdocs.yml"), "--as", "fake", *options, str(source)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_import


def make_site() -> ImportedSite:
    """Return a site with two posts that link to each other, a page, an image and a few lists."""
    first = ImportedPage(
        source="a.md",
        title="The *first* post",
        body="An [old page](/about.html), an image ![Hills](../images/hills.svg), and\nmore `code](/x)`.\n",
        url="/posts/first.html",
        aliases=("/posts/first",),
        slug="first-post",
        created=date(2020, 1, 2),
        categories=("Notes",),
        tags=("Python",),
        authors=("Ada Example",),
        feed_id="tag:example.org,2020:first",
    )
    second = ImportedPage(
        source="b.md",
        title="Second",
        body="See [the first](https://old.example/posts/first), and [this](/gone.html).\n\n# A\n\n#### B\n",
        url="/posts/second.html",
        created=datetime(2021, 1, 2, 9, 30, tzinfo=UTC),
        categories=("Notes",),
    )
    about = ImportedPage(
        source="about.md", title="About", body="Me, and [all](/index.html).", is_post=False, url="/about.html"
    )
    return ImportedSite(
        "fake",
        "https://old.example/",
        [first, second, about],
        {"/images/hills.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'},
        lists={
            "/index.html": OldList("index"),
            "/category/notes.html": OldList("category", "Notes"),
            "/feed.xml": OldList("feed"),
        },
    )


def test_import_writes_posts_pages_files_and_settings(run: Run, root: Path) -> None:
    code, out, err = run(make_site())
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "b.md:1:55: the old site has nothing at '/gone.html'."
    assert (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8") == (
        "---\ndate: 2020-01-02\nslug: first-post\nfeed_id: tag:example.org,2020:first\nauthors: [owner]\n"
        "categories: [Notes]\ntags: [Python]\naliases: [/posts/first.html]\n---\n\n# The \\*first\\* post\n\n"
        "An [old page](../../about.md), an image ![Hills](../../images/hills.svg), and\nmore `code](/x)`.\n"
    )
    assert (root / "docs/musings/posts/second.md").read_text(encoding="utf-8") == (
        "---\ndate: 2021-01-02 09:30:00+00:00\nslug: second\ncategories: [Notes]\n"
        "aliases: [/posts/second.html]\n---\n\n# Second\n\n"
        "See [the first](first-post.md), and [this](https://old.example/gone.html).\n\n"
        "## A\n\n### B\n"
    )
    assert (root / "docs/about.md").read_text(encoding="utf-8") == (
        "---\naliases: [/about.html]\n---\n\n# About\n\nMe, and [all](musings/index.md).\n"
    )
    assert (root / "docs/images/hills.svg").is_file()
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert settings.endswith(
        "not_in_nav: |\n  /page-*.md\n  /about.md\n\nextra:\n  portfolio:\n    aliases:\n"
        "      /category/{category}.html: musings/category/{category}.md\n"
        "      /feed.xml: feeds/all.atom.xml\n"
    )


def test_a_second_import_changes_nothing(run: Run, root: Path) -> None:
    run(make_site())
    before = trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()
    assert run(make_site())[0] == 0
    assert (trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()) == before


def test_what_the_owner_wrote_keeps_its_spelling_and_its_urls(run: Run, root: Path) -> None:
    post = (
        "---\ndate: 2026-01-01\ncategories: [notes]\ntags: [python]\n---\n\n# Own\n\nText.\n\n<!-- more -->\n"
    )
    (root / "docs/musings/posts/own.md").write_text(post, encoding="utf-8")
    (root / "docs/me.md").write_text("---\naliases: [/about.html]\n---\n\n# Me\n", encoding="utf-8")
    for _ in range(2):
        code, out, _err = run(make_site())
        assert code == 0
        assert out.splitlines()[0] == (
            "about.md:1:1: this site answers '/about.html' with me.md, so docs/about.md is a draft. "
            "Move what you need from it to me.md, and delete it."
        )
    assert "\ndraft_docs: |\n  /about.md\n" in (root / "mkdocs.yml").read_text(encoding="utf-8")
    text = (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8")
    assert "categories: [notes]\ntags: [python]\naliases: [/posts/first.html]\n" in text
    assert "An [old page](../../me.md)" in text
    assert (root / "docs/about.md").read_text(encoding="utf-8").startswith("# About\n")


def test_anchors_that_do_not_exist_are_removed_and_reported(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[0].body = "To [a](/posts/second.html#a), [another](/posts/second.html#gone) and\n[here](#no)."
    code, out, _ = run(site)
    assert code == 0
    text = (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8")
    assert text.endswith("To [a](second.md#a), [another](second.md) and\nhere.\n")
    assert out.splitlines()[:2] == [
        "a.md:1:59: there is no anchor '#gone'. The link leads to the page instead.",
        "a.md:2:8: there is no anchor '#no'. The text of the link stays.",
    ]
    assert "make check will report" not in out
    before = trees.read_tree(root / "docs")
    assert "0 files written" in run(site)[1]
    assert trees.read_tree(root / "docs") == before


def test_a_file_whose_place_is_taken_gets_another_name(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[0].body = "[A](/assets/avatar.svg), [same](/assets/favicon.svg) and [data](/data/a%20b.csv)."
    site.files = {
        "/assets/avatar.svg": lambda: b"another",
        "/assets/favicon.svg": lambda: (root / "docs/assets/favicon.svg").read_bytes(),
        "/data/a b.csv": lambda: b"1,2",
    }
    out = run(site)[1]
    text = (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8")
    assert text.endswith(
        "[A](../../assets/avatar-2.svg), [same](../../assets/favicon.svg) and "
        "[data](../../files/data/a%20b.csv).\n"
    )
    assert (
        "this site has another file at '/assets/avatar.svg', so this one is docs/assets/avatar-2.svg" in out
    )
    assert (root / "docs/assets/avatar-2.svg").read_bytes() == b"another"
    assert "      /data/a b.csv: files/data/a b.csv\n" in (root / "mkdocs.yml").read_text(encoding="utf-8")


def test_drafts_have_no_alias_and_are_not_published(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[0].draft = site.pages[2].draft = True
    site.pages[1].created = None
    out = run(site)[1]
    assert "b.md:1:1: this post has no date, and becomes a draft. Write its date, and remove 'draft'." in out
    for name, has_draft in (
        ("musings/posts/first-post", True),
        ("musings/posts/second", True),
        ("about", False),
    ):
        text = (root / f"docs/{name}.md").read_text(encoding="utf-8")
        assert ("draft: true" in text) is has_draft
        assert "aliases" not in text
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "draft_docs: |\n  /about.md\n" in settings
    assert 'not_in_nav: "/page-*.md"\n' in settings


def test_what_the_owner_removes_from_the_settings_is_not_added_again(run: Run, root: Path) -> None:
    run(make_site())
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    removed = text.replace("      /feed.xml: feeds/all.atom.xml\n", "").replace("  /about.md\n", "  /cv.md\n")
    (root / "mkdocs.yml").write_text(removed, encoding="utf-8")
    run(make_site())
    assert (root / "mkdocs.yml").read_text(encoding="utf-8") == removed


def test_files_of_the_owner_are_left_alone(run: Run, root: Path) -> None:
    run(make_site())
    edited, deleted = root / "docs/musings/posts/first-post.md", root / "docs/about.md"
    edited.write_text("Mine.\n", encoding="utf-8")
    deleted.unlink()
    site = make_site()
    site.pages[1].body = "New text.\n"
    code, out, _ = run(site)
    assert code == 0
    assert "docs/musings/posts/first-post.md:1:1: this file was edited since it was imported" in out
    assert "docs/about.md:1:1: this file was deleted since it was imported, and stays deleted." in out
    assert edited.read_text(encoding="utf-8") == "Mine.\n"
    assert not deleted.exists()
    assert (root / "docs/musings/posts/second.md").read_text(encoding="utf-8").endswith("New text.\n")


def test_an_import_leaves_what_another_source_brought_alone(run: Run, root: Path) -> None:
    run(make_site())
    before = trees.read_tree(root / "docs/musings/posts")
    post = ImportedPage("x.md", "Another", "Text.", url="/first-post/", created=date(2022, 1, 2))
    post.body = "![Hills](/images/hills.svg)"
    files = {"/images/hills.svg": lambda: b"another"}
    run(ImportedSite("other", "https://other.example/", [post], {**files}))
    text = (root / "docs/musings/posts/first-post-2.md").read_text(encoding="utf-8")
    assert text.endswith("# Another\n\n![Hills](../../images/hills-2.svg)\n")
    after = trees.read_tree(root / "docs/musings/posts")
    assert {path: after[path] for path in before} == before


def test_pages_with_the_same_url_stay_apart(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[1].url = site.pages[0].url
    out = run(site)[1]
    assert "is also a URL of" in out
    before = trees.read_tree(root / "docs")
    run(site)
    assert trees.read_tree(root / "docs") == before


def test_a_page_never_replaces_one_of_the_site(run: Run, root: Path) -> None:
    before = (root / "docs/cv.md").read_bytes()
    site = make_site()
    site.pages[2].url = "/cv.html"
    run(site)
    assert (root / "docs/cv.md").read_bytes() == before
    text = (root / "docs/pages/cv.md").read_text(encoding="utf-8")
    assert text.startswith("---\naliases: [/cv.html]\n---\n\n# About\n")


def test_the_old_home_page_becomes_a_page_of_its_own(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[2].url, site.pages[2].title = "/", "Welcome"
    site.pages[0].body = "Back [home](/), and [everything about pythons](/tag/python/)."
    site.pages[0].tags = ("Python",)
    site.lists["/tag/python/"] = OldList("tag", "Python")
    out = run(site)[1]
    assert out.splitlines()[0] == (
        "about.md:1:1: this site answers '/' with index.md, so this page is docs/pages/welcome.md. "
        "Move what you need from it to index.md, and delete it."
    )
    assert "make check will report" not in out
    assert (root / "docs/pages/welcome.md").read_text(encoding="utf-8").startswith("# Welcome\n")
    post = (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8")
    assert "Back [home](../../index.md), and [everything about pythons](../tags.md#tag:python)." in post


def test_urls_of_pages_that_this_site_has_lead_to_them(run: Run, root: Path) -> None:
    site = make_site()
    site.old_urls = {"/resume.html", "/cv/", "/papers/", "/tags/", "/posts/second.html", "/team/", "/me.html"}
    (root / "docs/me.md").write_text("---\naliases: [/me.html]\n---\n\n# Me\n", encoding="utf-8")
    site.pages[0].body = "My [papers](/papers/) and [my cv](/cv/)."
    out = run(site)[1]
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "      /papers/: publications.md\n      /resume.html: cv.md\n" in settings
    assert "/me.html" not in settings
    post = (root / "docs/musings/posts/first-post.md").read_text(encoding="utf-8")
    assert "My [papers](../../publications.md) and [my cv](../../cv.md)." in post
    assert [line for line in out.splitlines() if "nothing answers" in line] == [
        "../source:1:1: nothing answers the old URL '/team/'. In mkdocs.yml add '/team/: a-page.md' to "
        "extra.portfolio.aliases, or '/team/: why' to extra.portfolio.gone."
    ]


def test_names_that_differ_little_stay_and_are_no_mistakes(run: Run, root: Path) -> None:
    site = make_site()
    site.pages[0].tags, site.pages[1].tags = ("embeddings", "KV cache"), ("embedding", "kvcache", "kv cache")
    assert "make check will report" not in run(site)[1]
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    assert "    distinct_names: [embedding, kvcache]\n" in settings
    report = (root / "import-report.md").read_text(encoding="utf-8")
    assert "'embedding' differs little from 'embeddings'; both stay, as on the old site." in report
    assert "'kv cache' is spelled 'KV cache', as on other pages." in report
    run(site)
    assert (root / "mkdocs.yml").read_text(encoding="utf-8") == settings


def test_a_dry_run_writes_nothing(run: Run, root: Path) -> None:
    before = trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()
    code, out, _ = run(make_site(), "--dry-run")
    assert code == 0
    assert out.endswith("Nothing was written, because this is a dry run.\n")
    assert (trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()) == before
    assert not (root / "import-report.md").exists()
    assert not (root / ".cache/import").exists()


def test_a_disk_without_room_changes_nothing(run: Run, root: Path) -> None:
    site = make_site()
    site.files["/images/hills.svg"] = lambda: b"x" * 100_000
    before = trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()
    # The system refuses to write larger files, as it does for a full disk.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (99_999, hard))
    try:
        code, out, err = run(site)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, out) == (1, "")
    assert "cannot be read or written: File too large. Nothing was imported.\n" in err
    assert (trees.read_tree(root / "docs"), (root / "mkdocs.yml").read_bytes()) == before
    assert run(site)[0] == 0


def test_what_is_lost_fails(run: Run) -> None:
    site = make_site()
    site.problems.append(Diagnostic("a.md", 1, 1, "", "this cannot be read.", code="import.unreadable"))
    assert run(site)[0] == 1


def test_an_old_url_that_nothing_answers_is_reported(run: Run, root: Path) -> None:
    site = make_site()
    site.old_urls = {"/feed.xml", "/about", "/old.php", "/?p=1"}
    lines = run(site)[1].splitlines()
    assert [line for line in lines if "nothing answers" in line] == [
        "../source:1:1: nothing answers the old URL '/?p=1'. "
        "A server of files does not see what follows the '?'.",
        "../source:1:1: nothing answers the old URL '/old.php'. In mkdocs.yml add '/old.php: "
        "a-page.md' to extra.portfolio.aliases, or '/old.php: why' to extra.portfolio.gone.",
    ]
    lock = (root / "docs/data/urls.lock").read_text(encoding="utf-8").splitlines()
    assert {"/feed.xml", "/about", "/posts/first.html", "/images/hills.svg", "/category/notes.html"} <= {
        *lock
    }
    assert "/old.php" not in lock


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "FROM= is missing. It is the path of an al-folio site, "),
        (["gone"], "there is no 'gone'. It is the path of an al-folio site, "),
        (["a\0b"], "there is no 'a"),
        (["~nobody/site"], "there is no '~nobody/site'. It is the path of an al-folio site, "),
        (
            ["--as", "jekyl", "empty"],
            "there is no kind of source 'jekyl'. Did you mean 'jekyll'? Accepted: al-folio, ",
        ),
        (["empty"], "'empty' is not recognized. Accepted: an al-folio site, "),
        (["."], "'.' contains this site or is a part of it. Name another folder."),
        (["docs/musings"], "'docs/musings' contains this site or is a part of it. Name another folder."),
        (["/"], "'/' contains this site or is a part of it. Name another folder."),
    ],
)
def test_wrong_arguments_are_one_line(
    root: Path,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(root)
    (root / "empty").mkdir()
    assert main(["import", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(message)
    assert printed.err.count("\n") == 1


def test_a_damaged_record_of_imports_stops_the_import(run: Run, root: Path) -> None:
    run(make_site())
    (root / "docs/.imported.json").write_text("{", encoding="utf-8")
    before = trees.read_tree(root / "docs")
    code, out, err = run(make_site())
    assert (code, out) == (1, "")
    assert err.startswith("docs/.imported.json cannot be read, which says what was imported before.")
    assert trees.read_tree(root / "docs") == before
