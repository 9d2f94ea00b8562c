"""Social cards: the image that other sites show next to a link, 1200 × 630 pixels, typeset from ``card.typ``.

The size is what Open Graph consumers ask for (1.91 : 1). A title is set as large as it fits, and shortened
at a word if it is too long for the smallest size. All other texts get one line each.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

from portfolio.core.cache import Cache, NoCache, cache_key
from portfolio.core.diagnostics import ExportLoss
from portfolio.print.fonts import (
    REPLACEMENT,
    Typefaces,
    describe_characters,
    font_order,
    grapheme_clusters,
    replace_missing,
)
from portfolio.print.glyph_outlines import GlyphCompositor, read_page
from portfolio.print.typst_compiler import Distribute, compile_template, print_fingerprint, run_in_process

EXPORT = "social cards"
_TEMPLATE = "card.typ"
WIDTH, HEIGHT = 1200, 630
# Longer texts fit at no size, so the rest is not measured.
_MAX_CHARACTERS = 400
# The compiler holds all measurements in memory until a document is done.
_BATCH = 50


@dataclass(frozen=True)
class Card:
    """The texts of a card; ``section`` and ``when`` may be empty."""

    title: str
    section: str
    when: str
    site: str
    lang: str = "en"


def render(
    cards: Sequence[Card],
    fonts: Typefaces,
    cache: Cache | None = None,
    distribute: Distribute = run_in_process,
) -> tuple[list[bytes], list[ExportLoss]]:
    """Render a PNG for each card, and report all characters that no font has as one loss.

    Cards that are not in the cache are set in one document: opening the fonts costs more than a card.
    """
    cache = cache or NoCache()
    code = print_fingerprint(__name__, fonts)
    keys = [cache_key(EXPORT, code, json.dumps(asdict(card), sort_keys=True)) for card in cards]
    missing: set[str] = set()
    pictures: dict[str, bytes] = {}
    new: dict[str, Card] = {}
    for key, card in zip(keys, cards, strict=True):
        cached = cache.get(key)
        if cached is None:
            new[key] = card
            continue
        header, _, pictures[key] = cached.partition(b"\n")
        missing |= set(json.loads(header))
    prepared = [_template_data(card, fonts) for card in new.values()]
    rendered = distribute(partial(_render_pictures, fonts), [data for data, _ in prepared])
    for key, png, (_, missing_here) in zip(new, rendered, prepared, strict=True):
        pictures[key] = png
        missing |= missing_here
        cache.put(key, json.dumps(sorted(missing_here)).encode() + b"\n" + png)
    losses = []
    if missing:
        message = f"no font has {describe_characters(missing)}; ‘{REPLACEMENT}’ is shown instead."
        losses.append(ExportLoss(EXPORT, "", message))
    return [pictures[key] for key in keys], losses


def _render_pictures(fonts: Typefaces, cards: Sequence[dict[str, object]]) -> list[bytes]:
    pictures: list[bytes] = []
    compositor = GlyphCompositor(fonts)
    for start in range(0, len(cards), _BATCH):
        batch = {"cards": cards[start : start + _BATCH]}
        pages = [read_page(page) for page in compile_template(_TEMPLATE, fonts, batch, format="svg")]
        compositor.rasterise(glyph.outline for _, glyphs in pages for glyph in glyphs)
        pictures += [compositor.compose((WIDTH, HEIGHT), *page) for page in pages]
    return pictures


def _template_data(card: Card, fonts: Typefaces) -> tuple[dict[str, object], set[str]]:
    """The data of a card for the template, and the characters that no font has."""
    missing: set[str] = set()
    texts = {name: " ".join(text.split()) for name, text in asdict(card).items()}
    texts = replace_missing(fonts, texts, missing)
    clusters = {name: list(grapheme_clusters(text)) for name, text in texts.items() if name != "lang"}
    return {
        **{name: parts[:_MAX_CHARACTERS] for name, parts in clusters.items()},
        **fonts.needed_families(" ".join(texts.values()), font_order(texts["title"])),
        "lang": texts["lang"],
        "complete": len(clusters["title"]) <= _MAX_CHARACTERS,
        "rtl": _is_right_to_left(texts["title"]),
    }, missing


def _is_right_to_left(text: str) -> bool:
    """Whether a text runs from right to left, as its first strong character does (UAX #9, rule P2)."""
    classes = (unicodedata.bidirectional(character) for character in text)
    return next((bidi for bidi in classes if bidi in {"L", "R", "AL"}), "L") != "L"
