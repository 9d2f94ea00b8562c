"""What YAML takes the scalars of front matter for: the blog reads it so, and refuses other types."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from yaml.constructor import SafeConstructor

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.positions import Document
from portfolio.core.text import is_reserved

_TEXT = "tag:yaml.org,2002:str"
# What a constructor raises for a scalar whose explicit tag does not suit it, such as `!!int x`.
_UNSUITED = (ValueError, KeyError, IndexError, AttributeError, OverflowError, TypeError, yaml.YAMLError)
_NOT_IN_A_SLUG = set(" \t\n\"#%&'<>?\\{}")


def typed(document: Document) -> tuple[Any, list[Diagnostic]]:
    """A document's data with numbers, days, times and truth values instead of texts.

    What is not what its tag says stays a text, and is a problem.
    """
    problems: list[Diagnostic] = []

    def read(value: Any, path: positions.KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: read(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [read(item, (*path, index)) for index, item in enumerate(value)]
        tag = document.tags.get(path, _TEXT)
        if value is None or tag == _TEXT:
            return value
        try:
            return SafeConstructor().construct_object(yaml.ScalarNode(tag, value))
        except _UNSUITED:
            if path[0] not in ("date", "updated"):  # These have words of their own, see `posts`.
                kind = tag.rpartition(":")[2]
                problems.append(document.diagnose(path, f"{quote(value)} cannot be read as YAML's {kind}."))
            return value

    return read(document.data, ()), problems


def _words(value: object) -> object:
    if isinstance(value, bool | int | float | date):
        raise PydanticCustomError("no_text", "is read as no text. Put quotation marks around it")
    return " ".join(value.split()) if isinstance(value, str) else value


def _tag(value: object) -> object:
    # The tags of Material may be whole numbers: a year, say. A fraction would lose its last zero.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _words(value)


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    word = str(value)
    known = {"true", "false"}
    found = "" if word.casefold() in known else did_you_mean(word, known)
    message = "{value} is neither true nor false. {found} Write one of them, without quotation marks"
    raise PydanticCustomError("no_flag", message, {"value": quote(word), "found": found})


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = "{value} is no number. Write it in digits, without quotation marks"
        raise PydanticCustomError("no_number", message, {"value": quote(value)})
    return value


def _whole(least: int) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            message = (
                "{value} is no whole number from {least} up. Write it in digits, without quotation marks"
            )
            raise PydanticCustomError("no_whole", message, {"value": quote(value), "least": least})
        return value

    return BeforeValidator(check)


def _slug(value: str) -> str:
    if _NOT_IN_A_SLUG & set(value) or any(part.strip(".") == "" for part in value.split("/")):
        message = (
            "{value} cannot be part of an address. Write words with hyphens between them, as in 'soft-edges'"
        )
        raise PydanticCustomError("no_slug", message, {"value": quote(value)})
    if is_reserved(value):
        message = "{value} is the address of the page above it. Write other words, as in 'soft-edges'"
        raise PydanticCustomError("taken_slug", message, {"value": quote(value)})
    return value


Words = Annotated[str, Field(min_length=1), BeforeValidator(_words)]
Tag = Annotated[
    str, Field(min_length=1), BeforeValidator(_tag), WithJsonSchema({"type": ["string", "integer"]})
]
Flag = Annotated[bool, BeforeValidator(_flag)]
Number = Annotated[float, BeforeValidator(_number)]
Part = Annotated[int, _whole(1), WithJsonSchema({"type": "integer", "minimum": 1})]
Minutes = Annotated[int, _whole(0), WithJsonSchema({"type": "integer", "minimum": 0})]
Slug = Annotated[Words, AfterValidator(_slug)]
