"""Social cards: the image that other sites show next to a link, 1200 × 630 pixels, typeset from ``card.typ``.

Consumers of Open Graph recommend this size (1.91 : 1). A title is set as large as it fits, and shortened
at a word if it is too long for the smallest size. All other texts get one line each.

Cards are composed here from the glyph outlines of Typst's SVG: a glyph is the same picture wherever it
occurs, so few have to be rasterised for many cards. Rasterising whole cards with Typst takes nearly twice
the time, and the files are three times as large.
"""

from __future__ import annotations

import functools
import io
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import floor
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from portfolio.core.cache import Cache, cache_key
from portfolio.core.diagnostics import ExportLoss
from portfolio.print import typst_compiler
from portfolio.print.fonts import Typefaces, describe_missing, font_order, grapheme_clusters
from portfolio.print.typst_compiler import (
    Message,
    TypesettingError,
    compile_template,
    print_fingerprint,
    typst_language,
)

# fontTools and Pillow are imported late: see Typefaces.compiler_fonts.
if TYPE_CHECKING:
    from fontTools.misc.transform import Transform
    from PIL.Image import Image

EXPORT = "social cards"
WIDTH, HEIGHT = 1200, 630
# Longer texts fit at no size, so the rest is not measured.
_MAX_CHARACTERS = 400
# The compiler holds all measurements in memory until a document is done.
_BATCH = 25
_HREF = "{http://www.w3.org/1999/xlink}href"
_TRANSFORM = re.compile(r"(translate|scale|matrix)\(([^)]*)\)")
# Glyphs are placed at quarters of a pixel horizontally, and on whole pixels vertically.
PHASES = 4
# A point of a page is a pixel.
PPI = 72
# Anti-aliasing levels per colour, so that all colours of a card fit in a palette.
_LEVELS = 15
# Cards are mostly rows of background: run-length encoding takes a third of the time for a fifth more bytes.
_COMPRESSION = zlib.Z_RLE


class Card(NamedTuple):
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
    work_elsewhere: typst_compiler.WorkElsewhere = typst_compiler.work_here,
) -> tuple[list[bytes], list[ExportLoss]]:
    """Render a PNG for each card, and report all characters that no font has as one loss.

    Cards that are not in the cache are rendered in batches, which several processes can share.
    """
    cache = cache or Cache()
    code = print_fingerprint(__name__, fonts)
    keys = [cache_key(EXPORT, code, json.dumps(card._asdict(), sort_keys=True)) for card in cards]
    rendered = {key: _split(entry) for key in keys if (entry := cache.get(key)) is not None}
    jobs = {}
    compositor = GlyphCompositor(fonts)
    # The same batches in each process that has these cards, whatever is in the cache by now.
    for start in range(0, len(cards), _BATCH):
        batch = dict(zip(keys[start : start + _BATCH], cards[start : start + _BATCH], strict=True))
        if not batch.keys() <= rendered.keys():
            jobs[keys[start]] = functools.partial(_find_or_render, batch, compositor, cache)
    if jobs:
        # Workers only fill the cache: nothing reads the cards in their memory.
        fill = {name: functools.partial(_fill, job) for name, job in jobs.items()}
        work_elsewhere(lambda: cache.run(fill), len(jobs))
        results = cache.run(jobs)
        while results:
            rendered |= {key: _split(entry) for key, entry in results.popitem()[1].items()}
    missing = {character for key in keys for character in rendered[key][0]}
    losses = [ExportLoss(EXPORT, "", describe_missing(missing))] if missing else []
    return [rendered[key][1] for key in keys], losses


def _fill(job: Callable[[], object]) -> None:
    """Run a job for what it adds to the cache."""
    job()


def _split(entry: bytes) -> tuple[list[str], bytes]:
    """Return the missing characters and the PNG of a card in the cache."""
    header, _, picture = entry.partition(b"\n")
    return json.loads(header), picture


