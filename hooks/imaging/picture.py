"""What a picture is: its kind and its size, read from the first bytes of its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from xml.etree import ElementTree

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
_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|pc|in|cm|mm|)\s*")
_CSS_PIXELS = {"px": 1, "": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
# A phone's or a camera's picture has fewer; a file that claims more is made to fill the memory.
_MOST_PIXELS = 200_000_000


class PictureError(ValueError):
    """A file that is no picture which can be shown; the message ends a sentence about it."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is shown: ``width`` × ``height`` in pixels, of CSS for a drawing, turned upright.

    ``still`` tells that one frame is all there is; ``turned`` that the file asks to be turned when shown.
    """

    kind: Kind
    width: int
    height: int
    still: bool = True
    turned: bool = False


def read(content: bytes, kind: Kind) -> Picture:
    """Read the size of a picture; only its head is decoded.

    Raises:
        PictureError: for what is no picture, or another kind than its name says.
    """
    if kind == "SVG":
        return _drawing(content)
    # Loaded where there is a picture: it is heavy, and hooks are loaded for every build.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
            turned = image.getexif().get(_ORIENTATION, 1) not in (0, 1)
            sideways = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
            still = getattr(image, "n_frames", 1) == 1
            found = image.format
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureError(f"is no {kind} picture, or a broken one") from error
    # A JPEG of several pictures, as phones make them, is one for every browser.
    if (found := {"MPO": "JPEG"}.get(str(found), found)) != kind:
        raise PictureError(f"is of the kind {found} and is named as if it were {kind}")
    if width * height > _MOST_PIXELS:
        raise PictureError(f"has {width} × {height} pixels; no more than {_MOST_PIXELS} are accepted")
    still = still or kind == "JPEG"
    return Picture(kind, *((height, width) if sideways else (width, height)), still=still, turned=turned)


def _drawing(content: bytes) -> Picture:
    if b"<!ENTITY" in content:
        raise PictureError("declares entities, which no drawing on the web has use for")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter: unknown encodings
        raise PictureError(f"is no SVG drawing: {error}") from error
    if root.tag.rpartition("}")[2] != "svg":
        raise PictureError(f"is no SVG drawing: it begins with <{root.tag.rpartition('}')[2]}>")
    sides = [_pixels(root.get(name, "")) for name in ("width", "height")]
    box = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[3] / box[2]
        width = sides[0] or (sides[1] / ratio if sides[1] else box[2])
        return Picture("SVG", round(width) or 1, round(sides[1] or width * ratio) or 1)
    if not all(sides):
        raise PictureError("has neither a viewBox nor a width and a height, so its size is not known")
    return Picture("SVG", round(sides[0]) or 1, round(sides[1]) or 1)


def _pixels(length: str) -> float:
    """A length of SVG in CSS pixels; 0 for one that depends on what is around it."""
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _CSS_PIXELS[match[2]] if match else 0.0
