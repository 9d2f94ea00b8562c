"""What templates are given: groups, links from both ends, honest words."""

from pathlib import Path
from typing import Any

from portfolio.timeline.views import Portfolio, PostPage, Section, SiteUrls
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
    return Portfolio(
        record, SiteUrls("timeline/", {"post": PostPage("blog/post/", "A post", "Guest")}, "Notes")
    )


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
    assert [group.heading for group in groups] == ["2018 or 2019", "2019", "Date not stated"]


def test_an_undated_role_says_its_place_and_links_there(tmp_path: Path) -> None:
    lead, dev = section(portfolio(tmp_path), "roles").groups[0].entries
    assert (lead.when.words, [(place.word, place.entry.url) for place in lead.when.neighbours]) == (
        "date not stated",
        [("after", "timeline/#dev")],
    )
    assert [(place.word, place.entry.id) for place in dev.when.neighbours] == [("before", "lead")]


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


def test_an_inference_is_one_from_both_ends(tmp_path: Path) -> None:
    files = {**FILES, "data/career.yml": dict(FILES["data/career.yml"])}
    files["data/career.yml"]["roles"] = [
        {
            "id": "lead",
            "company": "A",
            "position": "P",
            "evidence": ["paper", "post"],
            "basis": {"evidence": "inferred"},
        },
        {"id": "dev", "company": "A", "position": "Q", "before": ["lead"], "basis": {"before": "inferred"}},
    ]
    files["posts/post.md"] = FILES["posts/post.md"].replace("[dev]", "[lead]")
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    shown = Portfolio(record, SiteUrls("timeline/", {"post": PostPage("blog/post/", "A post")}, "Notes"))
    lead, dev = section(shown, "roles").groups[0].entries
    assert [place.inferred for place in (*lead.when.neighbours, *dev.when.neighbours)] == [True, True]
    links = {
        id: {to.id: to.inferred for to in shown.links.references_from(id)} for id in ("lead", "paper", "post")
    }
    # The post states that it is about the role, whatever the role infers.
    assert links == {"lead": {"paper": True, "post": False}, "paper": {"lead": True}, "post": {"lead": False}}


def test_an_inferred_date_says_so_and_is_not_told_to_machines(tmp_path: Path) -> None:
    bib = "@misc{paper, title = {P}, date = {2019-02}, basis = {date: inferred}}"
    record, _ = records.read(records.write(tmp_path, {"data/publications.bib": bib}))
    when = Portfolio(record).sections[0].entries[0].when
    assert (when.words, when.datetime) == ("February 2019 (inferred)", "")


def test_without_a_timeline_nothing_links_to_it(tmp_path: Path) -> None:
    record, _ = records.read(records.write(tmp_path, FILES))
    shown = Portfolio(record, SiteUrls(None, {"post": PostPage("blog/post/", "A post")}, "Notes"))
    assert shown.about("posts/post.md") == ()
    assert [one.url for one in shown.selected_publications] == ["", "", ""]


def test_a_post_tells_whose_it_is(tmp_path: Path) -> None:
    assert [(post.title, post.venue) for post in portfolio(tmp_path).newest_posts] == [("A post", "Guest")]


def test_a_draft_is_nowhere(tmp_path: Path) -> None:
    shown = portfolio(tmp_path)
    assert [post.id for post in shown.newest_posts] == ["post"]
    assert shown.about("posts/hidden.md") == ()
    assert [post.id for post in shown.record.posts] == ["post"]
    ((kind, roles),) = shown.about("posts/post.md")
    assert (kind, [reference.id for reference in roles]) == ("Roles", ["lead", "dev"])


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
