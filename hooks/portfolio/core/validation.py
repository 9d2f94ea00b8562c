"""Validate plain data as models: report every problem at its position, and keep the valid rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from portfolio.core import diagnostics
from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote, suggest
from portfolio.core.positions import Document, KeyPath
from portfolio.core.text import find_control, has_endless_marks

M = TypeVar("M", bound=BaseModel)
# A code, a message and a hint.
Fault = tuple[str, str, str]

_TYPE_NAMES = {list: "a list", dict: "a mapping", str: "a text", type(None): "nothing"}
# What people call the title of an entry. Each kind accepts one of them.
_TITLES = ("name", "title", "label")
# Replaces a required text that is missing, so that the rest of the item can still be checked.
_MISSING_TEXT = "?"


class Placeholder(str):
    """Replaces an id that is missing or invalid, so that the rest of its entry can still be checked.

    Each contains its place in the file, so that no two are equal, and begins with a character that is not
    allowed in an id.
    """

    __slots__ = ()

    def __new__(cls, place: str) -> Placeholder:
        return super().__new__(cls, f"?{place}")


def invalid_value(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Create the error that a field's validator raises; it becomes a diagnostic with this code and hint."""
    return PydanticCustomError("diagnostic", "{problem}", {"code": code, "problem": message, "hint": hint})


def check_characters(text: str, code: str = "record.control-character") -> str:
    """Return a text unchanged. Raises the error of a value that has a control character, or endless marks."""
    if control := find_control(re.sub(r"[\t\n\r]", " ", text)):
        raise invalid_value(code, describe_control(control), "Remove it.")
    if has_endless_marks(text):
        message = "has a character with more accents or other marks than can be drawn."
        raise invalid_value("record.too-long", message, "Remove some.")
    return text


def describe_control(character: str) -> str:
    """Return what is wrong with a text that has this control character."""
    return f"contains a character that is not text (U+{ord(character):04X})."


