"""Generate the JSON Schemas (draft 2020-12) with which editors complete and check the owner's YAML files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import create_model

from portfolio.core.validation import only_required_key
from portfolio.record.kinds import KINDS, PUBLICATIONS_FILE, SECTIONS_FILE
from portfolio.record.models import Model, OwnSection
from portfolio.record.people import ProfileDetails
from portfolio.sources.posts import AuthorsFile, FrontMatter

FOLDER = Path(__file__).parents[1] / "schemas"
_NULL = {"type": "null"}


def generate() -> dict[Path, str]:
    """Return the text of each schema file by its path."""
    files: dict[str, dict[str, type[Model]]] = {}
    for kind in KINDS:
        if kind.file != PUBLICATIONS_FILE:
            files.setdefault(kind.file, {})[kind.name] = cast("type[Model]", kind.model)
    files[SECTIONS_FILE] = {"sections": OwnSection}
    texts = {_path(name): _schema(name, _file_model(name, models)) for name, models in files.items()}
    texts[FOLDER / "profile.schema.json"] = _schema("profile.yml", ProfileDetails)
    texts[FOLDER / "authors.schema.json"] = _schema(".authors.yml", AuthorsFile)
    return {**texts, FOLDER / "post.schema.json": _schema("front matter of a post", FrontMatter)}


def _path(name: str) -> Path:
    return FOLDER / f"{name.removesuffix('.yml')}.schema.json"


def _file_model(name: str, models: Mapping[str, type[Model]]) -> type[Model]:
    """Return the model of a file with a list under each key."""
    lists: dict[str, Any] = {}
    for key, model in models.items():
        items = model | str if only_required_key(model) else model
        lists[key] = tuple[items, ...], ()  # type: ignore[valid-type]
    return create_model(name, __base__=Model, **lists)


def _schema(title: str, model: type[Model]) -> str:
    schema = model.model_json_schema()
    for definition in [schema, *schema.get("$defs", {}).values()]:
        fields = definition.get("properties", {})
        definition["properties"] = {name: _accept_values(field) for name, field in fields.items()}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    schema["type"] = ["object", "null"]
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _accept_values(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field that accepts what `Model` does, without what an editor should not show.

    That is an empty value if the field may be absent, any scalar where a text is expected, and the only item
    of a list without the list.
    """
    keys = field.keys() & {"description", "examples", "default"}
    notes = {key: field.pop(key) for key in sorted(keys)}
    field.pop("title", None)
    alternatives = list(_alternatives(field))
    is_optional = "default" in notes or _NULL in alternatives
    alternatives = [alternative for alternative in alternatives if alternative != _NULL]
    if is_optional and len(alternatives) == 1 and isinstance(alternatives[0].get("type"), list):
        alternatives[0]["type"].append("null")
    elif is_optional:
        alternatives.append(_NULL)
    if notes.get("default") in (None, []):
        notes.pop("default", None)
    return {**_join(alternatives), **notes}


def _alternatives(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schemas of which a value has to match one."""
    # A date has a description of its own.
    if "anyOf" in schema and "description" not in schema:
        for option in schema["anyOf"]:
            yield from _alternatives(option)
    elif schema.get("type") == "array":
        items = list(_alternatives(schema["items"]))
        yield from items
        yield {"type": "array", "items": _join(items)}
    elif schema.get("type") == "string" and not schema.keys() & {"enum", "pattern"}:
        yield {**schema, "type": ["string", "number", "boolean"]}
    else:
        yield schema


def _join(alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}
