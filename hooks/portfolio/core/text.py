"""Slugs for titles in any script, and text that XML can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from urllib.parse import urlsplit

# A file name has at most 255 bytes; a suffix may follow.
MAX_SLUG_BYTES = 200
# XML 1.0, section 2.2.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_reserved(slug: str) -> bool:
    """Whether a slug has no page of its own, because its file would be the index page of the folder."""
    return slug.rpartition("/")[2] in ("index", "README")


def slugify_title(title: str) -> str:
    """Return the slug of a title, or an empty string if the title has no letter or digit.

    Combining marks stay, because many scripts write vowels with them. There are no adjacent, leading or
    trailing hyphens. A title that is too long for a file name is cut after a word, and a long word anywhere.
    """
    slug = "-".join(filter(None, re.split(r"[ -]+", _slug_characters(title))))
    if len(slug.encode()) <= MAX_SLUG_BYTES:
        return slug
    cut = slug.encode()[: MAX_SLUG_BYTES + 1].decode(errors="ignore")
    return cut.rpartition("-")[0] or slug.encode()[:MAX_SLUG_BYTES].decode(errors="ignore")


def slugify_name(name: str) -> str:
    """Return the slug of a category or tag, or an empty string if it has no letter or digit.

    The last symbols are spelled as people say them, since "C++" and "C#" would have the slug of "C".
    """
    bare = name.rstrip("+")
    spelled = f"{name[:-1]}sharp" if name.endswith("#") else bare + "p" * (len(name) - len(bare))
    return slugify_title(spelled)


def distinct_slugs(names: Iterable[str]) -> dict[str, str]:
    """Return a slug for each name. Of names with the same slug, the first in the alphabet gets no number."""
    slugs: dict[str, str] = {}
    used: set[str] = set()
    for name in sorted({*names}):
        slug = slugify_name(name)
        numbered = (f"{slug}-{number}" for number in count(2))
        slugs[name] = slug if slug and slug not in used else next(s for s in numbered if s not in used)
        used.add(slugs[name])
    return slugs


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
