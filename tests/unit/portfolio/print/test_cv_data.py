"""The data of a CV: documented by its schema, complete, in the chosen order."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from portfolio.config import CvOptions
from portfolio.core import i18n
from portfolio.print import cv_data
from portfolio.record.people import Profile, ProfileDetails, parse_account
from portfolio.record.record import Record
from portfolio.sources import json_schema
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records
from tests.unit.portfolio.exports import samples

OWNER = Profile(
    "Ana Rossi",
    "Bridges",
    "Notes on bridges",
    "https://example.org/",
    (parse_account("GitHub", "https://github.com/ana"),),
    details=ProfileDetails.model_validate({
        "other_names": [{"name": "آنا روسي", "lang": "ar"}],
        "pronouns": "she/her",
        "summary": "I look after *old* bridges.",
        "location": {"city": "Turin", "country_code": "IT"},
        "email": {"value": "ana@example.org", "show": ["site", "pdf"]},
        "phone": {"value": "+44 20 7946 0958", "show": ["site"]},
    }),
)  # fmt: skip
FILES: dict[str, Any] = {
    "talks_yml": {
        "talks": [
            {"id": "first", "title": "First", "date": "2019", "selected": True},
            {"id": "second", "title": "Second", "date": "2020"},
        ]
    },
    "skills_yml": {"skills": [{"name": "Languages", "level": "expert", "keywords": ["Python", "Rust"]}]},
    "awards_yml": {"awards": [{"id": "prize", "title": "Prize", "awarder": "Town", "date": "2021-05"}]},
    "sections_yml": {"sections": [{"title": "Press", "entries": [{"name": "Interview", "date": "2021"}]}]},
}


def data_of(record: Record, profile: Profile = OWNER, **options: Any) -> dict[str, Any]:
    return cv_data.build(Portfolio(record), profile, CvOptions(**options)).model_dump(mode="json")


@pytest.fixture
def record(tmp_path: Path) -> Record:
    roles: list[dict[str, Any]] = [
        {"id": "one", "company": "A", "start_date": "2020", "selected": True, "summary": "*Led* it."},
        {"id": "two", "company": "B", "start_date": "2010", "end_date": "2015", "location": "Oslo"},
    ]
    record, problems = records.career(tmp_path, *roles, **FILES)
    assert problems == []
    return record


def ids_by_section(data: dict[str, Any]) -> dict[str, list[str]]:
    return {section["kind"]: [entry["id"] for entry in section["entries"]] for section in data["sections"]}


def test_the_data_conform_to_their_schema(record: Record) -> None:
    schema = json.loads(cv_data.json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    picture = cv_data.Picture(path="/picture.jpg", alt="Ana")
    data = cv_data.build(Portfolio(record), OWNER, CvOptions(), picture).model_dump(mode="json")
    jsonschema.validate(data, schema)
    # The schema documents every key.
    assert data["profile"].keys() == set(schema["$defs"]["Owner"]["required"])
    assert data["sections"][0]["entries"][0].keys() == set(schema["$defs"]["Entry"]["required"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "version": 2}, schema)


SCHEMA = json.loads(cv_data.json_schema())


@given(samples.records())
@settings(max_examples=30)
def test_the_data_of_any_record_conform_to_the_schema(record: Record) -> None:
    data = data_of(record)
    jsonschema.validate(data, SCHEMA)
    assert {
        section["kind"]: {entry["id"] for entry in section["entries"]} for section in data["sections"]
    } == {kind.name: ids for kind in record.kinds if (ids := {entry.id for entry in record[kind.name]})}


def test_the_schema_is_up_to_date() -> None:
    """Run ``make schema`` after a change to the models."""
    assert (json_schema.FOLDER / cv_data.SCHEMA_FILE).read_text(encoding="utf-8") == cv_data.json_schema()


def test_the_owner_has_what_may_be_in_a_pdf(record: Record) -> None:
    assert data_of(record)["profile"] == {
        "name": "Ana Rossi",
        "other_names": [{"name": "آنا روسي", "language": "ar"}],
        "pronouns": "she/her",
        "headline": "Notes on bridges",
        "summary": [
            {"text": "I look after ", "styles": [], "url": ""},
            {"text": "old", "styles": ["italic"], "url": ""},
            {"text": " bridges.", "styles": [], "url": ""},
        ],
        "location": "Turin, Italy",
        "email": "ana@example.org",
        "phone": "",
        "links": [
            {"label": "Bridges", "text": "example.org", "url": "https://example.org/"},
            {"label": "GitHub", "text": "github.com/ana", "url": "https://github.com/ana"},
        ],
        "picture": None,
    }


def test_an_entry_has_its_fields(record: Record) -> None:
    sections = {section["kind"]: section for section in data_of(record)["sections"]}
    empty = cv_data.Entry(id="two", title=()).model_dump(mode="json")
    assert sections["roles"]["entries"][1] == {
        **empty,
        "title": [{"text": "Position two", "styles": [], "url": ""}],
        "organization": "B",
        "facts": ["Oslo"],
        "date": "2010 to 2015",
        "duration": "about 5 years",
    }
    (skill,) = sections["skills"]["entries"]
    assert (skill["facts"], skill["keywords"], skill["date"]) == (["expert"], ["Python", "Rust"], "")
    layouts = {kind: section["layout"] for kind, section in sections.items()}
    assert layouts == {
        "roles": "engagements",
        "talks": "entries",
        "awards": "entries",
        "skills": "groups",
        "press": "entries",
    }


def test_all_sections_are_in_the_order_of_the_timeline(record: Record) -> None:
    assert ids_by_section(data_of(record)) == {
        "roles": ["one", "two"],
        "talks": ["second", "first"],
        "awards": ["prize"],
        "skills": ["languages"],
        "press": ["interview"],
    }


def test_chosen_sections_are_in_their_order_with_their_titles(record: Record) -> None:
    data = data_of(record, sections=["press", {"talks": "Lectures"}, "patents", "roles"])
    titles = [(section["kind"], section["title"]) for section in data["sections"]]
    assert titles == [("press", "Press"), ("talks", "Lectures"), ("roles", "Roles")]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["selected"], {"roles": ["one"], "talks": ["first"], "skills": ["languages"]}),
        (["two", "prize"], {"roles": ["two"], "awards": ["prize"], "skills": ["languages"]}),
        (
            ["selected", "second"],
            {"roles": ["one"], "talks": ["second", "first"], "skills": ["languages"]},
        ),
    ],
)
def test_chosen_entries(record: Record, entries: list[str], expected: dict[str, list[str]]) -> None:
    assert ids_by_section(data_of(record, entries=entries)) == expected


def test_titles_of_sections_are_in_the_language_of_the_site(record: Record) -> None:
    i18n.use_language("de-AT")
    german = Profile("A", language="de-AT")
    data = data_of(record, german, sections=["roles", {"talks": "Vorträge"}, "press"])
    assert data["title"] == "A – Lebenslauf"
    assert [(section["title"], section["language"]) for section in data["sections"]] == [
        ("Berufserfahrung", "de"),
        ("Vorträge", "de"),
        ("Press", "de"),
    ]


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt"), ("gsw", "gsw"), ("x-klingon", "en"), ("", "en")]
)
def test_the_language_is_valid_for_the_compiler(tag: str, language: str) -> None:
    assert data_of(Record(), Profile("A", language=tag))["language"] == language


PUBLICATIONS = r"""
@article{several, title = {\emph{In silico} H$_2$O}, author = {Rossi, A. and Person, Ann and others},
  journal = {Tests}, volume = {12}, number = {3}, pages = {45--67}, year = {2020}}
