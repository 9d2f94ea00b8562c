"""Responsive images: the size and the smaller variants of each image of a site, for the pages that show it.

Variants are AVIF, with WebP for browsers that do not support it.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from portfolio.core.cache import Cache, key_of
from portfolio.images import publish
from portfolio.images.image_info import ImageError, ImageInfo, decode_upright, detect_format, read_info

if TYPE_CHECKING:
    from PIL import Image

# The text column is 600 CSS pixels wide: these widths serve it on plain and on dense screens, and phones.
_AVIF_WIDTHS = (480, 800, 1200, 1600)
_WEBP_WIDTHS = (800, 1600)
_PREVIEW_WIDTH = 1200
# A smaller image is used as it is.
_SMALLEST_WIDTH = 320
# An image whose thumbnail has fewer colours is a drawing or a screenshot: its edges must stay sharp.
_THUMBNAIL, _DRAWING_COLOURS = 128, 2048
# Part of the cache key: increase it when a change here changes the bytes.
_EDITION = "variants 2"
_DIGEST_DIGITS = 8


@dataclass(frozen=True)
class SourceSet:
    """The variants of one media type: file names beside the image, and their widths in pixels."""

    type: str
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ResponsiveImage:
    """What a page needs to show an image: size in CSS pixels, variants (best type first), and dark variant.

    ``dark`` is the name of a file beside the image, or empty.
    """

    width: int
    height: int
    sources: tuple[SourceSet, ...] = ()
    dark: str = ""


@dataclass(frozen=True)
class Variant:
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


@dataclass(frozen=True)
class VariantFile:
    """The file of a variant: the name of the original, beside which pages expect it, and its content."""

    original: str
    content: bytes


@dataclass(frozen=True)
class _Entry:
    info: ImageInfo
    digest: str
    variants: tuple[Variant, ...]


@dataclass
class ImageCatalog:
    """The images of a build, each read when a page shows it for the first time.

    ``names`` are paths below the documents folder; ``read`` returns the content of one. ``quick`` is for a
    preview: see `plan_variants`. ``variant_files`` has the variants of all images that pages have shown, by
    their paths.
    """

    names: Collection[str]
    read: Callable[[str], bytes]
    cache: Cache
    quick: bool = False
    variant_files: dict[str, VariantFile] = field(default_factory=dict)
    _entries: dict[str, _Entry | str] = field(default_factory=dict)
    _pages: dict[str, set[str]] = field(default_factory=dict)

    def invalidate(self, name: str) -> list[str] | None:
        """Read an image again the next time; return the pages that show it, or None if it is no image."""
        if name not in self.names:
            return None
        self._entries.pop(name, None)
        return sorted(self._pages.get(name, ()))

    def find(self, page: str, path: str) -> ResponsiveImage | str | None:
        """Return the image at ``path``, a reference in the source of ``page``.

        Returns the reason, as a predicate, if the image cannot be used, and None if it is not an image of the
        site: MkDocs reports missing files.
        """
        parts = urlsplit(path)
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        if parts.scheme or parts.netloc or not parts.path or name not in self.names:
            return None
        self._pages.setdefault(name, set()).add(page)
        if name not in self._entries:
            self._entries[name] = self._read_entry(name)
        entry = self._entries[name]
        if isinstance(entry, str):
            return entry
        root, extension = posixpath.splitext(name)
        stem = posixpath.basename(root)
        sources = tuple(
            SourceSet(type_, tuple((variant.name(stem, entry.digest), variant.width) for variant in group))
            for type_, group in groupby(entry.variants, lambda variant: variant.type)
        )
        dark = f"{root}.dark{extension}"
        dark_name = posixpath.basename(dark) if dark in self.names else ""
        return ResponsiveImage(entry.info.width, entry.info.height, sources, dark_name)

    def public_content(self, name: str) -> bytes | None:
        """Return what to publish under the name of an image, or None if that is the file itself."""
        try:
            image_format = detect_format(name)
            # A preview is seen only by the owner, but scripts in SVG would run.
            if self.quick and image_format != "SVG":
                return None
            content = self.read(name)
            copy = publish.public_copy(content, read_info(content, image_format), self.cache)
        except (ImageError, OSError):
            return None  # A page that shows it reports the error; otherwise it is just a file.
        return copy if copy != content else None

    def _read_entry(self, name: str) -> _Entry | str:
        try:
            image_format = detect_format(name)
            content = self.read(name)
            info = read_info(content, image_format)
            variants = plan_variants(info, quick=self.quick)
            encoded = encode_variants(content, variants, self.cache)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error}."
        # A format is offered only if its widest variant is smaller than the original.
        too_large = {
            variant.format
            for variant, data in zip(variants, encoded, strict=True)
            if len(data) >= len(content)
        }
        digest = hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]
        folder, stem = posixpath.split(posixpath.splitext(name)[0])
        offered = []
        for variant, data in zip(variants, encoded, strict=True):
            if variant.format not in too_large:
                path = posixpath.join(folder, variant.name(stem, digest))
                self.variant_files[path] = VariantFile(name, data)
                offered.append(variant)
        return _Entry(info, digest, tuple(offered))


def plan_variants(info: ImageInfo, *, quick: bool = False) -> list[Variant]:
    """Return the variants that an image gets, AVIF first, each format from narrow to wide.

    SVG images, animations and small images get none. ``quick`` plans a single one, for a preview.
    """
    if info.format == "SVG" or not info.still or info.width <= _SMALLEST_WIDTH:
        return []
    if quick:
        return [Variant("WEBP", min(_PREVIEW_WIDTH, info.width))]
    avif = [Variant("AVIF", width) for width in sorted({min(width, info.width) for width in _AVIF_WIDTHS})]
    webp = [Variant("WEBP", width) for width in sorted({min(width, info.width) for width in _WEBP_WIDTHS})]
    return avif + webp


def encode_variants(content: bytes, variants: Sequence[Variant], cache: Cache) -> list[bytes]:
    """Return the bytes of the variants of an image, in their order: upright, without metadata, in sRGB.

    Those in the cache are not encoded again.

    Raises:
        ImageError: if the image is damaged.
    """
    digest = key_of(_EDITION, version("pillow"), content) if variants else ""
    keys = {variant: key_of(digest, variant.format, str(variant.width)) for variant in variants}
    encoded = {variant: data for variant in variants if (data := cache.get(keys[variant])) is not None}
    missing = [variant for variant in variants if variant not in encoded]
    if missing:
        image = decode_upright(content, max(variant.width for variant in missing))
        # Encoders release the interpreter lock.
        with ThreadPoolExecutor() as pool:
            results = list(pool.map(partial(_encode, image, _is_drawing(image)), missing))
        for variant, data in zip(missing, results, strict=True):
            cache.put(keys[variant], data)
            encoded[variant] = data
    return [encoded[variant] for variant in variants]


def _is_drawing(image: Image.Image) -> bool:
    from PIL import Image

    thumbnail = image.convert("RGB").resize((_THUMBNAIL, _THUMBNAIL), Image.Resampling.NEAREST)
    return thumbnail.getcolors(_DRAWING_COLOURS) is not None


def _encode(image: Image.Image, is_drawing: bool, variant: Variant) -> bytes:
    from PIL import Image

    height = max(1, round(image.height * variant.width / image.width))
    resized = image.resize((variant.width, height), Image.Resampling.LANCZOS)
    # A new image has the pixels without the metadata.
    clean = Image.new(resized.mode, resized.size)
    clean.paste(resized)
    out = BytesIO()
    if variant.format == "AVIF":
        quality, sampling = (80, "4:4:4") if is_drawing else (58, "4:2:0")
        clean.save(out, "AVIF", quality=quality, speed=7, subsampling=sampling, max_threads=1)
    else:
        clean.save(out, "WEBP", quality=90 if is_drawing else 78, method=4)
    return out.getvalue()
