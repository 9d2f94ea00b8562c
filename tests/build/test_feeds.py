"""The feeds of a built site: valid, complete, linked from every page, with stable ids."""

import json
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.support import built, feeds, html, persona, project

URL = "https://example.org/layla/"
POST = """\
---
date: {created: 2025-07-08, updated: 2025-07-09T10:00:00+02:00}
categories: [Statik]
tags: [C++]
---
# $x$ and more

A [link](cables.md), an ![image](../../assets/monogram.svg) and $a < b$.

<!-- more -->

```mermaid
flowchart LR
  accTitle: From A to B
  A --> B
```
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = persona.copy(tmp_path_factory.mktemp("feeds") / "project")
    (root / "docs/notes/posts/formula.md").write_text(POST, encoding="utf-8")
    (root / "docs/notes/posts/draft.md").write_text(
        POST.replace("tags: [C++]", "draft: true\nslug: a-draft"), encoding="utf-8"
    )
    built.build(root)
    return root


def read_entries(root: Path, path: str = "feeds/all.atom.xml") -> list[dict[str, str]]:
    read = feeds.parse_feed((root / "site" / path).read_bytes())
    return [{"id": entry["id"], "link": entry["link"], "title": entry["title"]} for entry in read["entries"]]


def test_all_feeds_are_valid(root: Path) -> None:
    paths = sorted((root / "site").rglob("*.atom.xml"))
    assert [path.relative_to(root / "site").as_posix() for path in paths] == [
        "feeds/all.atom.xml",
        "feeds/statik.atom.xml",
        "feeds/tag/cables.atom.xml",
        "feeds/tag/cpp.atom.xml",
        "feeds/tag/جسور.atom.xml",
    ]
    assert {path.name: feeds.find_atom_errors(path.read_bytes()) for path in paths} == {
        path.name: [] for path in paths
    }
    assert (
        feeds.find_json_feed_errors(json.loads((root / "site/feed.json").read_text(encoding="utf-8"))) == []
    )


def test_entry_has_the_whole_post(root: Path) -> None:
    item = json.loads((root / "site/feed.json").read_text(encoding="utf-8"))["items"][0]
    assert item["date_modified"] == "2025-07-09T10:00:00+02:00"
    content = item["content_html"]
    assert (
        '<a href="https://example.org/layla/notes/2025/04/05/why-a-cable-hangs-as-it-does/">link' in content
    )
    assert 'src="https://example.org/layla/assets/monogram.svg"' in content
    assert "<code>a &lt; b</code>" in content
    assert f'<a href="{item["url"]}">From A to B</a>' in content
    assert not {"math", "svg", "script", "h1"} & {part.split(">")[0] for part in content.split("<")}
    read = feeds.parse_feed((root / "site/feeds/all.atom.xml").read_bytes())["entries"][0]
    # feedparser writes empty elements in its own way.
    assert read["content"][0]["value"].replace(" />", ">") == content


def test_every_url_in_a_feed_is_a_file_of_the_site(root: Path) -> None:
    site = root / "site"
    urls = {link for path in site.rglob("*.atom.xml") for link in _urls(path)}
    assert len(urls) > 10
    for url in urls:
        path = unquote(urlsplit(url).path).removeprefix("/layla/")
        assert (site / path).is_file() or (site / path / "index.html").is_file(), url


def _urls(path: Path) -> set[str]:
    read = feeds.parse_feed(path.read_bytes())
    links = {link["href"] for part in (read["feed"], *read["entries"]) for link in part["links"]}
    for entry in read["entries"]:
        document = html.Document(entry["content"][0]["value"])
        links |= {
            *html.attribute_values(document, "a[href]", "href"),
            *html.attribute_values(document, "img", "src"),
        }
    return {link for link in links if link.startswith(URL)}


def test_every_page_links_to_the_feeds(root: Path) -> None:
    for page in (root / "site").rglob("*.html"):
        document = html.parse(page)
        if document.css("meta[http-equiv=refresh]"):
            continue  # A redirect.
        url = URL + page.relative_to(root / "site").as_posix().removesuffix("index.html")
        links = {
            urljoin(url, href) for href in html.attribute_values(document, "link[rel=alternate]", "href")
        }
        assert {f"{URL}feeds/all.atom.xml", f"{URL}feed.json"} <= links, page
        assert f"{URL}feeds/" in {
            urljoin(url, href) for href in html.attribute_values(document, "footer a", "href")
        }
    category = html.parse(root / "site/notes/category/statik/index.html")
    titles = list(html.attribute_values(category, "link[type='application/atom+xml']", "title"))
    assert [title.rpartition(": ")[2] for title in titles] == ["ليلى 王小明 Ørsted", "Statik"]
    listed = list(
        html.attribute_values(html.parse(root / "site/feeds/index.html"), "article a[type]", "href")
    )
    assert "tag/cpp.atom.xml" in listed
    assert len(listed) == 6


def test_feeds_have_no_drafts(root: Path) -> None:
    assert len(read_entries(root)) == 3
    assert read_entries(root, "feeds/tag/cpp.atom.xml") == read_entries(root)[:1]


def test_entry_ids_do_not_change_with_edits(root: Path, tmp_path: Path) -> None:
    edited = persona.copy(tmp_path / "project")
    posts = edited / "docs/notes/posts"
    (posts / "formula.md").write_text(
        POST.replace("# $x$ and more", "# Renamed").replace("A [", "Edited: a [").replace("07-08", "07-07"),
        encoding="utf-8",
    )
    cables = (posts / "cables.md").read_text(encoding="utf-8").replace("---\n", "---\nid: cables\n", 1)
    (posts / "cables.md").unlink()
    (posts / "moved").mkdir()
    (posts / "moved/ropes.md").write_text(cables, encoding="utf-8")
    (posts / "formula.md").write_text(
        (posts / "formula.md").read_text(encoding="utf-8").replace("cables.md", "moved/ropes.md"),
        encoding="utf-8",
    )
    # Nor with the URL of the site.
    settings = edited / "mkdocs.yml"
    moved = settings.read_text(encoding="utf-8").replace("https://example.org/", "http://example.com/new/")
    settings.write_text(moved, encoding="utf-8")
    built.build(edited)
    before, after = read_entries(root), read_entries(edited)
    assert after[0]["link"].startswith("http://example.com/new/")
    assert [entry["id"] for entry in after] == [entry["id"] for entry in before]
    assert after[0]["title"] == "Renamed"
    assert after[0]["link"] != before[0]["link"]


def test_options_move_and_shorten_feeds(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    settings = root / "mkdocs.yml"
    chosen = "all: atom.xml, tag: off, category: 'c/{category}.xml', json_feed: off, entries: 1"
    project.set_options(root, f"feeds: {{{chosen}}}")
    (root / "docs/feeds.md").write_text("# My own\n\n[All](atom.xml)\n", encoding="utf-8")
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("  - Vita", "  - feeds.md\n  - Vita"), encoding="utf-8"
    )
    site = built.build(root).site
    assert {path.name for path in site.rglob("*.xml")} == {"atom.xml", "statik.xml", "sitemap.xml"}
    assert len(read_entries(root, "atom.xml")) == len(read_entries(root, "c/statik.xml")) == 1
    assert not (site / "feed.json").exists()
    assert "My own" in (site / "feeds/index.html").read_text(encoding="utf-8")


def test_labels_that_share_a_feed_are_reported_with_their_place(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    post = POST.replace("tags: [C++]", "tags: [C, C++, '?']")
    (root / "docs/notes/posts/formula.md").write_text(post, encoding="utf-8")
    build = project.mkdocs(root, "build", "--strict")
    assert build.returncode == 1
    assert "docs/notes/posts/formula.md:4:16: tags[2]: '?' has no letter or digit for a URL." in build.stderr
    assert "Traceback" not in build.stderr
    assert "'C++'" not in build.stderr
