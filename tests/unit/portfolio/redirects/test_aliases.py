"""The plan of redirects, and the diagnostics of aliases."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.positions import load_yaml
from portfolio.redirects import url_paths
from portfolio.redirects.aliases import Alias, Inventory, Redirect, plan_redirects, read_settings
from tests.unit.portfolio.redirects.test_url_paths import PATHS

SITE = "https://example.org/"
SOURCES = {
    "index.md": "index.html",
    "about.md": "about/index.html",
    "blog/posts/a.md": "blog/2026/01/31/a/index.html",
    "blog/category/notes.md": "blog/category/notes/index.html",
    "blog/category/ml-systems.md": "blog/category/ml-systems/index.html",
    "tags.md": "tags/index.html",
    "images/a.png": "images/a.png",
}
NAMES = {"category": ("ml-systems", "notes"), "tag": ("data",), "year": ("2025", "2026"), "page": ("2",)}
INVENTORY = Inventory(
    SOURCES, {*SOURCES.values(), "feeds/all.atom.xml", "cv.pdf", "404.html", "sitemap.xml"}, NAMES
)


def in_front_matter(source: str, *paths: str) -> list[Alias]:
    document, problems = load_yaml(f"docs/{source}", f"aliases: {list(paths)}\n")
    assert problems == []
    return [
        Alias(path, source, document, ("aliases", index), in_front_matter=True)
        for index, path in enumerate(paths)
    ]


def plan(
    root: Path, settings: str, *aliases: Alias, inventory: Inventory = INVENTORY
) -> tuple[list[Redirect], list[str]]:
    lines = "".join(f"    {line}\n" for line in settings.splitlines())
    config = root / "mkdocs.yml"
    config.write_text(f"extra:\n  portfolio:\n{lines or '    {}'}", encoding="utf-8")
    declared, gone = read_settings(config)
    planned, problems = plan_redirects([*aliases, *declared], gone, inventory, SITE)
    return planned, [str(problem) for problem in problems]


def test_aliases_of_a_page_lead_to_it(tmp_path: Path) -> None:
    paths = "/posts/a.html", "/posts/b", "/old/dir/", "https://example.org/c.php", "/caf%C3%A9.html"
    planned, problems = plan(tmp_path, "", *in_front_matter("blog/posts/a.md", *paths))
    assert problems == []
    files = ["café.html", "c.php.html", "old/dir/index.html", "posts/a.html", "posts/b.html"]
    target = "blog/2026/01/31/a/index.html"
    assert planned == [Redirect(file, target, "", is_copy=False) for file in sorted(files)]


def test_aliases_of_settings_lead_to_pages_and_copy_other_files(tmp_path: Path) -> None:
    settings = """\
aliases:
  /archives.html: blog/category/notes.md
  /about.html: /about/
  /about-me: about
  /t.html: tags.md#tag:data
  /rss.xml: feeds/all.atom.xml
  /feed/: /feeds/all.atom.xml
  /img/a.png: images/a.png
  /home/: /
  /b.html: https://example.org/about/#part
"""
    planned, problems = plan(tmp_path, settings)
    assert problems == []
    assert planned == [
        Redirect("about-me.html", "about/index.html", "", is_copy=False),
        Redirect("about.html", "about/index.html", "", is_copy=False),
        Redirect("archives.html", "blog/category/notes/index.html", "", is_copy=False),
        Redirect("b.html", "about/index.html", "part", is_copy=False),
        Redirect("feed/index.html", "feeds/all.atom.xml", "", is_copy=True),
        Redirect("home/index.html", "index.html", "", is_copy=False),
        Redirect("img/a.png", "images/a.png", "", is_copy=True),
        Redirect("rss.xml", "feeds/all.atom.xml", "", is_copy=True),
        Redirect("t.html", "tags/index.html", "tag:data", is_copy=False),
    ]


def test_a_placeholder_stands_for_all_names(tmp_path: Path) -> None:
    settings = """\
aliases:
  /category/{category}.html: blog/category/{category}/
  /tag/{tag}.html: tags.md#tag:{tag}
  /{year}/{page}/: index.md
  /author/{author}.html: index.md
"""
    planned, problems = plan(tmp_path, settings)
    assert problems == []
    assert planned == [
        Redirect("2025/2/index.html", "index.html", "", is_copy=False),
        Redirect("2026/2/index.html", "index.html", "", is_copy=False),
        Redirect("category/ml-systems.html", "blog/category/ml-systems/index.html", "", is_copy=False),
        Redirect("category/notes.html", "blog/category/notes/index.html", "", is_copy=False),
        Redirect("tag/data.html", "tags/index.html", "tag:data", is_copy=False),
    ]


def test_a_placeholder_of_a_feed_stands_for_the_names_with_a_feed(tmp_path: Path) -> None:
    files = {*INVENTORY.files, "feeds/notes.atom.xml"}
    inventory = Inventory(SOURCES, files, NAMES)
    line = "aliases: {'/c/{category}.xml': 'feeds/{category}.atom.xml'}"
    planned, problems = plan(tmp_path, line, inventory=inventory)
    assert problems == []
    assert planned == [Redirect("c/notes.xml", "feeds/notes.atom.xml", "", is_copy=True)]
    _, problems = plan(tmp_path, line)
    assert problems == [
        "mkdocs.yml:3:15: extra.portfolio.aliases./c/{category}.xml: there is no 'feeds/ml-systems.atom.xml' "
        "on this site. Did you mean '/feeds/all.atom.xml'?"
    ]


def test_a_path_takes_precedence_over_a_placeholder(tmp_path: Path) -> None:
    settings = """\
