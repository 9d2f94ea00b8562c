"""Tests of `portfolio.markdown_ext.site_markdown`."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.converters import create_converter

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


@settings(max_examples=60)
@given(st.lists(st.tuples(_TEXTS, st.sampled_from(["en", "de", "ar"])), min_size=2, max_size=3))
def test_a_converter_that_was_reset_converts_like_a_new_one(pages: list[tuple[str, str]]) -> None:
    used: list[str] = []
    languages = [""]
    md = create_converter(lambda: languages[-1])
    for text, language in pages:
        languages.append(language)
        used.append(md.reset().convert(text))
    fresh = [create_converter(partial(str, language)).convert(text) for text, language in pages]
    assert used == fresh
