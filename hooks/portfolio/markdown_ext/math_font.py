"""A web font for formulas, for systems that have none: STIX Two Math, subset to the glyphs in use.

The font comes in the wheel of ``ziamath`` (SIL Open Font License 1.1). The subset contains its MATH table,
with the larger sizes of brackets, roots and accents and the parts from which they are assembled (OpenType
1.9, MATH).
"""

from __future__ import annotations

import html
import importlib.util
import re
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

from portfolio.core.cache import cache_key, code_fingerprint

_PACKAGE, _FILE = "ziamath", "fonts/STIXTwoMath-Regular.ttf"
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TAG_OR_ANNOTATION = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)
# Browsers draw these although the text may not contain them: roots, fraction bars, accents and braces.
_ALWAYS = frozenset("√∛∜−‾_^⏞⏟⎴⎵⏜⏝→←↔⃗ˆ˜¯ˇ·()[]{}|‖/ ")
# MathML Core, 5.2: a single letter in an <mi> is shown in italic, from the mathematical alphabets.
_ITALICS = {
    chr(ord(first) + index): chr(italic + index)
    for first, last, italic in (
        ("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)
    )
    for index in range(ord(last) - ord(first) + 1)
}  # fmt: skip
# Planck's constant is older than the alphabets and fills a gap in them.
_ITALICS["h"] = "ℎ"


def find_font() -> Path | None:
    """Return the path of the font, or None if its package is not installed. The package is not executed."""
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).parent / _FILE if spec is not None and spec.origin else None
    return path if path is not None and path.is_file() else None


def collect_characters(page: str) -> frozenset[str]:
    """Return the characters in the formulas of a page's HTML."""
    text = "".join(_TAG_OR_ANNOTATION.sub("", formula) for formula in _FORMULA.findall(page))
    return frozenset(filter(str.isprintable, html.unescape(text)))


def plan_subset(font: Path, characters: Iterable[str]) -> tuple[str, Callable[[], bytes]]:
    """Return the key in a cache of a subset of the font, and the function that computes it.

    The subset is WOFF 2, with the glyphs for these characters and all their sizes and parts.
    """
    used = frozenset(characters)
    wanted = "".join(
        sorted(_ALWAYS.union(used, (_ITALICS[character] for character in used & _ITALICS.keys())))
    )
    code = code_fingerprint(modules=(__name__,), packages=("fonttools", "brotli", _PACKAGE))
    return cache_key(code, wanted), lambda: _subset_font(font, wanted)


def _subset_font(font: Path, characters: str) -> bytes:
    # Imported here because it takes long and most builds find the subset in the cache.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        flavor="woff2",
        layout_features=["ssty", "dtls", "flac", "rtlm", "mark", "mkmk", "ccmp"],
        notdef_outline=True,
        hinting=False,
        recalc_timestamp=False,
        drop_tables=["DSIG", "BASE", "meta"],
        name_IDs=[0, 1, 2, 4, 6, 13, 14],  # 13 and 14 are the licence
    )
    # The glyphs follow from the characters, and those of the MATH table from the glyphs.
    with TTFont(font, recalcTimestamp=False, lazy=True) as ttfont:
        subsetter = Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(ttfont)
        ttfont.flavor = "woff2"
        out = BytesIO()
        ttfont.save(out)
    return out.getvalue()
