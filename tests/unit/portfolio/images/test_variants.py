"""The variants of images: their widths, colours and edges."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from portfolio.core.cache import Cache
from portfolio.images.image_info import ImageError, ImageInfo
from portfolio.images.variants import Variant, encode_variants, plan_variants
from tests.support.images import CountingCache, encode, photograph


def test_plan_variants_are_no_wider_than_the_image() -> None:
    assert plan_variants(ImageInfo("JPEG", 1000, 500)) == [
        Variant("AVIF", 480),
        Variant("AVIF", 800),
        Variant("AVIF", 1000),
        Variant("WEBP", 800),
        Variant("WEBP", 1000),
    ]
    assert plan_variants(ImageInfo("JPEG", 300, 500)) == []
    assert plan_variants(ImageInfo("GIF", 900, 900, still=False)) == []
    assert plan_variants(ImageInfo("JPEG", 5000, 4000), quick=True) == [Variant("WEBP", 1200)]


@pytest.mark.parametrize("quick", [False, True])
def test_plan_variants_skips_an_image_that_is_too_long_for_a_format(quick: bool) -> None:
    assert plan_variants(ImageInfo("PNG", 400, 17000), quick=quick) == []
    planned = plan_variants(ImageInfo("PNG", 1600, 16383), quick=quick)
    assert max(variant.width for variant in planned) == (1200 if quick else 1600)
    large_file = encode(Image.new("L", (400, 16383)), "PNG", compress_level=0)
    assert encode_variants(large_file, [Variant("WEBP", 400)], Cache())


def test_encode_variants_are_upright_without_metadata_and_cached() -> None:
    content = photograph(900, 600, orientation=6)
    variants = [Variant("AVIF", 480), Variant("WEBP", 300)]
    cache = CountingCache()
    first = encode_variants(content, variants, cache)
    assert [*first] == variants
    for variant, data in first.items():
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == (variant.format, (variant.width, variant.width * 3 // 2))
            assert not image.getexif()
    assert cache.hits == 0
    assert encode_variants(content, variants, cache) == first
    assert cache.hits == 2


def test_encode_variants_do_not_depend_on_what_is_in_the_cache() -> None:
    content = photograph(1600, 1000)
    variants = [Variant("WEBP", 300), Variant("WEBP", 1200)]
    expected = encode_variants(content, variants, Cache())
    cache = CountingCache()
    encode_variants(content, variants, cache)
    # The entry of the narrow variant, which is encoded last, was removed from the cache.
    cache.entries.popitem()
    assert encode_variants(content, variants, cache) == expected
    assert cache.hits == 1


def test_encode_variants_leaves_out_a_format_after_a_variant_that_is_not_smaller() -> None:
    # Rows of the same pattern, which PNG compresses well.
    pattern = Image.effect_noise((16, 16), 200).convert("1")
    tiled = Image.new("1", (640, 480))
    for at in range(40 * 30):
        tiled.paste(pattern, (at % 40 * 16, at // 40 * 16))
    content = encode(tiled, "PNG", optimize=True)
    cache = CountingCache()
    variants = [Variant(image_format, width) for image_format in ("AVIF", "WEBP") for width in (480, 640)]
    assert encode_variants(content, variants, cache) == {}
    assert len(cache.entries) == 2


def test_encode_variants_raises_image_error_for_a_truncated_image() -> None:
    with pytest.raises(ImageError, match="cannot be decoded"):
        encode_variants(photograph(900, 600)[:9000], [Variant("WEBP", 480)], Cache())


def test_encode_variants_raises_image_error_for_damaged_pixels_of_avif() -> None:
    """Only the decoder of AVIF raises a ``RuntimeError``."""
    whole = photograph(340, 40, "AVIF")
    causes = set()
    for cut in range(352, 470, 4):
        damaged = whole[:cut] + b"\xff" * (len(whole) - cut)
        try:
            encode_variants(damaged, [Variant("WEBP", 330)], Cache())
        except ImageError as error:
            causes.add(type(error.__cause__))
    assert RuntimeError in causes


def test_encode_variants_preserve_the_edges_of_a_drawing() -> None:
    """Root mean square of the difference from the original in each colour, of 255."""
    image = Image.new("RGB", (640, 360), "white")
    draw = ImageDraw.Draw(image)
    for number in range(40):
        colour = ("crimson", "navy", "black")[number % 3]
        draw.line((number * 17, 0, 640 - number * 9, 360), fill=colour)
        draw.text((number * 15, number * 8), "weights", fill="black")
    large_file = encode(image, "PNG", compress_level=0)
    (data,) = encode_variants(large_file, [Variant("AVIF", 640)], Cache()).values()
    with Image.open(BytesIO(data)) as variant:
        assert max(ImageStat.Stat(ImageChops.difference(image, variant.convert("RGB"))).rms) < 2
