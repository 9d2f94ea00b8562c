"""Slugs for titles in any script, text that XML can hold, and names of emoji."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import count
from urllib.parse import urlsplit

# A file name has at most 255 bytes; a suffix may follow.
MAX_SLUG_BYTES = 200
# Names shorter than this may differ in one letter.
_MIN_SIMILAR_LENGTH = 3
# Shorter names such as "date" and "data" are often meant: only a letter that is missing or swapped with the
# next counts, and only after the first. In some scripts a character is a word.
_MIN_LONG_LENGTH = 5
# Of a character. Unicode's stream-safe text format has 30 (UAX #15).
_MAX_MARKS = 100
# Names of emoji in a row; words and colons next to them make them a time, a path or a name in C++.
# The pattern begins with the colon, so that the search is fast.
EMOJI_NAMES = r":(?<![\w:]:)[\w+-]+:(?::[\w+-]+:)*(?![\w:])"
_EMOJI_NAME = re.compile(r":(?P<emoji>[\w+-]+):")
# What is no character in XML 1.0, section 2.2.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


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


def normalize_name(name: str) -> str:
    """Return a name without case, spaces, hyphens and underscores, to compare it with others."""
    return re.sub(r"[\s_-]", "", unicodedata.normalize("NFKC", name).casefold())


def find_similar(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return names that are probably misspelled, each with the name that is meant, sorted.

    ``counts`` has how often each name is used, the oldest first. The rarer name is misspelled, or else the
    newer one. Names differ in case, spaces or hyphens, or, if one is used once, in one letter; see
    ``_MIN_LONG_LENGTH`` for short names.
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(counts, key=lambda name: -counts[name]):
        groups.setdefault(normalize_name(name), []).append(name)
    totals = {bare: sum(counts[name] for name in names) for bare, names in groups.items()}
    similar = {name: group[0] for group in groups.values() for name in group[1:]}
    # Names with one edit between them have a variant in common that lacks a letter of each, or of one.
    variants: dict[str, list[str]] = {}
    for bare in sorted(groups, key=lambda bare: -totals[bare]):
        if len(bare) < (_MIN_SIMILAR_LENGTH if bare.isascii() else _MIN_LONG_LENGTH):
            continue
        keys = {bare, *(bare[:at] + bare[at + 1 :] for at in range(len(bare)) if bare[at].isalpha())}
        candidates = {candidate for key in keys for candidate in variants.get(key, ())}
        match = next((name for name in sorted(candidates) if _differ_by_one_edit(bare, name)), None)
        if totals[bare] == 1 and match is not None:
            similar[groups[bare][0]] = groups[match][0]
        for key in keys:
            variants.setdefault(key, []).append(bare)
    return sorted(similar.items())


def _differ_by_one_edit(first: str, second: str) -> bool:
    """Whether one letter is missing, added, replaced or swapped with the next."""
    # They differ, so there is such a place.
    start = next(at for at in count() if first[at : at + 1] != second[at : at + 1])
    a, b = first[start:], second[start:]
    is_swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    is_edit = a[1:] == b or a == b[1:] or is_swapped
    if min(len(first), len(second)) < _MIN_LONG_LENGTH:
        is_edit = is_edit and start > 0
    else:
        is_edit = is_edit or a[1:] == b[1:]
    return is_edit and not re.search(r"[\d\W]", f"{a[:1]}{b[:1]}")


def find_control(text: str) -> str | None:
    """Return the first control character, surrogate or noncharacter of a text, or None."""
    if text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") or (ord(character) & 0xFFFE) == 0xFFFE:
            return character
    return None


def has_endless_marks(text: str) -> bool:
    """Return whether a character of a text has so many marks that drawing them takes all memory."""
    if text.isascii() or len(text) <= _MAX_MARKS:
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > _MAX_MARKS:
            return True
    return False


def is_visible(text: str) -> bool:
    """Return whether a text has a character that is neither space nor a control of its layout."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def strip_invalid_xml(text: str) -> str:
    """Remove the characters that XML cannot hold: most control characters, surrogates, U+FFFE and U+FFFF."""
    return _NOT_XML.sub("", text)


def normalize_host(netloc: str) -> str:
    """Return the host of a URL in lower case, without a user, a port and "www."."""
    return netloc.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")


def is_valid_url(url: str) -> bool:
    """Return whether a URL can be split into its parts (RFC 3986)."""
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


@functools.cache
def find_emoji(name: str) -> str | None:
    """Return the characters of an emoji by its name on GitHub, such as ``rocket``; None if it has none."""
    # Imported when it is first used: the table is large.
    from pymdownx import gemoji_db

    short_name = gemoji_db.aliases.get(f":{name}:", f":{name}:")
    emoji = gemoji_db.emoji.get(short_name, {})
    code_points = emoji.get("unicode_alt") or emoji.get("unicode")
    return "".join(chr(int(code, 16)) for code in code_points.split("-")) if code_points else None


def replace_emoji_names(text: str) -> str:
    """Replace the names of emoji between colons, as in ``:rocket:``, by the emoji."""

    def replace_names(names: re.Match[str]) -> str:
        return _EMOJI_NAME.sub(lambda name: find_emoji(name["emoji"]) or name[0], names[0])

    return re.sub(EMOJI_NAMES, replace_names, text)
