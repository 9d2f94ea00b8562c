"""Lines that are added to YAML files: nothing else changes, not even a comment."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer import settings_text

ALIASES = {"/tag/{tag}.html": "tags.md#tag:{tag}", "/feed.xml": "feeds/all.atom.xml"}
LINES = "/tag/{tag}.html: tags.md#tag:{tag}\n/feed.xml: feeds/all.atom.xml\n"


def indent(text: str, width: int) -> str:
    """Indent each line."""
    return "".join(f"{' ' * width}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1  # why\n", f"a: 1  # why\n\nextra:\n  portfolio:\n    aliases:\n{indent(LINES, 6)}"),
        ("a: 1", f"a: 1\n\nextra:\n  portfolio:\n    aliases:\n{indent(LINES, 6)}"),
        (
            "extra:\n  portfolio:\n    feeds: {all: a.xml}  # why\n  social: []\n",
            "extra:\n  portfolio:\n    feeds: {all: a.xml}  # why\n"
            f"    aliases:\n{indent(LINES, 6)}  social: []\n",
        ),
        (
            "extra:\n    portfolio:\n        aliases:\n            /a: b.md  # c\n\n# end\nb: !x y\n",
            f"extra:\n    portfolio:\n        aliases:\n            /a: b.md  # c\n{indent(LINES, 12)}"
            "\n# end\nb: !x y\n",
        ),
        (
            "extra:\n  portfolio:\n    aliases:  # why\n    macros: {}\n",
            f"extra:\n  portfolio:\n    aliases:  # why\n{indent(LINES, 6)}    macros: {{}}\n",
        ),
        ("extra:\nb: 1\n", f"extra:\n  portfolio:\n    aliases:\n{indent(LINES, 6)}b: 1\n"),
        (
            "extra:\n  generator: false\n",
            f"extra:\n  generator: false\n  portfolio:\n    aliases:\n{indent(LINES, 6)}",
        ),
    ],
)
def test_aliases_are_added_as_text(before: str, after: str) -> None:
    assert settings_text.add_aliases(before, ALIASES) == after


@pytest.mark.parametrize(
    "text",
    [
        "extra: {portfolio: {feeds: {}}}\n",
        "extra:\n  portfolio: 1\n",
        "extra: ''\n",
        "extra:\n  portfolio:\n    aliases:\n      /feed.xml: other.xml\n",
        "[not, a, mapping]\n",
        "a: [\n",
    ],
)
def test_what_cannot_be_inserted_changes_nothing(text: str) -> None:
    assert settings_text.add_aliases(text, ALIASES) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("not_in_nav: |\n  /a.md\n\n# end\n", "not_in_nav: |\n  /a.md\n  /b.md\n\n# end\n"),
        ("not_in_nav: |\n    /a.md", "not_in_nav: |\n    /a.md\n    /b.md\n"),
        ('not_in_nav: ""\nb: 1\n', "not_in_nav: |\n  /b.md\nb: 1\n"),
        ("not_in_nav: /a.md\nb: 1\n", "not_in_nav: |\n  /a.md\n  /b.md\nb: 1\n"),
        ("b: 1  # c\n", "b: 1  # c\n\nnot_in_nav: |\n  /b.md\n"),
    ],
)
def test_patterns_are_added_to_a_text(before: str, after: str) -> None:
    assert settings_text.add_lines(before, "not_in_nav", ["/b.md"]) == after


def test_authors_are_added_to_their_file() -> None:
    before = "# The authors\nauthors:\n  ada:\n    name: Ada  # a comment\n"
    lines = "grace:\n  name: Grace\n"
    assert settings_text.append_mapping(before, "authors", lines) == f"{before}{indent(lines, 2)}"
    assert settings_text.append_mapping("", "authors", lines) == f"authors:\n{indent(lines, 2)}"


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_any_aliases_are_read_back(aliases: dict[str, str]) -> None:
    before = "a: 1  # b\n\nextra:\n  portfolio:\n    time_zone: UTC  # c\n  social:\n    - {name: d}  # e\n"
    after = settings_text.add_aliases(before, aliases)
    if after is None:
        return  # YAML cannot write it.
    start, end = after.index("    aliases:"), after.index("\n  social:")
    assert yaml.safe_load(after[start:end])["aliases"] == aliases
    assert after[:start] + after[end + 1 :] == before
