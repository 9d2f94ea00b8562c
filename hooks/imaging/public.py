"""The public copy of a picture: no notes on who took it where, no larger than a screen, no scripts."""

from __future__ import annotations

from importlib.metadata import version
from io import BytesIO

import py_svg_hush

from imaging.picture import Picture, PictureError
from imaging.variants import upright
from portfolio.cache import Cache, key_of

# The longer side in pixels: a large screen's.
_LARGEST = 2560
_EDITION = "public 1"
_QUALITY = 84
# What tells of a person or a place; a colour profile does not.
_NOTES = ("exif", "xmp", "photoshop", "comment")
_PNG_NOTES = (b"tEXt", b"iTXt", b"zTXt", b"eXIf")
_ACTIVE = tuple(b"<script <foreignobject javascript: <iframe <!doctype <!entity href= url( @import".split())


def copy(content: bytes, picture: Picture, cache: Cache) -> bytes:
    """What is published under the name of a picture: the same bytes if nothing in them is private or active.

    Raises:
        OSError: for a picture that breaks off.
        PictureError: for a drawing that the sanitiser cannot read.
    """
    if picture.kind == "SVG":
        return _drawing(content)
    if not picture.still or not _is_to_be_changed(content, picture):
        return content
    key = key_of(_EDITION, version("pillow"), content)
    if (kept := cache.get(key)) is None:
        kept = _without_notes(content, picture)
        cache.put(key, kept)
    return kept


def _is_to_be_changed(content: bytes, picture: Picture) -> bool:
    if picture.turned or max(picture.width, picture.height) > _LARGEST:
        return True
    if picture.kind == "PNG":
        return any(chunk in content for chunk in _PNG_NOTES)  # They may stand after the pixels.
    from PIL import Image

    with Image.open(BytesIO(content)) as image:
        return any(image.info.get(note) for note in _NOTES)


def _without_notes(content: bytes, picture: Picture) -> bytes:
    from PIL import Image

    out = BytesIO()
    large = max(picture.width, picture.height) > _LARGEST
    if picture.kind == "JPEG" and not large and not picture.turned:
        with Image.open(BytesIO(content)) as image:
            profile = image.info.get("icc_profile")
            image.info.clear()
            # The same tables and sampling: nothing that can be seen is lost.
            image.save(out, "JPEG", quality="keep", icc_profile=profile, progressive=True, exif=b"")
        return out.getvalue()
    whole = upright(content, _LARGEST if large else picture.width)
    whole.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    clean = Image.new(whole.mode, whole.size)
    clean.paste(whole)
    options = {"optimize": True} if picture.kind == "PNG" else {"quality": _QUALITY}
    clean.save(out, picture.kind, **options)
    return out.getvalue()


def _drawing(content: bytes) -> bytes:
    if not is_active(content):
        return content
    try:
        return py_svg_hush.filter_svg(content, {"image": ["png", "jpeg", "webp", "gif"]})
    except ValueError as error:
        raise PictureError(f"is no SVG drawing that can be made safe: {error}") from error


def is_active(content: bytes) -> bool:
    """Whether a drawing may hold what runs or asks another host; only then is it sanitised."""
    low = content.lower()
    return any(sign in low for sign in _ACTIVE) or b" on" in b" ".join(low.split())
