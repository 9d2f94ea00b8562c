"""Social cards: titles of all scripts fit or are shortened, and pictures are composed from outlines."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from portfolio.core.cache import FileCache
from portfolio.print import fonts as typefaces
from portfolio.print import social_card
from portfolio.print.fonts import Typefaces
from portfolio.print.social_card import Box, Card, GlyphCompositor, Outline, PlacedOutline
from portfolio.print.typst_compiler import TypesettingError

PAPER = (253, 252, 250)
# The area of the title; the margins around it stay empty.
MARGIN, TOP, BOTTOM = 80, 144, 469


@pytest.fixture(scope="module")
def fonts() -> Typefaces:
    return typefaces.packaged_fonts()


def card(title: str, section: str = "", when: str = "") -> Card:
    return Card(title, section, when, "Site")


def picture(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as opened:
        return opened.convert("RGB")


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """The bounding box of what is drawn within a box."""
    part = image.crop(box)
    return part.point(lambda value: 255 * (value < 200)).convert("L").getbbox()


LONG = {
    "Latin": ("A title that goes on and on, so that one sees what becomes of it " * 3)[:150],
    "Arabic": ("الجسور المعلقة: تاريخ قصير للهندسة في القاهرة " * 4)[:150],
    "Tamil": ("மிக நீண்ட தலைப்பு ஒன்று இந்த அட்டையில் பொருந்த வேண்டும் " * 4)[:150],
    "Chinese": ("软边界为什么职业生涯没有清晰的开始和结束" * 8)[:150],
    "emoji": ("Ships 🚀 and 👩‍💻 flags 🇮🇳 " * 8)[:150],
    "one word": "Donaudampfschifffahrtsgesellschaft" * 5,
    "endless": "word " * 2000,
}


@pytest.mark.parametrize("title", LONG.values(), ids=LONG)
def test_long_titles_stay_within_the_margins(fonts: Typefaces, title: str) -> None:
    (png,), losses = social_card.render([card(title, "Section", "1 May 2019")], fonts)
    assert losses == []
    image = picture(png)
    assert image.size == (1200, 630)
    assert inked(image, (MARGIN, TOP, 1200 - MARGIN, BOTTOM)) is not None
    for free in (
        (0, 0, MARGIN - 8, 630),
        (1200 - MARGIN + 8, 0, 1200, 630),
        (0, BOTTOM + 8, 1200, BOTTOM + 30),
    ):
        assert inked(image, free) is None, free
    assert len(png) < 60_000


ENDLESS = {
    "Latin": "Section " * 60,
    "one word": "W" * 900,
    "Arabic": "موقع " * 90,
    "lines": "a\n\u2028b " * 90,
}


@pytest.mark.parametrize("words", ENDLESS.values(), ids=ENDLESS)
def test_texts_around_the_title_have_one_line(fonts: Typefaces, words: str) -> None:
    (png,), losses = social_card.render([Card("Title", words, words, words)], fonts)
    assert losses == []
    image = picture(png)
    # Between the ribbon and the title, and below the rule.
    for top, bottom, line in ((12, TOP, (70, 115)), (BOTTOM + 45, 630, (520, 565))):
        inky = [y for y in range(top, bottom) if inked(image, (0, y, 1200, y + 1)) is not None]
        assert inky
        assert line[0] < min(inky) < max(inky) < line[1]
        left, _, right, _ = inked(image, (0, top, 1200, bottom)) or (0, 0, 0, 0)
        assert MARGIN - 2 <= left < right <= 1200 - MARGIN + 2
        assert right - left > 900
    # The site and the date do not touch.
    columns = [inked(image, (x, 515, x + 1, 630)) is not None for x in range(MARGIN + 30, 1200 - MARGIN - 30)]
    assert max(len(free) for free in "".join(" x"[inky] for inky in columns).split("x")) >= 28


def test_the_ellipsis_is_at_the_end_of_a_shortened_line(fonts: Typefaces) -> None:
    """An ellipsis is low: there is no ink above it."""
    right, left = (ENDLESS["Arabic"], ENDLESS["one word"])
    pictures, _ = social_card.render([Card("T", words, "", "S") for words in (right, left)], fonts)
    for png, rtl in zip(pictures, (True, False), strict=True):
        image = picture(png)
        begin, _, end, _ = inked(image, (0, 12, 1200, TOP)) or (0, 0, 0, 0)
        tops = [inked(image, (x, 12, x + 22, TOP)) for x in (begin, end - 22)]
        heights = [box[1] for box in tops if box is not None]
        assert (heights[0] > heights[1]) == rtl


def test_a_short_title_is_larger_than_a_long_one(fonts: Typefaces) -> None:
    (short, long), _ = social_card.render([card("Hxg"), card("Hxg " * 40)], fonts)
    heights = []
    for png in (short, long):
        image = picture(png)
        rows = [inked(image, (MARGIN, y, 1200 - MARGIN, y + 1)) is not None for y in range(TOP, BOTTOM)]
        first = rows.index(True)
        heights.append(rows.index(False, first) - first)
    assert heights[0] > heights[1] * 1.3


def test_a_shortened_title_does_not_depend_on_what_is_cut(fonts: Typefaces) -> None:
    (long, longer, short), _ = social_card.render(
        [card("word " * 100), card("word " * 900), card("word " * 30)], fonts
    )
    assert long == longer != short


def test_markup_is_text(fonts: Typefaces) -> None:
    (first, second), losses = social_card.render([card('#panic("no") $x$ *b* \\ <a> @c'), card("x")], fonts)
    assert first != second
    assert losses == []


def test_a_right_to_left_title_begins_at_the_right(fonts: Typefaces) -> None:
    (png,), _ = social_card.render([card("جسر")], fonts)
    image = picture(png)
    assert inked(image, (MARGIN, TOP, 600, BOTTOM)) is None
    assert inked(image, (600, TOP, 1200 - MARGIN, BOTTOM)) is not None


def test_characters_without_a_font_are_one_loss(tmp_path: Path, fonts: Typefaces) -> None:
    cards, cache = [card("ᏣᎳᎩ"), card("plain"), card("Ꭳ", "𐎀")], FileCache(tmp_path)
    pictures, losses = social_card.render(cards, fonts, cache)
    assert len(losses) == 1
    assert all(name in losses[0].message for name in ("LETTER TSA", "LETTER O)", "UGARITIC"))
    assert social_card.render(cards, fonts, cache) == (pictures, losses)


def test_only_new_cards_are_rendered(tmp_path: Path, fonts: Typefaces) -> None:
    cache = FileCache(tmp_path)
    first, _ = social_card.render([card("one"), card("two")], fonts, cache)
    assert len(list(tmp_path.iterdir())) == 2
    second, _ = social_card.render([card("two"), card("three"), card("one")], fonts, cache)
    assert [second[2], second[0]] == first
    assert len(list(tmp_path.iterdir())) == 3
    assert social_card.render([card("one"), card("two")], typefaces.packaged_fonts())[0] == first


def test_no_single_word_is_on_the_last_line(fonts: Typefaces) -> None:
    (png,), _ = social_card.render([card("The curious arithmetic of one lone word")], fonts)
    image = picture(png)
    rows = [inked(image, (MARGIN, y, 1200 - MARGIN, y + 1)) for y in range(TOP, BOTTOM)]
    free = [y for y, row in enumerate(rows) if row is None]
    first = next(y for y, row in enumerate(rows) if row is not None)
    between = next(y for y in free if y > first)
    widths = [max(row[2] for row in part if row is not None) for part in (rows[:between], rows[between:])]
    assert min(widths) > 0.6 * max(widths)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=160))
def test_every_title_can_be_typeset(fonts: Typefaces, title: str) -> None:
    (png,), _ = social_card.render([card(title)], fonts)
    assert picture(png).getpixel((0, 0)) == PAPER


_PAGE = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
_SYMBOL = '<defs><symbol id="a"><path d="M 0 0h 10v 20h -10Z "/></symbol></defs>'


def read_svg(*drawn: str) -> tuple[list[Box], list[PlacedOutline]]:
    return social_card.read_page(_PAGE.format("".join(drawn) + _SYMBOL).encode())


def test_read_page_combines_the_matrices_of_groups() -> None:
    use = '<use xlink:href="#a" x="1.5" y="2" fill="#123456"/>'
    boxes, (glyph,) = read_svg(
        f'<g transform="translate(10 20)"><g transform="matrix(1 0 0 -1 3 30.4)">{use}</g></g>'
    )
    assert boxes == []
    # 14.5 across and 48.4 down, rounded to a whole pixel.
    assert glyph == PlacedOutline(Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 2), "#123456", 14, 48)
    assert glyph.outline.bounds == (-1, -21, 12, 2)


def test_read_page_rounds_boxes_to_pixels() -> None:
    boxes, glyphs = read_svg('<path fill="#fff" transform="translate(80 5)" d="M 0 0v 12h 56v -12Z "/>')
    assert (boxes, glyphs) == ([Box("#fff", (80, 5, 136, 17))], [])


@pytest.mark.parametrize(
    "drawn",
    [
        '<image href="x"/>',
        '<path d="M 0 0h 1" stroke="#000"/>',
    ],
)
def test_read_page_rejects_other_elements(drawn: str) -> None:
    with pytest.raises(TypesettingError, match="cards cannot contain"):
        read_svg(drawn)


@given(st.lists(st.floats(-50, 50, allow_subnormal=False).map(lambda value: round(value, 3)), min_size=6))
def test_bounds_contain_the_path(numbers: list[float]) -> None:
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    path = "M " + "L ".join(f"{x} {y}" for x, y in pairs) + "Z "
    left, top, right, bottom = Outline(path, (1, 0, 0, -1), 0).bounds
    assert all(left < x < right and top < -y < bottom for x, y in pairs)


def test_compose_draws_glyphs_in_their_colours() -> None:
    compositor = GlyphCompositor(typefaces.packaged_fonts())
    outline = Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 0)
    half = Outline("M 0 0h 10v 20h -10Z ", (1, 0, 0, -1), 2)
    glyphs = [
        PlacedOutline(outline, "#ff0000", 5, 30),
        PlacedOutline(half, "#000000", 30, 30),
        # Outside the picture, and half outside.
        PlacedOutline(outline, "#000000", 900, 30),
        PlacedOutline(outline, "#000000", -5, 30),
    ]
    compositor.rasterise(glyph.outline for glyph in glyphs)
    png = compositor.compose((50, 40), [Box("#fff", (0, 0, 50, 40)), Box("#0000ff", (0, 38, 50, 40))], glyphs)
    with Image.open(io.BytesIO(png)) as opened:
        image = opened.convert("RGB")
    white, red, black, blue = (255, 255, 255), (255, 0, 0), (0, 0, 0), (0, 0, 255)
    for place, colour in {
        (4, 12): black, (5, 10): red, (14, 29): red, (15, 29): white, (14, 30): white, (5, 9): white,
        (31, 20): black, (29, 20): white, (42, 20): white, (20, 37): white, (20, 38): blue,
    }.items():  # fmt: skip
        assert image.getpixel(place) == colour, place
    # Half of a pixel is covered.
    edge = image.getpixel((30, 20))
    assert isinstance(edge, tuple)
    assert 110 <= edge[0] <= 145


def test_a_glyph_does_not_depend_on_its_neighbours() -> None:
    fonts, box = typefaces.packaged_fonts(), [Box("#fff", (0, 0, 50, 40))]
    first = PlacedOutline(Outline("M 0 0l 10.3 3.1l 2.2 17.7Z ", (1, 0, 0, -1), 1), "#000000", 5, 30)
    second = PlacedOutline(Outline("M 1 1q 3.3 4.4 10 20l 3 1Z ", (1, 0, 0, -1), 3), "#000000", 5, 30)
    together, alone = GlyphCompositor(fonts), GlyphCompositor(fonts)
    together.rasterise([second.outline, first.outline])
    alone.rasterise([first.outline])
    assert together.compose((50, 40), box, [first]) == alone.compose((50, 40), box, [first])
    # Later outlines are added.
    alone.rasterise([first.outline, second.outline])
    assert together.compose((50, 40), box, [first, second]) == alone.compose((50, 40), box, [first, second])


def test_a_language_with_a_region(fonts: Typefaces) -> None:
    pictures, losses = social_card.render([Card("Titel", "", "", "Ort", "de-AT")], fonts)
    assert (len(pictures), losses) == (1, [])
