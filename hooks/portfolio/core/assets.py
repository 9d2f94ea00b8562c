"""Style sheets and scripts as they are published: joined, small, with a hash in their names.

And what a style sheet cannot do: when the links of the header become a menu.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Final

# 40 bits: enough to tell versions of one file apart.
_HASH_LENGTH: Final = 10
# The widths, in em of 16 pixels, for which chrome.css has rules.
_MENU_WIDTHS: Final = (24, 32, 40, 48, 56, 64)
# The margins of the header with two buttons and their distance, and the space between two links, in em.
_HEADER_EM, _GAP_EM = 10.0, 1.4
# Characters after this are as wide as high.
_BEFORE_CJK: Final = "\u2e7f"
# One style sheet of the same folder, as the first thing in its line.
_IMPORT: Final = re.compile(r'^@import "(?P<name>[\w.-]+)";\n?', re.MULTILINE)


def list_imports(sheet: str) -> list[str]:
    """Return the names of the style sheets that a style sheet imports from its folder, in order."""
    return [match["name"] for match in _IMPORT.finditer(sheet)]


def inline_imports(sheet: str, read: Callable[[str], str]) -> str:
    """Return a style sheet with its imports replaced by what ``read`` returns for their names."""
    return _IMPORT.sub(lambda match: read(match["name"]), sheet)


def minify(name: str, text: str) -> str:
    """Return a style sheet or a script, by its name, without comments and needless white space."""
    # Imported here, because a build without changes does not need them.
    if name.endswith(".css"):
        from rcssmin import cssmin

        return str(cssmin(text))
    from rjsmin import jsmin

    return str(jsmin(text))


def hashed_path(path: str, content: str) -> str:
    """Return a path with a hash of the content before its suffix, as ``site.0123456789.css``."""
    digest = hashlib.blake2b(content.encode(), digest_size=_HASH_LENGTH // 2).hexdigest()
    return str(PurePosixPath(path).with_suffix(f".{digest}{PurePosixPath(path).suffix}"))


def menu_width(titles: Iterable[str]) -> str:
    """Return the width of the window below which the links of the header are a menu, in em, or "always".

    ``titles`` are the texts of the links. A style sheet cannot know whether they fit on one line, so this
    estimates how wide they are in a sans-serif font.
    """
    widths = (sum(1.0 if character > _BEFORE_CJK else 0.56 for character in title) for title in titles)
    needed = _HEADER_EM + sum(width + _GAP_EM for width in widths)
    return next((str(width) for width in _MENU_WIDTHS if needed <= width), "always")
