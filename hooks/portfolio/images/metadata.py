"""Files of pictures without what they say of a person or a place; not a pixel is decoded or changed.

Each format keeps such notes in parts of their own: JPEG in segments (ITU-T T.81, annex B), PNG in chunks (W3C
PNG 3, 11.3), WebP in chunks of RIFF (RFC 9649), GIF in extensions (GIF89a), AVIF in items (ISO/IEC 23008-12).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from portfolio.images.image_info import Kind, PictureError, opened

_PNG_NOTES = {b"eXIf", b"tEXt", b"iTXt", b"zTXt"}
_RIFF_NOTES = {b"EXIF", b"XMP "}
# The bits of a WebP's VP8X that announce them.
_RIFF_FLAGS = 0x08 | 0x04
_ORIENTATION = 0x0112
_ICC = b"ICC_PROFILE\0"
_ADOBE = b"Adobe"
_EOI, _SOS, _COMMENT = 0xD9, 0xDA, 0xFE
# Of TIFF: little-endian, and the first directory at byte 8.
_TIFF = b"II*\0\x08\0\0\0"


def without(content: bytes, kind: Kind, orientation: int = 1) -> bytes:
    """A picture's file without notes: Exif, XMP, IPTC, comments, and what stands behind its end.

    Colour profiles and animations stay. In a JPEG ``orientation`` (Exif's, 1 to 8) stays too: which way is up
    is part of the picture. The same bytes come back where there are no notes.

    Raises:
        PictureError: for an AVIF whose notes are not found in its file as they are read.
    """
    if kind == "JPEG":
        return b"".join(_jpeg(content, orientation))
    if kind == "PNG":
        return b"".join(_png(content))
    if kind == "WEBP":
        return _riff(content)
    if kind == "GIF":
        return b"".join(_gif(content))
    if kind == "AVIF":
        return _avif(content)
    return content


def _jpeg(content: bytes, orientation: int) -> Iterator[bytes]:
    """The segments to keep. What follows the end, as the further pictures of an MPO, has notes of its own."""
    yield content[:2]
    if orientation != 1:
        yield _oriented(orientation)
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _EOI:
            yield content[at : at + 2]
            return
        if marker == 0xFF:  # a byte that only fills
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == _SOS:
            end = _after_scan(content, end)
        if not _is_note(marker, content[at + 4 : end]):
            yield content[at:end]
        at = end
    yield content[at : at + 2]


def _is_note(marker: int, payload: bytes) -> bool:
    """Whether a segment is for people; decoders need JFIF's (E0), profiles (E2) Adobe's of colour (EE)."""
    if marker == 0xE2:
        return not payload.startswith(_ICC)
    if marker == 0xEE:
        return not payload.startswith(_ADOBE)
    return marker == _COMMENT or 0xE1 <= marker <= 0xEF


def _after_scan(content: bytes, at: int) -> int:
    """Where the compressed data that begin at ``at`` end: at a marker that is no part of them."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        # A stuffed byte, a restart, a filling byte.
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at
    return len(content)


def _oriented(orientation: int) -> bytes:
    """A segment of Exif that says only which way is up."""
    entry = struct.pack("<HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    payload = b"Exif\0\0" + _TIFF + struct.pack("<H", 1) + entry + bytes(4)
    return b"\xff\xe1" + (len(payload) + 2).to_bytes(2) + payload


def _png(content: bytes) -> Iterator[bytes]:
    at = 8
    yield content[:at]
    while at + 8 <= len(content):
        name = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4])
        if name not in _PNG_NOTES:
            yield content[at:end]
        if name == b"IEND":
            return
        at = end


def _riff(content: bytes) -> bytes:
    kept = bytearray(content[8:12])
    at, last = 12, min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= last:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        chunk = bytearray(content[at:end])
        if chunk[:4] == b"VP8X" and len(chunk) > 8:
            chunk[8] &= ~_RIFF_FLAGS
        if bytes(chunk[:4]) not in _RIFF_NOTES:
            kept += chunk
        at = end
    return content[:4] + len(kept).to_bytes(4, "little") + bytes(kept)


def _gif(content: bytes) -> Iterator[bytes]:
    at = 13 + _table(content[10])
    yield content[:at]
    while at < len(content):
        start = at
        if content[at] == 0x3B:
            yield content[at : at + 1]
            return
        if content[at] == 0x2C:  # a frame
            local = content[at + 9] if at + 9 < len(content) else 0
            at = _after_blocks(content, at + 11 + _table(local))
            yield content[start:at]
        elif content[at] == 0x21:  # an extension: of comments, or of a program such as XMP's
            at = _after_blocks(content, at + 2)
            label, name = content[start + 1 : start + 2], content[start + 3 : start + 14]
            # Of programs' extensions two say how often to repeat.
            repeats = name in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            if label != b"\xfe" and (label != b"\xff" or repeats):
                yield content[start:at]
        else:
            return


def _table(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += 1 + content[at]
    return at + 1


def _avif(content: bytes) -> bytes:
    """Notes are written over: items are found by their place in the file, which must stay."""
    with opened(content, "is no AVIF picture, or a broken one") as image:
        found = [image.info.get("exif", b""), image.info.get("xmp", b"")]
    bare = content
    for note in found:
        body = note.removeprefix(b"Exif\0\0")
        if len(body) < len(_TIFF):
            continue  # It says nothing, and may stand anywhere by chance.
        if body not in content:
            raise PictureError("has notes in a form in which they cannot be taken out")
        blank = bytes(len(body))
        if body[:2] in (b"II", b"MM"):
            blank = (_TIFF + blank)[: len(body)]  # a decoder refuses Exif that is no TIFF
        bare = bare.replace(body, blank)
    return bare
