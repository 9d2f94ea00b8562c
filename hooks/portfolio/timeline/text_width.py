"""How much room a text takes, near enough to keep labels from running into one another."""

from __future__ import annotations

import unicodedata

# Shares of the font's size; the system's sans is not known, so the figures are on the generous side.
_WIDE = 1.02
_NARROW = 0.56


def width(text: str, size: float) -> float:
    """The width of a text in a sans of the given size, in the same unit."""
    return sum(_advance(character) for character in text) * size


def shortened(text: str, size: float, room: float) -> str:
    """The text, or as much of it as fits the room with an ellipsis; a base letter keeps its marks."""
    if width(text, size) <= room:
        return text
    kept = ""
    used = size * _WIDE
    for character in text:
        used += _advance(character) * size
        if used > room:
            break
        kept += character
    return kept.rstrip(" ,;:-–—") + "…"


def _advance(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in {"W", "F"} else _NARROW
