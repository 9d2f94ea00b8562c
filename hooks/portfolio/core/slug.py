"""Words of an address, made of a title in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from pymdownx import slugs

# Names of files have at most 255 bytes; an ending may follow.
_MOST_BYTES = 200

# The slug that Material's blog makes of a title, unless it is told otherwise: (title, separator) to slug.
as_blog: Callable[[str, str], str] = slugs.slugify(case="lower")  # type: ignore[no-untyped-call]


def is_taken(slug: str) -> bool:
    """Whether a slug names no page of its own, because its file would be that of the folder's page."""
    return slug.rpartition("/")[2] in ("index", "README")


def of(title: str) -> str:
    """The slug of a new post: by the blog's rule, mended where that leaves gaps. Empty if nothing is left.

    The rule drops the marks with which many scripts write vowels, since they are no letters; here they stay.
    Hyphens stand alone, and only inside. A title that is too long for the name of a file ends at a word.
    """
    slug = "-".join(filter(None, re.split(r"[ -]+", _kept(title))))
    while len(slug.encode()) > _MOST_BYTES:
        slug = slug.rpartition("-")[0] or slug[:-1]
    return slug


def of_heading(words: str, separator: str) -> str:
    """The id of a heading: what Markdown's table of contents makes of ASCII, and as much of any other script.

    By its own rule a heading in Hebrew or Japanese has no letter left, and a number for an id.
    """
    return re.sub(rf"[{re.escape(separator)}\s]+", separator, _kept(words).strip())


def _kept(words: str) -> str:
    """Letters, digits and the marks on them, in small letters; "_", "-"; and every white space as a space."""
    kept: list[str] = []
    for sign in unicodedata.normalize("NFC", words).strip().lower():
        is_mark = unicodedata.category(sign).startswith("M")
        if sign.isalnum() or sign in "_- " or (is_mark and kept and kept[-1] not in "_- "):
            kept.append(sign)
        elif sign.isspace():
            kept.append(" ")
    return "".join(kept)
