"""Plans of imports: whatever a source contains, only files below the documents folder are planned."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.config import load_site
from portfolio.core.diagnostics import Diagnostic
from portfolio.importer.model import (
    ImportedAuthor,
    ImportedEntry,
    ImportedPage,
    ImportedProfile,
    ImportedSite,
    OldList,
)
from portfolio.importer.plan import plan_import
from portfolio.importer.planned import Plan
from portfolio.importer.project import ImportState, Project
from portfolio.lint.check import SiteChecker
from portfolio.sources.mkdocs_yml import read_paths
from tests.support import small_site

DAY = date(2026, 11, 29)
PARTS = st.sampled_from(
    ["..", ".", "", "a", "b c", "index", "é", "\\", "%2e%2e", "\0", ".hidden", "data", "x" * 300]
)
PATH = st.lists(PARTS, max_size=4).map("/".join)
WORD = st.text("aé .#%'\"&<>[]*_`$:\n", max_size=8)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small site without earlier imports."""
    root = small_site.create(tmp_path_factory.mktemp("plan") / "site", {})
    return load_project(root)


def load_project(root: Path) -> Project:
    """Return a project as the command loads it."""
    config = root / "mkdocs.yml"
    paths, _ = read_paths(config)
    site, _ = load_site(paths, config)
    checker = SiteChecker(site, paths, config, datetime(2026, 11, 29, tzinfo=UTC))
    return Project(paths, config, site, checker.conversions, checker.inventory, {}, ImportState(), DAY)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    pages=st.lists(
        st.builds(
            ImportedPage,
            source=PATH,
            title=WORD,
            body=PATH.map(lambda path: f"See [it](/{path}) and ![it]({path}).\n"),
            is_post=st.booleans(),
            url=PATH.map(lambda path: f"/{path}"),
            slug=PATH,
            created=st.sampled_from([None, DAY]),
            categories=st.lists(WORD, max_size=2).map(tuple),
            tags=st.lists(WORD, max_size=2).map(tuple),
            authors=st.lists(WORD, max_size=1).map(tuple),
            image=PATH,
            feed_id=WORD,
        ),
        max_size=3,
    ),
    files=st.lists(PATH, max_size=3),
    lists=st.lists(PATH, max_size=2),
)
def test_no_source_writes_outside_of_the_documents(
    project: Project, pages: list[ImportedPage], files: list[str], lists: list[str]
) -> None:
    site = ImportedSite(
        "old",
        "https://old.example/",
        pages,
        {f"/{path}": lambda: b"x" for path in files},
        authors=[ImportedAuthor("../a", avatar="/../b.png")],
        lists={f"/{path}": OldList("category", path) for path in lists},
    )
    plan = plan_import(site, project)
    paths = [file.path for file in plan.files]
    assert len(paths) == len(set(paths))
    for path in paths:
        assert posixpath.normpath(path) == path
        assert path == "mkdocs.yml" or path.startswith("docs/")
        assert not any(len(part.encode()) > 250 or "\0" in part for part in path.split("/"))


def plan_body(project: Project, body: str, **values: object) -> Plan:
    """Plan a post with a body, a page below a folder, and a file."""
    post = ImportedPage("a.md", "A", body, url="/posts/a.html", created=DAY, **values)  # type: ignore[arg-type]
    page = ImportedPage("b.md", "B", "Text.", is_post=False, url="/about/me/")
    return plan_import(
        ImportedSite("old", "https://old.example/", [post, page], {"/f/a b.pdf": lambda: b"x"}), project
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[b](/about/me)", "[b](../../about/me.md)"),
        ("[b][1]\n\n[1]: ../about/me/#c", "[b][1]\n\n[1]: ../../about/me.md#c"),
        ("<https://old.example/about/me/>", "[https://old.example/about/me/](../../about/me.md)"),
        ("[f](/f/a%20b.pdf)", "[f](../../f/a%20b.pdf)"),
        ('<a href="/about/me/">b</a>', '<a href="../../../../../about/me/">b</a>'),
        ("[x](javascript:alert)", "x"),
        ("![x](/gone.png)", "x"),
        ("[x]()", "x"),
        ("[x](/gone)", "[x](https://old.example/gone)"),
        ("[x](https://example.org/)", "[x](https://example.org/)"),
        ("`[b](/about/me)`", "`[b](/about/me)`"),
        ("```\n[b](/about/me)\n```", "```\n[b](/about/me)\n```"),
        ("[here](#c) and [top](a.html)", "[here](#c) and [top](a.md)"),
    ],
)
def test_links_lead_to_files_of_this_site(project: Project, before: str, after: str) -> None:
    assert plan_body(project, before).pages[0].body.strip() == after


def test_posts_with_the_same_slug_and_day_have_urls_of_their_own(project: Project) -> None:
    posts = [
        ImportedPage(f"{path}.md", "A", "Text.", url=f"/{path}/", slug="a", created=DAY)
        for path in ("en/a", "de/a", "fr/a")
    ]
    pages = plan_import(ImportedSite("old", "", posts), project).pages
    assert [page.slug for page in pages] == ["a", "a-2", "a-3"]
    assert len({page.url for page in pages}) == 3


