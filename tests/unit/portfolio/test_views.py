"""What templates are given: groups, links from both ends, honest words."""

from pathlib import Path
from typing import Any

from portfolio.links import Addresses
from portfolio.views import Portfolio, Section
from tests.unit.portfolio import records

FILES: dict[str, Any] = {
    "data/career.yml": {
        "roles": [
            {
                "id": "lead",
                "company": "Acme",
                "position": "Lead",
                "after": ["dev"],
                "evidence": ["paper", "post"],
            },
            {
                "id": "dev",
                "company": "Acme",
                "position": "Developer",
                "basis": {"after": "inferred"},
                "source": "CV",
            },
            {
                "id": "intern",
                "company": "Bolt",
                "position": "Intern",
                "start_date": "2001",
                "end_date": "2003",
            },
        ],
        "education": [{"id": "msc", "institution": "Uni", "area": "Logic", "degree": "MSc", "date": "2000"}],
    },
    "data/publications.bib": "@article{paper, title = {Paper}, journal = {J}, date = {2019-02}}\n"
    "@misc{undated, title = {Undated}}\n@misc{both, title = {Both}, date = {[2018,2019]}}\n",
    "posts/post.md": "---\ndate: 2026-01-02\nabout: [dev]\n---\n# Post\n",
    "posts/hidden.md": "---\ndate: 2026-01-03\nabout: [dev]\ndraft: true\n---\n# Hidden\n",
}


def portfolio(tmp_path: Path) -> Portfolio:
    record, problems = records.read(records.write(tmp_path, FILES))
    assert problems == []
    return Portfolio(record, Addresses("timeline/", {"post": ("blog/post/", "A post")}, "Notes"))


def section(of: Portfolio, kind: str) -> Section:
    return next(section for section in of.sections if section.kind == kind)


def test_kinds_without_entries_are_left_out_and_the_blog_has_its_name(tmp_path: Path) -> None:
    titles = [section.title for section in portfolio(tmp_path).sections]
    assert titles == ["Roles", "Education", "Publications", "Notes"]


def test_roles_in_a_row_at_one_employer_are_one_group(tmp_path: Path) -> None:
    groups = section(portfolio(tmp_path), "roles").groups
    assert [(group.heading, [entry.id for entry in group.entries]) for group in groups] == [
        ("Acme", ["lead", "dev"]),
        ("Bolt", ["intern"]),
    ]


def test_publications_are_grouped_by_year_as_far_as_it_is_known(tmp_path: Path) -> None:
    groups = section(portfolio(tmp_path), "publications").groups
    assert [group.heading for group in groups] == ["2018 or 2019", "2019", "date not stated"]


def test_an_undated_role_says_its_place_and_links_there(tmp_path: Path) -> None:
    lead, dev = section(portfolio(tmp_path), "roles").groups[0].entries
    assert (lead.when.words, [(place.word, place.of.url) for place in lead.when.places]) == (
        "date not stated",
        [("after", "timeline/#dev")],
    )
    assert [(place.word, place.of.id) for place in dev.when.places] == [("before", "lead")]


def test_links_are_known_from_both_ends(tmp_path: Path) -> None:
    shown = portfolio(tmp_path)
    linked = {
        entry.id: {reference.id for _, references in entry.related for reference in references}
        for one in shown.sections
        for entry in one.entries
    }
    assert linked["lead"] == {"paper", "post"}
    assert linked["paper"] == {"lead"}
    assert linked["dev"] == {"post"}
    assert linked["post"] == {"lead", "dev"}
    for id, others in linked.items():
        assert all(id in linked[other] for other in others)


def test_a_draft_is_nowhere(tmp_path: Path) -> None:
    shown = portfolio(tmp_path)
    assert [post.id for post in shown.newest_posts] == ["post"]
    assert shown.about("posts/hidden.md") == []
    assert [reference.id for reference in shown.about("posts/post.md")] == ["lead", "dev"]


def test_where_a_fact_comes_from_is_said(tmp_path: Path) -> None:
    _, dev = section(portfolio(tmp_path), "roles").groups[0].entries
    assert (dev.source, dev.inferred) == ("CV", ("its place in the order",))


def test_publications_are_selected_or_else_the_newest(tmp_path: Path) -> None:
    assert [one.id for one in portfolio(tmp_path).selected_publications] == ["both", "paper", "undated"]
    files = {
        **FILES,
        "data/publications.bib": FILES["data/publications.bib"].replace(
            "{Undated}", "{U}, selected = {true}"
        ),
    }
    record, _ = records.read(records.write(tmp_path, files))
    assert [one.id for one in Portfolio(record).selected_publications] == ["undated"]


def test_machines_get_sure_dates_only(tmp_path: Path) -> None:
    entries = {entry.id: entry.when for one in portfolio(tmp_path).sections for entry in one.entries}
    assert {id: when.datetime for id, when in entries.items() if when.datetime} == {
        "msc": "2000",
        "paper": "2019-02",
        "post": "2026-01-02",
    }
    assert entries["intern"].duration == "about 2 years"
