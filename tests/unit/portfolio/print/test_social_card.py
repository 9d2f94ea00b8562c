"""Cards: titles of all scripts fit, or are shortened well."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from portfolio.core.cache import FileCache
from portfolio.print import fonts as typefaces
from portfolio.print import social_card
from portfolio.print.fonts import Typefaces
from portfolio.print.social_card import Card

PAPER = (253, 252, 250)
# Where the title stands, and the room around it that stays free.
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
    """The part of a box in which something is drawn."""
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
def test_long_titles_stay_in_their_place(fonts: Typefaces, title: str) -> None:
    (png,), notes = social_card.render([card(title, "Section", "1 May 2019")], fonts)
    assert notes == []
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
def test_what_stands_around_a_title_keeps_to_one_line(fonts: Typefaces, words: str) -> None:
    (png,), notes = social_card.render([Card("Title", words, words, words)], fonts)
    assert notes == []
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


def test_the_dots_of_a_line_that_is_cut_are_at_its_end(fonts: Typefaces) -> None:
    """Dots are low: where they stand, nothing rises above them."""
    right, left = (ENDLESS["Arabic"], ENDLESS["one word"])
    pictures, _ = social_card.render([Card("T", words, "", "S") for words in (right, left)], fonts)
    for png, leftward in zip(pictures, (True, False), strict=True):
        image = picture(png)
        begin, _, end, _ = inked(image, (0, 12, 1200, TOP)) or (0, 0, 0, 0)
        tops = [inked(image, (x, 12, x + 22, TOP)) for x in (begin, end - 22)]
        heights = [box[1] for box in tops if box is not None]
        assert (heights[0] > heights[1]) == leftward


def test_a_short_title_is_larger_than_a_long_one(fonts: Typefaces) -> None:
    (short, long), _ = social_card.render([card("Hxg"), card("Hxg " * 40)], fonts)
    heights = []
    for png in (short, long):
        image = picture(png)
        # The first line: from its first ink down to the next free row.
        rows = [inked(image, (MARGIN, y, 1200 - MARGIN, y + 1)) is not None for y in range(TOP, BOTTOM)]
        first = rows.index(True)
        heights.append(rows.index(False, first) - first)
    assert heights[0] > heights[1] * 1.3


def test_what_is_cut_ends_alike_however_long_the_rest(fonts: Typefaces) -> None:
    (one, other, whole), _ = social_card.render(
        [card("word " * 100), card("word " * 900), card("word " * 30)], fonts
    )
    assert one == other != whole


def test_markup_is_text(fonts: Typefaces) -> None:
    (one, other), notes = social_card.render([card('#panic("no") $x$ *b* \\ <a> @c'), card("x")], fonts)
    assert one != other
    assert notes == []


def test_right_to_left_begins_at_the_right(fonts: Typefaces) -> None:
    (png,), _ = social_card.render([card("جسر")], fonts)
    image = picture(png)
    assert inked(image, (MARGIN, TOP, 600, BOTTOM)) is None
    assert inked(image, (600, TOP, 1200 - MARGIN, BOTTOM)) is not None


def test_one_note_for_all_letters_that_no_font_has(tmp_path: Path, fonts: Typefaces) -> None:
    cards, cache = [card("ᏣᎳᎩ"), card("plain"), card("Ꭳ", "𐎀")], FileCache(tmp_path)
    pictures, notes = social_card.render(cards, fonts, cache)
    assert len(notes) == 1
    assert all(name in notes[0].message for name in ("LETTER TSA", "LETTER O)", "UGARITIC"))
    assert social_card.render(cards, fonts, cache) == (pictures, notes)


def test_only_what_has_changed_is_made_again(tmp_path: Path, fonts: Typefaces) -> None:
    cache = FileCache(tmp_path)
    first, _ = social_card.render([card("one"), card("two")], fonts, cache)
    assert len(list(tmp_path.iterdir())) == 2
    second, _ = social_card.render([card("two"), card("three"), card("one")], fonts, cache)
    assert [second[2], second[0]] == first
    assert len(list(tmp_path.iterdir())) == 3
    assert social_card.render([card("one"), card("two")], typefaces.packaged_fonts())[0] == first


def test_no_word_stands_alone_below_a_full_line(fonts: Typefaces) -> None:
    (png,), _ = social_card.render([card("The curious arithmetic of one lone word")], fonts)
    image = picture(png)
    rows = [inked(image, (MARGIN, y, 1200 - MARGIN, y + 1)) for y in range(TOP, BOTTOM)]
    free = [y for y, row in enumerate(rows) if row is None]
    first = next(y for y, row in enumerate(rows) if row is not None)
    between = next(y for y in free if y > first)
    widths = [max(row[2] for row in part if row is not None) for part in (rows[:between], rows[between:])]
    assert min(widths) > 0.6 * max(widths)


def test_a_card_takes_less_than_60_milliseconds() -> None:
    """Cards of every script made at once, as in a first build, the fonts being opened for them.

    What counts is the time of the processor: a machine may be busy with something else. One card alone takes
    about as long; the first of a script takes longer, for which fonts are opened.
    """
    posts = [card(f"Post {number} about this and that") for number in range(10)]
    cards = [*posts, *(card(title) for title in LONG.values())]
    took = []
    for _ in range(2):
        start = time.process_time()
        social_card.render(cards, typefaces.packaged_fonts())
        took.append((time.process_time() - start) / len(cards))
    assert min(took) < 0.06


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=160))
def test_every_title_makes_a_card(fonts: Typefaces, title: str) -> None:
    (png,), _ = social_card.render([card(title)], fonts)
    assert picture(png).getpixel((0, 0)) == PAPER
