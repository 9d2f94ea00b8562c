"""Which feeds a site has, and the options for them in ``mkdocs.yml``."""

from pathlib import Path

import pytest

from portfolio.config import FeedOptions, load_options
from portfolio.core.text import slugify_name
from portfolio.feeds.feeds import FeedClash, plan_feeds
from portfolio.record.models import Post
from portfolio.record.record import Origin
from portfolio.sources.posts import load_front_matter


def labelled(id: str, categories: tuple[str, ...], tags: tuple[str, ...]) -> tuple[Post, str]:
    return Post(id=id, path=f"{id}.md", categories=categories, tags=tags), id


POSTS = [
    labelled("new", ("B",), ("x", "y")),
    labelled("mid", ("A", "B"), ("y",)),
    labelled("old", (), ("x",)),
]


def slugify(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def test_plan_feeds_has_one_feed_for_all_and_one_for_each_label() -> None:
    planned, clashes = plan_feeds(POSTS, FeedOptions(), slugify, "S")
    assert clashes == []
    assert {feed.path: tuple(id for _, id in feed.posts) for feed in planned} == {
        "feeds/all.atom.xml": ("new", "mid", "old"), "feed.json": ("new", "mid", "old"),
        "feeds/a.atom.xml": ("mid",), "feeds/b.atom.xml": ("new", "mid"),
        "feeds/tag/x.atom.xml": ("new", "old"), "feeds/tag/y.atom.xml": ("new", "mid"),
    }  # fmt: skip
    assert [feed.title for feed in planned] == ["S", "S", "S: A", "S: B", "S: x", "S: y"]
    assert planned[1].media_type == "application/feed+json"


def test_plan_feeds_follows_the_options() -> None:
    planned, _ = plan_feeds(POSTS, FeedOptions(entries="2", category="off", tag="off"), slugify)
    assert [(feed.path, len(feed.posts)) for feed in planned] == [("feeds/all.atom.xml", 2), ("feed.json", 2)]
    assert len(plan_feeds(POSTS, FeedOptions(entries="all"), slugify)[0][0].posts) == 3


def diagnose(clash: FeedClash[str]) -> tuple[str, str]:
    diagnostic = clash.diagnose(Origin(load_front_matter("p.md", "")[0], ()))
    return diagnostic.code, f"{diagnostic.message} {diagnostic.hint}"


def test_plan_feeds_reports_labels_without_a_path_of_their_own() -> None:
    posts = [labelled("new", ("All",), ("?",))]
    planned, clashes = plan_feeds(posts, FeedOptions(), slugify)
    assert list(map(diagnose, clashes)) == [
        (
            "feeds.same-path",
            "'All' would have the same feed as all posts, feeds/all.atom.xml. Rename one of them.",
        ),
        ("feeds.no-slug", "'?' has no letter or digit for a URL. Choose another name."),
    ]
    assert [feed.name for feed in planned] == ["", ""]


def test_tags_that_differ_only_in_punctuation_have_feeds_of_their_own() -> None:
    posts = [
        labelled("new", (), ("C++", "c++", "C#", "A+B", "C!")),
        labelled("old", (), ("C", "F#", "#x")),
    ]
    planned, clashes = plan_feeds(posts, FeedOptions(category="off", json_feed="off"), slugify_name)
    assert clashes == []
    assert {feed.name: feed.path.rpartition("/")[2].partition(".")[0] for feed in planned[1:]} == {
        "#x": "x", "A+B": "ab", "C": "c", "C!": "c-2", "C#": "csharp", "C++": "cpp", "F#": "fsharp",
        "c++": "cpp-2",
    }  # fmt: skip
    # A language of such a name keeps its feed, whichever others come.
    assert (
        plan_feeds([labelled("new", (), ("C++",))], FeedOptions(), slugify_name)[0][-1].path
        == "feeds/tag/cpp.atom.xml"
    )


def test_clash_is_reported_at_the_name_in_the_front_matter() -> None:
    document, _ = load_front_matter("p.md", "---\ndate: 2025-01-01\ntags:\n  - a\n  - '?'\n---\n")
    _, (clash,) = plan_feeds([labelled("p", (), ("a", "?"))], FeedOptions(), slugify)
    diagnostic = clash.diagnose(Origin(document, ()))
    assert str(diagnostic) == "p.md:5:5: tags[1]: '?' has no letter or digit for a URL. Choose another name."


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
        ("all: of", "all: 'of' is not the path of a feed. Did you mean 'off'?"),
        ("tag: true", "tag: 'true' is not the path of a feed. Leave the key out: feeds are on by default."),
        ("entries: al", "entries: 'al' is not a number of posts. Did you mean 'all'?"),
        ("all: ../x.xml", "all: '../x.xml' is not the path of a feed."),
        ("all: 'a{tag}'", "all: 'a{tag}' is not the path of a feed."),
        ("tag: x.xml", "tag: 'x.xml' is not the path of a feed. Write a path of this site "
                       "that contains {tag} once, such as feeds/{tag}.atom.xml, or 'off'."),
        ("tag: 'x{'", "tag: 'x{' is not the path of a feed."),
        ("entries: 0", "entries: '0' is not a number of posts. Write a number from 1, or 'all'."),
        ("id_base: ''", "id_base: "),
    ],
    ids=range(11),
)  # fmt: skip
def test_invalid_options_are_reported_with_their_place(tmp_path: Path, setting: str, expected: str) -> None:
    read, problems = written(tmp_path, setting)
    assert [
        problem[: len("mkdocs.yml:3:13: extra.portfolio.feeds.") + len(expected)] for problem in problems
    ] == [f"mkdocs.yml:3:13: extra.portfolio.feeds.{expected}"]
    assert read == FeedOptions()
