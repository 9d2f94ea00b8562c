"""Read the values of BibTeX fields as programs write them: dates, names of people, identifiers and URLs."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from bibtexparser.middlewares import names

from portfolio.core.diagnostics import find_misspelled, suggest
from portfolio.record import dates

_MONTHS = "january february march april may june july august september october november december".split()
# In EDTF, seasons have the numbers of months.
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
# A month or a season, with a day or the first and the last before or after it.
_MONTH_AND_DAYS = re.compile(
    r"(?:(?P<before>\d\d?(?:-\d\d?)?)[\s.]+)?(?P<month>[^\W\d_]+|\d\d?)\.?(?:[\s,]+(?P<after>\d\d?(?:-\d\d?)?))?"
)
# A quarter as IEEE writes it; EDTF has none in its first levels.
_QUARTER = re.compile(r"(?:first|second|third|fourth|1st|2nd|3rd|4th)[\s-]?quarter|q[1-4]", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
# What surrounds a plain year in catalogs of libraries, a month and a day that are unknown, and a time of day.
_NOT_A_DATE = re.compile(
    r"^(?:(?:cop\.?|©)\s*|c)(?=\d{4}$)|(?<=^\d{4})\.$|^\[\d{4}\]\s+(?=\d{4}$)|(?<=^\d{4})\s+\[\d{4}\]$"
    r"|(?:-00)+$|(?<=\d\d)T\d\d:\d\d[^/]*"
)
_BRACED_DATE = re.compile(r"\{+([^{},]*)\}+")
# The date of an article in PubMed.
_YEAR_AND_MONTH = re.compile(r"(\d{4})\s+([^\W\d_].*)")
_YEAR_RANGE = re.compile(r"(\d{4})\s*[-–]{1,2}\s*(\d{4})")
# An earlier draft of EDTF had "u" for an unspecified digit, and words for the sides of an interval.
_UNSPECIFIED = re.compile(r"(?<!\w)\d{2}[\du]{2}(?:-[\du]{2}){0,2}(?!\w)")
_DRAFT_WORDS = {"unknown/": "/", "/unknown": "/", "/open": "/..", "?~": "%", "~?": "%"}
# Words instead of a date, with BibLaTeX's words for the state of a publication.
_STATES = {
    **dict.fromkeys(("accepted", "in press", "to be published"), "inpress"),
    **dict.fromkeys(("forthcoming", "to appear"), "forthcoming"),
    **dict.fromkeys(("submitted", "under review"), "submitted"),
    **dict.fromkeys(("in preparation", "in prep"), "inpreparation"),
    **dict.fromkeys(("n.d", "nd", "no date", "undated"), ""),
}

# Identifiers are often pasted as URLs.
_IDENTIFIER_PREFIXES = {
    "doi": re.compile(r"(https?://[^/]*\bdoi\b[^/]*/|(dx\.)?doi\.org/|doi:)\s*", re.IGNORECASE),
    "arxiv": re.compile(r"(https?://(www\.)?arxiv\.org/(abs|pdf)/|arxiv:)\s*", re.IGNORECASE),
}
_ARXIV_REFERENCE = re.compile(
    r"(?:\barxiv[:.]\s*|\barxiv\.org/abs/|^abs/)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE
)
# A DOI, or its short form by shortdoi.org.
_DOI = re.compile(r"10(\.\d[\d.]*)?/\S+")
# LaTeX's escapes for the special characters of URLs, and its command for a URL.
_URL_ESCAPE = re.compile(r"\\([_%&#$~])(?:\{\})?|\{?\\textasciitilde(?:\{\}|\s*\})?")
_URL_COMMAND = re.compile(r"\\url\s*\{(.*)\}")
# Further URLs in the same field, and what EndNote writes for a record of the Web of Science.
_MORE_URLS = re.compile(r"[;,]?\s+(?:https?|ftp)://.*")
_NO_URL = "<Go to ISI>"
_HOST = re.compile(r"(?://|(?=www\.))(?=[\w-]+\.)", re.IGNORECASE)

_STRAY_AND = re.compile(r"and|.*\sand", re.IGNORECASE | re.DOTALL)
_ET_AL = re.compile(r"et\s+al\.?|etc\.?|and\s+others|u\.\s?a\.", re.IGNORECASE)
# At the end of a list of names, this can only mean "and others".
_ET_AL_AT_END = re.compile(r"(?:,|(?:,?\sand))?\s+et\.?\s+al\.?$", re.IGNORECASE)
# What DBLP adds to names that several people have.
_HOMONYM_NUMBER = re.compile(r"(?<=\S)\s+0\d{3}(?=\s*(?:,|$|\sand\s))", re.IGNORECASE)
# BibLaTeX's names with labelled parts, as in "family=Beauvoir, given=Simone, prefix=de".
_NAME_PART = re.compile(r"(?:^|,)\s*\"?(?P<name>[a-z]+(?:-i)?)\s*=\s*(?P<value>(?:\{[^{}]*\}|[^{},])*)")
_FAMILY_PART = re.compile(r"\bfamily\s*=")
# A comma outside of braces.
_COMMA = re.compile(r",(?![^{}]*\})")
# Of a name with a suffix, and with a comma in braces.
_MOST_COMMAS = 4
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)


def is_month(text: str) -> bool:
    """Whether the text of a ``month`` field is one: also a season, a quarter, a range, or with days."""
    return bool(_parse_months(text) or _QUARTER.fullmatch(text.strip()))


def suggest_month(text: str) -> str:
    """Return a hint for a misspelled month, or an empty text."""
    match = find_misspelled(text, _MONTHS)
    return suggest(text, match) if match else ""


def read_date(fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the date of an entry as EDTF, and BibLaTeX's state of a publication instead of a date.

    Either may be empty. The date is that of the field ``date``, or BibTeX's year, month and day.
    """
    text = fields.get("date") or fields.get("year", "")
    words = " ".join(text.strip("[](){}. ").lower().split())
    if words in _STATES:
        return "", _STATES[words]
    # The Web of Science writes two pairs of braces, which EDTF has around a set of dates.
    single = _BRACED_DATE.fullmatch(text.strip())
    date = _NOT_A_DATE.sub("", single[1] if single else text.strip())
    month = fields.get("month", "")
    if words_after := _YEAR_AND_MONTH.fullmatch(date):
        date, month = words_after.groups()
    if years := _YEAR_RANGE.fullmatch(date):
        date = f"{years[1]}/{years[2]}"
    date = _UNSPECIFIED.sub(lambda match: match[0].replace("u", "X"), date)
    for draft, final in _DRAFT_WORDS.items():
        date = date.replace(draft, final)
    try:
        dates.parse_date(date)
    except dates.DateError as error:
        date = error.suggestion or date
    months = _parse_months(month)
    # Only a plain year can have a month.
    if not months or not re.fullmatch(r"\d{4}", date, re.ASCII):
        return date, ""
    days = [day or (fields.get("day", "") if len(months) == 1 else "") for _, day in months]
    ends = [
        f"{date}-{number:02}" + (f"-{day:0>2}" if day else "")
        for (number, _), day in zip(months, days, strict=True)
    ]
    # From December to January, the year is that of either.
    return (date if ends != sorted(ends) else "/".join(dict.fromkeys(ends))), ""


