"""The built timeline has every entry of the record once, and nothing that the record does not state."""

import random
import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from portfolio.record.kinds import kind_name
from portfolio.record.models import Post
from portfolio.record.record import Record
from portfolio.sources import loader, mkdocs_yml
from tests.support import html, persona, project, search_index
from tests.support.built import Built, build

HEADINGS = ".story .entry > :is(h3, h4)"
YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def load_record(root: Path) -> Record:
    paths, _ = mkdocs_yml.read_paths(root / "mkdocs.yml")
    record, problems = loader.load_record(paths)
    assert problems == []
    published = (
        post for post in record.posts if "\ndraft: true\n" not in (root / post.path).read_text("utf-8")
    )
    return record.with_entries(posts=tuple(published))


@pytest.fixture(params=["owner", "persona"])
def timeline(request: pytest.FixtureRequest, site: Path) -> tuple[Record, html.Document]:
    """A record and its built page."""
    if request.param == "owner":
        return load_record(project.ROOT), html.parse(site / "timeline" / "index.html")
    persona_site: Built = request.getfixturevalue("persona_site")
    return load_record(persona_site.root), html.parse(persona_site.site / "timeline" / "index.html")


def test_every_entry_is_listed_once(timeline: tuple[Record, html.Document]) -> None:
    record, page = timeline
    ids = [html.attribute_value(heading, "id") for heading in page.css(HEADINGS)]
    assert len(ids) > 5
    # Posts are counted, with links to the archive.
    assert sorted(entry.id for entry in record if not isinstance(entry, Post)) == sorted(ids)


def test_posts_are_counted_by_year(timeline: tuple[Record, html.Document]) -> None:
    record, page = timeline
    counts = Counter(post.date.year for post in record.posts if post.date)
    links = page.css("[data-kind=posts] .by-year a")
    assert [link.text() for link in links] == [
        f"{year} {counts[year]}" for year in sorted(counts, reverse=True)
    ]
    assert all("archive/" in html.attribute_value(link, "href") for link in links)


def test_every_mark_links_to_its_entry_and_has_a_title(
    timeline: tuple[Record, html.Document],
) -> None:
    _, page = timeline
    anchors = {f"#{quote(html.attribute_value(heading, 'id'))}" for heading in page.css(HEADINGS)}
    marks = page.css(".chart .mark")
    links = [mark.attributes["href"] for mark in marks]
    assert len(links) > 5
    assert len({*links}) == len(links)
    assert {*links} <= anchors
    for mark in (*marks, *page.css(".chart .count-link")):
        title = mark.css_first("title")
        assert title is not None
        assert title.text(strip=True)


def test_every_year_on_the_page_is_in_the_record(timeline: tuple[Record, html.Document]) -> None:
    record, page = timeline
    # The years of an entry come from its own dates and those of linked entries.
    years = {entry.id: set(YEAR.findall(entry.model_dump_json())) for entry in record}
    for engagement in (*record.roles, *record.education):
        for linked in engagement.evidence:
            both = years[engagement.id] | years[linked]
            years[engagement.id], years[linked] = years[engagement.id] | years[linked], both
    for entry in record:
        for linked in entry.about if isinstance(entry, Post) else getattr(entry, "related", ()):
            both = years[entry.id] | years[linked]
            years[entry.id], years[linked] = both, both
    decades = {
        f"{match[:3]}0" for entry in record for match in re.findall(r"\d{3}X", entry.model_dump_json())
    }
    for element in page.css(".story .entry"):
        heading = element.css_first("h4, h3")
        assert heading is not None
        id = html.attribute_value(heading, "id")
        for dated in element.css(".facts, .occasions, time, .related"):
            assert set(YEAR.findall(dated.text())) <= years[id] | decades, id
    all_years = set().union(*years.values()) | decades
    for heading in page.css(".story h3"):
        assert set(YEAR.findall(heading.text())) <= all_years


def test_datetime_attributes_are_valid(timeline: tuple[Record, html.Document]) -> None:
    _, page = timeline
    values = [element.attributes["datetime"] or "" for element in page.css(".story time")]
    assert values
    assert all(re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value) for value in values)


def test_each_kind_on_the_page_can_be_filtered(built: Built) -> None:
    page = html.parse(built.site / "timeline" / "index.html")
    everything, *kinds = [box.attributes["value"] for box in page.css(".choice input")]
    assert everything in ("", None)
    (path,) = (built.site / "assets/stylesheets").glob("filters.*.css")
    styles = path.read_text(encoding="utf-8")
    assert re.findall(r'\[id="only-([^"]+)"\]:target\) \[data-only', styles) == kinds
    assert re.findall(r'\[value="([^"]+)"\]:checked', styles) == kinds
    assert len(kinds) > 2


