"""The fonts that pages are typeset in, all from packages, and the characters that they contain.

System fonts are not used, so that the same record gives the same bytes on every machine. PDF/UA rejects
characters without a glyph: they are detected (OpenType's ``cmap``) and replaced before typesetting.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.core.cache import code_fingerprint

if TYPE_CHECKING:
    import typst
    from fontTools.ttLib import TTFont

# Distribution, package, and the folders of the package to search. The first has Charter and Source Sans,
# which the site uses, Gentium for the Greek and Latin that they lack, and Noto for East Asia; the last has
# all other scripts, and emoji.
_PACKAGES = (
    ("rendercv-fonts", "rendercv_fonts", ("XCharter", "Gentium Book Plus", "Source Sans 3", "Noto Sans")),
    ("fontpkg-ibm-plex-sans-arabic", "fontpkg_ibm_plex_sans_arabic", ("files",)),
    ("manimgx-fonts", "manimgx_fonts", (".",)),
)
_SERIF = ("XCharter", "Gentium Book Plus")
_SANS = ("Source Sans 3",)
_ARABIC = "IBM Plex Sans Arabic"
# Plex precedes Noto's Arabic, which draws dots as separate glyphs, so that its text is garbled when copied.
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
_SYMBOLS = ("Noto Emoji", "Noto Sans Symbols")
_JAPANESE, _KOREAN, _CHINESE = "Noto Sans JP", "Noto Sans KR", "Noto Sans SC"

# The characters of most records. The first font contains them all, so no font has to be opened to check.
COMMON_CHARACTERS = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x100)))) | set(
    "‘’“”–—…•"
)
# Drawn in place of a character that no font has.
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# How many characters a message names.
_MAX_NAMED = 8
# Categories without a visible glyph: format controls and spaces.
_INVISIBLE = {"Cf", "Zs", "Zl", "Zp"}
# Exceptions that are visible: prepended number marks, the Ogham space, and the joiners of hieroglyphs.
_VISIBLE = frozenset(
    map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x1680, 0x110BD, 0x110CD))
) | frozenset(map(chr, range(0x13430, 0x13440)))

_JOINER = "\N{ZERO WIDTH JOINER}"
# Unicode's categories Cc and Cs, and the byte order mark.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
# Unicode blocks of scripts that draw a consonant and its vowels as several glyphs together: those of India
# and Sri Lanka, Myanmar, and Khmer.
_COMPLEX_BLOCKS = (range(0x900, 0xE00), range(0x1000, 0x10A0), range(0x1780, 0x1800))
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class Typefaces:
    """The fonts in some folders; ``fingerprint`` changes whenever text set in them may look different."""

    def __init__(self, folders: Sequence[Path], fingerprint: str) -> None:
        self.folders = folders
        self.fingerprint = fingerprint
        self._code_points: dict[str, frozenset[int]] = {}

    @cached_property
    def compiler_fonts(self) -> typst.Fonts:
        """The fonts as the compiler takes them."""
        # Imported late: a build that has everything in its cache must not load 80 megabytes of compiler.
        import typst

        return typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in self.folders],
        )

    def replace_missing(self, value: Any) -> tuple[Any, set[str]]:
        """Return a JSON value with `REPLACEMENT` for characters that no font has, and those characters.

        Values of the key ``url`` are not changed.
        """
        missing: set[str] = set()
        return self._replace_missing(value, missing), missing

    def _replace_missing(self, value: Any, missing: set[str]) -> Any:
        if isinstance(value, list):
            return [self._replace_missing(item, missing) for item in value]
        if isinstance(value, dict):
            return {
                key: item if key == "url" else self._replace_missing(item, missing)
                for key, item in value.items()
            }
        if not isinstance(value, str) or COMMON_CHARACTERS.issuperset(value):
            return value
        clusters = list(grapheme_clusters(strip_controls(value)))
        unknown = {cluster for cluster in clusters if not self._can_draw(cluster)}
        missing |= unknown
        return "".join(REPLACEMENT if cluster in unknown else cluster for cluster in clusters)

    def _can_draw(self, cluster: str) -> bool:
        """Whether some family has all of a grapheme cluster, composed or decomposed."""
        forms = [
            {ord(character) for character in unicodedata.normalize(form, cluster) if _is_visible(character)}
            for form in ("NFC", "NFD")
        ]
        families = map(self._family_code_points, font_order("")["serif"])
        return any(form <= code_points for code_points in families for form in forms)

    def _family_code_points(self, family: str) -> frozenset[int]:
        """The code points that all fonts of a family have, whether regular, bold or italic."""
        if family not in self._code_points:
            # Imported late as well: few records have such characters.
            from fontTools.ttLib import TTFont

            sets = []
            for path in self._files.get(family.replace(" ", ""), ()):
                with TTFont(path, lazy=True) as font:
                    sets.append(font_code_points(font))
            self._code_points[family] = frozenset.intersection(*sets) if sets else frozenset()
        return self._code_points[family]

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """The files of each family, which are named after it, so that they need not be opened."""
        files: dict[str, list[Path]] = {}
        for path in sorted(path for folder in self.folders for path in folder.glob("*.[ot]tf")):
            files.setdefault(re.split(r"[-[]", path.stem)[0], []).append(path)
        return files


def packaged_fonts() -> Typefaces:
    """Return the fonts of the packages in requirements.in.

    Raises ModuleNotFoundError if a package is not installed.
    """
    folders: list[Path] = []
    for _, package, names in _PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"there is no package {package}", name=package)
        folders += [Path(spec.submodule_search_locations[0]) / name for name in names]
    return Typefaces(
        folders, code_fingerprint(packages=tuple(distribution for distribution, _, _ in _PACKAGES))
    )


def font_order(text: str) -> dict[str, list[str]]:
    """Return the families for a text by style (``serif``, ``sans``, ``mirrored``), first choice first.

    Han characters are drawn as in Japan if the text has kana, as in Korea if it has hangul, else as in China.
    """
    han = [_CHINESE, _JAPANESE, _KOREAN]
    if any("\u3040" <= character <= "\u30ff" for character in text):
        han = [_JAPANESE, _CHINESE, _KOREAN]
    elif any("\uac00" <= character <= "\ud7a3" for character in text):
        han = [_KOREAN, _CHINESE, _JAPANESE]
    rest = [*_SCRIPTS, *_SYMBOLS, *han]
    serif = [*_SERIF, *_SANS, *rest]
    return {"serif": serif, "sans": [*_SANS, *_SERIF, *rest], "mirrored": [_ARABIC, *serif]}


def grapheme_clusters(text: str) -> Iterator[str]:
    """Split a text into characters with their marks, close to UAX #29: what a single font has to draw."""
    cluster = ""
    for character in text:
        joined = cluster.endswith(_JOINER) or character == _JOINER or ord(character) in _SKIN_TONES
        if cluster and (joined or unicodedata.category(character) in {"Mn", "Mc", "Me"}):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


