"""Reading JSON Resume files."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.exports import json_resume as export
from portfolio.importer.input_files import InputFiles
from portfolio.importer.readers.record_files import json_resume
from portfolio.record.kinds import POSTS
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support import imported_record
from tests.support.imported_record import are_located, merge, read_text, report
from tests.unit.portfolio.exports import samples

_KEYS = (
    "name position organization institution area studyType startDate endDate releaseDate url summary "
    "highlights description roles type entity publisher title awarder date issuer level keywords language "
    "fluency reference profiles network username location city countryCode email phone image courses score"
).split()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=20,
)
_ENTRIES = st.lists(st.dictionaries(st.sampled_from(_KEYS), _VALUES) | _VALUES, max_size=4)
_SECTIONS = (
    "work volunteer education awards certificates publications skills languages interests references "
    "projects basics more"
).split()


def read(folder: Path, data: Any) -> Any:
    return read_text("json-resume", folder, "resume.json", json.dumps(data))


def test_invalid_values_are_left_out_and_located(tmp_path: Path) -> None:
    text = """{"work": [
{"company": "Acme", "position": "Engineer", "website": "www.acme.example", "startDate": "2019-13",
 "endDate": "Present", "highlights": [1, NaN, true, "a\\u0000b"]},
"Engineer"],
"education": {"institution": "A"},
"publications": [{"publisher": "B"}]
}"""
    site = read_text("json-resume", tmp_path, "resume.json", text)
    assert report(site) == [
        "resume.json:2:76: work[0].startDate: '2019-13' is not a date: there is no month 13. It is left out. "
        "Add it as in 2019, 2019-05 or 2012/2015.",
        "resume.json:3:42: work[0].highlights[1]: this is not text, and is left out.",
        "resume.json:3:47: work[0].highlights[2]: this is not text, and is left out.",
        "resume.json:4:1: work[1]: this is not an object, and is left out.",
        "resume.json:5:1: education: this is not a list, and is left out.",
        "resume.json:6:18: publications[0]: this has no title, which an entry needs, and is left out.",
    ]
    assert merge(site, tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    url: https://www.acme.example\n    end_date: present\n"
        "    highlights:\n      - '1'\n      - ab\n",
    }


@pytest.mark.parametrize("section", ["work", "awards", "languages", "references"])
def test_a_file_with_one_list_is_recognized(tmp_path: Path, section: str) -> None:
    (tmp_path / "resume.json").write_text(json.dumps({"basics": {"name": "Ana"}, section: []}))
    assert json_resume.detect(InputFiles(tmp_path / "resume.json", tmp_path))


def test_the_basics_are_the_profile(tmp_path: Path) -> None:
    basics = {
        "name": "Ana Vaz",
        "label": "Engineer",
        "image": "img/me.jpg",
        "email": "ana@vaz.example",
        "phone": "+47 22 12 34 56",
        "url": "vaz.example",
        "summary": "Builds *decks*.",
        "location": {"city": "Oslo", "countryCode": "NO", "postalCode": "1234"},
        "profiles": [
            {"network": "GitHub", "username": "ana"},
            {"network": "Choir", "url": "https://choir.example"},
            {"network": "Unknown", "username": "ana"},
        ],
    }
    (tmp_path / "cv" / "img").mkdir(parents=True)
    (tmp_path / "cv" / "img" / "me.jpg").write_bytes(b"1")
    (tmp_path / "cv" / "resume.json").write_text(json.dumps({"basics": basics, "work": []}), encoding="utf-8")
    site = imported_record.read("json-resume", tmp_path, "cv")
    (profile,) = site.profiles
    assert profile.data == {
        "name": "Ana Vaz",
        "headline": "Engineer",
        "summary": "Builds \\*decks\\*.",
        "picture": "/images/me.jpg",
        "location": {"city": "Oslo", "country_code": "NO"},
        "email": "ana@vaz.example",
        "phone": "+47 22 12 34 56",
        "links": [
            {"link": "https://vaz.example"},
            {"name": "GitHub", "link": "https://github.com/ana"},
            {"name": "Choir", "link": "https://choir.example"},
        ],
    }
    assert site.files["/images/me.jpg"]() == b"1"
    assert [problem.message for problem in site.problems] == [
        "the record has no field for postalCode: left out.",
        "the URL of this profile is missing, so it is left out.",
    ]


@pytest.mark.parametrize(
    ("project", "kind", "data"),
    [
        ({"type": "application", "roles": ["author"]}, "software", {"name": "A", "role": "author"}),
        (
            {"type": "application", "entity": "Acme"},
            "projects",
            {"name": "A", "entity": "Acme"},
        ),
        ({"keywords": ["b"], "startDate": "2019"}, "projects", {"tags": ["b"], "end_date": "present"}),
        ({"type": "website"}, "projects", {"name": "A"}),
        ({"type": "patent", "entity": "USPTO"}, "patents", {"title": "A", "office": "USPTO"}),
        ({"type": "grant", "entity": "Council"}, "grants", {"title": "A", "funder": "Council"}),
        ({"type": "course", "entity": "School"}, "teaching", {"title": "A", "institution": "School"}),
        (
            {"type": "Talk", "entity": "PyConf", "startDate": "2019", "endDate": "2019"},
            "talks",
            {"title": "A", "appearances": [{"event": "PyConf", "date": "2019"}]},
        ),
    ],
)
def test_the_type_of_a_project_is_its_kind(
    tmp_path: Path, project: dict[str, object], kind: str, data: dict[str, object]
) -> None:
    site = read(tmp_path, {"projects": [{"name": "A", **project}]})
    (entry,) = site.entries
    assert (entry.kind, report(site)) == (kind, [])
    assert data.items() <= entry.data.items()
    merge(site, tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", "resume.json:1:1: this is not a JSON Resume file: it is not an object."),
        ('{"work": [', "resume.json:1:11: this is not JSON: expecting value."),
        (
            '{"basics": {}, "work": ' + "[" * 100_000,
            "resume.json:1:1: this is nested too deeply.",
        ),
        (
            '{"work": [], "work": [{"name": "A", "position": "B"}]}',
            "resume.json:1:14: work: this key is a duplicate, and replaces the one on line 1.",
        ),
        (b"\xff\xfe{\x00}\x00", "resume.json:1:1: this is not UTF-8 text (byte 0). Save it as UTF-8."),
    ],
)
def test_a_hostile_file_has_a_diagnostic(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in report(read_text("json-resume", tmp_path, "resume.json", text))


@given(st.dictionaries(st.sampled_from(_SECTIONS), _ENTRIES | _VALUES))
def test_values_of_any_type_are_read_or_reported(data: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read(Path(name), data)
        assert are_located(site.problems, "resume.json")
        merge(site, Path(name))


@settings(max_examples=40)
@given(samples.records())
def test_the_site_s_own_export_is_read(record: Record) -> None:
    text = export.render(Portfolio(record), samples.PROFILE)
    with tempfile.TemporaryDirectory() as name:
        site = read_text("json-resume", Path(name), "resume.json", text)
        assert not [problem for problem in site.problems if problem.severity == "error"]
        merge(site, Path(name))
    imported = len(site.entries) + sum(len(works.lines) for works in site.bibliographies)
    assert imported == sum(len(record[kind.name]) for kind in record.kinds if kind is not POSTS)
