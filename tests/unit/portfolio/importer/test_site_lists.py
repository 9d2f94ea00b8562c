"""What replaces the lists, feeds and other URLs of an old site."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portfolio.importer.model import ImportedPage, ImportedSite, OldList
from portfolio.importer.plan import plan_import
from portfolio.importer.site_lists import SiteLists
from tests.support import small_site
from tests.unit.portfolio.importer.test_plan import load_project


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> SiteLists:
    """The lists of a small site, into which a post is imported."""
    root = small_site.create(tmp_path_factory.mktemp("lists") / "site", {})
    post = ImportedPage(
        "a.md", "A", "Text.", created=date(2020, 1, 2), categories=("Maps",), tags=("Old towns",)
    )
    site = ImportedSite(
        "old",
        "https://old.example/",
        [post],
        lists={
            "/category/maps.html": OldList("category", "Maps"),
            "/tags/old-towns/": OldList("tag", "Old towns"),
            "/tags/old-towns/feed.xml": OldList("tag feed", "Old towns"),
            "/tags/gone/": OldList("tag", "Gone"),
            "/2020/": OldList("archive", "2020"),
            "/feed.json": OldList("feed"),
            "/rss.xml": OldList("feed"),
            "/talks.html": OldList("talks"),
        },
        old_urls={"/vita.html", "/a", "/cv/", "/elsewhere/"},
    )
    return SiteLists(site, load_project(root))


def test_each_list_has_what_replaces_it(lists: SiteLists) -> None:
    assert lists.replaced_urls == {
        "/category/maps.html": "musings/category/maps.md",
        "/tags/old-towns/": "musings/tags.md#tag:old-towns",
        "/tags/old-towns/feed.xml": "feeds/tag/old-towns.atom.xml",
        "/tags/gone/": "musings/tags.md",
        "/2020/": "musings/archive.md#2020",
        "/feed.json": "feed.json",
        "/rss.xml": "feeds/all.atom.xml",
        "/talks.html": "index.md",
        "/cv/": "cv.md",
        "/vita.html": "cv.md",
    }


def test_aliases_are_patterns_where_names_agree(lists: SiteLists) -> None:
    assert lists.list_aliases({"a.html"}) == {
        "/category/{category}.html": "musings/category/{category}.md",
        "/tags/{tag}/": "musings/tags.md#tag:{tag}",
        "/tags/{tag}/feed.xml": "feeds/tag/{tag}.atom.xml",
        "/tags/gone/": "musings/tags.md",
        "/{year}/": "musings/archive.md#{year}",
        "/rss.xml": "feeds/all.atom.xml",
        "/talks.html": "index.md",
        "/vita.html": "cv.md",
    }


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("projects", "software"), {"/projects/": "projects.md", "/code/": "software.md"}),
        (("software",), {"/projects/": "software.md", "/code/": "software.md"}),
        (("projects",), {"/projects/": "projects.md", "/code/": "projects.md"}),
        ((), {"/projects/": "index.md"}),
    ],
)
def test_projects_and_software_can_have_the_same_page(
    tmp_path: Path, kinds: tuple[str, ...], expected: dict[str, str]
) -> None:
    root = small_site.create(tmp_path / "site", {})
    for kind in kinds:
        page = root / "docs" / f"{kind}.md"
        page.write_text(f"---\ntemplate: entries.html\nkind: {kind}\n---\n# A\n", encoding="utf-8")
    site = ImportedSite("old", lists={"/projects/": OldList("projects")}, old_urls={"/code/"})
    assert SiteLists(site, load_project(root)).replaced_urls == expected


def test_a_page_of_projects_is_generated_if_there_is_none(tmp_path: Path) -> None:
    root = small_site.create(tmp_path / "site", {})
    project = replace(load_project(root), has_projects=True)
    old_lists = {"/projects/": OldList("projects"), "/work/": OldList("projects")}
    lists = SiteLists(ImportedSite("old", lists=old_lists), project)
    assert lists.replaced_urls == {"/projects/": "projects.md", "/work/": "projects.md"}
    # The page has the first of these URLs itself.
    assert lists.list_aliases(()) == {"/work/": "projects.md"}
    page = ImportedPage("p.md", "Projects", "Text.", is_post=False, url="/projects/")
    (planned,) = plan_import(ImportedSite("old", "", [page]), project).pages
    assert planned.path == "pages/projects.md"
    assert [problem.message for problem in planned.problems] == [
        "this site answers '/projects/' with projects.md, so this page is docs/pages/projects.md."
    ]
