"""The public copy of a picture: no notes on who took it where, no larger than a screen, no scripts."""

from __future__ import annotations

from io import BytesIO

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.images import metadata, svg_sanitizer
from portfolio.images.image_info import Picture, PictureError
from portfolio.images.variants import upright

# The longer side in pixels: a large screen's.
_LARGEST = 2560
_QUALITY = 84


def copy(content: bytes, picture: Picture, cache: Cache) -> bytes:
    """What is published under the name of a picture: the same bytes if nothing in them is private or active.

    It is never larger than they are, and has the same pixels unless the picture is larger than a screen.

    Raises:
        PictureError: for a picture that breaks off, and a drawing that cannot be read.
    """
    if picture.kind == "SVG":
        return svg_sanitizer.safe(content)
    # Which way is up is kept where every browser heeds it.
    turned = picture.orientation != 1 and picture.kind not in ("JPEG", "AVIF")
    large = max(picture.width, picture.height) > _LARGEST
    try:
        bare = metadata.without(content, picture.kind, picture.orientation)
    except PictureError:
        if not picture.still:
            raise
        return _kept(content, picture, cache)
    if not picture.still or not (turned or large):
        return bare
    made = _kept(content, picture, cache)
    return made if turned or len(made) < len(bare) else bare


def _kept(content: bytes, picture: Picture, cache: Cache) -> bytes:
    key = cache_key(code_fingerprint(modules=(__name__,), packages=("pillow", "py_svg_hush")), content)
    if (kept := cache.get(key)) is None:
        kept = _anew(content, picture)
        cache.put(key, kept)
    return kept


def _anew(content: bytes, picture: Picture) -> bytes:
    """The picture encoded again: upright, and no larger than a screen."""
    from PIL import Image

    whole = upright(content, min(picture.width, _LARGEST))
    whole.thumbnail((_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    clean = Image.new(whole.mode, whole.size)
    clean.paste(whole)
    out = BytesIO()
    options = {"optimize": True} if picture.kind == "PNG" else {"quality": _QUALITY}
    clean.save(out, picture.kind, **options)
    return out.getvalue()