def test_search_has_every_entry_once(persona_site: Built) -> None:
    places = search_index.read(persona_site.site)
    for entry in load_record(persona_site.root):
        locations = [place for place in places if place.endswith(f"#{entry.id}")]
        kind = kind_name(entry)
        page = kind if kind in ("publications", "talks", "software", "projects") else "timeline"
        has_page = isinstance(entry, Post) or f"projects/{entry.id}/" in places
        assert locations == ([] if has_page else [f"{page}/#{entry.id}"])
        assert all(places[place]["meta"]["title"] for place in locations)
    assert "النيل" in places["timeline/#brücke"]["content"]
    everything = search_index.text(persona_site.site)
    assert "Skip the chart" not in everything
    assert "dates known" not in everything


def test_sections_link_to_the_pages_that_list_them(persona_site: Built) -> None:
    page = persona_site.page("timeline/")
    links = {link.text(): link.attributes["href"] for link in page.css(".story .kind > h2 a")}
    assert links.items() >= {"Publications": "../publications/", "Notes": "../notes/"}.items()
    assert not links.keys() & {"Roles", "Education"}


def test_facts_are_separated_by_spaces(site: Path, persona_site: Built) -> None:
    for folder in (site, persona_site.site):
        page = html.parse(folder / "timeline" / "index.html")
        several = [facts for facts in page.css(".story .facts") if len(facts.css("span")) > 1]
        assert several
        for facts in several:
            apart = " ".join(fact.text() for fact in facts.css("span"))
            assert " ".join(facts.text().split()) == " ".join(apart.split())


def test_an_empty_record_says_what_will_be_there(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    for name in ("career.yml", "projects.yml", "talks.yml", "software.yml", "publications.bib"):
        (root / "docs" / "data" / name).unlink()
    shutil.rmtree(root / "docs/projects")
    for post in (root / "docs" / "notes" / "posts").glob("*.md"):
        post.unlink()
    home = root / "docs" / "index.md"
    home.write_text("---\ntemplate: home.html\ntitle: Home\n---\nNothing yet.\n", encoding="utf-8")
    (root / "docs" / "colophon.md").write_text("# Colophon\n", encoding="utf-8")
    config = root / "mkdocs.yml"
    text = re.sub(r"^copyright: .*\n", "", config.read_text(encoding="utf-8"), flags=re.MULTILINE)
    config.write_text(text.replace("not_in_nav: |\n", "not_in_nav: |\n  /colophon.md\n"), encoding="utf-8")
    build = project.mkdocs(root, "build", "--strict")
    assert build.returncode == 0, build.stderr
    page = html.parse(root / "site" / "timeline" / "index.html")
    assert page.css_first(".story") is None
    (article,) = page.css("article")
    assert "This page will have the career and the work of Layla Wang Ørsted" in article.text()
    links = html.parse(root / "site" / "index.html").css(".actions .here a")
    assert [link.text() for link in links] == ["Vita", "Vita as PDF"]
    assert [link.text() for link in page.css(".site-footer nav a")][-1] == "Colophon"
    # Only the header leads to a blog without posts.
    blog = html.parse(root / "site" / "notes" / "index.html")
    assert blog.css(".margin nav, .site-footer a[href*=feeds]") == []


def test_order_of_300_roles(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    (root / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    for path in [root / "docs/data/projects.yml", *(root / "docs/notes/posts").glob("*.md")]:
        text = re.sub(r" *(about|related): .*\n", "", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    career = root / "docs" / "data" / "career.yml"
    career.write_text(yaml.safe_dump({"roles": many_roles(300)}, allow_unicode=True), encoding="utf-8")
    page = html.parse(build(root).site / "timeline" / "index.html")
    ids = [heading.attributes["id"] for heading in page.css("[data-kind=roles] .entry h4")]
    assert len(ids) == len(set(ids)) == 300
    place = {id: number for number, id in enumerate(ids)}
    for role in many_roles(300):
        for older in role.get("after", []):  # type: ignore[attr-defined]
            if role.get("end_date") != "present":
                assert place[str(role["id"])] < place[older] or older in ongoing(300)


def many_roles(number: int) -> list[dict[str, object]]:
    """Roles with all kinds of dates and a consistent order; the same in every run."""
    dice = random.Random(300)  # noqa: S311 - no secret
    roles: list[dict[str, object]] = []
    for index in range(number):
        year = 1950 + index // 4
        role: dict[str, object] = {
            "id": f"role-{index}",
            "company": f"Company {index // 3}",
            "position": "Work",
        }
        kind = dice.randrange(8)
        if kind == 0:
            role |= {"start_date": f"{year}", "end_date": f"{year + 2}"}
        elif kind == 1:
            role |= {"start_date": f"{year}-0{1 + index % 9}", "end_date": "present"}
        elif kind == 2:
            role |= {"date": dice.choice([f"{year}~", f"{year}?", f"{str(year)[:3]}X", f"{year}/{year + 3}"])}
        elif kind == 3:
            role |= {"date": f"[{year},{year + 1}]"}
        elif kind == 4:
            role |= {"end_date": f"{year + 1}-12-31"}
        if index and kind > 3:
            role["after"] = sorted({f"role-{dice.randrange(max(0, index - 20), index)}" for _ in range(2)})
        roles.append(role)
    dice.shuffle(roles)
    return roles


def ongoing(number: int) -> set[str]:
    return {str(role["id"]) for role in many_roles(number) if role.get("end_date") == "present"}
