"""The images of a site: what pages need to show each of them, and the files of its variants."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.core.files import walk_files
from portfolio.images import publish, svg_sanitizer
from portfolio.images.image_info import (
    FORMATS,
    ImageError,
    ImageFormat,
    ImageInfo,
    check_pixels,
    detect_format,
    read_info,
)
from portfolio.images.variants import encode_variants, plan_variants

_DIGEST_DIGITS = 8
_SUFFIXES = "|".join(map(re.escape, FORMATS))
_FILE_NAME = re.compile(rf"[^\s/\\\"'<>()\[\]=]+(?:{_SUFFIXES})", re.IGNORECASE)

# Of files that may mention an image.
_TEXT_SUFFIXES = (".md", ".ipynb", ".yml", ".yaml")


def check_image(content: bytes, image_format: ImageFormat, cache: Cache) -> ImageInfo:
    """Return the properties of an image that pages can show; the check and the build both call this.

    The whole image is decoded, once for each content. Raises ImageError if it is damaged or no such image, or
    if its public copy would lose a part of it or have its metadata.
    """
    info = _read_info(content, image_format, cache)
    if image_format == "SVG":
        svg_sanitizer.check_labels(content)
        return info
    code = code_fingerprint(modules=(check_pixels.__module__, publish.__name__), packages=("pillow",))

    def check() -> bytes:
        check_pixels(content)
        if not info.still:
            # Other images would be encoded again.
            publish.strip_metadata(content, image_format)
        return b""

    cache.compute(cache_key(code, "decoded", content), check)
    return info


def _read_info(content: bytes, image_format: ImageFormat, cache: Cache) -> ImageInfo:
    """Read the properties of an image, from the cache if it has them: then Pillow is not imported."""
    code = code_fingerprint(modules=(read_info.__module__,), packages=("pillow",))
    key = cache_key(code, "info", image_format, content)
    info = cache.compute(key, lambda: json.dumps(read_info(content, image_format)._asdict()).encode())
    return ImageInfo(**json.loads(info))


class SourceSet(NamedTuple):
    """The variants of one media type: file names beside the image, and their widths in pixels."""

    type: str
    files: tuple[tuple[str, int], ...]


class ResponsiveImage(NamedTuple):
    """What a page needs to show an image: size in CSS pixels, variants (best type first), and dark variant.

    ``dark`` is the name of a file beside the image, or empty.
    """

    width: int
    height: int
    sources: tuple[SourceSet, ...] = ()
    dark: str = ""


class Picture(NamedTuple):
    """What a template needs to show an image. URLs are relative to the site's, sizes are in CSS pixels.

    ``sources`` has media types, the best first, each with the URLs and widths of variants. ``dark`` is the
    variant for the dark scheme.
    """

    url: str
    width: int
    height: int
    sources: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    dark: Picture | None = None


def find_mentioned(names: Collection[str], texts: Iterable[str]) -> set[str]:
    """Return the images of whose file name texts contain at least the part after the last space.

    The dark variant of such an image is among them.
    """
    words = {unquote(word).lower() for text in texts for word in _FILE_NAME.findall(text)}
    return {name for name in names if re.split("[/ ]", name.lower())[-1].replace(".dark.", ".") in words}


def version_key() -> str:
    """Return a key for a cache that has the images of a site as this version encodes them."""
    return cache_key("version", code_fingerprint(modules=(__name__,), packages=("pillow",)))


def resolve_path(page: str, path: str) -> str:
    """Return the name of the file at ``path``, a reference in the source of ``page``; empty if elsewhere."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    return "" if name.startswith(("/", "../")) else name


@dataclass
class ImageCatalog:
    """The images of a build, each read when a page shows it for the first time.

    ``names`` are paths below the documents folder; ``read`` returns the content of one. ``quick`` is for a
    preview: see `variants.plan_variants`; ``check_only`` is for a check, which needs no variants.
    ``variant_files`` has the variants of all images that pages have shown, by their paths: the name of the
    original, beside which pages expect the variant, and its content.
    """

    names: Collection[str]
    read: Callable[[str], bytes]
    cache: Cache
    quick: bool = False
    check_only: bool = False
    variant_files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    _images: dict[str, ResponsiveImage | str] = field(default_factory=dict)
    _pages: dict[str, set[str]] = field(default_factory=dict)

    def invalidate(self, name: str) -> list[str] | None:
        """Read an image again the next time; return the pages that show it, or None if it is no image."""
        if name not in self.names:
            return None
        self._images.pop(name, None)
        return sorted(self._pages.get(name, ()))

    def find(self, page: str, path: str) -> ResponsiveImage | str | None:
        """Return the image at ``path``, a reference in the source of ``page``.

        Returns the reason, as a predicate, if the image cannot be used, and None if it is not an image of the
        site: MkDocs reports missing files.
        """
        name = resolve_path(page, path)
        if name not in self.names:
            return None
        self._pages.setdefault(name, set()).add(page)
        if name not in self._images:
            self._images[name] = self._read_image(name)
        return self._images[name]

    def public_content(self, name: str) -> bytes | None:
        """Return what to publish under the name of an image, or None if that is the file itself."""
        try:
            image_format = detect_format(name)
            # A preview is seen only by the owner, but scripts in SVG would run.
            if self.quick and image_format != "SVG":
                return None
            content = self.read(name)
            info = _read_info(content, image_format, self.cache)
            copy = publish.public_copy(content, info, self.cache)
        except (ImageError, OSError):
            return None  # A page that shows it reports the error; otherwise it is just a file.
        return copy if copy != content else None

    def _read_image(self, name: str) -> ResponsiveImage | str:
        try:
            image_format = detect_format(name)
            content = self.read(name)
            info = check_image(content, image_format, self.cache)
            variants = [] if self.check_only else plan_variants(info, quick=self.quick)
            encoded = encode_variants(content, variants, self.cache)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error.strerror}."
        root, extension = posixpath.splitext(name)
        folder, stem = posixpath.split(root)
        digest = hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]
        sources = []
        for type_, group in groupby(encoded.items(), lambda item: item[0].type):
            files = [(variant.name(stem, digest), variant.width, data) for variant, data in group]
            sources.append(SourceSet(type_, tuple((file, width) for file, width, _ in files)))
            for file, _, data in files:
                self.variant_files[posixpath.join(folder, file)] = name, data
        dark = f"{stem}.dark{extension}"
        has_dark = posixpath.join(folder, dark) in self.names
        return ResponsiveImage(info.width, info.height, tuple(sources), dark if has_dark else "")


def encode_mentioned(docs: Path, cache: Cache, *, quick: bool) -> None:
    """Fill the cache with the images of a documents folder that its texts mention. See `ImageCatalog`."""
    paths = {path.relative_to(docs).as_posix(): path for path in walk_files(docs)}
    images = {name for name in paths if posixpath.splitext(name)[1].lower() in FORMATS}
    catalog = ImageCatalog(images, lambda name: paths[name].read_bytes(), cache, quick=quick)
    texts = (path.read_text("utf-8", "replace") for path in paths.values() if path.suffix in _TEXT_SUFFIXES)
    mentioned = find_mentioned(images, texts)
    for name in sorted(mentioned, key=lambda name: paths[name].stat().st_size, reverse=True):
        catalog.find("", quote(name))
        catalog.public_content(name)
