"""``python -m portfolio post``: from a title to a draft that passes every check."""

import json
import socket
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from portfolio.blog.new_post import PostRequestError, draft_post
from portfolio.cli import main
from portfolio.core.text import is_reserved, slugify_title
from portfolio.record.models import id_from
from portfolio.sources import posts
from tests.support import persona

DAY = date(2026, 1, 31)


def draft(
    title: str, series: str = "", categories: Sequence[str] = (), about: Sequence[str] = ()
) -> tuple[str, str]:
    return draft_post(
        title,
        DAY,
        series=series,
        categories=categories,
        about=about,
        authors=["me"],
        known={"role"},
        separator="<!-- more -->",
    )


def test_draft_contains_what_was_requested() -> None:
    slug, text = draft("What: I found", "On #1", ["Notes", "2026"], ["role"])
    assert slug == "what-i-found"
    assert text == (
        "---\ndate: 2026-01-31\ndraft: true\nslug: what-i-found\nauthors: [me]\ncategories: [Notes, '2026']\n"
        "tags: []\nseries: 'On #1'\nabout: [role]\ndescription:\n---\n\n# What: I found\n\n"
        "What it is about, in a sentence or two: lists of posts show this much.\n\n<!-- more -->\n\n"
    )


@given(st.text(max_size=40), st.text(max_size=20), st.lists(st.text(min_size=1, max_size=10), max_size=2))
def test_any_title_gives_valid_front_matter_or_an_error(
    title: str, series: str, categories: list[str]
) -> None:
    if not id_from(slugify_title(title)):
        with pytest.raises(PostRequestError, match="title"):
            draft(title, series, categories)
        return
    slug, text = draft(title, series, categories)
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["draft"] is True
    assert (front.get("series") or "", front["categories"]) == (
        " ".join(series.split()),
        [" ".join(name.split()) for name in categories],
    )
    _, post_read, problems = posts.read_post("p.md", text, Path(f"{slug}.md"))
    # Text that is only white space counts as none.
    assert post_read is not None
    assert {problem.field.partition("[")[0] for problem in problems} <= {"categories", "series"}
    assert post_read.slug == slug


# Without line breaks, and without characters that Markdown removes from every text.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
MARKUP = st.sampled_from(
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
def test_the_heading_reads_as_the_title(title: str) -> None:
    assert heading(title) == title


@given(st.lists(st.text(CHARACTERS, max_size=4) | MARKUP | MARKS, max_size=12).map("".join))
def test_the_heading_loses_no_character_of_the_title(title: str) -> None:
    title = " ".join(title.split())
    if id_from(slugify_title(title)) and not is_reserved(slugify_title(title)):
        assert heading(title) == title


def heading(title: str) -> str:
    """The heading of the page of a new post, by the extensions of the site that change text within a line."""
    text = draft(title)[1].partition("\n---\n")[2]
    mathematics = {"pymdownx.arithmatex": {"generic": True}}
    extensions = [
        "abbr", "attr_list", "footnotes", "md_in_html", "pymdownx.arithmatex", "pymdownx.inlinehilite",
        "pymdownx.superfences", "pymdownx.keys", "pymdownx.caret", "pymdownx.tilde", "pymdownx.mark",
    ]  # fmt: skip
    html = LexborHTMLParser(Markdown(extensions=extensions, extension_configs=mathematics).convert(text))
    heading = html.css_first("h1")
    assert heading is not None
    assert (heading.attributes, html.css("h1 *")) == ({}, [])
    return heading.text()


@pytest.fixture
def config(tmp_path: Path) -> str:
    return str(persona.copy(tmp_path / "p") / "mkdocs.yml")


def test_post_command_writes_a_draft_that_passes_the_check(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--category", "Statik", "--series", "Catenaries", "--about", "brücke"]
    assert main(["post", "--config", config, "--title", "दिल्ली & back", *options, "--port", "9000"]) == 0
    name, address = capsys.readouterr().out.splitlines()
    assert name == "docs/notes/posts/दिल्ली-back.md"
    assert address.startswith("http://127.0.0.1:9000/layla/notes/2")
    text = Path(config).with_name(name.partition("/")[0]).joinpath("notes/posts/दिल्ली-back.md").read_text()
    assert "authors: [layla]\ncategories: [Statik]\ntags: []\nseries: Catenaries\nabout: [brücke]" in text
    assert main(["check", "--config", config]) == 0
    assert f"Drafts, not published:\n  {name}\n" in capsys.readouterr().out


def test_post_command_prints_the_port_of_the_running_preview(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Path(config).with_name(".cache") / "serve.json"
    running.parent.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        running.write_text(json.dumps({"pid": 1, "port": port}))
        assert main(["post", "--config", config, "--title", "One"]) == 0
    assert f"http://127.0.0.1:{port}/" in capsys.readouterr().out
    # It has ended.
    assert main(["post", "--config", config, "--title", "Two"]) == 0
    assert "http://127.0.0.1:8000/" in capsys.readouterr().out


def test_post_command_overwrites_no_file(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = Path(config).with_name("docs") / "notes/posts/cables.md"
    before = there.read_bytes()
    assert main(["post", "--config", config, "--title", "Cables"]) == 1
    assert there.read_bytes() == before
    assert capsys.readouterr().err.startswith("docs/notes/posts/cables.md already exists.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], 'a post needs a title: make post TITLE="What I found".'),
        (["--title", "?!"], "the title '?!' has no letter or digit to make a URL from."),
        (["--title", "Index!"], "the URL 'index' is that of the folder's own page."),
        (["--title", "x", "--about", "brucke"], "there is no 'brucke' in the record. Did you mean 'brücke'?"),
        (["--title", "x", "--category", "statik"], "there is no category 'statik'. Did you mean 'Statik'?"),
        (["--title", "x", "--category", "News"], "there is no category 'News'. There are "),
        (["--title", "Brücke"], "the id 'brücke' is already used in docs/data/career.yml:"),
    ],
)
def test_post_command_prints_an_error_on_one_line(
    config: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["post", "--config", config, *words]) == 1
    output = capsys.readouterr()
    assert (output.out, len(output.err.splitlines())) == ("", 1)
    assert output.err.startswith(message)


def test_post_command_needs_a_blog(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: T\n")
    assert main(["post", "--config", str(tmp_path / "mkdocs.yml"), "--title", "x"]) == 1
    assert capsys.readouterr().err == "mkdocs.yml does not use the blog plugin. Add it to 'plugins'.\n"
