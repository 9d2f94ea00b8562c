"""The public copy of an image: without metadata, no larger than a screen, and without scripts.

Metadata is cut out of the file without decoding it, so that pixels, size and speed do not suffer: encoding
again would be a second lossy compression for JPEG, WebP and AVIF, would make PNG files larger, and takes a
hundred times as long. Each format has its own parts for metadata: JPEG segments (ITU-T T.81, annex B), PNG
chunks (W3C PNG 3, 11.3), WebP chunks of RIFF (RFC 9649), GIF extensions (GIF89a), AVIF items (ISO/IEC
23008-12).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.images import image_info, svg_sanitizer

# In pixels: the longer side is at most that of a large screen. But text in a long screenshot must stay
# readable, so the shorter side is not reduced to less than this.
_LARGEST, _SHORTEST = 2560, 1280
_QUALITY = 84
# Of previews of links, in pixels: that of social cards.
_PREVIEW_WIDTH = 1200
_PNG_METADATA = {b"eXIf", b"tEXt", b"iTXt", b"zTXt"}
_RIFF_METADATA = {b"EXIF", b"XMP "}
# The bits of WebP's VP8X chunk that announce them.
_RIFF_FLAGS = 0x08 | 0x04
# What ends compressed data: not a stuffed byte, a restart or a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI, _SOS, _COMMENT = 0xD9, 0xDA, 0xFE
# The header of TIFF: little-endian, with the first directory at byte 8.
_TIFF = b"II*\0\x08\0\0\0"


def public_copy(content: bytes, info: image_info.ImageInfo, cache: Cache) -> bytes:
    """Return what to publish for an image: its own bytes if nothing in them is private or active.

    The copy is never larger than the file, and has the same pixels unless the image is larger than a screen.
    Raises ImageError for a damaged image, and an SVG image that cannot be parsed.
    """
    if info.format == "SVG":
        return svg_sanitizer.sanitize_svg(content)
    # Browsers apply Exif's orientation reliably only to JPEG and AVIF; others are turned.
    turn = info.orientation != 1 and info.format not in ("JPEG", "AVIF")
    large = _public_size(info) != (info.width, info.height)
    try:
        stripped = strip_metadata(content, info.format, info.orientation)
    except image_info.ImageError:
        if not info.still:
            raise
        return _encode_again(content, info, cache)
    if not info.still or not (turn or large):
        return stripped
    encoded = _encode_again(content, info, cache)
    return encoded if turn or len(encoded) < len(stripped) else stripped


def _code() -> str:
    return code_fingerprint(modules=(__name__,), packages=("pillow", "py_svg_hush", "resvg_py"))


def _public_size(info: image_info.ImageInfo) -> tuple[int, int]:
    """Return the largest width and height of the copy."""
    longer, shorter = max(info.width, info.height), min(info.width, info.height)
    scale = min(1, max(_LARGEST / longer, _SHORTEST / shorter))
    return math.ceil(info.width * scale), math.ceil(info.height * scale)


def _encode_again(content: bytes, info: image_info.ImageInfo, cache: Cache) -> bytes:
    """Return the image encoded again, upright and no larger than a screen."""

    def encode() -> bytes:
        from PIL import Image

        size = _public_size(info)
        image = image_info.decode_upright(content, size[0])
        image.thumbnail(size, Image.Resampling.LANCZOS)
        options = {"optimize": True} if info.format == "PNG" else {"quality": _QUALITY}
        return image_info.encode_pixels(image, info.format, **options)

    return cache.compute(cache_key(_code(), content), encode)


def preview_copy(
    content: bytes,
    image_format: image_info.ImageFormat,
    fonts: Sequence[Path],
    font_fingerprint: str,
    cache: Cache,
) -> tuple[str, bytes] | None:
    """Return an image that social networks can show in a preview of a link, and the extension of its file.

    None if they can show the image itself: all formats but SVG and AVIF. ``fonts`` are the folders of the
    fonts for an SVG, whose text may change with the ``font_fingerprint``. Raises ImageError for an image that
    cannot be used.
    """
    if image_format not in ("SVG", "AVIF"):
        return None
    info = image_info.read_info(content, image_format)
    extension = ".png" if info.format == "SVG" else ".jpg"
    key = cache_key(_code(), "preview", font_fingerprint, content)
    if (copy := cache.get(key)) is None:
        scale = min(_PREVIEW_WIDTH / info.width, _LARGEST / info.height)
        width, height = round(info.width * scale), round(info.height * scale)
        if not (width and height):
            raise image_info.ImageError("is too narrow for a preview")
        if info.format == "SVG":
            copy = _draw_svg(svg_sanitizer.sanitize_svg(content), width, fonts)
        else:
            image = image_info.decode_upright(content, width)
            image.thumbnail((width, height))
            copy = image_info.encode_pixels(image.convert("RGB"), "JPEG", quality=_QUALITY)
        cache.put(key, copy)
    return extension, copy


def _draw_svg(content: bytes, width: int, fonts: Sequence[Path]) -> bytes:
    """Return an SVG as PNG of a width in pixels, on white."""
    import resvg_py

    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=content.decode(),
                background="white",
                width=width,
                # Fonts of the system would make the result depend on the computer.
                skip_system_fonts=True,
                font_dirs=[str(folder) for folder in fonts],
                font_family="Source Sans 3",
                serif_family="XCharter",
                sans_serif_family="Source Sans 3",
            )
        )
    except ValueError as error:
        raise image_info.ImageError(f"cannot be drawn as a preview: {error}") from error


def strip_metadata(content: bytes, image_format: image_info.ImageFormat, orientation: int = 1) -> bytes:
    """Return an image file without Exif, XMP, IPTC, comments, and whatever follows its end.

    Colour profiles and animations stay. In a JPEG ``orientation`` (Exif's, 1 to 8) stays too, as it is part
    of the image. A file without metadata is returned unchanged. Raises ImageError for an AVIF file whose
    metadata cannot be located.
    """
    if image_format == "JPEG":
        return b"".join(_jpeg_segments(content, orientation))
    if image_format == "PNG":
        return b"".join(_png_chunks(content))
    if image_format == "WEBP":
        return _strip_riff(content)
    if image_format == "GIF":
        return b"".join(_gif_blocks(content))
    return _strip_avif(content)


def _jpeg_segments(content: bytes, orientation: int) -> Iterator[bytes]:
    """Yield the segments of the first image. Further images of an MPO, after its end, have metadata too."""
    yield content[:2]
    if orientation != 1:
        yield _orientation_segment(orientation)
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _EOI:
            yield content[at : at + 2]
            return
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == _SOS:
            following = _MARKER.search(content, end)
            end = following.start() if following else len(content)
        if not _is_jpeg_metadata(marker, content[at + 4 : end]):
            yield content[at:end]
        at = end
    yield content[at : at + 2]


def _is_jpeg_metadata(marker: int, payload: bytes) -> bool:
    """Return whether a segment is metadata. Decoders need JFIF (E0), profiles (E2) and Adobe's (EE)."""
    if marker == 0xE2:
        return not payload.startswith(b"ICC_PROFILE\0")
    if marker == 0xEE:
        return not payload.startswith(b"Adobe")
    return marker == _COMMENT or 0xE1 <= marker <= 0xEF


def _orientation_segment(orientation: int) -> bytes:
    """Return a segment of Exif that contains nothing but the orientation."""
    # A directory with one entry: its tag, the type SHORT, one value, and no further directory.
    directory = struct.pack("<HHHLHHL", 1, image_info.ORIENTATION_TAG, 3, 1, orientation, 0, 0)
    payload = b"Exif\0\0" + _TIFF + directory
    return b"\xff\xe1" + (len(payload) + 2).to_bytes(2) + payload


def _png_chunks(content: bytes) -> Iterator[bytes]:
    at = 8
    yield content[:at]
    while at + 8 <= len(content):
        name = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4])
        if name not in _PNG_METADATA:
            yield content[at:end]
        if name == b"IEND":
            return
        at = end


