"""Pictures in notebooks: taken out of their outputs and attachments, looked at, and written into the page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from portfolio.images.image_info import opened
from portfolio.notebooks import sanitize
from portfolio.notebooks.source_map import Sheet, Source

SVG = "image/svg+xml"
SUFFIXES = {
    SVG: ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}

_QUOTE = '"'


@dataclass(frozen=True)
class Words:
    """What is said of a picture: instead of it, and below it."""

    alternative: str = ""
    caption: str = ""


def content(mime: str, given: str) -> bytes:
    """The bytes of a picture as a file, from what a notebook has of it; ``ValueError`` for what is none."""
    if mime == SVG:
        return sanitize.svg(given).encode()
    try:
        decoded = base64.b64decode("".join(given.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("its base64 is broken") from None
    _size(decoded)
    return decoded


def write(sheet: Sheet, source: Source, mime: str, given: str, words: Words, metadata: Any) -> None:
    """Write a picture of an output into the page. ``metadata`` may have the size at which it was shown."""
    try:
        picture = content(mime, given)
    except ValueError as error:
        sheet.report(source, f"this {mime} cannot be shown: {error}.")
        return
    if not words.alternative:
        sheet.report(
            source,
            "this picture has no alternative text. Write '#| fig-alt: what it shows' at the top of the cell.",
        )
    title = f' "{_flat(words.caption, _QUOTE)}"' if words.caption else ""
    name = quote(sheet.keep(picture, SUFFIXES[mime]))
    sheet.write(
        f"![{_flat(words.alternative, '[]')}]({name}{title}){_shown(mime, picture, metadata)}", source
    )


def _flat(text: str, escaped: str) -> str:
    """A text in one line, with a backslash before what would end it."""
    return "".join(f"\\{sign}" if sign in f"{escaped}\\" else sign for sign in " ".join(text.split()))


def _shown(mime: str, picture: bytes, metadata: Any) -> str:
    """The size in CSS pixels as an attribute list: that at which the notebook showed it, or else its own."""
    size = (metadata.get("width"), metadata.get("height")) if isinstance(metadata, Mapping) else (None, None)
    if not all(isinstance(side, int) and side > 0 for side in size):
        if mime == SVG:
            return ""
        size = _size(picture)
    return f'{{ width="{size[0]}" height="{size[1]}" }}'


def _size(picture: bytes) -> tuple[int, int]:
    with opened(picture, "it is no picture of that kind") as image:
        return image.size
