"""Slugs for titles in any script, and text that XML can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import urlsplit

from pymdownx import slugs

# A file name has at most 255 bytes; a suffix may follow.
_MAX_SLUG_BYTES = 200
# XML 1.0, section 2.2.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The slug that Material's blog derives from a title by default; takes the title and the separator.
slugify_like_blog: Callable[[str, str], str] = slugs.slugify(case="lower")  # type: ignore[no-untyped-call]


def is_reserved(slug: str) -> bool:
    """Whether a slug has no page of its own, because its file would be the index page of the folder."""
    return slug.rpartition("/")[2] in ("index", "README")


def slugify_title(title: str) -> str:
    """Return the slug of a new post, or an empty string if the title has no letter or digit.

    Differs from `slugify_like_blog` in three ways: combining marks stay, because many scripts write vowels
    with them; there are no adjacent, leading or trailing hyphens; and a title that is too long for a file
    name is cut after a word.
    """
    slug = "-".join(filter(None, re.split(r"[ -]+", _slug_characters(title))))
    while len(slug.encode()) > _MAX_SLUG_BYTES:
        slug = slug.rpartition("-")[0] or slug[:-1]
    return slug


def slugify_heading(heading: str, separator: str) -> str:
    """Return the id of a heading: for ASCII the same as Markdown's table of contents.

    Markdown's own function drops every other letter, so a heading in Hebrew or Japanese would get a number.
    """
    return re.sub(rf"[{re.escape(separator)}\s]+", separator, _slug_characters(heading).strip())


def _slug_characters(text: str) -> str:
    """Reduce a text to lower-case letters, digits and their marks, ``_`` and ``-``, and spaces."""
    characters: list[str] = []
    for character in unicodedata.normalize("NFC", text).strip().lower():
        is_mark = unicodedata.category(character).startswith("M")
        follows_letter = bool(characters) and characters[-1] not in "_- "
        if character.isalnum() or character in "_- " or (is_mark and follows_letter):
            characters.append(character)
        elif character.isspace():
            characters.append(" ")
    return "".join(characters)


def strip_invalid_xml(text: str) -> str:
    """Remove the characters that XML cannot hold: most control characters, surrogates, U+FFFE and U+FFFF."""
    return _NOT_XML.sub("", text)


def is_valid_url(url: str) -> bool:
    """Return whether a URL can be split into its parts (RFC 3986)."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True
