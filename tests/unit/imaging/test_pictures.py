from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from imaging import public, variants
from imaging.picture import KINDS, Picture, PictureError, read
from imaging.variants import Variant
from portfolio.cache import NoCache

ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


def photograph(width: int, height: int, kind: str = "JPEG", **options: Any) -> bytes:
    """A picture with more colours than a drawing, notes on the camera and on the place."""
    noise = Image.effect_noise((width, height), 60)
    slope = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (noise, slope, slope.rotate(180)))
    exif = Image.Exif()
    exif[MODEL] = "A camera"
    exif[GPS] = {1: "N", 2: (1.0, 2.0, 3.0)}
    exif[ORIENTATION] = options.pop("orientation", 1)
    out = BytesIO()
    image.save(out, kind, exif=exif, **options)
    return out.getvalue()


class Shelf:
    """A cache that counts."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.found = 0

    def get(self, key: str) -> bytes | None:
        self.found += key in self.kept
        return self.kept.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.kept[key] = content


@pytest.mark.parametrize(
    ("orientation", "size", "turned"), [(1, (40, 30), False), (3, (40, 30), True), (6, (30, 40), True)]
)
def test_size_is_that_of_the_upright_picture(orientation: int, size: tuple[int, int], turned: bool) -> None:
    picture = read(photograph(40, 30, orientation=orientation), "JPEG")
    assert ((picture.width, picture.height), picture.turned) == (size, turned)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="30" height="20"', (30, 20)),
        ('viewBox="0 0 300 100"', (300, 100)),
        ('viewBox="0 0 300 100" width="100%"', (300, 100)),
        ('viewBox="0 0 300 100" width="150px"', (150, 50)),
        ('viewBox="0,0,300,100" height="1in"', (288, 96)),
    ],
)
def test_size_of_a_drawing(head: str, size: tuple[int, int]) -> None:
    picture = read(f'<svg xmlns="http://www.w3.org/2000/svg" {head}/>'.encode(), "SVG")
    assert (picture.width, picture.height) == size


@given(st.binary(max_size=200), st.sampled_from(sorted(set(KINDS.values()))))
@example(b"<svg/>", "SVG")
@example(b'<svg width="0" viewBox="0 0 0 0"/>', "SVG")
@example(b'<?xml version="1.0" encoding="x"?><svg/>', "SVG")
@example(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG")
def test_any_bytes_are_a_picture_or_told_to_be_none(content: bytes, kind: Any) -> None:
    try:
        picture = read(content, kind)
    except PictureError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert picture.width > 0
        assert picture.height > 0


def test_a_wrong_ending_is_told() -> None:
    with pytest.raises(PictureError, match="kind PNG and is named as if it were JPEG"):
        read(photograph(9, 9, "PNG"), "JPEG")


def test_copies_are_no_wider_than_the_picture() -> None:
    assert variants.plan(Picture("JPEG", 1000, 500)) == [
        Variant("AVIF", 480),
        Variant("AVIF", 800),
        Variant("AVIF", 1000),
        Variant("WEBP", 800),
        Variant("WEBP", 1000),
    ]
    assert variants.plan(Picture("JPEG", 300, 500)) == []
    assert variants.plan(Picture("GIF", 900, 900, still=False)) == []
    assert variants.plan(Picture("JPEG", 5000, 4000), quick=True) == [Variant("WEBP", 1200)]


def test_copies_are_upright_without_notes_and_made_once() -> None:
    content = photograph(900, 600, orientation=6)
    wanted = [Variant("AVIF", 480), Variant("WEBP", 300)]
    shelf = Shelf()
    first = variants.make(content, wanted, shelf)
    for one, data in zip(wanted, first, strict=True):
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == (one.format, (one.width, one.width * 3 // 2))
            assert not image.getexif()
    assert shelf.found == 0
    assert variants.make(content, wanted, shelf) == first
    assert shelf.found == 2


def test_a_picture_that_breaks_off_is_an_error() -> None:
    with pytest.raises(OSError, match="truncated"):
        variants.make(photograph(900, 600)[:9000], [Variant("WEBP", 480)], NoCache())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_public_copy_has_no_notes_and_the_same_pixels_in_size(kind: Any) -> None:
    content = photograph(60, 40, kind)
    copy = public.copy(content, read(content, kind), NoCache())
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(copy)) as after:
        assert before.getexif()[MODEL] == "A camera"
        assert not after.getexif()
        assert (after.format, after.size) == (kind, before.size)
    assert b"A camera" not in copy
    assert public.copy(copy, read(copy, kind), NoCache()) == copy


def test_the_public_copy_is_no_larger_than_a_screen() -> None:
    content = photograph(3000, 60)
    assert read(public.copy(content, read(content, "JPEG"), NoCache()), "JPEG").width == 2560


def test_drawings_without_anything_active_are_left_alone() -> None:
    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><rect fill="red"/></svg>'
    assert public.copy(content, read(content, "SVG"), NoCache()) == content


@pytest.mark.parametrize(
    "part",
    [
        "<script>1</script>",
        '<rect onclick="x()"/>',
        '<rect\nonload="x()"/>',
        '<a href="javascript:x()"><rect/></a>',
        '<image href="https://example.org/x.png"/>',
        '<rect style="fill:url(https://example.org/x)"/>',
        "<foreignObject><p>x</p></foreignObject>",
    ],
)
def test_what_runs_or_asks_another_host_is_taken_out_of_drawings(part: str) -> None:
    content = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><circle r="1"/>{part}</svg>'.encode()
    )
    copy = public.copy(content, read(content, "SVG"), NoCache())
    assert b"<circle" in copy
    for sign in (b"script", b"onclick", b"onload", b"example.org", b"foreignObject"):
        assert sign not in copy