def _find_or_render(batch: Mapping[str, Card], compositor: GlyphCompositor, cache: Cache) -> dict[str, bytes]:
    """Return the cards of a batch by their keys, as the cache has them: missing characters, and a PNG."""
    entries = {key: entry for key in batch if (entry := cache.get(key)) is not None}
    new = {key: _template_data(card, compositor.fonts) for key, card in batch.items() if key not in entries}
    pages = _draw([data for data, _ in new.values()], compositor)
    for (key, (_, missing)), png in zip(new.items(), pages, strict=True):
        entries[key] = json.dumps(sorted(missing)).encode() + b"\n" + png
        cache.put(key, entries[key])
    return entries


def _draw(cards: Sequence[dict[str, object]], compositor: GlyphCompositor) -> list[bytes]:
    """Draw cards, which are set in one document: to start one takes longer than a card."""
    if not cards:
        return []
    drawings = compile_template("card.typ", compositor.fonts, {"cards": cards}, format="svg")
    pages = [read_page(drawing) for drawing in drawings]
    compositor.rasterise(glyph.outline for _, glyphs in pages for glyph in glyphs)
    return [compositor.compose((WIDTH, HEIGHT), *page) for page in pages]


def _template_data(card: Card, fonts: Typefaces) -> tuple[dict[str, object], set[str]]:
    """The data of a card for the template, and the characters that no font has."""
    texts, missing = fonts.replace_missing(
        {name: " ".join(text.split()) for name, text in card._asdict().items()}
    )
    clusters = {name: list(grapheme_clusters(text)) for name, text in texts.items() if name != "lang"}
    return {
        **{name: parts[:_MAX_CHARACTERS] for name, parts in clusters.items()},
        **font_order(texts["title"]),
        "lang": typst_language(card.lang),
        "complete": len(clusters["title"]) <= _MAX_CHARACTERS,
        "rtl": _is_right_to_left(texts["title"]),
    }, missing


def _is_right_to_left(text: str) -> bool:
    """Whether a text runs from right to left, as its first strong character does (UAX #9, rule P2)."""
    classes = (unicodedata.bidirectional(character) for character in text)
    return next((bidi for bidi in classes if bidi in {"L", "R", "AL"}), "L") != "L"


class Outline(NamedTuple):
    """A filled shape: an SVG path, the first four numbers of its matrix, and its horizontal phase."""

    path: str
    matrix: tuple[float, float, float, float]
    phase: int

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """The bounding box in whole pixels, with a margin of one pixel: left, top, right, bottom."""
        left, top, right, bottom = _path_bounds(self.path, (*self.matrix, self.phase / PHASES, 0))
        return floor(left) - 1, floor(top) - 1, floor(right) + 2, floor(bottom) + 2


class PlacedOutline(NamedTuple):
    """An outline in a colour (``#rrggbb``) with its origin at a pixel."""

    outline: Outline
    colour: str
    x: int
    y: int


class Box(NamedTuple):
    """A filled box in whole pixels: left, top, right, bottom."""

    colour: str
    box: tuple[int, int, int, int]


def read_page(svg: bytes) -> tuple[list[Box], list[PlacedOutline]]:
    """Read the boxes and the glyphs of a page. Raises TypesettingError for any other element."""
    from fontTools.misc.transform import Identity

    page = ET.fromstring(svg)
    outlines = {f"#{symbol.get('id')}": symbol[0].get("d", "") for symbol in page.iterfind(".//{*}symbol")}
    boxes: list[Box] = []
    glyphs: list[PlacedOutline] = []
    for element, transform in _drawn_elements(page, Identity):
        colour = element.get("fill", "")
        if "d" in element.attrib:
            left, top, right, bottom = map(round, _path_bounds(element.get("d", ""), transform))
            boxes.append(Box(colour, (left, top, right, bottom)))
        else:
            x, y = transform.transformPoint((float(element.get("x", 0)), float(element.get("y", 0))))
            pixel, phase = divmod(floor(x * PHASES + 0.5), PHASES)
            outline = Outline(outlines[element.get(_HREF, "")], transform[:4], phase)
            glyphs.append(PlacedOutline(outline, colour, pixel, floor(y + 0.5)))
    return boxes, glyphs