def strip_controls(text: str) -> str:
    """Remove control characters, surrogates, and the byte order mark, which PDF/UA forbids."""
    return _CONTROLS.sub(lambda match: " " if match[0] in "\t\n\r" else "", text)


def complex_scripts(text: str) -> set[str]:
    """Return the scripts in a text that draw several glyphs per character, such as ``Tamil``."""
    return {
        unicodedata.name(character, "").partition(" ")[0].capitalize()
        for character in set(text)
        if any(ord(character) in block for block in _COMPLEX_BLOCKS)
        and unicodedata.category(character) == "Lo"
    }


def describe_missing(characters: Iterable[str]) -> str:
    """Return the message about characters that no font has, of which it names the first few."""
    ordered = sorted(characters)
    named = ordered[:_MAX_NAMED]
    text = ", ".join(
        f"‘{character}’ ({unicodedata.name(character[0], f'U+{ord(character[0]):04X}')})"
        for character in named
    )
    more = f" and {len(ordered) - len(named)} more" if len(ordered) > len(named) else ""
    return f"no font has {text}{more}; ‘{REPLACEMENT}’ is shown instead."


def font_code_points(font: TTFont) -> frozenset[int]:
    """Return all code points that a font has a glyph for.

    The groups of a full repertoire (OpenType's ``cmap``, format 12) are read directly: fontTools would name
    each of their 30 000 glyphs, which takes half a second for a Chinese font.
    """
    table = font.getTableData("cmap")
    (tables,) = struct.unpack_from(">H", table, 2)
    for platform, encoding, start in struct.iter_unpack(">HHL", table[4 : 4 + 8 * tables]):
        if (platform, encoding, table[start : start + 2]) == (3, 10, b"\0\x0c"):
            (count,) = struct.unpack_from(">L", table, start + 12)
            groups = struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * count])
            return frozenset(chain.from_iterable(range(first, last + 1) for first, last, _ in groups))
    return frozenset(font.getBestCmap() or ())


def _is_visible(character: str) -> bool:
    return character in _VISIBLE or unicodedata.category(character) not in _INVISIBLE
