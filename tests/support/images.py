"""Images for tests."""

from io import BytesIO
from typing import Any

from PIL import Image

from portfolio.core.cache import Cache

ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


def photograph(width: int, height: int, image_format: str = "JPEG", **options: Any) -> bytes:
    """An image with more colours than a drawing, and with Exif that names a camera and a place."""
    noise = Image.effect_noise((width, height), 60)
    slope = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (noise, slope, slope.rotate(180)))
    exif = Image.Exif()
    exif[MODEL] = "A camera"
    exif[GPS] = {1: "N", 2: (1.0, 2.0, 3.0)}
    exif[ORIENTATION] = options.pop("orientation", 1)
    return encode(image, image_format, exif=exif, **options)


def encode(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """The file of an image."""
    out = BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


class CountingCache(Cache):
    """A cache that counts its hits."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        self.hits += key in self.entries
        return self.entries.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.entries[key] = content
