"""Responsive variants of an image: smaller files in AVIF, and in WebP for browsers without AVIF."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.images.image_info import ImageInfo, decode_upright, encode_pixels

if TYPE_CHECKING:
    from PIL import Image

# The text column is 600 CSS pixels wide: these widths serve it on plain and on dense screens, and phones.
_WIDTHS: dict[Literal["AVIF", "WEBP"], tuple[int, ...]] = {
    "AVIF": (480, 800, 1200, 1600),
    "WEBP": (800, 1600),
}
_PREVIEW_WIDTH = 1200
# The longest side that WebP can have, and that browsers decode of AVIF.
_LONGEST_SIDE = 16383
# A smaller image is used as it is.
_SMALLEST_WIDTH = 320
# An image whose thumbnail has fewer colours is a drawing or a screenshot: its edges must stay sharp.
_THUMBNAIL, _DRAWING_COLOURS = 128, 2048


class Variant(NamedTuple):
    """A smaller version of an image, ``width`` pixels wide."""

    format: Literal["AVIF", "WEBP"]
    width: int

    @property
    def type(self) -> str:
        """The media type."""
        return f"image/{self.format.lower()}"

    def name(self, stem: str, digest: str) -> str:
        """Return the file name for an image with this stem and digest of its content."""
        return f"{stem}.{digest}.{self.width}.{self.format.lower()}"


def plan_variants(info: ImageInfo, *, quick: bool = False) -> list[Variant]:
    """Return the variants that an image gets, AVIF first, each format from narrow to wide.

    SVG images, animations, small and very long images get none. ``quick`` plans a single one, for a preview.
    """
    if info.format == "SVG" or not info.still or info.width <= _SMALLEST_WIDTH:
        return []
    if quick:
        return [Variant("WEBP", width)] if _fits(width := min(_PREVIEW_WIDTH, info.width), info) else []
    return [
        Variant(image_format, width)
        for image_format, widths in _WIDTHS.items()
        # Narrow variants alone would be blurred.
        if _fits(min(widths[-1], info.width), info)
        for width in sorted({min(width, info.width) for width in widths})
    ]


def _fits(width: int, info: ImageInfo) -> bool:
    return info.height * width / info.width <= _LONGEST_SIDE


def encode_variants(content: bytes, variants: Sequence[Variant], cache: Cache) -> dict[Variant, bytes]:
    """Return the bytes of the variants of an image: upright, without metadata, in sRGB.

    A format is left out if one of its variants is not smaller than the image. What is in the cache is not
    encoded again. Raises ImageError if the image is damaged.
    """
    digest = cache_key(code_fingerprint(modules=(__name__,), packages=("pillow",)), content)
    # Wide enough for all, so that a variant does not depend on which of them are in the cache.
    decode = functools.cache(lambda: decode_upright(content, max(variant.width for variant in variants)))

    def encode(some: Sequence[Variant]) -> dict[Variant, bytes]:
        keys = [cache_key(digest, variant.format, str(variant.width)) for variant in some]
        functions = (functools.partial(_encode, decode, variant) for variant in some)
        files = cache.compute_all(dict(zip(keys, functions, strict=True)))
        return {variant: files[key] for variant, key in zip(some, keys, strict=True)}

    formats = [[*group] for _, group in groupby(variants, lambda variant: variant.format)]
    # The widest first: if that is too large, the others need not be encoded.
    encoded = encode([group[-1] for group in formats])
    small = [group for group in formats if len(encoded[group[-1]]) < len(content)]
    encoded |= encode([variant for group in small for variant in group[:-1]])
    return {
        variant: encoded[variant]
        for group in small
        if all(len(encoded[variant]) < len(content) for variant in group)
        for variant in group
    }


def _is_drawing(image: Image.Image) -> bool:
    from PIL import Image

    thumbnail = image.convert("RGB").resize((_THUMBNAIL, _THUMBNAIL), Image.Resampling.NEAREST)
    return thumbnail.getcolors(_DRAWING_COLOURS) is not None


def _encode(decode: Callable[[], Image.Image], variant: Variant) -> bytes:
    from PIL import Image

    image = decode()
    is_drawing = _is_drawing(image)
    height = max(1, round(image.height * variant.width / image.width))
    resized = image.resize((variant.width, height), Image.Resampling.LANCZOS)
    if variant.format == "WEBP":
        return encode_pixels(resized, "WEBP", quality=90 if is_drawing else 78, method=4)
    quality, sampling = (80, "4:4:4") if is_drawing else (58, "4:2:0")
    return encode_pixels(resized, "AVIF", quality=quality, speed=8, subsampling=sampling, max_threads=1)
