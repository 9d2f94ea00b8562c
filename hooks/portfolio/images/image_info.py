"""Reads images: their kind and size from the header of the file, and their pixels for new files."""

from __future__ import annotations

import posixpath
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from portfolio.core.diagnostics import quote

# Imported where an image is read: Pillow takes long to import, and hooks are loaded for every build.
if TYPE_CHECKING:
    from PIL import Image

ImageFormat = Literal["JPEG", "PNG", "WEBP", "AVIF", "GIF", "SVG"]
# The formats of the site's images by file extension.
FORMATS: dict[str, ImageFormat] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".gif": "GIF",
    ".svg": "SVG",
}
_HEIC_TYPES = frozenset(b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis"))
ORIENTATION_TAG = 0x0112
# Exif orientations from 5 to 8 swap width and height.
_FIRST_SIDEWAYS = 5
_NUMBER = r"\+?((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?)"
_LENGTH = re.compile(rf"{_NUMBER}\s*(px|pt|pc|in|cm|mm|)")
# The last two of its four numbers are the width and the height.
_VIEW_BOX = re.compile(rf"[^\s,]+[\s,]+[^\s,]+[\s,]+{_NUMBER}[\s,]+{_NUMBER}")
_CSS_PIXELS = {"px": 1, "": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
# Beyond this size, only a bomb has so many pixels in each byte of its file: it would fill the memory.
_LARGE, _MOST_PIXELS_PER_BYTE = 40_000_000, 1000
# Entities of more characters, or with more references to them, could fill the memory.
_LONGEST_ENTITY, _MOST_REFERENCES = 200, 10_000
# Sizes of SVG beyond this are mistakes, and a ratio of them might overflow.
_LARGEST_SVG_SIDE = 1e9


class ImageError(ValueError):
    """Raised for a file that is not a usable image; the message is a predicate: "is not a valid …"."""


class ImageInfo(NamedTuple):
    """The properties of an image as shown.

    ``width`` and ``height`` are those of the upright image, in pixels (CSS pixels for SVG). ``still`` is
    false for an animation. ``orientation`` is Exif's, 1 to 8; 1 is upright.
    """

    format: ImageFormat
    width: int
    height: int
    still: bool = True
    orientation: int = 1


def detect_format(name: str) -> ImageFormat:
    """Return the format of an image by the extension of its file name.

    Raises ImageError if it is none of `FORMATS`.
    """
    extension = posixpath.splitext(name)[1]
    if image_format := FORMATS.get(extension.lower()):
        return image_format
    described = f"the file extension {extension}" if extension else "no file extension"
    raise ImageError(f"has {described}. Accepted: {', '.join(sorted(FORMATS))}")


def read_info(content: bytes, image_format: ImageFormat) -> ImageInfo:
    """Read the properties of an image; only its header is decoded.

    Raises ImageError if the file is no image, or has another format.
    """
    if image_format == "SVG":
        return _read_svg_info(content)
    # An image of an iPhone; Pillow does not know this format.
    if content[4:12] in _HEIC_TYPES:
        raise ImageError(f"is a HEIC image with a file extension of {image_format}. Export it as JPEG")
    message = f"is not a valid {image_format} image"
    with open_image(content, message) as image:
        width, height = image.size
        # A JPEG with several images, as phones write them, is one image for every browser.
        actual = {"MPO": "JPEG"}.get(str(image.format), image.format)
        with _decoding(message):
            orientation = image.getexif().get(ORIENTATION_TAG, 1)
            still = image_format == "JPEG" or not getattr(image, "is_animated", False)
    if actual != image_format:
        raise ImageError(f"is a {actual} image with a file extension of {image_format}")
    if width * height > max(_LARGE, len(content) * _MOST_PIXELS_PER_BYTE):
        raise ImageError(f"has {width} × {height} pixels, which a file of {len(content)} bytes cannot hold")
    if orientation not in range(1, 9):
        orientation = 1
    if orientation >= _FIRST_SIDEWAYS:
        width, height = height, width
    return ImageInfo(image_format, width, height, still=still, orientation=orientation)


@contextmanager
def open_image(content: bytes, message: str) -> Iterator[Image.Image]:
    """Open an image by Pillow, and close it at the end. Its header is decoded, its pixels are not.

    Raises ImageError with ``message``, if the header is damaged. Errors in the caller's block pass unchanged.
    """
    from PIL import Image

    with _decoding(message):
        image = Image.open(BytesIO(content))
    with image:
        yield image


def check_pixels(content: bytes) -> None:
    """Decode an image, of an animation the first frame, to see whether its file is complete.

    A JPEG is decoded at an eighth of its size, which reads all of it. Raises ImageError if it is damaged.
    """
    message = "is damaged: it cannot be decoded to its end"
    with open_image(content, message) as image, _decoding(message):
        image.draft(None, (1, 1))
        image.load()


def decode_upright(content: bytes, width: int) -> Image.Image:
    """Decode an image to RGB or RGBA in sRGB, turned upright, at least ``width`` pixels wide if it was.

    A JPEG is decoded at half, a quarter or an eighth of its size where that is enough. Raises ImageError if
    the file is damaged.
    """
    from PIL import ImageOps

    message = "is damaged: it cannot be decoded to its end"
    with open_image(content, message) as image:
        profile = image.info.get("icc_profile")
        with _decoding(message):
            # Either side may become the width; half as much again makes up for what scaling loses.
            image.draft("RGB", (width * 3 // 2, width * 3 // 2))
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I;16"):
                # Pillow would convert every shade above 255 to white.
                upright = upright.point(lambda shade: shade * (1 / 256) + 0).convert("L")
            # A profile of inks or of grey applies to these, and not to RGB.
            if upright.mode in ("CMYK", "L") and not upright.has_transparency_data:
                upright = _convert_to_srgb(upright, profile)
            # An image in RGB may have a transparent colour.
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            if upright.mode != mode:
                upright = upright.convert(mode)
    return _convert_to_srgb(upright, profile)


def encode_pixels(image: Image.Image, image_format: ImageFormat, **options: Any) -> bytes:
    """Return an image as a file, with ``options`` of Pillow for its format, and without its metadata."""
    from PIL import Image

    # A new image has the pixels without the metadata.
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    out = BytesIO()
    clean.save(out, image_format, **options)
    return out.getvalue()


def parse_xml(content: bytes | str) -> ElementTree.Element:
    """Return the root element of an SVG image, or of any XML, with its own entities expanded.

    Raises ImageError for invalid XML, and for entities that could expand until the memory is full or that are
    in another file. Illustrator declares some for the URLs of its namespaces.
    """
    try:
        parser = expat.ParserCreate()
        is_long = (content.count("&") if isinstance(content, str) else content.count(b"&")) > _MOST_REFERENCES
        parser.EntityDeclHandler = partial(_check_entity, is_long)
        parser.Parse(content, True)
        return ElementTree.fromstring(content)
    except ImageError:
        raise
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as error:
        # The last two are raised for unknown encodings.
        way_out = ""
        if "unbound prefix" in str(error):
            way_out = '. For xlink:href, add xmlns:xlink="http://www.w3.org/1999/xlink" to its <svg> element'
        raise ImageError(f"is not a valid SVG image: {error}{way_out}") from error


def _check_entity(is_long: bool, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
    """Accept an entity that is a short text, such as a URL, in the file itself."""
    if is_long or is_parameter or value is None or len(value) > _LONGEST_ENTITY or set("&%<") & set(value):
        raise ImageError(
            f"declares the XML entity {quote(name)}, which is not a short text. Export it again as SVG 1.1 "
            "without editing data of the program (in Illustrator, without 'Preserve Editing Capabilities')"
        )


@contextmanager
def _decoding(message: str) -> Iterator[None]:
    """Turn the errors of Pillow's decoders, which have many types, into an `ImageError` with this message."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow warns about damaged metadata, which is not published, and from half its limit of pixels.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except Image.DecompressionBombError as error:
        raise ImageError("has more pixels than the limit of 178 million") from error
    except (ArithmeticError, OSError, ValueError, SyntaxError, RuntimeError) as error:
        raise ImageError(message) from error


def _convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Apply a colour profile (ICC.1), unless it is for another kind of colours than the image has."""
    if not profile:
        return image
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _read_svg_info(content: bytes) -> ImageInfo:
    root = parse_xml(content)
    tag = root.tag.rpartition("}")[2]
    if tag != "svg":
        raise ImageError(f"is not an SVG image: its root element is <{tag}>")
    # Relative and invalid lengths are ignored.
    lengths = (_LENGTH.fullmatch(root.get(name, "").strip()) for name in ("width", "height"))
    width, height = (_to_pixels(*length.groups()) if length else 0.0 for length in lengths)
    box = _VIEW_BOX.fullmatch(root.get("viewBox", "").strip())
    box_width, box_height = map(_to_pixels, box.groups()) if box else (0.0, 0.0)
    if box_width and box_height:
        ratio = box_height / box_width
        width = width or (height / ratio if height else box_width)
        height = height or width * ratio
    elif not (width and height):
        raise ImageError("has neither a viewBox nor a width and height, so its size is unknown")
    return ImageInfo("SVG", round(width) or 1, round(height) or 1)


def _to_pixels(number: str, unit: str = "") -> float:
    """Convert a length of SVG to CSS pixels. Raises ImageError for a size that no image has."""
    pixels = float(number) * _CSS_PIXELS[unit]
    if pixels and not 1 / _LARGEST_SVG_SIDE <= pixels <= _LARGEST_SVG_SIDE:
        limits = f"{1 / _LARGEST_SVG_SIDE:g} to {_LARGEST_SVG_SIDE:g}"
        raise ImageError(f"has the size {quote(number + unit)}, which is outside {limits} pixels")
    return pixels
