"""Plain data into models: every problem with its place, and as much of the record as can be kept."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolio.core.diagnostics import (
    Diagnostic,
    closest_match,
    did_you_mean,
    format_field_path,
    join_words,
    quote,
)
from portfolio.core.yaml_positions import Document, KeyPath

M = TypeVar("M", bound=BaseModel)

_KINDS = {list: "a list", dict: "a mapping", str: "a text", type(None): "nothing"}
# Stands for a required text that is missing, so that the rest of the item can still be checked.
_STAND_IN = "?"


def validate(model: type[M], document: Document, at: KeyPath) -> tuple[M | None, list[Diagnostic]]:
    """Make a model of the mapping at a path of a document.

    Where parts of it are wrong, they are reported and left out, and what remains is returned: other
    records may name it, and must not be told that it does not exist. None only if nothing could be kept.
    """
    data = _part(document.data, at)
    if not isinstance(data, dict):
        accepted = ", ".join(model.model_fields)
        return None, [
            document.diagnose(at, f"expected a mapping, found {_kind(data)}. Accepted keys: {accepted}.")
        ]
    problems: dict[KeyPath, Diagnostic] = {}
    for _ in range(2):  # A second look at what is left finds what the first error hid.
        try:
            return model.model_validate(data), sorted(problems.values())
        except ValidationError as error:
            details = [(_inside(data, detail), detail) for detail in error.errors()]
            # Of a value that may be one thing or a list of them, what is wrong inside says more.
            outer = {path[:length] for path, _ in details for length in range(len(path))}
            for path, detail in details:
                if path in outer or (detail["type"] == "missing" and _misspelt(model, data, path)):
                    continue
                problems.setdefault(
                    path, document.diagnose((*at, *path), _message(model, detail, path, data))
                )
            data = _without(data, [path for path, _ in details], model, document, at)
    return None, sorted(problems.values())


def validate_list(
    model: type[M], document: Document, key: str
) -> tuple[list[tuple[KeyPath, M]], list[Diagnostic]]:
    """Make models of the list under a top-level key; returns each with its path, and every problem."""
    items = document.data.get(key) if isinstance(document.data, dict) else None
    if items is None:
        return [], []
    if not isinstance(items, list):
        message = f"expected a list ('- ' before each entry), found {_kind(items)}."
        return [], [document.diagnose((key,), message)]
    models: list[tuple[KeyPath, M]] = []
    problems: list[Diagnostic] = []
    for index in range(len(items)):
        made, found = validate(model, document, (key, index))
        problems += found
        if made is not None:
            models.append(((key, index), made))
    return models, problems


def check_keys(document: Document, accepted: tuple[str, ...]) -> list[Diagnostic]:
    """Problems of a file's top level: it must be a mapping of the accepted keys, or empty."""
    if document.data is None:
        return []
    if not isinstance(document.data, dict):
        keys = join_words(f"{key}:" for key in accepted)
        return [document.diagnose((), f"expected {keys} at the top, found {_kind(document.data)}.")]
    return [
        document.diagnose((key,), _unknown_key(key, accepted)) for key in document.data if key not in accepted
    ]


def _part(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "something else")


def _misspelt(model: type[BaseModel], data: dict[str, Any], path: KeyPath) -> bool:
    """Whether a key that is missing stands there under a wrong name, which is a problem of its own."""
    unknown = (key for key in data if key not in model.model_fields)
    return len(path) == 1 and path[0] in {closest_match(key, _accepted(model, (key,))) for key in unknown}


def _inside(data: Any, detail: ErrorDetails) -> KeyPath:
    """The path in the data that pydantic means: its own has the members of unions in it as well."""
    path: list[str | int] = []
    for step in detail["loc"]:
        within = isinstance(data, list) if isinstance(step, int) else isinstance(data, dict) and step in data
        if within:
            data = data[step]
        elif detail["type"] != "missing":
            continue
        path.append(step)
    return tuple(path)


def _without(
    data: dict[str, Any], paths: list[KeyPath], model: type[BaseModel], document: Document, at: KeyPath
) -> dict[str, Any]:
    """The data without the parts at fault; a required text that is missing gets a stand-in."""
    at_fault: dict[str | int, list[KeyPath]] = {}
    for path in paths:
        at_fault.setdefault(path[0], []).append(path[1:])
    kept: dict[str, Any] = {}
    for key, value in data.items():
        inner = at_fault.get(key)
        if inner is None:
            kept[key] = value
        elif isinstance(value, list) and all(inner):
            wrong = {path[0] for path in inner}
            document.original_indexes[(*at, key)] = [
                index for index in range(len(value)) if index not in wrong
            ]
            kept[key] = [value[index] for index in document.original_indexes[(*at, key)]]
    for name, field in model.model_fields.items():
        if field.is_required() and kept.get(name) is None:
            kept[name] = _STAND_IN if name != "id" else Placeholder(format_field_path(at) or document.path)
    return kept


def _unknown_key(key: str, accepted: tuple[str, ...] | list[str]) -> str:
    return f"unknown key. {did_you_mean(key, accepted)} Accepted: {', '.join(accepted)}."


def _message(model: type[BaseModel], detail: ErrorDetails, path: KeyPath, data: Any) -> str:
    """Say in the record's words what pydantic found."""
    kind = detail["type"]
    if kind == "missing":
        required = [name for name, field in model.model_fields.items() if field.is_required()]
        return f"is missing. Required: {join_words(required)}."
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), _accepted(model, path))
    if kind in {"tuple_type", "list_type"}:
        return f"expected a list, as in [one, two], found {_kind(detail['input'])}."
    if kind in {"string_type", "model_type", "model_attributes_type", "dict_type"} and not _is_basis(path):
        expected = "a text" if kind == "string_type" else "a mapping"
        return f"expected {expected}, found {_kind(detail['input'])}."
    if kind == "string_too_short":
        return "is empty. Write a text, or leave the key out if it is not required."
    if kind in {"literal_error", "bool_parsing", "dict_type"}:
        expected = detail.get("ctx", {}).get("expected", "true or false").replace("'", "")
        choices = expected.replace(" or ", ", ").split(", ")
        word = str(detail["input"])
        return (
            f"{quote(word)} is not accepted. {did_you_mean(word, choices)} Write {join_words(choices, 'or')}."
        )
    return f"{detail['msg']}."


def _is_basis(path: KeyPath) -> bool:
    return path[:1] == ("basis",)


def _accepted(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys of the model in which an unknown key stands: the model itself, or one in it, or in a list."""
    field = model.model_fields.get(str(path[0]))
    inner = (field.annotation, *get_args(field.annotation)) if field is not None and len(path) > 1 else ()
    for kind in inner:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            model = kind
    # The required ones first.
    return sorted(model.model_fields, key=lambda name: not model.model_fields[name].is_required())


class Placeholder(str):
    """Stands for an id that is missing or wrong, so that the rest of its entry can still be checked.

    Each names its place, so that no two are the same, and begins with a sign that an id cannot have.
    """

    __slots__ = ()

    def __new__(cls, place: str) -> Placeholder:
        return super().__new__(cls, f"?{place}")
