from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from portfolio.core.cache import NoCache
from portfolio.images import image_info, publish
from portfolio.images.image_info import FORMATS, ImageError, ImageInfo, read_info
from portfolio.images.variants import Variant

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


def _gif() -> bytes:
    out = BytesIO()
    Image.effect_noise((9, 9), 60).save(out, "GIF", comment=b"A camera")
    return out.getvalue()


GIF = _gif()


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
    picture = read_info(photograph(40, 30, orientation=orientation), "JPEG")
    assert ((picture.width, picture.height), picture.orientation != 1) == (size, turned)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('width="30" height="20"', (30, 20)),
        ('viewBox="0 0 300 100"', (300, 100)),
        ('viewBox="0 0 300 100" width="100%"', (300, 100)),
        ('viewBox="0 0 300 100" width="150px"', (150, 50)),
        ('viewBox="0,0,300,100" height="1in"', (288, 96)),
        ('viewBox="0 0 3e2 1E+2"', (300, 100)),
        ('viewBox="-.5 -.5 +300. .1e3"', (300, 100)),
        ('width="3e1" height="+.2e2px"', (30, 20)),
    ],
)
def test_size_of_a_drawing(head: str, size: tuple[int, int]) -> None:
    picture = read_info(f'<svg xmlns="http://www.w3.org/2000/svg" {head}/>'.encode(), "SVG")
    assert (picture.width, picture.height) == size


@given(st.binary(max_size=200), st.sampled_from(sorted(set(FORMATS.values()))))
@example(b"<svg/>", "SVG")
@example(b"II*\0\0\0\0\1", "AVIF")
@example(b'<svg width="0" viewBox="0 0 0 0"/>', "SVG")
@example(b'<?xml version="1.0" encoding="x"?><svg/>', "SVG")
@example(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG")
def test_any_bytes_are_a_picture_or_told_to_be_none(content: bytes, kind: Any) -> None:
    try:
        picture = read_info(content, kind)
    except ImageError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert picture.width > 0
        assert picture.height > 0


def test_a_wrong_ending_is_told() -> None:
    with pytest.raises(ImageError, match="is a PNG image with a file extension of JPEG"):
        read_info(photograph(9, 9, "PNG"), "JPEG")


def test_copies_are_no_wider_than_the_picture() -> None:
    assert variants.plan_variants(ImageInfo("JPEG", 1000, 500)) == [
        Variant("AVIF", 480),
        Variant("AVIF", 800),
        Variant("AVIF", 1000),
        Variant("WEBP", 800),
        Variant("WEBP", 1000),
    ]
    assert variants.plan_variants(ImageInfo("JPEG", 300, 500)) == []
    assert variants.plan_variants(ImageInfo("GIF", 900, 900, still=False)) == []
    assert variants.plan_variants(ImageInfo("JPEG", 5000, 4000), quick=True) == [Variant("WEBP", 1200)]


def test_copies_are_upright_without_notes_and_made_once() -> None:
    content = photograph(900, 600, orientation=6)
    wanted = [Variant("AVIF", 480), Variant("WEBP", 300)]
    shelf = Shelf()
    first = variants.encode_variants(content, wanted, shelf)
    for one, data in zip(wanted, first, strict=True):
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == (one.format, (one.width, one.width * 3 // 2))
            assert not image.getexif()
    assert shelf.found == 0
    assert variants.encode_variants(content, wanted, shelf) == first
    assert shelf.found == 2


def test_a_picture_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ImageError, match="cannot be decoded"):
        variants.encode_variants(photograph(900, 600)[:9000], [Variant("WEBP", 480)], NoCache())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_public_copy_has_no_notes_and_the_same_pixels(kind: Any) -> None:
    content = photograph(60, 40, kind, xmp=b"<x:xmpmeta>A camera</x:xmpmeta>")
    copy = publish.public_copy(content, read_info(content, kind), NoCache())
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(copy)) as after:
        assert before.getexif()[MODEL] == "A camera"
        assert not after.getexif()
        assert (after.format, after.size, after.tobytes()) == (kind, before.size, before.tobytes())
    assert b"A camera" not in copy
    assert len(copy) <= len(content)
    assert publish.public_copy(copy, read_info(copy, kind), NoCache()) == copy


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_the_public_copy_of_an_animation_has_no_notes_and_all_frames(kind: Any) -> None:
    frames = [Image.effect_noise((40, 30), 60).convert("RGB") for _ in range(3)]
    exif = Image.Exif()
    exif[MODEL] = "A camera"
    out = BytesIO()
    given: dict[str, Any] = {"comment": b"A camera"} if kind == "GIF" else {"exif": exif, "xmp": b"A camera"}
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", "A camera")
    text.add_text("Author", "A camera", zip=True)
    given |= {"pnginfo": text} if kind == "PNG" else {}
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], loop=0, duration=90, **given)
    content = out.getvalue()
    assert b"A camera" in content
    copy = publish.public_copy(content, read_info(content, kind), NoCache())
    assert b"A camera" not in copy
    assert b"zTXt" not in copy
    assert len(copy) <= len(content)
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(copy)) as after:
        assert getattr(after, "n_frames", 1) == 3
        for index in range(3):
            before.seek(index)
            after.seek(index)
            assert after.tobytes() == before.tobytes()
        assert after.info.get("loop") == before.info.get("loop")


