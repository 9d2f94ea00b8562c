"""A web font for formulas, for readers whose system has none: STIX Two Math, cut to the glyphs in use.

The font comes in the wheel of ``ziamath`` (SIL Open Font License 1.1). Its MATH table goes along, and with
it the larger brackets, roots and accents of each character that is kept, and the parts of which they are
stretched (OpenType 1.9, MATH).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from portfolio.core.cache import Cache, cache_key, code_fingerprint

_PACKAGE, _FILE = "ziamath", "fonts/STIXTwoMath-Regular.ttf"
# A browser draws these without a character of the text: the root, the bar of a fraction, accents and braces.
_ALWAYS = frozenset("√∛∜−‾_^⏞⏟⎴⎵⏜⏝→←↔⃗ˆ˜¯ˇ·()[]{}|‖/ ")
# MathML Core, 5.2: one letter in an <mi> is shown as the italic of the mathematical alphabets.
_LATIN_ITALIC, _SMALL_ITALIC, _GREEK_ITALIC, _GREEK_SMALL_ITALIC = 0x1D434, 0x1D44E, 0x1D6E2, 0x1D6FC


def packaged() -> Path | None:
    """Where the font lies; None if its package is not installed. The package itself is not run."""
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).parent / _FILE if spec is not None and spec.origin else None
    return path if path is not None and path.is_file() else None


def characters(html: str) -> frozenset[str]:
    """The characters that the formulas of a page's HTML are drawn with."""
    if "<math" not in html:
        return frozenset()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return frozenset(reader.found)


def subset(font: bytes, used: Iterable[str], cache: Cache) -> bytes:
    """The font as WOFF 2 with the glyphs for these characters, with all that stretches them."""
    wanted = sorted(_ALWAYS | {one for each in used for one in (each, _italic(each))})
    code = code_fingerprint(modules=(__name__,), packages=("fonttools", "brotli"))
    key = cache_key(code, "".join(wanted), font)
    if (kept := cache.get(key)) is not None:
        return kept
    # Loaded where a font is to be made: it is heavy, and hooks are loaded for every build.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(  # type: ignore[no-untyped-call]
        flavor="woff2",
        layout_features=["ssty", "dtls", "flac", "rtlm", "mark", "mkmk", "ccmp"],
        notdef_outline=True,
        hinting=False,
        recalc_timestamp=False,
        drop_tables=["DSIG", "BASE", "meta"],
        name_IDs=[0, 1, 2, 4, 6, 13, 14],  # among them the licence
    )
    # The glyphs follow from the characters; those of the MATH table from the glyphs.
    with TTFont(BytesIO(font), recalcTimestamp=False, lazy=True) as face:
        subsetter = Subsetter(options)  # type: ignore[no-untyped-call]
        subsetter.populate(text="".join(wanted))  # type: ignore[no-untyped-call]
        subsetter.subset(face)  # type: ignore[no-untyped-call]
        face.flavor = "woff2"
        out = BytesIO()
        face.save(out)
    cache.put(key, out.getvalue())
    return out.getvalue()


def _italic(character: str) -> str:
    """The mathematical italic of a Latin or Greek letter, and any other character itself."""
    code = ord(character)
    if character == "h":
        return "ℎ"  # Planck's constant was there before the alphabet.
    for first, last, start in (
        ("A", "Z", _LATIN_ITALIC),
        ("a", "z", _SMALL_ITALIC),
        ("Α", "Ω", _GREEK_ITALIC),
        ("α", "ω", _GREEK_SMALL_ITALIC),
    ):
        if first <= character <= last:
            return chr(start + code - ord(first))
    return character


class _Reader(HTMLParser):
    """Collects the text of ``math`` elements, without annotations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in ("math", "annotation"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "math":
            self.found |= {one for one in data if one.isprintable()}
