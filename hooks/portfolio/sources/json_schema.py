"""Generate the JSON Schemas (draft 2020-12) with which editors complete and check the owner's YAML files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portfolio.record.models import Career, Model, SoftwareList, Talks
from portfolio.record.people import ProfileDetails
from portfolio.sources.posts import AuthorsFile, FrontMatter

FOLDER = Path(__file__).parents[1] / "schemas"
FILES: dict[str, type[Model]] = {
    "career": Career,
    "talks": Talks,
    "software": SoftwareList,
    "profile": ProfileDetails,
}


def generate() -> dict[Path, str]:
    """Return the text of each schema file by its path."""
    texts = {FOLDER / f"{name}.schema.json": _schema(f"{name}.yml", model) for name, model in FILES.items()}
    texts[FOLDER / "authors.schema.json"] = _schema(".authors.yml", AuthorsFile)
    return {**texts, FOLDER / "post.schema.json": _schema("front matter of a post", FrontMatter)}


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