def test_what_a_phone_puts_behind_a_picture_is_taken_out() -> None:
    """A JPEG of several pictures has the notes with each of them."""
    exif = Image.Exif()
    exif[MODEL] = "A camera"
    exif[ORIENTATION] = 6
    first, second = (Image.effect_noise((60, 40), 60).convert("RGB") for _ in range(2))
    out = BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second], exif=exif, comment=b"A camera")
    content = out.getvalue()
    picture = read_info(content, "JPEG")
    copy = publish.public_copy(content, picture, NoCache())
    assert b"A camera" not in copy
    assert b"MPF" not in copy
    assert read_info(copy, "JPEG") == picture, "it is no longer upright"
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(copy)) as after:
        assert (before.format, after.format) == ("MPO", "JPEG")
        assert after.tobytes() == before.tobytes()
        assert list(after.getexif()) == [ORIENTATION]


def test_a_jpeg_that_comes_in_steps_keeps_them_and_its_colours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = photograph(60, 40, progressive=True, icc_profile=profile, comment=b"A camera")
    copy = publish.public_copy(content, read_info(content, "JPEG"), NoCache())
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(copy)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.info["icc_profile"] == profile
        assert after.info.get("progressive")
    assert b"A camera" not in copy


@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
def test_taking_notes_out_ends_on_any_bytes(junk: bytes, at: int, kind: Any) -> None:
    content = photograph(8, 8, kind) if kind != "GIF" else GIF
    broken = content[: at % len(content)] + junk
    if len(broken) >= 13:
        assert len(publish.strip_metadata(broken, kind)) <= len(broken)


@pytest.mark.parametrize("size", [60, 3000])
def test_grey_of_sixteen_bits_keeps_its_shades(size: int) -> None:
    out = BytesIO()
    slope = Image.linear_gradient("L").resize((size, 40)).convert("I").point(lambda shade: shade * 257 + 0)
    slope.convert("I;16").save(out, "PNG")
    grey = image_info.decode_upright(out.getvalue(), size).convert("L")
    assert (grey.getpixel((9, 0)), grey.getpixel((9, 39))) == pytest.approx((0, 255), abs=4)
    assert grey.getpixel((9, 20)) == pytest.approx(128, abs=8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@settings(max_examples=25)
@given(cut=st.integers(20, 900))
def test_a_broken_picture_is_told_whatever_its_decoder_raises(kind: Any, cut: int) -> None:
    whole = photograph(340, 40, kind)
    content = whole[: min(cut, len(whole) - 40)]
    try:
        picture = read_info(content, kind)
        variants.encode_variants(content, [Variant("WEBP", 330)], NoCache())
        publish.public_copy(content, picture, NoCache())
    except ImageError as error:
        assert str(error)  # noqa: PT017 - either is right


def test_the_public_copy_is_no_larger_than_a_screen() -> None:
    content = photograph(3000, 60)
    assert (
        read_info(publish.public_copy(content, read_info(content, "JPEG"), NoCache()), "JPEG").width == 2560
    )


def test_drawings_without_anything_active_are_left_alone() -> None:
    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><rect fill="red"/></svg>'
    assert publish.public_copy(content, read_info(content, "SVG"), NoCache()) == content


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
        '<s:script xmlns:s="http://www.w3.org/2000/svg">1</s:script>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">1</h:script>',
        '<image href = "https://example.org/x.png"/>',
        '<image x:href\n="https://example.org/x.png" xmlns:x="http://www.w3.org/1999/xlink"/>',
        '<rect fill="url( https://example.org/x )"/>',
        "<style>rect{fill:\\75rl(//example.org)}</style>",
        "<rect style=\"fill:image-set('//example.org/x' 1x)\"/>",
        '<a><set attributeName="href" to="javascript:1"/></a>',
        '<handler type="application/ecmascript">x()</handler>',
        '<listener event="click" handler="#x"/>',
    ],
)
def test_what_runs_or_asks_another_host_is_taken_out_of_drawings(part: str) -> None:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><circle r="1"/>{part}</svg>'
    prefixed = (
        f'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><s:circle r="1"/>{part}</s:svg>'
    )
    for content in (text.encode(), text.encode("utf-16"), prefixed.encode()):
        copy = publish.public_copy(content, read_info(content, "SVG"), NoCache())
        assert b"circle" in copy
        for sign in (b"script", b"onclick", b"onload", b"example.org", b"foreignObject", b"handler"):
            assert sign not in copy
        assert publish.public_copy(copy, read_info(copy, "SVG"), NoCache()) == copy


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?><?xml-stylesheet href="https://example.org/a.css"?>',
        '<!DOCTYPE svg [<!ATTLIST circle onclick CDATA "x()">]>',
    ],
)
def test_what_stands_before_a_drawing_is_looked_at_too(before: str) -> None:
    content = (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"><circle r="1"/></svg>'.encode()
    )
    copy = publish.public_copy(content, read_info(content, "SVG"), NoCache())
    assert b"<circle" in copy
    assert b"example.org" not in copy
    assert b"onclick" not in copy


def test_entities_are_refused_in_any_encoding() -> None:
    text = '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3"/>'
    for content in (text.encode(), text.encode("utf-16")):
        with pytest.raises(ImageError, match="entities"):
            read_info(content, "SVG")


def test_an_avif_whose_pixels_are_broken_is_told() -> None:
    """Its decoder raises a ``RuntimeError``, as no other does."""
    whole = photograph(340, 40, "AVIF")
    causes = set()
    for cut in range(352, 470, 4):
        broken = whole[:cut] + b"\xff" * (len(whole) - cut)
        try:
            variants.encode_variants(broken, [Variant("WEBP", 330)], NoCache())
        except ImageError as error:
            causes.add(type(error.__cause__))
    assert RuntimeError in causes
