"""Views for templates: groups, cross-links in both directions, dates in words."""

from pathlib import Path
from typing import Any

import pytest

from mkdocs_incremental.fingerprint import Digester
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


def section(portfolio: Portfolio, kind: str) -> Section:
    return next(section for section in portfolio.sections if section.kind == kind)


def test_sections_are_kinds_with_entries_and_posts_have_the_title_of_the_blog(tmp_path: Path) -> None:
    titles = [section.title for section in portfolio(tmp_path).sections]
    assert titles == ["Roles", "Education", "Publications", "Notes"]


@pytest.mark.parametrize("change", [{}, {"title": "Media"}, {"timeline": True}, {"entries": [{"name": "B"}]}])
def test_whatever_changes_an_own_section_changes_the_fingerprint(
    change: dict[str, Any], tmp_path: Path
) -> None:
    section = {"id": "press", "title": "Press", "entries": [{"name": "A"}]}
    before, after = (
        Portfolio(records.read(records.write(tmp_path, {"data/sections.yml": {"sections": [data]}}))[0])
        for data in (section, {**section, **change})
    )
    assert (Digester().digest(before) != Digester().digest(after)) is bool(change)


def test_consecutive_roles_at_an_employer_are_one_group(tmp_path: Path) -> None:
    groups = section(portfolio(tmp_path), "roles").groups
    assert [(group.heading, [entry.id for entry in group.entries]) for group in groups] == [
        ("Acme", ["lead", "dev"]),
        ("Bolt", ["intern"]),
    ]


def test_publications_are_grouped_by_year(tmp_path: Path) -> None:
    groups = section(portfolio(tmp_path), "publications").groups
    assert [group.heading for group in groups] == ["2019", "2018 or 2019", ""]


def test_each_year_has_one_group_that_links_can_lead_to(tmp_path: Path) -> None:
    dates = ["2020/..", "2018/2019", "2019", "2019~", "2019-05", "201X", "2011/2012~", ""]
    awards = [
        {"title": f"Award {date}", **({"date": date} if date else {}), "id": f"award-{index}"}
        for index, date in enumerate(dates)
    ]
    record, problems = records.read(records.write(tmp_path, {"data/awards.yml": {"awards": awards}}))
    assert problems == []
    awards_section = Portfolio(record).section("awards")
    assert awards_section is not None
    assert [(group.heading, group.is_year, len(group.entries)) for group in awards_section.groups] == [
        ("Present", True, 1),
        ("2019", True, 3),
        ("about 2019", False, 1),
        ("the 2010s", False, 1),
        ("about 2012", False, 1),
        ("", False, 1),
    ]
    assert Portfolio(record).section("talks") is None


def test_years_are_not_for_lists_by_employer_or_without_dates(tmp_path: Path) -> None:
    files = FILES | {"data/skills.yml": {"skills": [{"name": "Logic"}]}}
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    for kind in ("roles", "education", "skills"):
        groups = section(Portfolio(record), kind).groups
        assert not any(group.is_year for group in groups)


@pytest.mark.parametrize(
    ("entry", "timeline", "headings", "words"),
    [
        ({"name": "A"}, False, [""], ""),
        ({"name": "A"}, True, [""], ""),
        ({"name": "A", "date": "2021"}, False, ["2021", ""], ""),
    ],
)
def test_entries_of_an_own_section_need_no_dates(
    entry: dict[str, str], timeline: bool, headings: list[str], words: str, tmp_path: Path
) -> None:
    section = {"id": "press", "title": "Press", "timeline": timeline, "entries": [entry, {"name": "B"}]}
    record, problems = records.read(records.write(tmp_path, {"data/sections.yml": {"sections": [section]}}))
    assert problems == []
    listed = Portfolio(record).section("press")
    assert listed is not None
    assert [group.heading for group in listed.groups] == headings
    assert listed.entries[-1].when.words == words


@pytest.mark.parametrize(("number", "is_long"), [(30, False), (31, True)])
def test_a_list_of_more_than_30_entries_is_long(tmp_path: Path, number: int, is_long: bool) -> None:
    talks = [{"title": f"Talk {index}", "date": "2020"} for index in range(number)]
    record, problems = records.read(records.write(tmp_path, {"data/talks.yml": {"talks": talks}}))
    assert problems == []
    portfolio = Portfolio(record)
    assert (section(portfolio, "talks").is_long, portfolio.is_long) == (is_long, is_long)