aliases:
  /category/{category}.html: blog/category/{category}/
  /category/notes.html: about.md
  /feeds/{year}.xml: feeds/of-{year}.xml
  /feeds/2025.xml: feeds/all.atom.xml
  /feeds/2026.xml: feeds/all.atom.xml
"""
    aliases = in_front_matter("tags.md", "/category/ml-systems.html")
    planned, problems = plan(tmp_path, settings, *aliases)
    assert problems == []
    assert planned == [
        Redirect("category/ml-systems.html", "tags/index.html", "", is_copy=False),
        Redirect("category/notes.html", "about/index.html", "", is_copy=False),
        Redirect("feeds/2025.xml", "feeds/all.atom.xml", "", is_copy=True),
        Redirect("feeds/2026.xml", "feeds/all.atom.xml", "", is_copy=True),
    ]


def test_a_page_that_is_not_published_has_no_redirect(tmp_path: Path) -> None:
    assert plan(tmp_path, "", *in_front_matter("blog/posts/draft.md", "/draft.html")) == ([], [])


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        # Servers answer these with the folder of another page, and with a file.
        ("/tags", "'/tags' is the URL of tags.md. Remove it."),
        ("/cv.pdf", "'/cv.pdf' is the URL of cv.pdf. Remove it."),
        ("about.html", "'about.html' does not begin with '/'. Write '/about.html'."),
        (
            "/a.html?p=1",
            "'/a.html?p=1' has a query, which servers of static files ignore. "
            "Write the path without the query.",
        ),
        (
            "/a.html#b",
            "'/a.html#b' has a fragment, which servers of static files ignore. "
            "Write the path without the fragment.",
        ),
        (
            "https://b.example/a",
            "'https://b.example/a' is not a URL of this site. "
            "Write a path of this site, such as '/posts/a.html'.",
        ),
        ("/about/", "'/about/' is the URL of this page. Remove it."),
        ("/tags/index.html", "'/tags/index.html' is the URL of tags.md. Remove it."),
        (
            "/cv.pdf/a.html",
            "'/cv.pdf/a.html' is below '/cv.pdf', which is a file. Remove it: a file has no paths below it.",
        ),
        ("/404.html", "'/404.html' is the URL of 404.html. Remove it."),
        (
            "/About/",
            "'/About/' differs from '/about/index.html' only in case or in how accents are encoded. "
            "Remove one: macOS and Windows take both for one file.",
        ),
    ],
)
def test_an_alias_in_front_matter_that_cannot_be_written(tmp_path: Path, path: str, problem: str) -> None:
    planned, problems = plan(tmp_path, "", *in_front_matter("about.md", path))
    assert planned == []
    assert problems == [f"docs/about.md:1:11: aliases[0]: {problem}"]


def test_one_alias_of_two_pages(tmp_path: Path) -> None:
    first, second = in_front_matter("about.md", "/a.html"), in_front_matter("tags.md", "/a", "/A.html")
    settings = "aliases: {/a.html: index.md}"
    planned, problems = plan(tmp_path, settings, *first, *second)
    assert [redirect.target for redirect in planned] == ["about/index.html"]
    assert problems == [
        "docs/tags.md:1:11: aliases[0]: docs/about.md has the alias '/a', too. Remove one.",
        "docs/tags.md:1:17: aliases[1]: '/A.html' differs from '/a.html' only in case or in how accents are "
        "encoded. Remove one: macOS and Windows take both for one file.",
        "mkdocs.yml:3:15: extra.portfolio.aliases./a.html: docs/about.md has the alias '/a.html', too. "
        "Remove one.",
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/a.html: abuot.md", "there is no 'abuot.md' on this site. Did you mean 'about.md'?"),
        (
            "/a.html: zzz",
            "there is no 'zzz' on this site. Write a page such as 'index.md', or a path of this site.",
        ),
        (
            "/{category}/: blog/{category}/",
            "there is no 'blog/ml-systems/' on this site. Did you mean '/blog/category/ml-systems/'?",
        ),
        (
            "/a.html: https://b.example/",
            "'https://b.example/' is not a URL of this site. "
            "Write a path of this site, such as '/posts/a.html'.",
        ),
        (
            "/{catgory}.html: about.md",
            "there is no placeholder '{catgory}'. Did you mean 'category'? The placeholders are {category}, "
            "{tag}, {author}, {year} and {page}.",
        ),
        (
            "/tags.html: tags.md#tag:{tag}",
            "the old path '/tags.html' does not contain {tag}. Write the placeholder in both, or in neither.",
        ),
        (
            "/map.xml: sitemap.xml",
            "no alias can lead to 'sitemap.xml'. Write a page or another file of this site.",
        ),
        ("/a.html: /a.html", "this leads back to itself: '/a.html'. Write the page that answers today."),
    ],
)
def test_an_alias_in_settings_that_leads_nowhere(tmp_path: Path, line: str, problem: str) -> None:
    planned, problems = plan(tmp_path, f"aliases:\n  {line}")
    assert planned == []
    key = line.partition(": ")[0]
    assert problems == [f"mkdocs.yml:4:7: extra.portfolio.aliases.{key}: {problem}"]


def test_aliases_of_aliases(tmp_path: Path) -> None:
    settings = """\