def test_an_alias_belongs_to_one_page(project: Project) -> None:
    first = ImportedPage("a.md", "A", "[b](/b/) [c](/c/)", url="/a/", aliases=("/b/", "/c/"), created=DAY)
    second = ImportedPage("b.md", "B", "Text.", is_post=False, url="/b/", aliases=("/c/", "/d/"))
    planned = plan_import(ImportedSite("old", "", [first, second]), project).pages
    assert [page.front_matter.get("aliases") for page in planned] == [["/a/", "/c/"], ["/d/"]]
    assert planned[0].body == "[b](../../b.md) [c](a.md)"
    assert [str(problem) for page in planned for problem in page.problems] == [
        "a.md:1:1: '/b/' is also a URL of b.md, which answers it.",
        "b.md:1:1: '/c/' is also a URL of a.md, which answers it.",
    ]


def test_a_long_post_has_an_excerpt_and_a_category(project: Project) -> None:
    paragraph = "A sentence of a long post. " * 20
    page = plan_body(project, f"{paragraph}\n\n{paragraph}\n").pages[0]
    assert page.front_matter["categories"] == ["Uncategorized"]
    assert page.body.count("<!-- more -->") == 1
    note = plan_body(project, "Short.\n").pages[0]
    assert "categories" not in note.front_matter
    assert "<!-- more -->" not in note.body


@pytest.mark.parametrize(
    ("title", "expected"),
    [("A\n  # b", "# A # b\n\nText.\n"), ("", "Text.\n"), ("*a*", "# \\*a\\*\n\nText.\n")],
)
def test_the_title_is_one_heading(project: Project, title: str, expected: str) -> None:
    page = ImportedPage("a.md", title, "<p>Text.</p>", "html", created=DAY)
    (planned,) = plan_import(ImportedSite("old", "", [page]), project).pages
    assert planned.markdown.endswith(f"---\n\n{expected}")
    assert planned.problems == []


def test_the_story_of_a_project_is_found_by_its_id(project: Project) -> None:
    entries = [
        ImportedEntry("projects", {"id": "clock", "name": "Clock"}, "clock.md"),
        # The record has something else with this id.
        ImportedEntry("skills", {"id": "wall", "name": "Walls"}, "cv.yaml"),
        ImportedEntry("projects", {"id": "wall", "name": "Wall"}, "wall.md"),
    ]
    pages = [
        ImportedPage("clock.md", "Clock", "[w](/work/wall/)", is_post=False, url="/projects/clock/"),
        ImportedPage("wall.md", "Wall", "Text.", is_post=False, url="/work/wall/"),
        ImportedPage("nothing.md", "Nothing", "Text.", is_post=False, url="/work/nothing/"),
    ]
    for page, entry in zip(pages, (entries[0], entries[2], ImportedEntry("projects", {}, "x")), strict=True):
        page.project = entry
    planned = plan_import(ImportedSite("old", "", pages, entries=entries), project).pages
    assert [page.path for page in planned] == ["projects/clock.md", "projects/wall-2.md", "work/nothing.md"]
    assert [page.front_matter.get("aliases") for page in planned] == [None, ["/work/wall/"], None]
    assert planned[0].body == "[w](wall-2.md)"


def test_pictures_of_the_record_are_copied(project: Project) -> None:
    entries = [
        ImportedEntry("projects", {"id": "a", "name": "A", "image": "/img/a b.png"}, "a.md"),
        ImportedEntry("projects", {"id": "b", "name": "B", "image": "/gone.png"}, "b.md"),
        ImportedEntry("projects", {"id": "c", "name": "C", "image": "/c.png", "image_alt": "A c"}, "c.md"),
    ]
    profiles = [ImportedProfile({"name": "Ana", "picture": "https://old.example/me.jpg"}, "cv.yaml", 3)]
    files: dict[str, Callable[[], bytes | Diagnostic]] = dict.fromkeys(
        ("/img/a b.png", "/c.png", "/me.jpg"), lambda: b"x"
    )
    site = ImportedSite("old", "https://old.example/", files=files, entries=entries, profiles=profiles)
    plan = plan_import(site, project)
    contents = {file.path: file.content.decode() for file in plan.files}
    assert contents.keys() == {
        "docs/data/projects.yml",
        "docs/data/profile.yml",
        "docs/img/a b.png",
        "docs/c.png",
        "docs/me.jpg",
    }
    assert yaml.safe_load(contents["docs/data/projects.yml"])["projects"] == [
        {"id": "a", "name": "A", "image": "img/a%20b.png", "image_alt": "A"},
        {"id": "b", "name": "B"},
        {"id": "c", "name": "C", "image": "c.png", "image_alt": "A c"},
    ]
    assert yaml.safe_load(contents["docs/data/profile.yml"]) == {
        "name": "Ana",
        "picture": "me.jpg",
        "picture_alt": "Ana",
    }
    assert [str(problem) for problem in plan.problems] == [
        "a.md:1:1: image: the picture of 'A' has no alternative text, and gets its name. "
        "Write in image_alt what it shows.",
        "b.md:1:1: image: there is no file for the picture '/gone.png', which is left out. "
        "Save it in docs/, and write its path as image.",
    ]
