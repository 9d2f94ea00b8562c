"""Templates escape what they print, once: a hostile text in each field stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from markupsafe import escape

from portfolio.record.kinds import KINDS
from portfolio.record.models import URL_FIELDS, Model, Publication, SectionEntry, list_fields
from tests.support import built, html, persona, project, server
from tests.support.browsing import NewPage
from tests.support.built import Built

OVERRIDES = project.ROOT / "overrides"
# The values that are HTML already. An addition must say why the value is HTML, and where it was escaped.
SAFE = {
    # MkDocs' Markdown, with the part of the record, which a template rendered.
    "page.content": {
        "blog.html", "cv.html", "entries.html", "feeds.html", "glossary.html", "home.html",
        "partials/content.html", "tag.html", "tags.html", "timeline.html",
    },
    # Two parts of it.
    "(title ~ end_of_title)": {"partials/content.html"},
    "text": {"partials/content.html"},
    "post.content": {"partials/post.html"},
    # MkDocs escapes the titles of headings, which may have elements.
    "toc_item.title": {"partials/toc.html"},
    # The heading of a tag, which Material renders with the name escaped.
    "listing.content": {"fragments/tags/default/listing.html"},
    # The script of the theme, and the elements that MkDocs writes for scripts of the owner.
    "theme_script": {"main.html"},
    "script | script_tag": {"partials/scripts.html"},
    # The owner may write HTML there, as in any MkDocs site.
    "config.copyright": {"partials/footer.html"},
    # JSON whose <, > and & are escapes.
    "json_ld": {"partials/head-meta.html"},
}  # fmt: skip


def test_only_listed_values_are_not_escaped() -> None:
    unescaped: dict[str, set[str]] = {}
    for path in [*OVERRIDES.rglob("*.html"), *OVERRIDES.rglob("*.xml")]:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for expression in re.findall(r"\{\{-?\s*((?:(?!\}\}).)*?)\s*\|\s*safe\b", text):
            unescaped.setdefault(expression, set()).add(path.relative_to(OVERRIDES).as_posix())
        # Filters that would escape again, or not at all, in a part of a template.
        assert re.findall(r"\|\s*(?:e|escape|forceescape)\b|\bautoescape\b|\bMarkup\b", text) == [], path
    assert unescaped == SAFE


def hostile(field: str) -> str:
    """Return a text from which a page shows how often it was escaped, and whether it was executed."""
    return f"<x-{field}>&\"'{{{{}}}}<script>attacked.push('{field}')</script>{field}"


def quoted(field: str) -> str:
    """Return the hostile text for YAML."""
    return json.dumps(hostile(field))


def bibtex(field: str) -> str:
    """Return the hostile text for BibTeX, in braces."""
    return re.sub(r"[&{}]", r"\\\g<0>", hostile(field))


# Fields that are no text of an entry: they are checked, or have one of a few values.
NO_TEXTS = {
    "id", "basis", "lang", "selected", "project", "type", "start_date", "end_date", "after", "before",
    "evidence", "related",
}  # fmt: skip
# Texts that only exports have, and those that are attributes.
NOT_IN_BODIES = {"patents-inventors", "projects-image-alt", "software-image-alt"}


def hostile_entry(model: type[Model], kind: str) -> dict[str, Any]:
    """Return an entry with a hostile text in each field of its model that is a text."""
    entry: dict[str, Any] = {}
    lists = list_fields(model)
    for name in model.model_fields.keys() - NO_TEXTS:
        field = f"{kind}-{name.replace('_', '-')}"
        if name == "date":
            entry[name] = 2020
        elif name == "image":
            entry[name] = "assets/layla.jpg"
        elif name in URL_FIELDS:
            # What a URL may have.
            entry[name] = f"https://a.example/{field}?'{{{{}}}};&)"
        elif name in lists and isinstance(lists[name], type) and issubclass(lists[name], Model):
            entry[name] = [hostile_entry(lists[name], field)]
        else:
            entry[name] = [hostile(field)] if name in lists else hostile(field)
    return entry


# New kinds are covered, too.
ENTRIES = {
    kind.name: [{"id": f"a-{kind.name}", **hostile_entry(cast("type[Model]", kind.model), kind.name)}]
    for kind in KINDS
    if kind.model is not Publication
}
SECTION = {
    "title": hostile("section-title"),
    "timeline": True,
    "entries": [hostile_entry(SectionEntry, "section-entry")],
}
ENTRIES["roles"][0]["evidence"] = ["a-talks"]
ENTRIES["software"][0]["project"] = True
# So many that their page filters by tags.
TAGS = [hostile("projects-tags"), hostile("projects-more-tags")]
ENTRIES["projects"][0]["tags"] = TAGS
ENTRIES["projects"] += [{"name": "Second", "tags": TAGS}, {"name": "Third"}, {"name": "Fourth"}]


def texts_of(data: Any) -> Iterator[str]:
    """Yield the names of the fields with a hostile text."""
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from texts_of(part)
    if isinstance(data, str) and (match := re.match("<x-([^>]*)>", data)):
        yield match[1]


PROFILE = f"""\
name: {quoted("author")}
other_names: [{quoted("alias")}]
pronunciation: {quoted("pronunciation")}
pronouns: {quoted("pronouns")}
headline: {quoted("headline")}
picture: assets/layla.jpg
picture_alt: {quoted("portrait")}
location: {quoted("town")}
links: [{{name: {quoted("account")}, link: "https://a.example/"}}]
"""
PAPER = f"""\
@article{{a-paper,
  title = {{{bibtex("paper")}}},
  author = {{{{{bibtex("coauthor")}}}}},
  journal = {{{bibtex("journal")}}},
  abstract = {{{bibtex("abstract")}}},
  year = 2020,
}}
"""
POST = f"""\
---
title: {quoted("post")}
date: 2025-01-0DAY
authors: [layla]
categories: [{quoted("category")}]
tags: [{quoted("tag")}]
series: {quoted("series")}
about: [a-roles]
description: {quoted("description")}
---

