"""Images in ``data:`` URLs (RFC 2397) of a text, which become files."""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from portfolio.core.diagnostics import Diagnostic
from portfolio.images.image_info import FORMATS, ImageError, check_pixels, read_info
from portfolio.images.svg_sanitizer import sanitize_svg
from portfolio.importer.markdown_text import Link, rewrite_html_links, rewrite_links
from portfolio.importer.model import ImportedPage, ImportedSite

_SCHEME = "data:image/"
_FOLDER = "/images"
_MAX_MEGABYTES = 10
# Smaller images hold the place of one that loads later, or count visits.
_MIN_SIDE = 3


class _Image(NamedTuple):
    suffix: str
    content: bytes


def extract_images(site: ImportedSite, names: list[str]) -> ImportedSite:
    """Return a site whose pages link to files instead of embedding images.

    ``names`` has a name for the images of each page. Images that cannot be used are removed and reported.
    """
    pages, files = [], dict(site.files)
    for page, name in zip(site.pages, names, strict=True):
        is_affected = _is_embedded(page.image) or (page.format != "notebook" and _SCHEME in page.body.lower())
        pages.append(_extract_from_page(page, name, files) if is_affected else page)
    return replace(site, pages=pages, files=files)


def _extract_from_page(
    page: ImportedPage, name: str, files: dict[str, Callable[[], bytes | Diagnostic]]
) -> ImportedPage:
    paths: dict[_Image, str] = {}
    problems = list(page.problems)

    def replace_link(link: Link) -> str | None:
        if not _is_embedded(link.target):
            return link.target
        try:
            image = _read_image(link.target)
        except ImageError as error:
            message = f"the image in the text {error}; it is left out."
            place = page.source, link.line, link.column
            problems.append(Diagnostic(*place, "", message, code="import.dropped", severity="warning"))
            return None
        if image is None:
            return link.target
        if image not in paths:
            number = len(paths) + 1
            while (path := posixpath.join(_FOLDER, f"{name}-{number}{image.suffix}")) in files:
                number += 1
            paths[image] = path
            content = image.content
            files[path] = lambda: content
        return paths[image]

    rewrite = rewrite_html_links if page.format == "html" else rewrite_links
    body = page.body
    if page.format != "notebook":
        body = rewrite(body, replace_link, first_line=page.line)
    image = replace_link(Link(page.image, is_image=True, line=page.line)) or ""
    return replace(page, body=body, image=image, problems=problems)


def _is_embedded(url: str) -> bool:
    return url[: len(_SCHEME)].lower() == _SCHEME


def _read_image(url: str) -> _Image | None:
    """Return the image in a URL; None if it is too small to see. Raises `ImageError`."""
    header, _, data = url.partition(",")
    subtype, *parameters = header.lower().removeprefix(_SCHEME).split(";")
    suffix = f".{subtype.removesuffix('+xml').strip()}"
    suffix = ".jpg" if suffix == ".jpeg" else suffix
    if suffix not in FORMATS:
        raise ImageError(f"has the type image/{subtype}, which this site does not show")
    content = unquote_to_bytes("".join(data.split()) if "base64" in parameters else data)
    if "base64" in parameters:
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error:
            raise ImageError("is not encoded in base64, as it says") from None
    if len(content) > _MAX_MEGABYTES * 1_000_000:
        raise ImageError(f"is larger than {_MAX_MEGABYTES} MB")
    if suffix == ".svg":
        content = sanitize_svg(content)
    info = read_info(content, FORMATS[suffix])
    if suffix != ".svg":
        check_pixels(content)
    return None if max(info.width, info.height) < _MIN_SIDE else _Image(suffix, content)
