"""Projects in views: with software, newest first, with tags to filter by and pages with their stories."""

from pathlib import Path
from typing import Any

import pytest

from portfolio.record.kinds import story_id
from portfolio.timeline.views import Portfolio, SiteUrls, Tag
from tests.unit.portfolio import records

Entries = list[dict[str, Any]]
PROJECTS: Entries = [
    {"name": "Old map", "date": 2010, "tags": ["maps", "paper"], "url": "https://example.org/old"},
    {
        "name": "New map",
        "start_date": 2020,
        "end_date": 2022,
        "tags": ["maps", "C++", "maps"],
        "role": "author",
        "entity": "Acme",
        "url": "https://example.org/new",
        "code": "https://example.org/new",
        "demo": "https://example.org/demo",
        "image": "map.png",
        "image_alt": "A map",
        "related": ["lead"],
    },
    {"name": "Undated", "tags": ["C++"]},
]
SOFTWARE: Entries = [
    {"name": "Renderer", "date": 2015, "project": True, "tags": ["C++"], "url": "https://example.org/r"},
    {"name": "Parser", "date": 2021, "tags": ["maps"]},
]
CAREER = {"roles": [{"id": "lead", "company": "Acme", "position": "Lead", "start_date": 2019}]}


def portfolio(
    tmp_path: Path,
    urls: SiteUrls | None = None,
    projects: Entries = PROJECTS,
    software: Entries = SOFTWARE,
) -> Portfolio:
    files = {
        "data/career.yml": CAREER,
        "data/projects.yml": {"projects": projects},
        "data/software.yml": {"software": software},
    }
    record, problems = records.read(records.write(tmp_path, {**files, "map.png": ""}))
    assert [problem for problem in problems if not problem.code.startswith("image.")] == []
    return Portfolio(record, urls)


def test_projects_include_marked_software_newest_first(tmp_path: Path) -> None:
    views = portfolio(tmp_path)
    assert [view.title for view in views.projects] == ["New map", "Renderer", "Old map", "Undated"]
    assert [view.kind for view in views.projects] == ["projects", "software", "projects", "projects"]
    # The timeline has each entry in the section of its kind.
    sections = {section.kind: [entry.title for entry in section.entries] for section in views.timeline}
    assert sections["projects"] == ["New map", "Old map", "Undated"]
    assert sections["software"] == ["Parser", "Renderer"]


def test_a_project_has_all_of_its_facts(tmp_path: Path) -> None:
    view = portfolio(tmp_path).projects[0]
    assert (view.when.words, view.facts) == ("2020 to 2022", ("Acme", "author"))
    assert (view.url, view.page, view.image, view.image_alt) == (
        "https://example.org/new", "", "map.png", "A map",
    )  # fmt: skip
    # The title links to its URL, which is the code, too.
    assert view.links == (("Demo", "https://example.org/demo"),)
    assert [(title, [entry.id for entry in entries]) for title, entries in view.related] == [
        ("Roles", ["lead"])
    ]


def test_a_story_is_what_the_title_and_references_link_to(tmp_path: Path) -> None:
    stories = {"new-map": "projects/new-map/", "renderer": "projects/renderer/"}
    urls = SiteUrls(pages={"projects": "projects/"}, stories=stories)
    views = portfolio(tmp_path, urls)
    new, renderer, old, _ = views.projects
    assert (new.page, renderer.page, old.page) == ("projects/new-map/", "projects/renderer/", "")
    assert new.links == (("Code", "https://example.org/new"), ("Demo", "https://example.org/demo"))
    assert renderer.links == (("Website", "https://example.org/r"),)
    assert [*views.stories] == ["projects/new-map/", "projects/renderer/"]
    references = {id: views.links.reference(id) for id in ("new-map", "renderer", "old-map", "parser")}
    assert {id: reference.url for id, reference in references.items()} == {
        "new-map": "projects/new-map/",
        "renderer": "projects/renderer/",
        "old-map": "projects/#old-map",
        "parser": "timeline/#parser",
    }
    assert (references["new-map"].link, references["old-map"].link) == ("", "https://example.org/old")


def test_references_to_software_lead_to_its_own_page_before_that_of_projects(tmp_path: Path) -> None:
    pages = {"projects": "work/", "software": "software/"}
    assert portfolio(tmp_path, SiteUrls(pages=pages)).links.reference("renderer").url == "software/#renderer"
    del pages["software"]
    assert portfolio(tmp_path, SiteUrls(pages=pages)).links.reference("renderer").url == "work/#renderer"


def test_selected_projects_fall_back_to_the_newest(tmp_path: Path) -> None:
    def titles(projects: Entries = PROJECTS, software: Entries = SOFTWARE) -> list[str]:
        views = portfolio(tmp_path, projects=projects, software=software)
        return [reference.title for reference in views.selected("projects")]

    assert titles() == ["New map", "Renderer", "Old map"]
    assert titles(projects=[PROJECTS[1], {**PROJECTS[0], "selected": True}]) == ["Old map"]
    assert titles(projects=PROJECTS, software=[{**SOFTWARE[0], "selected": True}]) == ["Renderer"]
    assert titles(projects=[], software=[]) == []


def test_projects_are_filtered_by_tags_that_several_have(tmp_path: Path) -> None:
    views = portfolio(tmp_path)
    cpp, maps = Tag("C++", "cpp", 3), Tag("maps", "maps", 2)
    assert [*views.project_tags.items()] == [("C++", cpp), ("maps", maps)]
    assert [view.tags for view in views.projects] == [(maps, cpp), (cpp,), (maps, Tag("paper")), (cpp,)]


@pytest.mark.parametrize(
    ("projects", "software"),
    [
        # Too few projects, and a single tag that several have.
        (PROJECTS, []),
        ([{**project, "tags": ["maps", str(project["name"])]} for project in PROJECTS], SOFTWARE),
    ],
)
def test_there_is_no_filter_without_a_choice(tmp_path: Path, projects: Entries, software: Entries) -> None:
    assert portfolio(tmp_path, projects=projects, software=software).project_tags == {}


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("projects/map.md", "map"),
        ("projects/v1.0.md", "v1.0"),
        ("projects/map/index.md", "map"),
        ("projects/map/README.md", "map"),
        ("projects/index.md", ""),
        ("projects.md", ""),
        ("work/map.md", ""),
        ("work/projects/map.md", ""),
    ],
)
def test_the_path_of_a_story_has_the_id_of_its_project(path: str, id: str) -> None:
    assert story_id(path) == id