class GlyphCompositor:
    """Rasterises each outline once, and composes cards from the pictures."""

    def __init__(self, fonts: Typefaces) -> None:
        self.fonts = fonts
        # How much of each pixel an outline covers, and where the picture begins: left, top.
        self._rasterised: dict[Outline, tuple[Image, int, int]] = {}

    def rasterise(self, outlines: Iterable[Outline]) -> None:
        """Rasterise new outlines, each on its own page, so that its picture depends on nothing else."""
        from PIL import Image

        new = {outline: outline.bounds for outline in {*outlines} - self._rasterised.keys()}
        glyphs = [
            {
                "path": outline.path,
                "matrix": " ".join(map(str, (*outline.matrix, outline.phase / PHASES - left, -top))),
                "width": right - left,
                "height": bottom - top,
            }
            for outline, (left, top, right, bottom) in new.items()
        ]
        if not glyphs:
            return
        pictures = compile_template("glyphs.typ", self.fonts, {"glyphs": glyphs}, format="png", ppi=PPI)
        for (outline, (left, top, _, _)), png in zip(new.items(), pictures, strict=True):
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
        card.putpalette(_palette(background.colour, (*indices,)))
        png = io.BytesIO()
        card.save(png, "PNG", compress_type=_COMPRESSION)
        return png.getvalue()

    def _coverage(
        self, glyphs: Sequence[PlacedOutline], size: tuple[int, int]
    ) -> tuple[Image, tuple[int, int, int, int]]:
        """How much of each pixel glyphs cover (0 to 255), and the area: left, top, right, bottom."""
        from PIL import Image

        placed = [
            (picture, glyph.x + left, glyph.y + top)
            for glyph in glyphs
            for picture, left, top in [self._rasterised[glyph.outline]]
        ]
        # Clip to the card.
        width, height = size
        left = min([width, *(max(x, 0) for _, x, _ in placed)])
        top = min([height, *(max(y, 0) for _, _, y in placed)])
        right = max([left, *(min(x + picture.width, width) for picture, x, _ in placed)])
        bottom = max([top, *(min(y + picture.height, height) for picture, _, y in placed)])
        coverage = Image.new("L", (right - left, bottom - top), 0)
        for picture, x, y in placed:
            coverage.paste(255, (x - left, y - top), picture)
        return coverage, (left, top, right, bottom)


def _drawn_elements(group: ET.Element, outer: Transform) -> Iterator[tuple[ET.Element, Transform]]:
    """The elements that a group draws, each with its transform (SVG 1.1, 7.5)."""
    for element in group:
        tag, transform = element.tag.rpartition("}")[2], outer
        for kind, text in _TRANSFORM.findall(element.get("transform", "")):
            numbers = [float(number) for number in text.replace(",", " ").split()]
            matrix = kind == "matrix"
            transform = transform.transform(numbers) if matrix else getattr(transform, kind)(*numbers)
        if tag == "g":
            yield from _drawn_elements(element, transform)
        elif tag in {"use", "path"} and element.get("stroke") is None:
            yield element, transform
        elif tag != "defs":
            raise TypesettingError(Message(f"cards cannot contain <{tag}>."))


def _path_bounds(path: str, transform: Sequence[float]) -> tuple[float, float, float, float]:
    """The bounding box of a path and of the control points of its curves: left, top, right, bottom."""
    from fontTools.pens.boundsPen import ControlBoundsPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.svgLib.path.parser import parse_path

    pen = ControlBoundsPen(None)
    parse_path(path, TransformPen(pen, transform))
    return pen.bounds or (0, 0, 0, 0)


@functools.cache
def _palette_indices(full: int) -> list[int]:
    """The palette index for each coverage (0 to 255) of a colour; ``full`` is that of full coverage."""
    levels = (round(coverage * _LEVELS / 255) for coverage in range(256))
    return [full - _LEVELS + level if level else 0 for level in levels]


@functools.cache
def _palette(background: str, colours: tuple[str, ...]) -> list[int]:
    """Red, green and blue of the background, and of each level from it to each colour."""
    from PIL import ImageColor

    ground, *rest = map(ImageColor.getrgb, (background, *colours))
    return [
        *ground,
        *(
            round(below + (above - below) * level / _LEVELS)
            for colour in rest
            for level in range(1, _LEVELS + 1)
            for below, above in zip(ground, colour, strict=True)
        ),
    ]
