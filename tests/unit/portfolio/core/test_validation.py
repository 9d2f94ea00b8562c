"""Validation of plain data: single values in place of lists, and where their faults are."""

import json
from operator import attrgetter
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.config import CvOptions, PortfolioSettings
from portfolio.core.positions import load_yaml
from portfolio.core.validation import validate, validate_list
from portfolio.record.kinds import KINDS
from portfolio.record.models import Model, OwnSection, Role, Talk
from portfolio.record.people import ProfileDetails
from portfolio.sources.posts import FrontMatter

MODELS = [cast("type[Model]", kind.model) for kind in KINDS]
MODELS += [OwnSection, ProfileDetails, FrontMatter, PortfolioSettings]
ROLE = "id: a\ncompany: C\nposition: P\n"


def read(text: str) -> tuple[Any, list[str]]:
    document, problems = load_yaml("a.yml", ROLE + text)
    model, invalid = validate(Role, document, ())
    return model, [str(problem).partition("a.yml:")[2] for problem in [*problems, *invalid]]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("after: b", "after", ("b",)),
        ("after: 2019", "after", ("2019",)),
        ("evidence: [b]", "evidence", ("b",)),
        ("evidence:", "evidence", ()),
        ("highlights: Built A, B and C", "highlights", ("Built A, B and C",)),
        ("summary: 3.10", "summary", "3.10"),
        ("summary: yes", "summary", "yes"),
        ("summary: 2019-05-17", "summary", "2019-05-17"),
        ("summary: 0x1F", "summary", "0x1F"),
    ],
)
def test_single_values_and_scalars_are_what_the_author_wrote(text: str, field: str, value: object) -> None:
    model, problems = read(text)
    assert (getattr(model, field), problems) == (value, [])


@pytest.mark.parametrize(
    ("date", "text"),
    [
        ("2019", "2019"),
        ("2019-05-17", "2019-05-17"),
        ("[2019, 2020]", "[2019,2020]"),
        ("[2019..2021]", "[2019..2021]"),
        ("{2018,2019}", "{2018,2019}"),
        ("201X", "201X"),
        ("/2015", "/2015"),
    ],
)
def test_dates_need_no_quotation_marks(date: str, text: str) -> None:
    model, problems = read(f"date: {date}")
    assert (model.date.text, problems) == (text, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("highlights: '[a](b c)'", "4:1: highlights: '[a](b c)' contains no valid link."),
        ("highlights: {Built: it}", "4:1: highlights: expected a text, found a mapping."),
        ("highlights:\n- Built: it", "5:3: highlights[0]: expected a text, found a mapping."),
        ("after: b c", "4:1: after: 'b c' cannot be an id"),
        ("after: b, c", "4:1: after: expected a list, as in [one, two], found a text. Write [b, c],"),
        ("date: {a: b}", "4:1: date: this is not a date: it is a mapping."),
        ("date: [2019, soon]", "4:1: date: '[2019,soon]' is not a date:"),
        ("end_date: presnt", "4:1: end_date: 'presnt' is not a date. Did you mean 'present'?"),
    ],
)
def test_faults_of_a_single_value_are_at_the_value(text: str, problem: str) -> None:
    _, problems = read(text)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


@given(st.text(alphabet="ab ,", min_size=1).filter(str.strip))
def test_a_single_text_is_an_item_or_a_problem(text: str) -> None:
    model, problems = read(f"after: '{text}'")
    assert (model.after == (text,)) is (problems == [])
    assert problems or "," not in text.strip(" ").rstrip(",") or ", " not in text


def test_the_only_entry_of_a_file_needs_no_list() -> None:
    text = "talks:\n  id: a\n  title: T\n  appearances: {event: E, date: soon, plce: Oslo}\n"
    document, _ = load_yaml("talks.yml", text)
    ((at, talk),), problems = validate_list(Talk, document, "talks")
    assert (at, talk.title, [appearance.event for appearance in talk.appearances]) == (("talks",), "T", ["E"])
    assert [str(problem).split(": ")[:2] for problem in problems] == [
        ["talks.yml:4:27", "talks.appearances.date"],
        ["talks.yml:4:39", "talks.appearances.plce"],
    ]


def test_a_text_is_an_entry_if_only_a_text_is_required() -> None:
    def titles(text: str) -> tuple[list[str], list[str]]:
        document, _ = load_yaml("talks.yml", text)
        entries, problems = validate_list(Talk, document, "talks", accepts_texts=True)
        return [talk.title for _, talk in entries], [str(problem) for problem in problems]

    assert titles("talks: [One, {title: Two}, '3, 4']") == (["One", "Two", "3, 4"], [])
    assert titles("talks: One") == (["One"], [])
    message = "talks.yml:1:1: talks: expected a list ('- ' before each entry), found a text."
    assert titles("talks: One, two") == ([], [message])
    document, _ = load_yaml("career.yml", "roles: [Engineer]")
    entries, (problem,) = validate_list(Role, document, "roles", accepts_texts=True)
    assert (entries, problem.code) == ([], "record.not-a-mapping")


