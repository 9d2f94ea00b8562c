"""Values of configurations and front matter, which may have any type, and the dates and zones in them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, tzinfo
from itertools import chain, count
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def as_mapping(value: object) -> dict[str, Any]:
    """Return a copy of a mapping, or an empty one instead of another value."""
    return dict(value) if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    """Return a list as it is, and a single value as a list of it; without a value it is empty."""
    return value if isinstance(value, list) else [] if value is None else [value]


def as_texts(value: object) -> list[str]:
    """Return the texts and numbers of a list, or of a single value, as texts that are not empty."""
    texts = (
        str(item).strip()
        for item in as_list(value)
        if item is not None and not isinstance(item, Mapping | list)
    )
    return [text for text in texts if text]


def first_text(values: Mapping[str, Any], *keys: str) -> str:
    """Return the first text or number under these keys as a text, or an empty one."""
    candidates = (values.get(key) for key in keys)
    return next(
        (
            str(value)
            for value in candidates
            if isinstance(value, str | int | float) and value not in ("", False)
        ),
        "",
    )


def unused_name(name: str, used: Container[str], suffix: str = "") -> str:
    """Return a name with a suffix, and with a number between them if it is used."""
    numbered = (f"{name}-{number}{suffix}" for number in count(2))
    return next(item for item in chain([f"{name}{suffix}"], numbered) if item not in used)


def find_zone(name: str) -> tzinfo | None:
    """Return the time zone with a name such as ``Europe/Paris``, or None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def parse_iso_date(value: object) -> date | None:
    """Return a date, or a datetime if the text has a time, in a form of ISO 8601, or None."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-01-31") else datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str, formats: Iterable[str]) -> datetime | None:
    """Return the time of a text by the first of some formats of ``strptime`` that fits, or None.

    It has no zone unless the format has.
    """
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - callers know the zone, or use only the day
        except ValueError:
            continue
    return None
