"""The built page of projects, the pages with their stories, and what links to them."""

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support import html, persona, project, search_index
from tests.support.built import Built, build

PAGE, STORY = "projects/", "projects/slab/"


def cards(site: Built) -> dict[str, LexborNode]:
    """The cards of the page of projects, by the ids of their headings, in order."""
    return {html.attribute_value(card.css("h2")[0], "id"): card for card in site.page(PAGE).css(".card")}


def words(node: LexborNode | LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(found.text().split()) for found in node.css(selector)]


def test_cards_are_of_projects_and_marked_software_newest_first(persona_site: Built) -> None:
    assert [*cards(persona_site)] == ["slab", "catenary", "جسر-معلق", "wind-on-a-bare-cable"]
    assert words(persona_site.page("software/"), ".entry h3") == ["Catenary"]


def test_a_card_has_all_that_is_known(persona_site: Built) -> None:
    card = cards(persona_site)["slab"]
    assert words(card, ".facts > span") == ["since 2021", "شركة الجسور الكبرى", "designer"]
    assert words(card, ".words > p")[1:] == [
        "One slab from bank to bank, which bends with the seasons.", "decks, joints, concrete"
    ]  # fmt: skip
    assert words(card, ".highlights b") == ["Forty"]
    # A long list is collapsed.
    assert words(card, "details summary") == ["4 linked entries A deck that needs no bearings"]
    assert words(card, "details .related dt") == ["Roles", "Publications", "Talks", "Notes"]
    links = [(link.text(), html.attribute_value(link, "aria-label")) for link in card.css(".more > a")]
    title = "A deck that needs no bearings"
    assert links == [("Website", f"Website of {title}"), ("Demo", f"Demo of {title}")]
    short = cards(persona_site)["wind-on-a-bare-cable"]
    assert words(short, ".words > .related dd") == ["MSc, Statics, Københavns Universitet, 2000 to 2005"]
    inferred = cards(persona_site)["جسر-معلق"]
    assert words(inferred, ".facts > span") == ["about 2017"]
    assert words(inferred, ".provenance p") == [
        'Source: "A friend" <of> hers',
        "Inferred, not stated: the date.",
    ]


def test_both_ends_of_a_link_show_it(persona_site: Built) -> None:
    role = next(entry for entry in persona_site.page("timeline/").css(".entry") if entry.css("#brücke"))
    assert "../projects/slab/" in [link.attributes["href"] for link in role.css(".related a")]
    (post,) = [page for page in persona_site.pages if page.endswith("/expansion/")]
    linked = [link.attributes["href"] for link in persona_site.page(post).css(".linked a")]
    assert "../../../../../projects/slab/" in linked


def test_pictures_have_sizes_variants_and_a_dark_variant(persona_site: Built) -> None:
    card = cards(persona_site)["slab"]
    light, dark = card.css("picture")
    assert [picture.attributes["class"] for picture in (light, dark)] == ["only-light", "only-dark"]
    for picture, name in ((light, "deck"), (dark, "deck.dark")):
        (image,) = picture.css("img")
        assert image.attributes["src"] == f"../images/{name}.png"
        assert (image.attributes["width"], image.attributes["height"]) == ("640", "400")
        assert image.attributes["alt"] == "A suspension bridge with a thin deck between two towers"
        (source,) = picture.css("source")
        assert source.attributes["type"] == "image/avif"
        variants = re.findall(r"\.\./(\S+) (\d+)w", html.attribute_value(source, "srcset"))
        assert [int(width) for _, width in variants] == [480, 640]
        assert all((persona_site.site / path).is_file() for path, _ in variants)
    (drawing,) = cards(persona_site)["wind-on-a-bare-cable"].css("img")
    assert (drawing.attributes["src"], drawing.attributes["width"]) == ("../images/wind.svg", "480")


def test_photographs_are_cut_and_drawings_are_not(persona_site: Built) -> None:
    boxes = {id: card.css(".image") for id, card in cards(persona_site).items()}
    classes = {id: html.attribute_value(box[0], "class") for id, box in boxes.items() if box}
    assert classes == {"slab": "image image--cut", "wind-on-a-bare-cable": "image"}


def test_only_tags_of_several_projects_filter(persona_site: Built) -> None:
    page = persona_site.page(PAGE)
    assert words(page, ".choice bdi") == ["cables", "decks", "wind"]
    assert words(page, ".choice [aria-hidden]") == ["3", "2", "2"]
    assert words(page, ".choice .unseen") == ["3 projects", "2 projects", "2 projects"]
    assert words(page, ".chosen")[0] == "3 of 4 projects: cables Show all"
    tags = {id: html.attribute_value(card, "data-tags") for id, card in cards(persona_site).items()}
    assert [*tags.values()] == ["decks", "cables decks", "cables wind", "cables wind"]
    (styles,) = persona_site.site.glob("assets/stylesheets/filters.*.css")
    pattern = r'\.card:not\(\[data-tags~="?(.+?)"?\]\)'
    assert re.findall(pattern, styles.read_text(encoding="utf-8")) == ["cables", "decks", "wind"]
    links = [link.attributes["href"] for link in persona_site.page(STORY).css(".story-head .keywords a")]
    assert links == ["../#tag:decks"]


def test_a_story_begins_with_the_facts_of_its_project(persona_site: Built) -> None:
    page = persona_site.page(STORY)
    assert words(page, "h1") == ["A deck that needs no bearings¶"]
    assert words(page, "title") == ["A deck that needs no bearings – ليلى 王小明 Ørsted"]
    assert words(page, "h1 + .story-head .facts > span") == ["since 2021", "شركة الجسور الكبرى", "designer"]
    # The text has the picture.
    assert page.css(".story-head img") == []
    assert words(page, ".linked dt") == ["Roles", "Publications", "Talks", "Notes"]
    assert [link.attributes["href"] for link in page.css(".neighbours a")] == ["../catenary/"]
    # A heading of the owner stays.
    catenary = persona_site.page("projects/catenary/")
    assert words(catenary, "h1") == ["Why Catenary is one file¶"]
    assert words(catenary, ".neighbours a[rel=next] bdi") == ["A deck that needs no bearings"]


def test_search_has_each_project_and_story_once(persona_site: Built) -> None:
    places = search_index.read(persona_site.site)
    assert places[STORY]["meta"]["when"] == "since 2021"
    # A story is the place of its project.
    assert not [place for place in places if place.endswith(("#slab", "#catenary"))]
    assert places["projects/catenary/"]["filters"]["kind"] == ["Software"]


def test_a_site_without_a_page_of_projects_gets_one(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    (root / "docs/projects.md").unlink()
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8").replace(", projects.md]", "]")
    (root / "mkdocs.yml").write_text(settings, encoding="utf-8")
    site = build(root)
    assert words(site.page(PAGE), "h1") == ["Projects¶"]
    assert len(cards(site)) == 4
    assert words(site.page("timeline/"), '[data-kind="projects"] h2 a') == ["Projects"]


def test_the_owner_has_no_page_of_projects_without_projects(site: Path) -> None:
    has_projects = (project.ROOT / "docs/data/projects.yml").exists()
    assert (site / "projects").exists() == has_projects
