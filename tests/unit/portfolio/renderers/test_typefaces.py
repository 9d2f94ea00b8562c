"""What is known of the fonts without opening them, or by a short cut, is so."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portfolio.renderers import letters, typefaces


def paths() -> list[Path]:
    return [
        path
        for folder in typefaces.packaged().folders
        for path in sorted(folder.iterdir())
        if path.suffix in {".otf", ".ttf"}
    ]


def test_the_first_font_has_all_plain_letters() -> None:
    (path,) = (path for path in paths() if path.name == "XCharter-Regular.otf")
    with TTFont(path, lazy=True) as font:
        assert set(map(ord, typefaces.PLAIN)) <= letters.code_points(font)


def test_files_are_named_after_their_families() -> None:
    """So each family that texts are set in is found, and a letter is known to be missing only if it is."""
    known = {font.family for font in typefaces.packaged().fonts.fonts()}
    faces = typefaces.packaged()
    wanted = {family for order in typefaces.orders("").values() for family in order}
    assert wanted <= known
    one_of_each = {"Latin": "ĸ", "Greek": "ᾳ", "Arabic": "ج", "Tamil": "க", "Thai": "ก", "Hebrew": "ש"}
    one_of_each |= {"Chinese": "软", "Japanese": "辻", "Korean": "횬", "emoji": "🚀", "Cyrillic": "ѣ"}
    assert faces.replaced("".join(one_of_each.values())) == ("".join(one_of_each.values()), set())
    assert faces.replaced("aᏣ")[1] == {"Ꮳ"}


@pytest.mark.parametrize("name", ["XCharter-Bold.otf", "NotoSansJP-Regular.ttf", "NotoEmoji[wght].ttf"])
def test_the_short_way_to_the_letters_of_a_font_leads_to_all_of_them(name: str) -> None:
    (path,) = (path for path in paths() if path.name == name)
    with TTFont(path, lazy=True) as font:
        assert letters.code_points(font) == frozenset(font.getBestCmap() or ())
