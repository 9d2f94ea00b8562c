from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from portfolio.markdown_ext import math_font

PATH = math_font.find_font()
assert PATH is not None
FONT = PATH.read_bytes()


def subset_font(characters: str) -> bytes:
    assert PATH is not None
    _, function = math_font.plan_subset(PATH, characters)
    return function()


@pytest.fixture(scope="module")
def cut() -> TTFont:
    return TTFont(BytesIO(subset_font("xα∑ℝ≤(")))


def test_collect_characters_ignores_tex() -> None:
    html = "<p>p</p><math><semantics><mi>x</mi><mo>&lt;</mo><annotation>tex</annotation></semantics></math>q"
    assert math_font.collect_characters(html) == {"x", "<"}
    assert math_font.collect_characters("<p>none</p>") == frozenset()


def test_subset_font_has_the_characters_and_their_italics(cut: TTFont) -> None:
    characters = set(map(chr, cut.getBestCmap() or ()))
    assert set("xα∑ℝ≤(√") <= characters
    assert {"\N{MATHEMATICAL ITALIC SMALL X}", "\N{MATHEMATICAL ITALIC SMALL ALPHA}"} <= characters
    assert "∫" not in characters


@pytest.mark.parametrize("character", ["√", "∑", "("])
def test_subset_font_has_all_sizes_and_parts_of_a_character(cut: TTFont, character: str) -> None:
    def heights(font: TTFont) -> tuple[int, int]:
        table = font["MATH"].table.MathVariants
        glyph = (font.getBestCmap() or {})[ord(character)]
        index = table.VertGlyphCoverage.glyphs.index(glyph)
        construction = table.VertGlyphConstruction[index]
        parts = construction.GlyphAssembly.PartRecords if construction.GlyphAssembly else []
        names = {record.VariantGlyph for record in construction.MathGlyphVariantRecord} | {
            part.glyph for part in parts
        }
        assert names <= set(font.getGlyphOrder())
        return construction.VariantCount, len(parts)

    assert heights(cut) == heights(TTFont(BytesIO(FONT)))


def test_subset_font_is_small_deterministic_and_licensed(cut: TTFont) -> None:
    assert "Open Font License" in (cut["name"].getDebugName(13) or "")
    first, second = (subset_font("xyz") for _ in range(2))
    assert first == second
    assert len(first) < 30_000
