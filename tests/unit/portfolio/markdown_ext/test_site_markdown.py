"""Tests of `portfolio.markdown_ext.site_markdown`."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown

from portfolio.markdown_ext.site_markdown import Services, create_markdown
from portfolio.sources import mkdocs_yml
from tests.support import project

_NAMES, _OPTIONS = mkdocs_yml.read_markdown_extensions(project.ROOT / "mkdocs.yml")

# Notations with a state: of the text, of its numbers, or of what comes later.
_BLOCKS = st.sampled_from(
    [
        "# A",
        "## A",
        "- a\n- [x] b\n\n    c",
        "1. a\n2. b",
        "> [!NOTE]\n> a",
        "!!! note\n\n    a",
        "??? note",
        "```py\na = 1\n```",
        '```py linenums="1"',
        "    a\tb",
        "[^1] and [^2]\n\n[^1]: a",
        "[^2]: b",
        "HTML and CSS\n\n*[CSS]: Style",
        "[a][b]\n\n[b]: http://c.d",
        "[a][b]",
        "| a | b |\n| - | - |\n| c | d |",
        "/// caption\na\n///",
        "/// figure-caption\na",
        "<div markdown>\n\n*a*\n\n</div>",
        "<div markdown>",
        "<details>\n\na",
        "![a](b.png){ .c }",
        "$$\na \\label{b}\n$$",
        '"It\'s" *a **b* c** ^a ~b ==c',
        "a\n:   b",
        "[TOC]",
    ]
)
_TEXTS = st.lists(_BLOCKS, max_size=5).map("\n\n".join)


def _create_converter(languages: list[str]) -> Markdown:
    services = Services(
        root=Path(),
        report=lambda _: None,
        find_image=lambda _page, _url: None,
        get_page=lambda _: "page.md",
        finish=lambda _: None,
        find_title=lambda _: None,
        find_language=lambda _: languages[-1],
        glossary={"HTML": "HyperText Markup Language"},
    )
    return create_markdown(_NAMES, _OPTIONS, services)


@settings(max_examples=60)
@given(st.lists(st.tuples(_TEXTS, st.sampled_from(["en", "de", "ar"])), min_size=2, max_size=3))
def test_a_converter_that_was_reset_converts_like_a_new_one(pages: list[tuple[str, str]]) -> None:
    used: list[str] = []
    languages = [""]
    md = _create_converter(languages)
    for text, language in pages:
        languages.append(language)
        used.append(md.reset().convert(text))
    assert used == [_create_converter([language]).convert(text) for text, language in pages]
