"""Pictures of letters, drawn once, and cards put together from them: a PNG in a palette."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.print.compiler import typeset
from portfolio.print.svg_outlines import PHASES, Box, Outline, Placed

if TYPE_CHECKING:
    from PIL.Image import Image

    from portfolio.print.fonts import Typefaces

_TEMPLATE = Path(__file__).parent / "typst" / "letters.typ"
# A point of a page is a pixel.
PPI = 72
# Steps from the paper to an ink, at the edges of letters; all colours of a card have room in a palette.
_STEPS = 15
# A card is mostly rows of paper: to look for runs alone takes a third of the time, and a fifth more bytes.
_COMPRESSION = zlib.Z_RLE


class Lettering:
    """The letters that were drawn so far: how much of each pixel they cover, and where they begin."""

    def __init__(self, fonts: Typefaces) -> None:
        self._fonts = fonts
        self._drawn: dict[Outline, tuple[Image, int, int]] = {}

    def draw(self, outlines: Iterable[Outline]) -> None:
        """Draw those that were not drawn yet, each on a page of its own: it is the same beside any other."""
        # Not at the top: see Typefaces.opened.
        from PIL import Image

        wanted = [one for one in dict.fromkeys(outlines) if one not in self._drawn]
        if not wanted:
            return
        bounds = [one.bounds for one in wanted]
        letters = [
            {
                "path": one.path,
                "matrix": _matrix(one, left, top),
                "width": right - left,
                "height": bottom - top,
            }
            for one, (left, top, right, bottom) in zip(wanted, bounds, strict=True)
        ]
        pictures = typeset(_TEMPLATE, self._fonts, {"letters": letters}, format="png", ppi=PPI)
        for one, (left, top, _, _), png in zip(wanted, bounds, pictures, strict=True):
            with Image.open(io.BytesIO(png)) as picture:
                self._drawn[one] = picture.getchannel("A"), left, top

    def card(self, size: tuple[int, int], boxes: Sequence[Box], letters: Sequence[Placed]) -> bytes:
        """A picture of what has been drawn; the first box is the paper."""
        from PIL import Image, ImageChops

        paper, *others = boxes
        colours = [*(one.colour for one in others), *(one.colour for one in letters)]
        # The place in the palette of each colour at its fullest.
        full = {colour: _STEPS * place for place, colour in enumerate(dict.fromkeys(colours), 1)}
        card = Image.new("L", size, 0)
        for box in others:
            card.paste(full[box.colour], box.box)
        for colour, at in full.items():
            drawn = [one for one in letters if one.colour == colour]
            part, where = self._covered(drawn, size)
            card.paste(ImageChops.lighter(card.crop(where), part.point(_places(at))), where)
        card.putpalette(_palette(paper.colour, full))
        written = io.BytesIO()
        card.save(written, "PNG", compress_type=_COMPRESSION)
        return written.getvalue()

    def _covered(
        self, letters: Sequence[Placed], size: tuple[int, int]
    ) -> tuple[Image, tuple[int, int, int, int]]:
        """How much of each pixel letters cover, from 0 to 255, and the box around them: left, top, right,
        bottom.
        """
        from PIL import Image

        pictures = [self._drawn[one.outline] for one in letters]
        at = [(one.x + left, one.y + top) for one, (_, left, top) in zip(letters, pictures, strict=True)]
        ends = [
            (x + picture.width, y + picture.height)
            for (x, y), (picture, _, _) in zip(at, pictures, strict=True)
        ]
        # What is drawn beside the card is not on it.
        left, top = (min([size[axis], *(max(one[axis], 0) for one in at)]) for axis in (0, 1))
        right, bottom = (
            max([first, *(min(one[axis], size[axis]) for one in ends)])
            for axis, first in enumerate((left, top))
        )
        covered = Image.new("L", (right - left, bottom - top), 0)
        for (x, y), (picture, _, _) in zip(at, pictures, strict=True):
            covered.paste(255, (x - left, y - top), picture)
        return covered, (left, top, right, bottom)


def _places(full: int) -> list[int]:
    """The place in the palette by how much of a pixel a colour covers, ``full`` being that of all of it."""
    steps = (round(cover * _STEPS / 255) for cover in range(256))
    return [full - _STEPS + step if step else 0 for step in steps]


def _matrix(outline: Outline, left: int, top: int) -> str:
    a, b, c, d = outline.matrix
    return f"matrix({a} {b} {c} {d} {outline.phase / PHASES - left} {-top})"


def _palette(paper: str, colours: Iterable[str]) -> list[int]:
    """The paper, and the steps from it to each colour: red, green and blue of each."""
    ground = _parts(paper)
    palette = list(ground)
    for colour in colours:
        for step in range(1, _STEPS + 1):
            palette += [
                round(below + (above - below) * step / _STEPS)
                for below, above in zip(ground, _parts(colour), strict=True)
            ]
    return palette


def _parts(colour: str) -> tuple[int, ...]:
    """Red, green and blue, from 0 to 255, of ``#rgb`` or ``#rrggbb``."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return tuple(bytes.fromhex(digits))
