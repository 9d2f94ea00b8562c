"""Style sheets and scripts as they are published: joined, small, with a hash in their names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

# 40 bits: enough to tell versions of one file apart.
_HASH_LENGTH: Final = 10
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


def estimate_width(text: str) -> float:
    """Return about how wide a text is in a sans-serif font, in em."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.56 for character in text)
