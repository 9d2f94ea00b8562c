"""The newest posts in the sidebar, on a small site."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent
from urllib.parse import urljoin

import pytest

from tests.support import built, html, project

FIRST = date(2020, 1, 1)


def write_site(root: Path, days: Iterable[date], *, has_plugin: bool = True, folder: str = "notes") -> None:
    """Write a site whose blog has a post for each day, with the day in its title."""
    posts = root / "docs" / folder / "posts"
    posts.mkdir(parents=True)
    (root / "docs/index.md").write_text("# Home\n")
    (root / "docs/last.md").write_text("# Last\n")
    (root / "docs" / folder / "index.md").write_text("# All of them\n")
    for day in days:
        write_post(posts, day)
    options = "articles: 5, display-more-articles: false, display-article-date: false"
    entry = f"- /blog: {{folder: {folder}, {options}}}" if has_plugin else ""
    (root / "mkdocs.yml").write_text(
        dedent(
            f"""\
            site_name: A
            site_url: http://localhost/
            theme: {{name: material, font: false, features: [navigation.indexes, navigation.footer]}}
            nav: [Home: index.md, {folder.title()}: [{folder}/index.md], Last: last.md]
            plugins:
              - blog: {{blog_dir: {folder}, draft_if_future_date: true, archive_date_format: yyyy}}
              {entry}
            hooks: [{project.ROOT / "hooks/posts.py"}, {project.ROOT / "hooks/record.py"}]
            """
        )
    )


def write_post(posts: Path, day: date, draft: str = "") -> None:
    (posts / f"{day}.md").write_text(
        f"---\ndate: {day}\n{draft}\ncategories: [c]\n---\n# Post of {day}\n\nText.\n"
    )


def days(number: int) -> list[date]:
    return [FIRST + timedelta(days=10 * index) for index in range(number)]


def sidebar(page: Path) -> list[tuple[str, str]]:
    """Return the links of the navigation, as URLs and texts, in order."""
    links = html.parse(page).css("nav.md-nav--primary a.md-nav__link")
    return [(html.attribute_value(link, "href"), " ".join(link.text().split())) for link in links]


def list_posts(page: Path) -> list[str]:
    return [words for _, words in sidebar(page) if words.startswith("Post of")]


@pytest.fixture(scope="module")
def fifty_posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fifty")
    write_site(root, days(50))
    posts = root / "docs/notes/posts"
    write_post(posts, date(2021, 12, 1), "draft: true")
    write_post(posts, date(2999, 1, 1))
    return built.build(root).site


def test_sidebar_has_the_five_newest_posts_on_every_page(fifty_posts: Path) -> None:
    newest = [f"Post of {day}" for day in reversed(days(50)[-5:])]
    for page in ("index.html", "last/index.html", "notes/index.html", "notes/page/2/index.html"):
        assert list_posts(fifty_posts / page) == newest


def test_section_stays_in_place_with_its_index(fifty_posts: Path) -> None:
    words = [words for _, words in sidebar(fifty_posts / "last/index.html")]
    links = {words: url for url, words in sidebar(fifty_posts / "last/index.html")}
    assert [word for word in words if not word.startswith("Post of")] == [
        "Home", "Notes", "2021", "2020", "c", "Last",
    ]  # fmt: skip
    assert links["Notes"] == "../notes/"


def test_navigation_does_not_grow_with_posts(fifty_posts: Path, tmp_path: Path) -> None:
    write_site(tmp_path, [*days(1), *days(50)[-5:]])
    site = built.build(tmp_path).site
    assert sidebar(site / "last/index.html") == sidebar(fifty_posts / "last/index.html")


def test_each_post_links_to_the_next(fifty_posts: Path) -> None:
    url, titles = f"notes/{FIRST:%Y/%m/%d}/post-of-{FIRST}/", []
    while url:
        document = html.parse(fifty_posts / url / "index.html")
        titles.append("".join(heading.text(deep=False) for heading in document.css("h1")))
        following = "".join(html.attribute_values(document, "a.md-footer__link--next", "href"))
        url = urljoin(url, following) if following else ""
    assert titles == [f"Post of {day}" for day in days(50)]


def test_neighbours_are_equal_without_the_plugin(tmp_path: Path) -> None:
    def neighbours(site: Path) -> dict[str, list[str]]:
        return {
            str(page.relative_to(site)): list(
                html.attribute_values(html.parse(page), "a.md-footer__link", "href")
            )
            for page in site.rglob("*.html")
        }

    write_site(tmp_path / "with", days(12))
    write_site(tmp_path / "without", days(12), has_plugin=False)
    expected = neighbours(built.build(tmp_path / "without").site)
    assert sum(len(links) for links in expected.values()) > 20
    assert neighbours(built.build(tmp_path / "with").site) == expected


def test_drafts_and_future_posts_are_not_listed(fifty_posts: Path) -> None:
    names = {path.name for path in fifty_posts.rglob("*") if path.is_dir()}
    assert {f"post-of-{day}" for day in days(50)} <= names
    assert not {"post-of-2021-12-01", "post-of-2999-01-01"} & names
    for page in fifty_posts.rglob("*.html"):
        assert "Post of 2999" not in page.read_text()
        assert "Post of 2021-12-01" not in page.read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Essays: [Essays/index.md]", "Writing: [Essays/index.md]"),
        ("/blog: {folder: Essays,", "/blog: {folder: old,"),
    ],
)
def test_sidebar_lists_posts_whatever_the_label_of_the_section(tmp_path: Path, old: str, new: str) -> None:
    write_site(tmp_path, days(2), folder="Essays")
    settings = tmp_path / "mkdocs.yml"
    text = settings.read_text()
    assert old in text
    settings.write_text(text.replace(old, new))
    words = [words for _, words in sidebar(built.build(tmp_path).site / "last/index.html")]
    label = new.partition(":")[0] if "index.md" in new else "Essays"
    assert words == ["Home", label, "Post of 2020-01-11", "Post of 2020-01-01", "2020", "c", "Last"]


def test_sidebar_without_posts_lists_the_archive(tmp_path: Path) -> None:
    write_site(tmp_path, [])
    words = [words for _, words in sidebar(built.build(tmp_path).site / "last/index.html")]
    assert words == ["Home", "Notes", "Archive", "Last"]  # Material's archive, which is empty


def test_sidebar_without_the_plugin_lists_no_posts(tmp_path: Path) -> None:
    write_site(tmp_path, days(2), has_plugin=False)
    words = [words for _, words in sidebar(built.build(tmp_path).site / "last/index.html")]
    assert words == ["Home", "Notes", "2020", "c", "Last"]


def test_sidebar_without_the_section_lists_no_posts(tmp_path: Path) -> None:
    write_site(tmp_path, days(2))
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("Notes: [notes/index.md], ", ""))
    words = [words for _, words in sidebar(built.build(tmp_path).site / "last/index.html")]
    assert words == ["Home", "Last"]
