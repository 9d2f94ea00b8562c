"""The image that other sites show beside a link to a page: 1200 × 630 pixels, typeset from ``card.typ``.

The size is the one that the Open Graph's readers ask for (1.91 : 1). A title is set as large as it fits, and
shortened at a word where even the smallest size is too large; what stands around it has one line each.
"""

from __future__ import annotations

import io
import json
import os
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from portfolio.cache import Cache, NoCache, key_of
from portfolio.renderers import letters, typefaces
from portfolio.renderers.note import Note
from portfolio.renderers.typefaces import STAND_IN, Typefaces
from portfolio.renderers.typesetter import typeset

FACE = "social cards"
TEMPLATE = Path(__file__).parents[1] / "typst" / "card.typ"
WIDTH, HEIGHT = 1200, 630
# The template counts in points, and has as many of them as the image has pixels.
_PPI = 72
# What cannot stand on a card at any size is not measured letter by letter.
_MOST_LETTERS = 400
# Two inks and a paper, with what lies between at the edges of letters.
_COLOURS = 32


@dataclass(frozen=True)
class Card:
    """What a card says; ``section`` and ``when`` may be empty."""

    title: str
    section: str
    when: str
    site: str
    lang: str = "en"


def render(
    cards: Sequence[Card], fonts: Typefaces, cache: Cache | None = None
) -> tuple[list[bytes], list[Note]]:
    """A PNG for each card, in their order, and one note of all letters that no font has.

    What the cache lacks is set as one document: opening the fonts costs more than a card.
    """
    cache = cache or NoCache()
    template = TEMPLATE.read_bytes()
    keys = [
        key_of(FACE, fonts.fingerprint, template, json.dumps(asdict(card), sort_keys=True)) for card in cards
    ]
    missing: set[str] = set()
    made: dict[str, bytes] = {}
    wanted: dict[str, Card] = {}
    for key, card in zip(keys, cards, strict=True):
        kept = cache.get(key)
        if kept is None:
            wanted[key] = card
            continue
        told, _, made[key] = kept.partition(b"\n")
        missing |= set(json.loads(told))
    shown = [_shown(card, fonts) for card in wanted.values()]
    for key, png, (_, letters_missing) in zip(wanted, _pictures(shown, fonts), shown, strict=True):
        made[key] = png
        missing |= letters_missing
        cache.put(key, json.dumps(sorted(letters_missing)).encode() + b"\n" + png)
    return [made[key] for key in keys], _notes(missing)


def _pictures(shown: Sequence[tuple[dict[str, object], set[str]]], fonts: Typefaces) -> list[bytes]:
    if not shown:
        return []
    cards = [card for card, _ in shown]
    pictures = typeset(TEMPLATE, fonts, {"cards": cards}, format="png", ppi=_PPI)
    # Pillow lets others work while it does.
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return list(workers.map(_smaller, pictures))


def _smaller(png: bytes) -> bytes:
    """The same picture in a palette, which takes a third of the bytes."""
    # Not at the top: see Typefaces.opened.
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(
            _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
    written = io.BytesIO()
    few.save(written, "PNG")
    return written.getvalue()


def _shown(card: Card, fonts: Typefaces) -> tuple[dict[str, object], set[str]]:
    missing: set[str] = set()
    told = {name: " ".join(text.split()) for name, text in asdict(card).items()}
    told = typefaces.replaced_in(fonts, told, missing)
    shown = {name: list(letters.clusters(text)) for name, text in told.items() if name != "lang"}
    return {
        **{name: parts[:_MOST_LETTERS] for name, parts in shown.items()},
        **fonts.wanted(" ".join(told.values()), typefaces.orders(told["title"])),
        "lang": told["lang"],
        "whole": len(shown["title"]) <= _MOST_LETTERS,
        "leftward": _leftward(told["title"]),
    }, missing


def _leftward(text: str) -> bool:
    """Whether a text runs from right to left: as its first letter does (UAX #9, rule P2)."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L"


def _notes(missing: set[str]) -> list[Note]:
    if not missing:
        return []
    return [Note(FACE, "", f"no font has {letters.named(missing)}; ‘{STAND_IN}’ stands there.")]