def _strip_riff(content: bytes) -> bytes:
    stripped = bytearray(content[8:12])
    at, last = 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= last:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        chunk = bytearray(content[at:end])
        if chunk[:4] == b"VP8X" and len(chunk) > 8:
            chunk[8] &= ~_RIFF_FLAGS
        if bytes(chunk[:4]) not in _RIFF_METADATA:
            stripped += chunk
        at = end
    return content[:4] + len(stripped).to_bytes(4, "little") + bytes(stripped)


def _gif_blocks(content: bytes) -> Iterator[bytes]:
    at = 13 + _colour_table_size(content[10])
    yield content[:at]
    while at < len(content):
        start = at
        if content[at] == 0x3B:  # the end
            yield content[at : at + 1]
            return
        if content[at] == 0x2C:  # a frame
            flags = content[at + 9] if at + 9 < len(content) else 0
            at = _skip_sub_blocks(content, at + 11 + _colour_table_size(flags))
            yield content[start:at]
        elif content[at] == 0x21:  # an extension: a comment, or an application's, such as XMP
            at = _skip_sub_blocks(content, at + 2)
            label, application = content[start + 1 : start + 2], content[start + 3 : start + 14]
            # These two say how often the animation repeats.
            is_loop = application in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            if label != b"\xfe" and (label != b"\xff" or is_loop):
                yield content[start:at]
        else:
            return


def _colour_table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1


def _strip_avif(content: bytes) -> bytes:
    """Overwrite the metadata: items are located by their offsets in the file, which must not change."""
    with image_info.open_image(content, "is not a valid AVIF image") as image:
        metadata = [image.info.get("exif", b""), image.info.get("xmp", b"")]
    stripped = content
    for part in metadata:
        body = part.removeprefix(b"Exif\0\0")
        if len(body) < len(_TIFF):
            continue  # It contains nothing, and its bytes may occur anywhere by chance.
        if body not in content:
            raise image_info.ImageError("has metadata that cannot be removed. Export it without")
        blank = bytes(len(body))
        if body[:2] in (b"II", b"MM"):
            blank = (_TIFF + blank)[: len(body)]  # decoders refuse Exif that is not TIFF
        stripped = stripped.replace(body, blank)
    return stripped
