"""Copies of pictures: their colours, their edges, and whether they are worth a request."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from portfolio.core.cache import NoCache
from portfolio.images import image_info
from portfolio.images.catalog import ImageCatalog, ResponsiveImage
from portfolio.images.variants import Variant


def png(image: Image.Image, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def drawing() -> Image.Image:
    """Thin lines and small letters in three colours."""
    image = Image.new("RGB", (640, 360), "white")
    draw = ImageDraw.Draw(image)
    for number in range(40):
        colour = ("crimson", "navy", "black")[number % 3]
        draw.line((number * 17, 0, 640 - number * 9, 360), fill=colour)
        draw.text((number * 15, number * 8), "weights", fill="black")
    return image


def exchanged() -> bytes:
    """A profile (ICC.1) in which red and green have changed places: sRGB with two names exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert profile.count(b"rXYZ") == profile.count(b"gXYZ") == 1
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def test_colours_are_those_of_the_picture_s_own_profile() -> None:
    red = Image.new("RGB", (40, 30), (200, 30, 30))
    made = image_info.decode_upright(png(red, icc_profile=exchanged()), 40)
    assert made.getpixel((9, 9)) == pytest.approx((30, 200, 30), abs=6)
    grey = image_info.decode_upright(png(red, icc_profile=b"no profile"), 40)
    assert grey.getpixel((9, 9)) == (200, 30, 30)


def test_a_drawing_keeps_its_edges() -> None:
    """Root mean square of the difference from the original in each colour, of 255."""
    image = drawing()
    (copy,) = variants.encode_variants(png(image), [Variant("AVIF", 640)], NoCache())
    with Image.open(BytesIO(copy)) as made:
        assert max(ImageStat.Stat(ImageChops.difference(image, made.convert("RGB"))).rms) < 2


def look(content: bytes) -> tuple[ImageCatalog, set[str]]:
    catalog = ImageCatalog({"a.png"}, lambda _: content, NoCache())
    shown = catalog.find("page.md", "a.png")
    assert isinstance(shown, ResponsiveImage)
    return catalog, {copies.type for copies in shown.sources}


def test_copies_that_weigh_more_than_the_picture_are_none() -> None:
    # Rows of one pattern, which PNG packs as one.
    pattern = Image.effect_noise((16, 16), 200).convert("1")
    tiled = Image.new("1", (640, 480))
    for at in range(40 * 30):
        tiled.paste(pattern, (at % 40 * 16, at // 40 * 16))
    catalog, types = look(png(tiled, optimize=True))
    assert (catalog.variant_files, types) == ({}, set())
    catalog, types = look(png(Image.effect_noise((640, 480), 60)))
    assert types == {"image/avif", "image/webp"}
    assert {name.rpartition(".")[2] for name in catalog.variant_files} == {"avif", "webp"}
