"""What the fields of the record hold: dates, ids, links and texts, each checked and described for editors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from portfolio.core.diagnostics import quote
from portfolio.core.validation import Placeholder
from portfolio.record import dates

PRESENT: Literal["present"] = "present"

_NOT_IN_AN_ID = r"""\s\x00-\x1f\x7f"#%&'<>?\\{}"""
_ID = re.compile(rf"[^\W_][^{_NOT_IN_AN_ID}]*")
_URL = re.compile(r"(https?://|mailto:)[^\s<>\"]+|[^\s<>\"#?:\\]+(#[^\s<>\"]*)?")


def id_from(name: str) -> str:
    """The id that the name of a file gives: without what an id cannot have. Empty if nothing is left."""
    words = re.sub(rf"(?!\s)[{_NOT_IN_AN_ID}]", "", name).split()
    return re.sub(r"^[\W_]+", "", "-".join(words))


def _no_date(reason: str, text: str, examples: str) -> PydanticCustomError:
    return PydanticCustomError(
        "not_a_date",
        "{text} is not a date: {reason}. Write {examples}",
        {"text": text, "reason": reason, "examples": examples},
    )


def _read_date(value: object, parse: Callable[[str], dates.EdtfDate], examples: str) -> dates.EdtfDate:
    if isinstance(value, dates.EdtfDate):
        return value
    if not isinstance(value, str):
        kind = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "no text"
        raise _no_date(f"it is {kind}", "this", examples)
    try:
        return parse(value)
    except dates.DateError as error:
        raise _no_date(str(error), quote(value), examples) from None


def _as_date(value: object) -> object:
    return _read_date(value, dates.parse, dates.EXAMPLES)


def _as_point(value: object) -> object:
    return _read_date(value, dates.parse_point, dates.POINT_EXAMPLES)


def _as_end(value: object) -> object:
    return PRESENT if isinstance(value, str) and value.strip().casefold() == PRESENT else _as_point(value)


def _checked_id(value: object, check: ValidatorFunctionWrapHandler) -> str:
    if isinstance(value, Placeholder):
        return value
    text: str = check(value)
    if not _ID.fullmatch(text):
        raise PydanticCustomError(
            "not_an_id",
            "{text} cannot be an id, which is part of an address. Begin with a letter or digit; use no "
            "spaces and none of \" # % & ' < > ? \\ { }",
            {"text": quote(text)},
        )
    return text


def _checked_url(value: str) -> str:
    if value.startswith("/"):
        raise PydanticCustomError(
            "not_a_url",
            "{text} begins with '/', which leaves out where this site stands. Write {path}, or https://… for "
            "another site",
            {"text": quote(value), "path": quote(value.lstrip("/"))},
        )
    if not _URL.fullmatch(value) or not _can_be_read(value):
        raise PydanticCustomError(
            "not_a_url",
            "{text} is not a link. Write https://…, mailto:… or a path of this site",
            {"text": quote(value)},
        )
    return value


def _can_be_read(url: str) -> bool:
    """Whether the parts of an address can be told apart: brackets hold an IPv6 host or nothing."""
    try:
        return bool(urlsplit(url).geturl())
    except ValueError:
        return False


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _date_schema(description: str, pattern: str, *others: dict[str, Any]) -> dict[str, Any]:
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    return {"description": description, "anyOf": [*others, {"type": "string", "pattern": pattern}, year]}


_EXACT = "as exact as it is known (EDTF)"
_DATE_SCHEMA = _date_schema(f"A date {_EXACT}: {dates.EXAMPLES}.", r"^[\d\[{./]")
_POINT_SCHEMA = _date_schema(f"A date {_EXACT}: {dates.POINT_EXAMPLES}.", r"^[\d\[]")
_END_SCHEMA = _date_schema("A date, or 'present' for what goes on.", r"^[\d\[]", {"const": PRESENT})

_as_text = PlainSerializer(lambda value: getattr(value, "text", value))
AnyDate = Annotated[dates.EdtfDate, BeforeValidator(_as_date), _as_text, WithJsonSchema(_DATE_SCHEMA)]
PointDate = Annotated[dates.Point, BeforeValidator(_as_point), _as_text, WithJsonSchema(_POINT_SCHEMA)]
EndDate = Annotated[
    dates.Point | Literal["present"], BeforeValidator(_as_end), _as_text, WithJsonSchema(_END_SCHEMA)
]
Id = Annotated[str, WrapValidator(_checked_id)]
Url = Annotated[str, AfterValidator(_checked_url)]
Line = Annotated[str, Field(min_length=1), BeforeValidator(_one_line)]
Text = Annotated[str, AfterValidator(str.strip)]