def list_items(value: object) -> list[Any]:
    """Return the items of a list that may be written as its only item; no items for nothing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def validate(
    model: type[M], document: Document, at: KeyPath, *, text_key: str = ""
) -> tuple[M | None, list[Diagnostic]]:
    """Validate the mapping at a path of a document.

    Invalid parts are reported and dropped, and a model of the rest is returned: other entries may refer to
    its id, which must not be reported as missing. The model is None only if nothing valid is left.

    ``text_key``: the key that a text has which is written without a mapping; empty if that is not accepted.
    """
    data = document.value_at(at)
    if isinstance(data, str) and text_key:
        data = {text_key: data}
    if not isinstance(data, dict):
        message = f"expected a mapping, found {_describe_type(data)}."
        hint = f"Accepted keys: {', '.join(order_fields(model))}."
        return None, [document.diagnose(at, message, hint, code="record.not-a-mapping")]
    problems: dict[KeyPath, Diagnostic] = {}
    for _ in range(2):  # The second pass finds what the errors of the first one hid.
        try:
            return model.model_validate(data), sorted(problems.values())
        except ValidationError as error:
            details = [(_path_in_data(data, detail), detail) for detail in error.errors()]
            # For a value that may be a single item or a list of items, errors inside it are more precise.
            outer = {path[:length] for path, _ in details for length in range(len(path))}
            # For each mapping with an unknown or missing key, what its unknown keys mean.
            meant: dict[KeyPath, dict[str, str]] = {}
            for path, detail in details:
                if detail["type"] in ("missing", "extra_forbidden") and path[:-1] not in meant:
                    meant[path[:-1]] = _meant_keys(model, data, path)
                names = meant.get(path[:-1], {})
                # A missing key that has another name is reported as an unknown key.
                if path in outer or (detail["type"] == "missing" and path[-1] in names.values()):
                    continue
                code, message, hint = _describe_error(model, detail, path, names)
                problems.setdefault(path, document.diagnose((*at, *path), message, hint, code=code))
            data = _drop_invalid(data, [path for path, _ in details], model, document, at)
    return None, sorted(problems.values())


def only_required_key(model: type[BaseModel]) -> str:
    """Return the only key that a model requires, if it is a text; empty otherwise."""
    required = {name: field for name, field in model.model_fields.items() if field.is_required()}
    return next(iter(required)) if [field.annotation for field in required.values()] == [str] else ""


def validate_list(
    model: type[M], document: Document, *at: str | int, accepts_texts: bool = False
) -> tuple[list[tuple[KeyPath, M]], list[Diagnostic]]:
    """Validate the list at a path of a document; return each model with its path, and every problem.

    A mapping with a key of the model is a list of one entry. ``accepts_texts``: so is a text without a comma,
    if the model requires a single text, and any text is an entry of a list.
    """
    items = document.value_at(at)
    if items is None:
        return [], []
    paths: list[KeyPath] = [(*at, index) for index in range(len(items))] if isinstance(items, list) else [at]
    text_key = only_required_key(model) if accepts_texts else ""
    is_entry = (isinstance(items, dict) and items.keys() & model.model_fields) or (
        isinstance(items, str) and text_key and "," not in items
    )
    if not isinstance(items, list) and not is_entry:
        message = f"expected a list ('- ' before each entry), found {_describe_type(items)}."
        return [], [document.diagnose(at, message, code="record.not-a-list")]
    models: list[tuple[KeyPath, M]] = []
    problems: list[Diagnostic] = []
    for path in paths:
        item, item_problems = validate(model, document, path, text_key=text_key)
        problems += item_problems
        if item is not None:
            models.append((path, item))
    return models, problems


def check_keys(document: Document, accepted: tuple[str, ...]) -> list[Diagnostic]:
    """Check the top level of a file: it must be empty, or a mapping with the accepted keys."""
    if document.data is None:
        return []
    if not isinstance(document.data, dict):
        keys = join_words(f"{key}:" for key in accepted)
        message = f"expected {keys} at the top, found {_describe_type(document.data)}."
        return [document.diagnose((), message, code="record.not-a-mapping")]
    problems: list[Diagnostic] = []
    for key in document.data.keys() - set(accepted):
        code, message, hint = _unknown_key(key, accepted, diagnostics.closest_match(key, accepted))
        problems.append(document.diagnose((key,), message, hint, code=code))
    return sorted(problems)


def _describe_type(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "something else")


def _meant_keys(model: type[BaseModel], data: Any, path: KeyPath) -> dict[str, str]:
    """Return what the unknown keys of a mapping probably mean, for the mapping that has the key at a path.

    A key that resembles none is the only required one that is missing, if no other key can be that.
    """
    for step in path[:-1]:
        data = data[step]
    if not isinstance(data, dict):
        return {}
    containing = _containing_model(model, path)
    accepted = order_fields(containing)
    unknown = [key for key in data if key not in accepted]
    meant = {key: match for key in unknown if (match := diagnostics.closest_match(key, accepted))}
    required = {name for name, field in containing.model_fields.items() if field.is_required()}
    missing = required - data.keys() - {*meant.values()}
    unclear = [key for key in unknown if key not in meant]
    candidates = [key for key in unclear if key in _TITLES] or unclear
    if len(missing) == len(candidates) == 1:
        meant[candidates[0]] = missing.pop()
    return meant


def _path_in_data(data: Any, detail: ErrorDetails) -> KeyPath:
    """Return the path of an error in the data; pydantic's own also names the members of unions."""
    # A key that is missing ends the path.
    missing = detail["loc"][-1:] if detail["type"] == "missing" else ()
    path: list[str | int] = []
    for step in detail["loc"][: len(detail["loc"]) - len(missing)]:
        # Neither the index of a list that is written as its only item, nor the member of a union, is in it.
        if isinstance(data, list) if isinstance(step, int) else isinstance(data, dict) and step in data:
            data = data[step]
            path.append(step)
    return (*path, *missing)


def _drop_invalid(
    data: dict[str, Any], paths: list[KeyPath], model: type[BaseModel], document: Document, at: KeyPath
) -> dict[str, Any]:
    """Return the data without the invalid parts; a placeholder replaces a required text that is missing."""
    valid: dict[str, Any] = _drop_parts(data, [_path_to_drop(model, path) for path in paths], document, at)
    for name, field in model.model_fields.items():
        if valid.get(name) is None:
            is_id = name == "id" and (name in data or field.is_required())
            if is_id or (name == "id" and name in _meant_keys(model, data, (name,)).values()):
                valid[name] = Placeholder(diagnostics.format_field_path(at) or document.path)
            elif field.is_required():
                valid[name] = _MISSING_TEXT
    return valid


