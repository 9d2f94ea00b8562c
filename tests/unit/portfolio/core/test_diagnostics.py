"""Diagnostics: their line, the phrases of messages, and the registry of codes."""

import ast
import re
from collections.abc import Iterator

import pytest

from portfolio.core import diagnostics
from portfolio.core.diagnostics import CODES, Diagnostic
from tests.support import project

# Constants that have the form of a code.
FILE_NAMES = {
    "cv.html",
    "cv.pdf",
    "cv.yaml",
    "feeds.html",
    "feeds.md",
    "glossary.html",
    "glossary.yml",
    "html.parser",
    "profile.csv",
    "profile.yml",
}


def string_constants() -> Iterator[str]:
    """Yield every string constant under hooks/, except those of the registry."""
    for path in sorted((project.ROOT / "hooks").rglob("*.py")):
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "CODES":
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_codes_are_registered_and_used() -> None:
    areas = "|".join(sorted({code.partition(".")[0] for code in CODES}))
    code = re.compile(rf"(?:{areas})\.[a-z]+(?:-[a-z]+)*")
    assert {text for text in string_constants() if code.fullmatch(text)} - FILE_NAMES == CODES.keys()


def test_codes_are_sorted_and_have_an_example() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", code) for code in CODES)
    assert all(example == " ".join(example.split()) != "" for example in CODES.values())
    assert all(example.endswith(".") for example in CODES.values())


def test_a_diagnostic_is_a_single_line() -> None:
    problem = Diagnostic(
        "a.yml", 2, 3, "x", "'a\n b' is\twrong. ", " Did you mean\n'b'?", code="record.invalid-id"
    )
    assert str(problem) == "a.yml:2:3: x: 'a b' is wrong. Did you mean 'b'?"
    assert (problem.message, problem.hint) == ("'a b' is wrong.", "Did you mean 'b'?")
    assert str(Diagnostic("a.yml", 2, 3, "", "is wrong.", code="record.invalid-id")) == "a.yml:2:3: is wrong."


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ""),
        (("roles", 2, "end_date"), "roles[2].end_date"),
        ((0, "a"), "[0].a"),
        (("a", "b" * 90), f"a.{'b' * 79}…"),
    ],
)
def test_format_field_path(path: tuple[str | int, ...], expected: str) -> None:
    assert diagnostics.format_field_path(path) == expected


def test_a_diagnostic_has_no_controls() -> None:
    problem = Diagnostic("a.yml", 1, 1, "x\x07", "'\x1b[31m\u202e' is wrong.", "\0", code="record.invalid-id")
    assert str(problem) == "a.yml:1:1: x�: '�[31m�' is wrong. �"


def test_quote_shortens_long_values() -> None:
    assert diagnostics.quote("a" * 80) == f"'{'a' * 80}'"
    assert diagnostics.quote("a" * 81) == f"'{'a' * 79}…'"


def test_did_you_mean_ignores_case_and_distant_words() -> None:
    assert diagnostics.did_you_mean("POSITOIN", ["company", "position"]) == "Did you mean 'position'?"
    assert diagnostics.did_you_mean("xyz", ["company", "position"]) == ""


@pytest.mark.parametrize(
    ("word", "known", "match"),
    [
        ("talk.md", ["talks.md", "a.md"], "talks.md"),
        ("b.md", ["a.md"], None),
        ("data/a.md", ["a.md", "date/b.md"], "a.md"),
        ("pymdownx.superfence", ["pymdownx.superfences", "pymdownx.b64"], "pymdownx.superfences"),
    ],
)
def test_names_of_files_are_compared_without_their_suffix(
    word: str, known: list[str], match: str | None
) -> None:
    assert diagnostics.closest_match(word, known) == match


@pytest.mark.parametrize(
    ("name", "match"), [("descripton", "description"), ("tagz", "tags"), ("tag", None), ("owner_tags", None)]
)
def test_names_that_others_may_define_are_misspelled_only_if_nearly_equal(
    name: str, match: str | None
) -> None:
    assert diagnostics.find_misspelled(name, ["description", "tags"]) == match


@pytest.mark.parametrize(
    ("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_join_words(words: list[str], expected: str) -> None:
    assert diagnostics.join_words(words) == expected


def test_did_you_mean_names_a_difference_that_cannot_be_seen() -> None:
    composed, decomposed = "caf\u00e9.png", "cafe\u0301.png"
    hint = "only looks the same: its accented letters are {} each. Copy the name from there."
    assert diagnostics.did_you_mean(decomposed, ["caf\u00e92.png", composed]) == (
        f"'{composed}' {hint.format('one character (Unicode NFC)')}"
    )
    assert diagnostics.did_you_mean(composed, ["caf\u00e92.png", decomposed]) == (
        f"'{decomposed}' {hint.format('two characters (Unicode NFD)')}"
    )