def test_an_undated_role_names_and_links_its_neighbours(tmp_path: Path) -> None:
    lead, dev = section(portfolio(tmp_path), "roles").groups[0].entries
    assert (
        lead.when.words,
        [(neighbour.word, neighbour.entry.url) for neighbour in lead.when.neighbours],
    ) == (
        "",
        [("after", "timeline/#dev")],
    )
    assert [(neighbour.word, neighbour.entry.id) for neighbour in dev.when.neighbours] == [("before", "lead")]


def test_cross_links_have_both_directions(tmp_path: Path) -> None:
    views = portfolio(tmp_path)
    linked = {
        entry.id: {reference.id for _, references in entry.related for reference in references}
        for section in views.sections
        for entry in section.entries
    }
    assert linked["lead"] == {"paper", "post"}
    assert linked["paper"] == {"lead"}
    assert linked["dev"] == {"post"}
    assert linked["post"] == {"lead", "dev"}
    for id, targets in linked.items():
        assert all(id in linked[target] for target in targets)


def test_an_inferred_link_is_inferred_in_both_directions(tmp_path: Path) -> None:
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
    views = Portfolio(record, SiteUrls("timeline/", {"post": PostPage("blog/post/", "A post")}, "Notes"))
    lead, dev = section(views, "roles").groups[0].entries
    assert [neighbour.inferred for neighbour in (*lead.when.neighbours, *dev.when.neighbours)] == [True, True]
    links = {
        id: {to.id: to.inferred for to in views.links.references_from(id)} for id in ("lead", "paper", "post")
    }
    # The post states that it is about the role, whatever the role infers.
    assert links == {"lead": {"paper": True, "post": False}, "paper": {"lead": True}, "post": {"lead": False}}


def test_an_inferred_date_is_marked_and_has_no_datetime(tmp_path: Path) -> None:
    bib = "@misc{paper, title = {P}, date = {2019-02}, basis = {date: inferred}}"
    record, _ = records.read(records.write(tmp_path, {"data/publications.bib": bib}))
    when = Portfolio(record).sections[0].entries[0].when
    assert (when.words, when.datetime) == ("February 2019", "")


def test_without_a_timeline_entries_have_no_url(tmp_path: Path) -> None:
    record, _ = records.read(records.write(tmp_path, FILES))
    views = Portfolio(record, SiteUrls(None, {"post": PostPage("blog/post/", "A post")}, "Notes"))
    assert views.about("posts/post.md") == ()
    assert [entry.url for selection in views.selections for entry in selection.entries] == ["", "", ""]


def test_a_post_has_the_name_of_a_guest_author(tmp_path: Path) -> None:
    assert [(post.title, post.venue) for post in portfolio(tmp_path).newest_posts] == [("A post", "Guest")]


def test_a_draft_is_not_linked(tmp_path: Path) -> None:
    views = portfolio(tmp_path)
    assert [post.id for post in views.newest_posts] == ["post"]
    assert views.about("posts/hidden.md") == ()
    assert [post.id for post in views.record.posts] == ["post"]
    ((kind, roles),) = views.about("posts/post.md")
    assert (kind, [reference.id for reference in roles]) == ("Roles", ["lead", "dev"])


def test_an_entry_has_its_source_and_inferred_fields(tmp_path: Path) -> None:
    _, dev = section(portfolio(tmp_path), "roles").groups[0].entries
    assert (dev.source, dev.inferred) == ("CV", ("its place in the order",))


def selected(folder: Path, **files: str) -> list[tuple[str, list[str]]]:
    """The ids of the selected entries of a record with other files, by heading."""
    named = {f"data/{name.replace('_', '.')}": text for name, text in files.items()}
    record, problems = records.read(records.write(folder, {**FILES, **named}))
    assert problems == []
    selections = Portfolio(record).selections
    return [(selection.heading, [entry.id for entry in selection.entries]) for selection in selections]


def test_selected_publications_fall_back_to_the_newest(tmp_path: Path) -> None:
    assert selected(tmp_path) == [("Selected publications", ["paper", "both", "undated"])]
    bib = FILES["data/publications.bib"].replace("{Undated}", "{U}, selected = {true}")
    assert selected(tmp_path, publications_bib=bib) == [("Selected publications", ["undated"])]


def test_selected_entries_of_every_kind(tmp_path: Path) -> None:
    own = "sections: [{title: PhD students, entries: [{name: A}, {name: B, selected: true}]}]\n"
    awards = "awards: [{id: new, title: N, date: 2021, selected: true}, {id: old, title: O}]\n"
    assert selected(tmp_path, sections_yml=own, awards_yml=awards) == [
        ("Selected publications", ["paper", "both", "undated"]),
        ("Selected awards", ["new"]),
        ("Selected PhD students", ["b"]),
    ]


