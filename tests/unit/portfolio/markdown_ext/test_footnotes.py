"""Footnotes without a reference, references without a footnote, and names that are used twice."""

import pytest

from portfolio.markdown_ext.render_errors import to_diagnostics
from tests.support import converting

NO_FOOTNOTE = "there is no footnote '[^typo]'."
WRITE = "Add a line such as '[^typo]: Text.', or write \\[ for a bracket."


def lines(text: str) -> list[str]:
    converted = converting.conversions().convert("a.md", text)
    return [str(diagnostic) for diagnostic in to_diagnostics(converted.errors, text, "a.md")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Text.[^typo]", f"1:6: footnote: {NO_FOOTNOTE} {WRITE}"),
        ("- a\n- b [^typo]", f"2:5: footnote: {NO_FOOTNOTE} {WRITE}"),
        (
            "Text.[^1]\n\n[^1]: One.\n[^2]: Two.",
            "4:1: footnote: nothing refers to the footnote '[^2]'. Write [^2] in the text where it belongs, "
            "or remove it.",
        ),
        (
            "Text.[^1]\n\n[^1]: One.\n\n[^1]: Two.",
            "3:1: footnote: '[^1]' is defined twice. Give each footnote its own name.",
        ),
        (
            "Text.[^on] a[^one]\n\n[^one]: Text.",
            "1:6: footnote: there is no footnote '[^on]'. Did you mean '[^one]'?",
        ),
        (
            "Text.[^noet]\n\n[^note]: Text.",
            "1:6: footnote: there is no footnote '[^noet]'. Did you mean '[^note]'?",
        ),
    ],
)
def test_a_wrong_footnote_has_one_diagnostic(text: str, message: str) -> None:
    assert lines(text) == [f"a.md:{message}"]


@pytest.mark.parametrize(
    "text",
    [
        "Text.[^1] and[^1]\n\n[^1]: One.\n\n    More.",
        "`[^typo]` and \\[^typo] and $[^typo]$",
        "```\n[^typo]\n[^1]: a\n[^1]: b\n```",
        "Text.[^1]\n\n[^1]: One.[^2]\n\n[^2]: Two.",
    ],
)
def test_footnotes_that_work_have_none(text: str) -> None:
    assert lines(text) == []
