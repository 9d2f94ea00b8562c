"""What is known of the fonts without opening them, or by a short cut, is so."""

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


def test_the_first_font_has_all_plain_letters() -> None:
    (path,) = (path for path in paths() if path.name == "XCharter-Regular.otf")
    with TTFont(path, lazy=True) as font:
        assert set(map(ord, typefaces.COMMON_CHARACTERS)) <= fonts.font_code_points(font)


def test_files_are_named_after_their_families() -> None:
    """So each family that texts are set in is found, and a letter is known to be missing only if it is."""
    known = {font.family for font in typefaces.packaged_fonts().compiler_fonts.fonts()}
    faces = typefaces.packaged_fonts()
    wanted = {family for order in typefaces.font_order("").values() for family in order}
    assert wanted <= known
    one_of_each = {"Latin": "ĸ", "Greek": "ᾳ", "Arabic": "ج", "Tamil": "க", "Thai": "ก", "Hebrew": "ש"}
    one_of_each |= {"Chinese": "软", "Japanese": "辻", "Korean": "횬", "emoji": "🚀", "Cyrillic": "ѣ"}
    assert faces.replace_missing("".join(one_of_each.values())) == ("".join(one_of_each.values()), set())
    assert faces.replace_missing("aᏣ")[1] == {"Ꮳ"}


def test_what_is_not_drawn_needs_no_font_and_what_is_does() -> None:
    fonts = typefaces.packaged_fonts()
    unseen = "a\u200d\u2060\u202e\u00ad\u2003\u2028b"
    assert fonts.replace_missing(unseen) == (unseen, set())
    assert fonts.replace_missing("a\ufeff\x07b") == ("ab", set())
    for seen in "\u070f\u1680\U000110bd\U00013430":
        assert fonts.replace_missing(f"a{seen}b") == (f"a{typefaces.REPLACEMENT}b", {seen})


def test_a_text_wants_the_families_of_its_letters_in_their_order() -> None:
    fonts = typefaces.packaged_fonts()
    plain = fonts.needed_families("Plain – enough", typefaces.font_order(""))
    assert plain["serif"] == ["XCharter", "Gentium Book Plus", "Source Sans 3"]
    text = "தமிழ் 软 🚀"
    order = typefaces.font_order(text)
    wanted = fonts.needed_families(text, order)
    strange = [one for one in wanted["serif"] if one not in plain["serif"]]
    assert strange == ["Noto Sans Tamil", "Noto Emoji", "Noto Sans SC"]
    assert all(wanted[style] == [one for one in order[style] if one in wanted[style]] for style in order)


@pytest.mark.parametrize("name", ["XCharter-Bold.otf", "NotoSansJP-Regular.ttf", "NotoEmoji[wght].ttf"])
def test_the_short_way_to_the_letters_of_a_font_leads_to_all_of_them(name: str) -> None:
    (path,) = (path for path in paths() if path.name == name)
    with TTFont(path, lazy=True) as font:
        assert fonts.font_code_points(font) == frozenset(font.getBestCmap() or ())
