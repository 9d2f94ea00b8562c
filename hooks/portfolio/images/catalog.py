"""The images of a site: what pages need to show each of them, and the files of its variants."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import unquote, urlsplit

from portfolio.core.cache import Cache
from portfolio.images import publish
from portfolio.images.image_info import ImageError, ImageInfo, detect_format, read_info
from portfolio.images.variants import Variant, encode_variants, plan_variants

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
    preview: see `variants.plan_variants`. ``variant_files`` has the variants of all images that pages have
    shown, by their paths.
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
