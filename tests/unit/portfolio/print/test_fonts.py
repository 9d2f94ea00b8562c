"""Assumptions about the packaged fonts hold, and characters without a glyph are detected."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portfolio.print import fonts
from portfolio.print import fonts as typefaces


def paths() -> list[Path]:
    return [
        path
        for folder in typefaces.packaged_fonts().folders
        for path in sorted(folder.iterdir())
        if path.suffix in {".otf", ".ttf"}
    ]


def test_the_first_font_has_all_common_characters() -> None:
    (path,) = (path for path in paths() if path.name == "XCharter-Regular.otf")
    with TTFont(path, lazy=True) as font:
        assert set(map(ord, typefaces.COMMON_CHARACTERS)) <= fonts.font_code_points(font)


def test_font_files_are_named_after_their_families() -> None:
    known = {font.family for font in typefaces.packaged_fonts().compiler_fonts.fonts()}
    fonts = typefaces.packaged_fonts()
    families = {family for order in typefaces.font_order("").values() for family in order}
    assert families <= known
    samples = {"Latin": "ĸ", "Greek": "ᾳ", "Arabic": "ج", "Tamil": "க", "Thai": "ก", "Hebrew": "ש"}
    samples |= {"Chinese": "软", "Japanese": "辻", "Korean": "횬", "emoji": "🚀", "Cyrillic": "ѣ"}
    assert fonts.replace_missing("".join(samples.values())) == ("".join(samples.values()), set())
    assert fonts.replace_missing("aᏣ")[1] == {"Ꮳ"}


def test_only_visible_characters_need_a_font() -> None:
    fonts = typefaces.packaged_fonts()
    invisible = "a\u200d\u2060\u202e\u00ad\u2003\u2028b"
    assert fonts.replace_missing(invisible) == (invisible, set())
    assert fonts.replace_missing("a\ufeff\x07b") == ("ab", set())
    for visible in "\u070f\u1680\U000110bd\U00013430":
        assert fonts.replace_missing(f"a{visible}b") == (f"a{typefaces.REPLACEMENT}b", {visible})


@pytest.mark.parametrize("name", ["XCharter-Bold.otf", "NotoSansJP-Regular.ttf", "NotoEmoji[wght].ttf"])
def test_font_code_points_equal_those_of_fonttools(name: str) -> None:
    (path,) = (path for path in paths() if path.name == name)
    with TTFont(path, lazy=True) as font:
        assert fonts.font_code_points(font) == frozenset(font.getBestCmap() or ())


@pytest.mark.parametrize(("text", "first"), [("漢", "SC"), ("漢 かな", "JP"), ("漢 한", "KR")])
def test_han_characters_are_drawn_as_in_the_language_of_the_text(text: str, first: str) -> None:
    han = [family for family in typefaces.font_order(text)["serif"] if family[-2:] in ("SC", "JP", "KR")]
    assert han[0].endswith(first)
    assert len(han) == 3