Text with AVIF.

<!-- more -->
"""
PAGES = {
    "index.md": "---\ntemplate: home.html\n---\nWords.\n",
    "glossary.md": "---\ntemplate: glossary.html\n---\n# Glossary\n",
    "page.md": f"---\ntitle: {quoted('page')}\ndescription: {quoted('summary')}\nauthor: {quoted('byline')}\n"
    f"tags: [{quoted('label')}]\n---\nWords.\n",
    "section.md": "Words without a heading.\n",
    "projects/a-projects.md": "The story.\n",
    **{
        f"{kind.name}.md": f"---\ntemplate: entries.html\nkind: {kind.name}\n---\n# Entries\n"
        for kind in KINDS
    },
    "notes/.authors.yml": (
        f"authors: {{layla: {{name: {quoted('writer')}, description: D, avatar: assets/monogram.svg}}}}\n"
    ),
}
FIELDS = (
    "sitename author alias pronunciation pronouns headline town account writer profile page label group item "
    "paper coauthor journal abstract post category tag series glossary".split()
)
FIELDS += sorted({*texts_of(ENTRIES), *texts_of(SECTION)} - NOT_IN_BODIES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = persona.copy(tmp_path_factory.mktemp("escaping") / "project")
    data = root / "docs" / "data"
    files: dict[str, dict[str, Any]] = {"sections.yml": {"sections": [SECTION]}}
    for kind in KINDS:
        if kind.name in ENTRIES:
            files.setdefault(kind.file, {})[kind.name] = ENTRIES[kind.name]
    for name, content in files.items():
        (data / name).write_text(json.dumps(content), encoding="utf-8")
    (data / "profile.yml").write_text(PROFILE, encoding="utf-8")
    for story in (root / "docs/projects").iterdir():
        story.unlink()
    (data / "publications.bib").write_text(PAPER, encoding="utf-8")
    (data / "glossary.yml").write_text(f"AVIF: {quoted('glossary')}\n", encoding="utf-8")
    for name, text in PAGES.items():
        (root / "docs" / name).write_text(text, encoding="utf-8")
    posts = root / "docs/notes/posts"
    for path in posts.iterdir():
        path.unlink()
    for day in (1, 2):
        (posts / f"post-{day}.md").write_text(POST.replace("DAY", str(day)), encoding="utf-8")
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    for pattern, line in {
        r"^site_name: .*$": f"site_name: {quoted('sitename')}",
        r"^site_author: .*$": f"site_author: {quoted('author')}",
        r"^site_description: .*$": f"site_description: {quoted('tagline')}",
        r"^  - Life: timeline.md$": f"  - {quoted('nav')}: timeline.md\n  - Glossary: glossary.md\n"
        f"  - page.md\n  - {quoted('group')}: [{quoted('item')}: section.md]",
        r"^  - Things: .*$": f"  - Things: [{', '.join(f'{kind.name}.md' for kind in KINDS)}]",
        r"^    - \{name: Example,": f"    - {{name: {quoted('profile')},",
    }.items():
        text, count = re.subn(pattern, lambda _, line=line: line, text, flags=re.MULTILINE)  # type: ignore[misc]
        assert count == 1, pattern
    config.write_text(text, encoding="utf-8")
    return built.build(root)


def pages(site: Built) -> dict[str, html.Document]:
    return {path.relative_to(site.site).as_posix(): html.parse(path) for path in site.site.rglob("*.html")}


def test_no_field_becomes_an_element(site: Built) -> None:
    elements = set()
    for name, document in pages(site).items():
        elements |= {(name, node.tag) for node in document.css("*") if (node.tag or "").startswith("x-")}
    assert elements == set()


@pytest.mark.parametrize("field", FIELDS)
def test_field_is_shown_and_escaped_once(site: Built, field: str) -> None:
    texts = [document.body.text() if document.body else "" for document in pages(site).values()]
    # Names in BibTeX lose their braces.
    shown = hostile(field).replace("{{}}", "" if field == "coauthor" else "{{}}")
    assert any(shown in text for text in texts)
    for path in site.site.rglob("*.html"):
        assert f"&amp;lt;x-{field}" not in path.read_text(encoding="utf-8"), path


def test_titles_in_the_navigation_are_escaped_once(site: Built) -> None:
    for name, document in pages(site).items():
        assert hostile("nav") in [link.text() for link in document.css(".sections a")], name


def test_description_is_escaped_in_the_theme_too(site: Built) -> None:
    (element,) = site.page("").css("meta[name=description]")
    assert html.attribute_value(element, "content") == hostile("tagline")


def test_alternative_text_is_escaped_once(site: Built) -> None:
    (picture,) = site.page("").css(".portrait img")
    assert html.attribute_value(picture, "alt") == hostile("portrait")
    for page, selector in (("projects/", ".card"), ("projects/a-projects/", ".story-head")):
        texts = [html.attribute_value(picture, "alt") for picture in site.page(page).css(f"{selector} img")]
        assert hostile("projects-image-alt") in texts


def test_no_field_is_executed(site: Built, new_page: NewPage) -> None:
    # The policy of a page would hide what is not escaped.
    page = new_page(bypass_csp=True)
    page.add_init_script("window.attacked = []")
    with server.serve(site.site, "/layla") as url:
        for path in html.page_paths(site.site):
            page.goto(url + quote(path))
            assert page.evaluate("window.attacked") == [], path
        for field in ("post", "item"):
            page.goto(f"{url}/search/?q={field}")
            page.locator(".result").first.wait_for()
            assert hostile(field) in page.locator(".results").inner_text()
            assert page.evaluate("window.attacked") == []


def test_exports_have_the_fields_as_they_are_written(site: Built) -> None:
    for path in site.site.rglob("*.xml"):
        ElementTree.parse(path)
    resume = json.loads(site.read("resume.json"))
    assert resume["basics"]["name"] == hostile("author")
    assert resume["work"][0]["name"] == hostile("roles-company")
    feed = json.loads(site.read("feed.json"))
    assert (feed["title"], feed["items"][0]["title"]) == (hostile("sitename"), hostile("post"))
    for path in [*site.site.rglob("*.md"), site.site / "llms.txt"]:
        rendered = MarkdownIt("commonmark").render(path.read_text(encoding="utf-8"))
        assert not re.search("<x-|<script", rendered), path


@pytest.mark.parametrize("name", ["feeds/all.atom.xml", "sitemap.xml"])
def test_xml_is_escaped_once(site: Built, name: str) -> None:
    text = site.read(name)
    assert "<x-" not in text
    assert "&amp;lt;x-post" not in text
    if name.startswith("feeds"):
        assert f"<title>{escape(hostile('post'))}</title>" in text