def _path_to_drop(model: type[BaseModel], path: KeyPath) -> KeyPath:
    """Return the path of an invalid part, or of the mapping inside the data that must have that part."""
    while len(path) > 1:
        field = _containing_model(model, path).model_fields.get(str(path[-1]))
        if field is None or not field.is_required():
            break
        path = path[:-1]
    return path


def _drop_parts(data: Any, paths: list[KeyPath], document: Document, at: KeyPath) -> Any:
    """Return a mapping or a list without the parts at some paths."""
    invalid: dict[str | int, list[KeyPath]] = {}
    for path in paths:
        invalid.setdefault(path[0], []).append(path[1:])
    valid: dict[str | int, Any] = {}
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        inner = invalid.get(key)
        if inner is None:
            valid[key] = value
        elif isinstance(value, dict | list) and all(inner):
            valid[key] = _drop_parts(value, inner, document, (*at, key))
    if isinstance(data, dict):
        return valid
    document.original_indexes[at] = [int(index) for index in valid]
    return list(valid.values())


def _unknown_key(key: str, accepted: Sequence[str], match: str | None) -> Fault:
    hint = f"{suggest(key, match) if match else ''} Accepted: {', '.join(accepted)}."
    return "record.unknown-key", "unknown key.", hint


def _describe_error(
    model: type[BaseModel], detail: ErrorDetails, path: KeyPath, meant: Mapping[str, str]
) -> Fault:
    """Translate an error of pydantic into the terms of the record; see `_meant_keys`."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "diagnostic":
        return context["code"], context["problem"], context["hint"]
    if kind == "missing":
        fields = _containing_model(model, path).model_fields
        required = [name for name, field in fields.items() if field.is_required()]
        return "record.missing-key", "is missing.", f"Required: {join_words(required)}."
    if kind == "extra_forbidden":
        key = str(path[-1])
        return _unknown_key(key, order_fields(_containing_model(model, path)), meant.get(key))
    if kind in {"tuple_type", "list_type"}:
        is_short = isinstance(value, str) and value in quote(value)
        hint = f"Write [{value}], or [{quote(value)}] for one text with a comma." if is_short else ""
        message = f"expected a list, as in [one, two], found {_describe_type(value)}."
        return "record.wrong-type", message, hint
    # A basis is a word or a mapping of words: for any other type, the accepted words are reported below.
    is_basis = path[:1] == ("basis",)
    if kind in {"string_type", "model_type", "model_attributes_type", "dict_type"} and not is_basis:
        expected = "a text" if kind == "string_type" else "a mapping"
        inner = _containing_model(model, (*path, ""))
        hint = f"Accepted keys: {', '.join(order_fields(inner))}." if kind == "model_type" else ""
        entries = list(value.items()) if isinstance(value, dict) else []
        text = ": ".join(map(str, entries[0])) if len(entries) == 1 else ""
        if kind == "string_type" and text and text in quote(text) and isinstance(entries[0][1], str):
            hint = f"': ' makes a mapping of it: put quotation marks around it, as in \"{text}\"."
        return "record.wrong-type", f"expected {expected}, found {_describe_type(value)}.", hint
    if kind == "string_too_short":
        hint = "Write a text, or leave the key out if it is not required."
        return "record.empty-text", "is empty.", hint
    if kind in {"literal_error", "bool_parsing", "dict_type"}:
        expected = context.get("expected", "true or false").replace("'", "")
        choices = expected.replace(" or ", ", ").split(", ")
        hint = f"{did_you_mean(str(value), choices)} Write {join_words(choices, 'or')}."
        return "record.unknown-value", f"{quote(value)} is not accepted.", hint
    return "record.invalid-value", f"{detail['msg']}.", ""


def _containing_model(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    """Return the model that contains the key at a path: the model itself, or that of a value inside it."""
    for step in path[:-1]:
        # The index of a list and the key of a mapping lead to the values of the same field.
        field = model.model_fields.get(str(step))
        model = next(_models_in(field.annotation), model) if field is not None else model
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def order_fields(model: type[BaseModel]) -> list[str]:
    """Return the fields of a model for people: required ones first, its own before those of its bases."""
    by_class = [name for base in model.__mro__ for name in getattr(base, "__annotations__", ())]
    names = [name for name in dict.fromkeys(by_class) if name in model.model_fields]
    return sorted(names, key=lambda name: not model.model_fields[name].is_required())
