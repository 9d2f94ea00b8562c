"""Generate the JSON Schemas (draft 2020-12) with which editors complete and check the owner's YAML files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import create_model

from portfolio.record.kinds import KINDS, PUBLICATIONS_FILE, SECTIONS_FILE
from portfolio.record.models import Model, OwnSection
from portfolio.record.people import ProfileDetails
from portfolio.sources.posts import AuthorsFile, FrontMatter

FOLDER = Path(__file__).parents[1] / "schemas"


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
    lists: dict[str, Any] = {key: (tuple[model, ...], ()) for key, model in models.items()}  # type: ignore[valid-type]
    return create_model(name, __base__=Model, **lists)


def _schema(title: str, model: type[Model]) -> str:
    schema = model.model_json_schema()
    for definition in [schema, *schema.get("$defs", {}).values()]:
        for field in definition.get("properties", {}).values():
            _simplify(field)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    schema["type"] = ["object", "null"]
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _simplify(field: dict[str, Any]) -> None:
    """Remove what an editor should not show (generated titles, empty defaults), and allow empty values."""
    field.pop("title", None)
    if field.get("type") in {"array", "string"} and "default" in field:
        field["type"] = [field["type"], "null"]
    if field.get("default") in (None, []):
        field.pop("default", None)
