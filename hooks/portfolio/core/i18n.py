"""The language of the site: its messages, and how it writes dates, numbers and lists and sorts names.

A process works on one site, and so in one language, which `use_language` sets when the settings are loaded.
The catalogues are gettext files, ``portfolio/locale/<language>/LC_MESSAGES/portfolio.po``; `make messages`
updates them. The English text is the id of a message, and what is not translated stays English. Values are
named in messages, since their order differs between languages: ``_("From %(start)s", start=…)``; a percent
sign is written ``%%``.

Templates have the same functions (`install`). Diagnostics are for the owner of a site, and stay English.
"""

from __future__ import annotations

import functools
import gettext as gettext_files
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from babel import Locale
    from jinja2 import Environment

Direction = Literal["ltr", "rtl"]
DateStyle = Literal[
    "long", "medium", "month", "short-month", "day", "short-day", "year", "month-name", "short-month-name"
]
SOURCE_LANGUAGE: Final = "en"
DOMAIN: Final = "portfolio"
CATALOGUES: Final = Path(__file__).parents[1] / "locale"
# Skeletons of Unicode's CLDR, or patterns: for November 6, 2026 …
_DATE_SKELETONS: Final = {
    "medium": "yMMMd",  # 6 Nov 2026
    "month": "yMMMM",  # November 2026
    "short-month": "yMMM",  # Nov 2026
    "day": "MMMMd",  # 6 November
    "short-day": "MMMd",  # 6 Nov
    "year": "y",  # 2026
}
_DATE_PATTERNS: Final = {"long": "long", "month-name": "LLLL", "short-month-name": "LLL"}
# Languages and scripts that are written from right to left. In a table, because Babel takes 15 ms to load.
_RIGHT_TO_LEFT: Final = frozenset(
    "adlm ar arab arc azb ckb dv fa he hebr iw ks mzn nko nqo ps rohg sd syr syrc thaa ug ur yi".split()
)
# Of a language without a region, English outside the United States has the order of days and months that
# most others have.
_LOCALES: Final = {"en": "en_001"}


class _Language(NamedTuple):
    code: str = SOURCE_LANGUAGE
    direction: Direction = "ltr"


_current = _Language()


def use_language(code: str) -> None:
    """Set the language of the process by its tag (BCP 47), such as ``de``, ``pt-BR`` or ``zh-Hans``.

    A language or region without a catalogue has that of the nearest one, or else English. The check
    of ``mkdocs.yml`` reports a tag that no language has.
    """
    global _current
    if code != _current.code:
        _current = _Language(code, direction_of(code))
        for cached in (_messages, _locale, _format_day):
            cached.cache_clear()


def language() -> str:
    """Return the tag (BCP 47) of the language of the site."""
    return _current.code


def direction() -> Direction:
    """Return the direction of the script of the site's language."""
    return _current.direction


def direction_of(code: str) -> Direction:
    """Return the direction in which a language is written, by its tag (BCP 47); the script decides."""
    subtags = code.lower().replace("_", "-").split("-")
    script = next((tag for tag in subtags[1:] if len(tag) == 4 and tag.isalpha()), subtags[0])
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


def language_attributes(code: str | None) -> dict[str, str]:
    """Return the HTML attributes of a text in a language (BCP 47); none if it is in that of the site."""
    if not code or code.lower() == _current.code.lower():
        return {}
    own = direction_of(code)
    return {"lang": code} if own == _current.direction else {"lang": code, "dir": own}


def N_(message: str) -> str:  # noqa: N802 - the customary name
    """Mark a message that is translated where it is displayed, such as that of a constant."""
    return message


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the language of the site, with its values."""
    return _gettext(message) % values


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> str:
    """Return the form of a message for a number, with its values; ``%(num)s`` is the number."""
    return _ngettext(singular, plural, num) % {"num": format_number(num), **values}


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return a message that means something else without its context, such as "May" the month."""
    return _messages().pgettext(context, message) % values


def npgettext(context: str, singular: str, plural: str, num: int, /, **values: object) -> str:
    """Return the form of a message with a context for a number; see `ngettext`."""
    message = _messages().npgettext(context, singular, plural, num)
    return message % {"num": format_number(num), **values}


def install(env: Environment) -> None:
    """Give templates ``_``, ``ngettext``, ``pgettext``, ``{% trans %}``, and what formats dates and lists.

    They take the same values, and escape them where the template escapes. Messages are not escaped: they
    have no character that HTML would read as markup.
    """
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True, pgettext=_pgettext, npgettext=_npgettext
    )
    env.globals.update(
        format_date=format_date,
        format_list=format_list,
        format_number=format_number,
        language_attributes=language_attributes,
        site_language=language(),
        site_direction=direction(),
    )


