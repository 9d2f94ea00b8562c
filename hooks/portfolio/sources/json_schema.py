"""JSON Schemas (draft 2020-12) of the YAML files, with which editors complete and check as one types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from portfolio.record.models import Career, Model, SoftwareList, Talks
from portfolio.sources.posts import FrontMatter

FOLDER = Path(__file__).parents[1] / "schemas"
FILES: dict[str, type[Model]] = {"career": Career, "talks": Talks, "software": SoftwareList}


def generate() -> dict[Path, str]:
    """The text of each schema file, by its path."""
    texts = {FOLDER / f"{name}.schema.json": _text(f"{name}.yml", model) for name, model in FILES.items()}
    return {**texts, FOLDER / "post.schema.json": _text("front matter of a post", FrontMatter)}


def _text(title: str, model: type[Model]) -> str:
    schema = model.model_json_schema()
    for definition in [schema, *schema.get("$defs", {}).values()]:
        for field in definition.get("properties", {}).values():
            _tidy(field)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    schema["type"] = ["object", "null"]
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _tidy(field: dict[str, Any]) -> None:
    """Say of a field what an editor shows: no generated title; an empty value is as good as none."""
    field.pop("title", None)
    if field.get("type") in {"array", "string"} and "default" in field:
        field["type"] = [field["type"], "null"]
    if field.get("default") in (None, []):
        field.pop("default", None)
