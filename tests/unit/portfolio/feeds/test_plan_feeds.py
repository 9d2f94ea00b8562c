"""Which feeds a site has, and the options for them in ``mkdocs.yml``."""

from pathlib import Path

import pytest

from portfolio.config import FeedOptions, load_options
from portfolio.feeds.feeds import FeedClash, LabelledPost, Subject, clash_diagnostic, plan_feeds

POSTS = [
    LabelledPost("new", ("B",), ("x", "y")),
    LabelledPost("mid", ("A", "B"), ("y",)),
    LabelledPost("old", (), ("x",)),
]


def slug(_: Subject, name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def test_plan_feeds_has_one_feed_for_all_and_one_for_each_label() -> None:
    planned, clashes = plan_feeds(POSTS, FeedOptions(), slug, "S")
    assert clashes == []
    assert {feed.path: feed.posts for feed in planned} == {
        "feeds/all.atom.xml": ("new", "mid", "old"), "feed.json": ("new", "mid", "old"),
        "feeds/a.atom.xml": ("mid",), "feeds/b.atom.xml": ("new", "mid"),
        "feeds/tag/x.atom.xml": ("new", "old"), "feeds/tag/y.atom.xml": ("new", "mid"),
    }  # fmt: skip
    assert [feed.title for feed in planned] == ["S", "S", "S: A", "S: B", "S: x", "S: y"]
    assert planned[1].media_type == "application/feed+json"


def test_plan_feeds_follows_the_options() -> None:
    planned, _ = plan_feeds(POSTS, FeedOptions(entries="2", category="off", tag="off"), slug)
    assert [(feed.path, len(feed.posts)) for feed in planned] == [("feeds/all.atom.xml", 2), ("feed.json", 2)]
    assert len(plan_feeds(POSTS, FeedOptions(entries="all"), slug)[0][0].posts) == 3


def test_plan_feeds_reports_labels_without_a_path_of_their_own() -> None:
    posts = [LabelledPost("new", ("All",), ("?",))]
    planned, clashes = plan_feeds(posts, FeedOptions(), slug)
    assert [(clash.post, clash.code, clash.message, clash.hint) for clash in clashes] == [
        (
            "new",
            "feeds.same-path",
            "'All' would have the same feed as all posts, feeds/all.atom.xml.",
            "Rename one of them.",
        ),
        ("new", "feeds.no-slug", "'?' has no letter or digit for a URL.", "Choose another name."),
    ]
    assert [feed.name for feed in planned] == ["", ""]


def test_tags_that_differ_only_in_punctuation_have_feeds_of_their_own() -> None:
    posts = [
        LabelledPost("new", (), ("C++", "c++", "C#", "A+B", "C!")),
        LabelledPost("old", (), ("C", "F#", "#x")),
    ]
    planned, clashes = plan_feeds(posts, FeedOptions(category="off", json_feed="off"), slug)
    assert clashes == []
    assert {feed.name: feed.path.rpartition("/")[2].partition(".")[0] for feed in planned[1:]} == {
        "#x": "x", "A+B": "ab", "C": "c", "C!": "c-2", "C#": "csharp", "C++": "cpp", "F#": "fsharp",
        "c++": "cpp-2",
    }  # fmt: skip
    # A language of such a name keeps its feed, whichever others come.
    assert (
        plan_feeds([LabelledPost("new", (), ("C++",))], FeedOptions(), slug)[0][-1].path
        == "feeds/tag/cpp.atom.xml"
    )


def test_clash_diagnostic_points_into_the_front_matter() -> None:
    text = "---\ndate: 2025-01-01\ntags:\n  - a\n  - 'C++'\n---\n"
    clash = FeedClash("p.md", "tag", "C++", "same path.", "Rename it.", "feeds.same-path")
    diagnostic = clash_diagnostic("p.md", text, clash)
    assert str(diagnostic) == "p.md:5:5: tags[1]: same path. Rename it."
    assert diagnostic.code == "feeds.same-path"
    clash = FeedClash("p.md", "category", "x", "same path.", "", "feeds.same-path")
    assert str(clash_diagnostic("p.md", text, clash)) == "p.md:2:1: categories: same path."


def written(folder: Path, feeds: str) -> tuple[FeedOptions, list[str]]:
    (folder / "mkdocs.yml").write_text(f"extra:\n  portfolio:\n    feeds: {{{feeds}}}\n")
    found, problems = load_options(folder / "mkdocs.yml", folder)
    return found.feeds, list(map(str, problems))


def test_options_are_read(tmp_path: Path) -> None:
    read, problems = written(
        tmp_path, "all: atom.xml, tag: off, entries: all, id_base: 'https://old.example/'"
    )
    assert problems == []
    assert read == FeedOptions(all="atom.xml", tag="off", entries="all", id_base="https://old.example/")
    assert (read.tag, read.entries, read.category) == ("", 0, FeedOptions().category)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("al: x", "al: unknown key. Did you mean 'all'?"),
        ("all: /x.xml", "all: '/x.xml' is not the path of a feed. Write a path of this site"),
        ("all: ../x.xml", "all: '../x.xml' is not the path of a feed."),
        ("all: 'a{tag}'", "all: 'a{tag}' is not the path of a feed."),
        ("tag: x.xml", "tag: 'x.xml' is not the path of a feed. Write a path of this site "
                       "that contains {tag} once, such as feeds/{tag}.atom.xml, or 'off'."),
        ("tag: 'x{'", "tag: 'x{' is not the path of a feed."),
        ("entries: 0", "entries: '0' is not a number of posts. Write a number from 1, or 'all'."),
        ("id_base: ''", "id_base: "),
    ],
    ids=range(8),
)  # fmt: skip
def test_invalid_options_are_reported_with_their_place(tmp_path: Path, setting: str, expected: str) -> None:
    read, problems = written(tmp_path, setting)
    assert [
        problem[: len("mkdocs.yml:3:13: extra.portfolio.feeds.") + len(expected)] for problem in problems
    ] == [f"mkdocs.yml:3:13: extra.portfolio.feeds.{expected}"]
    assert read == FeedOptions()
