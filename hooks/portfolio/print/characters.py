"""Letters as one sees them, and as fonts have them."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_JOINER = "\N{ZERO WIDTH JOINER}"
_BYTE_ORDER = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What shapes letters with their vowels into signs of several glyphs, in the blocks of Unicode: the scripts of
# India and Sri Lanka, of Myanmar, and of Khmer.
_COMPOSED = (range(0x900, 0xE00), range(0x1000, 0x10A0), range(0x1780, 0x1800))
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clusters(text: str) -> Iterator[str]:
    """Letters with their marks, nearly as UAX #29 has it: what one font has to draw as one."""
    cluster = ""
    for letter in text:
        joined = cluster.endswith(_JOINER) or letter == _JOINER or ord(letter) in _SKIN_TONES
        if cluster and (joined or unicodedata.category(letter) in {"Mn", "Mc", "Me"}):
            cluster += letter
            continue
        if cluster:
            yield cluster
        cluster = letter
    if cluster:
        yield cluster


def without_controls(text: str) -> str:
    """A text without what no font draws and no reader means.

    That is controls, halves of surrogate pairs, and the mark of byte order, which PDF/UA forbids.
    """
    return "".join(
        " " if letter in "\t\n\r" else letter
        for letter in text
        if letter in "\t\n\r" or (unicodedata.category(letter) not in {"Cc", "Cs"} and letter != _BYTE_ORDER)
    )


def composed_scripts(text: str) -> set[str]:
    """The scripts in a text whose letters are drawn as several glyphs together, such as ``Tamil``."""
    return {
        unicodedata.name(letter, "").partition(" ")[0].capitalize()
        for letter in set(text)
        if any(ord(letter) in block for block in _COMPOSED) and unicodedata.category(letter) == "Lo"
    }


def named(letters: Iterable[str], most: int = 8) -> str:
    """Letters for a message: each with its name in Unicode, and how many more there are."""
    told = sorted(letters)
    names = [
        f"‘{letter}’ ({unicodedata.name(letter[0], f'U+{ord(letter[0]):04X}')})" for letter in told[:most]
    ]
    return ", ".join(names) + (f" and {len(told) - most} more" if len(told) > most else "")


def code_points(font: TTFont) -> frozenset[int]:
    """All that a font has a glyph for.

    The groups of a full repertoire (OpenType's ``cmap``, format 12) are read as they stand: fontTools names
    each of their 30 000 glyphs first, which takes half a second for a Chinese font.
    """
    table = font.getTableData("cmap")
    (tables,) = struct.unpack_from(">H", table, 2)
    for platform, encoding, start in struct.iter_unpack(">HHL", table[4 : 4 + 8 * tables]):
        if (platform, encoding, table[start : start + 2]) == (3, 10, b"\0\x0c"):
            (count,) = struct.unpack_from(">L", table, start + 12)
            groups = struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * count])
            return frozenset(chain.from_iterable(range(first, last + 1) for first, last, _ in groups))
    return frozenset(font.getBestCmap() or ())
