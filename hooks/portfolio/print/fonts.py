"""The fonts that pages are typeset in, all from packages, and which letters they have.

A machine's own fonts are not used: the same record gives the same bytes everywhere. PDF/UA refuses a letter
that no font has, so such letters are found before (OpenType's ``cmap``) and replaced by one that shows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.print import characters

if TYPE_CHECKING:
    import typst

# Distribution, package, and the folders of the package that are searched. Of the first, Charter and Source
# Sans are what the site is set in, Gentium has the Greek and Latin that they lack, and Noto is for East Asia.
# The last has all other scripts, and emoji.
_PACKAGES = (
    ("rendercv-fonts", "rendercv_fonts", ("XCharter", "Gentium Book Plus", "Source Sans 3", "Noto Sans")),
    ("fontpkg-ibm-plex-sans-arabic", "fontpkg_ibm_plex_sans_arabic", ("files",)),
    ("manimgx-fonts", "manimgx_fonts", (".",)),
)
_SERIF = ("XCharter", "Gentium Book Plus")
_SANS = ("Source Sans 3",)
_ARABIC = "IBM Plex Sans Arabic"
# Plex stands before Noto's Arabic, which draws dots as glyphs of their own: its text is garbled when copied.
_SCRIPTS = (
    "Noto Sans",
    _ARABIC,
    *(
        f"Noto Sans {script}"
        for script in (
            "Arabic Hebrew Armenian Georgian Ethiopic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil "
            "Telugu Kannada Malayalam Sinhala Thai Lao Khmer Myanmar"
        ).split()
    ),
)
_PICTURES = ("Noto Emoji", "Noto Sans Symbols")
_JAPANESE, _KOREAN, _CHINESE = "Noto Sans JP", "Noto Sans KR", "Noto Sans SC"

# What most records are written in. The first font has all of it, so that none has to be opened to know.
PLAIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)))) | set("‘’“”–—…•")
# What stands for a letter that no font has.
STAND_IN = "\N{REPLACEMENT CHARACTER}"
# Characters that are not drawn, and so need no glyph: spaces and controls of format.
_UNSEEN = {"Cf", "Zs", "Zl", "Zp"}
# But some of them are: the marks that stand before numbers, the space of Ogham, and what joins hieroglyphs.
_SEEN = frozenset(
    map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x1680, 0x110BD, 0x110CD))
) | frozenset(map(chr, range(0x13430, 0x13440)))


class Typefaces:
    """Fonts in some folders; ``fingerprint`` changes whenever what is set in them may look different."""

    def __init__(self, folders: Sequence[Path], fingerprint: str) -> None:
        self.folders = folders
        self.fingerprint = fingerprint
        self._letters: dict[str, frozenset[int]] = {}

    @cached_property
    def opened(self) -> typst.Fonts:
        """The fonts as the compiler takes them."""
        # Not at the top: a build that finds everything in its cache has no need of 80 megabytes of compiler.
        import typst

        return typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in self.folders],
        )

    def replaced(self, text: str) -> tuple[str, set[str]]:
        """A text with a stand-in for each letter that no font has, and those letters."""
        if PLAIN.issuperset(text):
            return text, set()
        missing: set[str] = set()
        told = ""
        order = orders("")["serif"]
        for cluster in characters.clusters(characters.without_controls(text)):
            if self._family(cluster, order) is not None:
                told += cluster
            else:
                told += STAND_IN
                missing.add(cluster)
        return told, missing

    def wanted(self, text: str, order: dict[str, list[str]]) -> dict[str, list[str]]:
        """The families of an order (see `orders`) that a text needs: the compiler tries each it is given."""
        strange = {one for one in characters.clusters(text) if not PLAIN.issuperset(one)}
        families = {*_SERIF, *_SANS, *(self._family(cluster, order["serif"]) for cluster in strange)}
        return {style: [one for one in told if one in families] for style, told in order.items()}

    def _family(self, cluster: str, order: Sequence[str]) -> str | None:
        """The first family that has all of a letter and its marks, composed or decomposed."""
        ways = [
            {ord(letter) for letter in unicodedata.normalize(form, cluster) if _is_seen(letter)}
            for form in ("NFC", "NFD")
        ]
        return next((one for one in order if any(way <= self._letters_of(one) for way in ways)), None)

    def _letters_of(self, family: str) -> frozenset[int]:
        """The code points that every font of a family has, be it regular, bold or italic."""
        if family not in self._letters:
            # Not at the top either: few records have such letters.
            from fontTools.ttLib import TTFont

            sets = []
            for path in self._files.get(family.replace(" ", ""), ()):
                with TTFont(path, lazy=True) as font:
                    sets.append(characters.code_points(font))
            self._letters[family] = frozenset.intersection(*sets) if sets else frozenset()
        return self._letters[family]

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """The files of each family. They are named after it, so that none has to be opened for this."""
        found: dict[str, list[Path]] = {}
        for path in (path for folder in self.folders for path in sorted(folder.iterdir())):
            if path.suffix in {".otf", ".ttf"}:
                found.setdefault(re.split(r"[-[]", path.stem)[0], []).append(path)
        return found


def _is_seen(letter: str) -> bool:
    return letter in _SEEN or unicodedata.category(letter) not in _UNSEEN


def packaged() -> Typefaces:
    """The fonts of the packages in requirements.in. Raises ModuleNotFoundError where one is not installed."""
    folders: list[Path] = []
    for _, package, names in _PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"there is no package {package}", name=package)
        folders += [Path(spec.submodule_search_locations[0]) / name for name in names]
    distributions = ("typst", "pillow", *(distribution for distribution, _, _ in _PACKAGES))
    return Typefaces(folders, " ".join(f"{name} {metadata.version(name)}" for name in distributions))


def orders(text: str) -> dict[str, list[str]]:
    """The families to set a text in, first choice first, by style: ``serif``, ``sans``, ``mirrored``.

    Han letters are drawn as in Japan where there are kana beside them, as in Korea where there is hangul,
    else as in China.
    """
    han = [_CHINESE, _JAPANESE, _KOREAN]
    if any("\u3040" <= letter <= "\u30ff" for letter in text):
        han = [_JAPANESE, _CHINESE, _KOREAN]
    elif any("\uac00" <= letter <= "\ud7a3" for letter in text):
        han = [_KOREAN, _CHINESE, _JAPANESE]
    rest = [*_SCRIPTS, *_PICTURES, *han]
    serif = [*_SERIF, *_SANS, *rest]
    return {"serif": serif, "sans": [*_SANS, *_SERIF, *rest], "mirrored": [_ARABIC, *serif]}


def replaced_in(fonts: Typefaces, value: Any, missing: set[str]) -> Any:
    """A JSON value with stand-ins in all of its texts but the addresses under ``url``.

    What no font has is added to ``missing``.
    """
    if isinstance(value, str):
        text, found = fonts.replaced(value)
        missing |= found
        return text
    if isinstance(value, list):
        return [replaced_in(fonts, item, missing) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key == "url" else replaced_in(fonts, item, missing) for key, item in value.items()
        }
    return value
