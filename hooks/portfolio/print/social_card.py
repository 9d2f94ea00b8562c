"""Social cards: the image that other sites show next to a link, 1200 × 630 pixels, typeset from ``card.typ``.

The size is what Open Graph consumers ask for (1.91 : 1). A title is set as large as it fits, and shortened
at a word if it is too long for the smallest size. All other texts get one line each.

Typst takes some ten milliseconds to rasterise a card, and less than one to write it as SVG. So cards are
composed here from the glyph outlines in that SVG: a glyph is the same picture wherever it occurs, so few have
to be rasterised for many cards.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from math import floor
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from portfolio.core.cache import Cache, cache_key
from portfolio.core.diagnostics import ExportLoss
from portfolio.print.fonts import (
    REPLACEMENT,
    Typefaces,
    describe_characters,
    font_order,
    grapheme_clusters,
    replace_missing,
)
from portfolio.print.typst_compiler import (
    Distribute,
    TypesettingError,
    compile_template,
    print_fingerprint,
    run_in_process,
)

if TYPE_CHECKING:
    from PIL.Image import Image

EXPORT = "social cards"
_CARD_TEMPLATE = "card.typ"
WIDTH, HEIGHT = 1200, 630
# Longer texts fit at no size, so the rest is not measured.
_MAX_CHARACTERS = 400
# The compiler holds all measurements in memory until a document is done.
_BATCH = 50
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = r"-?\d*\.?\d+(?:e-?\d+)?"
_COMMAND = re.compile(rf"([A-Za-z])|({_NUMBER})")
_TRANSFORM = re.compile(r"(translate|scale|matrix)\(([^)]*)\)")
# How many numbers each path command takes; commands in lower case are relative.
_ARITY = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6, "z": 0}
# Glyphs are placed at quarters of a pixel horizontally, and on whole pixels vertically.
PHASES = 4
_GLYPH_TEMPLATE = "glyphs.typ"
# A point of a page is a pixel.
PPI = 72
# Anti-aliasing levels per colour, so that all colours of a card fit in a palette.
_LEVELS = 15
# Cards are mostly rows of background: run-length encoding takes a third of the time for a fifth more bytes.
_COMPRESSION = zlib.Z_RLE

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


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
    cache = cache or Cache()
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
        pages = [read_page(page) for page in compile_template(_CARD_TEMPLATE, fonts, batch, format="svg")]
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


@dataclass(frozen=True)
class Outline:
    """A filled shape: an SVG path, the first four numbers of its matrix, and its horizontal phase."""

    path: str
    matrix: tuple[float, float, float, float]
    phase: int

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """The bounding box in whole pixels, with a margin of one pixel: left, top, right, bottom."""
        a, b, c, d = self.matrix
        points = [(a * x + c * y + self.phase / PHASES, b * x + d * y) for x, y in _path_points(self.path)]
        across, down = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
        return floor(min(across)) - 1, floor(min(down)) - 1, floor(max(across)) + 2, floor(max(down)) + 2


@dataclass(frozen=True)
class PlacedOutline:
    """An outline in a colour (``#rrggbb``) with its origin at a pixel."""

    outline: Outline
    colour: str
    x: int
    y: int


@dataclass(frozen=True)
class Box:
    """A filled box in whole pixels: left, top, right, bottom."""

    colour: str
    box: tuple[int, int, int, int]


def read_page(svg: bytes) -> tuple[list[Box], list[PlacedOutline]]:
    """Read the boxes and the glyphs of a page. Raises TypesettingError for any other element."""
    page = ET.fromstring(svg)
    outlines = {
        f"#{symbol.get('id')}": symbol[0].get("d", "") for symbol in page.iter() if _tag(symbol) == "symbol"
    }
    boxes: list[Box] = []
    glyphs: list[PlacedOutline] = []
    for element, (a, b, c, d, x, y) in _drawn_elements(page, _IDENTITY):
        colour = element.get("fill", "")
        if _tag(element) == "path":
            points = list(_path_points(element.get("d", "")))
            across, down = [x + at for at, _ in points], [y + at for _, at in points]
            boxes.append(
                Box(colour, (round(min(across)), round(min(down)), round(max(across)), round(max(down))))
            )
        else:
            own_x, own_y = float(element.get("x", 0)), float(element.get("y", 0))
            quarters = floor((a * own_x + c * own_y + x) * PHASES + 0.5)
            left, phase = divmod(quarters, PHASES)
            outline = Outline(outlines[element.get(_HREF, "")], (a, b, c, d), phase)
            glyphs.append(PlacedOutline(outline, colour, left, floor(b * own_x + d * own_y + y + 0.5)))
    return boxes, glyphs


class GlyphCompositor:
    """Rasterises each outline once, and composes cards from the pictures."""

    def __init__(self, fonts: Typefaces) -> None:
        self._fonts = fonts
        # How much of each pixel an outline covers, and where the picture begins: left, top.
        self._rasterised: dict[Outline, tuple[Image, int, int]] = {}

    def rasterise(self, outlines: Iterable[Outline]) -> None:
        """Rasterise new outlines, each on its own page, so that its picture depends on nothing else."""
        # Imported late: see Typefaces.compiler_fonts.
        from PIL import Image

        new = [outline for outline in dict.fromkeys(outlines) if outline not in self._rasterised]
        if not new:
            return
        bounds = [outline.bounds for outline in new]
        glyphs = [
            {
                "path": outline.path,
                "matrix": _svg_matrix(outline, left, top),
                "width": right - left,
                "height": bottom - top,
            }
            for outline, (left, top, right, bottom) in zip(new, bounds, strict=True)
        ]
        pictures = compile_template(_GLYPH_TEMPLATE, self._fonts, {"glyphs": glyphs}, format="png", ppi=PPI)
        for outline, (left, top, _, _), png in zip(new, bounds, pictures, strict=True):
            with Image.open(io.BytesIO(png)) as picture:
                self._rasterised[outline] = picture.getchannel("A"), left, top

    def compose(self, size: tuple[int, int], boxes: Sequence[Box], glyphs: Sequence[PlacedOutline]) -> bytes:
        """Compose a PNG from rasterised outlines and boxes; the first box is the background."""
        from PIL import Image, ImageChops

        background, *foreground = boxes
        colours = dict.fromkeys((*(box.colour for box in foreground), *(glyph.colour for glyph in glyphs)))
        # The palette index of each colour at full coverage.
        indices = {colour: _LEVELS * place for place, colour in enumerate(colours, 1)}
        card = Image.new("L", size, 0)
        for box in foreground:
            card.paste(indices[box.colour], box.box)
        for colour, index in indices.items():
            coverage, area = self._coverage([glyph for glyph in glyphs if glyph.colour == colour], size)
            card.paste(ImageChops.lighter(card.crop(area), coverage.point(_palette_indices(index))), area)
        card.putpalette(_palette(background.colour, indices))
        png = io.BytesIO()
        card.save(png, "PNG", compress_type=_COMPRESSION)
        return png.getvalue()

    def _coverage(
        self, glyphs: Sequence[PlacedOutline], size: tuple[int, int]
    ) -> tuple[Image, tuple[int, int, int, int]]:
        """How much of each pixel glyphs cover (0 to 255), and the area: left, top, right, bottom."""
        from PIL import Image

        pictures = [self._rasterised[glyph.outline] for glyph in glyphs]
        starts = [
            (glyph.x + left, glyph.y + top) for glyph, (_, left, top) in zip(glyphs, pictures, strict=True)
        ]
        ends = [
            (x + picture.width, y + picture.height)
            for (x, y), (picture, _, _) in zip(starts, pictures, strict=True)
        ]
        # Clip to the card.
        left, top = (min([size[axis], *(max(start[axis], 0) for start in starts)]) for axis in (0, 1))
        right, bottom = (
            max([first, *(min(end[axis], size[axis]) for end in ends)])
            for axis, first in enumerate((left, top))
        )
        coverage = Image.new("L", (right - left, bottom - top), 0)
        for (x, y), (picture, _, _) in zip(starts, pictures, strict=True):
            coverage.paste(255, (x - left, y - top), picture)
        return coverage, (left, top, right, bottom)


def _drawn_elements(group: ET.Element, outer: Matrix) -> Iterator[tuple[ET.Element, Matrix]]:
    """The elements that a group draws, each with its matrix."""
    for element in group:
        tag, matrix = _tag(element), _transformed(outer, element.get("transform", ""))
        if tag == "g":
            yield from _drawn_elements(element, matrix)
        elif tag in {"use", "path"} and element.get("stroke") is None:
            yield element, matrix
        elif tag != "defs":
            raise TypesettingError(f"cards cannot contain <{tag}>.")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _transformed(outer: Matrix, transform: str) -> Matrix:
    """Combine a matrix with an SVG ``transform`` (SVG 1.1, 7.5)."""
    for kind, text in _TRANSFORM.findall(transform):
        numbers = [float(number) for number in text.replace(",", " ").split()]
        if kind == "matrix":
            a, b, c, d, e, f = numbers
        elif kind == "scale":
            a, b, c, d, e, f = numbers[0], 0, 0, numbers[-1], 0, 0
        else:
            a, b, c, d, e, f = 1, 0, 0, 1, numbers[0], numbers[1] if len(numbers) > 1 else 0
        p, q, r, s, t, u = outer
        outer = (
            p * a + r * b,
            q * a + s * b,
            p * c + r * d,
            q * c + s * d,
            p * e + r * f + t,
            q * e + s * f + u,
        )
    return outer


@lru_cache(maxsize=4096)
def _path_points(path: str) -> tuple[tuple[float, float], ...]:
    """The points of a path: those on it and the control points of its curves (SVG 1.1, 8.3)."""
    points: list[tuple[float, float]] = []
    x = y = first_x = first_y = 0.0
    for name, numbers in _path_commands(path):
        kind = name.lower()
        base_x, base_y = (x, y) if name.islower() else (0.0, 0.0)
        if kind == "z":
            x, y = first_x, first_y
        elif kind == "h":
            x = base_x + numbers[0]
        elif kind == "v":
            y = base_y + numbers[0]
        else:
            pairs = [(base_x + dx, base_y + dy) for dx, dy in zip(numbers[::2], numbers[1::2], strict=True)]
            points += pairs
            x, y = pairs[-1]
            if kind == "m":
                first_x, first_y = x, y
        points.append((x, y))
    return tuple(points)


def _path_commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of a path, each with its numbers. Raises TypesettingError for an unknown command."""
    name, numbers = "", list[float]()
    for letter, number in _COMMAND.findall(path):
        if letter:
            if letter.lower() not in _ARITY:
                raise TypesettingError(f"cards cannot contain the path command {letter!r}.")
            name, numbers = letter, []
        else:
            numbers.append(float(number))
        if name and len(numbers) == _ARITY[name.lower()]:
            yield name, numbers
            numbers = []


def _svg_matrix(outline: Outline, left: int, top: int) -> str:
    a, b, c, d = outline.matrix
    return f"matrix({a} {b} {c} {d} {outline.phase / PHASES - left} {-top})"


def _palette_indices(full: int) -> list[int]:
    """The palette index for each coverage (0 to 255) of a colour; ``full`` is that of full coverage."""
    levels = (round(coverage * _LEVELS / 255) for coverage in range(256))
    return [full - _LEVELS + level if level else 0 for level in levels]


def _palette(background: str, colours: Iterable[str]) -> list[int]:
    """Red, green and blue of the background, and of each level from it to each colour."""
    ground = _rgb(background)
    palette = list(ground)
    for colour in colours:
        for level in range(1, _LEVELS + 1):
            palette += [
                round(below + (above - below) * level / _LEVELS)
                for below, above in zip(ground, _rgb(colour), strict=True)
            ]
    return palette


def _rgb(colour: str) -> tuple[int, ...]:
    """Red, green and blue (0 to 255) of ``#rgb`` or ``#rrggbb``."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return tuple(bytes.fromhex(digits))