aliases:
  /a.html: /b.html
  /b.html: about.md
  /c.html: /d.html
  /d.html: /c.html
  /e.html: /old/
"""
    planned, problems = plan(tmp_path, settings, *in_front_matter("tags.md", "/old/"))
    assert [redirect.file for redirect in planned] == ["b.html", "old/index.html"]
    assert problems == [
        "mkdocs.yml:4:7: extra.portfolio.aliases./a.html: '/b.html' is an alias, too. "
        "Write what that leads to: 'about.md'.",
        "mkdocs.yml:6:7: extra.portfolio.aliases./c.html: this leads back to itself: '/c.html', '/d.html'. "
        "Write the page that answers today.",
        "mkdocs.yml:7:7: extra.portfolio.aliases./d.html: this leads back to itself: '/d.html', '/c.html'. "
        "Write the page that answers today.",
        "mkdocs.yml:8:7: extra.portfolio.aliases./e.html: '/old/' is an alias, too. "
        "Write what that leads to: 'tags.md'.",
    ]


def test_two_spellings_with_one_file_are_one_redirect(tmp_path: Path) -> None:
    planned, problems = plan(tmp_path, "", *in_front_matter("about.md", "/a.html", "/a", "/a.html"))
    assert problems == []
    assert planned == [Redirect("a.html", "about/index.html", "", is_copy=False)]


def test_a_file_cannot_be_a_folder(tmp_path: Path) -> None:
    aliases = in_front_matter("about.md", "/x.html/y/", "/x.html", "/images.html", "/images.html/b.html")
    planned, problems = plan(tmp_path, "", *aliases)
    assert [redirect.file for redirect in planned] == ["images.html", "x.html/y/index.html"]
    assert problems == [
        "docs/about.md:1:25: aliases[1]: '/x.html' would be a file, and is a folder of this site. "
        "Write '/x.html/'.",
        "docs/about.md:1:52: aliases[3]: '/images.html/b.html' is below '/images.html', which is a file. "
        "Remove it: a file has no paths below it.",
    ]


def test_urls_that_are_gone(tmp_path: Path) -> None:
    settings = """\
aliases: {/a.html: about.md}
gone:
  /drafts/*: never meant for readers
  /b.html: its subject no longer exists
  /about/: it is still there
  /a: it is an alias
  /tags/#tag:old: nobody used it
  ../c: wrong
"""
    planned, problems = plan(tmp_path, settings)
    assert [redirect.file for redirect in planned] == ["a.html"]
    assert problems == [
        "mkdocs.yml:7:7: extra.portfolio.gone./about/: '/about/' is not gone: it is the URL of about.md. "
        "Remove it.",
        "mkdocs.yml:8:7: extra.portfolio.gone./a: '/a' is an alias, too. Remove one of them.",
        "mkdocs.yml:10:7: extra.portfolio.gone.../c: '../c' does not begin with '/'. Write '/../c'.",
    ]


def test_pages_that_are_unknown_are_not_reported(tmp_path: Path) -> None:
    inventory = Inventory(SOURCES, set(SOURCES.values()), NAMES, generated="blog")
    settings = "aliases: {/a.html: blog/category/x/, /b.html: gone.md}"
    _, problems = plan(tmp_path, settings, inventory=inventory)
    assert len(problems) == 1
    assert "there is no 'gone.md'" in problems[0]


@given(st.lists(PATHS, max_size=6))
def test_what_a_plan_writes_is_answered_and_replaces_nothing(paths: list[str]) -> None:
    document, _ = load_yaml("docs/about.md", "")
    # As a person pastes them from a browser.
    texts = [str(url_paths.UrlPath(path)) for path in paths]
    aliases = [
        Alias(text, "about.md", document, ("aliases", index), in_front_matter=True)
        for index, text in enumerate(texts)
    ]
    planned, problems = plan_redirects(aliases, [], INVENTORY, SITE)
    assert len(planned) + len(problems) <= len(paths)
    files = {redirect.file for redirect in planned}
    assert len({url_paths.fold_path(file) for file in files}) == len(planned)
    assert files.isdisjoint(INVENTORY.files)
    reported = {problem.field for problem in problems}
    for index, path in enumerate(paths):
        assert (url_paths.find_answer(path, files) is not None) or f"aliases[{index}]" in reported
