from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from portfolio.images import image_info
from portfolio.images.image_info import FORMATS, ImageError, decode_upright, detect_format, read_info
from tests.support.images import encode, photograph


@pytest.mark.parametrize(
    ("orientation", "size", "turned"),
    [(1, (40, 30), False), (3, (40, 30), True), (6, (30, 40), True), (9, (40, 30), False)],
)
def test_read_info_returns_the_size_of_the_upright_image(
    orientation: int, size: tuple[int, int], turned: bool
) -> None:
    info = read_info(photograph(40, 30, orientation=orientation), "JPEG")
    assert ((info.width, info.height), info.orientation != 1) == (size, turned)


@pytest.mark.parametrize(
    ("attributes", "size"),
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
def test_read_info_returns_the_size_of_svg(attributes: str, size: tuple[int, int]) -> None:
    info = read_info(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode(), "SVG")
    assert (info.width, info.height) == size


@pytest.mark.parametrize(
    "attributes",
    [
        f'width="{"9" * 400}" height="1"',
        'width="1e99" height="1"',
        f'viewBox="0 0 1 {"9" * 400}"',
        'viewBox="0 0 1e99 1e-99" height="9"',
    ],
)
def test_read_info_rejects_a_size_of_svg_that_no_image_has(attributes: str) -> None:
    with pytest.raises(ImageError, match=r"has the size '.+', which is outside 1e-09 to 1e\+09 pixels"):
        read_info(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode(), "SVG")


@given(st.binary(max_size=200), st.sampled_from(sorted(set(FORMATS.values()))))
@example(b"<svg/>", "SVG")
@example(b"II*\0\0\0\0\1", "AVIF")
@example(b'<svg width="0" viewBox="0 0 0 0"/>', "SVG")
@example(b'<?xml version="1.0" encoding="x"?><svg/>', "SVG")
@example(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG")
def test_read_info_returns_a_size_or_raises_image_error_for_any_bytes(
    content: bytes, image_format: Any
) -> None:
    try:
        info = read_info(content, image_format)
    except ImageError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert info.width > 0
        assert info.height > 0


def test_read_info_rejects_a_wrong_file_extension() -> None:
    with pytest.raises(ImageError, match="is a PNG image with a file extension of JPEG"):
        read_info(photograph(9, 9, "PNG"), "JPEG")


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 3">{}</svg>'


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "b"><!ENTITY lol "&a;&a;">',
        '<!ENTITY lol SYSTEM "/etc/passwd">',
        '<!ENTITY % lol "b">',
        f'<!ENTITY lol "{"b" * 1000}">',
        '<!ENTITY lol "&#60;script/>">',
    ],
)
def test_read_info_rejects_entities_that_grow_or_load_in_any_encoding(declaration: str) -> None:
    text = f"<!DOCTYPE svg [{declaration}]>{_SVG.format('')}"
    for content in (text.encode(), text.encode("utf-16")):
        with pytest.raises(ImageError, match="declares the XML entity 'lol', which is not a short text"):
            read_info(content, "SVG")


def test_read_info_rejects_many_references_to_entities() -> None:
    text = f'<!DOCTYPE svg [<!ENTITY a "{"b" * 200}">]>{_SVG.format("&a;" * 10_001)}'
    with pytest.raises(ImageError, match="declares the XML entity 'a'"):
        read_info(text.encode(), "SVG")


def test_read_info_rejects_xml_that_is_no_svg() -> None:
    with pytest.raises(ImageError, match="is not an SVG image: its root element is <html>"):
        read_info(b"<html/>", "SVG")


def test_read_info_names_the_way_out_for_an_undeclared_prefix() -> None:
    with pytest.raises(
        ImageError, match=r'unbound prefix: .+ add xmlns:xlink="http://www.w3.org/1999/xlink"'
    ):
        read_info(_SVG.format('<use xlink:href="#a"/>').encode(), "SVG")


def _profile(device_class: bytes, space: bytes, connection: bytes, tag: bytes, data: bytes) -> bytes:
    """A colour profile (ICC.1:2001) with one tag."""
    white = (0xF6D6).to_bytes(4) + (0x10000).to_bytes(4) + (0xD32D).to_bytes(4)
    header = bytes(8) + b"\x02\x40\0\0" + device_class + space + connection + bytes(12) + b"acsp" + bytes(28)
    table = (1).to_bytes(4) + tag + (144).to_bytes(4) + len(data).to_bytes(4)
    content = (header + white).ljust(128, b"\0") + table + data
    return len(content).to_bytes(4) + content[4:]


def test_decode_upright_applies_a_profile_of_inks() -> None:
    identity = bytes(range(256))
    # In Lab: cyan is a light blue, no ink is white, and everything else is black.
    colours = {0b0000: (255, 128, 128), 0b1000: (166, 90, 90)}
    grid = b"".join(bytes(colours.get(inks, (0, 128, 128))) for inks in range(16))
    matrix = b"".join((0x10000 * (at % 4 == 0)).to_bytes(4) for at in range(9))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + matrix + identity * 4 + grid + identity * 3
    inks = _profile(b"prtr", b"CMYK", b"Lab ", b"A2B0", lut)
    cyan = Image.new("CMYK", (40, 30), (255, 0, 0, 0))
    converted = decode_upright(encode(cyan, "JPEG", icc_profile=inks), 40)
    assert converted.getpixel((9, 9)) == pytest.approx((0, 177, 223), abs=4)
    assert decode_upright(encode(cyan, "JPEG"), 40).getpixel((9, 9)) == pytest.approx((0, 255, 255), abs=4)