def _parse_months(text: str) -> list[tuple[int, str]]:
    """Return the month, or the first and the last, each with its day if it has one; empty if it is none."""
    text = re.sub(r"\s*[-–—/]+\s*", "-", _ORDINAL.sub("", " ".join(text.lower().strip("#{} ").split())))
    parts = [text] if _MONTH_AND_DAYS.fullmatch(text) else text.split("-")
    months: list[tuple[int, str]] = []
    for part in parts:
        match = _MONTH_AND_DAYS.fullmatch(part)
        number = _month_number(match["month"]) if match else None
        if match is None or number is None or (match["before"] and match["after"]):
            return []
        months += [(number, day) for day in (match["before"] or match["after"] or "").split("-")]
    return months if len(months) <= 2 else []


def _month_number(word: str) -> int | None:
    """Return the number of a month or season from its name, the first letters of that, or its number."""
    if word.isdecimal():
        return int(word) if 1 <= int(word) <= 12 else None
    numbers = dict(zip(_MONTHS, range(1, 13), strict=True)) | _SEASONS
    for name, number in numbers.items():
        if word == name or (len(word) in (3, 4) and name.startswith(word)):
            return number
    return _foreign_months().get(word)


@functools.cache
def _foreign_months() -> Mapping[str, int]:
    """Return the numbers of months by their names and abbreviations in languages other than English."""
    # Imported where it is used: few files have them.
    from babel import Locale

    numbers: dict[str, int] = {}
    for language in ("de", "es", "fr", "it", "nl", "pt"):
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months["format"][width].items():
                numbers.setdefault(name.lower().rstrip("."), number)
    return numbers


