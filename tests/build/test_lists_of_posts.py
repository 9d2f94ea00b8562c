"""Lists of posts, in a build with titles in several scripts."""

from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest

from portfolio.blog import new_post
from tests.build.test_problems import serving
from tests.support import built, html, persona, small_site
from tests.support.built import Built

TITLE = 'Why Vec<T> & "x" \\ {y} *hold* snake_case'
_POST = "---\ndate: 2026-01-0{day}\ncategories: [Statik]\n{front}---\n\n# {title}\n\nWords, $x$.\n\n{text}\n"
# Browsers percent-encode characters in URLs.
_SET_UP = (
    "## Setup\n\nWords.[^1]\n\n<!-- more -->\n\n[up](#setup), [אחת](#אחת), [one](#%D7%90%D7%97%D7%AA)\n\n"
    "## אחת\n\n[^1]: A note."
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = persona.copy(tmp_path_factory.mktemp("lists") / "project")
    posts = root / "docs/notes/posts"
    for day, (title, front) in enumerate(
        [("שלום עולם", ""), ("日本語", "series: Lonely\ntags: [Zinc, alloys]\n")], start=1
    ):
        text = _POST.format(day=day, title=title, front=front, text=_SET_UP)
        (posts / f"{day}.md").write_text(text, encoding="utf-8")
    slug, text = new_post.draft_post(
        TITLE, date(2026, 1, 3), categories=["Statik"], separator="<!-- more -->"
    )
    text = text.replace("draft: true", "draft: false")
    (posts / f"{slug}.md").write_text(text, encoding="utf-8")
    return built.build(root)


def post(site: Built, name: str) -> html.Document:
    (path,) = (page for page in site.pages if name in unquote(page))
    return site.page(path)


@pytest.mark.parametrize(
    "own", ["", "categories_slugify: !!python/name:markdown.extensions.toc.slugify"], ids=["default", "own"]
)
def test_server_reports_labels_that_share_a_feed_once(tmp_path: Path, own: str) -> None:
    root = persona.copy(tmp_path / "project")
    text = _POST.format(day=1, title="C", front="", text="<!-- more -->")
    path = root / "docs/notes/posts/c.md"
    path.write_text(text.replace("[Statik]", "[Statik, A B, A-B]"), encoding="utf-8")
    settings = root / "mkdocs.yml"
    blog = f"      blog_dir: notes\n      {own}\n"
    settings.write_text(settings.read_text(encoding="utf-8").replace("      blog_dir: notes\n", blog))
    with serving(root) as server:
        server.wait_for("The build failed")
        log = server.log.read_text(encoding="utf-8")
    (line,) = (line for line in log.splitlines() if "same feed" in line)
    assert "no letter or digit" not in log
    assert line.startswith("ERROR")
    assert "docs/notes/posts/c.md:3:27: categories[2]: 'A-B' would have the same feed as" in line


def test_ids_are_unique_on_each_page(site: Built) -> None:
    for path in site.pages:
        ids = Counter(element.attributes["id"] for element in site.page(path).css("[id]"))
        assert [id for id, count in ids.items() if count > 1] == [], path


def test_tags_are_sorted_as_people_sort_them(site: Built) -> None:
    page = site.page("notes/tags/")
    assert [node.text() for node in page.css(".tag-index a")] == ["alloys", "cables", "Zinc", "جسور"]


def test_ids_of_headings_are_their_words(site: Built) -> None:
    page = post(site, "שלום")
    assert [element.attributes["id"] for element in page.css("article h1, article h2[id]:not([id^=__])")][
        :3
    ] == [
        "שלום-עולם",
        "setup",
        "אחת",
    ]


def test_series_of_one_post_is_not_on_its_page(site: Built) -> None:
    page = post(site, "日本語")
    assert page.css(".series") == []
    assert "Lonely" not in page.text()


def test_new_post_has_its_title_everywhere(site: Built) -> None:
    title_text = TITLE.replace(' "x"', " “x”")
    page = post(site, "why-vect")
    (heading,) = page.css("article h1")
    (title,) = page.css("title")
    assert heading.text(deep=False).strip() == title_text
    assert title.text().startswith(title_text)
    assert title_text in site.page("notes/").text()
    assert (
        f"<title>{title_text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</title>"
        in site.read("feeds/all.atom.xml")
    )


def test_pages_and_lists_with_formulas_load_their_font(site: Built) -> None:
    texts = {page: site.file(page).read_text(encoding="utf-8") for page in site.pages}
    with_formulas = {page for page, text in texts.items() if "<math" in text}
    assert "notes/" in with_formulas
    assert {page for page, text in texts.items() if "stylesheets/math." in text} == with_formulas


def write_posts(numbers: range) -> dict[str, str]:
    """Return posts of two years, the first of an earlier one, with a tag that ten of them have."""
    return {
        f"docs/musings/posts/{number}.md": (
            f"---\ndate: {2020 + number % 2 - (not number)}-01-{1 + number // 2:02}\ncategories: [Steel]\n"
            f"tags: [{'beams' if number < 10 else 'rivets'}]\n{'pin: true' if number == 4 else ''}\n---\n"
            f"# Post {number}\n\nThe *first* words.[^1]\n\n<!-- more -->\n\nMore.\n\n[^1]: A note.\n"
        )
        for number in numbers
    }


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Thirty posts, besides the one that the small site has."""
    root = small_site.create(tmp_path_factory.mktemp("large") / "site", write_posts(range(30)))
    return built.build(root)


def test_the_archive_lists_all_posts_by_year(large: Built) -> None:
    page = large.page("musings/archive/")
    years = {
        str(section.css("h2")[0].attributes["id"]): [link.text() for link in section.css("li a")]
        for section in page.css(".by-year")
    }
    assert list(years) == sorted(years, reverse=True)
    assert years["2021"] == [f"Post {number}" for number in range(29, 0, -2)]
    assert years["2020"] == [f"Post {number}" for number in range(28, 0, -2)]
    assert years["2019"] == ["Post 0"]
    assert [link.attributes["href"] for link in page.css(".jump a")] == [f"#{year}" for year in years]
    # A link to a month leads to its newest post.
    assert page.css("[id='2021-01'] a")[0].text() == "Post 29"
    assert not any("archive/2" in path for path in large.pages)


def test_a_list_has_the_first_words_of_its_posts_and_leads_to_the_others(large: Built) -> None:
    page = large.page("musings/page/2/")
    posts = page.css(".post")
    assert len(posts) == 10
    assert {post.css("p")[0].html for post in posts[:5]} == {"<p>The <em>first</em> words.</p>"}
    assert [link.text() for link in page.css(".pagination a")] == ["Newer posts", "Older posts"]
    assert page.css(".pagination span")[0].text() == "Page 2 of 4"
    lists = {link.text(): link.attributes["href"] for link in page.css(".lists a")}
    assert lists == {
        "All posts": "../../",
        "Notes": "../../category/notes/",
        "Steel": "../../category/steel/",
        "Archive": "../../archive/",
        "Tags": "../../tags/",
        "Feeds": "../../../feeds/",
    }
    first = large.page("musings/").css(".post")[0]
    assert "Post 4" in first.text()
    assert "Pinned" in first.text()


def test_each_tag_has_its_posts_newest_first(large: Built) -> None:
    page = large.page("musings/tags/")
    index = [" ".join(item.text().split()) for item in page.css(".tag-index li")]
    assert {"beams 10", "rivets 20"} < {*index}
    (beams,) = (section for section in page.css(".tagged") if section.css("[id='tag:beams']"))
    newest_first = [link.text() for link in beams.css("li a")]
    assert newest_first == [f"Post {number}" for number in (9, 7, 5, 3, 1, 8, 6, 4, 2, 0)]
    assert beams.css("time")[0].text() == "2021"


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Ten posts with more than thirty tags each: a long list. One tag is named as the file of the list."""
    tags = ", ".join(["index", "Größe", *(f"tag {number}" for number in range(30))])
    posts = {
        path: text.replace("tags: [", f"tags: [{tags}, ").replace("More.", "[Beams](../tags.md#tag:beams)")
        for path, text in write_posts(range(5, 15)).items()
    }
    return built.build(small_site.create(tmp_path_factory.mktemp("tagged") / "site", posts))


def test_a_long_list_of_tags_leads_to_a_page_for_each(tagged: Built) -> None:
    page = tagged.page("musings/tags/")
    (beams,) = page.css("[id='tag:beams']")
    assert " ".join(beams.text().split()) == "beams 5"
    assert [link.attributes["href"] for link in beams.css("a")] == ["beams/"]
    assert page.css(".tagged") == []
    assert {"musings/tags/index/", "musings/tags/größe/"} < {unquote(path) for path in tagged.pages}


def test_the_page_of_a_tag_has_its_posts_and_its_feed(tagged: Built) -> None:
    page = tagged.page("musings/tags/beams/")
    assert [link.text() for link in page.css(".tagged li a")] == [f"Post {n}" for n in (9, 7, 5, 8, 6)]
    feeds = [link.attributes["href"] for link in page.css("article a[type]")]
    assert feeds == ["../../../feeds/tag/beams.atom.xml"]
    assert "../" in {link.attributes["href"] for link in page.css(".lists a")}
    assert "/musings/tags/beams/</loc>" in tagged.read("sitemap.xml")
    # It has nothing that a search, or a program, would not find elsewhere.
    assert "tags/beams" not in tagged.read("llms.txt")


def test_the_tags_of_a_post_lead_to_their_pages(tagged: Built) -> None:
    links = {link.text(): link.attributes["href"] for link in post(tagged, "post-9").css(".tags a")}
    assert links["beams"] == "../../../../tags/beams/"
    assert unquote(links["Größe"] or "") == "../../../../tags/größe/"
