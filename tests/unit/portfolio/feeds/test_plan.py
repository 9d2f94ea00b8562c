"""Which feeds there are and where they stand; and what may be said of that in ``mkdocs.yml``."""

from pathlib import Path

import pytest

from portfolio.config import options
from portfolio.config.feed_options import Feeds
from portfolio.feeds import label_positions
from portfolio.feeds.plan import Labelled, Subject, plan

POSTS = [
    Labelled("new", ("B",), ("x", "y")),
    Labelled("mid", ("A", "B"), ("y",)),
    Labelled("old", (), ("x",)),
]


def slug(_: Subject, name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


def test_one_feed_for_all_and_one_for_each_name() -> None:
    planned, clashes = plan(POSTS, Feeds(), slug, "S")
    assert clashes == []
    assert {feed.path: feed.posts for feed in planned} == {
        "feeds/all.atom.xml": ("new", "mid", "old"), "feed.json": ("new", "mid", "old"),
        "feeds/a.atom.xml": ("mid",), "feeds/b.atom.xml": ("new", "mid"),
        "feeds/tag/x.atom.xml": ("new", "old"), "feeds/tag/y.atom.xml": ("new", "mid"),
    }  # fmt: skip
    assert [feed.title for feed in planned] == ["S", "S", "S: A", "S: B", "S: x", "S: y"]
    assert planned[1].media_type == "application/feed+json"


def test_feeds_are_as_long_and_as_many_as_is_said() -> None:
    planned, _ = plan(POSTS, Feeds(entries="2", category="off", tag="off"), slug)
    assert [(feed.path, len(feed.posts)) for feed in planned] == [("feeds/all.atom.xml", 2), ("feed.json", 2)]
    assert len(plan(POSTS, Feeds(entries="all"), slug)[0][0].posts) == 3


def test_names_that_share_an_address_are_told() -> None:
    posts = [Labelled("new", ("All",), ("?",))]
    planned, clashes = plan(posts, Feeds(), slug)
    assert [(clash.post, clash.subject, clash.message) for clash in clashes] == [
        (
            "new",
            "category",
            "'All' would have the same feed as all posts, feeds/all.atom.xml. Give one another name.",
        ),
        ("new", "tag", "'?' has no letter or digit to make an address of. Give it another name."),
    ]
    assert [feed.name for feed in planned] == ["", ""]


def test_tags_that_differ_only_in_signs_have_feeds_of_their_own() -> None:
    posts = [Labelled("new", (), ("C++", "c++", "C#", "A+B", "C!")), Labelled("old", (), ("C", "F#", "#x"))]
    planned, clashes = plan(posts, Feeds(category="off", json_feed="off"), slug)
    assert clashes == []
    assert {feed.name: feed.path.rpartition("/")[2].partition(".")[0] for feed in planned[1:]} == {
        "#x": "x", "A+B": "ab", "C": "c", "C!": "c-2", "C#": "csharp", "C++": "cpp", "F#": "fsharp",
        "c++": "cpp-2",
    }  # fmt: skip
    # A language of such a name keeps its feed, whichever others come.
    assert plan([Labelled("new", (), ("C++",))], Feeds(), slug)[0][-1].path == "feeds/tag/cpp.atom.xml"


def test_a_clash_is_placed_in_the_front_matter() -> None:
    text = "---\ndate: 2025-01-01\ntags:\n  - a\n  - 'C++'\n---\n"
    assert str(label_positions.problem("p.md", text, "tag", "C++", "why.")) == "p.md:5:5: tags[1]: why."
    assert str(label_positions.problem("p.md", text, "category", "x", "why.")) == "p.md:2:1: categories: why."


def written(folder: Path, feeds: str) -> tuple[Feeds, list[str]]:
    (folder / "mkdocs.yml").write_text(f"extra:\n  portfolio:\n    feeds: {{{feeds}}}\n")
    found, problems = options.read(folder / "mkdocs.yml", folder)
    return found.feeds, list(map(str, problems))


def test_settings_are_read(tmp_path: Path) -> None:
    read, problems = written(
        tmp_path, "all: atom.xml, tag: off, entries: all, id_base: 'https://old.example/'"
    )
    assert problems == []
    assert read == Feeds(all="atom.xml", tag="off", entries="all", id_base="https://old.example/")
    assert (read.tag, read.entries, read.category) == ("", 0, Feeds().category)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("al: x", "al: unknown key. Did you mean 'all'?"),
        ("all: /x.xml", "all: '/x.xml' is no address of a feed. Write a path of this site"),
        ("all: ../x.xml", "all: '../x.xml' is no address of a feed."),
        ("all: 'a{tag}'", "all: 'a{tag}' is no address of a feed."),
        ("tag: x.xml", "tag: 'x.xml' is no address of a feed. Write a path of this site "
                       "with {tag} in it, once, such as feeds/{tag}.atom.xml, or 'off'."),
        ("tag: 'x{'", "tag: 'x{' is no address of a feed."),
        ("entries: 0", "entries: '0' is no number of posts. Write a number from 1, or 'all'."),
        ("id_base: ''", "id_base: "),
    ],
    ids=range(8),
)  # fmt: skip
def test_mistakes_are_told_with_their_place(tmp_path: Path, setting: str, told: str) -> None:
    read, problems = written(tmp_path, setting)
    assert [
        problem[: len("mkdocs.yml:3:13: extra.portfolio.feeds.") + len(told)] for problem in problems
    ] == [f"mkdocs.yml:3:13: extra.portfolio.feeds.{told}"]
    assert read == Feeds()