def read_names(text: str) -> str:
    """Return the names of people in a field, in LaTeX, as BibTeX writes them."""
    text = _ET_AL_AT_END.sub(" and others", _HOMONYM_NUMBER.sub("", text))
    if not _COMMA.search(text):
        return text
    return " and ".join(map(_read_name, names.split_multiple_persons_names(text)))


def _read_name(name: str) -> str:
    if _FAMILY_PART.search(name):
        parts = {part["name"]: _unwrap(part["value"]) for part in _NAME_PART.finditer(name)}
        prefix = parts.get("prefix", "")
        separator = "" if not prefix or prefix[-1] in "'’-" else " "
        family = f"{prefix}{separator}{parts.get('family', '')}"
        return ", ".join(part for part in (family, parts.get("suffix"), parts.get("given")) if part)
    if name.count(",") > _MOST_COMMAS:
        return name
    family, *rest = (part.strip() for part in _COMMA.split(name))
    if rest == [""]:
        return family
    if len(rest) == 2 and _SUFFIX.fullmatch(rest[1]):
        return f"{family}, {rest[1]}, {rest[0]}"
    return name


def _unwrap(value: str) -> str:
    """Return a value without the quotation marks and the braces around it."""
    value = value.strip(' "')
    return value[1:-1] if value.startswith("{") and value.find("}") == len(value) - 1 else value


def reason_against_name(name: str) -> str | None:
    """Return why a text certainly is not a name, or None if it may be."""
    outside = _without_groups(name)
    try:
        names.parse_single_name_into_parts(name, strict=True)
    except names.InvalidNameError:
        return "it has too many commas"
    if _STRAY_AND.fullmatch(outside) or outside.casefold().startswith("and "):
        return "there is no name next to an 'and'"
    if _ET_AL.fullmatch(outside):
        return "for further authors, write 'and others'"
    separator = next((separator for separator in (";", " & ") if separator in outside), None)
    if separator:
        return f"it contains '{separator.strip()}', which does not separate names"
    # Between two commas is a suffix such as "Jr.", which is a single word.
    middle = outside.split(",")[1:-1]
    return "it has too many commas" if any(len(part.split()) > 1 for part in middle) else None


def _without_groups(text: str) -> str:
    """Replace each group in braces by a letter."""
    pieces, depth = [], 0
    for part in re.split(r"([{}])", text):
        if part == "{":
            pieces.append("x" if depth == 0 else "")
        elif depth == 0:
            pieces.append(part)
        depth = max(0, depth + {"{": 1, "}": -1}.get(part, 0))
    return "".join(pieces)


def bare_identifier(name: str, text: str) -> str:
    """Return a DOI or an arXiv identifier without braces, and without the prefix that makes a URL of it."""
    text = text.strip("{} ")
    prefix = _IDENTIFIER_PREFIXES[name].match(text)
    return text[prefix.end() :] if prefix else text


def find_arxiv(fields: Mapping[str, str]) -> str:
    """Return the arXiv identifier of an entry; empty if it has none.

    Google Scholar writes it into the journal, Semantic Scholar into the volume of a journal "ArXiv".
    """
    archive = (fields.get("archiveprefix") or fields.get("eprinttype", "")).lower().removesuffix(".org")
    if archive == "arxiv":
        return fields.get("eprint", "")
    for name in ("journal", "journaltitle", "volume", "howpublished", "doi", "url"):
        if match := _ARXIV_REFERENCE.search(fields.get(name, "")):
            return match[1]
    return ""


def is_doi(text: str) -> bool:
    """Whether a text has the form of a DOI."""
    return bool(_DOI.fullmatch(text))


def read_verbatim(text: str) -> str:
    """Return the text of a machine-readable field, in which LaTeX is not converted but for its escapes."""
    command = _URL_COMMAND.fullmatch(text)
    return _URL_ESCAPE.sub(lambda escape: escape[1] or "~", command[1] if command else text)


def read_url(text: str) -> str:
    """Return the first URL of a field, or the path of a file; empty if there is none."""
    if text.startswith(_NO_URL):
        return ""
    url = _HOST.sub("https://", _MORE_URLS.sub("", text), count=1) if _HOST.match(text) else text
    url = _MORE_URLS.sub("", url)
    return url.replace(" ", "%20") if "://" in url else url
