"""What stands in an SVG of typst's, and the pictures that are put together from it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portfolio.print import fonts as typefaces
from portfolio.print import social_card
from portfolio.print.social_card import Box, GlyphCompositor, Outline, PlacedOutline
from portfolio.print.typst_compiler import TypesettingError

_PAGE = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
_SYMBOL = '<defs><symbol id="a"><path d="M 0 0h 10v 20h -10Z "/></symbol></defs>'


def read(*drawn: str) -> tuple[list[Box], list[PlacedOutline]]:
    return social_card.read_page(_PAGE.format("".join(drawn) + _SYMBOL).encode())


def test_letters_stand_where_all_groups_together_put_them() -> None:
    use = '<use xlink:href="#a" x="1.5" y="2" fill="#123456"/>'
    boxes, (letter,) = read(
        f'<g transform="translate(10 20)"><g transform="matrix(1 0 0 -1 3 30.4)">{use}</g></g>'
    )
    assert boxes == []
    # 14.5 across and 48.4 down; it stands on its line.
    assert letter == PlacedOutline(Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 2), "#123456", 14, 48)
    assert letter.outline.bounds == (-1, -21, 12, 2)


def test_boxes_are_in_whole_pixels() -> None:
    boxes, letters = read('<path fill="#fff" transform="translate(80 5)" d="M 0 0v 12h 56v -12Z "/>')
    assert (boxes, letters) == ([Box("#fff", (80, 5, 136, 17))], [])


@pytest.mark.parametrize(
    "drawn",
    [
        '<image href="x"/>',
        '<path d="M 0 0h 1" stroke="#000"/>',
        '<path fill="#000" d="M 0 0 A 1 1 0 0 0 1 1"/>',
    ],
)
def test_what_nobody_can_draw_is_told(drawn: str) -> None:
    with pytest.raises(TypesettingError, match="cards cannot contain"):
        read(drawn)


@given(st.lists(st.floats(-50, 50, allow_subnormal=False).map(lambda value: round(value, 3)), min_size=6))
def test_bounds_hold_all_of_a_path(numbers: list[float]) -> None:
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    path = "M " + "L ".join(f"{x} {y}" for x, y in pairs) + "Z "
    left, top, right, bottom = Outline(path, (1, 0, 0, -1), 0).bounds
    assert all(left < x < right and top < -y < bottom for x, y in pairs)


def test_a_letter_is_drawn_in_its_colour_at_its_place() -> None:
    lettering = GlyphCompositor(typefaces.packaged_fonts())
    outline = Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 0)
    half = Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 2)
    letters = [
        PlacedOutline(outline, "#ff0000", 5, 30),
        PlacedOutline(half, "#000000", 30, 30),
        # Beside the picture, and half of it.
        PlacedOutline(outline, "#000000", 900, 30),
        PlacedOutline(outline, "#000000", -5, 30),
    ]
    lettering.rasterise(letter.outline for letter in letters)
    made = lettering.compose(
        (50, 40), [Box("#fff", (0, 0, 50, 40)), Box("#0000ff", (0, 38, 50, 40))], letters
    )
    with Image.open(io.BytesIO(made)) as opened:
        picture = opened.convert("RGB")
    white, red, black, blue = (255, 255, 255), (255, 0, 0), (0, 0, 0), (0, 0, 255)
    for place, colour in {
        (4, 12): black, (5, 10): red, (14, 29): red, (15, 29): white, (14, 30): white, (5, 9): white,
        (31, 20): black, (29, 20): white, (42, 20): white, (20, 37): white, (20, 38): blue,
    }.items():  # fmt: skip
        assert picture.getpixel(place) == colour, place
    # Half of a pixel, in fifteen steps.
    edge = picture.getpixel((30, 20))
    assert isinstance(edge, tuple)
    assert 110 <= edge[0] <= 145


def test_a_letter_is_the_same_beside_any_other() -> None:
    fonts, box = typefaces.packaged_fonts(), [Box("#fff", (0, 0, 50, 40))]
    one = PlacedOutline(Outline("M 0 0l 10.3 3.1l 2.2 17.7Z ", (1, 0, 0, -1), 1), "#000000", 5, 30)
    other = PlacedOutline(Outline("M 1 1q 3.3 4.4 10 20l 3 1Z ", (1, 0, 0, -1), 3), "#000000", 5, 30)
    together, alone = GlyphCompositor(fonts), GlyphCompositor(fonts)
    together.rasterise([other.outline, one.outline])
    alone.rasterise([one.outline])
    assert together.compose((50, 40), box, [one]) == alone.compose((50, 40), box, [one])
    # What is not there yet is drawn, and nothing else.
    alone.rasterise([one.outline, other.outline])
    assert together.compose((50, 40), box, [one, other]) == alone.compose((50, 40), box, [one, other])
