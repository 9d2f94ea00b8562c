"""Loading profile.yml: all problems at once, each at its place, and nothing private in the result."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.record.people import ProfileDetails
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from portfolio.sources.profile import load_profile
from tests.unit.portfolio import records


def load(folder: Path, text: str) -> tuple[ProfileDetails, list[str]]:
    """The details of a profile, and its problems without the lists of what is accepted."""
    records.write(folder, {"data/profile.yml": text})
    _, details, problems = load_profile(SitePaths(folder, folder, folder / "data", None, EXCERPT_SEPARATOR))
    return details, [str(problem).partition(" Accepted")[0] for problem in problems]


def problem(folder: Path, text: str) -> str:
    """The only problem of a profile, without its place."""
    _, (line,) = load(folder, text)
    return line.partition(": ")[2]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "name:\nlinks: []\nemail:\n"])
def test_everything_is_optional(text: str, tmp_path: Path) -> None:
    details, problems = load(tmp_path, text)
    assert (details.model_dump(exclude_defaults=True), problems) == ({}, [])


def test_all_problems_are_reported_at_once_and_the_rest_is_loaded(tmp_path: Path) -> None:
    text = "name: Ana\nheadlin: Engineer\nemail: ana\nphone:\n  value: 555 1234\n  show: [pdf, sit]\n"
    details, problems = load(
        tmp_path,
        text + "location: {city: Turin, country_code: Italy}\nlinks: [{link: 'https://a', nam: A}]\n",
    )
    assert problems == [
        "data/profile.yml:2:1: headlin: unknown key. Did you mean 'headline'?",
        "data/profile.yml:3:1: email: 'ana' is not an e-mail address. Write one as in ana@example.org.",
        "data/profile.yml:5:3: phone.value: '555 1234' is not an international phone number. "
        "Write it with the code of the country, as in +44 20 7946 0958.",
        "data/profile.yml:6:15: phone.show[1]: 'sit' is not accepted. "
        "Did you mean 'site'? Write site, pdf or exports.",
        "data/profile.yml:7:25: location.country_code: 'Italy' is not the code of a country. "
        "Did you mean 'IT'?",
        "data/profile.yml:8:29: links[0].nam: unknown key. Did you mean 'name'?",
    ]
    assert details.name == "Ana"
    assert (details.email, details.phone) == (None, None)


@pytest.mark.parametrize(("text", "found"), [("- name: Ana\n", "a list"), ("Ana\n", "a text")])
def test_a_file_that_is_no_mapping_has_one_problem(text: str, found: str, tmp_path: Path) -> None:
    _, problems = load(tmp_path, text)
    assert [line.partition(" Accepted")[0] for line in problems] == [
        f"data/profile.yml:1:1: expected a mapping, found {found}."
    ]


@pytest.mark.parametrize("key", ["email", "phone"])
def test_a_contact_appears_nowhere_by_default(key: str, tmp_path: Path) -> None:
    value = {"email": "ana@example.org", "phone": "+44 20 7946 0958"}[key]
    for text in (f"{key}: {value}\n", f"{key}: {{value: {value}}}\n"):
        details, problems = load(tmp_path, text)
        assert problems == [
            f"data/profile.yml:1:1: {key}: appears nowhere, because it does not say where. "
            f"Write {key}: {{value: …, show: [site, pdf, exports]}} with any of these."
        ]
        assert value not in repr(details)
    # An empty list says where: nowhere.
    details, problems = load(tmp_path, f"{key}: {{value: {value}, show: []}}\n")
    assert (value in repr(details), problems) == (False, [])


def test_a_single_value_is_accepted_for_a_list(tmp_path: Path) -> None:
    details, problems = load(tmp_path, "email: {value: a@b.example, show: pdf}\nother_names: Ana R.\n")
    assert problems == []
    assert details.email is not None
    assert details.email.show == ("pdf",)
    assert [name.name for name in details.other_names] == ["Ana R."]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("mailto:ana@example.org", "Write only ana@example.org."),
        ("Ana Rossi <ana@example.org>", "Write only ana@example.org."),
        ("ana at example dot org", "Write one as in ana@example.org."),
        ("ana@localhost", "Write one as in ana@example.org."),
        ("a..b@example.org", "Write one as in ana@example.org."),
        (".a@example.org", "Write one as in ana@example.org."),
    ],
)
def test_invalid_email_addresses(written: str, hint: str, tmp_path: Path) -> None:
    expected = f"email.value: '{written}' is not an e-mail address. {hint}"
    assert problem(tmp_path, f"email: {{value: '{written}', show: site}}\n") == expected


@pytest.mark.parametrize("written", ["o'neil+cv@mail.example.co.uk", "анна@пример.рф", "a@xn--p1ai.xn--p1ai"])
def test_valid_email_addresses(written: str, tmp_path: Path) -> None:
    details, problems = load(tmp_path, f'email: {{value: "{written}", show: site}}\n')
    assert problems == []
    assert details.email is not None
    assert details.email.value == written


@pytest.mark.parametrize(
    ("written", "is_valid"),
    [
        ("+44 20 7946 0958", True),
        ("+1 (555) 010-9999", True),
        ("+39.011.555.010", True),
        ("+3901155501", True),
        ("020 7946 0958", False),
        ("0044 20 7946 0958", False),
        ("+44 20", False),
        ("+44 20 7946 0958 ext. 7", False),
    ],
)
def test_phone_numbers_are_international(written: str, is_valid: bool, tmp_path: Path) -> None:
    details, problems = load(tmp_path, f"phone: {{value: '{written}', show: site}}\n")
    assert (details.phone is not None, not problems) == (is_valid, is_valid)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("UK", "Did you mean 'GB'?"),
        ("Norwey", "Did you mean 'NO'?"),
        ("EU", "Write its two letters of ISO 3166, as in NO."),
        ("ITA", "Did you mean 'IT'?"),
        ("nowhere", "Write its two letters of ISO 3166, as in NO."),
    ],
)
def test_unknown_countries(written: str, hint: str, tmp_path: Path) -> None:
    assert problem(tmp_path, f"location: {{country_code: {written}}}\n") == (
        f"location.country_code: '{written}' is not the code of a country. {hint}"
    )


def test_links_to_the_site_must_exist(tmp_path: Path) -> None:
    records.write(tmp_path, {"cv.md": "# CV\n"})
    text = "summary: See [one](cv/), [two](vita/), [three](https://a.example/) and [four](vita/).\n"
    hint = (
        "Write the path of a file there, the URL of a page such as 'talks/', or https://… for another site."
    )
    _, problems = load(tmp_path, f"{text}links:\n  - link: cv/\n  - link: gone/\n")
    assert problems == [
        f"data/profile.yml:1:1: summary: there is no 'vita/' in {tmp_path.name}. {hint}",
        f"data/profile.yml:4:5: links[1].link: there is no 'gone/' in {tmp_path.name}. {hint}",
    ]


def test_the_language_of_a_name_is_a_tag(tmp_path: Path) -> None:
    assert problem(tmp_path, "other_names: [{name: A, lang: Serbian (Latin)}]\n") == (
        "other_names[0].lang: 'Serbian (Latin)' is not the tag of a language. "
        "Write one as in ar, zh-Hant or sr-Latn."
    )


KEYS = st.sampled_from([*ProfileDetails.model_fields, "value", "show", "city", "link", "lang"])
VALUES = st.recursive(
    st.none() | st.text(max_size=8) | st.integers() | st.booleans() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=VALUES)
def test_any_data_is_loaded_or_reported(data: object, tmp_path: Path) -> None:
    records.write(tmp_path, {"data/profile.yml": yaml.safe_dump(data, allow_unicode=True)})
    paths = SitePaths(tmp_path, tmp_path, tmp_path / "data", None, EXCERPT_SEPARATOR)
    _, details, problems = load_profile(paths)
    assert isinstance(details, ProfileDetails)
    assert problems == sorted({*problems})


@pytest.mark.parametrize("text", ["a" * 900, "a" * 900 + "@", "a." * 200 + "@" + "b." * 200])
def test_a_very_long_text_is_no_email_address(text: str, tmp_path: Path) -> None:
    line = problem(tmp_path, f"email: {{value: {text}, show: site}}\n")
    assert line.endswith("…' is not an e-mail address. Write one as in ana@example.org.")
