"""Smaller copies of a picture, for screens that need no more: AVIF, and WebP for what does not read it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.images.image_info import Picture, opened

# Pillow is loaded where something is to be made: it is heavy, and hooks are loaded for every build.
if TYPE_CHECKING:
    from PIL import Image

# The measure is 600 CSS pixels: these serve it on plain and on dense screens, and phones of 360 to 430.
_WIDTHS = (480, 800, 1200, 1600)
_FALLBACK_WIDTHS = (800, 1600)
_QUICK_WIDTH = 1200
# Below this no copy is worth a request that may be answered from elsewhere.
_SMALLEST = 320
# A picture with fewer different colours, when small, is a drawing or a screen: its edges must stay sharp.
_COLOURS_OF_A_DRAWING = 2048
_THUMB = 128


@dataclass(frozen=True)
class Variant:
    """A copy of a picture, ``width`` pixels wide."""

    format: Literal["AVIF", "WEBP"]
    width: int

    @property
    def type(self) -> str:
        """The media type."""
        return f"image/{self.format.lower()}"

    def name(self, stem: str, digest: str) -> str:
        """The name of the file: of the original's, of its content, and of the width."""
        return f"{stem}.{digest}.{self.width}.{self.format.lower()}"


def plan(picture: Picture, *, quick: bool = False) -> list[Variant]:
    """The copies that a picture gets, AVIF first, each format from narrow to wide.

    A drawing, an animation and a small picture get none. ``quick`` asks for a single one, as a server does
    that its owner is waiting for.
    """
    if picture.kind == "SVG" or not picture.still or picture.width <= _SMALLEST:
        return []
    if quick:
        return [Variant("WEBP", min(_QUICK_WIDTH, picture.width))]
    avif = [Variant("AVIF", width) for width in _widths(_WIDTHS, picture.width)]
    return avif + [Variant("WEBP", width) for width in _widths(_FALLBACK_WIDTHS, picture.width)]


def make(content: bytes, variants: Sequence[Variant], cache: Cache) -> list[bytes]:
    """The bytes of copies, in the order in which they are asked for.

    What is kept in ``cache`` is not made again. They are upright, without metadata, in sRGB.

    Raises:
        PictureError: for a picture that breaks off.
    """
    digest = (
        cache_key(code_fingerprint(modules=(__name__,), packages=("pillow",)), content) if variants else ""
    )
    keys = [cache_key(digest, one.format, str(one.width)) for one in variants]
    found = [cache.get(key) for key in keys]
    missing = [one for one, kept in zip(variants, found, strict=True) if kept is None]
    if missing:
        image = upright(content, max(one.width for one in missing))
        sharp = _is_drawing(image)
        # Encoders work outside Python's lock.
        with ThreadPoolExecutor() as pool:
            made = dict(zip(missing, pool.map(partial(_encode, image, sharp), missing), strict=True))
        for key, one in zip(keys, variants, strict=True):
            if one in made:
                cache.put(key, made[one])
        found = [made.get(one, kept) for one, kept in zip(variants, found, strict=True)]
    return [kept for kept in found if kept is not None]


def upright(content: bytes, width: int) -> Image.Image:
    """A picture in RGB or RGBA, turned as its file asks, in sRGB; at least ``width`` wide, if it was.

    A JPEG is decoded at half, a quarter or an eighth of its size where that is enough.

    Raises:
        PictureError: for a picture that breaks off.
    """
    from PIL import ImageOps

    with opened(content, "cannot be read to its end") as image:
        profile = image.info.get("icc_profile")
        # Whichever side will be the width, it is asked for twice over, for what is lost in the halving.
        image.draft("RGB", (width * 3 // 2, width * 3 // 2))
        turned = ImageOps.exif_transpose(image)
        if turned.mode.startswith("I;16"):
            # Pillow would take every shade above 255 for white.
            turned = turned.point(lambda shade: shade * (1 / 256) + 0).convert("L")
        transparent = turned.has_transparency_data
        plain = turned if turned.mode in ("RGB", "RGBA") else turned.convert("RGBA" if transparent else "RGB")
    return _in_srgb(plain, profile)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        changed = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):  # a profile of grey or of inks, which says nothing of RGB
        return image
    return changed or image


def _widths(wanted: Sequence[int], natural: int) -> list[int]:
    """The wanted widths below the natural one, and that itself where it is less than the widest."""
    return sorted({min(width, natural) for width in wanted})


def _is_drawing(image: Image.Image) -> bool:
    from PIL import Image

    small = image.convert("RGB").resize((_THUMB, _THUMB), Image.Resampling.NEAREST)
    return small.getcolors(_COLOURS_OF_A_DRAWING) is not None


def _encode(image: Image.Image, sharp: bool, variant: Variant) -> bytes:
    from PIL import Image

    height = max(1, round(image.height * variant.width / image.width))
    sized = image.resize((variant.width, height), Image.Resampling.LANCZOS)
    # A new image has the pixels and none of the notes.
    clean = Image.new(sized.mode, sized.size)
    clean.paste(sized)
    out = BytesIO()
    if variant.format == "AVIF":
        sampling = "4:4:4" if sharp else "4:2:0"
        clean.save(out, "AVIF", quality=80 if sharp else 58, speed=7, subsampling=sampling, max_threads=1)
    else:
        clean.save(out, "WEBP", quality=90 if sharp else 78, method=4)
    return out.getvalue()
