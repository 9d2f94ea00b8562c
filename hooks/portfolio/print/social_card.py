"""The image that other sites show beside a link to a page: 1200 × 630 pixels, typeset from ``card.typ``.

The size is the one that the Open Graph's readers ask for (1.91 : 1). A title is set as large as it fits, and
shortened at a word where even the smallest size is too large; what stands around it has one line each.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from portfolio.core.cache import Cache, NoCache, cache_key
from portfolio.print import characters, svg_outlines
from portfolio.print import fonts as typefaces
from portfolio.print.compiler import Share, alone, typeset
from portfolio.print.fonts import STAND_IN, Typefaces
from portfolio.print.glyph_compositor import Lettering
from portfolio.record.loss import ExportLoss

FACE = "social cards"
TEMPLATE = Path(__file__).parent / "typst" / "card.typ"
WIDTH, HEIGHT = 1200, 630
# What cannot stand on a card at any size is not measured letter by letter.
_MOST_LETTERS = 400
# The compiler remembers what it measured until it has done.
_AT_ONCE = 50


@dataclass(frozen=True)
class Card:
    """What a card says; ``section`` and ``when`` may be empty."""

    title: str
    section: str
    when: str
    site: str
    lang: str = "en"


def render(
    cards: Sequence[Card], fonts: Typefaces, cache: Cache | None = None, share: Share = alone
) -> tuple[list[bytes], list[ExportLoss]]:
    """A PNG for each card, in their order, and one note of all letters that no font has.

    What the cache lacks is set as one document: opening the fonts costs more than a card. ``share`` says who
    typesets.
    """
    cache = cache or NoCache()
    template = TEMPLATE.read_bytes()
    keys = [
        cache_key(FACE, fonts.fingerprint, template, json.dumps(asdict(card), sort_keys=True))
        for card in cards
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
    pictures = share(partial(_pictures, fonts), [card for card, _ in shown])
    for key, png, (_, letters_missing) in zip(wanted, pictures, shown, strict=True):
        made[key] = png
        missing |= letters_missing
        cache.put(key, json.dumps(sorted(letters_missing)).encode() + b"\n" + png)
    return [made[key] for key in keys], _notes(missing)


def _pictures(fonts: Typefaces, shown: Sequence[dict[str, object]]) -> list[bytes]:
    pictures: list[bytes] = []
    lettering = Lettering(fonts)
    for start in range(0, len(shown), _AT_ONCE):
        cards = shown[start : start + _AT_ONCE]
        pages = [svg_outlines.read(page) for page in typeset(TEMPLATE, fonts, {"cards": cards}, format="svg")]
        lettering.draw(letter.outline for _, letters in pages for letter in letters)
        pictures += [lettering.card((WIDTH, HEIGHT), *page) for page in pages]
    return pictures


def _shown(card: Card, fonts: Typefaces) -> tuple[dict[str, object], set[str]]:
    missing: set[str] = set()
    told = {name: " ".join(text.split()) for name, text in asdict(card).items()}
    told = typefaces.replaced_in(fonts, told, missing)
    shown = {name: list(characters.clusters(text)) for name, text in told.items() if name != "lang"}
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


def _notes(missing: set[str]) -> list[ExportLoss]:
    if not missing:
        return []
    return [ExportLoss(FACE, "", f"no font has {characters.named(missing)}; ‘{STAND_IN}’ stands there.")]