@pytest.mark.parametrize(
    ("fields", "is_current"),
    [
        ("end_date: present", True),
        ("date: 2019/..", True),
        ("end_date: 2019", False),
        ("start_date: 2019", False),
        ("end_date: present, basis: inferred", False),
        ("end_date: present, basis: {end_date: inferred}", False),
        ("end_date: present, basis: {position: inferred}", False),
        ("end_date: present, basis: {after: inferred}, after: [first]", True),
    ],
)
def test_current_roles_are_stated_to_be_ongoing(fields: str, is_current: bool, tmp_path: Path) -> None:
    first = "{id: first, company: F, position: P, end_date: 2001}"
    roles = f"roles: [{{id: a, company: Acme, position: Lead, {fields}}}, {first}]\n"
    record, problems = records.read(records.write(tmp_path, {"data/career.yml": roles}))
    assert problems == []
    found = [(entry.title, entry.venue, entry.url) for entry in Portfolio(record).current_engagements]
    assert found == ([("Lead", "Acme", "timeline/#a")] if is_current else [])


def test_current_education_comes_after_current_roles(tmp_path: Path) -> None:
    text = "education: [{area: Physics, degree: PhD, institution: U, date: 2021/..}]\n"
    text += "roles: [{company: C, position: Tutor, end_date: present}]\n"
    record, _ = records.read(records.write(tmp_path, {"data/career.yml": text}))
    found = [(entry.title, entry.venue) for entry in Portfolio(record).current_engagements]
    assert found == [("Tutor", "C"), ("PhD, Physics", "U")]


@pytest.mark.parametrize(
    ("roles", "fields", "introduction"),
    [
        ("", "end_date: 2026", [("Education", "PhD, Physics")]),
        ("", "end_date: present", [("Now", "PhD, Physics")]),
        ("", "end_date: 2026, basis: inferred", []),
        ("roles: [{company: C, position: Tutor, end_date: 2020}]\n", "end_date: 2026", []),
    ],
)
def test_education_introduces_an_owner_without_roles(
    roles: str, fields: str, introduction: list[tuple[str, str]], tmp_path: Path
) -> None:
    text = "education:\n- {area: Art, institution: V, end_date: 2019}\n"
    text += f"- {{area: Physics, degree: PhD, institution: U, {fields}}}\n"
    record, _ = records.read(records.write(tmp_path, {"data/career.yml": roles + text}))
    assert [(word, entry.title) for word, entry in Portfolio(record).introduction] == introduction


def test_only_exact_dates_have_a_datetime(tmp_path: Path) -> None:
    entries = {entry.id: entry.when for section in portfolio(tmp_path).sections for entry in section.entries}
    assert {id: when.datetime for id, when in entries.items() if when.datetime} == {
        "msc": "2000",
        "paper": "2019-02",
        "post": "2026-01-02",
    }
    assert entries["intern"].duration == "about 2 years"


def test_what_is_not_on_record_is_in_the_provenance_only(tmp_path: Path) -> None:
    record, problems = records.career(
        tmp_path,
        {"id": "now", "end_date": "present"},
        {"id": "begun", "start_date": "2019"},
        {"id": "ended", "end_date": "2015"},
        {"id": "linked", "evidence": ["t", "u"], "basis": {"evidence": "inferred", "location": "inferred"}},
        {"id": "nothing"},
        {"id": "known", "date": "2012/2014"},
        talks_yml={
            "talks": [
                {"id": "t", "title": "T", "appearances": [{"date": "2016-05"}, {"date": "{2018,2019}"}]},
                {"id": "u", "title": "U", "appearances": [{"date": "2021?"}]},
            ]
        },
    )
    assert problems == []
    views = {view.id: view for view in section(Portfolio(record), "roles").entries}
    assert {id: (view.when.words, view.evidence_words, view.missing) for id, view in views.items()} == {
        "now": ("to the present", "", ("start",)),
        "begun": ("from 2019", "", ("end",)),
        "ended": ("until 2015", "", ("start",)),
        # An uncertain year is no evidence.
        "linked": ("", "work on record 2016–2019", ("date",)),
        "nothing": ("", "", ("date",)),
        "known": ("2012 to 2014", "", ()),
    }
    linked = views["linked"]
    assert [reference.id for reference in linked.inferred_links] == ["u", "t"]
    assert linked.inferred_facts == ("the location",)
    assert [id for id, view in views.items() if not view.has_provenance] == ["known"]
