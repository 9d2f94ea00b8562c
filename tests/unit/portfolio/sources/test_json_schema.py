"""The schemas that editors use: up to date, valid, and in agreement with the models."""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from portfolio.sources import json_schema
from tests.support import project

SCHEMAS = {name: json_schema.FOLDER / f"{name}.schema.json" for name in ("career", "talks", "software")}


def test_committed_schemas_are_up_to_date() -> None:
    for path, text in json_schema.generate().items():
        assert path.read_text(encoding="utf-8") == text, "run: make schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_valid_and_accepts_the_owner_s_file(name: str) -> None:
    content = json.loads(SCHEMAS[name].read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    path = project.ROOT / "docs" / "data" / f"{name}.yml"
    data = yaml.load(path.read_text(encoding="utf-8"), _Core)  # noqa: S506 - a safe loader
    Draft202012Validator(content).validate(data)


@pytest.mark.parametrize("name", SCHEMAS)
def test_file_names_its_schema(name: str) -> None:
    path = project.ROOT / "docs" / "data" / f"{name}.yml"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    mark, _, named = first.partition("$schema=")
    assert mark == "# yaml-language-server: "
    assert (path.parent / named).resolve() == SCHEMAS[name]


@pytest.mark.parametrize(
    "role",
    [
        {"id": "a", "company": "C"},
        {"id": "a", "company": "C", "position": "P", "positoin": "P"},
        {"id": "a", "company": "C", "position": "P", "after": {"b": "c"}},
        {"id": "a", "company": "C", "position": ["P"]},
        {"id": "a", "company": "C", "position": "P", "basis": "guessed"},
        {"id": "a", "company": "C", "position": "P", "start_date": "soon"},
        {"id": "a", "company": "C", "position": "P", "start_date": "{2018,2019}"},
        {"id": "a", "company": "C", "position": "P", "end_date": "/2019"},
    ],
)
def test_schema_rejects_what_the_model_rejects(role: dict[str, Any]) -> None:
    content = json.loads(SCHEMAS["career"].read_text(encoding="utf-8"))
    assert not Draft202012Validator(content).is_valid({"roles": [role]})


@pytest.mark.parametrize(
    "role",
    [
        {"id": 2019, "company": 2048, "position": 3.5, "summary": True, "highlights": "Built it"},
        {"id": "a", "company": "C", "position": "P", "after": "b", "evidence": ["c", 7], "before": None},
        {"id": "a", "company": "C", "position": "P", "date": [2019, 2020], "end_date": "present"},
        {"id": "a", "company": "C", "position": "P", "date": {"2018": None, "2019": None}},
    ],
)
def test_schema_accepts_what_the_model_accepts(role: dict[str, Any]) -> None:
    content = json.loads(SCHEMAS["career"].read_text(encoding="utf-8"))
    validator = Draft202012Validator(content)
    validator.validate({"roles": [role]})
    validator.validate({"roles": role, "education": None})


class _Core(yaml.SafeLoader):
    """YAML as editors read it: by the core schema of YAML 1.2, in which a day is a text."""


_Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