def test_decode_upright_applies_a_profile_of_grey() -> None:
    linear = b"curv" + bytes(8)
    grey = Image.new("L", (40, 30), 55)
    content = encode(grey, "PNG", icc_profile=_profile(b"mntr", b"GRAY", b"XYZ ", b"kTRC", linear))
    assert decode_upright(content, 40).getpixel((9, 9)) == pytest.approx((128, 128, 128), abs=2)


def test_read_info_names_the_way_out_for_a_photo_of_a_phone() -> None:
    content = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic"
    with pytest.raises(ImageError, match=r"is a HEIC image with a file extension of JPEG\. Export it as"):
        read_info(content, "JPEG")


@pytest.mark.parametrize("attribute", ["width", "viewBox"])
@pytest.mark.parametrize("run", [" ", "9", "1 ", ".", "e"])
def test_read_info_reads_a_size_of_any_length_in_linear_time(attribute: str, run: str) -> None:
    # With a quadratic pattern this takes minutes.
    value = f"1{run * 200_000}x"
    content = f'<svg xmlns="http://www.w3.org/2000/svg" {attribute}="{value}"/>'.encode()
    with pytest.raises(ImageError, match="its size is unknown"):
        read_info(content, "SVG")


def test_read_info_rejects_an_image_with_more_pixels_than_its_file_can_hold() -> None:
    header = b"GIF89a" + (9000).to_bytes(2, "little") * 2 + bytes(3)
    content = header + b",\0\0\0\0" + (9000).to_bytes(2, "little") * 2 + b"\0\x08\0;"
    with pytest.raises(ImageError, match="has 9000 × 9000 pixels, which a file of 26 bytes cannot hold"):
        read_info(content, "GIF")


def test_read_info_rejects_an_image_beyond_the_limit_of_pixels() -> None:
    header = b"GIF89a" + (60_000).to_bytes(2, "little") * 2 + bytes(3)
    with pytest.raises(ImageError, match="has more pixels than the limit of 178 million"):
        read_info(header + b",\0\0\0\0" + (60_000).to_bytes(2, "little") * 2 + b"\0\x08\0;", "GIF")


def test_detect_format_names_the_accepted_extensions() -> None:
    assert detect_format("in/A.JPG") == "JPEG"
    with pytest.raises(ImageError, match=r"has the file extension \.bmp\. Accepted: \.avif, "):
        detect_format("a.bmp")
    with pytest.raises(ImageError, match="has no file extension"):
        detect_format("in.png/a")


@pytest.mark.parametrize("error", [ValueError("of the caller"), OSError("of the caller")])
def test_open_image_passes_errors_of_the_callers_block_unchanged(error: Exception) -> None:
    with (  # noqa: PT012 - the error is raised in the block of the context manager
        pytest.raises(type(error), match="of the caller"),
        image_info.open_image(photograph(9, 9), "is not a valid image") as image,
    ):
        assert image.size == (9, 9)
        raise error


def test_open_image_raises_image_error_for_a_damaged_header() -> None:
    with (
        pytest.raises(ImageError, match="is not a valid image"),
        image_info.open_image(b"GIF89a", "is not a valid image"),
    ):
        pass


@pytest.mark.parametrize("size", [60, 3000])
def test_decode_upright_keeps_the_shades_of_16_bit_grey(size: int) -> None:
    slope = Image.linear_gradient("L").resize((size, 40)).convert("I").point(lambda shade: shade * 257 + 0)
    grey = decode_upright(encode(slope.convert("I;16"), "PNG"), size).convert("L")
    assert (grey.getpixel((9, 0)), grey.getpixel((9, 39))) == pytest.approx((0, 255), abs=4)
    assert grey.getpixel((9, 20)) == pytest.approx(128, abs=8)


def test_decode_upright_keeps_a_transparent_colour() -> None:
    image = Image.new("RGB", (40, 30), "red")
    decoded = decode_upright(encode(image, "PNG", transparency=(255, 0, 0)), 40)
    assert (decoded.mode, decoded.getpixel((9, 9))) == ("RGBA", (255, 0, 0, 0))


def _profile_with_red_and_green_exchanged() -> bytes:
    """A colour profile (ICC.1): sRGB with two names exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert profile.count(b"rXYZ") == profile.count(b"gXYZ") == 1
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def test_decode_upright_applies_the_colour_profile() -> None:
    red = Image.new("RGB", (40, 30), (200, 30, 30))
    converted = decode_upright(encode(red, "PNG", icc_profile=_profile_with_red_and_green_exchanged()), 40)
    assert converted.getpixel((9, 9)) == pytest.approx((30, 200, 30), abs=6)
    unchanged = decode_upright(encode(red, "PNG", icc_profile=b"no profile"), 40)
    assert unchanged.getpixel((9, 9)) == (200, 30, 30)
