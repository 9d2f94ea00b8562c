"""What a picture is: its kind and its size, read from the first bytes of its file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree
from xml.parsers import expat

# Loaded where there is a picture: it is heavy, and hooks are loaded for every build.
if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["JPEG", "PNG", "WEBP", "AVIF", "GIF", "SVG"]
# What is published as it comes, by the ending of its name.
KINDS: dict[str, Kind] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".gif": "GIF",
    ".svg": "SVG",
}
_ORIENTATION = 0x0112
_SIDEWAYS = 5  # from here on, orientations change the sides
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?")
_LENGTH = re.compile(r"\s*\+?((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)\s*(px|pt|pc|in|cm|mm|)\s*")
_CSS_PIXELS = {"px": 1, "": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
# A phone's or a camera's picture has fewer; a file that claims more is made to fill the memory.
_MOST_PIXELS = 200_000_000


class PictureError(ValueError):
    """A file that is no picture which can be shown; the message ends a sentence about it."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is shown: ``width`` × ``height`` in pixels, of CSS for a drawing, turned upright.

    ``still`` tells that one frame is all there is; ``orientation`` how the file asks to be turned when shown,
    as Exif counts: 1 is not at all.
    """

    kind: Kind
    width: int
    height: int
    still: bool = True
    orientation: int = 1


@contextmanager
def opened(content: bytes, fault: str) -> Iterator[Image.Image]:
    """A picture's file, opened by Pillow and closed at the end.

    Raises:
        PictureError: with ``fault`` for whatever goes wrong meanwhile: decoders tell of broken files by
            errors of many kinds.
    """
    from PIL import Image

    try:
        # Of notes that are broken Pillow warns; they are not shown.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(BytesIO(content)) as image:
                yield image
    except PictureError:
        raise
    except (OSError, ValueError, SyntaxError, RuntimeError, Image.DecompressionBombError) as error:
        raise PictureError(fault) from error


def read(content: bytes, kind: Kind) -> Picture:
    """Read the size of a picture; only its head is decoded.

    Raises:
        PictureError: for what is no picture, or another kind than its name says.
    """
    if kind == "SVG":
        return _drawing(content)
    with opened(content, f"is no {kind} picture, or a broken one") as image:
        width, height = image.size
        orientation = image.getexif().get(_ORIENTATION, 1)
        still = getattr(image, "n_frames", 1) == 1
        found = image.format
    if orientation not in range(1, 9):
        orientation = 1
    # A JPEG of several pictures, as phones make them, is one for every browser.
    if (found := {"MPO": "JPEG"}.get(str(found), found)) != kind:
        raise PictureError(f"is of the kind {found} and is named as if it were {kind}")
    if width * height > _MOST_PIXELS:
        raise PictureError(f"has {width} × {height} pixels; no more than {_MOST_PIXELS} are accepted")
    still = still or kind == "JPEG"
    sides = (height, width) if orientation >= _SIDEWAYS else (width, height)
    return Picture(kind, *sides, still=still, orientation=orientation)


def parse(content: bytes | str) -> ElementTree.Element:
    """The root of a drawing in SVG, or of any XML.

    Raises:
        PictureError: for what is no XML, and for entities, which are not needed and can be made to fill the
            memory.
    """
    try:
        reader = expat.ParserCreate()
        reader.EntityDeclHandler = _refuse
        reader.Parse(content, True)
        return ElementTree.fromstring(content)
    except PictureError:
        raise
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as error:
        # The latter two: unknown encodings.
        raise PictureError(f"is no SVG drawing: {error}") from error


def _refuse(*_: object) -> None:
    raise PictureError("declares entities, which no drawing on the web has use for")


def _drawing(content: bytes) -> Picture:
    root = parse(content)
    if root.tag.rpartition("}")[2] != "svg":
        raise PictureError(f"is no SVG drawing: it begins with <{root.tag.rpartition('}')[2]}>")
    sides = [_pixels(root.get(name, "")) for name in ("width", "height")]
    box = [_number(one) for one in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[3] / box[2]
        width = sides[0] or (sides[1] / ratio if sides[1] else box[2])
        return Picture("SVG", round(width) or 1, round(sides[1] or width * ratio) or 1)
    if not all(sides):
        raise PictureError("has neither a viewBox nor a width and a height, so its size is not known")
    return Picture("SVG", round(sides[0]) or 1, round(sides[1]) or 1)


def _number(text: str) -> float:
    """A number of SVG, which may have an exponent; 0 for what is none."""
    return float(text) if _NUMBER.fullmatch(text) else 0.0


def _pixels(length: str) -> float:
    """A length of SVG in CSS pixels; 0 for one that depends on what is around it."""
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _CSS_PIXELS[match[2]] if match else 0.0