# Jinja inserts the values itself, and calls these.
def _gettext(message: str) -> str:
    # gettext has the header of the catalogue as the translation of an empty text.
    return _messages().gettext(message) if message else ""


def _ngettext(singular: str, plural: str, num: int) -> str:
    return _messages().ngettext(singular, plural, num)


def _pgettext(context: str, message: str) -> str:
    return _messages().pgettext(context, message)


def _npgettext(context: str, singular: str, plural: str, num: int) -> str:
    return _messages().npgettext(context, singular, plural, num)


@functools.cache
def _messages() -> gettext_files.NullTranslations:
    path = find_catalogue(_current.code)
    return gettext_files.NullTranslations() if path is None else read_catalogue(path)


def read_catalogue(path: Path) -> gettext_files.GNUTranslations:
    """Read a catalogue. Messages that are only guessed ("fuzzy") stay English."""
    # Imported where it is used: an English site has no catalogue.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext_files.GNUTranslations(compiled)


def count_missing(path: Path) -> tuple[int, int]:
    """Return how many messages of a catalogue have no translation, and how many there are."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    done = (
        message.string if isinstance(message.string, str) else all(message.string or ())
        for message in messages
        if not message.fuzzy
    )
    return len(messages) - sum(map(bool, done)), len(messages)


def find_catalogue(code: str) -> Path | None:
    """Return the catalogue for the tag of a language; None for English, and if there is none.

    ``de-AT`` has the catalogue ``de``, and ``zh-CN`` has ``zh``, but ``zh-Hant``, in another script, has not.
    """
    for name in _fallbacks(code):
        if name == SOURCE_LANGUAGE:
            return None
        path = CATALOGUES / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        if path.is_file():
            return path
    return None


def _fallbacks(code: str) -> list[str]:
    """Return the names that a catalogue for a language can have, the most specific one first."""
    name = code.replace("-", "_")
    if name.isalpha() and name.islower():
        return [name]
    locale = find_locale(code)
    if locale is None:
        return [name]
    if locale.script is None:
        return [str(locale), locale.language]
    names = [str(locale), f"{locale.language}_{locale.script}"]
    return [*names, locale.language] if locale.script == _usual_script(locale.language) else names


def _usual_script(name: str) -> str:
    return next((tag for tag in _likely_subtags(name) if len(tag) == 4), "")


def _likely_subtags(name: str) -> list[str]:
    """Return the script and the region in which most people write a language or script: ``Hans``, ``CN``."""
    from babel.core import get_global

    return str(get_global("likely_subtags").get(name, "")).split("_")[1:]


def list_regional_names(code: str) -> list[str]:
    """Return a tag as others name it, the best first: ``de-AT``, ``de-DE`` (where most speak it), ``de``."""
    locale = find_locale(code)
    if locale is None:
        return [code]
    script = f"{locale.language}_{locale.script}" if locale.script else locale.language
    regions = (locale.territory, *_likely_subtags(script)[-1:], *_likely_subtags(locale.language)[-1:])
    return [*(f"{locale.language}-{region}" for region in regions if region), locale.language]


def find_locale(code: str) -> Locale | None:
    """Return the conventions of a language (Unicode's CLDR) by its tag; None if they are not known."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(_LOCALES.get(code, code.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def language_names() -> Mapping[str, str]:
    """Return the English names of languages, also of old and rare ones, by their codes (ISO 639)."""
    from babel import Locale

    return Locale(SOURCE_LANGUAGE).languages


def list_languages() -> list[str]:
    """Return the tags of all languages whose conventions are known."""
    from babel import localedata

    return [name.replace("_", "-") for name in localedata.locale_identifiers()]


@functools.cache
def _locale() -> Locale:
    """Return the conventions of the site's language, or those of English if they are not known."""
    locale = find_locale(_current.code) or find_locale(SOURCE_LANGUAGE)
    assert locale is not None, "Babel knows English"
    return locale


def format_date(day: date, style: DateStyle = "long") -> str:
    """Format a date as the language of the site does, in one of its styles.

    In English: ``6 November 2026`` (long), ``6 Nov 2026`` (medium), ``November 2026`` (month), ``Nov 2026``
    (short-month), ``6 November`` (day), ``6 Nov`` (short-day), ``2026`` (year), ``November`` (month-name),
    ``Nov`` (short-month-name).
    """
    return _format_day(day.toordinal(), style)


@functools.lru_cache(maxsize=100_000)
def _format_day(ordinal: int, style: DateStyle) -> str:
    from babel import dates

    day = date.fromordinal(ordinal)
    if style in _DATE_SKELETONS:
        return dates.format_skeleton(_DATE_SKELETONS[style], day, locale=_locale())
    return dates.format_date(day, _DATE_PATTERNS[style], locale=_locale())


def format_number(number: float) -> str:
    """Format a number with the marks of the language, as ``1,234`` in English and ``1.234`` in German."""
    if isinstance(number, int) and -1000 < number < 1000:
        return str(number)
    from babel.numbers import format_decimal

    return format_decimal(number, locale=_locale())


def format_list(names: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
    """Join names as a sentence of the language does: ``A, B and C``, or with "or"."""
    from babel.lists import format_list

    return format_list([*names], style, locale=_locale())


def fingerprint() -> str:
    """Return a text that differs if a message or a format may: part of the key of what has been rendered."""
    path = find_catalogue(_current.code)
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else ""
    return f"{_current.code} {digest}"


# Sorting

# Letters that are letters of their own in a language, with the letter that they follow. Elsewhere they are
# sorted as the letter without its mark.
_OWN_LETTERS: Final = {
    "cs": "čc řr šs žz",
    "da": "æz øæ åø",
    "es": "ñn",
    "et": "õw äõ öä üö",
    "fi": "åz äå öä",
    "hr": "čc ćč đd šs žz",
    "hu": "öo őö üu űü",
    "is": "ðd þz æþ öæ",
    "lt": "čc šs žz",
    "lv": "čc ģg ķk ļl ņn šs žz",
    "nb": "æz øæ åø",
    "nn": "æz øæ åø",
    "no": "æz øæ åø",
    "pl": "ąa ćc ęe łl ńn óo śs źz żź",
    "ro": "ăa âă îi șs țt",
    "sk": "äa čc ôo šs žz",
    "sl": "čc šs žz",
    "sv": "åz äå öä",
    "tr": "çc ğg ıh öo şs üu",
    "az": "çc əe ğg ıh öo şs üu",
}
# Letters that Unicode does not decompose.
_PLAIN_LETTERS: Final = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"}
)
# National character sets have the Han characters in the order of dictionaries: by pronunciation in GB 2312
# and JIS X 0208, by strokes in Big 5. That is also the order of the CLDR.
_HAN_ENCODINGS: Final = {"zh": "gb18030", "zh-hant": "big5", "zh-tw": "big5", "zh-hk": "big5", "ja": "euc_jp"}
_HAN = r"[\u3400-\u9fff]"
# Katakana to Hiragana.
_KANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# Unicode's combining classes of marks that only distinguish words that are equal without them: voicing in
# Japanese, vowels in Hebrew and Arabic, accents. Vowels in scripts of India have none.
_SECONDARY = range(200, 256)
_POINTS = frozenset({8, *range(10, 37)})


def sort_key(text: str) -> tuple[str, str, str]:
    """Return a key that sorts texts as readers of the site's language expect.

    Accents and vowel points, and then case, only count between texts that are equal without them, except for
    letters of their own such as the Swedish ``å``. It follows Unicode's collation (UTS #10) without its table
    of 40,000 characters: reading that takes longer than a build, and PyICU would need a compiler.
    """
    lowered = text.casefold()
    if lowered.isascii():
        return lowered, lowered, text.swapcase()
    code = _current.code.lower()
    name = code.partition("-")[0]
    for letter, key in _own_letters(name).items():
        lowered = lowered.replace(letter, key)
    secondary = unicodedata.normalize("NFKD", lowered.translate(_PLAIN_LETTERS)).translate(_KANA)
    primary = "".join(filter(_is_primary, secondary))
    encoding = _HAN_ENCODINGS.get(code) or _HAN_ENCODINGS.get(name)
    if encoding is not None:
        primary = re.sub(_HAN, lambda match: _han_key(match[0], encoding), primary)
    return primary, secondary, text.swapcase()


def _is_primary(character: str) -> bool:
    mark = unicodedata.combining(character)
    return mark not in _SECONDARY and mark not in _POINTS


@functools.cache
def _own_letters(name: str) -> dict[str, str]:
    """Return the letters that a language has of its own, with what sorts after the letter before."""
    keys: dict[str, str] = {}
    for pair in _OWN_LETTERS.get(name, "").split():
        keys[pair[0]] = keys.get(pair[1], pair[1]) + "\U0010fffd"
    return keys


def _han_key(character: str, encoding: str) -> str:
    """Return a character of a private area, after all others, in the order of a national character set."""
    code = int.from_bytes(character.encode(encoding, "replace")[:2], "big")
    return chr(0x100000 + code) if code > 0xFF else character
