"""``python -m portfolio post``: from a title to a draft that every check accepts."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from portfolio.__main__ import main
from portfolio.blog import new_post
from portfolio.blog.new_post import NoPostError, Wish
from portfolio.core.text import is_reserved, slugify_title
from portfolio.record.models import id_from
from portfolio.sources import posts
from tests.support import persona

DAY = date(2026, 1, 31)


def begin(wish: Wish) -> new_post.NewPost:
    return new_post.begin(wish, DAY, authors=["me"], known={"role"}, separator="<!-- more -->")


def test_a_new_post_has_what_is_asked_for_and_no_more() -> None:
    post = begin(Wish("What: I found", "On #1", ("Notes", "2026"), ("role",)))
    assert post.name == "what-i-found.md"
    assert post.text == (
        "---\ndate: 2026-01-31\ndraft: true\nslug: what-i-found\nauthors: [me]\ncategories: [Notes, '2026']\n"
        "tags: []\nseries: 'On #1'\nabout: [role]\ndescription:\n---\n\n# What: I found\n\n"
        "What it is about, in a sentence or two: this much stands in the lists.\n\n<!-- more -->\n\n"
    )


@given(st.text(max_size=40), st.text(max_size=20), st.lists(st.text(min_size=1, max_size=10), max_size=2))
def test_any_title_gives_sound_front_matter_or_a_reason(
    title: str, series: str, categories: list[str]
) -> None:
    wish = Wish(title, series.strip(), tuple(categories))
    if not id_from(slugify_title(title)):
        with pytest.raises(NoPostError, match="title"):
            begin(wish)
        return
    post = begin(wish)
    front = yaml.safe_load(post.text.split("---\n")[1])
    assert front["draft"] is True
    assert (front.get("series") or "", front["categories"]) == (
        " ".join(series.split()),
        [" ".join(name.split()) for name in categories],
    )
    _, made, problems = posts.read("p.md", post.text, Path(post.name))
    # Words of white space alone are no words, wherever they stand.
    assert made is not None
    assert {problem.field.partition("[")[0] for problem in problems} <= {"categories", "series"}
    assert made.slug == post.slug


# What a title cannot have on one line, and what Markdown takes out of every text.
SIGNS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
MEANT = st.sampled_from(
    ["<b>", "</b>", "<!--", "&lt;", "&#35;", "{#a}", "{: .a }", "[a](b)", "[@a]", "![", "a"]
)
MARKS = st.sampled_from([*"\\`*_{}[]()<>#+-!$^~=&\"':|", "**", "==", "++", "$x$", "\\(", "1. ", " "])


@pytest.mark.parametrize(
    "title",
    [
        'He said "hi" & it\'s <b>',
        "[link] {x} *em* `code` $x$ &amp; &copy;",
        "A \\ back, and one at the end \\",
        "Why Vec<T> is fast",
        "{: .no-class }",
        "snake_case, C++ and #",
    ],
)
def test_the_page_has_the_title_that_was_given(title: str) -> None:
    assert heading(title) == title


@given(st.lists(st.text(SIGNS, max_size=4) | MEANT | MARKS, max_size=12).map("".join))
def test_no_sign_of_a_title_is_lost(title: str) -> None:
    title = " ".join(title.split())
    if id_from(slugify_title(title)) and not is_reserved(slugify_title(title)):
        assert heading(title) == title


def heading(title: str) -> str:
    """The heading of the page of a new post, by the extensions of the site that change text within a line."""
    text = begin(Wish(title)).text.partition("\n---\n")[2]
    mathematics = {"pymdownx.arithmatex": {"generic": True}}
    extensions = [
        "abbr", "attr_list", "footnotes", "md_in_html", "pymdownx.arithmatex", "pymdownx.inlinehilite",
        "pymdownx.superfences", "pymdownx.keys", "pymdownx.caret", "pymdownx.tilde", "pymdownx.mark",
    ]  # fmt: skip
    html = LexborHTMLParser(Markdown(extensions=extensions, extension_configs=mathematics).convert(text))
    found = html.css_first("h1")
    assert found is not None
    assert (found.attributes, html.css("h1 *")) == ({}, [])
    return found.text()


@pytest.fixture
def config(tmp_path: Path) -> str:
    return str(persona.copy(tmp_path / "p") / "mkdocs.yml")


def test_it_is_where_the_blog_is_and_passes_the_check(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given_words = ["--category", "Statik, New", "--series", "Catenaries", "--about", "brücke"]
    assert main(["post", "--config", config, "--title", "दिल्ली & back", *given_words, "--port", "9000"]) == 0
    name, address = capsys.readouterr().out.splitlines()
    assert name == "docs/notes/posts/दिल्ली-back.md"
    assert address.startswith("http://127.0.0.1:9000/layla/notes/2")
    text = Path(config).with_name(name.partition("/")[0]).joinpath("notes/posts/दिल्ली-back.md").read_text()
    assert (
        "authors: [layla]\ncategories: [Statik, New]\ntags: []\nseries: Catenaries\nabout: [brücke]" in text
    )
    assert main(["check", "--config", config]) == 0
    assert f"Drafts, which no build shows:\n  {name}\n" in capsys.readouterr().out


def test_it_overwrites_nothing(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = Path(config).with_name("docs") / "notes/posts/cables.md"
    before = there.read_bytes()
    assert main(["post", "--config", config, "--title", "Cables"]) == 1
    assert there.read_bytes() == before
    assert capsys.readouterr().err.startswith(
        "docs/notes/posts/cables.md is there already, and stays as it is."
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], 'a post needs a title: make post TITLE="What I found".'),
        (["--title", "?!"], "the title '?!' has no letter and no digit"),
        (["--title", "Index!"], "the address 'index' is that of the page above it."),
        (["--title", "x", "--about", "brucke"], "there is no 'brucke' in the record. Did you mean 'brücke'?"),
        (["--title", "Brücke"], "the id 'brücke' is taken by docs/data/career.yml:"),
    ],
)
def test_what_cannot_be_begun_is_one_line(
    config: str, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["post", "--config", config, *words]) == 1
    output = capsys.readouterr()
    assert (output.out, len(output.err.splitlines())) == ("", 1)
    assert output.err.startswith(told)


def test_without_a_blog_there_is_no_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: T\n")
    assert main(["post", "--config", str(tmp_path / "mkdocs.yml"), "--title", "x"]) == 1
    assert (
        capsys.readouterr().err
        == "mkdocs.yml has no blog among its plugins, and a post would have no place.\n"
    )
