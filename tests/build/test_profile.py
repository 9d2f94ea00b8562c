"""The owner's profile on the built site: the first screen, metadata, and nothing that is to stay private."""

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from PIL import Image

from tests.support import html, pdf, project
from tests.support.built import Built


def profile(site: Built) -> dict[str, Any]:
    """The data of the owner, as written."""
    text = (site.root / "docs/data/profile.yml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def text_of(path: Path) -> str:
    """All text of a file of the site."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    if path.suffix == ".pdf":
        return " ".join(pdf.texts(content).values())
    return content.decode("utf-8", errors="replace")


def files_with(site: Built, *texts: str) -> set[str]:
    """The files of a site that have one of some texts."""
    return {
        path.relative_to(site.site).as_posix()
        for path in site.site.rglob("*")
        if path.is_file() and any(text in text_of(path) for text in texts)
    }


def test_contacts_are_only_where_the_profile_shows_them(persona_site: Built) -> None:
    data = profile(persona_site)
    assert (data["phone"]["show"], data["email"]["show"]) == ([], ["site", "exports"])
    digits = data["phone"]["value"].replace(" ", "")
    assert files_with(persona_site, data["phone"]["value"], digits, digits[3:]) == set()
    pages = {"index.html", "index.md", "cv/index.html", "cv/index.md"}
    assert files_with(persona_site, data["email"]["value"]) == {*pages, "resume.json", "cv.yaml"}


def test_the_first_screen_names_the_owner_and_what_now(persona_site: Built) -> None:
    data, home = profile(persona_site), persona_site.page("")
    assert [heading.text() for heading in home.css("h1")] == [data["name"]]
    names = [(name.text(), name.attributes.get("lang")) for name in home.css(".names bdi")]
    assert names == [
        *((other["name"], other["lang"]) for other in data["other_names"]),
        (data["pronunciation"], None),
        (data["pronouns"], None),
    ]
    (tagline,) = home.css(".intro .tagline")
    assert tagline.text() == data["headline"]
    (role,) = persona_site.portfolio.current_engagements
    facts = [" ".join(fact.text().split()) for fact in home.css(".intro .facts li")]
    assert facts == [f"{role.title}, {role.venue}", "Cairo, Egypt"]
    (link,) = home.css(".facts a")
    assert html.attribute_value(link, "href") == role.url


def test_the_actions_lead_to_pages_and_files_of_the_site(built: Built) -> None:
    links = [html.attribute_value(link, "href") for link in built.page("").css(".actions a")]
    local = [link for link in links if not link.startswith("mailto:")]
    assert len(local) == 3  # the CV, its PDF, the feeds
    assert all(built.file(link).is_file() for link in local)
    email = profile(built).get("email", {}).get("value")
    assert [link for link in links if link.startswith("mailto:")] == ([f"mailto:{email}"] if email else [])


def test_nothing_leads_to_lists_that_are_empty(graduate_site: Built) -> None:
    home = graduate_site.page("")
    assert [link.text() for link in home.css(".actions .here a")] == ["CV", "CV as PDF"]
    assert [" ".join(heading.text().split()) for heading in home.css(".home h2")] == [
        "Career Explore the timeline",
        "Selected projects",
    ]
    assert home.css(".margin nav") == []


def test_selected_projects_are_cards(persona_site: Built, graduate_site: Built) -> None:
    home = persona_site.page("")
    assert [(title.text(), title.css("a")[0].attributes["href"]) for title in home.css(".card h3")] == [
        ("A deck that needs no bearings", "projects/slab/")
    ]
    light = home.css(".card img")[0]
    assert light.attributes["alt"] == "A suspension bridge with a thin deck between two towers"
    assert "A deck that needs no bearings" not in [link.text() for link in home.css(".dated a")]
    assert [title.text() for title in graduate_site.page("").css(".card h3")] == ["Late bus"]


def test_a_site_without_a_picture_has_none(site: Path) -> None:
    home = Built(project.ROOT, site).page("")
    assert home.css(".portrait") == []
    assert home.css(".intro .facts") != []


def test_the_picture_has_a_size_and_smaller_variants(persona_site: Built) -> None:
    data = profile(persona_site)
    (image,) = persona_site.page("").css(".portrait img")
    size = [int(html.attribute_value(image, name)) for name in ("width", "height")]
    with Image.open(persona_site.site / data["picture"]) as published:
        assert [*published.size] == size
    assert (image.attributes["alt"], image.attributes["src"]) == (data["picture_alt"], data["picture"])
    sources = persona_site.page("").css(".portrait source")
    assert [source.attributes["type"] for source in sources] == ["image/avif", "image/webp"]
    for source in sources:
        for file in html.attribute_value(source, "srcset").split(", "):
            name, _, width = file.partition(" ")
            with Image.open(persona_site.site / name) as variant:
                assert f"{variant.width}w" == width


def test_metadata_has_the_profile(persona_site: Built) -> None:
    data = profile(persona_site)
    (person,) = (node for node in persona_site.graph("")["@graph"] if node["@type"] == "Person")
    assert person["name"] == data["name"]
    assert person["image"] == urljoin(persona_site.url, data["picture"])
    assert (person["email"], "telephone" in person) == (data["email"]["value"], False)
    basics = json.loads(persona_site.read("resume.json"))["basics"]
    assert (basics["image"], basics["location"]) == (
        person["image"],
        {"city": "Cairo", "countryCode": "EG"},
    )
    # Of the links in both files, the one in the profile.
    assert person["sameAs"] == ["https://www.example.org", "https://github.com/example-layla"]