@pytest.mark.parametrize("talks", ["x", "{first: {title: T}}"])
def test_what_is_no_entry_is_no_list(talks: str) -> None:
    document, _ = load_yaml("talks.yml", f"talks: {talks}")
    entries, (problem,) = validate_list(Talk, document, "talks")
    assert (entries, problem.field, problem.code) == ([], "talks", "record.not-a-list")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "appearances: [{dat: 2019}]",
            "unknown key. Did you mean 'date'? Accepted: event, date, location, url.",
        ),
        (
            "appearances: PyCon",
            "expected a mapping, found a text. Accepted keys: event, date, location, url.",
        ),
        ("summary: [a]", "expected a text, found a list."),
        (
            "related: 'a, b'",
            "expected a list, as in [one, two], found a text. Write [a, b], or ['a, b'] for one ",
        ),
        ("related: '" + "a, " * 60 + "'", "expected a list, as in [one, two], found a text."),
    ],
)
def test_hints_say_what_to_write(text: str, problem: str) -> None:
    document, _ = load_yaml("talk.yml", f"title: T\n{text}\n")
    _, (diagnostic,) = validate(Talk, document, ())
    assert f"{diagnostic.message} {diagnostic.hint}"[: len(problem)] == problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: T", {"name": "title"}),
        # Of several keys, it is one that is the title elsewhere.
        ("{name: T, github: u, stars: 5}", {"name": "title", "github": "", "stars": ""}),
        ("{topic: T, github: u}", {"topic": "", "github": "", "title": None}),
        ("{titel: T, topic: u}", {"titel": "title", "topic": ""}),
        # Nothing is missing.
        ("{title: T, name: u}", {"name": ""}),
    ],
)
def test_a_title_under_another_name_is_one_problem(text: str, expected: dict[str, str | None]) -> None:
    document, _ = load_yaml("talk.yml", text)
    _, problems = validate(Talk, document, ())
    assert {problem.field: problem.code for problem in problems} == {
        key: "record.missing-key" if meant is None else "record.unknown-key"
        for key, meant in expected.items()
    }
    for problem in problems:
        meant = expected[problem.field]
        assert ("Did you mean" in problem.hint) == bool(meant)
        assert not meant or f"Did you mean '{meant}'?" in problem.hint


@pytest.mark.parametrize(
    ("model", "text", "path", "expected"),
    [
        (Role, f"{ROLE}basis: Inferred", "basis", "inferred"),
        (Role, f"{ROLE}basis: {{after: Stated}}", "basis", {"after": "stated"}),
        (
            ProfileDetails,
            "phone: {value: +44 20 7946 0958, show: [Site, PDF]}",
            "phone.show",
            ("site", "pdf"),
        ),
        (ProfileDetails, "phone: {value: +44 20 7946 0958, show: PDF}", "phone.show", ("pdf",)),
        (CvOptions, "paper: A4", "paper", "a4"),
    ],
)
def test_words_of_a_vocabulary_may_have_capitals(
    model: type[Model], text: str, path: str, expected: object
) -> None:
    document, _ = load_yaml("a.yml", text)
    value, problems = validate(model, document, ())
    assert problems == []
    assert attrgetter(path)(value) == expected


def test_an_unknown_key_without_a_value_is_reported() -> None:
    document, _ = load_yaml("profile.yml", "phone: {value: +44 20 7946 0958, show: site, pdf}")
    _, (problem,) = validate(ProfileDetails, document, ())
    assert (problem.field, problem.message) == ("phone.pdf", "unknown key.")


def test_the_required_keys_of_a_nested_model_are_named() -> None:
    document, _ = load_yaml("profile.yml", "links: {name: GitHub}\n")
    _, (diagnostic,) = validate(ProfileDetails, document, ())
    assert (diagnostic.field, diagnostic.hint) == ("links.link", "Required: link.")


def test_a_missing_key_inside_a_member_of_a_union_is_reported() -> None:
    class Named(Model):
        name: str

    class Either(Model):
        value: Named | str

    document, _ = load_yaml("a.yml", "value: {nam: x}\n")
    _, problems = validate(Either, document, ())
    assert {problem.field for problem in problems} <= {"value", "value.nam", "value.name"}
    assert problems


_SCALARS = st.sampled_from(["", "a", "a, b", "3", "2019-05", "yes", "https://a.example", "present", "site"])
_KEYS = sorted({name for model in MODELS for name in model.model_fields} | {"x"})
_VALUES = st.recursive(
    st.none() | _SCALARS,
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.sampled_from(_KEYS), values, max_size=3),
    max_leaves=6,
)


@given(st.data(), st.sampled_from(MODELS))
def test_any_data_give_a_model_or_problems(data: st.DataObject, model: type[Model]) -> None:
    keys = st.sampled_from([*model.model_fields, "x"])
    values = data.draw(st.dictionaries(keys, _VALUES, max_size=4))
    document, _ = load_yaml("a.yml", json.dumps({"items": values}))
    entries, problems = validate_list(model, document, "items")
    assert entries or problems or not values
    assert all(problem.field.startswith("items") and problem.line == 1 for problem in problems)