@article{partial, title = {Two}, author = {Person, Ann and Rossi, A.}, authors = {partial}, volume = {4},
  pages = {9}, year = {2019}}
@techreport{number, title = {Three}, author = {Rossi, A.}, institution = {Lab}, number = {7}, year = {2018}}
@article{names, title={Four}, author={van Beethoven, Ludwig and {ACME Inc}}, date={2017}}
"""


def test_publications_have_authors_volume_and_pages(tmp_path: Path) -> None:
    record, _ = records.career(tmp_path, publications_bib=PUBLICATIONS)
    (section,) = data_of(record)["sections"]
    entries = {entry["id"]: entry for entry in section["entries"]}
    details = {id: entry["details"] for id, entry in entries.items()}
    assert details == {"several": "12(3), pp. 45–67", "partial": "4, p. 9", "number": "no. 7", "names": ""}
    assert entries["several"]["authors"] == [
        {"text": "A. Rossi", "styles": ["owner"], "url": ""},
        {"text": ", Ann Person et al.", "styles": [], "url": ""},
    ]
    authors = {id: "".join(run["text"] for run in entry["authors"]) for id, entry in entries.items()}
    assert authors == {
        "several": "A. Rossi, Ann Person et al.",
        "partial": "Ann Person and A. Rossi (not all authors are known)",
        "number": "",
        "names": "Ludwig van Beethoven and ACME Inc",
    }


def test_a_partly_dated_talk_has_no_date(tmp_path: Path) -> None:
    occasions = {
        "partly": [{"event": "E", "date": 2019}, {"event": "F"}],
        "all": [{"event": "E", "date": 2019}, {"event": "F", "date": 2019}],
        "none": [{"event": "E"}],
    }
    talks = [{"id": id, "title": "T", "appearances": appearances} for id, appearances in occasions.items()]
    record, _ = records.career(tmp_path, talks_yml={"talks": talks})
    entries = {
        view["id"]: (view["date"], view["occasions"])
        for section in data_of(record)["sections"]
        for view in section["entries"]
    }
    assert entries["partly"] == ("", [["E", "2019"], ["F"]])
    assert entries["all"] == ("2019", [["E"], ["F"]])
    assert entries["none"] == ("", [["E"]])


def test_inferences_are_in_a_note(tmp_path: Path) -> None:
    role = {"id": "one", "location": "Oslo", "basis": {"location": "inferred", "after": "inferred"}}
    record, _ = records.career(tmp_path, role)
    assert data_of(record)["sections"][0]["entries"][0]["note"] == "Inferred, not stated: the location."
